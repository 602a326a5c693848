//! What arrives and is of somebody forgotten: a page that was under way, a thread from an earlier run's spool, a new
//! conversation. It is dropped before it becomes a row, and by its id known from then on.

use std::borrow::Cow;
use std::collections::HashSet;

use super::memory::Forgotten;
use super::names::is_contact;
use super::trace::files;
use super::{erase, trace};
use crate::lake::{PendingReader, SpoolEntry, SpoolKind, Writer};
use crate::model::{Conversation, Thread, Ticket};
use crate::sync::apply::parse_contact;
use crate::sync::error::Error;
use crate::sync::state::SyncState;

/// The records to put into the lake, and how many objects are not.
///
/// Conversations held from before somebody forgotten took part in them, and those of a contact that turns out to be
/// somebody forgotten, are removed from the lake here.
pub(in crate::sync) fn screen<'a>(
    writer: &Writer,
    reader: &mut PendingReader<'_>,
    entries: &'a [SpoolEntry],
) -> Result<(Cow<'a, [SpoolEntry]>, u64), Error> {
    let memory = SyncState::from_value(&writer.state()?.sync).map_err(Error::State)?.forgotten;
    if memory.is_empty() {
        return Ok((Cow::Borrowed(entries), 0));
    }
    let mut screen = Screen { reader, memory: memory.clone(), dropped: HashSet::new(), new: HashSet::new() };
    // What comes later may tell that an id seen before is that of somebody forgotten.
    loop {
        let known = screen.memory.contact_count();
        entries.iter().try_for_each(|entry| screen.see(entry))?;
        if screen.memory.contact_count() == known {
            break;
        }
    }
    let Screen { memory: mut learned, dropped, new, .. } = screen;
    new.iter().for_each(|id| learned.add_conversation(id));
    if learned.contact_count() > memory.contact_count() || is_held(writer, &new)? {
        erase(writer, &trace(writer.reader(), &writer.state()?, &learned)?, learned)?;
    } else if learned != memory {
        remember(writer, learned)?;
    }
    let is_kept = |entry: &&SpoolEntry| object(entry).is_none_or(|object| !dropped.contains(&object));
    Ok((entries.iter().filter(is_kept).cloned().collect(), dropped.len() as u64))
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
    dropped: HashSet<Object<'a>>,
    /// The conversations and tickets that were not known to be somebody's.
    new: HashSet<String>,
}

impl<'a> Screen<'a, '_, '_> {
    /// Looks at one record. What cannot be read is no row either, and left to those who say so.
    fn see(&mut self, entry: &'a SpoolEntry) -> Result<(), Error> {
        let Some(object) = object(entry).filter(|object| !self.dropped.contains(object)) else {
            return Ok(());
        };
        let (is_contact, id) = object;
        let is_known =
            if is_contact { self.memory.has_contact(id) } else { self.memory.has_conversation(id) };
        if is_known || self.is_theirs(entry)? {
            self.dropped.insert(object);
            match (is_known, is_contact) {
                (true, _) => {}
                (false, true) => self.memory.add_contact(id),
                (false, false) => drop(self.new.insert(id.to_owned())),
            }
        }
        Ok(())
    }

    fn is_theirs(&mut self, entry: &SpoolEntry) -> Result<bool, Error> {
        let (json, at) = (self.reader.json(entry)?, entry.synced_at);
        Ok(match entry.kind {
            SpoolKind::Contact => {
                parse_contact(&entry.id, &json, at).is_ok_and(|contact| self.memory.names_contact(&contact))
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

    /// Who writes from the address of somebody forgotten is them, under whatever id.
    fn learn(&mut self, thread: &Thread) {
        for message in thread.messages.iter().filter(|message| is_contact(message.author_type.as_deref())) {
            let is_theirs = message.author_email.as_deref().is_some_and(|email| self.memory.has_email(email));
            if let Some(id) = message.author_id.as_deref().filter(|_| is_theirs) {
                self.memory.add_contact(id);
            }
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
