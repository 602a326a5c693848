//! The JSON of the API: what each object looks like in each version.
//!
//! Owns field names, types and the differences between versions. Borrows everything from the workspace and
//! is serialised straight to bytes; knows nothing of requests.

mod agent;
mod company;
mod contact;
mod contact_list;
mod conversation;
mod definitions;
mod directory;
mod part;
mod plaintext;
mod signed;
mod source;
mod statistics;
mod ticket;

pub(crate) use company::company;
pub(crate) use contact::{contact, merge_history, note, subscription};
pub(crate) use conversation::conversation;
pub(crate) use definitions::{conversation_attributes, data_attributes, ticket_state, ticket_type};
pub(crate) use directory::{admin, me, segment, tag, team};
pub(crate) use part::part;
pub(crate) use plaintext::plaintext;
pub(crate) use ticket::ticket;

use super::version::ApiVersion;
use super::workspace::{Assignee, Author, Workspace};
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// How many parts a conversation or ticket is returned with at most: the most recent ones.
pub(crate) const MOST_PARTS: usize = 500;

/// What an object is rendered for.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) version: ApiVersion,
    /// Unix seconds: signed addresses expire half an hour later.
    pub(crate) now: i64,
    /// Makes signed addresses differ from one fetch to the next.
    pub(crate) nonce: u64,
    /// With the parts of conversations.
    pub(crate) parts: bool,
    /// `total_count` of the parts counts the returned ones only. Undocumented either way.
    pub(crate) count_returned: bool,
    pub(crate) plaintext: bool,
    pub(crate) monitors: bool,
    pub(crate) scorecards: bool,
    pub(crate) merge_history: bool,
}

impl<'a> View<'a> {
    pub(crate) fn new(workspace: &'a Workspace, version: ApiVersion, now: i64) -> Self {
        Self {
            workspace,
            version,
            now,
            nonce: 0,
            parts: false,
            count_returned: false,
            plaintext: false,
            monitors: false,
            scorecards: false,
            merge_history: false,
        }
    }
}

/// Anything with a text form, written as a JSON string: ids above all.
#[derive(Clone, Copy)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// An id that is a number in some versions and a string in others.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum NumberOrText {
    Number(u64),
    Text(Text<u64>),
}

/// `{"type":…,"id":…}`.
#[derive(Serialize)]
#[serde(bound = "T: Display")]
pub(crate) struct Reference<T: Display> {
    pub(crate) r#type: &'static str,
    pub(crate) id: Text<T>,
}

/// `{"type":…,"id":…}` with an id that can be missing.
#[derive(Serialize)]
pub(crate) struct Assigned {
    r#type: &'static str,
    id: Option<Text<u64>>,
}

pub(crate) fn assigned(view: &View<'_>, to: Assignee) -> Assigned {
    let (r#type, id) = match to {
        Assignee::Admin(admin) => ("admin", Some(view.workspace.admins[admin as usize].id)),
        Assignee::Team(team) => ("team", Some(view.workspace.teams[team as usize].id)),
        Assignee::Nobody => ("nobody_admin", None),
    };
    Assigned { r#type, id: id.map(Text) }
}

/// Free-form attributes, in their order.
pub(crate) struct Attributes<'a>(pub(crate) &'a super::workspace::Attributes);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// `{"type":…,"id":…}` of whoever did something.
#[derive(Serialize)]
pub(crate) struct Actor {
    r#type: &'static str,
    id: ActorId,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ActorId {
    Number(Text<u64>),
    Hex(Text<super::workspace::HexId>),
}

pub(crate) fn actor(view: &View<'_>, author: Author) -> Actor {
    let workspace = view.workspace;
    match author {
        Author::Contact(contact) => {
            Actor { r#type: "contact", id: ActorId::Hex(Text(workspace.contacts[contact as usize].id)) }
        }
        Author::Admin(admin) => {
            Actor { r#type: "admin", id: ActorId::Number(Text(workspace.admins[admin as usize].id)) }
        }
        Author::Bot => Actor { r#type: "bot", id: ActorId::Number(Text(workspace.admins[0].id)) },
        Author::Team(team) => {
            Actor { r#type: "team", id: ActorId::Number(Text(workspace.teams[team as usize].id)) }
        }
    }
}
