//! One data file opened to read a few rows of it: its footer, remembered from an earlier time if it is that of the very
//! file that was opened, and its pages, always through the handle that the footer belongs to.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowSelection, RowSelector,
};
use parquet::arrow::parquet_to_arrow_field_levels;
use parquet::bloom_filter::Sbbf;
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};
use parquet::file::statistics::Statistics;

use super::cache::Cache;
use super::pages::Groups;
use crate::lake::error::Error;
use crate::lake::file_version::FileVersion;
use crate::lake::files::Files;
use crate::lake::shared::Shared;
use crate::lake::table_file::check_version;
use crate::model::TableSpec;

/// What a footer takes in memory beside the metadata Parquet itself counts: the Arrow schema, mostly.
const BESIDE_METADATA: usize = 32 * 1024;

/// Which file, and which version of it.
pub(super) type Key = (Arc<Path>, FileVersion);

/// Some rows of one row group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) group: usize,
    pub(super) rows: Range<usize>,
}

/// A data file opened for reading.
pub(super) struct Opened {
    table: &'static TableSpec,
    path: PathBuf,
    shared: Arc<Shared>,
    footer: Arc<ArrowReaderMetadata>,
    /// None where versions of a file cannot be told apart: nothing is remembered of it then.
    pub(super) key: Option<Key>,
}

impl Opened {
    /// Opens a file; `None` when there is none.
    pub(super) fn open(
        files: &dyn Files,
        path: PathBuf,
        table: &'static TableSpec,
        footers: &Cache<Key, ArrowReaderMetadata>,
    ) -> Result<Option<Self>, Error> {
        let (reader, version) = match files.open_version(&path).map_err(Error::io("open", &path)) {
            Err(error) if error.is_not_found() => return Ok(None),
            opened => opened?,
        };
        let shared = Arc::new(Shared::in_parts(reader).map_err(Error::io("read", &path))?);
        let key = version.map(|version| (Arc::from(path.as_path()), version));
        let remembered = key.as_ref().and_then(|key| footers.get(key));
        let footer = match remembered {
            Some(footer) => footer,
            None => {
                let footer = Arc::new(read_footer(&shared).map_err(Error::parquet(&path))?);
                check_version(footer.metadata(), &path, table)?;
                if let Some(key) = &key {
                    let bytes = footer.metadata().memory_size() + BESIDE_METADATA;
                    footers.put(key.clone(), Arc::clone(&footer), bytes);
                }
                footer
            }
        };
        Ok(Some(Self { table, path, shared, footer, key }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many row groups there are.
    pub(super) fn groups(&self) -> usize {
        self.footer.metadata().num_row_groups()
    }

    /// All rows of a row group.
    pub(super) fn whole(&self, group: usize) -> Stretch {
        let rows = self.footer.metadata().row_group(group).num_rows();
        Stretch { group, rows: 0..usize::try_from(rows).unwrap_or(0) }
    }

    /// Whether a row group may hold a number in a column, as far as its smallest and largest one tell.
    pub(super) fn may_hold_number(&self, group: usize, column: usize, number: i64) -> bool {
        let Some(leaf) = self.leaf(column) else { return true };
        match self.footer.metadata().row_group(group).column(leaf).statistics() {
            Some(Statistics::Int64(of_group)) => {
                of_group.min_opt().is_none_or(|min| *min <= number)
                    && of_group.max_opt().is_none_or(|max| number <= *max)
            }
            _ => true,
        }
    }

    /// Whether a row group may hold a text in a column, as far as its bloom filter tells.
    pub(super) fn may_hold_text(&self, group: usize, column: usize, text: &str) -> Result<bool, Error> {
        let Some(leaf) = self.leaf(column) else { return Ok(true) };
        let chunk = self.footer.metadata().row_group(group).column(leaf);
        let filter =
            Sbbf::read_from_column_chunk(chunk, &*self.shared).map_err(Error::parquet(&self.path))?;
        Ok(filter.is_none_or(|filter| filter.check(text)))
    }

    /// The place of a column that is no list among the columns as Parquet counts them.
    fn leaf(&self, column: usize) -> Option<usize> {
        let schema = self.footer.parquet_schema();
        (column..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == column)
    }

    /// The place in its row group of the row with a text in a column, which each row has its own of.
    pub(super) fn find_text(
        &self,
        group: usize,
        column: usize,
        text: &str,
    ) -> Result<Option<Stretch>, Error> {
        if !self.may_hold_text(group, column, text)? {
            return Ok(None);
        }
        let batch = self.rows(&[self.whole(group)], &[column])?;
        let texts =
            batch.column(0).as_string_opt::<i32>().ok_or_else(|| self.damaged("its ids are no texts"))?;
        let row = texts.iter().position(|one| one == Some(text));
        Ok(row.map(|row| Stretch { group, rows: row..row + 1 }))
    }

    /// Rows of stretches in the order of the file, with these columns in the order of the table. Only the pages they are
    /// in are read.
    pub(super) fn rows(&self, stretches: &[Stretch], columns: &[usize]) -> Result<RecordBatch, Error> {
        let (mut selectors, mut groups) = (Vec::with_capacity(3 * stretches.len()), Vec::new());
        for of_group in stretches.chunk_by(|one, next| one.group == next.group) {
            let mut at = 0;
            for Range { start, end } in of_group.iter().map(|stretch| stretch.rows.clone()) {
                selectors.push(RowSelector::skip(start - at));
                selectors.push(RowSelector::select(end - start));
                at = end;
            }
            let group = of_group[0].group;
            selectors.push(RowSelector::skip(self.whole(group).rows.len().saturating_sub(at)));
            groups.push(group);
        }
        let count: usize = stretches.iter().map(|stretch| stretch.rows.len()).sum();
        let reader = self
            .reader(groups, columns, count.max(1), RowSelection::from(selectors))
            .map_err(Error::parquet(&self.path))?;
        let schema = arrow::array::RecordBatchReader::schema(&reader);
        let batches: Result<Vec<_>, _> = reader.collect();
        let batches = batches.map_err(Error::batch(&self.path, self.table.name))?;
        match <[RecordBatch; 1]>::try_from(batches) {
            Ok([batch]) => Ok(batch),
            Err(batches) => {
                concat_batches(&schema, &batches).map_err(Error::batch(&self.path, self.table.name))
            }
        }
    }

    fn reader(
        &self,
        groups: Vec<usize>,
        columns: &[usize],
        most_rows: usize,
        rows: RowSelection,
    ) -> Result<ParquetRecordBatchReader, ParquetError> {
        let schema = self.footer.parquet_schema();
        let mask = ProjectionMask::roots(schema, columns.iter().copied());
        let levels = parquet_to_arrow_field_levels(schema, mask, Some(self.footer.schema().fields()))?;
        let (shared, metadata) = (Arc::clone(&self.shared), Arc::clone(self.footer.metadata()));
        let groups = Groups { shared, metadata, groups };
        ParquetRecordBatchReader::try_new_with_row_groups(&levels, &groups, most_rows, Some(rows))
    }

    pub(super) fn damaged(&self, what: &'static str) -> Error {
        Error::Damaged { path: self.path.clone(), what }
    }
}

fn read_footer(shared: &Shared) -> Result<ArrowReaderMetadata, ParquetError> {
    // Where pages begin is needed; what is in them is not recorded.
    let reader = ParquetMetaDataReader::new()
        .with_column_index_policy(PageIndexPolicy::Skip)
        .with_offset_index_policy(PageIndexPolicy::Optional);
    let metadata = reader.parse_and_finish(shared)?;
    ArrowReaderMetadata::try_new(Arc::new(metadata), ArrowReaderOptions::new())
}
