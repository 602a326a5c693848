//! Arguments in an address: which there may be, from the schema of the tool, and how they are read.
//!
//! Filters stand beside all other arguments, a list is a parameter given more than once, and what only an object can say
//! takes a body.

use serde_json::{Map, Value, json};

use super::endpoints::Endpoint;
use crate::nearest::nearest;

/// Arguments whose fields stand beside all others.
const FLATTENED: &str = "filters";

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) schema: Value,
    pub(super) description: String,
    /// Whether it is a field of the flattened argument.
    is_flattened: bool,
    pub(super) is_in_path: bool,
}

impl Parameter {
    fn is_list(&self) -> bool {
        self.schema["type"] == "array"
    }
}

/// All parameters of an endpoint.
pub(super) fn parameters(endpoint: &Endpoint) -> Vec<Parameter> {
    let schema = endpoint.tool().map(|tool| Value::Object(tool.input_schema())).unwrap_or_default();
    let own = fields(&schema, endpoint, false);
    let flattened = fields(&schema["properties"][FLATTENED], endpoint, true);
    let is_new = |one: &Parameter| own.iter().all(|other| other.name != one.name);
    let flattened: Vec<Parameter> = flattened.into_iter().filter(is_new).collect();
    own.into_iter().chain(flattened).collect()
}

fn fields(schema: &Value, endpoint: &Endpoint, is_flattened: bool) -> Vec<Parameter> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let fields = properties.filter_map(|(name, property)| {
        let mut schema = property.clone();
        let description = schema.as_object_mut()?.remove("description");
        let is_in_path = endpoint.in_path() == Some(name);
        if is_in_path || takes_text(&schema) {
            schema = json!({"type": "string"});
        }
        (schema["type"] != "object").then(|| Parameter {
            name: name.clone(),
            schema,
            description: description.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
            is_flattened,
            is_in_path,
        })
    });
    fields.collect()
}

/// Whether text is one of several things it can be.
fn takes_text(schema: &Value) -> bool {
    schema["anyOf"].as_array().is_some_and(|choices| choices.iter().any(|choice| choice["type"] == "string"))
}

/// The arguments that an address has.
///
/// # Errors
/// When one is not known, or given twice where one is meant: says what would be right.
pub(super) fn arguments(
    endpoint: &Endpoint,
    in_path: Option<&str>,
    pairs: Vec<(String, String)>,
) -> Result<Map<String, Value>, String> {
    let parameters = parameters(endpoint);
    let in_path =
        endpoint.in_path().zip(in_path).map(|(name, value)| (name.to_owned(), value.to_owned(), true));
    let in_query = pairs.into_iter().map(|(name, value)| (name, value, false));
    let mut arguments = Map::new();
    for (name, value, is_in_path) in in_path.into_iter().chain(in_query) {
        let known = parameters.iter().find(|known| known.name == name && known.is_in_path == is_in_path);
        let parameter = known.ok_or_else(|| unknown(endpoint, &name, &parameters))?;
        if !parameter.is_flattened {
            put(&mut arguments, parameter, value)?;
        } else if let Value::Object(fields) = arguments.entry(FLATTENED).or_insert_with(|| json!({})) {
            put(fields, parameter, value)?;
        }
    }
    Ok(arguments)
}

fn put(arguments: &mut Map<String, Value>, parameter: &Parameter, value: String) -> Result<(), String> {
    let name = &parameter.name;
    match arguments.get_mut(name) {
        Some(Value::Array(values)) => values.push(Value::String(value)),
        Some(_) => return Err(format!("{name} can be given once: {name}=…")),
        None => {
            let value = Value::String(value);
            let value = if parameter.is_list() { Value::Array(vec![value]) } else { value };
            arguments.insert(name.clone(), value);
        }
    }
    Ok(())
}

fn unknown(endpoint: &Endpoint, name: &str, parameters: &[Parameter]) -> String {
    let names = parameters.iter().filter(|known| !known.is_in_path).map(|known| known.name.as_str());
    let (path, name) = (endpoint.path, name.chars().take(60).collect::<String>());
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return format!("{path} takes no parameters, and '{name}' is one");
    }
    let meant = nearest(&name, names.iter().copied())
        .map_or(".".to_owned(), |near| format!("; did you mean {near}?"));
    format!("{path} has no parameter '{name}'{meant} It takes {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::endpoints::ENDPOINTS;
    use super::*;

    fn endpoint(name: &str) -> &'static Endpoint {
        ENDPOINTS.iter().find(|endpoint| endpoint.name == name).unwrap()
    }

    fn read(name: &str, in_path: Option<&str>, pairs: &[(&str, &str)]) -> Result<Value, String> {
        let pairs = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        arguments(endpoint(name), in_path, pairs).map(Value::Object)
    }

    #[test]
    fn filters_stand_beside_other_arguments_and_lists_are_given_more_than_once() {
        let read = read(
            "list_conversations",
            None,
            &[
                ("query", "refund"),
                ("tags", "vip, gold"),
                ("tags", "new"),
                ("has_note", "true"),
                ("limit", "5"),
            ],
        );
        let expected = json!({
            "query": "refund",
            "limit": "5",
            "filters": {"tags": ["vip, gold", "new"], "has_note": "true"},
        });
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn what_stands_in_the_path_is_an_argument_and_nowhere_else() {
        let one = read("get_conversation", Some("12"), &[("limit", "3")]);
        assert_eq!(one, Ok(json!({"conversation_id": "12", "limit": "3"})));
        let twice = read("get_conversation", Some("12"), &[("conversation_id", "13")]).unwrap_err();
        assert!(twice.contains("has no parameter 'conversation_id'"), "{twice}");
        assert_eq!(read("get_view", Some("csat"), &[]), Ok(json!({"views": "csat"})));
    }

    #[test]
    fn slips_are_explained() {
        let error = |pairs: &[(&str, &str)]| read("list_conversations", None, pairs).unwrap_err();
        assert!(error(&[("limti", "5")]).contains("did you mean limit?"));
        assert_eq!(error(&[("limit", "5"), ("limit", "6")]), "limit can be given once: limit=…");
        assert!(read("get_status", None, &[("a", "b")]).unwrap_err().contains("takes no parameters"));
        // What only an object can say takes a body.
        assert!(error(&[("aggregation", "{}")]).contains("no parameter 'aggregation'"));
    }
}
