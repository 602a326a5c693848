//! Which time of a conversation counts.

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
}
