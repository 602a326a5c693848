//! A conversation as list, search and retrieve return it.

use super::agent::{Fin, Monitor, Since216, ai_topics, fin, monitors, scorecards, since_2_16};
use super::company::CompanyWire;
use super::contact_list::{ContactList, ContactReference, contact_list, contact_reference};
use super::part::{PartWire, part};
use super::source::{SourceWire, source};
use super::statistics::{StatisticsWire, statistics};
use super::{Actor, Attributes, MOST_PARTS, Reference, Text, View, actor, company};
use crate::demo::version::ApiVersion;
use crate::demo::workspace::{AppliedTag, Conversation, Rating, State, TOPICS, Ticket, tables};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct FirstReply<'a> {
    created_at: i64,
    r#type: &'static str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct AppliedTagWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    name: &'a str,
    applied_at: i64,
    applied_by: Actor,
}

#[derive(Serialize)]
struct TagList<'a> {
    r#type: &'static str,
    tags: Vec<AppliedTagWire<'a>>,
}

#[derive(Serialize)]
struct SlaWire {
    r#type: &'static str,
    sla_name: &'static str,
    sla_status: Option<&'static str>,
}

#[derive(Serialize)]
struct RatingWire<'a> {
    rating: Option<u8>,
    remark: Option<&'a str>,
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    contact: ContactReference<'a>,
    teammate: Option<Reference<u64>>,
}

#[derive(Serialize)]
struct AdminList {
    r#type: &'static str,
    /// The specification calls it `teammates`; the live API does not.
    admins: Vec<Reference<u64>>,
}

#[derive(Serialize)]
struct TopicWire {
    r#type: &'static str,
    id: u64,
    name: &'static str,
}

#[derive(Serialize)]
struct TopicList {
    r#type: &'static str,
    topics: Vec<TopicWire>,
    total_count: usize,
}

#[derive(Serialize)]
struct LinkedObject {
    r#type: &'static str,
    id: Text<u64>,
    category: Option<&'static str>,
}

/// Linked tickets or conversations.
#[derive(Serialize)]
pub(crate) struct LinkedObjects {
    r#type: &'static str,
    data: Vec<LinkedObject>,
    total_count: usize,
    has_more: bool,
}

pub(crate) fn linked(
    objects: impl Iterator<Item = (&'static str, u64, Option<&'static str>)>,
) -> LinkedObjects {
    let data: Vec<_> =
        objects.map(|(r#type, id, category)| LinkedObject { r#type, id: Text(id), category }).collect();
    LinkedObjects { r#type: "list", total_count: data.len(), data, has_more: false }
}

#[derive(Serialize)]
struct TicketReference {
    r#type: &'static str,
    id: Text<u64>,
    ticket_id: Text<u64>,
    category: &'static str,
}

#[derive(Serialize)]
struct PartList<'a> {
    r#type: &'static str,
    conversation_parts: Vec<PartWire<'a>>,
    total_count: usize,
}

#[derive(Serialize)]
pub(crate) struct ConversationWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    created_at: i64,
    updated_at: i64,
    waiting_since: Option<i64>,
    snoozed_until: Option<i64>,
    source: SourceWire<'a>,
    contacts: ContactList<'a>,
    first_contact_reply: Option<FirstReply<'a>>,
    admin_assignee_id: Option<u64>,
    team_assignee_id: Option<u64>,
    company: Option<CompanyWire<'a>>,
    open: bool,
    state: &'static str,
    read: bool,
    tags: TagList<'a>,
    priority: &'static str,
    sla_applied: Option<SlaWire>,
    statistics: StatisticsWire<'a>,
    conversation_rating: Option<RatingWire<'a>>,
    teammates: Option<AdminList>,
    title: Option<&'a str>,
    custom_attributes: Attributes<'a>,
    topics: TopicList,
    ticket: Option<TicketReference>,
    linked_objects: LinkedObjects,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    fin: Option<Fin<'a>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    since_2_16: Option<Since216>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_topics: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    monitor_evaluations: Option<Vec<Monitor>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scorecards: Option<Vec<Value>>,
    #[serde(flatten)]
    extra: Option<&'a BTreeMap<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_parts: Option<PartList<'a>>,
}

/// One conversation, with its parts if the view asks for them.
pub(crate) fn conversation<'a>(view: &View<'a>, c: &'a Conversation) -> ConversationWire<'a> {
    let workspace = view.workspace;
    ConversationWire {
        r#type: "conversation",
        id: Text(c.id),
        created_at: c.created_at,
        updated_at: c.updated_at,
        waiting_since: c.waiting_since,
        snoozed_until: c.snoozed_until,
        source: source(view, c),
        contacts: contact_list(view, &c.contacts),
        first_contact_reply: first_reply(c),
        admin_assignee_id: assignee(view.version, c.admin.map(|n| workspace.admins[n as usize].id)),
        team_assignee_id: assignee(view.version, c.team.map(|n| workspace.teams[n as usize].id)),
        company: c.company.map(|n| company(view, &workspace.companies[n as usize])),
        open: c.state != State::Closed,
        state: c.state.name(),
        read: c.read,
        tags: tags(view, c),
        priority: if view.version >= ApiVersion::V2_16 { c.priority.name() } else { c.priority.older_name() },
        sla_applied: c.sla.map(|sla| SlaWire {
            r#type: "conversation_sla_summary",
            sla_name: sla.name,
            sla_status: sla.status,
        }),
        statistics: statistics(view, &c.statistics),
        conversation_rating: c.rating.as_ref().map(|rating| rating_wire(view, rating)),
        teammates: teammates(view, c),
        title: c.title.as_deref(),
        custom_attributes: Attributes(&c.custom_attributes),
        topics: topics(c),
        ticket: c.ticket.map(|n| ticket_reference(&workspace.tickets[n as usize])),
        linked_objects: linked(c.linked.iter().map(|n| {
            let ticket = &workspace.tickets[*n as usize];
            ("ticket", ticket.id, Some(tables::TICKET_TYPES[ticket.kind as usize].category.name()))
        })),
        fin: fin(view, c),
        since_2_16: (view.version >= ApiVersion::V2_16).then(|| since_2_16(c)),
        ai_topics: (view.version == ApiVersion::PREVIEW).then(|| ai_topics(c)),
        monitor_evaluations: view.monitors.then(|| monitors(c)),
        scorecards: view.scorecards.then(|| scorecards(view, c)),
        extra: c.extra.as_deref(),
        conversation_parts: view.parts.then(|| parts(view, c)),
    }
}

/// Unassigned is `null` up to 2.15 and `0` from 2.16 on.
fn assignee(version: ApiVersion, id: Option<u64>) -> Option<u64> {
    if version >= ApiVersion::V2_16 { Some(id.unwrap_or(0)) } else { id }
}

/// The channel a customer's first message came through.
fn first_reply_type(c: &Conversation) -> &'static str {
    match c.source.kind {
        "unknown" | "push" => "conversation",
        kind => kind,
    }
}

fn first_reply(c: &Conversation) -> Option<FirstReply<'_>> {
    let created_at = c.statistics.first_contact_reply_at?;
    Some(FirstReply { created_at, r#type: first_reply_type(c), url: c.source.url.as_deref() })
}

fn tags<'a>(view: &View<'a>, c: &Conversation) -> TagList<'a> {
    let tag = |applied: &AppliedTag| {
        let tag = &view.workspace.tags[applied.tag as usize];
        AppliedTagWire {
            r#type: "tag",
            id: Text(tag.id),
            name: &tag.name,
            applied_at: applied.at,
            applied_by: actor(view, applied.by),
        }
    };
    TagList { r#type: "tag.list", tags: c.tags.iter().map(tag).collect() }
}

fn rating_wire<'a>(view: &View<'a>, rating: &'a Rating) -> RatingWire<'a> {
    RatingWire {
        rating: rating.rating,
        remark: rating.remark.as_deref(),
        created_at: rating.requested_at,
        updated_at: (view.version >= ApiVersion::V2_14)
            .then(|| rating.replied_at.unwrap_or(rating.requested_at)),
        contact: contact_reference(view, rating.contact),
        teammate: rating
            .teammate
            .map(|n| Reference { r#type: "admin", id: Text(view.workspace.admins[n as usize].id) }),
    }
}

/// Null where only the company spoke and no teammate ever wrote a part.
fn teammates(view: &View<'_>, c: &Conversation) -> Option<AdminList> {
    let admins: Vec<_> = c.teammates().into_iter().map(|n| view.workspace.admins[n as usize].id).collect();
    if admins.is_empty() && c.source.delivered_as == "admin_initiated" {
        return None;
    }
    let reference = |id| Reference { r#type: "admin", id: Text(id) };
    Some(AdminList { r#type: "admin.list", admins: admins.into_iter().map(reference).collect() })
}

fn topics(c: &Conversation) -> TopicList {
    let topic =
        |n: &u8| TopicWire { r#type: "topic", id: 830 + u64::from(*n), name: TOPICS[usize::from(*n)].name };
    TopicList {
        r#type: "topic.list",
        topics: c.topics.iter().map(topic).collect(),
        total_count: c.topics.len(),
    }
}

fn ticket_reference(ticket: &Ticket) -> TicketReference {
    let category = tables::TICKET_TYPES[ticket.kind as usize].category.name();
    TicketReference { r#type: "ticket", id: Text(ticket.id), ticket_id: Text(ticket.number), category }
}

/// The most recent 500 parts; what `total_count` counts is a choice of the view.
fn parts<'a>(view: &View<'a>, c: &'a Conversation) -> PartList<'a> {
    let shown = &c.parts[c.parts.len().saturating_sub(MOST_PARTS)..];
    PartList {
        r#type: "conversation_part.list",
        conversation_parts: shown.iter().map(|p| part(view, p)).collect(),
        total_count: if view.count_returned { shown.len() } else { c.parts.len() },
    }
}
