//! What `fi` knows about its own files: one small JSON document, replaced as a whole with every commit.
//!
//! The sync's cursors and coverage travel in it as a document of their own, which the lake stores and never
//! reads: they move exactly when the rows they stand for do.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::files::Files;
use super::layout::{DataFile, Layout, Partitioning};
use super::ranges::ByteRanges;

/// The version of the document.
const FORMAT: u32 = 1;

/// What is recorded of one data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its rows.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// How much of that is no part of it: holes, and what is or was kept for readers of the version before.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub unused_bytes: u64,
    /// Where bytes of the version before are, until they are erased.
    #[serde(skip_serializing_if = "ByteRanges::is_empty", default)]
    pub kept: ByteRanges,
    /// Its SHA-256, in hexadecimal, with all that is no part of it as zeros.
    pub sha256: String,
    /// The earliest `created_at` in it, in microseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_created_at: Option<i64>,
    /// The latest `created_at` in it, in microseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_created_at: Option<i64>,
    /// Conversations in it whose thread is not held.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub without_thread: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The state of a lake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The version of this document.
    pub format: u32,
    /// The last transaction that is complete.
    pub last_txid: u64,
    /// Rises with every commit that changed data: a reader that saw it move reads again.
    pub generation: u64,
    /// How tables are split.
    pub partitioning: Partitioning,
    /// Spool segments with a lower number are in the lake.
    pub first_spool_segment: u64,
    /// Every data file, by its path below `lake/`.
    pub files: BTreeMap<String, FileEntry>,
    /// What the sync keeps: cursors, coverage, workspace.
    pub sync: serde_json::Value,
}

impl Default for State {
    fn default() -> Self {
        Self {
            format: FORMAT,
            last_txid: 0,
            generation: 0,
            partitioning: Partitioning::Month,
            first_spool_segment: 1,
            files: BTreeMap::new(),
            sync: serde_json::Value::Null,
        }
    }
}

/// The last state read, for those who read it often: the document is parsed again only when its bytes have changed.
#[derive(Debug, Default)]
pub struct LastState(Mutex<Option<(Bytes, Arc<State>)>>);

impl LastState {
    /// The state of a lake, always the same one, as of now; `None` when nothing was ever written.
    pub fn load(&self, files: &dyn Files, layout: &Layout) -> Result<Option<Arc<State>>, Error> {
        let path = layout.state_file();
        let Some(content) = files.read(&path).map_err(Error::io("read", &path))? else { return Ok(None) };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, state)) = last.as_ref().filter(|(held, _)| *held == content) {
            return Ok(Some(Arc::clone(state)));
        }
        let state = Arc::new(State::parse(&path, &content)?);
        *last = Some((content, Arc::clone(&state)));
        Ok(Some(state))
    }
}

impl State {
    /// The state of a lake; `None` when nothing was ever written.
    pub fn load(files: &dyn Files, layout: &Layout) -> Result<Option<Self>, Error> {
        let path = layout.state_file();
        let content = files.read(&path).map_err(Error::io("read", &path))?;
        content.map(|content| Self::parse(&path, &content)).transpose()
    }

    fn parse(path: &Path, content: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let damaged = |_| Error::Damaged { path: path.to_owned(), what: "it is no state document" };
        // A newer document may have other fields: its version is looked at first.
        let Version { format } = serde_json::from_slice(content).map_err(damaged)?;
        Self::check_format(path, format)?;
        serde_json::from_slice(content).map_err(damaged)
    }

    /// Refuses what a newer `fi` wrote.
    pub(super) fn check_format(path: &Path, found: u32) -> Result<(), Error> {
        match found <= FORMAT {
            true => Ok(()),
            false => Err(Error::Newer { path: path.to_owned(), found, known: FORMAT }),
        }
    }

    /// The data files of one table, oldest partition first.
    pub fn files_of(&self, table: &str) -> impl DoubleEndedIterator<Item = (DataFile, &FileEntry)> {
        let prefix = format!("{table}/");
        let of_table = self.files.iter().filter(move |(name, _)| name.starts_with(&prefix));
        of_table.filter_map(|(name, entry)| Some((DataFile::parse(name)?, entry)))
    }

    /// The rows of one table.
    pub fn rows_of(&self, table: &str) -> u64 {
        self.files_of(table).map(|(_, entry)| entry.rows).sum()
    }

    /// The size of all data, without what is kept for readers of versions before.
    pub fn lake_bytes(&self) -> u64 {
        self.files.values().map(|entry| entry.bytes - entry.unused_bytes.min(entry.bytes)).sum()
    }

    /// Conversations held without their thread.
    pub fn without_thread(&self) -> u64 {
        self.files.values().map(|entry| entry.without_thread).sum()
    }

    /// Writes the document in its place; the step after which a journal is no longer needed.
    pub fn store(&self, files: &dyn Files, layout: &Layout) -> Result<(), Error> {
        self.stage(files, layout)?;
        self.place(files, layout)
    }

    /// Writes the document beside its place, synced.
    pub(super) fn stage(&self, files: &dyn Files, layout: &Layout) -> Result<(), Error> {
        let stage = layout.state_stage();
        let content = serde_json::to_vec_pretty(self).map_err(|_| Error::Damaged {
            path: layout.state_file(),
            what: "the state cannot be written as JSON",
        })?;
        files.write(&stage, &content).map_err(Error::io("write", &stage))
    }

    /// Puts the document written by `stage` in its place.
    pub(super) fn place(&self, files: &dyn Files, layout: &Layout) -> Result<(), Error> {
        let (stage, path, dir) = (layout.state_stage(), layout.state_file(), layout.state_dir());
        files.rename(&stage, &path).map_err(Error::io("replace", &path))?;
        files.sync_dir(&dir).map_err(Error::io("sync", &dir))
    }
}
