//! The part of a document that words are looked for in.

use std::ops::Range;

use tantivy::DocId;
use tantivy::columnar::Column;

use super::columns::Columns;

/// A part of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Whole,
    /// The title and subject.
    Title,
    /// The contact's name and address.
    Contact,
    /// Internal notes.
    Note,
}

/// Where a zone begins and ends in the documents of a segment.
pub(super) struct Bounds {
    /// None where it begins with the document.
    start: Option<Column<u64>>,
    end: Column<u64>,
}

impl Zone {
    /// Its bounds; none of the whole document.
    pub(super) fn bounds(self, columns: &Columns) -> Option<Bounds> {
        let (start, end) = match self {
            Self::Whole => return None,
            Self::Title => (None, &columns.title_end),
            Self::Contact => (Some(&columns.title_end), &columns.contact_end),
            Self::Note => (Some(&columns.contact_end), &columns.note_end),
        };
        Some(Bounds { start: start.cloned(), end: end.clone() })
    }
}

impl Bounds {
    /// The places of the zone in a document.
    pub(super) fn of(&self, doc: DocId) -> Range<u32> {
        let place = |column: &Column<u64>| column.first(doc).unwrap_or_default() as u32;
        self.start.as_ref().map_or(0, place)..place(&self.end)
    }
}
