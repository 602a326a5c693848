//! A new version of one data file: the old rows, with some replaced, added or removed, in order.
//!
//! Old rows stream from the old file and new ones are pushed in the same order, so the memory this takes does
//! not depend on the size of either.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::BatchCoalescer;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use super::encode::Encoder;
use super::error::Error;
use super::files::Files;
use super::layout::{DataFile, Layout};
use super::ranges::ByteRanges;
use super::schema::arrow_schema;
use super::stage::{Kept, StageWriter, Staged};
use super::table_file::read_with_ranges;
use crate::model::{Row, TableSpec};

/// New rows gathered before they are merged with old ones.
const PUSHED_ROWS: usize = 512;
/// Rows handed to the writer at once.
const WRITTEN_ROWS: usize = 1_024;

/// What orders a table's rows: a time if the table has one for that, then the id that rows are replaced by.
#[derive(Clone, Copy)]
pub(super) struct Order {
    time: Option<&'static str>,
    id: &'static str,
}

impl Order {
    pub(super) fn of(table: &'static TableSpec) -> Self {
        let names = ["conversation_created_at", "created_at"];
        let time = names.into_iter().find(|name| table.is_partitioned && table.column_index(name).is_some());
        Self { time, id: table.key.first().copied().unwrap_or_default() }
    }

    /// The column with the time, if the table has one for that.
    pub(super) fn time_column(self) -> Option<&'static str> {
        self.time
    }
}

/// The key columns of a batch; an id that is a number stands in the place of the time.
pub(super) struct Keys {
    numbers: Option<Int64Array>,
    ids: Option<StringArray>,
}

pub(super) type Key<'a> = (i64, &'a str);

impl Keys {
    pub(super) fn of(batch: &RecordBatch, order: Order) -> Option<Self> {
        let ids = batch.column_by_name(order.id)?;
        if let Some(numbers) = ids.as_primitive_opt::<Int64Type>() {
            return Some(Self { numbers: Some(numbers.clone()), ids: None });
        }
        let numbers = match order.time {
            Some(name) => {
                let times = batch.column_by_name(name)?.as_primitive_opt::<TimestampMicrosecondType>()?;
                Some(times.reinterpret_cast::<Int64Type>())
            }
            None => None,
        };
        Some(Self { numbers, ids: Some(ids.as_string_opt::<i32>()?.clone()) })
    }

    /// The key a row with this time and id would have.
    pub(super) fn key<'a>(&self, time: crate::model::Timestamp, id: &'a str) -> Key<'a> {
        (self.numbers.as_ref().map_or(0, |_| time.micros()), id)
    }

    /// Whether a row's id is one of these; where rows have numbers for ids, as text.
    fn is_one_of(&self, row: usize, ids: &HashSet<String>) -> bool {
        match &self.ids {
            Some(column) => ids.contains(column.value(row)),
            None => !ids.is_empty() && ids.contains(&self.at(row).0.to_string()),
        }
    }

    pub(super) fn at(&self, row: usize) -> Key<'_> {
        let number = self.numbers.as_ref().map_or(0, |numbers| numbers.value(row));
        (number, self.ids.as_ref().map_or("", |ids| ids.value(row)))
    }
}

/// The old rows not yet dealt with.
struct Old {
    reader: Option<ParquetRecordBatchReader>,
    batch: Option<(RecordBatch, Keys)>,
    row: usize,
    order: Order,
    table: &'static str,
    path: PathBuf,
}

impl Old {
    /// The next old row, if there is one: its batch, the batch's keys, and where in it.
    fn current(&mut self) -> Result<Option<(&RecordBatch, &Keys, usize)>, Error> {
        while self.batch.as_ref().is_none_or(|(batch, _)| self.row >= batch.num_rows()) {
            let Some(next) = self.reader.as_mut().and_then(Iterator::next) else { return Ok(None) };
            let batch = next.map_err(Error::batch(&self.path, self.table))?;
            let keys = Keys::of(&batch, self.order).ok_or_else(|| no_keys(self.table))?;
            (self.batch, self.row) = (Some((batch, keys)), 0);
        }
        Ok(self.batch.as_ref().map(|(batch, keys)| (batch, keys, self.row)))
    }
}

/// A new version of one data file in the making.
pub struct Edit<R: Row> {
    files: Arc<dyn Files>,
    layout: Layout,
    file: DataFile,
    txid: u64,
    old: Old,
    encoder: Encoder,
    last_pushed: Option<(i64, String)>,
    removed: Arc<HashSet<String>>,
    is_changed: bool,
    merged: BatchCoalescer,
    /// What the old version is made of.
    replaced: ByteRanges,
    /// What else of the old file somebody may be reading.
    still_read: ByteRanges,
    writer: Option<StageWriter>,
    row: PhantomData<R>,
}

impl<R: Row> Edit<R> {
    pub(super) fn open(
        files: Arc<dyn Files>,
        layout: Layout,
        file: DataFile,
        txid: u64,
        is_there: bool,
        removed: Arc<HashSet<String>>,
        still_read: ByteRanges,
    ) -> Result<Self, Error> {
        let path = layout.data_file(&file);
        let (reader, replaced) = match is_there {
            true => {
                let (reader, replaced) = read_with_ranges(&*files, &path, R::TABLE)?;
                (Some(reader), replaced)
            }
            false => (None, ByteRanges::default()),
        };
        let order = Order::of(R::TABLE);
        let old = Old { reader, batch: None, row: 0, order, table: R::TABLE.name, path };
        let mut merged = BatchCoalescer::new(arrow_schema(R::TABLE), WRITTEN_ROWS);
        merged.set_biggest_coalesce_batch_size(Some(WRITTEN_ROWS / 2));
        Ok(Self {
            files,
            layout,
            file,
            txid,
            old,
            encoder: Encoder::new::<R>(),
            last_pushed: None,
            removed,
            is_changed: !is_there,
            merged,
            replaced,
            still_read,
            writer: None,
            row: PhantomData,
        })
    }

    /// Adds a row, or puts it in the place of the old rows with its key.
    ///
    /// # Errors
    /// Rows that do not come in the table's order are refused, here or when the edit is completed.
    pub fn push(&mut self, row: &R) -> Result<(), Error> {
        self.is_changed = true;
        self.encoder.push(row);
        match self.encoder.len() >= PUSHED_ROWS {
            true => self.merge_pushed(),
            false => Ok(()),
        }
    }

    fn merge_pushed(&mut self) -> Result<(), Error> {
        let batch = self.encoder.finish().map_err(arrow::<R>)?;
        let keys = Keys::of(&batch, self.old.order).ok_or_else(|| no_keys(R::TABLE.name))?;
        let rows = batch.num_rows();
        self.check_order(&keys, rows)?;
        let mut start = 0;
        while start < rows {
            self.take_old_up_to(Some(keys.at(start)))?;
            let next = self.old.current()?.map(|(_, old, row)| old.at(row));
            let end = (start..rows).find(|row| next.is_some_and(|old| keys.at(*row) >= old));
            let end = end.unwrap_or(rows).max(start + 1);
            self.emit(batch.slice(start, end - start))?;
            start = end;
        }
        Ok(())
    }

    /// Refuses rows out of order, which would make a file that no later edit can merge, and two with one key
    /// where a key is a row's own.
    fn check_order(&mut self, keys: &Keys, rows: usize) -> Result<(), Error> {
        let is_shared = R::TABLE.key.len() > 1;
        let mut last = self.last_pushed.as_ref().map(|(number, id)| (*number, id.as_str()));
        for row in 0..rows {
            let key = keys.at(row);
            if last.is_some_and(|last| key < last || (key == last && !is_shared)) {
                let path = self.layout.data_file(&self.file);
                return Err(Error::refused(
                    "write rows out of order into",
                    &path,
                    "rows come in the table's order",
                ));
            }
            last = Some(key);
        }
        self.last_pushed = last.map(|(number, id)| (number, id.to_owned()));
        Ok(())
    }

    /// Passes old rows on up to a key; the ones with exactly that key, and removed ones, are left out.
    fn take_old_up_to(&mut self, limit: Option<Key<'_>>) -> Result<(), Error> {
        loop {
            let Some((batch, keys, first)) = self.old.current()? else { return Ok(()) };
            let is_before = |row: usize| limit.is_none_or(|limit| keys.at(row) < limit);
            let is_kept = |row: usize| !keys.is_one_of(row, &self.removed);
            let mut end = first;
            while end < batch.num_rows() && is_before(end) && is_kept(end) {
                end += 1;
            }
            let run = batch.slice(first, end - first);
            let skipped = end < batch.num_rows()
                && (limit.is_some_and(|limit| keys.at(end) == limit) || (is_before(end) && !is_kept(end)));
            let is_at_limit = end < batch.num_rows() && !skipped;
            self.is_changed |= skipped;
            self.old.row = end + usize::from(skipped);
            if run.num_rows() > 0 {
                self.emit(run)?;
            }
            if is_at_limit {
                return Ok(());
            }
        }
    }

    fn emit(&mut self, rows: RecordBatch) -> Result<(), Error> {
        self.merged.push_batch(rows).map_err(arrow::<R>)?;
        self.write_merged()
    }

    fn write_merged(&mut self) -> Result<(), Error> {
        while let Some(batch) = self.merged.next_completed_batch() {
            let mut writer = match self.writer.take() {
                Some(writer) => writer,
                None => self.stage()?,
            };
            writer.write(&batch)?;
            self.writer = Some(writer);
        }
        Ok(())
    }

    fn stage(&self) -> Result<StageWriter, Error> {
        let kept = Kept::of(&*self.files, &self.old.path, self.replaced.clone(), &self.still_read)?;
        StageWriter::create(&*self.files, &self.layout, R::TABLE, self.file.clone(), self.txid, kept)
    }

    /// The data file this is a new version of.
    pub(super) fn file(&self) -> &DataFile {
        &self.file
    }

    /// Completes the new version; `None` when it would equal the old one.
    pub(super) fn finish(mut self) -> Result<Option<Staged>, Error> {
        let is_untouched = !self.is_changed && self.removed.is_empty();
        if is_untouched {
            return Ok(None);
        }
        self.merge_pushed()?;
        self.take_old_up_to(None)?;
        self.merged.finish_buffered_batch().map_err(arrow::<R>)?;
        self.write_merged()?;
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.stage()?,
        };
        let staged = writer.finish()?;
        if self.is_changed {
            return Ok(Some(staged));
        }
        let path: &Path = &staged.path;
        self.files.remove(path).map_err(Error::io("remove", path))?;
        Ok(None)
    }
}

fn no_keys(table: &'static str) -> Error {
    Error::Arrow { table, source: ArrowError::SchemaError("the key columns are not there".to_owned()) }
}

fn arrow<R: Row>(source: ArrowError) -> Error {
    Error::Arrow { table: R::TABLE.name, source }
}
