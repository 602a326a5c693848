//! How the lake changes: all of a transaction's files and its new state, or none of it.
//!
//! The protocol (every step before the next, each sync needed unless it says otherwise):
//!
//! 1. write each new file beside its place, sync it, sync its directory and those above it;
//! 2. write the journal (which files, and the whole new state), sync it, rename it into place, sync `state/`:
//!    **the commit point**;
//! 3. rename each file into its place, sync its directory;
//! 4. write the state aside, sync it, rename it into place, sync `state/`;
//! 5. remove the journal (a journal that comes back is recognised by its transaction number).
//!
//! Recovery repeats 3 to 5 of a journal that is newer than the state, and removes what else was staged.
//! A sync that failed is never called again on the same file: before the commit point the transaction is given
//! up, after it only recovery goes on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::Error;
use super::files::Files;
use super::layout::{DataFile, Layout};
use super::stage::Staged;
use super::state::State;
use super::table_file::{hex, sha256_of};
use crate::model::TABLES;

/// What a crash after the commit point needs to finish the transaction.
#[derive(Debug, Serialize, Deserialize)]
struct Journal {
    txid: u64,
    files: Vec<JournalFile>,
    state: State,
}

#[derive(Debug, Serialize, Deserialize)]
struct JournalFile {
    name: String,
    sha256: String,
}

/// A transaction being put together.
pub(super) struct Transaction<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) layout: &'a Layout,
    pub(super) txid: u64,
    pub(super) staged: Vec<Staged>,
}

impl Transaction<'_> {
    /// Commits; `state` becomes the new state, with this transaction's files recorded in it.
    ///
    /// The second part of the result of `Err` tells whether the commit point had been passed.
    pub(super) fn commit(&self, mut state: State) -> Result<State, (Error, bool)> {
        state.last_txid = self.txid;
        if self.staged.is_empty() {
            // Here the commit point is the rename of the state.
            state.stage(self.files, self.layout).map_err(|error| (error, false))?;
            return state.place(self.files, self.layout).map(|()| state).map_err(|error| (error, true));
        }
        state.generation += 1;
        for staged in &self.staged {
            state.files.insert(staged.file.name(), staged.entry.clone());
        }
        self.seal(&state)?;
        let files = self.staged.iter().map(Staged::journal_file).collect();
        let journal = Journal { txid: self.txid, files, state };
        journal.apply(self.files, self.layout).map_err(|error| (error, true))?;
        Ok(journal.state)
    }

    /// Steps 1 (the directories) and 2.
    ///
    /// The directories above are synced too, each time: they may have been made by a process that was killed,
    /// or by this one before a sync of theirs failed. That costs little when nothing in them changed.
    fn seal(&self, state: &State) -> Result<(), (Error, bool)> {
        let lake = self.layout.lake_dir();
        let root = lake.parent().unwrap_or(&lake);
        let above = self.staged.iter().flat_map(|staged| staged.path.ancestors().skip(1));
        let dirs: BTreeSet<_> = above.filter(|dir| dir.starts_with(root)).map(or_here).collect();
        for dir in dirs.into_iter().rev() {
            self.files.sync_dir(dir).map_err(|source| (Error::io("sync", dir)(source), false))?;
        }
        let files = self.staged.iter().map(Staged::journal_file).collect();
        let journal = Journal { txid: self.txid, files, state: state.clone() };
        journal.store(self.files, self.layout)
    }

    /// Removes what was staged; what cannot be removed is left to recovery.
    pub(super) fn abandon(&self) {
        for staged in &self.staged {
            let _ = self.files.remove(&staged.path);
        }
    }
}

impl Staged {
    fn journal_file(&self) -> JournalFile {
        JournalFile { name: self.file.name(), sha256: self.entry.sha256.clone() }
    }
}

impl Journal {
    /// Step 2. The flag of an error tells whether the journal may be in its place.
    fn store(&self, files: &dyn Files, layout: &Layout) -> Result<(), (Error, bool)> {
        let (stage, path, dir) = (layout.journal_stage(), layout.journal_file(), layout.state_dir());
        let payload = serde_json::to_vec(self).map_err(|_| {
            (Error::Damaged { path: path.clone(), what: "the journal cannot be written as JSON" }, false)
        })?;
        let mut content = hex(&Sha256::digest(&payload)).into_bytes();
        content.push(b'\n');
        content.extend(payload);
        files.write(&stage, &content).map_err(|source| (Error::io("write", &stage)(source), false))?;
        files.rename(&stage, &path).map_err(|source| (Error::io("place", &path)(source), true))?;
        files.sync_dir(&dir).map_err(|source| (Error::io("sync", &dir)(source), true))
    }

    /// The journal in place, if there is one and it is whole.
    fn load(files: &dyn Files, layout: &Layout) -> Result<Option<Self>, Error> {
        let path = layout.journal_file();
        let Some(content) = files.read(&path).map_err(Error::io("read", &path))? else { return Ok(None) };
        let Some(end) = content.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
        let (hash, payload) = (&content[..end], &content[end + 1..]);
        if hash != hex(&Sha256::digest(payload)).as_bytes() {
            return Ok(None);
        }
        let journal: Self = serde_json::from_slice(payload).map_err(|_| Error::Damaged {
            path: path.clone(),
            what: "its content is not what this fi writes (was it written by a newer one?)",
        })?;
        State::check_format(&path, journal.state.format)?;
        Ok(Some(journal))
    }

    /// Steps 3 to 5; repeatable.
    fn apply(&self, files: &dyn Files, layout: &Layout) -> Result<(), Error> {
        let mut dirs = BTreeSet::new();
        for entry in &self.files {
            let (path, stage) = self.paths(layout, entry)?;
            match files.len(&stage).map_err(Error::io("look at", &stage))? {
                Some(_) => files.rename(&stage, &path).map_err(Error::io("place", &path))?,
                None if self.is_placed(files, &path, entry)? => {}
                None => return Err(Error::Damaged { path, what: "a committed file is missing" }),
            }
            dirs.insert(parent(&path).to_owned());
        }
        for dir in &dirs {
            files.sync_dir(dir).map_err(Error::io("sync", dir))?;
        }
        self.state.store(files, layout)?;
        remove_journal(files, layout)
    }

    fn is_placed(&self, files: &dyn Files, path: &Path, entry: &JournalFile) -> Result<bool, Error> {
        let kept = self.state.files.get(&entry.name).map(|entry| entry.kept.clone()).unwrap_or_default();
        Ok(sha256_of(files, path, &kept)? == entry.sha256)
    }

    fn paths(&self, layout: &Layout, entry: &JournalFile) -> Result<(PathBuf, PathBuf), Error> {
        let file = DataFile::parse(&entry.name).ok_or_else(|| Error::Damaged {
            path: layout.journal_file(),
            what: "it names a file that is none of the lake's",
        })?;
        Ok((layout.data_file(&file), layout.stage_file(&file, self.txid)))
    }
}

/// The state as of the last commit, also where a crash came before it was put in its place. Changes nothing.
pub fn committed_state(files: &dyn Files, layout: &Layout) -> Result<Option<State>, Error> {
    let state = State::load(files, layout)?;
    let last_txid = state.as_ref().map_or(0, |state| state.last_txid);
    let journal = Journal::load(files, layout)?.filter(|journal| journal.txid > last_txid);
    Ok(journal.map(|journal| journal.state).or(state))
}

fn remove_journal(files: &dyn Files, layout: &Layout) -> Result<(), Error> {
    let path = layout.journal_file();
    files.remove(&path).map_err(Error::io("remove", &path))
}

/// Finishes what a crash interrupted and removes what it left; needs the writer lock.
pub(super) fn recover(files: &dyn Files, layout: &Layout) -> Result<State, Error> {
    // Whoever put the state or the journal in place may have been killed before that was synced: neither is
    // built upon, and no journal is removed, before it is.
    let dir = layout.state_dir();
    files.sync_dir(&dir).map_err(Error::io("sync", &dir))?;
    let state = State::load(files, layout)?.unwrap_or_default();
    let state = match Journal::load(files, layout)? {
        Some(journal) if journal.txid > state.last_txid => {
            journal.apply(files, layout)?;
            tracing::info!(
                txid = journal.txid,
                files = journal.files.len(),
                "finished an interrupted commit"
            );
            journal.state
        }
        _ => state,
    };
    remove_leftovers(files, layout)?;
    Ok(state)
}

/// Removes staged files and journals that no commit will use: only names that `fi` makes.
fn remove_leftovers(files: &dyn Files, layout: &Layout) -> Result<(), Error> {
    for path in [layout.journal_file(), layout.journal_stage(), layout.state_stage()] {
        if files.len(&path).map_err(Error::io("look at", &path))?.is_some() {
            files.remove(&path).map_err(Error::io("remove", &path))?;
        }
    }
    for table in TABLES {
        let dir = layout.table_dir(table.name);
        let mut dirs = vec![dir.clone()];
        if table.is_partitioned {
            dirs = files.list(&dir).map_err(Error::io("list", &dir))?;
            dirs.retain(|dir| {
                dir.file_name().and_then(|name| name.to_str()).is_some_and(Layout::is_partition)
            });
        }
        for dir in dirs {
            // What is no directory of ours lists nothing, or cannot be listed: not ours to judge.
            for path in files.list(&dir).unwrap_or_default() {
                if path.file_name().and_then(|name| name.to_str()).is_some_and(Layout::is_stage) {
                    files.remove(&path).map_err(Error::io("remove", &path))?;
                }
            }
        }
    }
    Ok(())
}

/// Makes a directory be there and its entry in its parent survive a power loss, also when a process that was
/// killed made it.
pub(super) fn ensure_dir(files: &dyn Files, dir: &Path) -> Result<(), Error> {
    let parent = parent(dir);
    if files.len(dir).map_err(Error::io("look at", dir))?.is_none() {
        if files.len(parent).map_err(Error::io("look at", parent))?.is_none() {
            ensure_dir(files, parent)?;
        }
        files.create_dir(dir).map_err(Error::io("create", dir))?;
    }
    files.sync_dir(parent).map_err(Error::io("sync", parent))
}

fn parent(path: &Path) -> &Path {
    or_here(path.parent().unwrap_or(path))
}

/// The parent of a relative path may be the empty one, which means the working directory.
fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}
