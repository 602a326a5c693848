//! `conversation_metrics`: made from the conversations, by the commit that changes them.
//!
//! It is one file, because a small lake spends most of a question on opening files, in parts: the conversations that
//! began in one quarter of a year. The file says which versions of which files each part is made of. Parts whose
//! conversations stayed as they are come from the version before, byte by byte; so whatever changed the
//! conversations, and whichever version of `fi` did, the metrics are of those in the lake.

use std::path::PathBuf;

use arrow::array::RecordBatch;
use parquet::file::metadata::ParquetMetaData;
use serde::{Deserialize, Serialize};

use super::encode::{Encoder, decode};
use super::error::Error;
use super::files::Files;
use super::layout::{DataFile, Layout};
use super::ranges::ByteRanges;
use super::shared::Shared;
use super::stage::{Kept, StageWriter, Staged};
use super::state::State;
use super::table_file::{Opened, open_whole, read_batches};
use crate::model::{Conversation, ConversationMetrics, Row, TableSpec};

/// The table made here.
pub(super) const TABLE: &TableSpec = ConversationMetrics::TABLE;
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

/// The version before.
struct Old {
    shared: Shared,
    metadata: ParquetMetaData,
    ranges: ByteRanges,
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
    /// What else of the file's bytes somebody may be reading.
    pub(super) still_read: ByteRanges,
}

impl Deriving<'_> {
    /// The metrics of the conversations as the commit leaves them; `None` when those in the lake are.
    pub(super) fn stage(&self) -> Result<Option<Staged>, Error> {
        let file = DataFile::whole(TABLE);
        let path = self.layout.data_file(&file);
        let sources = self.sources();
        let parts: Vec<&[Source]> =
            sources.chunk_by(|one, next| quarter(&one.file) == quarter(&next.file)).collect();
        let old = match self.state.files.contains_key(&file.name()) {
            true => self.old(path.clone())?,
            false => None,
        };
        let held = old.as_ref().map(|old| old.parts.iter().map(|part| part.sources.as_slice()));
        if held.is_some_and(|held| held.eq(parts.iter().copied())) {
            return Ok(None);
        }
        let kept = match &old {
            Some(old) => Kept::of(self.files, &path, old.ranges.clone(), &self.still_read)?,
            None => Kept::default(),
        };
        let mut writer = StageWriter::create(self.files, self.layout, TABLE, file, self.txid, kept)?;
        let mut made = Vec::new();
        for sources in parts {
            let before = writer.row_groups();
            match old.as_ref().and_then(|old| old.of(sources)) {
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
            path,
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

    /// The version before, if it can be built upon: what cannot be read is made anew.
    fn old(&self, path: PathBuf) -> Result<Option<Old>, Error> {
        let Opened { shared, metadata, ranges } = match open_whole(self.files, &path, TABLE) {
            Err(error @ (Error::Newer { .. } | Error::Io { .. })) if !error.is_not_found() => {
                return Err(error);
            }
            Err(error) => {
                tracing::warn!(%error, "the metrics of all conversations are made anew");
                return Ok(None);
            }
            Ok(opened) => opened,
        };
        let pairs = metadata.file_metadata().key_value_metadata().into_iter().flatten();
        let parts = pairs.filter(|pair| pair.key == PARTS_KEY).find_map(|pair| pair.value.as_deref());
        let parts: Vec<Part> = parts.and_then(|parts| serde_json::from_str(parts).ok()).unwrap_or_default();
        let row_groups: usize = parts.iter().map(|part| part.row_groups).sum();
        let parts = if row_groups == metadata.num_row_groups() { parts } else { Vec::new() };
        Ok(Some(Old { shared, metadata, ranges, parts }))
    }

    /// Writes the metrics of the conversations in some files: first of those that are closed, so that a question about
    /// the others, which are few, finds them side by side.
    fn derive(&self, sources: &[Source], writer: &mut StageWriter) -> Result<(), Error> {
        let (mut closed, mut others) = (Rows::default(), Rows::default());
        for source in sources {
            let staged = self.staged.iter().find(|staged| staged.file.name() == source.file);
            let path = match staged {
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

/// Rows on their way to the file.
struct Rows {
    encoder: Encoder,
    batches: Vec<RecordBatch>,
}

impl Default for Rows {
    fn default() -> Self {
        Self { encoder: Encoder::new::<ConversationMetrics>(), batches: Vec::new() }
    }
}

impl Rows {
    fn push(&mut self, row: &ConversationMetrics) -> Result<(), Error> {
        self.encoder.push(row);
        if self.encoder.len() >= WRITTEN_ROWS { self.cut() } else { Ok(()) }
    }

    fn cut(&mut self) -> Result<(), Error> {
        let batch = self.encoder.finish();
        self.batches.push(batch.map_err(|source| Error::Arrow { table: TABLE.name, source })?);
        Ok(())
    }

    fn end(mut self) -> Result<Vec<RecordBatch>, Error> {
        self.cut()?;
        Ok(self.batches)
    }
}

impl Old {
    /// The row groups made of exactly these sources.
    fn of(&self, sources: &[Source]) -> Option<(&Self, std::ops::Range<usize>)> {
        let index = self.parts.iter().position(|part| part.sources == sources)?;
        let start = self.parts[..index].iter().map(|part| part.row_groups).sum();
        Some((self, start..start + self.parts[index].row_groups))
    }
}

/// The quarter of a year that a file of conversations is of: its year, and 0 to 3.
fn quarter(file: &str) -> Option<(&str, u32)> {
    let (_, value) = file.split('/').nth(1)?.split_once('=')?;
    let (year, rest) = value.split_once('-')?;
    let month: u32 = rest.split('-').next()?.parse().ok()?;
    Some((year, month.saturating_sub(1) / 3))
}
