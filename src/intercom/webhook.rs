//! Webhooks: whether a delivery is Intercom's, and which object it is about. Its contents are not used
//! beyond that: a notification is a hint to fetch the object again, so a replay does no harm.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha1::Sha1;

use super::time::parse_seconds;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-hub-signature";

/// Whether the header signs the body, as received, with one of the app's client secrets. Several are
/// accepted so that a secret can be replaced. Takes the same time for every wrong signature.
#[must_use]
pub fn verify_signature(raw_body: &[u8], header: &str, secrets: &[SecretString]) -> bool {
    let Some(signature) = header.trim().strip_prefix("sha1=").and_then(from_hex) else { return false };
    let mut genuine = false;
    for secret in secrets.iter().filter(|secret| !secret.expose_secret().is_empty()) {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.expose_secret().as_bytes()) else { continue };
        mac.update(raw_body);
        genuine |= mac.verify_slice(&signature).is_ok();
    }
    genuine
}

/// The header's value for a body signed with a client secret.
#[must_use]
pub fn sign(raw_body: &[u8], secret: &SecretString) -> String {
    let mut signature = String::from("sha1=");
    if let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.expose_secret().as_bytes()) {
        mac.update(raw_body);
        signature.extend(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")));
    }
    signature
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() == 40)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A conversation, by id.
    Conversation(String),
    /// A contact, by id.
    Contact(String),
    /// A ticket, by id, which is also a conversation's.
    Ticket(String),
    /// A company, by id.
    Company(String),
    /// A test delivery.
    Ping,
    /// Something that is not synced, or has no id.
    Other,
}

/// A notification, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The id by which a repeated delivery is recognised; a ping has none.
    pub id: Option<String>,
    /// The workspace.
    pub app_id: Option<String>,
    /// The topic, such as `conversation.admin.closed`.
    pub topic: String,
    /// When it happened, in unix seconds.
    pub created_at: Option<i64>,
    /// What it is about.
    pub subject: Subject,
    /// Contacts merged away by it.
    pub merged_from: Option<String>,
}

impl Notification {
    /// Whether the object is gone.
    #[must_use]
    pub fn is_deletion(&self) -> bool {
        matches!(
            &*self.topic,
            "conversation.deleted" | "contact.deleted" | "company.deleted" | "ticket.deleted"
        )
    }
}

/// A delivery that is not a notification.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// Not JSON.
    #[error("the delivery is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON without a topic.
    #[error("the delivery has no topic")]
    NoTopic,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    app_id: Value,
    #[serde(default)]
    topic: Value,
    #[serde(default)]
    created_at: Value,
    #[serde(default)]
    data: Value,
}

/// Reads a delivery, tolerating every shape topics are known to have.
///
/// # Errors
/// When it is not JSON, or names no topic.
pub fn parse_notification(body: &[u8]) -> Result<Notification, NotificationError> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(NotificationError::NotJson)?;
    let topic =
        envelope.topic.as_str().filter(|topic| !topic.is_empty()).ok_or(NotificationError::NoTopic)?;
    let item = &envelope.data["item"];
    Ok(Notification {
        id: id_of(&envelope.id),
        app_id: id_of(&envelope.app_id),
        topic: topic.to_owned(),
        created_at: parse_seconds(&envelope.created_at),
        subject: subject(topic, item),
        merged_from: id_of(&item["merged_from"]["id"]),
    })
}

fn subject(topic: &str, item: &Value) -> Subject {
    let named = |kind: &str| {
        let places = [&item[format!("{kind}_id")], &item[kind]["id"], &item["id"]];
        places.into_iter().find_map(id_of)
    };
    let found = match topic.split(['.', '_']).next() {
        Some("ping") => return Subject::Ping,
        Some("conversation") => named("conversation").map(Subject::Conversation),
        Some("contact") => named("contact").map(Subject::Contact),
        Some("ticket") => own_id(item, "ticket").map(Subject::Ticket),
        Some("company") => own_id(item, "company").map(Subject::Company),
        _ => None,
    };
    found.unwrap_or(Subject::Other)
}

/// For objects whose `{kind}_id` is another number: a ticket's is the one in the inbox, a company's the
/// one the customer gave it. The API knows neither.
fn own_id(item: &Value, kind: &str) -> Option<String> {
    [&item[kind]["id"], &item["id"]].into_iter().find_map(id_of)
}

fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) if id.is_u64() => Some(id.to_string()),
        _ => None,
    }
}
