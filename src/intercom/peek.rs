//! Looks at the few fields of a raw object that the sync needs, and at nothing else: ids as text or
//! number, times in any form, counts. Never fails on an object that came in a page.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::time::parse_seconds;

/// Parts a retrieved conversation holds at most; older ones are cut off.
const PARTS_LIMIT: usize = 500;

/// What can be told of an object without reading it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peek {
    /// Its id.
    pub id: Option<String>,
    /// Its `type`.
    pub kind: Option<String>,
    /// When it was created, in unix seconds.
    pub created_at: Option<i64>,
    /// When it was changed, in unix seconds.
    pub updated_at: Option<i64>,
    /// How many parts came with it; `None` if the object has no list of them.
    pub parts_returned: Option<usize>,
    /// How many parts the list says there are.
    pub parts_total: Option<u64>,
    /// How many parts the statistics count, the opening message included.
    pub parts_counted: Option<u64>,
}

impl Peek {
    /// Whether older parts are missing: Intercom returns the newest 500.
    #[must_use]
    pub fn parts_truncated(&self) -> bool {
        let Some(returned) = self.parts_returned else { return false };
        returned >= PARTS_LIMIT || self.parts_counted.is_some_and(|counted| counted > returned as u64 + 1)
    }
}

/// An id written as text or as a number; anything else is none.
#[derive(Clone, Debug, Default)]
pub(super) struct LenientId(pub(super) Option<String>);

impl<'de> Deserialize<'de> for LenientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(id) if !id.is_empty() => Some(id),
            Value::Number(id) if id.is_u64() => Some(id.to_string()),
            _ => None,
        }))
    }
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default)]
    id: LenientId,
    #[serde(default, borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(default, borrow)]
    created_at: Option<&'a RawValue>,
    #[serde(default, borrow)]
    updated_at: Option<&'a RawValue>,
    #[serde(default, borrow)]
    conversation_parts: Option<&'a RawValue>,
    #[serde(default, borrow)]
    ticket_parts: Option<&'a RawValue>,
    #[serde(default, borrow)]
    statistics: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Parts {
    #[serde(default, alias = "ticket_parts")]
    conversation_parts: Option<Vec<IgnoredAny>>,
    #[serde(default)]
    total_count: Option<u64>,
}

#[derive(Deserialize)]
struct Statistics {
    #[serde(default)]
    count_conversation_parts: Option<u64>,
}

fn parse<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

/// Id, type, times and part counts of a raw object; whatever cannot be read is `None`.
#[must_use]
pub fn peek_id_times(raw: &RawValue) -> Peek {
    let Ok(head) = serde_json::from_str::<Head<'_>>(raw.get()) else { return Peek::default() };
    let time = |raw| parse::<Value>(raw).as_ref().and_then(parse_seconds);
    let parts: Option<Parts> = parse(head.conversation_parts.or(head.ticket_parts));
    let statistics: Option<Statistics> = parse(head.statistics);
    Peek {
        id: head.id.0,
        kind: parse(head.kind),
        created_at: time(head.created_at),
        updated_at: time(head.updated_at),
        parts_total: parts.as_ref().and_then(|parts| parts.total_count),
        parts_returned: parts.and_then(|parts| parts.conversation_parts).map(|parts| parts.len()),
        parts_counted: statistics.and_then(|statistics| statistics.count_conversation_parts),
    }
}

/// A list inside another object, of which only the first ten entries are embedded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedList {
    url: Option<String>,
    has_more: bool,
}

impl EmbeddedList {
    /// Reads `tags`, `companies` and the like of a contact; anything else is an empty list.
    #[must_use]
    pub fn read(raw: &RawValue) -> Self {
        let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
        let embedded = value["data"].as_array().map_or(0, Vec::len);
        let total = value["total_count"].as_u64().unwrap_or_default();
        Self {
            url: value["url"].as_str().map(str::to_owned),
            has_more: value["has_more"].as_bool() == Some(true) || total > embedded as u64,
        }
    }

    /// Where the whole list is, if not all of it is here; for
    /// [`contact_sublist`](super::Client::contact_sublist).
    #[must_use]
    pub fn more_at(&self) -> Option<&str> {
        self.url.as_deref().filter(|_| self.has_more)
    }
}
