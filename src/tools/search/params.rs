//! A search, as it is asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::index::Sort;
use crate::tools::lenient::one_or_more;
use crate::tools::timeframe::TimeframeInput;
use crate::tools::{Clock, Filters};

/// A search over all conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchParams {
    /// Words to find, all of them: `refund shipping`, `"not received"`, `refund OR return`, `-spam`, `ship*`,
    /// `recieve~` for misspelt words, `from:ana@example.com`, `tag:vip`, `assignee:ben`, `title:invoice`, `note:vip`,
    /// `has:attachment`. Without any, all conversations that the filters leave.
    pub query: String,
    /// Only conversations of this period.
    #[serde(alias = "time_filter")]
    pub timeframe: Option<TimeframeInput>,
    /// Which of their times lies in the period: created, updated, closed (their last close) or
    /// first_replied.
    pub by: SearchClock,
    /// Which conversations count.
    pub filters: Filters,
    /// The time zone of days in the timeframe, such as Europe/Berlin; without it the workspace's.
    pub timezone: Option<String>,
    /// Also count and measure what was found, in groups.
    pub aggregation: Option<Aggregation>,
    /// The order; relevance with words and newest without, unless given.
    pub sort: Option<Sort>,
    /// Conversations on a page, 1 to 1,000; 20 without it.
    pub limit: Option<usize>,
    /// Conversations passed over; a cursor is better, since new conversations do not move it.
    pub offset: Option<usize>,
    /// Where an earlier page said it goes on; everything else stays as it was.
    pub cursor: Option<String>,
    /// concise, or detailed with messages.
    pub response_format: ResponseFormat,
    /// Older name of the filter `email`.
    pub customer_email: Option<String>,
    /// Older name of the start of a timeframe.
    pub created_after: Option<String>,
    /// Older name of the end of a timeframe.
    pub created_before: Option<String>,
    /// Older name of the filter `state`; `all` for any.
    pub state: Option<String>,
}

/// Which time of a conversation places it in the period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchClock {
    /// When it began.
    #[default]
    Created,
    /// When it last changed.
    Updated,
    /// When it was last closed.
    Closed,
    /// When a teammate first replied.
    FirstReplied,
}

impl SearchClock {
    /// The clock that figures know too; none for the last change.
    pub(super) fn clock(self) -> Option<Clock> {
        match self {
            Self::Created => Some(Clock::Created),
            Self::Updated => None,
            Self::Closed => Some(Clock::Closed),
            Self::FirstReplied => Some(Clock::FirstReplied),
        }
    }
}

/// Figures of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Aggregation {
    /// What to group by, such as day, week, month, assignee, team, tag, priority.
    #[serde(deserialize_with = "one_or_more")]
    pub group_by: Vec<String>,
    /// What to measure: conversations (or count), first_response_seconds (or avg_response_time), resolution_rate …
    #[serde(deserialize_with = "one_or_more")]
    pub metrics: Vec<String>,
}

/// How much is told of each conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Who, when, what, and the place that was found.
    #[default]
    Concise,
    /// Also its first messages.
    Detailed,
}
