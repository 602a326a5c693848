//! A believable company's Intercom workspace, the same from the same seed on every machine.
//!
//! Owns the data and the truth about it: what exists, what was meant, what the API must answer. Knows
//! nothing of HTTP. Made by [`Workspace::generate`], changed by the methods in `mutate`, written as JSON
//! by `wire`.

mod calendar;
pub(crate) mod draw;
mod entity;
mod generate;
mod mutate;
mod names;
mod params;
mod people;
pub(crate) mod statistics;
pub(crate) mod tables;
mod text;
mod thread;
mod tickets;
mod topics;
mod truth;

pub use entity::*;
pub use mutate::{Change, MutationError, NewConversation};
pub use params::{Region, Shape, WorkspaceParams};
pub use topics::{Season, TOPICS, Topic};

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A whole workspace. Cloning is cheap: conversations and contacts are shared until one side changes them.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub(crate) params: WorkspaceParams,
    pub(crate) app: App,
    pub(crate) admins: Vec<Admin>,
    pub(crate) teams: Vec<Team>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) companies: Vec<Arc<Company>>,
    pub(crate) contacts: Vec<Arc<Contact>>,
    /// By id; only looked up, never iterated.
    contact_positions: HashMap<HexId, Index>,
    /// From the contact that is gone to the one that took it over.
    pub(crate) merged: BTreeMap<HexId, HexId>,
    /// By id.
    pub(crate) conversations: BTreeMap<u64, Arc<Conversation>>,
    /// Oldest deletion first.
    pub(crate) deleted: Vec<DeletedConversation>,
    pub(crate) tickets: Vec<Arc<Ticket>>,
    next_part: u64,
    next_conversation: u64,
}

impl Workspace {
    /// Generates a workspace.
    pub fn generate(params: &WorkspaceParams) -> Self {
        generate::generate(params)
    }

    /// What it was generated from.
    pub fn params(&self) -> &WorkspaceParams {
        &self.params
    }

    /// The workspace's own description.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Teammates; the first one is the bot.
    pub fn admins(&self) -> &[Admin] {
        &self.admins
    }

    /// Teams.
    pub fn teams(&self) -> &[Team] {
        &self.teams
    }

    /// Tags.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Companies.
    pub fn companies(&self) -> &[Arc<Company>] {
        &self.companies
    }

    /// Contacts that exist, without those that were merged into others.
    pub fn contacts(&self) -> impl Iterator<Item = &Arc<Contact>> {
        self.contacts.iter().filter(|contact| !self.merged.contains_key(&contact.id))
    }

    /// Contacts that are gone, with the ones that took them over.
    pub fn merged_contacts(&self) -> impl Iterator<Item = (HexId, HexId)> {
        self.merged.iter().map(|(from, to)| (*from, *to))
    }

    /// All conversations, by id.
    pub fn conversations(&self) -> impl Iterator<Item = &Arc<Conversation>> {
        self.conversations.values()
    }

    /// One conversation.
    pub fn conversation(&self, id: u64) -> Option<&Arc<Conversation>> {
        self.conversations.get(&id)
    }

    /// The ids of all conversations, ascending.
    pub fn conversation_ids(&self) -> Vec<u64> {
        self.conversations.keys().copied().collect()
    }

    /// What was deleted, oldest deletion first.
    pub fn deleted(&self) -> &[DeletedConversation] {
        &self.deleted
    }

    /// Tickets.
    pub fn tickets(&self) -> &[Arc<Ticket>] {
        &self.tickets
    }

    /// A contact by id, merged ones included.
    pub fn contact(&self, id: HexId) -> Option<&Arc<Contact>> {
        self.contact_positions.get(&id).map(|position| &self.contacts[*position as usize])
    }

    pub(crate) fn contact_position(&self, id: HexId) -> Option<Index> {
        self.contact_positions.get(&id).copied()
    }

    /// What each conversation was meant to be about, as a position in [`TOPICS`]: the truth a search is judged by.
    pub fn topics(&self) -> impl Iterator<Item = (u64, u8)> {
        self.conversations.values().map(|conversation| (conversation.id, conversation.meant))
    }
}
