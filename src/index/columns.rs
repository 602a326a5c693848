//! The columns of a segment, opened once: to find one by its name takes longer than to read a value.

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};

/// Columns of a segment. One nobody has a value in is not there.
pub(super) struct Columns {
    pub(super) id_key: Column<u64>,
    pub(super) created_at: Column<i64>,
    pub(super) updated_at: Column<i64>,
    pub(super) title_end: Column<u64>,
    pub(super) contact_end: Column<u64>,
    pub(super) note_end: Column<u64>,
    pub(super) is_listed_only: Column<bool>,
    pub(super) state: Option<StrColumn>,
    pub(super) priority: Option<StrColumn>,
    pub(super) source_type: Option<StrColumn>,
    pub(super) assignee: Option<StrColumn>,
    pub(super) tag: Option<StrColumn>,
    pub(super) rating: Option<Column<i64>>,
    pub(super) part_count: Option<Column<i64>>,
    pub(super) waiting_since_at: Option<Column<i64>>,
}

impl Columns {
    /// Of a segment.
    pub(super) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        Ok(Self {
            id_key: fast.u64("id_key")?,
            created_at: fast.i64("created_at")?,
            updated_at: fast.i64("updated_at")?,
            title_end: fast.u64("title_end")?,
            contact_end: fast.u64("contact_end")?,
            note_end: fast.u64("note_end")?,
            is_listed_only: fast.bool("is_listed_only")?,
            state: fast.str("state")?,
            priority: fast.str("priority")?,
            source_type: fast.str("source_type")?,
            assignee: fast.str("assignee")?,
            tag: fast.str("tag")?,
            rating: fast.column_opt("rating")?,
            part_count: fast.column_opt("part_count")?,
            waiting_since_at: fast.column_opt("waiting_since_at")?,
        })
    }
}
