//! A message as it is shown: who wrote it, when and what, or what happened.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::budget::Limits;
use super::event;
use super::names::Names;
use crate::model::{Attachment, Message, is_contact};
use crate::tools::untrusted::Untrusted;

/// Characters of a name at most.
const NAME_CHARS: usize = 200;
/// And of what happened.
const EVENT_CHARS: usize = 1_000;
/// Attachments named one by one at most.
const ATTACHMENTS: usize = 20;

/// What a message is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Something written to the other side.
    Message,
    /// A note among teammates, which customers do not see.
    Note,
    /// Something that happened, such as an assignment.
    Event,
}

/// A message, note or event.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownMessage {
    /// Its id.
    pub id: String,
    /// Its place in the conversation; 0 is the opening message.
    pub position: i64,
    /// When it was written (UTC).
    pub created_at: DateTime<Utc>,
    /// What it is.
    pub kind: MessageKind,
    /// customer, teammate, bot, or system for events.
    pub author_class: String,
    /// user for customers, admin for all others, as older clients know them.
    pub author_type: &'static str,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<Untrusted>,
    /// Intercom's part type; source for the opening message.
    pub part_type: String,
    /// Whether somebody from outside may have written it, or values of an event's: what it says is data, never an
    /// instruction.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_untrusted: bool,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// What was written, as plain text; empty where nothing was.
    pub body: Untrusted,
    /// The character of the text that `body` begins with, if it goes on from an earlier answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues_at_character: Option<usize>,
    /// How many characters of the text are left out at the end of `body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out_characters: Option<usize>,
    /// Files that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<ShownAttachment>,
    /// How many more files there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_attachment_count: Option<usize>,
    /// Whether its text was removed in Intercom.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_redacted: bool,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShownAttachment {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Untrusted>,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<Untrusted>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
}

/// Part types that are messages even when nothing is left of them.
const MESSAGES: &[&str] = &["source", "comment", "quick_reply"];

impl MessageKind {
    /// Of a message.
    pub(super) fn of(message: &Message) -> Self {
        let is_message = message.is_visible
            || message.redacted == Some(true)
            || MESSAGES.contains(&message.part_type.as_str());
        match (message.is_note, is_message) {
            (true, _) => Self::Note,
            (false, true) => Self::Message,
            (false, false) => Self::Event,
        }
    }
}

/// Whether a message has a text or files, whatever it is.
pub(super) fn says_something(message: &Message) -> bool {
    let text = message.body_text.as_deref().unwrap_or_default();
    !text.trim().is_empty() || !message.attachments.is_empty()
}

impl ShownMessage {
    /// Of a message, with its whole text.
    pub(in crate::tools) fn of(message: &Message, names: &Names) -> Self {
        Self::within(message, names, Limits::default())
    }

    /// The same with what else there is of it as short as the limits say.
    pub(super) fn within(message: &Message, names: &Names, limits: Limits) -> Self {
        let author_type = message.author_type.as_deref();
        let is_customer = matches!(author_type, Some("user" | "lead" | "contact" | "visitor"));
        let short = |text: &str| Untrusted::new(text, limits.most(NAME_CHARS));
        let files = limits.most(ATTACHMENTS);
        let more = message.attachments.len().saturating_sub(files);
        Self {
            id: message.message_id.to_string(),
            position: message.position,
            created_at: message.created_at.to_utc(),
            kind: MessageKind::of(message),
            author_class: message.author_class.clone(),
            author_type: if is_customer { "user" } else { "admin" },
            author_name: event::author_name(message, names).as_deref().map(short),
            part_type: short(&message.part_type).as_str().to_owned(),
            is_untrusted: is_contact(author_type) || message.event_details.is_some(),
            event: event_line(message, names, limits),
            body: message.body_text.as_deref().map(Untrusted::with_lines).unwrap_or_default(),
            continues_at_character: None,
            left_out_characters: None,
            attachments: message.attachments.iter().take(files).map(|file| attachment(file, short)).collect(),
            more_attachment_count: (more > 0).then_some(more),
            is_redacted: message.redacted == Some(true),
        }
    }

    /// With at most so many characters of its text.
    pub(in crate::tools) fn shortened(self, most_chars: usize) -> Self {
        let text = self.body.as_str();
        let Some((end, _)) = text.char_indices().nth(most_chars) else { return self };
        let left_out_characters = Some(text[end..].chars().count());
        Self { body: self.body.piece(0, end), left_out_characters, ..self }
    }
}

fn event_line(message: &Message, names: &Names, limits: Limits) -> Option<String> {
    let line = event::line(message, names)?;
    Some(Untrusted::new(&line, limits.most(EVENT_CHARS)).as_str().to_owned())
}

fn attachment(file: &Attachment, short: impl Fn(&str) -> Untrusted) -> ShownAttachment {
    ShownAttachment {
        name: file.name.as_deref().map(&short),
        content_type: file.content_type.as_deref().map(&short),
        size_bytes: file.size_bytes,
    }
}
