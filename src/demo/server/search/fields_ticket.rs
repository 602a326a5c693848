//! The searchable fields of tickets. Owns one table. `ticket_state` is famously not among them.

use super::field::{Context, Datum, Document, Field, Kind};
use crate::demo::workspace::*;

type Get = for<'a> fn(&Context<'a>, &'a Ticket) -> Datum<'a>;

const fn field(name: &'static str, kind: Kind, get: Get) -> Field<Ticket> {
    Field { name, kind, get }
}

impl Document for Ticket {
    type Id = u64;

    const CUSTOM_PREFIX: &'static str = "ticket_attribute.";
    const FIELDS: &'static [Field<Self>] = &[
        field("id", Kind::Text, |_, t| Datum::id(t.id)),
        field("created_at", Kind::Date, |_, t| Datum::Int(t.created_at)),
        field("updated_at", Kind::Date, |x, t| {
            Datum::Int(conversation(x, t).map_or(t.updated_at, |c| c.updated_at.max(t.updated_at)))
        }),
        field("title", Kind::Text, |_, t| attribute(t, "_default_title_")),
        field("description", Kind::Text, |_, t| attribute(t, "_default_description_")),
        field("category", Kind::Text, |_, t| Datum::text(Some(kind(t).category.search_name()))),
        field("ticket_type_id", Kind::Text, |_, t| Datum::id(kind(t).id)),
        field("contact_ids", Kind::Text, |x, t| {
            let contacts = conversation(x, t).map_or(&t.contacts, |c| &c.contacts);
            Datum::ids(contacts.iter().map(|n| x.workspace.contacts[*n as usize].id))
        }),
        field("teammate_ids", Kind::Text, |x, t| Datum::ids(admin(x, t).into_iter())),
        field("admin_assignee_id", Kind::Text, |x, t| Datum::id(admin(x, t).unwrap_or(0))),
        field("team_assignee_id", Kind::Text, |x, t| {
            let team = conversation(x, t).map_or(t.team, |c| c.team);
            Datum::id(team.map_or(0, |n| x.workspace.teams[n as usize].id))
        }),
        field("open", Kind::Bool, |x, t| {
            Datum::Bool(conversation(x, t).map_or(t.open, |c| c.state != State::Closed))
        }),
        field("state", Kind::Text, |_, t| {
            Datum::text(Some(tables::TICKET_STATES[t.state as usize].category))
        }),
        field("snoozed_until", Kind::Date, |x, t| {
            Datum::int(conversation(x, t).map_or(t.snoozed_until, |c| c.snoozed_until))
        }),
    ];

    fn id(&self) -> u64 {
        self.id
    }

    fn parse_id(text: &str) -> Option<u64> {
        text.parse().ok()
    }

    /// Ticket attributes are searched by the id of the field, but kept by its name.
    fn custom(&self, id: &str) -> Option<&serde_json::Value> {
        let field = kind(self).fields.iter().find(|field| field.id.to_string() == id)?;
        self.attributes.iter().find(|(key, _)| key == field.name).map(|(_, value)| value)
    }
}

fn kind(ticket: &Ticket) -> &'static TicketType {
    &tables::TICKET_TYPES[ticket.kind as usize]
}

fn conversation<'a>(context: &Context<'a>, ticket: &Ticket) -> Option<&'a Conversation> {
    context.workspace.conversation(ticket.conversation?).map(|c| &**c)
}

fn admin(context: &Context<'_>, ticket: &Ticket) -> Option<u64> {
    let position = conversation(context, ticket).map_or(ticket.admin, |c| c.admin);
    position.map(|n| context.workspace.admins[n as usize].id)
}

fn attribute<'a>(ticket: &'a Ticket, name: &str) -> Datum<'a> {
    let value = ticket.attributes.iter().find(|(key, _)| key == name);
    Datum::text(value.and_then(|(_, value)| value.as_str()))
}
