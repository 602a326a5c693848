//! Which time of a conversation counts.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which time of a conversation places it in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// When it began.
    #[default]
    Created,
    /// When it was last closed.
    Closed,
    /// When a teammate first replied.
    FirstReplied,
}

impl Clock {
    /// The column of `conversation_metrics` with that time.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Created => "created_at",
            Self::Closed => "last_close_at",
            Self::FirstReplied => "first_teammate_reply_at",
        }
    }

    /// The conditions for lying between two moments, the second not included; without the first, from the beginning.
    pub(super) fn conditions(self, start: Option<DateTime<Utc>>, end: DateTime<Utc>) -> Vec<String> {
        let mut conditions = between(self.column(), start, end);
        if self == Self::Closed {
            // A conversation opened again was closed, and is not done.
            conditions.push("is_closed".to_owned());
        }
        conditions
    }
}

/// The conditions for a time to lie between two moments, the second not included; without the first, from the beginning.
pub(super) fn between(column: &str, start: Option<DateTime<Utc>>, end: DateTime<Utc>) -> Vec<String> {
    let from = start.map(|start| format!("{column} >= {}", timestamp(start)));
    from.into_iter().chain([format!("{column} < {}", timestamp(end))]).collect()
}

/// A moment as a literal like the times in the lake.
pub(super) fn timestamp(at: DateTime<Utc>) -> String {
    format!("TIMESTAMP '{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"))
}
