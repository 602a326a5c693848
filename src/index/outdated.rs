//! Documents of a partition that are not what the lake has any more, as a query to delete them by.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::search::caught;

/// Documents of a partition. The library looks for them in threads of its own, where a panic would end the process: damage
/// has to be an error.
#[derive(Debug, Clone)]
pub(super) struct Outdated {
    pub(super) partition: Term,
    /// By their keys, each with the fingerprint it had: one that was put in its place has another. All when not given.
    pub(super) documents: Option<Arc<HashMap<u64, u64>>>,
}

impl Outdated {
    fn of(&self, segment: &SegmentReader) -> tantivy::Result<BitSet> {
        let index = segment.inverted_index(self.partition.field())?;
        let mut outdated = BitSet::with_max_value(segment.max_doc());
        let Some(mut of_partition) = index.read_postings(&self.partition, IndexRecordOption::Basic)? else {
            return Ok(outdated);
        };
        let (keys, fingerprints) =
            (segment.fast_fields().u64("id_key")?, segment.fast_fields().u64("fingerprint")?);
        let is_outdated = |doc| {
            let Some(documents) = &self.documents else { return true };
            let wanted = keys.first(doc).and_then(|key| documents.get(&key));
            wanted.is_some() && fingerprints.first(doc).as_ref() == wanted
        };
        while of_partition.doc() != TERMINATED {
            let doc = of_partition.doc();
            if is_outdated(doc) {
                outdated.insert(doc);
            }
            of_partition.advance();
        }
        Ok(outdated)
    }
}

impl Query for Outdated {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Outdated {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let outdated = caught(|| self.of(segment))?;
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(outdated), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: u32) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("what is deleted has no score".to_owned()))
    }
}
