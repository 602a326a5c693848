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
    /// Words to find, all of them: refund shipping, "not received", refund OR return, -spam, ship*, recieve~ (misspelt),
    /// from:ana@example.com, tag:vip, assignee:ben, title:invoice, note:vip, has:attachment. None: whatever the filters
    /// leave.
    pub query: String,
    /// Only conversations of this period.
    #[serde(alias = "time_filter")]
    pub timeframe: Option<TimeframeInput>,
    /// Which of their times lies in the period; closed is the last close.
    pub by: SearchClock,
    /// Which conversations count.
    pub filters: Filters,
    /// The time zone of days in the timeframe, such as Europe/Berlin; without it the workspace's.
    pub timezone: Option<String>,
    /// Also count and measure what was found, in groups.
    pub aggregation: Option<Aggregation>,
    /// The order: relevance with words and newest without, if none is given.
    pub sort: Option<Sort>,
    /// Conversations on a page, 1 to 1,000; 20 without it.
    pub limit: Option<usize>,
    /// Conversations passed over; new ones do not move a cursor.
    pub offset: Option<usize>,
    /// next_cursor of the page before; everything else as it was.
    pub cursor: Option<String>,
    /// detailed shows messages, too.
    pub response_format: ResponseFormat,
    /// Older name of the filter `email`.
    #[schemars(skip)]
    pub customer_email: Option<String>,
    /// Older name of the start of a timeframe.
    #[schemars(skip)]
    pub created_after: Option<String>,
    /// Older name of the end of a timeframe.
    #[schemars(skip)]
    pub created_before: Option<String>,
    /// Older name of the filter `state`; `all` for any.
    #[schemars(skip)]
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
