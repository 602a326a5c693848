//! An answer as it is given, and as it is kept: what it takes to give it once more, later.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::tools::Freshness;

/// What answers are lists of, the first that is there.
const LISTS: &[&str] = &["rows", "conversations", "groups", "messages", "views"];

/// An answer as JSON, and as a value where it is at hand.
#[derive(Debug, Clone)]
pub(in crate::server) struct Given {
    /// The whole of it.
    pub(in crate::server) text: Arc<str>,
    value: Option<Value>,
    /// How old it is; none if it was made for whoever asked.
    pub(in crate::server) age: Option<Duration>,
    /// The moment until which it asked for data; none where it is the present.
    pub(in crate::server) asked_until: Option<DateTime<Utc>>,
    /// Rows, or whatever it is a list of.
    pub(in crate::server) row_count: Option<u64>,
}

impl Given {
    /// An answer made just now.
    pub(in crate::server) fn made(value: Value) -> Self {
        let listed = |name: &&str| value.get(name)?.as_array().map(|items| items.len() as u64);
        let row_count = LISTS.iter().find_map(listed);
        Self { text: value.to_string().into(), value: Some(value), age: None, asked_until: None, row_count }
    }

    /// As a value.
    pub(in crate::server) fn into_value(self) -> Value {
        let Self { text, value, .. } = self;
        // What is kept was written by `made`.
        value.unwrap_or_else(|| serde_json::from_str(&text).unwrap_or_default())
    }

    /// Whether it has a place for notes: all that is kept has.
    pub(in crate::server) fn has_notes(&self) -> bool {
        self.value.as_ref().is_none_or(|value| value["notes"].is_array())
    }

    /// Adds a note.
    pub(in crate::server) fn note(self, words: String) -> Self {
        let (age, asked_until) = (self.age, self.asked_until);
        let mut value = self.into_value();
        if let Some(notes) = value.get_mut("notes").and_then(Value::as_array_mut) {
            notes.push(Value::String(words));
        }
        Self { age, asked_until, ..Self::made(value) }
    }
}

/// An answer that is kept.
pub(super) struct Kept {
    text: Arc<str>,
    at: DateTime<Utc>,
    /// The end of its period, if it tells one that was over.
    asked_until: Option<DateTime<Utc>>,
    row_count: Option<u64>,
    /// Seconds the data was behind the present, if the answer tells that: it grows with time.
    behind_seconds: Option<i64>,
}

impl Kept {
    /// Of an answer of a moment.
    pub(super) fn of(given: &Given, at: DateTime<Utc>) -> Option<Self> {
        let value = given.value.as_ref()?;
        let end = value["period"]["end"].as_str().and_then(|end| end.parse::<DateTime<Utc>>().ok());
        // With a period, the data is told to be behind its end, which the answer names and which stays.
        let is_open = value.get("period").is_none();
        let freshness = &value["freshness"];
        let is_behind = is_open && !freshness["data_as_of"].is_null();
        Some(Self {
            text: Arc::clone(&given.text),
            at,
            asked_until: end.filter(|end| *end < at),
            row_count: given.row_count,
            behind_seconds: freshness["behind_seconds"].as_i64().filter(|_| is_behind),
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The answer as it would be now; none when it would be another.
    pub(super) fn again(&self, now: DateTime<Utc>, most_age: Duration) -> Option<Given> {
        let age = (now - self.at).to_std().ok().filter(|age| *age < most_age)?;
        let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
        if minute(now) != minute(self.at) {
            return None;
        }
        let seconds = now.timestamp() - self.at.timestamp();
        let (asked_until, row_count) = (self.asked_until, self.row_count);
        let given = |text, value| Given { text, value, age: Some(age), asked_until, row_count };
        match self.behind_seconds {
            Some(before) if seconds > 0 => {
                let value = later(&self.text, before, before + seconds)?;
                Some(given(value.to_string().into(), Some(value)))
            }
            _ => Some(given(Arc::clone(&self.text), None)),
        }
    }
}

/// The answer with the data so many seconds behind; none where more than the number would be told differently.
fn later(text: &str, before: i64, behind_seconds: i64) -> Option<Value> {
    if !Freshness::is_told_alike(before, behind_seconds) {
        return None;
    }
    let mut value: Value = serde_json::from_str(text).ok()?;
    *value.get_mut("freshness")?.get_mut("behind_seconds")? = Value::from(behind_seconds);
    Some(value)
}
