//! Arguments as callers send them: slips that can mean only one thing are understood ("42" for 42, one value for a
//! list, null for nothing); what is wrong is explained with what would be right.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::nearest::nearest;
use crate::tools::ToolError;

/// Older names of arguments and the names whose schema they share.
const OLDER: &[(&str, &str)] = &[
    ("assignee_id", "assignee"),
    ("customer_id", "contact"),
    ("dimensions", "group_by"),
    ("id", "conversation_id"),
    ("include_parts", "include_messages"),
    ("time_filter", "timeframe"),
    ("view", "views"),
];
/// Characters of a wrong value that are told back.
const SHOWN: usize = 120;

/// Reads the arguments of a tool.
///
/// # Errors
/// When an argument is not known, missing, or not what it has to be.
pub(super) fn read<P: DeserializeOwned>(
    tool: &str,
    arguments: Map<String, Value>,
    schema: &Value,
) -> Result<P, ToolError> {
    let mut arguments = Value::Object(arguments);
    relax(&mut arguments, schema);
    serde_path_to_error::deserialize(&arguments).map_err(|error| {
        let path = error.path().to_string();
        ToolError::Refused(explain(tool, &path, &error.into_inner().to_string(), schema))
    })
}

/// Makes of a value what the schema asks for, where there is no doubt.
fn relax(value: &mut Value, schema: &Value) {
    let wants = |kind: &str| kinds(schema).contains(&kind);
    if let Value::String(text) = value
        && let Some(meant) = meant(text.trim(), &wants)
    {
        *value = meant;
    }
    match value {
        Value::Number(_) | Value::Bool(_)
            if wants("string") && !wants("number") && !wants("integer") && !wants("boolean") =>
        {
            *value = Value::String(value.to_string());
        }
        Value::Number(number) if wants("integer") && !wants("number") => {
            // 20.0 is 20.
            if let Some(whole) = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15)
            {
                *value = Value::from(whole as i64);
            }
        }
        _ => {}
    }
    match value {
        Value::Object(map) => relax_object(map, schema),
        Value::Array(items) => {
            let item = find(schema, "items");
            items.iter_mut().for_each(|value| item.iter().for_each(|item| relax(value, item)));
        }
        Value::Null => {}
        single if wants("array") && !wants(kind_of(single)) => {
            let mut one = single.take();
            find(schema, "items").iter().for_each(|item| relax(&mut one, item));
            *single = Value::Array(vec![one]);
        }
        _ => {}
    }
}

fn relax_object(map: &mut Map<String, Value>, schema: &Value) {
    // An argument that is null is one that is left out.
    map.retain(|_, value| !value.is_null());
    let properties = find(schema, "properties");
    let others = find(schema, "additionalProperties");
    for (name, value) in map {
        let name = OLDER.iter().find(|(older, _)| older == name).map_or(name.as_str(), |(_, newer)| newer);
        let property = properties.and_then(|properties| properties.get(name)).or(others);
        if let Some(property) = property {
            relax(value, property);
        }
    }
}

/// What a text stands for where no text is wanted.
fn meant(text: &str, wants: &dyn Fn(&str) -> bool) -> Option<Value> {
    let json = || serde_json::from_str::<Value>(text).ok();
    if (text.starts_with('{') && wants("object")) || (text.starts_with('[') && wants("array")) {
        return json();
    }
    if wants("string") {
        return None;
    }
    let value = json().or_else(|| match text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(Value::Bool(true)),
        "false" | "no" => Some(Value::Bool(false)),
        "" | "null" | "none" => Some(Value::Null),
        _ => None,
    })?;
    let fits = value.is_null() || wants(kind_of(&value)) || (value.is_number() && wants("integer"));
    fits.then_some(value)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The types a schema allows.
fn kinds(schema: &Value) -> Vec<&str> {
    let own = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    own.into_iter().chain(choices(schema).flat_map(kinds)).collect()
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten()
}

/// A part of a schema, or of one of its alternatives.
fn find<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    schema.get(key).or_else(|| choices(schema).find_map(|choice| find(choice, key)))
}

/// What is wrong, told so that the next try is right.
fn explain(tool: &str, path: &str, message: &str, schema: &Value) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field")
        && let Some((name, known)) = quoted.split_first()
    {
        let inside = path.rsplit_once('.').map_or("", |(inside, _)| inside);
        return unknown(tool, name, known, inside);
    }
    if message.starts_with("missing field") {
        let name = quoted.first().copied().unwrap_or_default();
        return format!("{tool} needs the argument {name}{}", described(schema, name));
    }
    if message.starts_with("unknown variant")
        && let Some((value, known)) = quoted.split_first()
    {
        let meant = meant_by(value, known).unwrap_or_default();
        return format!("{path} is one of {}, not '{}'{meant}", known.join(", "), cut(value));
    }
    let what = message.replacen("invalid type: ", "it is ", 1).replacen("invalid value: ", "it is ", 1);
    format!("the argument {path} cannot be read: {}{}", cut(&what), described(schema, path))
}

fn unknown(tool: &str, name: &str, known: &[&str], inside: &str) -> String {
    let place = if inside.is_empty() { tool.to_owned() } else { format!("{inside} of {tool}") };
    let name = cut(name);
    if known.is_empty() {
        return format!("{place} takes no arguments, and '{name}' is one");
    }
    let meant = meant_by(&name, known).unwrap_or_else(|| ".".to_owned());
    format!("{place} has no argument '{name}'{meant} It takes {}.", known.join(", "))
}

/// The end of a sentence that asks whether a known name was meant.
fn meant_by(name: &str, known: &[&str]) -> Option<String> {
    nearest(name, known.iter().copied()).map(|near| format!("; did you mean {near}?"))
}

/// The description of an argument, as the end of a sentence.
fn described(schema: &Value, path: &str) -> String {
    let mut at = schema;
    for name in path.split(['.', '[']).filter(|name| !name.is_empty() && !name.ends_with(']')) {
        let Some(next) = find(at, "properties").and_then(|properties| properties.get(name)) else { break };
        at = next;
    }
    match at["description"].as_str().filter(|_| !std::ptr::eq(at, schema)) {
        Some(description) => format!(". {path}: {description}"),
        None => String::new(),
    }
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().filter(|character| !character.is_control()).take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::server::schema::input_schema;
    use crate::tools::analyze::AnalyzeParams;
    use crate::tools::conversation::GetConversationParams;
    use crate::tools::search::SearchParams;

    fn read_search(value: Value) -> Result<SearchParams, String> {
        let Value::Object(map) = value else { panic!("not an object") };
        let schema = Value::Object(input_schema::<SearchParams>());
        read("search_conversations", map, &schema).map_err(|error| error.to_string())
    }

    #[test]
    fn slips_that_mean_one_thing_are_understood() {
        let exact = json!({"query": "refund", "limit": 5, "filters": {"rating": [1, 2], "tags": ["42"], "has_fin": true}});
        let slips = json!({
            "query": "refund", "limit": "5", "cursor": null,
            "filters": {"rating": ["1", 2.0], "tags": 42, "has_fin": "true", "state": null}
        });
        assert_eq!(read_search(slips), read_search(exact.clone()));
        let text = json!({"query": "refund", "limit": 5.0, "filters": "{\"rating\": [1, 2], \"tags\": \"42\", \"has_fin\": true}"});
        assert_eq!(read_search(text), read_search(exact));
        let ids = read_search(json!({"filters": {"assignee_id": 7, "customer_id": [8]}})).unwrap();
        assert_eq!((ids.filters.assignee, ids.filters.contact), (vec!["7".to_owned()], vec!["8".to_owned()]));
        let bounds = read_search(json!({"timeframe": "{\"start\": \"2026-03-01\"}"})).unwrap();
        assert_eq!(bounds, read_search(json!({"timeframe": {"start": "2026-03-01"}})).unwrap());
    }

    #[test]
    fn numbers_in_words_to_find_stay_words() {
        assert_eq!(read_search(json!({"query": "42"})).unwrap().query, "42");
        assert_eq!(read_search(json!({"query": 42})).unwrap().query, "42");
        assert_eq!(read_search(json!({"query": "[a]"})).unwrap().query, "[a]");
    }

    #[test]
    fn mistakes_are_explained() {
        let wrong = |value: Value| read_search(value).unwrap_err();
        let unknown = wrong(json!({"limt": 5}));
        assert!(
            unknown.starts_with(
                "search_conversations has no argument 'limt'; did you mean limit? It takes query"
            ),
            "{unknown}"
        );
        let inside = wrong(json!({"filters": {"stat": "open"}}));
        assert!(
            inside.starts_with("filters of search_conversations has no argument 'stat'; did you mean state?"),
            "{inside}"
        );
        let far = wrong(json!({"conversation": "1"}));
        assert!(far.contains("no argument 'conversation'. It takes "), "{far}");
        let kind = wrong(json!({"limit": "many"}));
        assert!(
            kind.contains("limit cannot be read: it is string \"many\", expected")
                && kind.contains("1 to 1,000"),
            "{kind}"
        );
        let negative = wrong(json!({"limit": -1}));
        assert!(negative.contains("limit cannot be read"), "{negative}");
        let variant = wrong(json!({"sort": "newst"}));
        assert!(variant.contains("sort is one of ") && variant.contains("did you mean newest?"), "{variant}");
    }

    #[test]
    fn what_is_missing_is_named_with_what_it_is() {
        let schema = Value::Object(input_schema::<GetConversationParams>());
        let error =
            read::<GetConversationParams>("get_conversation", Map::new(), &schema).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "get_conversation needs the argument conversation_id. conversation_id: The conversation's id"
            ),
            "{error}"
        );
    }

    #[test]
    fn older_names_have_the_schema_of_the_newer_ones() {
        let schemas = [
            input_schema::<SearchParams>(),
            input_schema::<AnalyzeParams>(),
            input_schema::<GetConversationParams>(),
        ];
        let all = serde_json::to_string(&schemas).unwrap();
        for (older, newer) in OLDER.iter().filter(|(older, _)| *older != "view") {
            assert!(all.contains(&format!("\"{newer}\":")), "{newer}");
            assert!(!all.contains(&format!("\"{older}\":")), "{older}");
        }
    }
}
