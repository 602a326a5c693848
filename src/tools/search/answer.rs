//! What a search is answered with.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::params::SearchClock;
use crate::index::Sort;
use crate::tools::analyze;
use crate::tools::conversation::{Named, Person, ShownMessage};
use crate::tools::{Freshness, Untrusted};

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SearchAnswer {
    /// Conversations that fit, on all pages.
    pub total: u64,
    /// The same, by its older name.
    pub total_count: u64,
    /// Conversations on this page.
    pub returned: usize,
    /// Whether more come behind them.
    pub has_more: bool,
    /// The cursor that goes on with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Whether this page has fewer conversations than asked for, because an answer may only be so long.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_truncated: bool,
    /// Whether the search index lacks the latest changes: more may fit than are counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_index_behind: bool,
    /// How they are ordered.
    pub sort: Sort,
    /// The period, as it was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<SearchPeriod>,
    /// The conversations.
    pub conversations: Vec<SearchHit>,
    /// Figures of all that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<Box<analyze::Answer>>,
    /// How fresh and complete the data is.
    pub freshness: Freshness,
    /// The same, as older clients read it.
    pub sync_info: SyncInfo,
    /// What to keep in mind when reading this.
    pub notes: Vec<String>,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SearchPeriod {
    /// Its first moment (UTC); none is the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<DateTime<Utc>>,
    /// The first moment after it (UTC).
    pub end: DateTime<Utc>,
    /// The time zone of its days.
    pub timezone: String,
    /// How the words given were understood.
    pub words: String,
    /// From when to when, in the zone.
    pub shown: String,
    /// What places a conversation in it.
    pub by: SearchClock,
}

/// A conversation that was found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SearchHit {
    /// Its id.
    pub id: String,
    /// Its address in the inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it began (UTC).
    pub created_at: DateTime<Utc>,
    /// When it last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Its title, which a customer may have written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted_title: Option<Untrusted>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Person>,
    /// The customer's address, by its older name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_email: Option<Untrusted>,
    /// The customer's company, whose name customers may have chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted_company: Option<Untrusted>,
    /// open, closed or snoozed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// low, medium, high or urgent; none where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The channel it began in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The teammate it is assigned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Named>,
    /// The team it is assigned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<Named>,
    /// Names of its tags.
    pub tags: Vec<Untrusted>,
    /// The customer's rating, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<i64>,
    /// Parts, the opening message excluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_count: Option<i64>,
    /// Since when a customer has been waiting for a teammate (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_since_at: Option<DateTime<Utc>>,
    /// How well it fits: only good for comparing within one answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// Whether only its opening message is held yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_listed_only: bool,
    /// The beginning of its first message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted_first_line: Option<Untrusted>,
    /// The places that show best why it was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snippets: Vec<ShownSnippet>,
    /// Its first messages, if the answer is to be detailed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<ShownMessage>,
    /// How many more messages it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_message_count: Option<usize>,
}

/// A place in a message.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownSnippet {
    /// The message's place in the conversation; 0 is the opening message.
    pub position: i64,
    /// When it was written (UTC).
    pub created_at: DateTime<Utc>,
    /// customer, teammate or bot.
    pub author_class: String,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted_author_name: Option<Untrusted>,
    /// Whether it is an internal note.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_note: bool,
    /// A piece of its text, in one line.
    pub untrusted_text: Untrusted,
    /// What was looked for in it: where each begins and how long it is, in characters.
    pub matches: Vec<(usize, usize)>,
}

/// How fresh the data is, as older clients read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SyncInfo {
    /// fresh, partial or stale.
    pub state: &'static str,
    /// When the last sync of everything began (UTC).
    pub last_sync: Option<DateTime<Utc>>,
    /// The same in words.
    pub message: String,
    /// Whether all that began in the period is held.
    pub data_complete: bool,
}
