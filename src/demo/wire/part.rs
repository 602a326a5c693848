//! A conversation part, and the author and attachments it shares with other objects.

use super::signed::{self, SignedUrl};
use super::{Assigned, Text, View, assigned, plaintext};
use crate::demo::version::ApiVersion;
use crate::demo::workspace::{Attachment, Author, Event, HexId, Part, QuickReply, Role};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::borrow::Cow;

#[derive(Serialize)]
#[serde(untagged)]
enum AuthorId {
    Number(Text<u64>),
    Hex(Text<HexId>),
}

#[derive(Serialize)]
pub(crate) struct AuthorWire<'a> {
    id: AuthorId,
    r#type: &'static str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_ai_agent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_ai_answer: Option<bool>,
}

/// The author of a message. Anonymous leads are `lead` in the source but `user` in parts.
pub(crate) fn author<'a>(view: &View<'a>, author: Author, in_source: bool) -> AuthorWire<'a> {
    let workspace = view.workspace;
    let (id, r#type, name, email) = match author {
        Author::Contact(position) => {
            let contact = &workspace.contacts[position as usize];
            let kind = if in_source && contact.role == Role::Lead { "lead" } else { "user" };
            (
                AuthorId::Hex(Text(contact.id)),
                kind,
                contact.name.as_deref(),
                Some(contact.email.as_deref().unwrap_or("")),
            )
        }
        Author::Admin(position) => {
            let admin = &workspace.admins[position as usize];
            (AuthorId::Number(Text(admin.id)), "admin", Some(admin.name), Some(&*admin.email))
        }
        Author::Bot => {
            let bot = &workspace.admins[0];
            (AuthorId::Number(Text(bot.id)), "bot", Some(bot.name), Some(&*bot.email))
        }
        Author::Team(position) => {
            let team = &workspace.teams[position as usize];
            (AuthorId::Number(Text(team.id)), "team", Some(team.name), Some(""))
        }
    };
    AuthorWire { id, r#type, name, email, from_ai_agent: None, is_ai_answer: None }
}

#[derive(Serialize)]
pub(crate) struct AttachmentWire<'a> {
    r#type: &'static str,
    name: &'a str,
    url: SignedUrl<'a>,
    content_type: &'static str,
    filesize: u32,
    width: Option<u16>,
    height: Option<u16>,
}

pub(crate) fn attachments<'a>(view: &View<'_>, files: &'a [Attachment]) -> Vec<AttachmentWire<'a>> {
    let file = |file: &'a Attachment| AttachmentWire {
        r#type: "upload",
        name: &file.name,
        url: SignedUrl { file, now: view.now, nonce: view.nonce },
        content_type: file.content_type,
        filesize: file.size,
        width: file.pixels.map(|(width, _)| width),
        height: file.pixels.map(|(_, height)| height),
    };
    files.iter().map(file).collect()
}

/// A body as asked for: HTML with fresh image signatures, or plain text.
pub(crate) fn body<'a>(view: &View<'_>, html: &'a str) -> Cow<'a, str> {
    let html = signed::sign_images(html, view.now, view.nonce);
    if view.plaintext { Cow::Owned(plaintext(&html)) } else { html }
}

#[derive(Serialize)]
struct TagWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    name: &'a str,
}

#[derive(Serialize)]
struct EmailHeader<'a> {
    r#type: &'static str,
    email_address: &'a str,
    name: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct EmailMetadata<'a> {
    subject: &'a str,
    email_address_headers: Vec<EmailHeader<'a>>,
    message_id: Text<String>,
}

pub(crate) fn email_metadata<'a>(
    view: &View<'a>,
    id: u64,
    subject: &'a str,
    from: Author,
) -> EmailMetadata<'a> {
    let (address, name) = match from {
        Author::Contact(position) => {
            let contact = &view.workspace.contacts[position as usize];
            (contact.email.as_deref().unwrap_or(""), contact.name.as_deref())
        }
        _ => ("team@larkspur.example", Some("Larkspur")),
    };
    let headers = vec![
        EmailHeader { r#type: "from", email_address: address, name },
        EmailHeader { r#type: "to", email_address: "help@larkspur.example", name: None },
    ];
    EmailMetadata {
        subject,
        email_address_headers: headers,
        message_id: Text(format!("<{id}@mail.larkspur.example>")),
    }
}

#[derive(Serialize)]
struct QuickReplyWire {
    text: &'static str,
    uuid: &'static str,
    translations: Option<&'static str>,
}

/// `{}` when there is nothing to tell.
struct Metadata<'a>(Option<&'a QuickReply>);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Some(QuickReply::Options(offer)) => {
                let option = |(text, uuid): &(&'static str, &'static str)| QuickReplyWire {
                    text,
                    uuid,
                    translations: None,
                };
                map.serialize_entry("quick_reply_options", &offer.iter().map(option).collect::<Vec<_>>())?;
            }
            Some(QuickReply::Answer(uuid)) => map.serialize_entry("quick_reply_uuid", uuid)?,
            None => {}
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct ValueWire<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<&'a str>,
}

#[derive(Serialize)]
struct ActionWire<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
}

#[derive(Serialize)]
struct WorkflowEventWire<'a> {
    r#type: &'a str,
    result: &'a str,
}

/// `{}` when there is nothing to tell.
struct EventDetails<'a>(Option<&'a Event>);

impl Serialize for EventDetails<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Some(Event::Attribute { name, value, previous, workflow }) => {
                map.serialize_entry("attribute", &Named { name })?;
                map.serialize_entry("value", &ValueWire { name: value, previous: previous.as_deref() })?;
                if let Some(name) = workflow {
                    map.serialize_entry("workflow", &Named { name })?;
                }
            }
            Some(Event::Action { name, result }) => {
                map.serialize_entry("action", &ActionWire { name, result: *result })?;
            }
            Some(Event::Workflow { name, event, result }) => {
                map.serialize_entry("workflow", &Named { name })?;
                map.serialize_entry("event", &WorkflowEventWire { r#type: event, result })?;
            }
            None => {}
        }
        map.end()
    }
}

#[derive(Serialize)]
pub(crate) struct PartWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    part_type: &'static str,
    body: Option<Cow<'a, str>>,
    created_at: i64,
    updated_at: i64,
    notified_at: i64,
    assigned_to: Option<Assigned>,
    author: AuthorWire<'a>,
    attachments: Vec<AttachmentWire<'a>>,
    external_id: Option<&'a str>,
    redacted: bool,
    metadata: Metadata<'a>,
    email_message_metadata: Option<EmailMetadata<'a>>,
    state: &'static str,
    tags: Vec<TagWire<'a>>,
    event_details: EventDetails<'a>,
    app_package_code: Option<&'static str>,
    /// Documented for Preview only, but served to 2.16 as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    translations: Option<Option<()>>,
}

/// One part.
pub(crate) fn part<'a>(view: &View<'a>, part: &'a Part) -> PartWire<'a> {
    let extra = part.extra.as_deref();
    let tags = extra.map_or(&[][..], |extra| &extra.tags);
    let mut author = author(view, part.author, false);
    author.from_ai_agent = Some(part.from_ai_agent);
    author.is_ai_answer = Some(part.is_ai_answer);
    PartWire {
        r#type: "conversation_part",
        id: Text(part.id),
        part_type: part.kind.info().name,
        body: part.body.as_deref().map(|html| body(view, html)),
        created_at: part.created_at,
        updated_at: part.updated_at,
        notified_at: part.created_at,
        assigned_to: part.assigned_to.map(|to| assigned(view, to)),
        author,
        attachments: extra.map_or_else(Vec::new, |extra| attachments(view, &extra.attachments)),
        external_id: extra.and_then(|extra| extra.external_id.as_deref()),
        redacted: part.redacted,
        metadata: Metadata(extra.and_then(|extra| extra.quick_reply.as_ref())),
        email_message_metadata: extra
            .and_then(|extra| extra.email_subject.as_deref())
            .map(|subject| email_metadata(view, part.id, subject, part.author)),
        state: part.state.name(),
        tags: tags
            .iter()
            .map(|tag| &view.workspace.tags[*tag as usize])
            .map(|tag| TagWire { r#type: "tag", id: Text(tag.id), name: &tag.name })
            .collect(),
        event_details: EventDetails(extra.and_then(|extra| extra.event.as_ref())),
        app_package_code: extra.and_then(|extra| extra.app_package_code),
        translations: (view.version >= ApiVersion::V2_16).then_some(None),
    }
}
