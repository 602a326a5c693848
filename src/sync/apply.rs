//! Puts fetched objects from the spool into the lake, in one commit with the progress they stand for.
//!
//! Blocking, streaming and repeatable: each partition is read and written once, in order, and memory does not
//! grow with the number of rows. Knows rows and partitions; knows nothing of why they were fetched.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::error::Error;
use super::forget::{Erased, Forgotten, Screened, screen};
use super::report::Missing;
use super::resolve;
use super::state::{Progress, SyncState};
use crate::lake::{
    self, Commit, DataFile, Edit, Partition, Pending, PendingReader, SpoolEntry, SpoolKind, Walk, Writer,
};
use crate::model::{
    Company, Contact, ContactId, Conversation, Message, Row, Synced, Thread, Ticket, Timestamp, WireError,
};

/// What putting the spool into the lake came to.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Conversations that were new or had changed.
    pub(super) changed: u64,
    /// Threads written.
    pub(super) threads: u64,
    /// Messages written.
    pub(super) messages: u64,
    /// Contacts written.
    pub(super) contacts: u64,
    /// Objects that are of somebody forgotten and were dropped.
    pub(super) forgotten: u64,
    /// Rows that were held of somebody of whom only what came told that they are forgotten.
    pub(super) erased: Erased,
    /// Objects that came and cannot be stored as rows.
    pub(super) unreadable: Vec<Missing>,
}

impl Applied {
    pub(super) fn add(&mut self, other: Self) {
        self.changed += other.changed;
        self.threads += other.threads;
        self.messages += other.messages;
        self.contacts += other.contacts;
        self.forgotten += other.forgotten;
        self.erased.add(other.erased);
        self.unreadable.extend(other.unreadable);
    }

    pub(super) fn rows(&self) -> u64 {
        self.changed + self.messages + self.contacts
    }
}

/// Commits everything pending and deletes its segments.
pub(super) fn apply(writer: &Writer, pending: Pending) -> Result<Applied, Error> {
    if pending.is_empty() {
        pending.delete(&**writer.files())?;
        return Ok(Applied::default());
    }
    let mut reader = pending.open(&**writer.files())?;
    let Screened { entries, dropped, erased } = screen(writer, &mut reader, &pending.entries)?;
    let commit = writer.begin()?;
    let mut state = SyncState::from_value(&commit.state().sync).map_err(Error::State)?;
    let applied = Applied { forgotten: dropped, erased, ..Applied::default() };
    let mut run = Apply { writer, commit, reader: &mut reader, applied, forgotten: &state.forgotten };
    let changed_files = run.conversations(&entries)?;
    run.contacts(&entries)?;
    run.companies(&entries)?;
    run.tickets(&entries)?;
    let steps = run.steps(&entries)?;
    let Apply { commit, applied, .. } = run;
    drop((reader, entries));
    steps.iter().for_each(|step| state.apply(step));
    state.contacts_due.extend(changed_files);
    let first_spool_segment = pending.next_segment;
    commit.finish(|lake| {
        lake.sync = state.to_value();
        lake.first_spool_segment = first_spool_segment;
    })?;
    pending.delete(&**writer.files())?;
    Ok(applied)
}

struct Apply<'a, 'r, 'p> {
    writer: &'a Writer,
    commit: Commit<'a>,
    reader: &'r mut PendingReader<'p>,
    applied: Applied,
    forgotten: &'r Forgotten,
}

/// The latest of what the spool holds of one conversation.
#[derive(Default, Clone, Copy)]
struct Latest<'a> {
    header: Option<&'a SpoolEntry>,
    thread: Option<&'a SpoolEntry>,
}

impl<'a> Latest<'a> {
    fn any(&self) -> Option<&'a SpoolEntry> {
        self.thread.or(self.header)
    }
}

/// The conversations that a data file holds, opened only when one is looked up: a thread stands for itself.
struct Stored<'a> {
    file: Option<&'a DataFile>,
    walk: Option<Walk<Conversation>>,
}

impl Stored<'_> {
    /// The row with this time and id. Calls come in the order of the file.
    fn find(&mut self, writer: &Writer, time: Timestamp, id: &str) -> Result<Option<Conversation>, Error> {
        let Some(file) = self.file else { return Ok(None) };
        let mut walk = match self.walk.take() {
            Some(walk) => walk,
            None => writer.reader().walk(file)?,
        };
        let found = walk.find(time, id)?;
        self.walk = Some(walk);
        Ok(found)
    }
}

type ByKey<'a> = BTreeMap<(Timestamp, &'a str), Latest<'a>>;

impl Apply<'_, '_, '_> {
    fn partition(&self, entry: &SpoolEntry) -> Partition {
        self.commit.state().partitioning.partition(entry.created_at)
    }

    /// Writes conversations and messages; returns the files of conversations that changed.
    fn conversations(&mut self, entries: &[SpoolEntry]) -> Result<BTreeSet<String>, Error> {
        let mut latest: HashMap<&str, Latest<'_>> = HashMap::new();
        for entry in entries {
            let slot = latest.entry(&entry.id).or_default();
            match entry.kind {
                SpoolKind::Thread => slot.thread = Some(entry),
                SpoolKind::Header if slot.header.is_none_or(|old| old.updated_at <= entry.updated_at) => {
                    slot.header = Some(entry);
                }
                _ => {}
            }
        }
        let mut partitions: BTreeMap<Partition, ByKey<'_>> = BTreeMap::new();
        for (id, of_one) in latest {
            let Some(entry) = of_one.any() else { continue };
            partitions.entry(self.partition(entry)).or_default().insert((entry.created_at, id), of_one);
        }
        let mut changed_files = BTreeSet::new();
        for (partition, by_key) in partitions.into_iter().rev() {
            let file = DataFile::part(Conversation::TABLE, partition.clone());
            if self.conversation_partition(&file, partition, &by_key)? {
                changed_files.insert(file.name());
            }
        }
        Ok(changed_files)
    }

    fn conversation_partition(
        &mut self,
        file: &DataFile,
        partition: Partition,
        by_key: &ByKey<'_>,
    ) -> Result<bool, Error> {
        let is_there = self.commit.state().files.contains_key(&file.name());
        let mut stored = Stored { file: is_there.then_some(file), walk: None };
        let mut conversations = self.commit.edit::<Conversation>(file.clone(), Arc::default())?;
        let mut messages =
            self.commit.edit::<Message>(DataFile::part(Message::TABLE, partition), Arc::default())?;
        for ((created_at, id), latest) in by_key {
            let old = |writer: &Writer| stored.find(writer, *created_at, id);
            let (row, thread) = match self.resolve(latest, old)? {
                Some(resolved) => resolved,
                None => continue,
            };
            conversations.push(&row)?;
            self.applied.changed += 1;
            for message in &thread {
                messages.push(message)?;
                self.applied.messages += 1;
            }
        }
        let is_changed = self.commit.add(conversations)?;
        self.commit.add(messages)?;
        Ok(is_changed)
    }

    /// The row to store, and the messages to store with it (none: those held stay); `None` keeps all as it is.
    fn resolve(
        &mut self,
        latest: &Latest<'_>,
        old: impl FnOnce(&Writer) -> Result<Option<Conversation>, Error>,
    ) -> Result<Option<(Conversation, Vec<Message>)>, Error> {
        let thread = self.thread(latest.thread)?;
        let newer =
            latest.header.filter(|header| latest.thread.is_none_or(|t| header.updated_at > t.updated_at));
        let header = self.thread(newer)?;
        Ok(match (thread, header) {
            (Some(thread), None) => Some((thread.conversation, thread.messages)),
            (Some(thread), Some(header)) => {
                let row = resolve::listed(Some(&thread.conversation), header.conversation);
                Some((row.unwrap_or(thread.conversation), thread.messages))
            }
            (None, Some(header)) => {
                let old = old(self.writer)?;
                let messages = if old.is_none() { header.messages } else { Vec::new() };
                resolve::listed(old.as_ref(), header.conversation).map(|row| (row, messages))
            }
            (None, None) => None,
        })
    }

    fn thread(&mut self, entry: Option<&SpoolEntry>) -> Result<Option<Thread>, Error> {
        let Some(entry) = entry else { return Ok(None) };
        let mut thread = self.read(Conversation::TABLE.name, entry, Thread::parse)?;
        if let Some(thread) = thread.as_mut().filter(|_| !self.forgotten.is_empty()) {
            self.forgotten.clean_thread(thread);
        }
        if entry.kind == SpoolKind::Thread && thread.is_some() {
            self.applied.threads += 1;
        }
        Ok(thread)
    }

    /// The row of a record; `None`, noted in the report, when it cannot be one.
    fn read<T>(
        &mut self,
        table: &'static str,
        entry: &SpoolEntry,
        parse: impl FnOnce(&[u8], Timestamp) -> Result<T, WireError>,
    ) -> Result<Option<T>, Error> {
        let json = self.reader.json(entry)?;
        match parse(&json, entry.synced_at) {
            Ok(row) => Ok(Some(row)),
            Err(error) => {
                let reason = chain(&error);
                tracing::warn!(table, id = &*entry.id, reason, "an object could not be read");
                self.applied.unreadable.push(Missing::Unreadable { table, id: entry.id.to_string(), reason });
                Ok(None)
            }
        }
    }

    fn contacts(&mut self, entries: &[SpoolEntry]) -> Result<(), Error> {
        let file = DataFile::whole(Contact::TABLE);
        let written = self.table(latest(entries, SpoolKind::Contact), file, parse_contact)?;
        self.applied.contacts += written;
        Ok(())
    }

    fn companies(&mut self, entries: &[SpoolEntry]) -> Result<(), Error> {
        let file = DataFile::whole(Company::TABLE);
        let parse = |_: &str, json: &[u8], at| Company::parse(json, at);
        self.table(latest(entries, SpoolKind::Company), file, parse).map(drop)
    }

    fn tickets(&mut self, entries: &[SpoolEntry]) -> Result<(), Error> {
        let mut partitions: BTreeMap<Partition, BTreeMap<(Timestamp, &str), &SpoolEntry>> = BTreeMap::new();
        for entry in latest(entries, SpoolKind::Ticket).into_values() {
            let key = (entry.created_at, &*entry.id);
            partitions.entry(self.partition(entry)).or_default().insert(key, entry);
        }
        for (partition, by_key) in partitions {
            let file = DataFile::part(Ticket::TABLE, partition);
            let forgotten = self.forgotten;
            self.table(by_key, file, |_: &str, json: &[u8], at| {
                let mut ticket = Ticket::parse(json, at)?;
                if !forgotten.is_empty() {
                    forgotten.clean_ticket(&mut ticket);
                }
                Ok(ticket)
            })?;
        }
        Ok(())
    }

    /// Writes the rows of records that come in the order of the file, but for those that say nothing new.
    fn table<K, R: Synced>(
        &mut self,
        by_key: BTreeMap<K, &SpoolEntry>,
        file: DataFile,
        parse: impl Fn(&str, &[u8], Timestamp) -> Result<R, WireError>,
    ) -> Result<u64, Error> {
        if by_key.is_empty() {
            return Ok(0);
        }
        let is_there = self.commit.state().files.contains_key(&file.name());
        let mut stored = is_there.then(|| self.writer.reader().walk::<R>(&file)).transpose()?;
        let mut edit: Edit<R> = self.commit.edit(file, Arc::default())?;
        let mut written = 0;
        for entry in by_key.into_values() {
            let row = self.read(R::TABLE.name, entry, |json, at| parse(&entry.id, json, at))?;
            let Some(row) = row else { continue };
            let old = match &mut stored {
                Some(walk) => walk.find(entry.created_at, &entry.id)?,
                None => None,
            };
            if !old.is_some_and(|old| old.says_the_same(&row)) {
                edit.push(&row)?;
                written += 1;
            }
        }
        self.commit.add(edit)?;
        Ok(written)
    }

    fn steps(&mut self, entries: &[SpoolEntry]) -> Result<Vec<Progress>, Error> {
        let mut steps = Vec::new();
        for entry in entries.iter().filter(|entry| entry.kind == SpoolKind::Progress) {
            steps.push(serde_json::from_slice(&self.reader.json(entry)?).map_err(Error::State)?);
        }
        Ok(steps)
    }
}

/// The latest record of each id.
fn latest(entries: &[SpoolEntry], kind: SpoolKind) -> BTreeMap<&str, &SpoolEntry> {
    let of_kind = entries.iter().filter(|entry| entry.kind == kind);
    of_kind.map(|entry| (&*entry.id, entry)).collect()
}

/// A contact under its own id, under that of one merged into it, or one that is gone (an empty object).
pub(super) fn parse_contact(id: &str, json: &[u8], synced_at: Timestamp) -> Result<Contact, WireError> {
    let Ok(id) = ContactId::parse(id) else { return Contact::parse(json, synced_at) };
    if json == GONE {
        return Ok(Contact::gone(id, synced_at));
    }
    let contact = Contact::parse(json, synced_at)?;
    Ok(if contact.contact_id == id { contact } else { Contact::merged(id, contact) })
}

/// What stands in the spool for a contact that Intercom no longer has.
pub(super) const GONE: &[u8] = b"{}";

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Removes conversations, and records them as deleted, in one commit; returns how many were held.
pub(super) fn remove(
    writer: &Writer,
    deleted: Vec<crate::model::DeletedConversation>,
    update: impl FnOnce(&mut SyncState),
) -> Result<u64, Error> {
    let ids: HashSet<String> = deleted.iter().map(|gone| gone.conversation_id.to_string()).collect();
    let mut commit = writer.begin()?;
    let mut removed = 0;
    let files: Vec<DataFile> =
        commit.state().files_of(Conversation::TABLE.name).map(|(file, _)| file).collect();
    for file in files.iter().filter(|_| !ids.is_empty()) {
        let held = Arc::new(writer.reader().held::<Conversation>(file, &ids)?);
        if held.is_empty() {
            continue;
        }
        removed += held.len() as u64;
        commit.remove::<Conversation>(file.clone(), &held)?;
        if let Some(partition) = file.partition() {
            commit.remove::<Message>(DataFile::part(Message::TABLE, partition.clone()), &held)?;
        }
    }
    remove_tickets(writer, &mut commit, &ids)?;
    let mut rows = deleted;
    if !rows.is_empty() {
        commit.upsert(&mut rows, |row| row.conversation_id.to_string())?;
    }
    let mut state = SyncState::from_value(&commit.state().sync).map_err(Error::State)?;
    state.failures.retain(|id, _| !ids.contains(id));
    update(&mut state);
    commit.finish(|lake| lake.sync = state.to_value())?;
    Ok(removed)
}

/// A ticket shares the id of its conversation.
fn remove_tickets(
    writer: &Writer,
    commit: &mut Commit<'_>,
    ids: &HashSet<String>,
) -> Result<(), lake::Error> {
    let files: Vec<DataFile> = commit.state().files_of(Ticket::TABLE.name).map(|(file, _)| file).collect();
    for file in files.into_iter().filter(|_| !ids.is_empty()) {
        let held = Arc::new(writer.reader().held::<Ticket>(&file, ids)?);
        if !held.is_empty() {
            commit.remove::<Ticket>(file, &held)?;
        }
    }
    Ok(())
}
