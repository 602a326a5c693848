//! One event, and many as columns.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// A request with a key was answered or refused.
    Request,
    /// A key was made.
    KeyMade,
    /// A key was revoked.
    KeyRevoked,
    /// So many events were lost: more came than could be written.
    EventsLost,
}

impl Happened {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::KeyMade => "key_made",
            Self::KeyRevoked => "key_revoked",
            Self::EventsLost => "events_lost",
        }
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it was over, in microseconds since 1970.
    pub at: i64,
    /// What happened.
    pub event: Happened,
    /// The name of the key: whose request it was, or which was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_name: Option<String>,
    /// The address the request came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_address: Option<String>,
    /// The method of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The address it was for, with `{names}` for what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The tool that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The names of its arguments, or the scopes of a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// How the call ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Rows, conversations or groups of the answer; or events that were lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_count: Option<u64>,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// The id of the request, which lines of the log have too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Event {
    /// An event at a time, of which nothing more is known.
    pub fn new(event: Happened, at: DateTime<Utc>) -> Self {
        Self {
            at: at.timestamp_micros(),
            event,
            key_name: None,
            client_address: None,
            method: None,
            path: None,
            status: None,
            tool: None,
            arguments: None,
            outcome: None,
            row_count: None,
            duration_ms: None,
            request_id: None,
        }
    }
}

/// A column: its name, its Arrow type, its DuckDB type, and its values.
type Column = (&'static str, DataType, &'static str, fn(&[Event]) -> ArrayRef);

fn text<'a>(events: &'a [Event], of: impl Fn(&'a Event) -> Option<&'a str>) -> ArrayRef {
    Arc::new(events.iter().map(of).collect::<StringArray>())
}

fn number(events: &[Event], of: impl Fn(&Event) -> Option<u64>) -> ArrayRef {
    let numbers = events.iter().map(|event| of(event).and_then(|number| i64::try_from(number).ok()));
    Arc::new(numbers.collect::<Int64Array>())
}

/// Every column, in order.
const COLUMNS: &[Column] = &[
    ("at", DataType::Timestamp(TimeUnit::Microsecond, None), "TIMESTAMP", |events| {
        Arc::new(events.iter().map(|event| Some(event.at)).collect::<TimestampMicrosecondArray>())
    }),
    ("event", DataType::Utf8, "VARCHAR", |events| text(events, |event| Some(event.event.name()))),
    ("key_name", DataType::Utf8, "VARCHAR", |events| text(events, |event| event.key_name.as_deref())),
    ("client_address", DataType::Utf8, "VARCHAR", |events| {
        text(events, |event| event.client_address.as_deref())
    }),
    ("method", DataType::Utf8, "VARCHAR", |events| text(events, |event| event.method.as_deref())),
    ("path", DataType::Utf8, "VARCHAR", |events| text(events, |event| event.path.as_deref())),
    ("status", DataType::Int64, "BIGINT", |events| number(events, |event| event.status.map(u64::from))),
    ("tool", DataType::Utf8, "VARCHAR", |events| text(events, |event| event.tool.as_deref())),
    ("arguments", DataType::Utf8, "VARCHAR", |events| text(events, |event| event.arguments.as_deref())),
    ("outcome", DataType::Utf8, "VARCHAR", |events| text(events, |event| event.outcome.as_deref())),
    ("row_count", DataType::Int64, "BIGINT", |events| number(events, |event| event.row_count)),
    ("duration_ms", DataType::Int64, "BIGINT", |events| number(events, |event| event.duration_ms)),
    ("request_id", DataType::Utf8, "VARCHAR", |events| text(events, |event| event.request_id.as_deref())),
];

/// The columns of a file.
pub(super) fn schema() -> Schema {
    let fields = COLUMNS.iter().map(|(name, kind, ..)| Field::new(*name, kind.clone(), true));
    Schema::new(fields.collect::<Vec<_>>())
}

/// Events as columns.
pub(super) fn batch(events: &[Event]) -> RecordBatch {
    let columns = COLUMNS.iter().map(|(.., values)| values(events)).collect();
    RecordBatch::try_new(Arc::new(schema()), columns).expect("each column has a value for each event")
}

/// What stands for the rows where there are none: the columns, with their types.
pub(super) fn no_rows() -> String {
    let columns = COLUMNS.iter().map(|(name, _, sql_type, _)| format!("NULL::{sql_type} AS \"{name}\""));
    format!("SELECT {} WHERE false", columns.collect::<Vec<_>>().join(", "))
}
