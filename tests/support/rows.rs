//! Rows and JSON for tests of the lake: small, real in shape, made from a few numbers.

use fastintercom::model::{Conversation, Message, Thread, Timestamp};
use serde_json::{Value, json};

/// A time in a month of 2026, 1 to 12.
pub(crate) fn in_month(month: i64, seconds: i64) -> Timestamp {
    let starts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let day = starts[(month - 1) as usize];
    Timestamp::from_seconds(1_767_225_600 + day * 86_400 + seconds)
}

/// When the tests' rows were received.
pub(crate) fn synced_at() -> Timestamp {
    in_month(12, 0)
}

/// A part, `seconds` after the beginning of its conversation.
pub(crate) fn part_json(
    id: i64,
    part_type: &str,
    author: &Value,
    body: Option<&str>,
    created_at: i64,
) -> Value {
    json!({
        "type": "conversation_part", "id": id.to_string(), "part_type": part_type, "body": body,
        "created_at": created_at, "updated_at": created_at, "notified_at": created_at, "assigned_to": null,
        "author": author, "attachments": [], "external_id": null, "redacted": false, "metadata": {},
        "email_message_metadata": null, "state": "open", "tags": [], "event_details": {}, "app_package_code": null,
    })
}

/// A conversation as retrieved, with this many comments.
pub(crate) fn thread_json(id: i64, created_at: Timestamp, parts: i64, note: &str) -> Value {
    let begin = created_at.seconds();
    let customer = json!({"type": "user", "id": "68e1a7c2d9f04b3a5c6e7f81", "name": "Mira Okafor", "email": "m@h.example"});
    let admin = json!({"type": "admin", "id": "7300101", "name": "Jonas Weiß", "email": "jonas@fi.example"});
    let part = |n: i64| {
        let author = if n % 2 == 0 { &admin } else { &customer };
        part_json(id * 1_000 + n, "comment", author, Some(&format!("<p>{note} {n}</p>")), begin + 60 * n)
    };
    json!({
        "type": "conversation", "id": id.to_string(), "created_at": begin, "updated_at": begin + 60 * parts,
        "state": "open", "open": true, "read": false, "priority": "none", "title": note,
        "source": {"type": "conversation", "id": format!("{id}0"), "delivered_as": "customer_initiated",
            "subject": "", "body": format!("<p>{note}</p>"), "author": customer, "attachments": []},
        "contacts": {"type": "contact.list", "contacts": [
            {"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f81", "external_id": "cust_4711"}]},
        "conversation_parts": {"type": "conversation_part.list", "total_count": parts,
            "conversation_parts": (1..=parts).map(part).collect::<Vec<_>>()},
    })
}

/// The rows of such a conversation.
pub(crate) fn thread(id: i64, created_at: Timestamp, parts: i64, note: &str) -> (Conversation, Vec<Message>) {
    let json = thread_json(id, created_at, parts, note).to_string();
    let thread = Thread::parse(json.as_bytes(), synced_at()).expect("the JSON above is a conversation");
    (thread.conversation, thread.messages)
}
