//! Conversations told in a few lines, for tests of what is computed from them.
//!
//! ```text
//! 0 customer: Where is my parcel?
//! 60 bot: Have a look here
//! 90 note teammate 7: I know her
//! 300 teammate 7: On its way
//! 400 teammate 7 close
//! 500 customer open: It is not
//! ```
//! Each line: seconds since the beginning, `note` if it is one, who (`customer`, `teammate ID`, `bot`, `nobody`), the
//! part type if it is not a comment, and after a colon the body. The first line is the opening message.

use fastintercom::model::{Conversation, Message, Thread, Timestamp};
use serde_json::{Value, json};

use super::rows::{part_json, synced_at};

/// A conversation and its messages, as retrieved; `fields` are laid over the rest of it.
pub(crate) fn told(
    id: i64,
    created_at: Timestamp,
    story: &str,
    fields: &Value,
) -> (Conversation, Vec<Message>) {
    let json = told_json(id, created_at, story, fields);
    let thread = Thread::parse(json.to_string().as_bytes(), synced_at()).expect("it is a conversation");
    (thread.conversation, thread.messages)
}

/// The same as the API would answer.
pub(crate) fn told_json(id: i64, created_at: Timestamp, story: &str, fields: &Value) -> Value {
    let begin = created_at.seconds();
    let lines: Vec<&str> = story.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let opening = Line::parse(lines[0]);
    let mut state = "open";
    let mut parts = Vec::new();
    for (number, line) in lines.iter().enumerate().skip(1) {
        let line = Line::parse(line);
        state = match line.part_type.as_str() {
            "close" => "closed",
            "open" | "note_and_reopen" | "assign_and_reopen" => "open",
            "snoozed" => "snoozed",
            _ if line.author["type"] == "user" && line.body.is_some() => "open",
            _ => state,
        };
        let part_id = id * 1_000 + number as i64;
        let mut part =
            part_json(part_id, &line.part_type, &line.author, line.body.as_deref(), begin + line.seconds);
        part["state"] = json!(state);
        parts.push(part);
    }
    let delivered_as =
        if opening.author["type"] == "user" { "customer_initiated" } else { "admin_initiated" };
    let mut conversation = json!({
        "type": "conversation", "id": id.to_string(), "created_at": begin,
        "updated_at": parts.last().map_or(begin, |part| part["created_at"].as_i64().expect("a time")),
        "state": state, "open": state != "closed", "read": false, "priority": "none", "title": null,
        "source": {"type": "conversation", "id": format!("{id}0"), "delivered_as": delivered_as, "subject": "",
            "body": opening.body.unwrap_or_default(), "author": opening.author, "attachments": []},
        "contacts": {"type": "contact.list", "contacts": [
            {"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f81", "external_id": null}]},
        "conversation_parts": {"type": "conversation_part.list", "total_count": parts.len(),
            "conversation_parts": parts},
    });
    for (name, value) in fields.as_object().into_iter().flatten() {
        conversation[name] = value.clone();
    }
    conversation
}

struct Line {
    seconds: i64,
    author: Value,
    part_type: String,
    body: Option<String>,
}

impl Line {
    fn parse(line: &str) -> Self {
        let (head, body) = match line.split_once(':') {
            Some((head, body)) => (head, Some(format!("<p>{}</p>", body.trim()))),
            None => (line, None),
        };
        let mut words = head.split_whitespace().peekable();
        let seconds = words.next().and_then(|word| word.parse().ok()).expect("a line begins with seconds");
        let is_note = words.next_if_eq(&"note").is_some();
        let author = match words.next() {
            Some("customer") => json!({"type": "user", "id": "68e1a7c2d9f04b3a5c6e7f81", "name": "Mira"}),
            Some("teammate") => json!({"type": "admin", "id": words.next().expect("an id"), "name": "Jonas"}),
            Some("bot") => json!({"type": "bot", "id": "99", "name": "Fin"}),
            Some("nobody") => Value::Null,
            other => panic!("nobody is called {other:?}"),
        };
        let part_type = words.next().unwrap_or(if is_note { "note" } else { "comment" }).to_owned();
        assert_eq!(words.next(), None, "too many words in: {line}");
        Self { seconds, author, part_type, body }
    }
}
