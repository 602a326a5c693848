//! What a sync does to a lake, in small: gathers records in the spool, commits them as rows, and gathers on.
//! Played on imagined disks; played again after a failure it goes on where the lake's own cursor stands.

use std::path::Path;
use std::sync::Arc;

use fastintercom::lake::{
    Commit, DataFile, Error, Files, Layout, Pending, Spool, SpoolKind, SpoolRecord, Writer,
};
use fastintercom::model::{Conversation, Message, Row, Tag};
use serde_json::json;

use super::crash_check::{Remark, Run};
use super::rows::{in_month, synced_at, thread};

/// What one commit changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// Conversations of a month, with their messages or without.
    Month { month: i64, has_messages: bool },
    /// The unpartitioned table of tags.
    Tags,
}

pub(crate) const A: Change = Change::Month { month: 1, has_messages: false };
pub(crate) const A_WITH_MESSAGES: Change = Change::Month { month: 1, has_messages: true };
pub(crate) const B: Change = Change::Month { month: 2, has_messages: false };

/// The commits of one run; an empty one changes only the state.
pub(crate) type Commits = [&'static [Change]];

/// Where the imagined lakes lie.
pub(crate) fn layout() -> Layout {
    Layout::new(Path::new("/home"))
}

/// A run under way.
pub(crate) struct Player<'a> {
    pub(crate) files: Arc<dyn Files>,
    /// Called with each remark, which is in `run` then.
    pub(crate) remark: &'a dyn Fn(usize),
    /// Whether a commit that failed before its commit point is tried once more by the same process.
    pub(crate) retries: bool,
    pub(crate) run: Run,
}

impl Player<'_> {
    /// Gathers and commits, from where the lake stands.
    pub(crate) fn play(&mut self, commits: &Commits) -> Result<(), Error> {
        let writer = Writer::open(self.files.clone(), layout(), None)?;
        let state = writer.state()?;
        let cursor = state.sync["cursor"].as_u64().unwrap_or(0) as usize;
        let mut spool = Spool::open(self.files.clone(), &layout(), state.first_spool_segment)?;
        self.run.versions.push(state);
        for (index, changes) in commits.iter().enumerate().skip(cursor) {
            for is_stored in [true, false, true, false] {
                self.push(&mut spool, is_stored)?;
            }
            let pending = spool.take()?;
            let taken: Vec<_> = pending.entries.iter().map(|entry| entry.id.to_string()).collect();
            self.note(Remark::Stored(taken.clone()));
            self.run.consumed.extend(taken.into_iter().map(|id| (id, index + 1)));
            // What comes while the commit is made goes to the next segment.
            self.push(&mut spool, true)?;
            self.note(Remark::Committing);
            let first = commit(&writer, changes, index + 1, &pending);
            let result = match first {
                Err(_) if self.retries && writer.state().is_ok() => {
                    commit(&writer, changes, index + 1, &pending)
                }
                result => result,
            };
            result?;
            self.note(Remark::Committed);
            self.run.versions.push(writer.state()?);
            pending.delete(&*self.files)?;
        }
        self.push(&mut spool, true)
    }

    fn note(&mut self, remark: Remark) {
        self.run.remarks.push(remark);
        (self.remark)(self.run.remarks.len() - 1);
    }

    /// Pushes a record, and stores everything if told to.
    fn push(&mut self, spool: &mut Spool, is_stored: bool) -> Result<(), Error> {
        let record = record(self.run.records.len());
        self.run.records.insert(record.id.clone(), record.clone());
        spool.push(&record)?;
        if is_stored {
            spool.sync()?;
            self.note(Remark::Stored(spool.entries().iter().map(|entry| entry.id.to_string()).collect()));
        }
        Ok(())
    }
}

fn record(number: usize) -> SpoolRecord {
    let json =
        json!({"type": "conversation", "id": number, "body": "Where is my order? ".repeat(number % 3 + 1)});
    SpoolRecord {
        kind: SpoolKind::Thread,
        id: format!("r{number}"),
        created_at: in_month(1, number as i64),
        updated_at: in_month(1, number as i64 + 1),
        synced_at: synced_at(),
        json: json.to_string().into_bytes(),
    }
}

fn commit(writer: &Writer, changes: &[Change], version: usize, pending: &Pending) -> Result<(), Error> {
    let mut commit = writer.begin()?;
    changes.iter().try_for_each(|one| change(&mut commit, *one, version))?;
    commit.finish(|state| {
        state.sync = json!({ "cursor": version });
        state.first_spool_segment = pending.next_segment;
    })
}

fn change(commit: &mut Commit<'_>, change: Change, version: usize) -> Result<(), Error> {
    let note = format!("version {version}");
    match change {
        Change::Month { month, has_messages } => {
            let file =
                |table| DataFile::part(table, commit.state().partitioning.partition(in_month(month, 0)));
            let (conversation, messages) = thread(100 + month, in_month(month, 5), 2, &note);
            let mut edit = commit.edit::<Conversation>(file(Conversation::TABLE), Arc::default())?;
            edit.push(&conversation)?;
            if has_messages {
                let mut parts = commit.edit::<Message>(file(Message::TABLE), Arc::default())?;
                messages.iter().try_for_each(|message| parts.push(message))?;
                commit.add(parts)?;
            }
            commit.add(edit).map(drop)
        }
        Change::Tags => {
            let tag = json!({"type": "tag", "id": "1", "name": note}).to_string();
            let tag = Tag::parse(tag.as_bytes(), synced_at()).expect("the JSON above is a tag");
            commit.upsert(&mut [tag], |tag| tag.tag_id.to_string())
        }
    }
}
