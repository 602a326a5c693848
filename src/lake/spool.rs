//! What was fetched and is not in the lake yet: append-only segments under `state/spool/`.
//!
//! A whole partition is rewritten when rows change, so rows are gathered here first: each is on disk within
//! moments of its arrival, and each partition is written about once. A record counts as stored after `sync`.
//! Segments are deleted once the state says that they are in the lake.
//!
//! A segment is `magic, dictionary, record…`; a record is `length, CRC-32, payload`, its JSON compressed with
//! the segment's first object as dictionary, since objects of one kind look alike. Reading stops at the first
//! damaged record: it was never synced.
//!
//! Segments found when the spool is opened are written anew: whoever wrote them may have been killed before a
//! sync, or one may have failed, and what can be read now would not survive a power loss.

use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use super::commit::ensure_dir;
use super::error::Error;
use super::files::{FileReader, FileWriter, Files};
use super::layout::Layout;
use crate::model::Timestamp;

const MAGIC: &[u8; 12] = b"fi spool 1\r\n";
const LEVEL: i32 = 1;
/// What a segment's name ends with while it is written anew.
const STAGE: &str = "tmp";
/// Bytes gathered before they are handed to the file.
const BUFFER_BYTES: usize = 64 * 1024;
/// The most of the first object used as dictionary.
const DICTIONARY_BYTES: usize = 32 * 1024;
/// What one object may hold: larger answers were refused when they were fetched.
const MOST_BYTES: usize = 256 * 1024 * 1024;

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

const KINDS: [SpoolKind; 6] = [
    SpoolKind::Header,
    SpoolKind::Thread,
    SpoolKind::Contact,
    SpoolKind::Company,
    SpoolKind::Ticket,
    SpoolKind::Progress,
];

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
    segment: usize,
    offset: u64,
    packed: u32,
    raw: u32,
}

/// The spool of one lake; belongs to the holder of the writer lock.
pub struct Spool {
    files: Arc<dyn Files>,
    layout: Layout,
    next: u64,
    closed: Pending,
    open: Option<OpenSegment>,
    /// How many entries, and how many bytes of them, were stored by the last `sync`.
    stored: (usize, u64),
    is_broken: bool,
}

struct OpenSegment {
    writer: Box<dyn FileWriter>,
    path: PathBuf,
    compressor: zstd::bulk::Compressor<'static>,
    buffer: Vec<u8>,
    written: u64,
    is_listed: bool,
}

/// Records to be put into the lake: a list of them, and the segments that hold their JSON.
#[derive(Default)]
pub struct Pending {
    segments: Vec<Segment>,
    /// The records in the order they were fetched.
    pub entries: Vec<SpoolEntry>,
    /// The first segment number that is not part of this.
    pub next_segment: u64,
    bytes: u64,
}

struct Segment {
    path: PathBuf,
    dictionary: Vec<u8>,
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
        let (next, stored) = (closed.next_segment, (closed.entries.len(), closed.bytes));
        Ok(Self { files, layout: layout.clone(), next, closed, open: None, stored, is_broken: false })
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
            self.closed.entries.truncate(self.stored.0);
            self.closed.bytes = self.stored.1;
        }
        result
    }

    fn try_push(&mut self, record: &SpoolRecord) -> Result<(), Error> {
        if self.open.is_none() {
            self.open = Some(self.start_segment(&record.json)?);
        }
        let segment = self.closed.segments.len() - 1;
        let Some(open) = &mut self.open else { return Ok(()) };
        let packed = open.compressor.compress(&record.json).map_err(Error::io("compress for", &open.path))?;
        let head = head(record);
        let offset = open.written + open.buffer.len() as u64 + 8 + head.len() as u64;
        append(&mut open.buffer, &head, &packed);
        self.closed.entries.push(SpoolEntry {
            kind: record.kind,
            id: record.id.as_str().into(),
            created_at: record.created_at,
            updated_at: record.updated_at,
            synced_at: record.synced_at,
            segment,
            offset,
            packed: packed.len() as u32,
            raw: record.json.len() as u32,
        });
        self.closed.bytes += (8 + head.len() + packed.len()) as u64;
        if open.buffer.len() >= BUFFER_BYTES { open.flush() } else { Ok(()) }
    }

    fn start_segment(&mut self, first: &[u8]) -> Result<OpenSegment, Error> {
        let path = self.layout.spool_dir().join(format!("{:010}.spool", self.next));
        let writer = self.files.create(&path).map_err(Error::io("create", &path))?;
        let dictionary = first[..first.len().min(DICTIONARY_BYTES)].to_vec();
        let compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, &dictionary)
            .map_err(Error::io("compress for", &path))?;
        let mut buffer = MAGIC.to_vec();
        append(&mut buffer, &[], &dictionary);
        self.next += 1;
        self.closed.segments.push(Segment { path: path.clone(), dictionary });
        Ok(OpenSegment { writer, path, compressor, buffer, written: 0, is_listed: false })
    }

    /// Stores everything pushed so far.
    pub fn sync(&mut self) -> Result<(), Error> {
        self.unless_broken(Self::try_sync)
    }

    fn try_sync(&mut self) -> Result<(), Error> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.flush()?;
        open.writer.sync().map_err(Error::io("sync", &open.path))?;
        if !open.is_listed {
            let dir = self.layout.spool_dir();
            self.files.sync_dir(&dir).map_err(Error::io("sync", &dir))?;
            open.is_listed = true;
        }
        self.stored = (self.closed.entries.len(), self.closed.bytes);
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
        self.stored = (0, 0);
        Ok(taken)
    }
}

impl OpenSegment {
    fn flush(&mut self) -> Result<(), Error> {
        self.writer.write_all(&self.buffer).map_err(Error::io("write", &self.path))?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl Pending {
    /// Whether there is nothing to put into the lake.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Opens the segments for reading the records' JSON.
    pub fn open(&self, files: &dyn Files) -> Result<PendingReader<'_>, Error> {
        let mut readers = Vec::new();
        for segment in &self.segments {
            let reader = files.open(&segment.path).map_err(Error::io("open", &segment.path))?;
            let decompressor = zstd::bulk::Decompressor::with_dictionary(&segment.dictionary)
                .map_err(Error::io("decompress", &segment.path))?;
            readers.push((reader, decompressor));
        }
        Ok(PendingReader { segments: &self.segments, readers })
    }

    /// Deletes the segments, once the state says that they are in the lake.
    pub fn delete(self, files: &dyn Files) -> Result<(), Error> {
        for segment in &self.segments {
            files.remove(&segment.path).map_err(Error::io("remove", &segment.path))?;
        }
        Ok(())
    }

    fn read_segment(&mut self, files: &dyn Files, path: PathBuf) -> Result<(), Error> {
        let Some(content) = files.read(&path).map_err(Error::io("read", &path))? else { return Ok(()) };
        let mut rest = Bytes { content: &content, at: 0 };
        let is_ours = rest.take(MAGIC.len()) == Some(MAGIC.as_slice());
        let Some(dictionary) = is_ours.then(|| rest.record()).flatten() else {
            self.segments.push(Segment { path, dictionary: Vec::new() });
            return Ok(());
        };
        let segment = self.segments.len();
        let (first, mut end) = (self.entries.len(), rest.at);
        while let Some(payload) = rest.record() {
            let Some(entry) = entry(payload, segment, rest.at as u64) else { break };
            end = rest.at;
            self.bytes += payload.len() as u64 + 8;
            self.entries.push(entry);
        }
        if self.entries.len() > first {
            let stage = path.with_extension(STAGE);
            files.write(&stage, &content[..end]).map_err(Error::io("write", &stage))?;
            files.rename(&stage, &path).map_err(Error::io("replace", &path))?;
        }
        self.segments.push(Segment { path, dictionary: dictionary.to_vec() });
        Ok(())
    }
}

/// Reads the JSON of pending records.
pub struct PendingReader<'a> {
    segments: &'a [Segment],
    readers: Vec<(Box<dyn FileReader>, zstd::bulk::Decompressor<'static>)>,
}

impl PendingReader<'_> {
    /// The JSON of one record.
    pub fn json(&mut self, entry: &SpoolEntry) -> Result<Vec<u8>, Error> {
        let path = &self.segments[entry.segment].path;
        let (reader, decompressor) = &mut self.readers[entry.segment];
        let mut packed = vec![0; entry.packed as usize];
        reader.seek(SeekFrom::Start(entry.offset)).map_err(Error::io("read", path))?;
        reader.read_exact(&mut packed).map_err(Error::io("read", path))?;
        decompressor.decompress(&packed, entry.raw as usize).map_err(Error::io("decompress", path))
    }
}

/// The number in a name that the spool makes, and whether it is that of a segment being written anew.
fn segment_number(path: &std::path::Path) -> Option<(u64, bool)> {
    let (number, extension) = path.file_name()?.to_str()?.split_once('.')?;
    let is_ours = number.len() == 10 && number.bytes().all(|b| b.is_ascii_digit());
    let is_stage = extension == STAGE;
    (is_ours && (is_stage || extension == "spool")).then_some((number.parse().ok()?, is_stage))
}

/// The payload of a record up to its JSON.
fn head(record: &SpoolRecord) -> Vec<u8> {
    let kind = KINDS.iter().position(|kind| *kind == record.kind).unwrap_or_default() as u8;
    let mut head = vec![kind];
    head.extend((record.id.len() as u32).to_le_bytes());
    head.extend(record.id.as_bytes());
    for time in [record.created_at, record.updated_at, record.synced_at] {
        head.extend(time.micros().to_le_bytes());
    }
    head.extend((record.json.len() as u32).to_le_bytes());
    head
}

fn append(buffer: &mut Vec<u8>, head: &[u8], body: &[u8]) {
    let mut hash = crc32fast::Hasher::new();
    hash.update(head);
    hash.update(body);
    buffer.extend(((head.len() + body.len()) as u32).to_le_bytes());
    buffer.extend(hash.finalize().to_le_bytes());
    buffer.extend(head);
    buffer.extend(body);
}

fn entry(payload: &[u8], segment: usize, end: u64) -> Option<SpoolEntry> {
    let mut rest = Bytes { content: payload, at: 0 };
    let kind = *KINDS.get(usize::from(rest.take(1)?[0]))?;
    let id_len = rest.number()? as usize;
    let id = std::str::from_utf8(rest.take(id_len)?).ok()?.into();
    let mut time = || Some(Timestamp::from_micros(i64::from_le_bytes(rest.take(8)?.try_into().ok()?)));
    let (created_at, updated_at, synced_at) = (time()?, time()?, time()?);
    let raw = u32::from_le_bytes(rest.take(4)?.try_into().ok()?);
    let packed = payload.len() - rest.at;
    let is_plausible = raw as usize <= MOST_BYTES;
    let offset = end - packed as u64;
    let packed = packed as u32;
    is_plausible.then_some(SpoolEntry {
        kind,
        id,
        created_at,
        updated_at,
        synced_at,
        segment,
        offset,
        packed,
        raw,
    })
}

/// Bytes read from front to back.
struct Bytes<'a> {
    content: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let taken = self.content.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// The next record's payload; `None` at the end or where the content is damaged.
    fn record(&mut self) -> Option<&'a [u8]> {
        let (len, hash) = (self.number()?, self.number()?);
        let payload = self.take(len as usize)?;
        (crc32fast::hash(payload) == hash).then_some(payload)
    }
}
