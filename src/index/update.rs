//! Brings an index up to date with the lake: partitions whose files changed are read through, and conversations that
//! are not what the index has of them are put in anew.
//!
//! Whatever changed the lake, and however far behind the index is, the way is the same; a conversation that stayed as
//! it was costs no more than reading it.

use std::collections::HashMap;

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, Index, IndexWriter, Searcher, TantivyDocument, TantivyError, Term};

use super::card::Card;
use super::collect::Fingerprints;
use super::disk::OnDisk;
use super::error::Error;
use super::key::{id_key, id_of};
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
    OnDisk { index, fields, sources }: &OnDisk,
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
        update.writer.delete_term(term);
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
        let mut read = 0;
        while let Some(found) = conversations.next()? {
            read += 1;
            if read % LOOK == 0 {
                (self.tell)(LOOK);
                if self.cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
            }
            let id = &found.card.0.conversation_id;
            let fingerprint = found.fingerprint();
            match held.remove(&id_key(id)) {
                Some((same, _)) if same == fingerprint => continue,
                Some(_) => drop(self.writer.delete_term(Term::from_field_text(self.fields.id, id))),
                None => {}
            }
            let document = found.document(&self.fields, partition, fingerprint);
            self.writer.add_document(document).map_err(&failed)?;
            self.updated.written += 1;
            self.uncommitted += 1;
        }
        (self.tell)(read % LOOK);
        for (key, (_, at)) in held {
            let id = match id_of(key) {
                Some(id) => Some(id),
                None => {
                    card(&self.searcher, &self.fields, at).map_err(&failed)?.map(|card| card.conversation_id)
                }
            };
            if let Some(id) = id {
                self.writer.delete_term(Term::from_field_text(self.fields.id, &id));
                self.updated.removed += 1;
            }
        }
        Ok(())
    }

    /// What the index has of a partition.
    fn held(&self, partition: &Partition) -> tantivy::Result<HashMap<u64, (u64, DocAddress)>> {
        let term = Term::from_field_text(self.fields.partition, partition.as_str());
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let held = self.searcher.search(&query, &Fingerprints)?;
        Ok(held.into_iter().map(|(key, fingerprint, at)| (key, (fingerprint, at))).collect())
    }

    fn commit(&mut self) -> tantivy::Result<()> {
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&self.sources.payload());
        prepared.commit()?;
        self.uncommitted = 0;
        Ok(())
    }
}

/// The card of a document.
pub(super) fn card(searcher: &Searcher, fields: &Fields, at: DocAddress) -> tantivy::Result<Option<Card>> {
    let document: TantivyDocument = searcher.doc(at)?;
    let card = document.get_first(fields.card).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
    let Some(mut card) = card.and_then(|card| serde_json::from_slice::<Card>(&card).ok()) else {
        return Ok(None);
    };
    let fast = searcher.segment_reader(at.segment_ord).fast_fields();
    if let Some(id) = fast.u64("id_key")?.first(at.doc_id).and_then(id_of) {
        card.conversation_id = id;
    }
    card.created_at = fast.i64("created_at")?.first(at.doc_id).unwrap_or_default();
    card.updated_at = fast.i64("updated_at")?.first(at.doc_id).unwrap_or_default();
    Ok(Some(card))
}
