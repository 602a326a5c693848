//! What a reader of a conversation is given: what it is, and its messages as far as they fit.
//!
//! Keys that older clients read are there too: `id`, `messages` with `author_type`, `part_type` and always a `body`, and
//! the conversation under `conversation`.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::message::ShownMessage;
use crate::tools::untrusted::Untrusted;

/// A conversation as a person would read it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConversationAnswer {
    /// The conversation's id.
    pub id: String,
    /// When it began (UTC).
    pub created_at: DateTime<Utc>,
    /// The customer's e-mail address, where older clients look for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_email: Option<Untrusted>,
    /// The same tags as `conversation` has, where older clients look for them.
    pub tags: Vec<Untrusted>,
    /// What it is.
    pub conversation: Header,
    /// Its messages, notes and events, as far as they were asked for and fit.
    pub messages: Vec<ShownMessage>,
    /// Where in the whole this is.
    #[serde(flatten)]
    pub window: Window,
    /// How fresh and complete it is.
    pub freshness: HeldAs,
    /// What to keep in mind.
    pub notes: Vec<String>,
}

/// Which of a conversation's messages are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Window {
    /// Messages there are of the kinds asked for.
    pub message_count: usize,
    /// Messages given.
    pub returned: usize,
    /// Whether there are more after these.
    pub is_truncated: bool,
    /// The cursor that goes on with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// How a conversation is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HeldAs {
    /// When what it is was read from Intercom (UTC).
    pub synced_at: DateTime<Utc>,
    /// Up to when changes of all that is here are known (UTC); none where its messages are of an earlier sync.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_as_of: Option<DateTime<Utc>>,
    /// Whether its messages are held as they are now, as far as is known; else only the opening one is, or those of an
    /// earlier sync are.
    pub has_thread: bool,
    /// Whether it has changed since its messages were read: they are of an earlier sync.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_earlier_messages: bool,
    /// Whether Intercom returned only its latest messages.
    pub parts_truncated: bool,
    /// Whether it was fetched from Intercom for this answer.
    pub fetched_now: bool,
    /// Why its messages could not be fetched, if that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch_failure: Option<String>,
    /// Whether Intercom, when asked for them, had no such conversation any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_gone: bool,
    /// Whether a sync changed the data while it was read: parts of this may be of neighbouring versions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_mixed: bool,
}

/// What a conversation is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Header {
    /// Its id.
    pub id: String,
    /// Its title or subject, which a customer may have written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted_title: Option<Untrusted>,
    /// open, closed or snoozed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// none, low, medium, high or urgent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The channel it began in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it began (UTC).
    pub created_at: DateTime<Utc>,
    /// When it last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// When a snooze ends (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until_at: Option<DateTime<Utc>>,
    /// Since when a customer has been waiting for a teammate (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_since_at: Option<DateTime<Utc>>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Person>,
    /// How many customers take part, if it is not one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_count: Option<usize>,
    /// The customer's company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Firm>,
    /// The teammate it is assigned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Named>,
    /// The team it is assigned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<Named>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Untrusted>,
    /// How many more tags it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_tag_count: Option<usize>,
    /// Topics Intercom recognised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Untrusted>,
    /// How many more topics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_topic_count: Option<usize>,
    /// How the customer rated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// How many parts it has, the opening message excluded, as Intercom counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_count: Option<i64>,
    /// Whether it is the conversation side of a ticket.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_ticket: bool,
    /// Its address in the inbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Person {
    /// The id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name, which customers choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted_name: Option<Untrusted>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Untrusted>,
}

/// A customer's company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Firm {
    /// The id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name, which customers may have chosen; the id where none is known.
    pub untrusted_name: Untrusted,
}

/// A teammate or team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name; the id where none is known.
    pub name: Untrusted,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rating {
    /// 1 to 5; none when it was asked for and not given.
    pub rating: Option<i64>,
    /// What the customer wrote with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untrusted_remark: Option<Untrusted>,
    /// Who was rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teammate: Option<Named>,
}
