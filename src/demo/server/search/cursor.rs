//! Cursors: base64 of `[sort value, id, next page]`, and nothing kept on the server.
//!
//! They say where the last page ended, so documents that move between two pages are seen twice or not at
//! all: exactly what happens at Intercom.

use super::field::{Datum, Document, Kind};
use crate::demo::server::base64;
use crate::demo::server::error::{Answer, ApiError};
use serde_json::{Value, json};
use std::cmp::Ordering;

/// What results are ordered by. Documents without a value come before all others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum SortKey {
    Null,
    Int(i64),
    Text(String),
}

impl SortKey {
    pub(crate) fn of_id(id: &str) -> Self {
        id.parse().map_or_else(|_| Self::Text(id.to_owned()), Self::Int)
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Int(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Datum<'_>> for SortKey {
    fn from(datum: Datum<'_>) -> Self {
        match datum {
            Datum::Null => Self::Null,
            Datum::Int(value) => Self::Int(value),
            Datum::Bool(value) => Self::Int(i64::from(value)),
            Datum::Text(text) => Self::Text(text.into_owned()),
            Datum::Many(values) => values.into_iter().next().map_or(Self::Null, Self::Text),
        }
    }
}

/// Where a page ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cursor<I> {
    pub(crate) key: SortKey,
    pub(crate) id: I,
    /// The number of the page it leads to.
    pub(crate) page: u64,
}

/// Writes the cursor behind a document. Dates are in milliseconds there; ids are numbers if they can be.
pub(crate) fn encode(kind: Kind, key: &SortKey, id: &str, page: u64) -> String {
    let key = match key {
        SortKey::Null => Value::Null,
        SortKey::Int(value) if kind == Kind::Date => json!(value * 1_000),
        SortKey::Int(value) => json!(value),
        SortKey::Text(text) => json!(text),
    };
    let id = id.parse::<u64>().map_or_else(|_| json!(id), |id| json!(id));
    base64::encode(json!([key, id, page]).to_string().as_bytes())
}

/// Reads a cursor.
pub(crate) fn decode<D: Document>(kind: Kind, text: &str) -> Answer<Cursor<D::Id>> {
    read::<D>(kind, text).ok_or_else(ApiError::bad_cursor)
}

fn read<D: Document>(kind: Kind, text: &str) -> Option<Cursor<D::Id>> {
    let (key, id, page): (Value, Value, u64) = serde_json::from_slice(&base64::decode(text)?).ok()?;
    let key = match key {
        Value::Null => SortKey::Null,
        Value::Number(value) if kind == Kind::Date => SortKey::Int(value.as_i64()? / 1_000),
        Value::Number(value) => SortKey::Int(value.as_i64()?),
        Value::String(text) => SortKey::Text(text),
        _ => return None,
    };
    let id = match id {
        Value::Number(id) => id.to_string(),
        Value::String(id) => id,
        _ => return None,
    };
    Some(Cursor { key, id: D::parse_id(&id)?, page })
}
