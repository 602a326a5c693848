//! Which of two descriptions of a conversation holds: what is stored, or what a list now says.
//!
//! Pure. A list may be behind (search is an index) and never has parts; a retrieved conversation is whole.

use crate::model::{Conversation, Synced, Timestamp};

/// A thread read within this time of its last change may lack a change of the same second, or one the index
/// had not seen; listed again, it is read again.
const SETTLED_AFTER_SECONDS: i64 = 60;

/// What to store for a conversation that is listed.
///
/// `None` keeps what is stored. A row with `has_thread` false asks for the thread to be read.
pub fn listed(stored: Option<&Conversation>, listed: Conversation) -> Option<Conversation> {
    let Some(stored) = stored else { return Some(listed) };
    if listed.updated_at < stored.updated_at {
        return None;
    }
    if !stored.has_thread {
        // Still to be read; the newer description is as good as the older one.
        let update = Conversation { part_count: stored.part_count, ..listed };
        return (!stored.says_the_same(&update)).then_some(update);
    }
    if same_thread(stored, &listed) && is_settled(stored) {
        let is_read = listed.is_read;
        return (stored.is_read != is_read).then(|| Conversation { is_read, ..stored.clone() });
    }
    Some(listed)
}

fn is_settled(stored: &Conversation) -> bool {
    let settled = stored.updated_at.seconds() + SETTLED_AFTER_SECONDS;
    stored.synced_at >= Timestamp::from_seconds(settled)
}

/// Equal in all that does not come from the thread or from reading it.
fn same_thread(stored: &Conversation, listed: &Conversation) -> bool {
    let comparable = Conversation {
        is_read: stored.is_read,
        has_thread: stored.has_thread,
        parts_truncated: stored.parts_truncated,
        part_count: stored.part_count,
        thread: stored.thread.clone(),
        synced_at: stored.synced_at,
        extra: stored.extra.clone(),
        ..listed.clone()
    };
    *stored == comparable && same_extra(stored, listed)
}

/// What is left over of the parts is not in a list; the rest of `extra` must be equal.
fn same_extra(stored: &Conversation, listed: &Conversation) -> bool {
    let without_parts = |conversation: &Conversation| {
        let mut value = conversation.extra.as_ref().map(crate::model::Json::to_value).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("conversation_parts");
        }
        if value.as_object().is_some_and(serde_json::Map::is_empty) { serde_json::Value::Null } else { value }
    };
    without_parts(stored) == without_parts(listed)
}
