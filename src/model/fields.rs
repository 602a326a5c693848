//! Reads a JSON object field by field and keeps what was not read.
//!
//! Each reader removes a field only when its value fits; everything else, unknown or of an unexpected type,
//! is still there at the end and becomes the row's `extra`. That is how nothing gets dropped.

use serde_json::{Map, Value};

use super::cell::Json;
use super::id::{AdminId, TeamId, id_text};
use super::time::Timestamp;

/// Why an object cannot become a row at all.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Not JSON, or nested deeper than 128 levels.
    #[error("the {what} is not readable JSON")]
    Json {
        /// What was read.
        what: &'static str,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// Not an object.
    #[error("the {what} is no JSON object")]
    NotAnObject {
        /// What was read.
        what: &'static str,
    },
    /// A field without which there is no row.
    #[error("the {what} has no usable '{field}'")]
    Missing {
        /// What was read.
        what: &'static str,
        /// The field.
        field: &'static str,
    },
}

/// The fields of one JSON object that nobody has read yet.
#[derive(Debug)]
pub struct Fields {
    what: &'static str,
    map: Map<String, Value>,
}

impl Fields {
    /// Of JSON text holding one object; `what` names it in errors.
    pub fn parse(what: &'static str, json: &[u8]) -> Result<Self, WireError> {
        let value = serde_json::from_slice(json).map_err(|source| WireError::Json { what, source })?;
        Self::from_value(what, value)
    }

    /// Of a JSON value that must be an object.
    pub fn from_value(what: &'static str, value: Value) -> Result<Self, WireError> {
        match value {
            Value::Object(map) => Ok(Self { what, map }),
            _ => Err(WireError::NotAnObject { what }),
        }
    }

    /// Takes a field if `read` can use it; a `null` is taken and gives `None`.
    pub fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.map.get(name)?;
        let is_null = value.is_null();
        let taken = if is_null { None } else { read(value) };
        if is_null || taken.is_some() {
            self.map.remove(name);
        }
        taken
    }

    /// Takes a field that a row cannot be without.
    pub fn require<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, WireError> {
        self.take(field, read).ok_or(WireError::Missing { what: self.what, field })
    }

    /// A text; numbers are taken as their digits.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// A whole number, also as text or as a float without fraction.
    pub fn integer(&mut self, name: &str) -> Option<i64> {
        self.take(name, whole_number)
    }

    /// A number, also as text.
    pub fn float(&mut self, name: &str) -> Option<f64> {
        self.take(name, |value| match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        })
    }

    /// True or false.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        self.take(name, Value::as_bool)
    }

    /// A time, however it is written.
    pub fn timestamp(&mut self, name: &str) -> Option<Timestamp> {
        self.take(name, Timestamp::from_json)
    }

    /// An assigned teammate; `0` and `"0"` mean nobody (API section 5.4).
    pub fn assigned_admin(&mut self, name: &str) -> Option<AdminId> {
        self.drop_zero(name);
        self.take(name, AdminId::from_json)
    }

    /// An assigned team; `0` and `"0"` mean none.
    pub fn assigned_team(&mut self, name: &str) -> Option<TeamId> {
        self.drop_zero(name);
        self.take(name, TeamId::from_json)
    }

    fn drop_zero(&mut self, name: &str) {
        if self.map.get(name).and_then(id_text).as_deref() == Some("0") {
            self.map.remove(name);
        }
    }

    /// A free-form object or list as JSON text; `null` and empty ones are `None`.
    pub fn json(&mut self, name: &str) -> Option<Json> {
        match self.map.get(name)? {
            Value::Null => self.map.remove(name).and(None),
            Value::Object(map) if map.is_empty() => self.map.remove(name).and(None),
            Value::Array(list) if list.is_empty() => self.map.remove(name).and(None),
            Value::Object(_) | Value::Array(_) => self.map.remove(name).map(|value| Json::from_value(&value)),
            _ => None,
        }
    }

    /// Forgets a field that has exactly this value (`"type": "conversation"` says nothing new).
    pub fn constant(&mut self, name: &str, value: &str) {
        if self.map.get(name).and_then(Value::as_str) == Some(value) {
            self.map.remove(name);
        }
    }

    /// Forgets a field without content: `null`, `{}`, `[]` or `""`.
    pub fn empty(&mut self, name: &str) {
        let is_empty = match self.map.get(name) {
            Some(Value::Null) => true,
            Some(Value::Object(map)) => map.is_empty(),
            Some(Value::Array(list)) => list.is_empty(),
            Some(Value::String(text)) => text.is_empty(),
            _ => false,
        };
        if is_empty {
            self.map.remove(name);
        }
    }

    /// Whether a field is there and not `null`.
    pub fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    /// Reads an object inside this one; what is left of it stays under its name.
    pub fn nested<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        match self.map.remove(name)? {
            Value::Object(map) => {
                let mut inner = Fields { what: name, map };
                let result = read(&mut inner);
                if !inner.map.is_empty() {
                    self.map.insert(name.to_owned(), Value::Object(inner.map));
                }
                Some(result)
            }
            Value::Null => None,
            other => {
                self.map.insert(name.to_owned(), other);
                None
            }
        }
    }

    /// Reads a list of objects; items that are not fully read stay in their places, with what is left of them
    /// (and `{}` for the ones before that were read).
    pub fn list<T>(&mut self, name: &'static str, mut read: impl FnMut(&mut Fields) -> Option<T>) -> Vec<T> {
        let values = self.raw_list(name).unwrap_or_default();
        let mut items = Vec::with_capacity(values.len());
        let mut rest = Vec::new();
        for (place, value) in values.into_iter().enumerate() {
            let left = match value {
                Value::Object(map) => {
                    let mut inner = Fields { what: name, map };
                    items.extend(read(&mut inner));
                    if inner.map.is_empty() {
                        continue;
                    }
                    Value::Object(inner.map)
                }
                other => other,
            };
            rest.resize(place, Value::Object(Map::new()));
            rest.push(left);
        }
        self.put_back(name, rest);
        items
    }

    /// A list of plain values; those that `read` cannot use stay.
    pub fn values<T>(&mut self, name: &'static str, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
        let values = self.raw_list(name).unwrap_or_default();
        let (mut items, mut rest) = (Vec::with_capacity(values.len()), Vec::new());
        for value in values {
            match read(&value) {
                Some(item) => items.push(item),
                None => rest.push(value),
            }
        }
        self.put_back(name, rest);
        items
    }

    /// Takes a list as it is, to be read elsewhere.
    pub fn raw_list(&mut self, name: &str) -> Option<Vec<Value>> {
        match self.map.remove(name)? {
            Value::Array(values) => Some(values),
            Value::Null => None,
            other => {
                self.map.insert(name.to_owned(), other);
                None
            }
        }
    }

    /// Puts back what could not be read of a list taken with [`Fields::raw_list`].
    pub fn restore(&mut self, name: &str, unread: Vec<Value>) {
        self.put_back(name, unread);
    }

    fn put_back(&mut self, name: &str, rest: Vec<Value>) {
        if !rest.is_empty() {
            self.map.insert(name.to_owned(), Value::Array(rest));
        }
    }

    /// What nobody read, as JSON; `None` when all was read.
    pub fn into_extra(self) -> Option<Json> {
        (!self.map.is_empty()).then(|| Json(Value::Object(self.map).to_string()))
    }
}

fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
