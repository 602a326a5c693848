//! The files of a log and what their names tell.
//!
//! Events are gathered in batches, numbered as they come. A Parquet file holds the events of one day of some batches:
//! `2026-11-27.3-7.parquet` those of the batches 3 to 7. So whoever lists the directory at any moment knows which files
//! are of others' batches too and need not be read, and which batches came into Parquet before a crash.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

/// A Parquet file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    pub(super) day: NaiveDate,
    pub(super) first: u64,
    pub(super) last: u64,
}

/// What is in the directory of a log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// Parquet files, in order.
    pub(super) pieces: Vec<Piece>,
    /// Batches that are not in Parquet yet, or not surely.
    pub(super) batches: Vec<u64>,
}

impl Piece {
    pub(super) fn path(&self, directory: &Path) -> PathBuf {
        directory.join(format!("{}.{}-{}.parquet", self.day, self.first, self.last))
    }

    fn parse(name: &str) -> Option<Self> {
        let (day, batches) = name.strip_suffix(".parquet")?.split_once('.')?;
        let (first, last) = batches.split_once('-')?;
        Some(Self { day: day.parse().ok()?, first: first.parse().ok()?, last: last.parse().ok()? })
    }

    /// Whether it holds what another does, and more.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self != other && self.day == other.day && self.first <= other.first && other.last <= self.last
    }

    /// Whether it holds the events of its day of a batch.
    pub(super) fn has(&self, batch: u64) -> bool {
        (self.first..=self.last).contains(&batch)
    }
}

/// The file that events are appended to.
pub(super) fn pending(directory: &Path) -> PathBuf {
    directory.join("pending.jsonl")
}

/// A batch that is coming into Parquet.
pub(super) fn batch(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("batch-{number}.jsonl"))
}

impl Listing {
    /// Of a directory, which may not be there.
    pub(super) fn of(directory: &Path) -> io::Result<Self> {
        let mut listing = Self::default();
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listing),
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let Some(name) = name.to_str() else { continue };
            listing.pieces.extend(Piece::parse(name));
            let batch = name.strip_prefix("batch-").and_then(|rest| rest.strip_suffix(".jsonl"));
            listing.batches.extend(batch.and_then(|number| number.parse::<u64>().ok()));
        }
        listing.pieces.sort_unstable();
        listing.batches.sort_unstable();
        Ok(listing)
    }

    /// The files to read: all that no other holds.
    pub(super) fn current(&self) -> Vec<Piece> {
        let is_current = |piece: &&Piece| !self.pieces.iter().any(|other| other.holds(piece));
        self.pieces.iter().filter(is_current).cloned().collect()
    }

    /// The number of the next batch.
    pub(super) fn next(&self) -> u64 {
        let last = self.pieces.iter().map(|piece| piece.last).chain(self.batches.iter().copied()).max();
        last.map_or(1, |last| last + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_to_read() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(Listing::of(&directory.path().join("nowhere")).unwrap(), Listing::default());
        for name in [
            "2026-11-26.1-4.parquet",
            "2026-11-26.2-2.parquet",
            "2026-11-27.4-4.parquet",
            ".2026-11-27.5-5.parquet.7.tmp",
            "batch-6.jsonl",
            "pending.jsonl",
            "lock",
            "notes.txt",
        ] {
            fs::write(directory.path().join(name), "").unwrap();
        }
        let listing = Listing::of(directory.path()).unwrap();
        let current = listing.current();
        let names: Vec<_> = current.iter().map(|piece| piece.path(Path::new(""))).collect();
        assert_eq!(names, ["2026-11-26.1-4.parquet", "2026-11-27.4-4.parquet"].map(PathBuf::from));
        assert_eq!((listing.batches.as_slice(), listing.next()), (&[6][..], 7));
    }
}
