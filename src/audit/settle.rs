//! Brings pending events into Parquet: each once, whenever the process or the power goes.
//!
//! The pending file becomes a numbered batch by a rename; the events of its days become a file each, whose name has the
//! number; then the batch is removed. A batch that is still there after a crash is done again, but for the days whose
//! files are there. Files of one day are put together when they are many, and removed when they are old.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Days, NaiveDate, Utc};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::Error;
use super::event::{self, Event};
use super::files::{self, Listing, Piece};
use super::pending::{self, Lock};
use crate::config::private;

/// Files of one day at most, before they become one.
const MOST_FILES: usize = 8;
/// How long files that were put together stay for whoever reads them still: longer than any query may take.
const READ_WITHIN: Duration = Duration::from_secs(15 * 60);
/// Bytes of files that are put together at most.
const MOST_BYTES: u64 = 64 << 20;

/// How long events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// Days, the present one too; none are kept without any.
    pub days: u32,
}

impl Keeping {
    /// Whether anything is.
    pub fn is_on(self) -> bool {
        self.days > 0
    }

    /// The first day that is kept.
    fn first(self, today: NaiveDate) -> NaiveDate {
        let before = u64::from(self.days.saturating_sub(1));
        today.checked_sub_days(Days::new(before)).unwrap_or(NaiveDate::MIN)
    }
}

/// Brings everything pending into Parquet, and removes what is too old.
///
/// # Errors
/// When a file cannot be read or written. Nothing is lost then, and the next time goes on.
pub fn settle(directory: &Path, keeping: Keeping, now: DateTime<Utc>) -> Result<(), Error> {
    let _lock = Lock::take(directory)?;
    let mut listing = list(directory)?;
    let waiting = files::pending(directory);
    if fs::metadata(&waiting).is_ok_and(|metadata| metadata.len() > 0) {
        let number = listing.next();
        let batch = files::batch(directory, number);
        fs::rename(&waiting, &batch).map_err(Error::file("renamed", &waiting))?;
        sync(directory)?;
        listing.batches.push(number);
    }
    for number in &listing.batches {
        settle_batch(directory, *number, &listing.pieces)?;
    }
    tidy(directory, keeping.first(now.date_naive()))
}

fn settle_batch(directory: &Path, number: u64, pieces: &[Piece]) -> Result<(), Error> {
    let path = files::batch(directory, number);
    let (events, broken) = pending::read(&path)?;
    if broken > 0 {
        tracing::warn!(broken, "lines of the audit log that a crash left unfinished are passed over");
    }
    for (day, events) in by_day(events) {
        if pieces.iter().any(|piece| piece.day == day && piece.has(number)) {
            continue;
        }
        let piece = Piece { day, first: number, last: number };
        write(&piece.path(directory), |writer| writer.write(&event::batch(&events)))?;
    }
    fs::remove_file(&path).map_err(Error::file("removed", &path))?;
    sync(directory)
}

fn by_day(events: Vec<Event>) -> BTreeMap<NaiveDate, Vec<Event>> {
    let mut days: BTreeMap<NaiveDate, Vec<Event>> = BTreeMap::new();
    for event in events {
        let at = DateTime::from_timestamp_micros(event.at).unwrap_or_default();
        days.entry(at.date_naive()).or_default().push(event);
    }
    days
}

/// Puts many files of a day together, and removes what is held twice or too old.
fn tidy(directory: &Path, first_day: NaiveDate) -> Result<(), Error> {
    let current = list(directory)?.current();
    for day in current.chunk_by(|one, other| one.day == other.day) {
        if day[0].day >= first_day && day.len() > MOST_FILES {
            merge(directory, day)?;
        }
    }
    let listing = list(directory)?;
    for piece in &listing.pieces {
        let path = piece.path(directory);
        let was_replaced =
            || listing.pieces.iter().any(|other| other.holds(piece) && is_old(other, directory));
        if piece.day < first_day || was_replaced() {
            fs::remove_file(&path).map_err(Error::file("removed", &path))?;
        }
    }
    Ok(())
}

/// Whether a file has been there for so long that nobody reads those whose place it took.
fn is_old(piece: &Piece, directory: &Path) -> bool {
    let written = fs::metadata(piece.path(directory)).and_then(|metadata| metadata.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age >= READ_WITHIN))
}

fn merge(directory: &Path, pieces: &[Piece]) -> Result<(), Error> {
    let paths: Vec<_> = pieces.iter().map(|piece| piece.path(directory)).collect();
    let bytes: u64 = paths.iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum();
    let (Some(first), Some(last)) =
        (pieces.iter().map(|piece| piece.first).min(), pieces.iter().map(|piece| piece.last).max())
    else {
        return Ok(());
    };
    if bytes > MOST_BYTES {
        return Ok(());
    }
    let merged = Piece { day: pieces[0].day, first, last };
    write(&merged.path(directory), |writer| {
        for path in &paths {
            let content = Bytes::from(fs::read(path).map_err(parquet::errors::ParquetError::from)?);
            for batch in ParquetRecordBatchReaderBuilder::try_new(content)?.build()? {
                writer.write(&batch?)?;
            }
        }
        Ok(())
    })
}

/// Writes a file, which appears whole or not at all.
fn write(
    path: &Path,
    fill: impl FnOnce(&mut ArrowWriter<Vec<u8>>) -> parquet::errors::Result<()>,
) -> Result<(), Error> {
    let written = || {
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let mut writer = ArrowWriter::try_new(Vec::new(), Arc::new(event::schema()), Some(properties))?;
        fill(&mut writer)?;
        writer.into_inner()
    };
    let bytes = written().map_err(Error::rows("written", path))?;
    private::write_atomic(path, &bytes).map_err(Error::file("written", path))
}

fn list(directory: &Path) -> Result<Listing, Error> {
    Listing::of(directory).map_err(Error::file("listed", directory))
}

/// What was renamed or removed stays so after a power loss, too.
fn sync(directory: &Path) -> Result<(), Error> {
    let synced = || -> io::Result<()> {
        if cfg!(unix) {
            File::open(directory)?.sync_all()?;
        }
        Ok(())
    };
    synced().map_err(Error::file("written", directory))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::audit::Happened;

    const KEPT: Keeping = Keeping { days: 2 };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn add(directory: &Path, when: &str, name: &str) {
        let event = Event { key_name: Some(name.to_owned()), ..Event::new(Happened::Request, at(when)) };
        pending::record(directory, &event).unwrap();
    }

    fn rows(directory: &Path) -> usize {
        let count = |piece: &Piece| {
            let file = File::open(piece.path(directory)).unwrap();
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
            reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>()
        };
        Listing::of(directory).unwrap().current().iter().map(count).sum()
    }

    #[test]
    fn every_event_comes_into_parquet_once_and_old_days_go() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        let now = at("2026-11-27T10:00:00Z");
        add(directory, "2026-11-26T23:59:59Z", "one");
        add(directory, "2026-11-27T00:00:00Z", "two");
        settle(directory, KEPT, now).unwrap();
        settle(directory, KEPT, now).unwrap();
        assert_eq!((rows(directory), Listing::of(directory).unwrap().pieces.len()), (2, 2));
        settle(directory, KEPT, at("2026-11-28T10:00:00Z")).unwrap();
        assert_eq!(rows(directory), 1);
        settle(directory, KEPT, at("2026-12-28T10:00:00Z")).unwrap();
        assert_eq!(rows(directory), 0);
    }

    #[test]
    fn many_files_of_a_day_become_one() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        let now = at("2026-11-27T10:00:00Z");
        for number in 0..30 {
            add(directory, "2026-11-27T09:00:00Z", &format!("key-{number}"));
            settle(directory, KEPT, now).unwrap();
            assert_eq!(rows(directory), number + 1);
            assert!(Listing::of(directory).unwrap().current().len() <= MOST_FILES);
        }
        let files = || Listing::of(directory).unwrap();
        assert!(files().pieces.len() > MOST_FILES, "who reads those that were put together goes on");
        let long_ago = SystemTime::now() - READ_WITHIN;
        for piece in files().pieces {
            File::options().write(true).open(piece.path(directory)).unwrap().set_modified(long_ago).unwrap();
        }
        settle(directory, KEPT, now).unwrap();
        assert_eq!(files().pieces, files().current());
        assert_eq!(rows(directory), 30);
    }

    #[test]
    fn a_crash_at_any_step_neither_loses_nor_doubles() {
        let now = at("2026-11-27T10:00:00Z");
        let begin = || {
            let directory = tempfile::tempdir().unwrap();
            add(directory.path(), "2026-11-26T23:00:00Z", "one");
            add(directory.path(), "2026-11-27T09:00:00Z", "two");
            directory
        };
        let batch = |directory: &Path| {
            fs::rename(files::pending(directory), files::batch(directory, 1)).unwrap();
        };
        // After the rename.
        let directory = begin();
        batch(directory.path());
        add(directory.path(), "2026-11-27T09:30:00Z", "three");
        settle(directory.path(), KEPT, now).unwrap();
        assert_eq!(rows(directory.path()), 3);
        // After the first of two files.
        let directory = begin();
        batch(directory.path());
        let copy = fs::read(files::batch(directory.path(), 1)).unwrap();
        settle(directory.path(), KEPT, now).unwrap();
        fs::remove_file(Piece { day: now.date_naive(), first: 1, last: 1 }.path(directory.path())).unwrap();
        fs::write(files::batch(directory.path(), 1), &copy).unwrap();
        settle(directory.path(), KEPT, now).unwrap();
        assert_eq!(rows(directory.path()), 2);
        // Before the batch was removed.
        fs::write(files::batch(directory.path(), 1), &copy).unwrap();
        settle(directory.path(), KEPT, now).unwrap();
        assert_eq!(rows(directory.path()), 2);
        // In the middle of a line.
        let half = &copy[..copy.len() - 9];
        fs::write(files::pending(directory.path()), half).unwrap();
        add(directory.path(), "2026-11-27T09:45:00Z", "after");
        settle(directory.path(), KEPT, now).unwrap();
        assert_eq!(rows(directory.path()), 4, "one whole line, and the one after half of another");
    }
}
