//! Stretches of a file's bytes: which of them its rows need, and which are kept for readers of the version before.
//!
//! Some readers open a file more than once in one query: DuckDB first for its footer, then for its pages; Polars
//! before that for its length. If the file is replaced in between, an old footer meets new pages. So a new version
//! keeps the one before where it was, as bytes that its own footer does not mention: whichever version a footer is
//! of, the pages it points at are there. Once no reader can still hold such a footer, they are erased.

use std::ops::Range;

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};

/// Byte ranges in rising order that neither overlap nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ByteRanges(Vec<(u64, u64)>);

impl ByteRanges {
    /// Of ranges in any order, overlapping or not.
    pub fn new(ranges: impl IntoIterator<Item = Range<u64>>) -> Self {
        let mut sorted: Vec<_> = ranges.into_iter().filter(|range| !range.is_empty()).collect();
        sorted.sort_by_key(|range| range.start);
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for range in sorted {
            match merged.last_mut() {
                Some((_, end)) if *end >= range.start => *end = range.end.max(*end),
                _ => merged.push((range.start, range.end)),
            }
        }
        Self(merged)
    }

    /// A file's footer and what it points at: pages, bloom filters and page indexes.
    pub(super) fn of_version(metadata: &ParquetMetaData, footer: Range<u64>) -> Self {
        let chunks = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
        Self::new(chunks.flat_map(ranges_of_chunk).chain([footer]))
    }

    /// The ranges, first to last.
    pub fn iter(&self) -> impl Iterator<Item = Range<u64>> {
        self.0.iter().map(|(start, end)| *start..*end)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes they are.
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }
}

fn ranges_of_chunk(chunk: &ColumnChunkMetaData) -> impl Iterator<Item = Range<u64>> {
    let (start, len) = chunk.byte_range();
    let bloom_filter = (chunk.bloom_filter_offset(), chunk.bloom_filter_length());
    let column_index = (chunk.column_index_offset(), chunk.column_index_length());
    let offset_index = (chunk.offset_index_offset(), chunk.offset_index_length());
    let others = [bloom_filter, column_index, offset_index].into_iter().filter_map(|(start, len)| {
        let start = u64::try_from(start?).ok()?;
        Some(start..start + u64::try_from(len?).ok()?)
    });
    std::iter::once(start..start + len).chain(others)
}
