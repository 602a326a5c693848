//! What arrives and is of somebody forgotten: a page that was under way, a thread from an earlier run's spool, a new
//! conversation. It is dropped before it becomes a row, and by its id known from then on.
//!
//! What it tells of them beside what is known, such as the address they have now, is learned first.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use super::memory::{Forgotten, email};
use super::person::teammates;
use super::rows::files;
use super::trace::Erased;
use super::{erase, trace};
use crate::lake::{PendingReader, SpoolEntry, SpoolKind, Writer};
use crate::model::{Contact, ContactId, Conversation, Thread, Ticket, is_contact};
use crate::sync::apply::parse_contact;
use crate::sync::error::Error;
use crate::sync::state::SyncState;

/// What is left of what arrived.
pub(in crate::sync) struct Screened<'a> {
    /// The records to put into the lake.
    pub(in crate::sync) entries: Cow<'a, [SpoolEntry]>,
    /// How many objects are not.
    pub(in crate::sync) dropped: u64,
    /// What had been held until now.
    pub(in crate::sync) erased: Erased,
}

/// Keeps out what is of somebody forgotten.
///
/// Conversations held from before somebody forgotten took part in them, and those of a contact that turns out to be
/// somebody forgotten, are removed from the lake here.
pub(in crate::sync) fn screen<'a>(
    writer: &Writer,
    reader: &mut PendingReader<'_>,
    entries: &'a [SpoolEntry],
) -> Result<Screened<'a>, Error> {
    let state = writer.state()?;
    let memory = SyncState::from_value(&state.sync).map_err(Error::State)?.forgotten;
    let mut screened = Screened { entries: Cow::Borrowed(entries), dropped: 0, erased: Erased::default() };
    if memory.is_empty() {
        return Ok(screened);
    }
    let mut screen = Screen {
        reader,
        memory: memory.clone(),
        teammates: teammates(writer.reader(), &state)?,
        dropped: HashSet::new(),
        new: HashSet::new(),
    };
    // What comes later may tell that an id seen before is that of somebody forgotten.
    loop {
        let known = screen.memory.identity_count();
        entries.iter().try_for_each(|entry| screen.see(entry))?;
        if screen.memory.identity_count() == known {
            break;
        }
    }
    let Screen { memory: mut learned, dropped, new, .. } = screen;
    new.iter().for_each(|id| learned.add_conversation(id));
    if learned.identity_count() > memory.identity_count() || is_held(writer, &new)? {
        let trace = trace(writer.reader(), &state, &learned)?;
        erase(writer, &trace, learned)?;
        screened.erased = trace.counts();
    } else if learned != memory {
        remember(writer, learned)?;
    }
    if !dropped.is_empty() {
        let is_kept = |entry: &&SpoolEntry| object(entry).is_none_or(|object| !dropped.contains(&object));
        screened.entries = entries.iter().filter(is_kept).cloned().collect();
        screened.dropped = dropped.len() as u64;
    }
    Ok(screened)
}

/// An object that may be somebody's: whether it is a contact, and its id. A ticket shares its conversation's.
type Object<'a> = (bool, &'a str);

fn object(entry: &SpoolEntry) -> Option<Object<'_>> {
    match entry.kind {
        SpoolKind::Contact => Some((true, &entry.id)),
        SpoolKind::Header | SpoolKind::Thread | SpoolKind::Ticket => Some((false, &entry.id)),
        SpoolKind::Company | SpoolKind::Progress => None,
    }
}

struct Screen<'a, 'r, 'p> {
    reader: &'r mut PendingReader<'p>,
    memory: Forgotten,
    /// Addresses that are not learned.
    teammates: BTreeSet<String>,
    dropped: HashSet<Object<'a>>,
    /// The conversations and tickets that were not known to be somebody's.
    new: HashSet<String>,
}

impl<'a> Screen<'a, '_, '_> {
    /// Looks at one record, also at one that will be dropped: it may tell more of whom it is of.
    fn see(&mut self, entry: &'a SpoolEntry) -> Result<(), Error> {
        let Some(object) = object(entry) else { return Ok(()) };
        let (is_contact, id) = object;
        let is_theirs = self.is_theirs(entry)?;
        let is_known =
            if is_contact { self.memory.has_contact(id) } else { self.memory.has_conversation(id) };
        if is_theirs || is_known {
            self.dropped.insert(object);
        }
        if is_theirs && !is_known && !is_contact {
            self.new.insert(id.to_owned());
        }
        Ok(())
    }

    /// Whether a record is of somebody forgotten. What cannot be read is no row either, and left to those who say so.
    fn is_theirs(&mut self, entry: &SpoolEntry) -> Result<bool, Error> {
        let (json, at) = (self.reader.json(entry)?, entry.synced_at);
        Ok(match entry.kind {
            SpoolKind::Contact => {
                parse_contact(&entry.id, &json, at).is_ok_and(|contact| self.meet(Identity::from(&contact)))
            }
            SpoolKind::Ticket => {
                Ticket::parse(&json, at).is_ok_and(|ticket| self.memory.names_ticket(&ticket))
            }
            _ => Thread::parse(&json, at).is_ok_and(|thread| {
                self.learn(&thread);
                self.memory.names_thread(&thread)
            }),
        })
    }

    /// Who writes from the address of somebody forgotten is them, under whatever id; and who has their id in the
    /// customer's own system.
    fn learn(&mut self, thread: &Thread) {
        let row = &thread.conversation;
        self.meet(Identity {
            ids: [row.contact_id.as_ref().map(ContactId::as_str), None],
            external_id: row.contact_external_id.as_deref(),
            email: None,
        });
        for message in thread.messages.iter().filter(|message| is_contact(message.author_type.as_deref())) {
            self.meet(Identity {
                ids: [message.author_id.as_deref(), None],
                email: message.author_email.as_deref(),
                external_id: None,
            });
        }
    }

    /// Tells whether this is somebody forgotten, and learns all of it if so.
    fn meet(&mut self, identity: Identity<'_>) -> bool {
        let ids = || identity.ids.into_iter().flatten().filter(|id| !id.is_empty());
        let external_id = identity.external_id.filter(|id| !id.is_empty());
        let is_theirs = ids().any(|id| self.memory.has_contact(id))
            || identity.email.is_some_and(|email| self.memory.has_email(email))
            || external_id.is_some_and(|id| self.memory.has_external_id(id));
        if is_theirs {
            ids().for_each(|id| self.memory.add_contact(id));
            let address = identity.email.and_then(email);
            let address = address.filter(|address| !self.teammates.contains(address));
            address.iter().for_each(|address| self.memory.add_email(address));
            external_id.iter().for_each(|id| self.memory.add_external_id(id));
        }
        is_theirs
    }
}

/// What a record tells of one contact.
#[derive(Clone, Copy)]
struct Identity<'a> {
    ids: [Option<&'a str>; 2],
    email: Option<&'a str>,
    external_id: Option<&'a str>,
}

impl<'a> From<&'a Contact> for Identity<'a> {
    fn from(contact: &'a Contact) -> Self {
        let merged_into = contact.merged_into_id.as_ref().map(ContactId::as_str);
        Self {
            ids: [Some(contact.contact_id.as_str()), merged_into],
            email: contact.email.as_deref(),
            external_id: contact.external_id.as_deref(),
        }
    }
}

/// Whether the lake holds one of these conversations or tickets.
fn is_held(writer: &Writer, new: &HashSet<String>) -> Result<bool, Error> {
    let (state, reader) = (writer.state()?, writer.reader());
    for file in files::<Conversation>(&state).iter().filter(|_| !new.is_empty()) {
        if !reader.held::<Conversation>(file, new)?.is_empty() {
            return Ok(true);
        }
    }
    for file in files::<Ticket>(&state).iter().filter(|_| !new.is_empty()) {
        if !reader.held::<Ticket>(file, new)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Remembers conversations that the lake does not hold.
fn remember(writer: &Writer, memory: Forgotten) -> Result<(), Error> {
    let commit = writer.begin()?;
    let mut state = SyncState::from_value(&commit.state().sync).map_err(Error::State)?;
    state.forgotten = memory;
    Ok(commit.finish(|lake| lake.sync = state.to_value())?)
}
