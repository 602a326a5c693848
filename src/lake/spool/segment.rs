//! The format of a segment, and writing one.
//!
//! A segment is `magic, dictionary, frame…`, each of the last two as `length, CRC-32, payload`. A frame holds the
//! records stored at one time: first what tells them apart, then their JSON, compressed together. The dictionary is
//! the beginning of the first frame's JSON, since objects of one kind look alike. Reading stops at the first
//! damaged frame: it was never synced.

use std::path::PathBuf;

use super::{SpoolEntry, SpoolKind, SpoolRecord};
use crate::lake::error::Error;
use crate::lake::files::FileWriter;
use crate::model::Timestamp;

const MAGIC: &[u8; 12] = b"fi spool 2\r\n";
/// Beyond it, time is spent that retrieving threads needs.
const LEVEL: i32 = 5;
/// The most of the first frame used as dictionary.
const DICTIONARY_BYTES: usize = 512 * 1024;
/// What one object may hold: larger answers were refused when they were fetched.
pub(super) const MOST_BYTES: usize = 256 * 1024 * 1024;

const KINDS: [SpoolKind; 6] = [
    SpoolKind::Header,
    SpoolKind::Thread,
    SpoolKind::Contact,
    SpoolKind::Company,
    SpoolKind::Ticket,
    SpoolKind::Progress,
];

/// Where a frame's compressed JSON is, and how much it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) segment: usize,
    pub(super) offset: u64,
    pub(super) packed: u32,
    pub(super) raw: u64,
}

/// Records gathered for the next frame.
#[derive(Default)]
pub(super) struct Gathered {
    heads: Vec<u8>,
    raw: Vec<u8>,
    count: u32,
}

impl Gathered {
    /// Adds a record of the frame with number `frame`.
    pub(super) fn push(&mut self, record: &SpoolRecord, frame: usize) -> SpoolEntry {
        let start = self.raw.len();
        self.count += 1;
        push_head(&mut self.heads, record);
        self.raw.extend(&record.json);
        SpoolEntry {
            kind: record.kind,
            id: record.id.as_str().into(),
            created_at: record.created_at,
            updated_at: record.updated_at,
            synced_at: record.synced_at,
            frame,
            start,
            len: record.json.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The bytes of JSON in it.
    pub(super) fn bytes(&self) -> usize {
        self.raw.len()
    }
}

/// A segment being written.
pub(super) struct OpenSegment {
    writer: Box<dyn FileWriter>,
    pub(super) path: PathBuf,
    compressor: zstd::bulk::Compressor<'static>,
    buffer: Vec<u8>,
    written: u64,
    pub(super) is_listed: bool,
}

impl OpenSegment {
    /// Starts a segment; returns its dictionary too.
    pub(super) fn start(
        writer: Box<dyn FileWriter>,
        path: PathBuf,
        first: &Gathered,
    ) -> Result<(Self, Vec<u8>), Error> {
        let dictionary = first.raw[..first.raw.len().min(DICTIONARY_BYTES)].to_vec();
        let failed = || Error::io("compress for", &path);
        let packed = zstd::bulk::compress(&dictionary, LEVEL).map_err(failed())?;
        let compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, &dictionary).map_err(failed())?;
        let mut buffer = MAGIC.to_vec();
        append(&mut buffer, &[], &packed);
        Ok((Self { writer, path, compressor, buffer, written: 0, is_listed: false }, dictionary))
    }

    /// Adds a frame; tells where it is in the segment with that number.
    pub(super) fn push(&mut self, gathered: &Gathered, segment: usize) -> Result<Frame, Error> {
        let packed =
            self.compressor.compress(&gathered.raw).map_err(Error::io("compress for", &self.path))?;
        let head = [&gathered.count.to_le_bytes(), &*gathered.heads].concat();
        append(&mut self.buffer, &head, &packed);
        let end = self.written + self.buffer.len() as u64;
        let (offset, raw) = (end - packed.len() as u64, gathered.raw.len() as u64);
        self.flush()?;
        Ok(Frame { segment, offset, packed: packed.len() as u32, raw })
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.writer.write_all(&self.buffer).map_err(Error::io("write", &self.path))?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    pub(super) fn sync(&mut self) -> Result<(), Error> {
        self.writer.sync().map_err(Error::io("sync", &self.path))
    }
}

/// What can be read of a segment.
pub(super) struct Found {
    pub(super) dictionary: Vec<u8>,
    pub(super) frames: Vec<Frame>,
    pub(super) entries: Vec<SpoolEntry>,
    /// Where the last whole frame ends.
    pub(super) end: usize,
}

/// Reads a segment; `None` when not even its beginning is whole. Numbers of frames start at `first_frame`.
pub(super) fn read(content: &[u8], segment: usize, first_frame: usize) -> Option<Found> {
    let mut rest = Bytes { content, at: 0 };
    let is_ours = rest.take(MAGIC.len()) == Some(MAGIC.as_slice());
    let packed = is_ours.then(|| rest.record()).flatten()?;
    let dictionary = zstd::bulk::decompress(packed, DICTIONARY_BYTES).ok()?;
    let mut found = Found { dictionary, frames: Vec::new(), entries: Vec::new(), end: rest.at };
    while let Some(payload) = rest.record() {
        let number = first_frame + found.frames.len();
        let Some((packed, entries)) = entries(payload, number) else { break };
        let raw = entries.last().map_or(0, |last| (last.start + last.len) as u64);
        let offset = (rest.at - packed) as u64;
        found.frames.push(Frame { segment, offset, packed: packed as u32, raw });
        found.entries.extend(entries);
        found.end = rest.at;
    }
    Some(found)
}

/// The records of a frame, and how many bytes of compressed JSON follow them.
fn entries(payload: &[u8], frame: usize) -> Option<(usize, Vec<SpoolEntry>)> {
    let mut rest = Bytes { content: payload, at: 0 };
    let count = rest.number()?;
    let mut entries = Vec::new();
    let mut start = 0;
    for _ in 0..count {
        let entry = entry(&mut rest, frame, start)?;
        start += entry.len;
        entries.push(entry);
    }
    Some((payload.len() - rest.at, entries))
}

fn entry(rest: &mut Bytes<'_>, frame: usize, start: usize) -> Option<SpoolEntry> {
    let kind = *KINDS.get(usize::from(rest.take(1)?[0]))?;
    let id_len = rest.number()? as usize;
    let id = std::str::from_utf8(rest.take(id_len)?).ok()?.into();
    let mut time = || Some(Timestamp::from_micros(i64::from_le_bytes(rest.take(8)?.try_into().ok()?)));
    let (created_at, updated_at, synced_at) = (time()?, time()?, time()?);
    let len = rest.number()? as usize;
    let is_plausible = len <= MOST_BYTES;
    is_plausible.then_some(SpoolEntry { kind, id, created_at, updated_at, synced_at, frame, start, len })
}

/// What tells a record apart, before the JSON of all of its frame.
fn push_head(heads: &mut Vec<u8>, record: &SpoolRecord) {
    heads.push(KINDS.iter().position(|kind| *kind == record.kind).unwrap_or_default() as u8);
    heads.extend((record.id.len() as u32).to_le_bytes());
    heads.extend(record.id.as_bytes());
    for time in [record.created_at, record.updated_at, record.synced_at] {
        heads.extend(time.micros().to_le_bytes());
    }
    heads.extend((record.json.len() as u32).to_le_bytes());
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
