//! The one process that may change the lake, and the changes it makes.

use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};

use super::commit::{Transaction, ensure_dir, recover};
use super::derived::Deriving;
use super::edit::Edit;
use super::error::Error;
use super::files::Files;
use super::kept::{Replaced, erase_settled};
use super::layout::{DataFile, Layout, Partitioning};
use super::lock::WriterLock;
use super::ranges::ByteRanges;
use super::reader::Reader;
use super::stage::{Kept, StageWriter, Staged};
use super::state::State;
use crate::model::{Conversation, ConversationMetrics, Kind, Message, Row, TABLES, TableSpec};

/// Something made from the lake that is kept up to date with it by whoever has the lock.
pub trait Follower: Send + Sync {
    /// Conversations or messages changed. What goes wrong here changes nothing about the commit.
    fn follow(&self, writer: &Writer);

    /// Removes all of it, since what is only deleted from it may leave bytes; it is made anew when it follows next.
    fn clear(&self) -> io::Result<()>;
}

/// Writes the lake; there is one per lake, across processes.
pub struct Writer {
    files: Arc<dyn Files>,
    layout: Layout,
    state: Mutex<Result<State, ()>>,
    replaced: Mutex<Replaced>,
    follower: Option<Arc<dyn Follower>>,
    _lock: Option<WriterLock>,
}

impl Writer {
    /// Opens the lake for writing, under a lock already taken: finishes what a crash interrupted.
    ///
    /// Tests of an imagined disk pass no lock.
    pub fn open(files: Arc<dyn Files>, layout: Layout, lock: Option<WriterLock>) -> Result<Self, Error> {
        let (lake, state) = (layout.lake_dir(), layout.state_dir());
        match ensure_dir(&*files, lake.parent().unwrap_or(&lake)) {
            // What is above the home may be closed to us; then its owner made the home, and we cannot do more.
            Err(Error::Io { action: "sync", source, .. }) if source.kind() == ErrorKind::PermissionDenied => {
            }
            result => result?,
        }
        ensure_dir(&*files, &lake)?;
        ensure_dir(&*files, &state)?;
        let mut state = recover(&*files, &layout)?;
        erase_settled(&*files, &layout, &mut state);
        Ok(Self {
            files,
            layout,
            state: Mutex::new(Ok(state)),
            replaced: Mutex::default(),
            follower: None,
            _lock: lock,
        })
    }

    /// Has something follow every commit that changes conversations or messages.
    #[must_use]
    pub fn followed_by(self, follower: Arc<dyn Follower>) -> Self {
        Self { follower: Some(follower), ..self }
    }

    /// Removes what follows the lake, every byte of it: before a commit that removes what must be left nowhere. It is
    /// made anew by following that commit, or by whoever asks it next.
    pub fn clear_follower(&self) -> Result<(), Error> {
        let cleared = self.follower.as_ref().map_or(Ok(()), |follower| follower.clear());
        cleared.map_err(Error::io("remove", &self.layout.index_dir()))
    }

    /// Erases what was kept for readers of replaced files, where they are done by now: at the end of a run, since
    /// the next may be far. Tells how many files still have such bytes.
    pub fn settle(&self) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.as_mut().map_or(0, |state| erase_settled(&*self.files, &self.layout, state))
    }

    /// The state as of the last commit.
    pub fn state(&self) -> Result<State, Error> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone().map_err(|()| Error::NeedsRecovery)
    }

    /// For reading what is committed.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(&*self.files, &self.layout)
    }

    /// The directories.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The file system.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// Gives every table a file with its columns, so that every view binds; does nothing where there is one.
    pub fn create_tables(&self, partitioning: Partitioning) -> Result<(), Error> {
        let mut commit = self.begin()?;
        commit.state.partitioning = match commit.state.files.is_empty() {
            true => partitioning,
            false => commit.state.partitioning,
        };
        let partitioning = commit.state.partitioning;
        for table in TABLES.iter().filter(|table| !table.is_derived()) {
            let file = match table.is_partitioned {
                true => DataFile::part(table, partitioning.first()),
                false => DataFile::whole(table),
            };
            if !commit.state.files.contains_key(&file.name()) {
                commit.create_empty(table, file)?;
            }
        }
        commit.derive()?;
        match commit.staged.is_empty() {
            true => Ok(()),
            false => commit.finish(|_| {}),
        }
    }

    /// Starts a change. Only one may be under way.
    pub fn begin(&self) -> Result<Commit<'_>, Error> {
        let state = self.state()?;
        let txid = state.last_txid + 1;
        Ok(Commit { writer: self, state, txid, staged: Vec::new() })
    }
}

/// A change of the lake in the making; nothing of it shows before `finish`.
pub struct Commit<'a> {
    writer: &'a Writer,
    state: State,
    txid: u64,
    staged: Vec<Staged>,
}

impl Commit<'_> {
    /// The state this change starts from.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Starts a new version of one data file without the rows of these ids.
    pub fn edit<R: Row>(&self, file: DataFile, removed: Arc<HashSet<String>>) -> Result<Edit<R>, Error> {
        self.check_first(&file)?;
        let is_there = self.state.files.contains_key(&file.name());
        let (files, layout) = (self.writer.files.clone(), self.writer.layout.clone());
        let still_read = self.still_read(&file);
        Edit::open(files, layout, file, self.txid, is_there, removed, still_read)
    }

    /// Bytes of a file that somebody may be reading though they are of no version any more.
    fn still_read(&self, file: &DataFile) -> ByteRanges {
        self.writer.replaced.lock().unwrap_or_else(PoisonError::into_inner).still_read(file)
    }

    /// A second new version would be made from the committed one, and undo the first.
    fn check_first(&self, file: &DataFile) -> Result<(), Error> {
        match self.staged.iter().any(|staged| staged.file == *file) {
            false => Ok(()),
            true => {
                let path = self.writer.layout.data_file(file);
                Err(Error::refused("change twice in one commit", &path, "the first change would be undone"))
            }
        }
    }

    /// Makes a new version part of this change; tells whether it differs from the old one.
    pub fn add<R: Row>(&mut self, edit: Edit<R>) -> Result<bool, Error> {
        self.check_first(edit.file())?;
        let staged = edit.finish()?;
        let is_changed = staged.is_some();
        self.staged.extend(staged);
        Ok(is_changed)
    }

    /// Puts rows into an unpartitioned table, in place of those with the same ids.
    pub fn upsert<R: Row>(&mut self, rows: &mut [R], id: impl Fn(&R) -> String) -> Result<(), Error> {
        rows.sort_by_cached_key(|row| order_of::<R>(id(row)));
        let mut edit = self.edit::<R>(DataFile::whole(R::TABLE), Arc::default())?;
        for (index, row) in rows.iter().enumerate() {
            // Of rows with one id the last counts.
            if rows.get(index + 1).is_none_or(|next| order_of::<R>(id(next)) != order_of::<R>(id(row))) {
                edit.push(row)?;
            }
        }
        self.add(edit).map(drop)
    }

    /// Removes the rows of these ids from one data file, if it is there.
    pub fn remove<R: Row>(&mut self, file: DataFile, ids: &Arc<HashSet<String>>) -> Result<(), Error> {
        if !self.state.files.contains_key(&file.name()) {
            return Ok(());
        }
        let edit = self.edit::<R>(file, ids.clone())?;
        self.add(edit).map(drop)
    }

    fn create_empty(&mut self, table: &'static TableSpec, file: DataFile) -> Result<(), Error> {
        let (files, layout) = (&*self.writer.files, &self.writer.layout);
        let writer = StageWriter::create(files, layout, table, file, self.txid, Kept::default())?;
        self.staged.push(writer.finish()?);
        Ok(())
    }

    /// Makes what is made from the rows this change leaves, where that is not in the lake.
    fn derive(&mut self) -> Result<(), Error> {
        if self.staged.iter().any(|staged| staged.file == DataFile::whole(ConversationMetrics::TABLE)) {
            return Ok(());
        }
        let metrics = self.deriving(&|file| self.still_read(file)).metrics()?;
        self.staged.extend(metrics);
        let activity = self.deriving(&|file| self.still_read(file)).activity()?;
        self.staged.extend(activity);
        Ok(())
    }

    fn deriving<'a>(&'a self, still_read: &'a dyn Fn(&DataFile) -> ByteRanges) -> Deriving<'a> {
        Deriving {
            files: &*self.writer.files,
            layout: &self.writer.layout,
            txid: self.txid,
            state: &self.state,
            staged: &self.staged,
            still_read,
        }
    }

    /// Makes the change, with `update` applied to the state in the same step.
    ///
    /// # Errors
    /// Before the commit point nothing has changed. After it the change is made for good, but this process
    /// cannot go on: every later call answers [`Error::NeedsRecovery`], and the next writer finishes it.
    pub fn finish(mut self, update: impl FnOnce(&mut State)) -> Result<(), Error> {
        let has_conversations =
            self.staged.iter().any(|staged| staged.file.table() == Conversation::TABLE.name);
        let derived = if has_conversations { self.derive() } else { Ok(()) };
        let is_followed = self
            .staged
            .iter()
            .any(|staged| [Conversation::TABLE.name, Message::TABLE.name].contains(&staged.file.table()));
        let Self { writer, mut state, txid, staged } = self;
        update(&mut state);
        let transaction = Transaction { files: &*writer.files, layout: &writer.layout, txid, staged };
        if let Err(error) = derived {
            transaction.abandon();
            return Err(error);
        }
        let mut current = writer.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_next =
            current.as_ref().map(|state| state.last_txid + 1 == txid).map_err(|()| Error::NeedsRecovery)?;
        if !is_next {
            let path = writer.layout.state_file();
            transaction.abandon();
            return Err(Error::refused(
                "replace",
                &path,
                "another change was made while this one was under way",
            ));
        }
        match transaction.commit(state) {
            Ok(state) => {
                *current = Ok(state);
                let mut replaced = writer.replaced.lock().unwrap_or_else(PoisonError::into_inner);
                for new in transaction.staged {
                    replaced.note(&new.file, new.replaced);
                }
                drop((current, replaced));
                if let Some(follower) = writer.follower.as_ref().filter(|_| is_followed) {
                    follower.follow(writer);
                }
                Ok(())
            }
            Err((error, is_past_commit_point)) => {
                if is_past_commit_point {
                    *current = Err(());
                } else {
                    transaction.abandon();
                }
                Err(error)
            }
        }
    }
}

/// What a row is sorted by in a file: its id, as a number where the table's ids are numbers.
fn order_of<R: Row>(id: String) -> (i64, String) {
    let column = R::TABLE.key.first().and_then(|key| R::TABLE.column_index(key));
    match column.map(|index| R::TABLE.columns[index].kind) {
        Some(Kind::Integer) => (id.trim().parse().unwrap_or(i64::MAX), String::new()),
        _ => (0, id),
    }
}
