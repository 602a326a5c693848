//! JSON schemas of arguments and answers, derived from the structs, and kept small: models read all of them before
//! the first question.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The schema of a tool's arguments: whole, since a model has to fill it in.
pub(super) fn input_schema<P: JsonSchema>() -> Map<String, Value> {
    let mut schema = derived::<P>(SchemaSettings::for_deserialize);
    tidy(&mut schema, true);
    let mut schema = object(schema);
    schema.remove("description");
    schema.entry("additionalProperties").or_insert(json!(false));
    schema.entry("properties").or_insert(json!({}));
    schema
}

/// The schema of a tool's answers: its own fields and their types. What they mean and what is inside of them the
/// answer itself shows.
pub(super) fn output_schema<A: JsonSchema>() -> Map<String, Value> {
    let mut schema = derived::<A>(SchemaSettings::for_serialize);
    tidy(&mut schema, false);
    let mut schema = object(schema);
    let properties = schema.remove("properties").map(object).unwrap_or_default();
    let outlines = properties.into_iter().map(|(name, property)| (name, outline(property)));
    let outlines: Map<String, Value> = outlines.collect();
    object(json!({ "type": "object", "properties": outlines }))
}

/// Generators of whole schemas, of arguments and of answers, that refer to others by name below `definitions`.
pub(super) fn generators(definitions: &'static str) -> [SchemaGenerator; 2] {
    [SchemaSettings::for_deserialize, SchemaSettings::for_serialize].map(|contract| {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = definitions.into();
            settings.meta_schema = None;
        });
        contract(settings).into_generator()
    })
}

fn derived<T: JsonSchema>(contract: fn(SchemaSettings) -> SchemaSettings) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    contract(settings).into_generator().into_root_schema_for::<T>().to_value()
}

/// Takes out what tells a reader nothing: titles, formats, defaults that are the absence of a value, line breaks in
/// descriptions.
fn tidy(schema: &mut Value, is_input: bool) {
    match schema {
        Value::Object(map) => {
            for key in ["title", "format", "$schema", "minimum"] {
                // A property may be called so, too.
                if map.get(key).is_some_and(|value| value.is_string() || value.is_number()) {
                    map.remove(key);
                }
            }
            if map.get("default").is_some_and(is_nothing) {
                map.remove("default");
            }
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            if is_input {
                without_null(map);
            }
            enumerate(map);
            map.values_mut().for_each(|value| tidy(value, is_input));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| tidy(item, is_input)),
        _ => {}
    }
}

/// Whether a default is what leaving something out means anyway.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(is_nothing),
        _ => false,
    }
}

/// Alternatives that are single values become one list of them; what they mean goes into the description.
fn enumerate(map: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = map.get("oneOf") else { return };
    let values: Option<Vec<Value>> = choices.iter().map(|choice| choice.get("const").cloned()).collect();
    let Some(values) = values else { return };
    let meanings = choices.iter().filter_map(|choice| {
        let (value, meaning) = (choice["const"].as_str()?, choice["description"].as_str()?);
        Some(format!("{value}: {}", meaning.trim_end_matches('.')))
    });
    let meanings = meanings.collect::<Vec<_>>().join("; ");
    map.remove("oneOf");
    map.insert("enum".to_owned(), Value::Array(values));
    map.insert("type".to_owned(), json!("string"));
    if !map.contains_key("description") && !meanings.is_empty() {
        map.insert("description".to_owned(), Value::String(meanings));
    }
}

/// An argument that may be left out need not be null as well; null is understood all the same.
fn without_null(map: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [kind] = types.as_slice() {
            let kind = kind.clone();
            map.insert("type".to_owned(), kind);
        }
    }
    if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [Value::Object(only)] = choices.as_mut_slice() {
            let only = std::mem::take(only);
            map.remove("anyOf");
            for (key, value) in only {
                map.entry(key).or_insert(value);
            }
        }
    }
}

/// What is told of a field of an answer: its type, and what it is.
fn outline(property: Value) -> Value {
    let Value::Object(mut property) = property else { return property };
    property.retain(|key, _| matches!(key.as_str(), "type" | "items"));
    if property.get("type").is_some_and(Value::is_array) {
        // Several types, of which one is null, are more than some clients can read.
        property.clear();
    }
    if let Some(items) = property.get_mut("items") {
        *items = match items.get("type") {
            Some(kind) => json!({ "type": kind }),
            None => json!({}),
        };
    }
    Value::Object(property)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
