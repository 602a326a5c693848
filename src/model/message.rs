//! One message of a conversation: the opening message or a part.
//!
//! Fields from the API fact sheet, sections 4.1 (`source`) and 4.2 (parts).

use serde_json::Value;

use super::author::{AuthorClass, is_event, is_note};
use super::cell::Json;
use super::fields::{Fields, WireError};
use super::html::html_to_text;
use super::id::{ConversationId, MessageId, TagId};
use super::table::{item, row};
use super::time::Timestamp;

item! {
    /// A file that came with a message.
    pub struct Attachment {
        /// Intercom's type, mostly `upload`.
        [public] attachment_type: Option<String>,
        /// The file's name.
        [personal] name: Option<String>,
        /// Where it can be fetched; signed, expires after about 30 minutes.
        [personal] url: Option<String>,
        /// The file's media type.
        [public] content_type: Option<String>,
        /// The file's size.
        [public, "bytes"] size_bytes: Option<i64>,
        /// An image's width.
        [public, "pixels"] width_pixels: Option<i64>,
        /// An image's height.
        [public, "pixels"] height_pixels: Option<i64>,
    }
}

item! {
    /// A tag on a single message.
    pub struct PartTag {
        /// The tag's id.
        [public] tag_id: TagId,
        /// The tag's name.
        [public] name: Option<String>,
    }
}

row! {
    /// One row per message: every conversation part, and the opening message as position 0.
    pub struct Message in "messages", version 1, partitioned true, key ["conversation_id", "position"] {
        /// The message's id, unique within the workspace.
        [public] message_id: MessageId,
        /// The conversation it belongs to.
        [public] conversation_id: ConversationId,
        /// When that conversation began (UTC); decides the partition.
        [public] conversation_created_at: Timestamp,
        /// Its place in the conversation: 0 is the opening message, parts follow by time.
        [public] position: i64,
        /// When it was written (UTC).
        [public] created_at: Timestamp,
        /// When it was last changed, by redaction or a tag (UTC).
        [public] updated_at: Option<Timestamp>,
        /// When people were notified of it (UTC).
        [public] notified_at: Option<Timestamp>,
        /// Intercom's part type; `source` for the opening message.
        [public] part_type: String,
        /// Intercom's author type: user, lead, admin, bot, team.
        [public] author_type: Option<String>,
        /// The author's id: a contact's or an admin's.
        [public] author_id: Option<String>,
        /// The author's name.
        [personal] author_name: Option<String>,
        /// The author's e-mail address.
        [personal] author_email: Option<String>,
        /// Who wrote it: customer, teammate, bot, or system for events.
        [public] author_class: String,
        /// Whether it is an internal note that customers do not see.
        [public] is_note: bool,
        /// Whether customers see it: it has a body or attachments, and is neither a note nor an event.
        [public] is_visible: bool,
        /// Whether Fin wrote it.
        [public] from_ai_agent: Option<bool>,
        /// Whether it is an answer Fin generated.
        [public] is_ai_answer: Option<bool>,
        /// The body as received, HTML.
        [personal] body_html: Option<String>,
        /// The body as plain text.
        [personal] body_text: Option<String>,
        /// The files that came with it.
        [personal] attachments: Vec<Attachment>,
        /// Whom an assignment names: admin, team, nobody_admin, contact.
        [public] assigned_to_type: Option<String>,
        /// The id of whom an assignment names.
        [public] assigned_to_id: Option<String>,
        /// The conversation's state when the part was created: open, closed, snoozed.
        [public] conversation_state: Option<String>,
        /// Tags on this message.
        [public] tags: Vec<PartTag>,
        /// Whether its text was removed.
        [public] redacted: Option<bool>,
        /// The id another system gave it.
        [public] external_id: Option<String>,
        /// The app that created it through the API.
        [public] app_package_code: Option<String>,
        /// What an event changed, as JSON.
        [personal] event_details: Option<Json>,
        /// Quick replies offered or chosen, as JSON.
        [personal] metadata: Option<Json>,
        /// Subject and addresses of an e-mail, as JSON.
        [personal] email_message_metadata: Option<Json>,
        /// Fields that have no column here, as JSON.
        [personal] extra: Option<Json>,
    }
}

/// Where a message belongs.
pub(super) struct Place<'a> {
    pub(super) conversation_id: &'a ConversationId,
    pub(super) conversation_created_at: Timestamp,
    pub(super) position: i64,
}

/// The author of a message, as both `source` and parts carry it.
#[derive(Default)]
pub(super) struct Author {
    pub(super) author_type: Option<String>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) from_ai_agent: Option<bool>,
    pub(super) is_ai_answer: Option<bool>,
}

pub(super) fn read_author(fields: &mut Fields) -> Author {
    fields
        .nested("author", |author| Author {
            author_type: author.text("type"),
            id: author.text("id"),
            name: author.text("name"),
            email: author.text("email"),
            from_ai_agent: author.boolean("from_ai_agent"),
            is_ai_answer: author.boolean("is_ai_answer"),
        })
        .unwrap_or_default()
}

pub(super) fn read_attachments(fields: &mut Fields) -> Vec<Attachment> {
    fields.list("attachments", |file| {
        Some(Attachment {
            attachment_type: file.text("type"),
            name: file.text("name"),
            url: file.text("url"),
            content_type: file.text("content_type"),
            size_bytes: file.integer("filesize"),
            width_pixels: file.integer("width"),
            height_pixels: file.integer("height"),
        })
    })
}

impl Message {
    /// The opening message, from what `source` holds.
    pub(super) fn opening(
        place: &Place<'_>,
        message_id: MessageId,
        author: &Author,
        body_html: Option<String>,
        attachments: Vec<Attachment>,
        redacted: Option<bool>,
    ) -> Self {
        let mut message = Self::empty(place, message_id, "source".to_owned(), place.conversation_created_at);
        message.redacted = redacted;
        message.set_author(author);
        message.set_content(body_html, attachments);
        message
    }

    /// Whether a value has what a message cannot be without.
    pub(super) fn is_part(value: &Value) -> bool {
        let has = |name, usable: fn(&Value) -> bool| value.get(name).is_some_and(usable);
        has("id", |id| MessageId::from_json(id).is_some())
            && has("created_at", |time| Timestamp::from_json(time).is_some())
    }

    /// A part of a retrieved conversation.
    pub(super) fn from_part(place: &Place<'_>, value: Value) -> Result<Self, WireError> {
        let mut fields = Fields::from_value("conversation part", value)?;
        fields.constant("type", "conversation_part");
        let id = fields.require("id", MessageId::from_json)?;
        let created_at = fields.require("created_at", Timestamp::from_json)?;
        let part_type = fields.text("part_type").unwrap_or_else(|| "unknown".to_owned());
        let mut message = Self::empty(place, id, part_type, created_at);
        let author = read_author(&mut fields);
        message.set_author(&author);
        let body_html = fields.text("body");
        let attachments = read_attachments(&mut fields);
        fields.empty("attachments");
        message.set_content(body_html, attachments);
        message.read_circumstances(&mut fields);
        message.extra = fields.into_extra();
        Ok(message)
    }

    fn read_circumstances(&mut self, fields: &mut Fields) {
        self.updated_at = fields.timestamp("updated_at");
        self.notified_at = fields.timestamp("notified_at");
        let assigned_to = fields.nested("assigned_to", |to| (to.text("type"), to.text("id")));
        (self.assigned_to_type, self.assigned_to_id) = assigned_to.unwrap_or_default();
        self.conversation_state = fields.text("state");
        self.tags = read_part_tags(fields);
        self.redacted = fields.boolean("redacted");
        self.external_id = fields.text("external_id");
        self.app_package_code = fields.text("app_package_code");
        self.event_details = fields.json("event_details");
        self.metadata = fields.json("metadata");
        self.email_message_metadata = fields.json("email_message_metadata");
        fields.empty("translations");
    }

    fn set_author(&mut self, author: &Author) {
        let class = AuthorClass::of(
            author.author_type.as_deref(),
            author.email.as_deref(),
            author.from_ai_agent == Some(true),
            &self.part_type,
        );
        self.author_class = class.as_str().to_owned();
        self.author_type = author.author_type.clone();
        self.author_id = author.id.clone();
        self.author_name = author.name.clone();
        self.author_email = author.email.clone();
        self.from_ai_agent = author.from_ai_agent;
        self.is_ai_answer = author.is_ai_answer;
    }

    fn set_content(&mut self, body_html: Option<String>, attachments: Vec<Attachment>) {
        let has_body = body_html.as_deref().is_some_and(|body| !body.trim().is_empty());
        self.is_note = is_note(&self.part_type);
        self.is_visible =
            (has_body || !attachments.is_empty()) && !self.is_note && !is_event(&self.part_type);
        self.body_text = body_html.as_deref().map(html_to_text);
        self.body_html = body_html;
        self.attachments = attachments;
    }

    fn empty(place: &Place<'_>, message_id: MessageId, part_type: String, created_at: Timestamp) -> Self {
        Self {
            message_id,
            conversation_id: place.conversation_id.clone(),
            conversation_created_at: place.conversation_created_at,
            position: place.position,
            created_at,
            updated_at: None,
            notified_at: None,
            part_type,
            author_type: None,
            author_id: None,
            author_name: None,
            author_email: None,
            author_class: AuthorClass::System.as_str().to_owned(),
            is_note: false,
            is_visible: false,
            from_ai_agent: None,
            is_ai_answer: None,
            body_html: None,
            body_text: None,
            attachments: Vec::new(),
            assigned_to_type: None,
            assigned_to_id: None,
            conversation_state: None,
            tags: Vec::new(),
            redacted: None,
            external_id: None,
            app_package_code: None,
            event_details: None,
            metadata: None,
            email_message_metadata: None,
            extra: None,
        }
    }
}

fn read_part_tags(fields: &mut Fields) -> Vec<PartTag> {
    fields.list("tags", |tag| {
        tag.constant("type", "tag");
        let tag_id = tag.take("id", TagId::from_json)?;
        Some(PartTag { tag_id, name: tag.text("name") })
    })
}
