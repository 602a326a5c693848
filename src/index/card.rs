//! What a list of hits shows of a conversation without opening it.

use serde::{Deserialize, Serialize};

use super::key::{id_key, id_of};

/// What a list of hits shows of a conversation. Names are short because there is one of these for each conversation; what
/// fields of the index tell is not stored again, and what was written is in the lake.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The conversation's id; stored only where its key does not tell it.
    #[serde(rename = "i", default, skip_serializing_if = "is_told")]
    pub conversation_id: String,
    /// When it began, in microseconds since 1970 (UTC).
    #[serde(skip)]
    pub created_at: i64,
    /// When it last changed, in microseconds since 1970 (UTC).
    #[serde(skip)]
    pub updated_at: i64,
    /// open, closed or snoozed.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// none, low, medium, high, urgent.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The channel of the first message.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// Its title.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The first contact.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<String>,
    /// That contact's name.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<String>,
    /// That contact's e-mail address.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<String>,
    /// The company's name.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// The teammate it is assigned to.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub admin_assignee_id: Option<String>,
    /// The team it is assigned to.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub team_assignee_id: Option<String>,
    /// Names of its tags.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The customer's rating, 1 to 5.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<i64>,
    /// Parts, the opening message excluded.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub part_count: Option<i64>,
    /// Since when a customer waits, in microseconds since 1970 (UTC).
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub waiting_since_at: Option<i64>,
    /// Whether its messages are still to be read: only the opening one is held, or those of before its last change.
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_listed_only: bool,
}

fn is_told(id: &str) -> bool {
    id_of(id_key(id)).is_some()
}
