//! What searches need of the segments of an index, as they were opened.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tantivy::error::DataCorruption;
use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader, TantivyError};

use super::columns::Columns;
use super::postings::Part;

/// What is open of a segment.
pub(super) struct OfSegment {
    pub(super) words: Part,
    pub(super) columns: Columns,
}

/// What is open of all segments of an index. It stays readable when its writer has removed the files, as what the library
/// has opened does.
#[derive(Clone)]
pub(super) struct Parts(Arc<HashMap<SegmentId, OfSegment>>);

impl Parts {
    /// Of the segments that were opened; one whose file was removed since is an error.
    pub(super) fn open(searcher: &Searcher) -> tantivy::Result<Self> {
        let parts = searcher.segment_readers().iter().map(|segment| {
            let of_segment = OfSegment { words: Part::open(segment)?, columns: Columns::open(segment)? };
            Ok((segment.segment_id(), of_segment))
        });
        Ok(Self(Arc::new(parts.collect::<tantivy::Result<_>>()?)))
    }

    /// Of a segment.
    pub(super) fn of(&self, segment: &SegmentReader) -> tantivy::Result<&OfSegment> {
        let damaged = || TantivyError::DataCorruption(DataCorruption::comment_only("a segment has no words"));
        self.0.get(&segment.segment_id()).ok_or_else(damaged)
    }

    /// Words of each segment.
    pub(super) fn words(&self) -> impl Iterator<Item = &Part> {
        self.0.values().map(|part| &part.words)
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
