//! The page that shows the document: plain HTML, whole in itself, without a script.

use std::fmt::Write;
use std::sync::LazyLock;

use serde_json::Value;

use super::openapi::DOCUMENT;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) static PAGE: LazyLock<String> = LazyLock::new(|| page(&DOCUMENT));

fn page(document: &Value) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>FastIntercom API</title>\n<style>\n{STYLE}</style>\n<h1>FastIntercom <small>{}</small></h1>\n<p>{}</p>\n\
         <p>The document: <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>. A key goes into a header: \
         <code>Authorization: Bearer fi_…</code>. MCP clients use <code>/mcp</code>.</p>\n",
        text(&document["info"]["version"]),
        prose(&document["info"]["description"]),
    );
    for (path, operations) in entries(&document["paths"]) {
        for (method, operation) in entries(operations) {
            // Writing to a text does not fail.
            let _ = write!(html, "{}", endpoint(document, path, method, operation));
        }
    }
    html
}

fn endpoint(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let answer = &operation["responses"]["200"]["content"];
    format!(
        "<details id=\"{}\"><summary><b class=\"{method}\">{}</b> <code>{}</code> <span>{}</span></summary>\n<p>{}</p>\n\
         <pre>{}</pre>\n{}{}{}<h4>Answers</h4>\n<table>{}</table>\n</details>\n",
        text(&operation["operationId"]),
        method.to_uppercase(),
        escaped(path),
        text(&operation["summary"]),
        prose(&operation["description"]).replace("\n\n", "</p>\n<p>"),
        escaped(&example(method, path)),
        table("Parameters", parameters(operation)),
        table("Body", fields(document, body)),
        table("Answer", fields(document, &answer["application/json"]["schema"])),
        statuses(operation),
    )
}

/// A request that can be typed.
fn example(method: &str, path: &str) -> String {
    let address = format!("http://localhost:8000{}", path.replace(['{', '}'], ""));
    let body = match (method, path.rsplit('/').next()) {
        ("get", _) => "",
        (_, Some("query")) => {
            " -d '{\"sql\": \"SELECT state, count(*) AS n FROM conversations GROUP BY state\"}'"
        }
        (_, Some("search")) => " -d '{\"query\": \"refund\", \"timeframe\": \"last 30 days\"}'",
        _ => " -d '{\"metrics\": [\"conversations\"], \"group_by\": [\"week\"]}'",
    };
    format!("curl -H 'Authorization: Bearer fi_…' {address}{body}")
}

fn parameters(operation: &Value) -> Vec<[String; 3]> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let rows = parameters.map(|one| [text(&one["name"]), kind(&one["schema"]), prose(&one["description"])]);
    rows.collect()
}

/// The fields of what a schema is or refers to.
fn fields(document: &Value, schema: &Value) -> Vec<[String; 3]> {
    let reference = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    let schema = reference.and_then(|place| document.pointer(place)).unwrap_or(schema);
    let fields = entries(&schema["properties"]);
    fields.map(|(name, field)| [escaped(name), kind(field), prose(&field["description"])]).collect()
}

/// The type of something, in a word.
fn kind(schema: &Value) -> String {
    let choices = ["anyOf", "oneOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    let choices: Vec<String> = choices.map(kind).filter(|kind| kind != "null").collect();
    match (&schema["type"], schema["$ref"].as_str()) {
        (_, Some(reference)) => escaped(reference.rsplit('/').next().unwrap_or_default()),
        (Value::String(name), _) if name == "array" => format!("list of {}", kind(&schema["items"])),
        (Value::String(name), _) => escaped(name),
        (Value::Array(names), _) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            escaped(&names.collect::<Vec<_>>().join(" or "))
        }
        _ => choices.join(" or "),
    }
}

fn statuses(operation: &Value) -> String {
    let rows = entries(&operation["responses"]).map(|(status, response)| {
        let forms: Vec<&str> = entries(&response["content"]).map(|(form, _)| form).collect();
        let forms = if status == "200" { forms.join(", ") } else { String::new() };
        format!(
            "<tr><td>{status}<td>{}<td class=\"quiet\">{}\n",
            text(&response["description"]),
            escaped(&forms)
        )
    });
    rows.collect()
}

fn table(title: &str, rows: Vec<[String; 3]>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows = rows.into_iter().map(|[name, kind, about]| {
        format!("<tr><td><code>{name}</code><td class=\"quiet\">{kind}<td>{about}\n")
    });
    format!("<h4>{title}</h4>\n<table>{}</table>\n", rows.collect::<String>())
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// A text in which backticks mark what is code.
fn prose(value: &Value) -> String {
    let text = text(value);
    let parts = text.split('`').enumerate();
    parts
        .map(|(number, part)| if number % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() })
        .collect()
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_operation_and_needs_nothing_from_elsewhere() {
        for (path, operations) in entries(&DOCUMENT["paths"]) {
            assert!(PAGE.contains(&format!("<code>{path}</code>")), "{path}");
            for (_, operation) in entries(operations) {
                assert!(PAGE.contains(&format!("id=\"{}\"", operation["operationId"].as_str().unwrap())));
            }
        }
        for other in ["<script", "src=", "https://", "@import", "url("] {
            assert!(!PAGE.contains(other), "{other}");
        }
    }
}
