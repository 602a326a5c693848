//! The searchable fields of conversations. Owns one table, in the order of the documentation.

use super::field::{Context, Datum, Document, Field, Kind};
use crate::demo::version::ApiVersion;
use crate::demo::workspace::*;

type Get = for<'a> fn(&Context<'a>, &'a Conversation) -> Datum<'a>;

const fn field(name: &'static str, kind: Kind, get: Get) -> Field<Conversation> {
    Field { name, kind, get }
}

const fn date(name: &'static str, get: Get) -> Field<Conversation> {
    field(name, Kind::Date, get)
}

const fn int(name: &'static str, get: Get) -> Field<Conversation> {
    field(name, Kind::Integer, get)
}

const fn text(name: &'static str, get: Get) -> Field<Conversation> {
    field(name, Kind::Text, get)
}

impl Document for Conversation {
    type Id = u64;

    const CUSTOM_PREFIX: &'static str = "custom_attributes.";
    const FIELDS: &'static [Field<Self>] = &[
        text("id", |_, c| Datum::id(c.id)),
        date("created_at", |_, c| Datum::Int(c.created_at)),
        date("updated_at", |_, c| Datum::Int(c.updated_at)),
        text("source.type", |_, c| Datum::text(Some(c.source.kind))),
        text("source.id", |_, c| Datum::id(c.source.id)),
        text("source.delivered_as", |_, c| Datum::text(Some(c.source.delivered_as))),
        text("source.subject", |_, c| Datum::text(c.source.subject.as_deref())),
        field("source.body", Kind::Words, |_, c| Datum::text(Some(&c.source.body))),
        text("source.author.id", |x, c| author_id(x.workspace, c.source.author)),
        text("source.author.type", |x, c| Datum::text(Some(author_type(x.workspace, c.source.author)))),
        text("source.author.name", |x, c| Datum::text(author_name(x.workspace, c.source.author))),
        text("source.author.email", |x, c| Datum::text(author_email(x.workspace, c.source.author))),
        text("source.url", |_, c| Datum::text(c.source.url.as_deref())),
        text("contact_ids", |x, c| {
            Datum::ids(c.contacts.iter().map(|n| x.workspace.contacts[*n as usize].id))
        }),
        text("teammate_ids", |x, c| {
            Datum::ids(c.teammates().into_iter().map(|n| x.workspace.admins[n as usize].id))
        }),
        field("admin_assignee_id", Kind::Assignee, |x, c| {
            Datum::Int(c.admin.map_or(0, |n| x.workspace.admins[n as usize].id as i64))
        }),
        field("team_assignee_id", Kind::Assignee, |x, c| {
            Datum::Int(c.team.map_or(0, |n| x.workspace.teams[n as usize].id as i64))
        }),
        text("channel_initiated", |_, c| Datum::text(Some(c.source.kind))),
        field("open", Kind::Bool, |_, c| Datum::Bool(c.state != State::Closed)),
        field("read", Kind::Bool, |_, c| Datum::Bool(c.read)),
        text("state", |_, c| Datum::text(Some(c.state.name()))),
        date("waiting_since", |_, c| Datum::int(c.waiting_since)),
        date("snoozed_until", |_, c| Datum::int(c.snoozed_until)),
        text("tag_ids", |x, c| Datum::ids(c.tags.iter().map(|tag| x.workspace.tags[tag.tag as usize].id))),
        text("priority", |x, c| {
            Datum::text(Some(if x.version >= ApiVersion::V2_16 {
                c.priority.name()
            } else {
                c.priority.older_name()
            }))
        }),
        int("statistics.time_to_assignment", |_, c| Datum::int(c.statistics.time_to_assignment)),
        int("statistics.time_to_admin_reply", |_, c| Datum::int(c.statistics.time_to_admin_reply)),
        int("statistics.time_to_first_close", |_, c| Datum::int(c.statistics.time_to_first_close)),
        int("statistics.time_to_last_close", |_, c| Datum::int(c.statistics.time_to_last_close)),
        int("statistics.median_time_to_reply", |_, c| Datum::int(c.statistics.median_time_to_reply)),
        date("statistics.first_contact_reply_at", |_, c| Datum::int(c.statistics.first_contact_reply_at)),
        date("statistics.first_assignment_at", |_, c| Datum::int(c.statistics.first_assignment_at)),
        date("statistics.first_admin_reply_at", |_, c| Datum::int(c.statistics.first_admin_reply_at)),
        date("statistics.first_close_at", |_, c| Datum::int(c.statistics.first_close_at)),
        date("statistics.last_assignment_at", |_, c| Datum::int(c.statistics.last_assignment_at)),
        date("statistics.last_assignment_admin_reply_at", |_, c| {
            Datum::int(c.statistics.last_assignment_admin_reply_at)
        }),
        date("statistics.last_contact_reply_at", |_, c| Datum::int(c.statistics.last_contact_reply_at)),
        date("statistics.last_admin_reply_at", |_, c| Datum::int(c.statistics.last_admin_reply_at)),
        date("statistics.last_close_at", |_, c| Datum::int(c.statistics.last_close_at)),
        text("statistics.last_closed_by_id", |x, c| match c.statistics.last_closed_by {
            Some(author @ (Author::Admin(_) | Author::Bot)) => author_id(x.workspace, author),
            _ => Datum::Null,
        }),
        int("statistics.count_reopens", |_, c| Datum::Int(c.statistics.count_reopens)),
        int("statistics.count_assignments", |_, c| Datum::Int(c.statistics.count_assignments)),
        int("statistics.count_conversation_parts", |_, c| Datum::Int(c.statistics.count_conversation_parts)),
        date("conversation_rating.requested_at", |_, c| {
            Datum::int(c.rating.as_ref().map(|r| r.requested_at))
        }),
        date("conversation_rating.replied_at", |_, c| {
            Datum::int(c.rating.as_ref().and_then(|r| r.replied_at))
        }),
        int("conversation_rating.score", |_, c| {
            Datum::int(c.rating.as_ref().and_then(|r| r.rating).map(i64::from))
        }),
        text("conversation_rating.remark", |_, c| {
            Datum::text(c.rating.as_ref().and_then(|r| r.remark.as_deref()))
        }),
        text("conversation_rating.contact_id", |x, c| {
            c.rating.as_ref().map_or(Datum::Null, |r| Datum::id(x.workspace.contacts[r.contact as usize].id))
        }),
        // The documentation spells it without an m.
        text("conversation_rating.admin_d", rated_admin),
        text("conversation_rating.admin_id", rated_admin),
        field("ai_agent_participated", Kind::Bool, |_, c| Datum::Bool(c.ai_agent.is_some())),
        text("ai_agent.resolution_state", |_, c| {
            Datum::text(c.ai_agent.as_ref().and_then(|a| a.resolution_state))
        }),
        text("ai_agent.last_answer_type", |_, c| {
            Datum::text(c.ai_agent.as_ref().and_then(|a| a.last_answer_type))
        }),
        int("ai_agent.rating", |_, c| Datum::int(c.ai_agent.as_ref().and_then(|a| a.rating).map(i64::from))),
        text("ai_agent.rating_remark", |_, c| {
            Datum::text(c.ai_agent.as_ref().and_then(|a| a.rating_remark.as_deref()))
        }),
        text("ai_agent.source_type", |_, c| Datum::text(c.ai_agent.as_ref().map(|a| a.source_type))),
        text("ai_agent.source_title", |_, c| Datum::text(c.ai_agent.as_ref().and_then(|a| a.source_title))),
    ];

    fn id(&self) -> u64 {
        self.id
    }

    fn parse_id(text: &str) -> Option<u64> {
        text.parse().ok()
    }

    fn custom(&self, name: &str) -> Option<&serde_json::Value> {
        self.custom_attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

fn rated_admin<'a>(context: &Context<'a>, c: &'a Conversation) -> Datum<'a> {
    let admin = c.rating.as_ref().and_then(|rating| rating.teammate);
    admin.map_or(Datum::Null, |n| Datum::id(context.workspace.admins[n as usize].id))
}

fn author_id<'a>(workspace: &Workspace, author: Author) -> Datum<'a> {
    match author {
        Author::Contact(n) => Datum::id(workspace.contacts[n as usize].id),
        Author::Admin(n) => Datum::id(workspace.admins[n as usize].id),
        Author::Bot => Datum::id(workspace.admins[0].id),
        Author::Team(n) => Datum::id(workspace.teams[n as usize].id),
    }
}

fn author_type(workspace: &Workspace, author: Author) -> &'static str {
    match author {
        Author::Contact(n) => workspace.contacts[n as usize].role.name(),
        Author::Admin(_) => "admin",
        Author::Bot => "bot",
        Author::Team(_) => "team",
    }
}

fn author_name(workspace: &Workspace, author: Author) -> Option<&str> {
    match author {
        Author::Contact(n) => workspace.contacts[n as usize].name.as_deref(),
        Author::Admin(n) => Some(workspace.admins[n as usize].name),
        Author::Bot => Some(workspace.admins[0].name),
        Author::Team(n) => Some(workspace.teams[n as usize].name),
    }
}

fn author_email(workspace: &Workspace, author: Author) -> Option<&str> {
    match author {
        Author::Contact(n) => workspace.contacts[n as usize].email.as_deref(),
        Author::Admin(n) => Some(&workspace.admins[n as usize].email),
        Author::Bot => Some(&workspace.admins[0].email),
        Author::Team(_) => None,
    }
}
