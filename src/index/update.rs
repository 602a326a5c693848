//! Brings an index up to date with the lake: partitions whose files changed are read through, and conversations that
//! are not what the index has of them are put in anew.
//!
//! Whatever changed the lake, and however far behind the index is, the way is the same; a conversation that stayed as
//! it was costs no more than reading it.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, IndexWriter, Searcher, TantivyError, Term};

use super::collect::Fingerprints;
use super::disk::OnDisk;
use super::error::Error;
use super::key::id_key;
use super::outdated::Outdated;
use super::schema::Fields;
use super::source::Conversations;
use super::sources::Sources;
use crate::cancel::Cancel;
use crate::lake::{DataFile, Files, Layout, Partition, Reader, State};
use crate::model::{Conversation, Row};

/// Conversations after which the rest is better written by two threads with much memory.
const MANY: u64 = 20_000;
/// Memory of each thread that writes few conversations, or many.
const LITTLE_MEMORY: usize = 24 << 20;
const MUCH_MEMORY: usize = 96 << 20;
/// Conversations written at most before they are committed: what a crash costs.
const COMMITTED: u64 = 100_000;
/// How often it is looked whether to stop.
const LOOK: u64 = 500;
/// The part of a segment that may be deleted before it is written anew without it.
const DELETED_RATIO: f32 = 0.2;

/// What bringing an index up to date came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Updated {
    /// Partitions that were read through.
    pub partitions: u64,
    /// Conversations put in, new or in the place of what was there.
    pub written: u64,
    /// Conversations taken out.
    pub removed: u64,
}

/// The lake as it is to be indexed.
pub(super) struct Lake<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) layout: &'a Layout,
    pub(super) state: &'a State,
}

/// What else the process does while it writes an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Nothing: it may take two threads and much memory when there is much to write.
    Nothing,
    /// A sync, whose memory is bounded and to which the cores belong.
    Sync,
}

/// Brings an index up to date; `tell` hears of each conversation that was read.
pub(super) fn update(
    OnDisk { index, fields, sources, damage }: &OnDisk,
    lake: &Lake<'_>,
    beside: Beside,
    cancel: &Cancel,
    tell: &dyn Fn(u64),
) -> Result<Updated, Error> {
    let failed = failed(lake.layout);
    let wanted = Sources::of(lake.state);
    if *sources == wanted {
        return Ok(Updated::default());
    }
    let (differing, gone) = (sources.differing(&wanted), sources.gone(&wanted));
    let searcher = index.reader().map_err(&failed)?.searcher();
    let rows: u64 = differing.iter().map(|partition| rows(lake.state, partition)).sum();
    let writer = writer(index, beside == Beside::Nothing && rows > MANY).map_err(&failed)?;
    let mut update = Update {
        writer,
        searcher,
        fields: *fields,
        lake,
        sources: sources.clone(),
        cancel,
        tell,
        updated: Updated::default(),
        uncommitted: 0,
    };
    for partition in gone {
        let term = Term::from_field_text(fields.partition, &partition);
        update.updated.removed += update.searcher.doc_freq(&term).map_err(&failed)?;
        let whole = Outdated { partition: term, documents: None };
        update.writer.delete_query(Box::new(whole)).map_err(&failed)?;
        update.sources.take_over(&partition, &wanted);
    }
    for partition in differing {
        update.partition(&partition)?;
        update.sources.take_over(partition.as_str(), &wanted);
        update.updated.partitions += 1;
        if update.uncommitted >= COMMITTED {
            update.commit().map_err(&failed)?;
        }
    }
    update.commit().map_err(&failed)?;
    let Update { writer, updated, .. } = update;
    writer.wait_merging_threads().map_err(&failed)?;
    damage.check().map_err(&failed)?;
    Ok(updated)
}

fn failed(layout: &Layout) -> impl Fn(TantivyError) -> Error {
    let path = layout.index_dir();
    move |source| Error::Index { path: path.clone(), source }
}

fn rows(state: &State, partition: &Partition) -> u64 {
    let name = DataFile::part(Conversation::TABLE, partition.clone()).name();
    state.files.get(&name).map_or(0, |entry| entry.rows)
}

fn writer(index: &Index, is_much: bool) -> tantivy::Result<IndexWriter> {
    let (memory, threads) = if is_much { (MUCH_MEMORY, 2) } else { (LITTLE_MEMORY, 1) };
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(memory)
        .num_worker_threads(threads)
        .num_merge_threads(1)
        .build();
    let writer = index.writer_with_options(options)?;
    let mut merging = LogMergePolicy::default();
    merging.set_del_docs_ratio_before_merge(DELETED_RATIO);
    writer.set_merge_policy(Box::new(merging));
    Ok(writer)
}

struct Update<'a> {
    writer: IndexWriter,
    /// The index before.
    searcher: Searcher,
    fields: Fields,
    lake: &'a Lake<'a>,
    sources: Sources,
    cancel: &'a Cancel,
    tell: &'a dyn Fn(u64),
    updated: Updated,
    uncommitted: u64,
}

impl Update<'_> {
    fn partition(&mut self, partition: &Partition) -> Result<(), Error> {
        let failed = failed(self.lake.layout);
        let mut held = self.held(partition).map_err(&failed)?;
        let reader = Reader::new(self.lake.files, self.lake.layout);
        let mut conversations = Conversations::of(reader, self.lake.state, partition)?;
        let (mut read, mut outdated) = (0, HashMap::new());
        while let Some(found) = conversations.next()? {
            read += 1;
            if read % LOOK == 0 {
                (self.tell)(LOOK);
                if self.cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
            }
            let (key, fingerprint) = (id_key(&found.card.conversation_id), found.fingerprint());
            match held.remove(&key) {
                Some(same) if same == fingerprint => continue,
                before => outdated.extend(before.map(|before| (key, before))),
            }
            let document = found.document(&self.fields, partition, fingerprint);
            self.writer.add_document(document).map_err(&failed)?;
            self.updated.written += 1;
            self.uncommitted += 1;
        }
        (self.tell)(read % LOOK);
        self.updated.removed += held.len() as u64;
        outdated.extend(held);
        self.delete(partition, outdated).map_err(&failed)
    }

    /// Deletes documents of a partition, by their keys and the fingerprints they had before.
    fn delete(&self, partition: &Partition, documents: HashMap<u64, u64>) -> tantivy::Result<()> {
        if documents.is_empty() {
            return Ok(());
        }
        let partition = Term::from_field_text(self.fields.partition, partition.as_str());
        self.writer.delete_query(Box::new(Outdated { partition, documents: Some(Arc::new(documents)) }))?;
        Ok(())
    }

    /// What the index has of a partition.
    fn held(&self, partition: &Partition) -> tantivy::Result<HashMap<u64, u64>> {
        let term = Term::from_field_text(self.fields.partition, partition.as_str());
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let held = self.searcher.search(&query, &Fingerprints)?;
        Ok(held.into_iter().map(|(key, fingerprint, _)| (key, fingerprint)).collect())
    }

    fn commit(&mut self) -> tantivy::Result<()> {
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&self.sources.payload());
        prepared.commit()?;
        self.uncommitted = 0;
        Ok(())
    }
}
