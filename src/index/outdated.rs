//! Documents of a partition that are not what the lake has any more, as a query to delete them by.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// Documents by their keys, each with the fingerprint it had: one that was put in its place has another.
#[derive(Debug, Clone)]
pub(super) struct Outdated {
    pub(super) partition: Term,
    pub(super) documents: Arc<HashMap<u64, u64>>,
}

impl Query for Outdated {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Outdated {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let index = segment.inverted_index(self.partition.field())?;
        let Some(mut of_partition) = index.read_postings(&self.partition, IndexRecordOption::Basic)? else {
            return Ok(Box::new(EmptyScorer));
        };
        let (keys, fingerprints) =
            (segment.fast_fields().u64("id_key")?, segment.fast_fields().u64("fingerprint")?);
        let mut outdated = BitSet::with_max_value(segment.max_doc());
        while of_partition.doc() != TERMINATED {
            let doc = of_partition.doc();
            let wanted = keys.first(doc).and_then(|key| self.documents.get(&key));
            if wanted.is_some() && fingerprints.first(doc).as_ref() == wanted {
                outdated.insert(doc);
            }
            of_partition.advance();
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(outdated), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: u32) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("what is deleted has no score".to_owned()))
    }
}
