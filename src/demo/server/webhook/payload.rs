//! What a webhook says. It is not what the REST API says: dates inside statistics and contacts are ISO
//! strings, the closer's id is a number, and a deleted conversation is called `conversation_id`.

use crate::demo::version::ApiVersion;
use crate::demo::wire::{self, View};
use crate::demo::workspace::{Change, HexId, Workspace, tables};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

/// Parts that `conversation.read` carries.
const RECENT: usize = 4;

/// What the envelope of a notification says.
pub(crate) struct Envelope {
    pub(crate) topic: &'static str,
    /// The how-many-th notification it is.
    pub(crate) number: u64,
    /// Unix seconds.
    pub(crate) at: i64,
}

/// A notification, ready to be sent.
#[derive(Clone)]
pub(crate) struct Payload {
    pub(crate) id: Option<String>,
    pub(crate) topic: String,
    pub(crate) body: Value,
}

impl Payload {
    /// The bytes of an attempt.
    pub(crate) fn bytes(&self, attempt: u32) -> Vec<u8> {
        let mut body = self.body.clone();
        body["delivery_attempts"] = json!(attempt);
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

fn envelope(id: Option<String>, topic: &str, at: i64, item: Value) -> Payload {
    let body = json!({
        "type": "notification_event", "app_id": tables::APP_ID, "topic": topic, "id": id, "created_at": at,
        "first_sent_at": at, "delivery_status": "pending", "delivery_attempts": 1, "delivered_at": 0,
        "links": {}, "self": null, "data": {"type": "notification_event_data", "item": item},
    });
    Payload { id, topic: topic.to_owned(), body }
}

fn notification(envelope_of: &Envelope, item: Value) -> Payload {
    let mixed = (envelope_of.number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let id = format!(
        "notif_{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        mixed >> 32,
        mixed >> 16 & 0xffff,
        mixed & 0xfff,
        mixed >> 12 & 0xfff,
        envelope_of.number
    );
    envelope(Some(id), envelope_of.topic, envelope_of.at, item)
}

/// The greeting of a new receiver.
pub(crate) fn ping(at: i64) -> Payload {
    envelope(None, "ping", at, json!({"type": "ping", "message": "something something interzen"}))
}

/// A change of a conversation: list shape, plus the part that made the change.
pub(crate) fn conversation(
    workspace: &Workspace,
    version: ApiVersion,
    of: &Envelope,
    change: &Change,
) -> Payload {
    let Some(conversation) = workspace.conversation(change.conversation) else {
        let item = json!({"type": "conversation", "conversation_id": change.conversation.to_string()});
        return notification(of, item);
    };
    // From 2.15 on bodies and subjects are plain text here.
    let view = View { plaintext: version >= ApiVersion::V2_15, ..View::new(workspace, version, of.at) };
    let mut item = json!(wire::conversation(&view, conversation));
    iso_dates(&mut item["statistics"]);
    if let Some(closer) =
        item["statistics"]["last_closed_by_id"].as_str().and_then(|id| id.parse::<u64>().ok())
    {
        item["statistics"]["last_closed_by_id"] = json!(closer);
    }
    let recent = conversation.parts.len().saturating_sub(RECENT);
    let parts: Vec<Value> = match change.part {
        Some(id) => conversation
            .parts
            .iter()
            .filter(|part| part.id == id)
            .map(|part| json!(wire::part(&view, part)))
            .collect(),
        None if of.topic == "conversation.read" => {
            conversation.parts[recent..].iter().map(|part| json!(wire::part(&view, part))).collect()
        }
        None => Vec::new(),
    };
    item["conversation_parts"] =
        json!({"type": "conversation_part.list", "total_count": parts.len(), "conversation_parts": parts});
    notification(of, item)
}

/// A contact, with its dates as strings.
pub(crate) fn contact(workspace: &Workspace, version: ApiVersion, of: &Envelope, id: HexId) -> Payload {
    let view = View::new(workspace, version, of.at);
    let mut item = workspace.contact(id).map_or(Value::Null, |contact| json!(wire::contact(&view, contact)));
    iso_dates(&mut item);
    notification(of, item)
}

/// Turns every `…_at` of an object into an ISO string.
fn iso_dates(object: &mut Value) {
    let Some(fields) = object.as_object_mut() else { return };
    for (_, value) in fields.iter_mut().filter(|(key, _)| key.ends_with("_at")) {
        if let Some(date) = value.as_i64().and_then(|at| DateTime::from_timestamp(at, 0)) {
            *value = json!(date.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
    }
}
