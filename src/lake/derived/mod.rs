//! Tables made of others, by the commit that changes those: `conversation_metrics` of the conversations, and what
//! contacts and companies come to of that.
//!
//! The metrics are one file, because a small lake spends most of a question on opening files, in parts: the conversations that
//! began in one quarter of a year. The file says which versions of which files each part is made of. Parts whose
//! conversations stayed as they are come from the version before, byte by byte; so whatever changed the
//! conversations, and whichever version of `fi` did, the metrics are of those in the lake.

mod activity;
mod totals;

use std::marker::PhantomData;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use parquet::file::metadata::ParquetMetaData;
use serde::{Deserialize, Serialize};

use super::encode::{Encoder, decode};
use super::error::Error;
use super::files::Files;
use super::layout::{DataFile, Layout};
use super::ranges::ByteRanges;
use super::stage::{Kept, StageWriter, Staged};
use super::state::State;
use super::table_file::{Opened, open_whole, read_batches};
use crate::model::{Conversation, ConversationMetrics, Row, TableSpec};

/// The table made of the conversations themselves.
const METRICS: &TableSpec = ConversationMetrics::TABLE;
/// Key of the metadata that tells what the parts are made of.
const PARTS_KEY: &str = "fi.made_of";
/// Rows handed to the writer at once.
const WRITTEN_ROWS: usize = 1_024;
/// Batches of conversations that are not closed held back at most, to stand side by side behind the others.
const HELD_BATCHES: usize = 24;

/// A stretch of row groups, and what they are made of.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    sources: Vec<Source>,
    row_groups: usize,
}

/// A version of a file of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    file: String,
    sha256: String,
}

/// The version before, and what its parts are made of.
struct Old {
    file: Opened,
    parts: Vec<Part>,
}

/// Where the conversations of a commit are, and where their metrics go.
pub(super) struct Deriving<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) layout: &'a Layout,
    pub(super) txid: u64,
    /// The state the commit starts from.
    pub(super) state: &'a State,
    /// What it changes.
    pub(super) staged: &'a [Staged],
    /// What else of a file's bytes somebody may be reading.
    pub(super) still_read: &'a dyn Fn(&DataFile) -> ByteRanges,
}

impl Deriving<'_> {
    /// The metrics of the conversations as the commit leaves them; `None` when those in the lake are.
    pub(super) fn metrics(&self) -> Result<Option<Staged>, Error> {
        let file = DataFile::whole(METRICS);
        let sources = self.sources();
        let parts: Vec<&[Source]> =
            sources.chunk_by(|one, next| quarter(&one.file) == quarter(&next.file)).collect();
        let old = self.old(METRICS)?.map(Old::of_file);
        let held = old.as_ref().map(|old| old.parts.iter().map(|part| part.sources.as_slice()));
        if held.is_some_and(|held| held.eq(parts.iter().copied())) {
            return Ok(None);
        }
        let kept = self.kept(&file, old.as_ref().map(|old| &old.file))?;
        let mut writer = StageWriter::create(self.files, self.layout, METRICS, file, self.txid, kept)?;
        let mut made = Vec::new();
        for sources in parts {
            let before = writer.row_groups();
            match old.as_ref().and_then(|old| old.made_of(sources)) {
                Some((old, row_groups)) => {
                    for group in row_groups {
                        writer.copy(&old.shared, old.metadata.row_group(group))?;
                    }
                }
                None => self.derive(sources, &mut writer)?,
            }
            made.push(Part { sources: sources.to_vec(), row_groups: writer.row_groups() - before });
        }
        let made = serde_json::to_string(&made).map_err(|_| Error::Damaged {
            path: self.layout.data_file(&DataFile::whole(METRICS)),
            what: "what the metrics are made of cannot be written as JSON",
        })?;
        writer.note(PARTS_KEY, made);
        writer.finish().map(Some)
    }

    /// The files of conversations after the commit, oldest first.
    fn sources(&self) -> Vec<Source> {
        let mut of_state: Vec<Source> = self
            .state
            .files_of(Conversation::TABLE.name)
            .map(|(file, entry)| Source { file: file.name(), sha256: entry.sha256.clone() })
            .collect();
        for staged in self.staged.iter().filter(|staged| staged.file.table() == Conversation::TABLE.name) {
            let new = Source { file: staged.file.name(), sha256: staged.entry.sha256.clone() };
            match of_state.iter_mut().find(|source| source.file == new.file) {
                Some(source) => *source = new,
                None => of_state.push(new),
            }
        }
        of_state.sort_by(|one, other| one.file.cmp(&other.file));
        of_state
    }

    /// The version before of a table that is one file, if it can be built upon: what cannot be read is made anew.
    fn old(&self, table: &'static TableSpec) -> Result<Option<Opened>, Error> {
        let file = DataFile::whole(table);
        if !self.state.files.contains_key(&file.name()) {
            return Ok(None);
        }
        match open_whole(self.files, &self.layout.data_file(&file), table) {
            Err(error @ (Error::Newer { .. } | Error::Io { .. })) if !error.is_not_found() => Err(error),
            Err(error) => {
                tracing::warn!(%error, table = table.name, "a table is made anew of others");
                Ok(None)
            }
            Ok(opened) => Ok(Some(opened)),
        }
    }

    /// The bytes of the version before that its successor keeps for who may be reading them.
    fn kept(&self, file: &DataFile, old: Option<&Opened>) -> Result<Kept, Error> {
        let Some(old) = old else { return Ok(Kept::default()) };
        Kept::of(self.files, &self.layout.data_file(file), old.ranges.clone(), &(self.still_read)(file))
    }

    fn staged(&self, file: &str) -> Option<&Staged> {
        self.staged.iter().find(|staged| staged.file.name() == file)
    }

    /// Where a file is while the commit is in the making.
    fn path(&self, file: &DataFile) -> PathBuf {
        self.staged(&file.name()).map_or_else(|| self.layout.data_file(file), |staged| staged.path.clone())
    }

    /// The checksum of a file as the commit leaves it.
    fn sha256_of(&self, file: &DataFile) -> Option<&str> {
        let entry = self.staged(&file.name()).map(|staged| &staged.entry);
        Some(&entry.or_else(|| self.state.files.get(&file.name()))?.sha256)
    }

    /// Writes the metrics of the conversations in some files: first of those that are closed, so that a question about
    /// the others, which are few, finds them side by side.
    fn derive(&self, sources: &[Source], writer: &mut StageWriter) -> Result<(), Error> {
        let (mut closed, mut others) = (Rows::default(), Rows::default());
        for source in sources {
            let path = match self.staged(&source.file) {
                Some(staged) => staged.path.clone(),
                None => self.layout.lake_dir().join(&source.file),
            };
            for batch in read_batches(self.files, &path, Conversation::TABLE, None)? {
                let batch = batch.map_err(Error::batch(&path, Conversation::TABLE.name))?;
                let rows: Vec<Conversation> =
                    decode(&batch).map_err(|source| Error::Row { path: path.clone(), source })?;
                for metrics in rows.iter().map(ConversationMetrics::of) {
                    let rows = if metrics.is_closed == Some(true) { &mut closed } else { &mut others };
                    rows.push(&metrics)?;
                }
                closed.batches.drain(..).try_for_each(|batch| writer.write(&batch))?;
                if others.batches.len() > HELD_BATCHES {
                    others.batches.drain(..).try_for_each(|batch| writer.write(&batch))?;
                }
            }
        }
        for rows in [closed, others] {
            rows.end()?.iter().try_for_each(|batch| writer.write(batch))?;
        }
        writer.end_group()
    }
}

/// What a file notes about itself under a key.
fn noted<'a>(metadata: &'a ParquetMetaData, key: &str) -> Option<&'a str> {
    let pairs = metadata.file_metadata().key_value_metadata().into_iter().flatten();
    pairs.filter(|pair| pair.key == key).find_map(|pair| pair.value.as_deref())
}

/// Rows on their way to the file.
struct Rows<R> {
    encoder: Encoder,
    batches: Vec<RecordBatch>,
    of: PhantomData<R>,
}

impl<R: Row> Default for Rows<R> {
    fn default() -> Self {
        Self { encoder: Encoder::new::<R>(), batches: Vec::new(), of: PhantomData }
    }
}

impl<R: Row> Rows<R> {
    fn push(&mut self, row: &R) -> Result<(), Error> {
        self.encoder.push(row);
        if self.encoder.len() >= WRITTEN_ROWS { self.cut() } else { Ok(()) }
    }

    fn cut(&mut self) -> Result<(), Error> {
        let batch = self.encoder.finish();
        self.batches.push(batch.map_err(|source| Error::Arrow { table: R::TABLE.name, source })?);
        Ok(())
    }

    fn end(mut self) -> Result<Vec<RecordBatch>, Error> {
        self.cut()?;
        Ok(self.batches)
    }
}

impl Old {
    fn of_file(file: Opened) -> Self {
        let parts = noted(&file.metadata, PARTS_KEY);
        let parts: Vec<Part> = parts.and_then(|parts| serde_json::from_str(parts).ok()).unwrap_or_default();
        let row_groups: usize = parts.iter().map(|part| part.row_groups).sum();
        let parts = if row_groups == file.metadata.num_row_groups() { parts } else { Vec::new() };
        Self { file, parts }
    }

    /// The row groups made of exactly these sources.
    fn made_of(&self, sources: &[Source]) -> Option<(&Opened, std::ops::Range<usize>)> {
        let index = self.parts.iter().position(|part| part.sources == sources)?;
        let start = self.parts[..index].iter().map(|part| part.row_groups).sum();
        Some((&self.file, start..start + self.parts[index].row_groups))
    }
}

/// The quarter of a year that a file of conversations is of: its year, and 0 to 3.
fn quarter(file: &str) -> Option<(&str, u32)> {
    let (_, value) = file.split('/').nth(1)?.split_once('=')?;
    let (year, rest) = value.split_once('-')?;
    let month: u32 = rest.split('-').next()?.parse().ok()?;
    Some((year, month.saturating_sub(1) / 3))
}
