//! What was fetched and is not in the lake yet: append-only segments under `state/spool/`.
//!
//! A whole partition is rewritten when rows change, so rows are gathered here first: each is on disk within
//! moments of its arrival, and each partition is written about once. A record counts as stored after `sync`.
//! Segments are deleted once the state says that they are in the lake.
//!
//! Segments found when the spool is opened are written anew: whoever wrote them may have been killed before a
//! sync, or one may have failed, and what can be read now would not survive a power loss.

mod pending;
mod segment;

use std::path::Path;
use std::sync::Arc;

pub use pending::{Pending, PendingReader};

use self::pending::Segment;
use self::segment::{Gathered, MOST_BYTES, OpenSegment};
use super::commit::ensure_dir;
use super::error::Error;
use super::files::Files;
use super::layout::Layout;
use crate::model::Timestamp;

/// What a segment's name ends with while it is written anew.
const STAGE: &str = "tmp";
/// Bytes of JSON after which a frame is written without waiting for the next sync.
const FRAME_BYTES: usize = 1024 * 1024;

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpoolKind {
    /// A conversation as listed, without parts.
    Header,
    /// A conversation as retrieved, with its parts.
    Thread,
    /// A contact.
    Contact,
    /// A company.
    Company,
    /// A ticket.
    Ticket,
    /// How far the sync is; means something to the sync only.
    Progress,
}

/// One fetched object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolRecord {
    /// What it is.
    pub kind: SpoolKind,
    /// Its id.
    pub id: String,
    /// When it was created, where that decides its partition.
    pub created_at: Timestamp,
    /// When it was last updated.
    pub updated_at: Timestamp,
    /// When it was received.
    pub synced_at: Timestamp,
    /// The object as it came.
    pub json: Vec<u8>,
}

/// A record without its JSON, and where that is.
#[derive(Debug, Clone)]
pub struct SpoolEntry {
    /// What it is.
    pub kind: SpoolKind,
    /// Its id.
    pub id: Box<str>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last updated.
    pub updated_at: Timestamp,
    /// When it was received.
    pub synced_at: Timestamp,
    /// The frame its JSON is in, and where in it.
    frame: usize,
    start: usize,
    len: usize,
}

/// The spool of one lake; belongs to the holder of the writer lock.
pub struct Spool {
    files: Arc<dyn Files>,
    layout: Layout,
    next: u64,
    closed: Pending,
    open: Option<OpenSegment>,
    gathered: Gathered,
    stored: Stored,
    is_broken: bool,
}

/// How much of what is not taken yet was there at the last sync.
#[derive(Default, Clone, Copy)]
struct Stored {
    entries: usize,
    frames: usize,
    bytes: u64,
}

impl Stored {
    fn of(pending: &Pending) -> Self {
        Self { entries: pending.entries.len(), frames: pending.frames.len(), bytes: pending.bytes }
    }
}

impl Spool {
    /// Opens the spool: reads what an earlier run left, deletes what is in the lake already.
    pub fn open(files: Arc<dyn Files>, layout: &Layout, first_segment: u64) -> Result<Self, Error> {
        let dir = layout.spool_dir();
        ensure_dir(&*files, &dir)?;
        let mut closed = Pending { next_segment: first_segment, ..Pending::default() };
        let paths = files.list(&dir).map_err(Error::io("list", &dir))?;
        let ours = paths.into_iter().filter_map(|path| segment_number(&path).map(|ours| (path, ours)));
        let (kept, done): (Vec<_>, Vec<_>) =
            ours.partition(|(_, (number, is_stage))| !is_stage && *number >= first_segment);
        for (path, _) in done {
            files.remove(&path).map_err(Error::io("remove", &path))?;
        }
        for (path, (number, _)) in kept {
            closed.read_segment(&*files, path)?;
            closed.next_segment = closed.next_segment.max(number + 1);
        }
        if !closed.entries.is_empty() {
            files.sync_dir(&dir).map_err(Error::io("sync", &dir))?;
        }
        let (next, stored) = (closed.next_segment, Stored::of(&closed));
        let (open, gathered, layout) = (None, Gathered::default(), layout.clone());
        Ok(Self { files, layout, next, closed, open, gathered, stored, is_broken: false })
    }

    /// Adds a record; it is stored once `sync` returns.
    ///
    /// # Errors
    /// After one, what was not stored is forgotten and the spool takes nothing more: it must be opened again.
    pub fn push(&mut self, record: &SpoolRecord) -> Result<(), Error> {
        if record.json.len() > MOST_BYTES {
            let dir = self.layout.spool_dir();
            return Err(Error::refused("store an object in", &dir, "it is larger than 256 MiB"));
        }
        self.unless_broken(|spool| spool.try_push(record))
    }

    /// A file that could not be written or synced holds nobody knows what; it is never written or synced again.
    fn unless_broken<T>(&mut self, call: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.is_broken {
            return Err(Error::NeedsRecovery);
        }
        let result = call(self);
        if result.is_err() {
            self.is_broken = true;
            self.open = None;
            self.gathered = Gathered::default();
            self.closed.entries.truncate(self.stored.entries);
            self.closed.frames.truncate(self.stored.frames);
            self.closed.bytes = self.stored.bytes;
        }
        result
    }

    fn try_push(&mut self, record: &SpoolRecord) -> Result<(), Error> {
        let entry = self.gathered.push(record, self.closed.frames.len());
        self.closed.entries.push(entry);
        if self.gathered.bytes() >= FRAME_BYTES { self.write_frame() } else { Ok(()) }
    }

    fn write_frame(&mut self) -> Result<(), Error> {
        let gathered = std::mem::take(&mut self.gathered);
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.start_segment(&gathered)?,
        };
        let frame = open.push(&gathered, self.closed.segments.len() - 1)?;
        self.closed.bytes += u64::from(frame.packed);
        self.closed.frames.push(frame);
        self.open = Some(open);
        Ok(())
    }

    fn start_segment(&mut self, first: &Gathered) -> Result<OpenSegment, Error> {
        let path = self.layout.spool_dir().join(format!("{:010}.spool", self.next));
        let writer = self.files.create(&path).map_err(Error::io("create", &path))?;
        let (open, dictionary) = OpenSegment::start(writer, path.clone(), first)?;
        self.next += 1;
        self.closed.segments.push(Segment { path, dictionary });
        Ok(open)
    }

    /// Stores everything pushed so far.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.unless_broken(Self::try_sync)
    }

    fn try_sync(&mut self) -> Result<(), Error> {
        if !self.gathered.is_empty() {
            self.write_frame()?;
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        open.sync()?;
        if !open.is_listed {
            let dir = self.layout.spool_dir();
            self.files.sync_dir(&dir).map_err(Error::io("sync", &dir))?;
            open.is_listed = true;
        }
        self.stored = Stored::of(&self.closed);
        Ok(())
    }

    /// Bytes waiting to be put into the lake.
    pub fn bytes(&self) -> u64 {
        self.closed.bytes
    }

    /// The records waiting to be put into the lake.
    pub fn entries(&self) -> &[SpoolEntry] {
        &self.closed.entries
    }

    /// Stores everything and hands it out, to be put into the lake; new records go to a new segment.
    pub fn take(&mut self) -> Result<Pending, Error> {
        self.sync()?;
        self.open = None;
        let empty = Pending { next_segment: self.next, ..Pending::default() };
        let mut taken = std::mem::replace(&mut self.closed, empty);
        taken.next_segment = self.next;
        self.stored = Stored::default();
        Ok(taken)
    }
}

/// The number in a name that the spool makes, and whether it is that of a segment being written anew.
fn segment_number(path: &Path) -> Option<(u64, bool)> {
    let (number, extension) = path.file_name()?.to_str()?.split_once('.')?;
    let is_ours = number.len() == 10 && number.bytes().all(|b| b.is_ascii_digit());
    let is_stage = extension == STAGE;
    (is_ours && (is_stage || extension == "spool")).then_some((number.parse().ok()?, is_stage))
}
