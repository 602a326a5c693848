//! The first message of a conversation.

use super::part::{AttachmentWire, AuthorWire, EmailMetadata, attachments, author, body, email_metadata};
use super::{Text, View, plaintext};
use crate::demo::version::ApiVersion;
use crate::demo::workspace::{Author, Conversation};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
struct Recipient<'a> {
    r#type: &'static str,
    email: &'a str,
    drop_reason: Option<&'static str>,
}

#[derive(Serialize)]
struct ReplyTo<'a> {
    email: &'a str,
    name: Option<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct SourceWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    delivered_as: &'static str,
    subject: Option<Cow<'a, str>>,
    body: Cow<'a, str>,
    author: AuthorWire<'a>,
    attachments: Vec<AttachmentWire<'a>>,
    url: Option<&'a str>,
    redacted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<Vec<Recipient<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Vec<ReplyTo<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_message_metadata: Option<EmailMetadata<'a>>,
}

pub(crate) fn source<'a>(view: &View<'a>, conversation: &'a Conversation) -> SourceWire<'a> {
    let source = &conversation.source;
    let newer = view.version >= ApiVersion::V2_16;
    let email = newer && source.kind == "email";
    let subject = source
        .subject
        .as_deref()
        .map(|subject| if view.plaintext { Cow::Owned(plaintext(subject)) } else { Cow::Borrowed(subject) });
    SourceWire {
        r#type: source.kind,
        id: Text(source.id),
        delivered_as: source.delivered_as,
        body: body(view, &source.body),
        author: author(view, source.author, true),
        attachments: attachments(view, &source.attachments),
        url: source.url.as_deref(),
        redacted: source.redacted,
        recipients: email
            .then(|| vec![Recipient { r#type: "to", email: "help@larkspur.example", drop_reason: None }]),
        reply_to: email.then(|| reply_to(view, source.author)),
        email_message_metadata: email
            .then(|| email_metadata(view, source.id, source.subject.as_deref().unwrap_or(""), source.author)),
        subject,
    }
}

fn reply_to<'a>(view: &View<'a>, from: Author) -> Vec<ReplyTo<'a>> {
    let Author::Contact(position) = from else { return Vec::new() };
    let contact = &view.workspace.contacts[position as usize];
    contact
        .email
        .as_deref()
        .map(|email| ReplyTo { email, name: contact.name.as_deref() })
        .into_iter()
        .collect()
}
