//! Pages of a Parquet file, unpacked with what a thread keeps for it. The library prepares to pack and to unpack for each
//! column of each row group, which takes longer than to unpack the few pages that single rows are in.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use zstd::bulk::Decompressor;

use crate::lake::shared::Shared;

thread_local! {
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Row groups of a file, in order.
pub(super) struct Groups {
    pub(super) shared: Arc<Shared>,
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) groups: Vec<usize>,
}

impl RowGroups for Groups {
    fn num_rows(&self) -> usize {
        self.row_groups().map(|group| usize::try_from(group.num_rows()).unwrap_or(0)).sum()
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let (shared, metadata) = (Arc::clone(&self.shared), Arc::clone(&self.metadata));
        Ok(Box::new(Chunks { shared, metadata, column, groups: self.groups.clone().into_iter() }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.groups.iter().map(|group| self.metadata.row_group(*group)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// A column in each of some row groups.
struct Chunks {
    shared: Arc<Shared>,
    metadata: Arc<ParquetMetaData>,
    column: usize,
    groups: std::vec::IntoIter<usize>,
}

impl Chunks {
    fn pages(&self, group: usize) -> Result<Pages> {
        let of_group = self.metadata.row_group(group);
        let rows = usize::try_from(of_group.num_rows()).unwrap_or(0);
        let index = self.metadata.page_index();
        let places = index.and_then(|index| index.page_locations(group, self.column).cloned());
        let chunk = of_group.column(self.column);
        let is_packed = matches!(chunk.compression(), Compression::ZSTD(_));
        let shared = Arc::clone(&self.shared);
        let packed = match is_packed {
            // Asked for pages that are not packed, it gives them as they are.
            true => {
                let chunk =
                    chunk.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
                SerializedPageReader::new(shared, &chunk, rows, places)?
            }
            false => SerializedPageReader::new(shared, chunk, rows, places)?,
        };
        Ok(Pages { packed, is_packed })
    }
}

impl Iterator for Chunks {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let group = self.groups.next()?;
        Some(self.pages(group).map(|pages| Box::new(pages) as Box<dyn PageReader>))
    }
}

impl PageIterator for Chunks {}

/// The pages of a column in a row group.
struct Pages {
    packed: SerializedPageReader<Shared>,
    is_packed: bool,
}

impl Pages {
    fn unpacked(&self, page: Option<Page>) -> Result<Option<Page>> {
        let mut page = page;
        match &mut page {
            Some(Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. }) if self.is_packed => {
                *buf = unpack(buf)?;
            }
            Some(Page::DataPageV2 { .. }) if self.is_packed => {
                return Err(ParquetError::NYI("pages of the second version".to_owned()));
            }
            _ => {}
        }
        Ok(page)
    }
}

/// What was packed.
fn unpack(packed: &[u8]) -> Result<Bytes> {
    if packed.is_empty() {
        return Ok(Bytes::new());
    }
    let damaged = || ParquetError::General("a page does not say how long it is".to_owned());
    let length = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().ok_or_else(damaged)?;
    // No page is longer, in whatever file.
    let length = i32::try_from(length).ok().and_then(|length| usize::try_from(length).ok());
    let length = length.ok_or_else(damaged)?;
    UNPACKER
        .with_borrow_mut(|unpacker| {
            let unpacked = match unpacker {
                Some(unpacker) => unpacker.decompress(packed, length),
                None => unpacker.insert(Decompressor::new()?).decompress(packed, length),
            };
            Ok::<_, io::Error>(Bytes::from(unpacked?))
        })
        .map_err(|error| ParquetError::External(Box::new(error)))
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.packed.get_next_page()?;
        self.unpacked(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.packed.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        let page = self.packed.take_deferred_dictionary()?;
        self.unpacked(page)
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.packed.at_record_boundary()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back_and_damage_is_an_error() {
        let text = "A page. ".repeat(1_000);
        let packed = zstd::bulk::compress(text.as_bytes(), 3).unwrap();
        for _ in 0..2 {
            assert_eq!(unpack(&packed).unwrap(), text.as_bytes());
        }
        assert!(unpack(&[]).unwrap().is_empty());
        for damaged in [&packed[..packed.len() - 1], &packed[1..], &packed[..3]] {
            assert!(unpack(damaged).is_err());
        }
        // Damage leaves the thread able to go on.
        assert_eq!(unpack(&packed).unwrap(), text.as_bytes());
    }
}
