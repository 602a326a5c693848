//! Hints: what webhooks told of, to be fetched again. A hint names an object and nothing of what it says, so one that
//! comes twice, late or in the wrong order costs a request and does no harm.
//!
//! They lie in segments under `state/hints/`: whoever receives them appends ([`HintLog`]) and answers once they would
//! survive a power loss; whoever holds the lake's lock takes them ([`take()`]), and removes them when what they name is
//! committed. The two need not be the same process. Knows files; knows nothing of HTTP and of how objects are fetched.

mod log;
mod record;
mod seen;
mod segment;
mod take;

use serde::{Deserialize, Serialize};

pub use log::{HintLog, NotStored, SegmentMaker};
pub(in crate::sync) use take::{Taken, put_back, take};
pub use take::{erase, is_waiting};

use crate::intercom::webhook::{Notification, Subject};

/// The longest id there can be, of objects and of notifications.
const MOST_ID_BYTES: usize = 128;

/// What a hint names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HintKind {
    /// A conversation.
    Conversation,
    /// A contact.
    Contact,
    /// A ticket, which shares the id of its conversation.
    Ticket,
    /// A company.
    Company,
}

/// An object that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// What it is.
    pub kind: HintKind,
    /// Its id.
    pub id: String,
    /// What happened to it, such as `conversation.admin.closed`.
    pub topic: String,
    /// The id of the notification, by which a repeated delivery is recognised.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub notification_id: Option<String>,
    /// The code of the workspace it is in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub workspace_id: Option<String>,
    /// When it happened, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_at: Option<i64>,
    /// When it was received, in seconds since 1970.
    pub received_at: i64,
    /// How often it could not be fetched.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub failures: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Hint {
    /// What a notification hints at: two objects for a merger, none for a ping or what is not synced.
    pub fn of(notification: &Notification, received_at: i64) -> Vec<Self> {
        let (kind, id) = match &notification.subject {
            Subject::Conversation(id) => (HintKind::Conversation, id),
            Subject::Contact(id) => (HintKind::Contact, id),
            Subject::Ticket(id) => (HintKind::Ticket, id),
            Subject::Company(id) => (HintKind::Company, id),
            Subject::Ping | Subject::Other => return Vec::new(),
        };
        let short = |text: &Option<String>| text.clone().filter(|text| text.len() <= MOST_ID_BYTES);
        let hint = |id: &String| Self {
            kind,
            id: id.clone(),
            topic: notification.topic.chars().take(MOST_ID_BYTES).collect(),
            notification_id: short(&notification.id),
            workspace_id: short(&notification.app_id),
            created_at: notification.created_at,
            received_at,
            failures: 0,
        };
        let ids = std::iter::once(id).chain(&notification.merged_from);
        ids.filter(|id| id.len() <= MOST_ID_BYTES).map(hint).collect()
    }
}
