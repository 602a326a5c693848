//! What the lake holds of those who were forgotten.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::memory::Forgotten;
use super::names::{DETAILS, Writer};
use super::rows::{each_row, files, text};
use crate::lake::{Error, Reader, State};
use crate::model::{Contact, Conversation, Message, Row, Ticket};

/// Rows of people who were forgotten.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// The contacts that are held.
    pub(super) contacts: HashSet<String>,
    /// The conversations and tickets they take part in; a ticket shares the id of its conversation.
    pub(super) ids: HashSet<String>,
    /// The contacts that are held, as they are shown: id, name, e-mail address.
    pub people: Vec<(String, Option<String>, Option<String>)>,
    /// Conversations held.
    pub conversations: u64,
    /// Those of them with other contacts too.
    pub shared_conversations: u64,
    /// Messages in them.
    pub messages: u64,
    /// Tickets held.
    pub tickets: u64,
}

/// How many rows of people who were forgotten were held, and are removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Contacts.
    pub contacts: u64,
    /// Conversations.
    pub conversations: u64,
    /// Messages in them.
    pub messages: u64,
    /// Tickets.
    pub tickets: u64,
}

impl Erased {
    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Counts what was removed later, too.
    pub(in crate::sync) fn add(&mut self, other: Self) {
        self.contacts += other.contacts;
        self.conversations += other.conversations;
        self.messages += other.messages;
        self.tickets += other.tickets;
    }
}

impl Trace {
    /// How many rows it is of.
    pub fn counts(&self) -> Erased {
        Erased {
            contacts: self.people.len() as u64,
            conversations: self.conversations,
            messages: self.messages,
            tickets: self.tickets,
        }
    }

    /// Whether the lake holds nothing.
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.ids.is_empty()
    }

    /// The ids of what is held: contacts, conversations, tickets.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.contacts.iter().chain(&self.ids).map(String::as_str)
    }
}

/// Finds everything in the lake that is of somebody forgotten.
pub fn trace(reader: Reader<'_>, state: &State, memory: &Forgotten) -> Result<Trace, Error> {
    let mut found = Trace::default();
    for file in files::<Contact>(state) {
        reader.each(&file, |row: Contact| {
            if memory.names_contact(&row) {
                found.contacts.insert(row.contact_id.to_string());
                found.people.push((row.contact_id.to_string(), row.name, row.email));
            }
        })?;
    }
    found.ids = written(reader, state, memory)?;
    for file in files::<Ticket>(state) {
        reader.each(&file, |row: Ticket| {
            if memory.names_ticket(&row) || memory.has_conversation(row.ticket_id.as_str()) {
                found.ids.insert(row.ticket_id.to_string());
            }
        })?;
    }
    // Of each conversation held, whether it has contacts beside those forgotten.
    let mut held = HashMap::new();
    for file in files::<Conversation>(state) {
        reader.each(&file, |row: Conversation| {
            let id = row.conversation_id.as_str();
            if found.ids.contains(id) || memory.has_conversation(id) || memory.names_conversation(&row) {
                held.insert(id.to_owned(), row.contact_ids.iter().any(|id| !memory.has_contact(id)));
            }
        })?;
    }
    found.conversations = held.len() as u64;
    found.shared_conversations = held.values().filter(|is_shared| **is_shared).count() as u64;
    found.ids.extend(held.into_keys());
    found.messages = count::<Message>(reader, state, "conversation_id", &found.ids)?;
    found.tickets = count::<Ticket>(reader, state, "ticket_id", &found.ids)?;
    Ok(found)
}

/// The conversations in which somebody forgotten wrote a message, or a message names them.
fn written(reader: Reader<'_>, state: &State, memory: &Forgotten) -> Result<HashSet<String>, Error> {
    let columns = [&["conversation_id", "author_type", "author_id", "author_email"], &DETAILS[..]].concat();
    let mut ids = HashSet::new();
    each_row::<Message>(reader, state, &columns, &mut |batch, row| {
        let text = |column| text(batch, column, row);
        let writer = Writer {
            author_type: text("author_type"),
            author_id: text("author_id"),
            author_email: text("author_email"),
            details: DETAILS.map(text),
        };
        if memory.names_writer(&writer) {
            ids.extend(text("conversation_id").map(str::to_owned));
        }
    })?;
    Ok(ids)
}

/// How many rows of a table have one of these ids.
fn count<R: Row>(
    reader: Reader<'_>,
    state: &State,
    column: &str,
    ids: &HashSet<String>,
) -> Result<u64, Error> {
    let mut count = 0;
    each_row::<R>(reader, state, &[column], &mut |batch, row| {
        count += u64::from(text(batch, column, row).is_some_and(|id| ids.contains(id)));
    })?;
    Ok(count)
}
