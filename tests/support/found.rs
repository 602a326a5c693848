//! Looks for every value of a JSON object in the rows made from it: in a column, or in `extra` at the same path.

use std::collections::BTreeSet;

use fastintercom::model::{CellWriter, Row, Timestamp};
use serde_json::Value;

/// All values of some rows, as texts.
#[derive(Default)]
pub(crate) struct Cells {
    texts: BTreeSet<String>,
    times: BTreeSet<i64>,
}

impl Cells {
    pub(crate) fn add<R: Row>(&mut self, row: &R) {
        row.write(self);
    }

    fn add_leaves(&mut self, value: &Value) {
        for (_, leaf) in leaves(value) {
            self.texts.insert(text_of(leaf));
        }
    }

    /// Whether a leaf is the value of some column, as it came or as its column reads it.
    pub(crate) fn has(&self, leaf: &Value) -> bool {
        let text = text_of(leaf);
        let whole = leaf.as_f64().filter(|float| float.fract() == 0.0).map(|float| format!("{float:.0}"));
        self.texts.contains(&text)
            || self.texts.contains(text.trim())
            || whole.is_some_and(|whole| self.texts.contains(&whole))
            || Timestamp::from_json(leaf).is_some_and(|time| self.times.contains(&time.micros()))
    }
}

fn text_of(leaf: &Value) -> String {
    leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned)
}

impl CellWriter for Cells {
    fn text(&mut self, value: Option<&str>) {
        let Some(text) = value else { return };
        self.texts.insert(text.to_owned());
        if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
            self.add_leaves(&json);
        }
    }

    fn integer(&mut self, value: Option<i64>) {
        self.texts.extend(value.map(|number| number.to_string()));
    }

    fn float(&mut self, value: Option<f64>) {
        self.texts.extend(value.map(|number| number.to_string()));
    }

    fn boolean(&mut self, value: Option<bool>) {
        self.texts.extend(value.map(|truth| truth.to_string()));
    }

    fn timestamp(&mut self, value: Option<Timestamp>) {
        self.times.extend(value.map(Timestamp::micros));
    }

    fn text_list(&mut self, values: Option<&[String]>) {
        self.texts.extend(values.unwrap_or_default().iter().cloned());
    }

    fn struct_list(&mut self, len: usize, write: &mut dyn FnMut(usize, &mut dyn CellWriter)) {
        (0..len).for_each(|index| write(index, self));
    }
}

/// Every leaf of a value with its path (a JSON pointer).
pub(crate) fn leaves(value: &Value) -> Vec<(String, &Value)> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        leaf => return vec![(String::new(), leaf)],
    };
    let escape = |name: String| name.replace('~', "~0").replace('/', "~1");
    children
        .into_iter()
        .flat_map(|(name, value)| {
            let name = escape(name);
            leaves(value).into_iter().map(move |(path, leaf)| (format!("/{name}{path}"), leaf))
        })
        .collect()
}

/// What every object of a kind says at this place, or what only counts the list beside it: known without keeping.
pub(crate) fn says_nothing(object: &Value, path: &str, leaf: &Value) -> bool {
    let (parent, name) = path.rsplit_once('/').unwrap_or_default();
    let beside = object.pointer(parent);
    let lists = beside.and_then(Value::as_object).map(|map| map.values().filter_map(Value::as_array));
    match name {
        _ if leaf.is_null() || leaf.as_str() == Some("") => true,
        "type" => leaf.as_str().is_some_and(|kind| KINDS.contains(&kind)),
        "total_count" => lists.is_some_and(|mut lists| lists.any(|list| counts(leaf, list))),
        "has_more" => leaf.as_bool() == Some(false),
        _ => false,
    }
}

/// A count of the items of a list, or of those of them that are read.
fn counts(leaf: &Value, list: &[Value]) -> bool {
    leaf.as_u64().is_some_and(|count| count <= list.len() as u64)
}

const KINDS: &[&str] = &[
    "conversation",
    "contact.list",
    "contact",
    "admin.list",
    "admin",
    "company",
    "tag.list",
    "tag",
    "topic.list",
    "topic",
    "conversation_sla_summary",
    "content_source.list",
    "list",
    "conversation_statistics",
    "conversation_part.list",
    "conversation_part",
    "ticket",
    "ticket_state",
    "location",
    "plan",
    "segment.list",
    "segment",
    "team",
    "ticket_type",
    "conversation_attribute",
];
