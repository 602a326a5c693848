//! Tickets, their types and states, and the definitions of attributes.

use super::{Assignee, Attributes, Author, Index, PartKind};

/// Whom a kind of ticket is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Category {
    /// Seen by the customer.
    Customer,
    /// Work for another team.
    BackOffice,
    /// One problem of many customers.
    Tracker,
}

impl Category {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::BackOffice => "Back-office",
            Self::Tracker => "Tracker",
        }
    }

    /// The word that ticket search uses.
    pub fn search_name(self) -> &'static str {
        match self {
            Self::Customer => "request",
            Self::BackOffice => "task",
            Self::Tracker => "tracker",
        }
    }
}

/// A state a ticket can be in.
#[derive(Clone, Copy, Debug)]
pub struct TicketState {
    /// Unique among states.
    pub id: u64,
    /// `submitted`, `in_progress`, `waiting_on_customer` or `resolved`.
    pub category: &'static str,
    /// What teammates read.
    pub internal_label: &'static str,
    /// What customers read.
    pub external_label: &'static str,
}

/// A field of a ticket type.
#[derive(Clone, Copy, Debug)]
pub struct TicketField {
    /// Unique among ticket fields.
    pub id: u64,
    /// Its name, which is also the key in `ticket_attributes`.
    pub name: &'static str,
    /// `string`, `list`, `integer`, `decimal`, `boolean`, `datetime` or `files`.
    pub data_type: &'static str,
    /// Whether it must be filled in.
    pub required: bool,
}

/// A kind of ticket.
#[derive(Clone, Copy, Debug)]
pub struct TicketType {
    /// Unique among ticket types.
    pub id: u64,
    /// What it is called.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// An emoji.
    pub icon: &'static str,
    /// Whom it is for.
    pub category: Category,
    /// Its fields besides title and description.
    pub fields: &'static [TicketField],
    /// Whether it is out of use.
    pub archived: bool,
}

/// One part of a ticket that is not a conversation.
#[derive(Clone, PartialEq, Debug)]
pub struct TicketPart {
    /// Unique in the workspace.
    pub id: u64,
    /// What it is.
    pub kind: PartKind,
    /// HTML, if it says something.
    pub body: Option<Box<str>>,
    /// When.
    pub created_at: i64,
    /// By whom.
    pub author: Author,
    /// Whom it assigns.
    pub assigned_to: Option<Assignee>,
    /// The states before and after, by position.
    pub states: Option<(Index, Index)>,
}

/// A ticket. One of the category `Customer` is also a conversation, under the same id.
#[derive(Clone, PartialEq, Debug)]
pub struct Ticket {
    /// Unique, in the id space of conversations.
    pub id: u64,
    /// The number the inbox shows.
    pub number: u64,
    /// Its type, by position.
    pub kind: Index,
    /// Its state, by position.
    pub state: Index,
    /// The state before, by position.
    pub previous_state: Option<Index>,
    /// By attribute name.
    pub attributes: Attributes,
    /// The conversation it is, by id.
    pub conversation: Option<u64>,
    /// Conversations it is linked to, by id.
    pub linked: Vec<u64>,
    /// Its customers.
    pub contacts: Vec<Index>,
    /// The teammate in charge.
    pub admin: Option<Index>,
    /// The team in charge.
    pub team: Option<Index>,
    /// When it was made.
    pub created_at: i64,
    /// When it changed.
    pub updated_at: i64,
    /// Whether it is open.
    pub open: bool,
    /// When it wakes up.
    pub snoozed_until: Option<i64>,
    /// Whether the customer may see it.
    pub is_shared: bool,
    /// Its parts.
    pub parts: Vec<TicketPart>,
}
