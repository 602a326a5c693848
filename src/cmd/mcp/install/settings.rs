//! One entry of a client's settings, put in or taken out; everything else, comments too, stays as it was.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstRootNode};
use serde_json::Value;

/// What is to be done.
pub(super) enum Edit<'a> {
    /// The entry is to be this.
    Put(&'a Value),
    /// There is to be none.
    Remove,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Edited {
    /// It was not there.
    Added(String),
    /// It was there, and something else.
    Changed(String),
    /// It was there as it should be.
    Unchanged(String),
    /// It is gone.
    Removed(String),
    /// It was not there and is not.
    Absent(String),
}

impl Edited {
    /// The text as it should be.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Added(text)
            | Self::Changed(text)
            | Self::Unchanged(text)
            | Self::Removed(text)
            | Self::Absent(text) => text,
        }
    }

    /// The word for it.
    pub(super) fn action(&self) -> &'static str {
        match self {
            Self::Added(_) => "added",
            Self::Changed(_) => "changed",
            Self::Unchanged(_) => "unchanged",
            Self::Removed(_) => "removed",
            Self::Absent(_) => "absent",
        }
    }
}

/// The settings with the entry put in or taken out.
///
/// # Errors
/// Why they cannot be understood.
pub(super) fn edited(text: &str, key: &str, name: &str, edit: &Edit<'_>) -> Result<Edited, String> {
    let source = if text.trim().is_empty() { "{}\n" } else { text };
    let options = ParseOptions {
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_loose_object_property_names: false,
        ..ParseOptions::default()
    };
    let root = CstRootNode::parse(source, &options).map_err(|error| error.to_string())?;
    let whole = root.object_value().ok_or("it is not an object in braces")?;
    let servers = match (whole.get(key), edit) {
        (None, Edit::Remove) => return Ok(Edited::Absent(text.to_owned())),
        (None, Edit::Put(_)) => whole.object_value_or_set(key),
        (Some(there), _) => {
            there.object_value().ok_or_else(|| format!("its {key} is not an object in braces"))?
        }
    };
    let there = servers.get(name);
    match (edit, there) {
        (Edit::Remove, None) => Ok(Edited::Absent(text.to_owned())),
        (Edit::Remove, Some(there)) => {
            there.remove();
            Ok(Edited::Removed(root.to_string()))
        }
        (Edit::Put(entry), None) => {
            servers.append(name, input(entry));
            Ok(Edited::Added(root.to_string()))
        }
        (Edit::Put(entry), Some(there)) => {
            let held = there.value().and_then(|value| value.to_serde_value());
            let Some(merged) = merged(held.as_ref(), entry) else {
                return Ok(Edited::Unchanged(text.to_owned()));
            };
            there.set_value(input(&merged));
            Ok(Edited::Changed(root.to_string()))
        }
    }
}

/// The entry as it should be, with what the user added to it, such as `env`; none if it is that already.
fn merged(held: Option<&Value>, entry: &Value) -> Option<Value> {
    let mut merged = held.filter(|held| held.is_object()).cloned().unwrap_or_else(|| entry.clone());
    if let (Some(merged), Some(entry)) = (merged.as_object_mut(), entry.as_object()) {
        merged.extend(entry.clone());
    }
    (held != Some(&merged)).then_some(merged)
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(value) => CstInputValue::Number(value.to_string()),
        Value::String(value) => CstInputValue::String(value.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(values) => {
            CstInputValue::Object(values.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn put(text: &str, entry: &Value) -> Edited {
        edited(text, "mcpServers", "fi", &Edit::Put(entry)).unwrap()
    }

    #[test]
    fn what_else_is_there_stays_as_it_is() {
        let entry = json!({"command": "/bin/fi", "args": ["mcp"]});
        let text = "{\n  // mine\n  \"theme\": \"dark\",\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }, // keep\n  },\n}\n";
        let Edited::Added(added) = put(text, &entry) else { panic!("not added") };
        for line in ["// mine", "\"theme\": \"dark\"", "\"other\": { \"command\": \"x\" }", "// keep"] {
            assert!(added.contains(line), "{added}");
        }
        assert_eq!(put(&added, &entry), Edited::Unchanged(added.clone()));
        let Ok(Edited::Removed(removed)) = edited(&added, "mcpServers", "fi", &Edit::Remove) else {
            panic!("not removed")
        };
        assert!(!removed.contains("/bin/fi") && removed.contains("// keep"), "{removed}");
        assert_eq!(edited(&removed, "mcpServers", "fi", &Edit::Remove), Ok(Edited::Absent(removed)));
    }

    #[test]
    fn an_entry_is_brought_up_to_date_and_keeps_what_the_user_added() {
        let entry = json!({"command": "/new/fi", "args": ["mcp"]});
        let text = r#"{"mcpServers": {"fi": {"command": "/old/fi", "args": ["start"], "env": {"A": "1"}}}}"#;
        let Edited::Changed(changed) = put(text, &entry) else { panic!("not changed") };
        let value: Value = serde_json::from_str(&changed).unwrap();
        assert_eq!(
            value["mcpServers"]["fi"],
            json!({"command": "/new/fi", "args": ["mcp"], "env": {"A": "1"}})
        );
    }

    #[test]
    fn nothing_and_no_file_become_settings() {
        let entry = json!({"command": "fi"});
        for text in ["", " \n", "{}"] {
            let Edited::Added(added) = put(text, &entry) else { panic!("not added") };
            let value: Value = serde_json::from_str(&added).unwrap();
            assert_eq!(value, json!({"mcpServers": {"fi": {"command": "fi"}}}));
        }
    }

    #[test]
    fn what_cannot_be_understood_is_left_alone() {
        for text in ["[]", "{", "{\"mcpServers\": []}", "{\"mcpServers\": {} \"a\": 1}"] {
            assert!(edited(text, "mcpServers", "fi", &Edit::Remove).is_err(), "{text}");
        }
    }
}
