//! Records on their way from the spool into the lake.

use std::collections::VecDeque;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::segment::{self, Frame};
use super::{STAGE, SpoolEntry};
use crate::lake::error::Error;
use crate::lake::files::{FileReader, Files};

/// How much decompressed JSON a reader keeps at hand: records are read in another order than they came.
const CACHE_BYTES: usize = 8 * 1024 * 1024;

/// Records to be put into the lake: a list of them, and the segments that hold their JSON.
#[derive(Default)]
pub struct Pending {
    pub(super) segments: Vec<Segment>,
    pub(super) frames: Vec<Frame>,
    /// The records in the order they were fetched.
    pub entries: Vec<SpoolEntry>,
    /// The first segment number that is not part of this.
    pub next_segment: u64,
    pub(super) bytes: u64,
}

pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) dictionary: Vec<u8>,
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
        Ok(PendingReader { pending: self, readers, cache: VecDeque::new() })
    }

    /// Deletes the segments, once the state says that they are in the lake.
    pub fn delete(self, files: &dyn Files) -> Result<(), Error> {
        for segment in &self.segments {
            files.remove(&segment.path).map_err(Error::io("remove", &segment.path))?;
        }
        Ok(())
    }

    /// Adds the records of a segment that an earlier process wrote, and writes it anew: nobody knows which of it
    /// would survive a power loss.
    pub(super) fn read_segment(&mut self, files: &dyn Files, path: PathBuf) -> Result<(), Error> {
        let Some(content) = files.read(&path).map_err(Error::io("read", &path))? else { return Ok(()) };
        let Some(found) = segment::read(&content, self.segments.len(), self.frames.len()) else {
            self.segments.push(Segment { path, dictionary: Vec::new() });
            return Ok(());
        };
        if !found.entries.is_empty() {
            let stage = path.with_extension(STAGE);
            files.write(&stage, &content[..found.end]).map_err(Error::io("write", &stage))?;
            files.rename(&stage, &path).map_err(Error::io("replace", &path))?;
        }
        self.bytes += found.frames.iter().map(|frame| u64::from(frame.packed)).sum::<u64>();
        self.frames.extend(found.frames);
        self.entries.extend(found.entries);
        self.segments.push(Segment { path, dictionary: found.dictionary });
        Ok(())
    }
}

/// Reads the JSON of pending records.
pub struct PendingReader<'a> {
    pending: &'a Pending,
    readers: Vec<(Box<dyn FileReader>, zstd::bulk::Decompressor<'static>)>,
    /// Frames read last, the latest in front.
    cache: VecDeque<(usize, Vec<u8>)>,
}

impl PendingReader<'_> {
    /// The JSON of one record.
    pub fn json(&mut self, entry: &SpoolEntry) -> Result<Vec<u8>, Error> {
        match self.cache.iter().position(|(frame, _)| *frame == entry.frame) {
            Some(0) => {}
            Some(at) => self.cache.rotate_left(at),
            None => {
                let raw = self.read(entry.frame)?;
                self.cache.push_front((entry.frame, raw));
                while self.cache.len() > 1 && self.cached() > CACHE_BYTES {
                    self.cache.pop_back();
                }
            }
        }
        let raw = self.cache.front().and_then(|(_, raw)| raw.get(entry.start..entry.start + entry.len));
        raw.map(<[u8]>::to_vec).ok_or_else(|| {
            let path = self.pending.segments[self.pending.frames[entry.frame].segment].path.clone();
            Error::Damaged { path, what: "a frame is shorter than its records" }
        })
    }

    fn cached(&self) -> usize {
        self.cache.iter().map(|(_, raw)| raw.len()).sum()
    }

    fn read(&mut self, frame: usize) -> Result<Vec<u8>, Error> {
        let frame = self.pending.frames[frame];
        let path = &self.pending.segments[frame.segment].path;
        let (reader, decompressor) = &mut self.readers[frame.segment];
        let mut packed = vec![0; frame.packed as usize];
        reader.seek(SeekFrom::Start(frame.offset)).map_err(Error::io("read", path))?;
        reader.read_exact(&mut packed).map_err(Error::io("read", path))?;
        decompressor.decompress(&packed, frame.raw as usize).map_err(Error::io("decompress", path))
    }
}
