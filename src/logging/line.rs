//! One event as one line: `2026-11-21T01:02:03.456Z INFO sync: committed batch rows=150`, or the same as JSON.
//!
//! An event is always one line, whatever its text: line breaks and control characters are escaped.

use std::error::Error;
use std::fmt::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};
use tracing::Level;
use tracing::field::{Field, Visit};

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
}

/// The message and the fields of an event or span.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    message: String,
    fields: Map<String, Value>,
}

impl Fields {
    /// Adds the fields of the spans around it; its own win.
    pub(super) fn inherit(&mut self, outer: &Self) {
        for (name, value) in &outer.fields {
            if !self.fields.contains_key(name) {
                self.fields.insert(name.clone(), value.clone());
            }
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            name => drop(self.fields.insert(name.to_owned(), value.into())),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut next = value.source();
        while let Some(cause) = next {
            let _ = write!(text, ": {cause}");
            next = cause.source();
        }
        self.record_str(field, &text);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// The line of an event, with the line break at its end.
pub(super) fn line(form: Form, at: DateTime<Utc>, level: Level, target: &str, event: &Fields) -> String {
    let time = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let target = short(target);
    match form {
        Form::Text => text_line(&time, level, target, event),
        Form::Json => json_line(&time, level, target, event),
    }
}

/// The module without the name of the crate.
fn short(target: &str) -> &str {
    target.strip_prefix("fastintercom::").unwrap_or(target)
}

fn text_line(time: &str, level: Level, target: &str, event: &Fields) -> String {
    let mut line = format!("{time} {level} {target}: {}", one_line(&event.message));
    for (name, value) in &event.fields {
        let value = match value {
            Value::String(text) if is_word(text) => text.clone(),
            other => one_line(&other.to_string()),
        };
        // Writing to a String cannot fail.
        let _ = write!(line, " {name}={value}");
    }
    line.push('\n');
    line
}

fn json_line(time: &str, level: Level, target: &str, event: &Fields) -> String {
    let mut object = serde_json::json!({
        "time": time, "level": level.as_str(), "target": target, "message": event.message,
    });
    if !event.fields.is_empty() {
        object["fields"] = Value::Object(event.fields.clone());
    }
    format!("{object}\n")
}

/// Whether a value needs no quotes.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '"')
}

fn one_line(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, c| {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Fields {
        let mut event = Fields { message: String::from("committed\nbatch"), ..Fields::default() };
        event.fields.insert(String::from("rows"), 150.into());
        event.fields.insert(String::from("table"), "messages".into());
        event.fields.insert(String::from("why"), "full \"sync\"\x1b[0m".into());
        event
    }

    fn at() -> DateTime<Utc> {
        "2026-11-21T01:02:03.456Z".parse().unwrap()
    }

    #[test]
    fn an_event_is_one_line_of_text() {
        assert_eq!(
            line(Form::Text, at(), Level::INFO, "fastintercom::sync", &sample()),
            "2026-11-21T01:02:03.456Z INFO sync: committed\\nbatch rows=150 table=messages why=\"full \\\"sync\\\"\\u001b[0m\"\n"
        );
    }

    #[test]
    fn an_event_is_one_line_of_json() {
        let line = line(Form::Json, at(), Level::WARN, "fastintercom::sync", &sample());
        assert_eq!(line.matches('\n').count(), 1);
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["level"], "WARN");
        assert_eq!(value["target"], "sync");
        assert_eq!(value["fields"]["rows"], 150);
    }
}
