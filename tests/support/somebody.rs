//! Somebody to forget, and everything by which they can be told.

use std::collections::BTreeSet;

use fastintercom::demo::workspace::HexId;
use fastintercom::demo::{ApiVersion, DemoServer, Workspace};
use serde_json::Value;

/// What they write, and nobody else.
pub(crate) const WORDS: &str = "zanzibar lighthouse 4711";

/// A customer of a company.
pub(crate) struct Somebody {
    pub(crate) hex_id: HexId,
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) external_id: String,
    /// The conversations they take part in.
    pub(crate) conversations: BTreeSet<String>,
    /// Every text that must not be left.
    pub(crate) texts: Vec<String>,
}

/// Whether a conversation has several customers.
pub(crate) fn is_shared(conversation: &Value) -> bool {
    conversation["contacts"]["contacts"].as_array().is_some_and(|contacts| contacts.len() > 1)
}

/// Whether a conversation is linked to a ticket that gathers those of many.
pub(crate) fn is_tracked(conversation: &Value) -> bool {
    let linked = conversation["linked_objects"]["data"].as_array();
    linked.is_some_and(|linked| linked.iter().any(|ticket| ticket["category"] == "Tracker"))
}

impl Somebody {
    /// A customer with several conversations, one of them as needed, who writes one more.
    pub(crate) fn of(server: &DemoServer, needs: impl Fn(&Value) -> bool) -> Self {
        let hex_id = server.read(|workspace| suitable(workspace, needs));
        server.create_conversation(hex_id, &format!("<p>{WORDS}</p>")).expect("a customer of the company");
        server.read(|workspace| Self::at(workspace, hex_id))
    }

    fn at(workspace: &Workspace, hex_id: HexId) -> Self {
        let contact = workspace.contact(hex_id).expect("a customer of the company");
        let told = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
        let (email, external_id) = (told(&contact.email), told(&contact.external_id));
        let name = contact.name.as_deref().unwrap_or_default().to_owned();
        let id = hex_id.to_string();
        let conversations = conversations_of(workspace, &id).map(|(id, _)| id).collect::<BTreeSet<_>>();
        let mut texts = vec![id.clone(), email.clone(), name.clone(), external_id.clone(), WORDS.to_owned()];
        texts.extend(conversations.iter().cloned());
        let now = workspace.params().now;
        let tickets = workspace.tickets().iter().filter_map(|ticket| {
            let json = workspace.ticket_json(ticket.id, ApiVersion::default(), now)?;
            json.to_string().contains(&id).then(|| ticket.id.to_string())
        });
        texts.extend(tickets);
        Self { hex_id, id, email, name, external_id, conversations, texts }
    }
}

/// The conversations that tell an id, as Intercom would answer.
pub(crate) fn conversations_of(workspace: &Workspace, id: &str) -> impl Iterator<Item = (String, Value)> {
    let now = workspace.params().now;
    let all = workspace.conversation_ids().into_iter();
    let answers = all.filter_map(move |one| {
        let json = workspace.conversation_json(one, ApiVersion::default(), now)?;
        Some((one.to_string(), json))
    });
    answers.filter(move |(_, json)| json.to_string().contains(id))
}

/// One whose name nobody shares, not even as a part of another.
fn suitable(workspace: &Workspace, needs: impl Fn(&Value) -> bool) -> HexId {
    let is_own = |name: &str| {
        let names = workspace.contacts().filter_map(|contact| contact.name.as_deref());
        names.filter(|other| other.contains(name)).count() == 1
    };
    let known = workspace.contacts().filter(|contact| {
        contact.external_id.is_some()
            && contact.email.as_deref().is_some_and(|email| !email.is_empty())
            && contact.name.as_deref().is_some_and(is_own)
    });
    let is_suitable = |id: &HexId| {
        let theirs: Vec<_> = conversations_of(workspace, &id.to_string()).collect();
        theirs.len() >= 2 && theirs.iter().any(|(_, json)| needs(json))
    };
    known.map(|contact| contact.id).find(is_suitable).expect("the company has such a customer")
}
