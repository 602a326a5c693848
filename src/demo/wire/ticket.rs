//! A ticket with its parts. One of the category `Customer` shows the parts of the conversation it is.

use super::contact_list::{ContactList, contact_list};
use super::conversation::{LinkedObjects, linked};
use super::part::{AttachmentWire, AuthorWire, attachments, author, body};
use super::{Assigned, Attributes, MOST_PARTS, NumberOrText, Text, View, assigned, definitions};
use crate::demo::version::ApiVersion;
use crate::demo::workspace::*;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

#[derive(Serialize)]
struct TicketPartWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    part_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_ticket_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_state: Option<&'static str>,
    created_at: i64,
    updated_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<Assigned>,
    author: AuthorWire<'a>,
    attachments: Vec<AttachmentWire<'a>>,
    redacted: bool,
}

#[derive(Serialize)]
struct TicketPartList<'a> {
    r#type: &'static str,
    ticket_parts: Vec<TicketPartWire<'a>>,
    total_count: usize,
}

#[derive(Serialize)]
pub(crate) struct TicketWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    ticket_id: Text<u64>,
    ticket_attributes: Attributes<'a>,
    ticket_state: Value,
    ticket_type: Value,
    contacts: ContactList<'a>,
    admin_assignee_id: NumberOrText,
    team_assignee_id: NumberOrText,
    created_at: i64,
    updated_at: i64,
    ticket_parts: TicketPartList<'a>,
    open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<i64>,
    linked_objects: LinkedObjects,
    category: &'static str,
    is_shared: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_ticket_state_id: Option<Option<Text<u64>>>,
    channel: &'static str,
}

/// One ticket.
pub(crate) fn ticket<'a>(view: &View<'a>, t: &'a Ticket) -> TicketWire<'a> {
    let workspace = view.workspace;
    let conversation = t.conversation.and_then(|id| workspace.conversations.get(&id)).map(|c| &**c);
    let kind = &tables::TICKET_TYPES[t.kind as usize];
    let admin = conversation.map_or(t.admin, |c| c.admin).map_or(0, |n| workspace.admins[n as usize].id);
    let team = conversation.map_or(t.team, |c| c.team).map_or(0, |n| workspace.teams[n as usize].id);
    TicketWire {
        r#type: "ticket",
        id: Text(t.id),
        ticket_id: Text(t.number),
        ticket_attributes: Attributes(&t.attributes),
        ticket_state: state(view.version, t.state),
        ticket_type: definitions::ticket_type_of_ticket(workspace, kind),
        contacts: contact_list(view, conversation.map_or(&t.contacts, |c| &c.contacts)),
        admin_assignee_id: assignee(view.version, admin),
        team_assignee_id: assignee(view.version, team),
        created_at: t.created_at,
        updated_at: conversation.map_or(t.updated_at, |c| c.updated_at.max(t.updated_at)),
        ticket_parts: conversation.map_or_else(|| own_parts(view, t), |c| parts_of(view, c)),
        open: conversation.map_or(t.open, |c| c.state != State::Closed),
        snoozed_until: conversation.map_or(t.snoozed_until, |c| c.snoozed_until),
        linked_objects: linked(t.linked.iter().map(|id| ("conversation", *id, None))),
        category: kind.category.name(),
        is_shared: t.is_shared,
        previous_ticket_state_id: (view.version >= ApiVersion::V2_16)
            .then(|| t.previous_state.map(|n| Text(tables::TICKET_STATES[n as usize].id))),
        channel: conversation.map_or("messenger", |c| c.channel),
    }
}

/// An object from 2.12 on, a word before.
fn state(version: ApiVersion, position: Index) -> Value {
    let state = &tables::TICKET_STATES[position as usize];
    if version >= ApiVersion::V2_12 { definitions::ticket_state(state) } else { Value::from(state.category) }
}

/// A number from 2.16 on, a string before; nobody is 0 in both.
fn assignee(version: ApiVersion, id: u64) -> NumberOrText {
    if version >= ApiVersion::V2_16 { NumberOrText::Number(id) } else { NumberOrText::Text(Text(id)) }
}

fn parts_of<'a>(view: &View<'a>, c: &'a Conversation) -> TicketPartList<'a> {
    let part = |part: &'a Part| TicketPartWire {
        r#type: "ticket_part",
        id: Text(part.id),
        part_type: part.kind.info().name,
        body: part.body.as_deref().map(|html| body(view, html)),
        previous_ticket_state: None,
        ticket_state: None,
        created_at: part.created_at,
        updated_at: part.updated_at,
        assigned_to: part.assigned_to.map(|to| assigned(view, to)),
        author: author(view, part.author, false),
        attachments: part.extra.as_ref().map_or_else(Vec::new, |extra| attachments(view, &extra.attachments)),
        redacted: part.redacted,
    };
    let shown = &c.parts[c.parts.len().saturating_sub(MOST_PARTS)..];
    TicketPartList {
        r#type: "ticket_part.list",
        ticket_parts: shown.iter().map(part).collect(),
        total_count: c.parts.len(),
    }
}

fn own_parts<'a>(view: &View<'a>, t: &'a Ticket) -> TicketPartList<'a> {
    let category = |n: Index| tables::TICKET_STATES[n as usize].category;
    let part = |part: &'a TicketPart| TicketPartWire {
        r#type: "ticket_part",
        id: Text(part.id),
        part_type: part.kind.info().name,
        body: part.body.as_deref().map(Cow::Borrowed),
        previous_ticket_state: part.states.map(|(before, _)| category(before)),
        ticket_state: part.states.map(|(_, after)| category(after)),
        created_at: part.created_at,
        updated_at: part.created_at,
        assigned_to: part.assigned_to.map(|to| assigned(view, to)),
        author: author(view, part.author, false),
        attachments: Vec::new(),
        redacted: false,
    };
    TicketPartList {
        r#type: "ticket_part.list",
        ticket_parts: t.parts.iter().map(part).collect(),
        total_count: t.parts.len(),
    }
}
