//! Reading rows of the lake: whole tables, single columns, or rows by key in order.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::marker::PhantomData;
use std::path::PathBuf;

use arrow::array::{AsArray, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use super::edit::{Keys, Order};
use super::encode::{decode, decode_row};
use super::error::Error;
use super::files::Files;
use super::layout::{DataFile, Layout};
use super::table_file::read_batches;
use crate::model::{Conversation, Row, Timestamp};

/// Reads the data files of a lake; needs no lock.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    files: &'a dyn Files,
    layout: &'a Layout,
}

impl<'a> Reader<'a> {
    /// Of the lake at `layout`.
    pub fn new(files: &'a dyn Files, layout: &'a Layout) -> Self {
        Self { files, layout }
    }

    /// All rows of one data file.
    pub fn rows<R: Row>(&self, file: &DataFile) -> Result<Vec<R>, Error> {
        let mut rows = Vec::new();
        self.each(file, |row| rows.push(row))?;
        Ok(rows)
    }

    /// Calls with every row of one data file, in order; a batch of them is held at a time.
    pub fn each<R: Row>(&self, file: &DataFile, mut call: impl FnMut(R)) -> Result<(), Error> {
        let path = self.layout.data_file(file);
        for batch in read_batches(self.files, &path, R::TABLE, None)? {
            let batch = batch.map_err(Error::batch(&path, R::TABLE.name))?;
            let rows: Vec<R> = decode(&batch).map_err(|source| Error::Row { path: path.clone(), source })?;
            rows.into_iter().for_each(&mut call);
        }
        Ok(())
    }

    /// The batches of one data file with only these columns.
    pub fn columns<R: Row>(&self, file: &DataFile, columns: &[&str]) -> Result<Batches, Error> {
        let path = self.layout.data_file(file);
        let reader = read_batches(self.files, &path, R::TABLE, Some(columns))?;
        Ok(Batches { reader, path, table: R::TABLE.name })
    }

    /// The conversations of one data file whose thread is not held, newest first.
    pub fn without_thread(&self, file: &DataFile) -> Result<Vec<String>, Error> {
        let mut ids = Vec::new();
        for batch in self.columns::<Conversation>(file, &["conversation_id", "has_thread"])? {
            let batch = batch?;
            let (all, held) = (batch.column(0).as_string::<i32>(), batch.column(1).as_boolean());
            let missing = (0..batch.num_rows()).filter(|row| !held.value(*row));
            ids.extend(missing.map(|row| all.value(row).to_owned()));
        }
        ids.reverse();
        Ok(ids)
    }

    /// Which of these ids a data file holds.
    pub fn held<R: Row>(&self, file: &DataFile, wanted: &HashSet<String>) -> Result<HashSet<String>, Error> {
        let mut held = HashSet::new();
        let id = R::TABLE.key.first().copied().unwrap_or_default();
        for batch in self.columns::<R>(file, &[id])? {
            let batch = batch?;
            let ids = batch.column(0).as_string::<i32>();
            held.extend(ids.iter().flatten().filter(|id| wanted.contains(*id)).map(str::to_owned));
        }
        Ok(held)
    }

    /// Walks the rows of one data file in order, to look some of them up.
    pub fn walk<R: Row>(&self, file: &DataFile) -> Result<Walk<R>, Error> {
        let path = self.layout.data_file(file);
        let reader = read_batches(self.files, &path, R::TABLE, None)?;
        let batches = Batches { reader, path, table: R::TABLE.name };
        Ok(Walk { batches, order: Order::of(R::TABLE), batch: None, row: 0, rows: PhantomData })
    }
}

/// Batches of some columns.
pub struct Batches {
    reader: ParquetRecordBatchReader,
    path: PathBuf,
    table: &'static str,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.reader.next()?;
        Some(next.map_err(Error::batch(&self.path, self.table)))
    }
}

/// A walk through the rows of one data file, forward only.
pub struct Walk<R> {
    batches: Batches,
    order: Order,
    batch: Option<(RecordBatch, Keys)>,
    row: usize,
    rows: PhantomData<R>,
}

impl<R: Row> Walk<R> {
    /// The row with this time (where the table is ordered by one) and id, if the file holds it. Calls come in the
    /// order of the file.
    pub fn find(&mut self, time: Timestamp, id: &str) -> Result<Option<R>, Error> {
        loop {
            while self.batch.as_ref().is_none_or(|(batch, _)| self.row >= batch.num_rows()) {
                let Some(next) = self.batches.next() else { return Ok(None) };
                let next = next?;
                let Some(keys) = Keys::of(&next, self.order) else { return Ok(None) };
                (self.batch, self.row) = (Some((next, keys)), 0);
            }
            let Some((batch, keys)) = &self.batch else { return Ok(None) };
            let wanted = keys.key(time, id);
            while self.row < batch.num_rows() {
                match keys.at(self.row).cmp(&wanted) {
                    Ordering::Less => self.row += 1,
                    Ordering::Greater => return Ok(None),
                    Ordering::Equal => return self.decode(batch).map(Some),
                }
            }
        }
    }

    fn decode(&self, batch: &RecordBatch) -> Result<R, Error> {
        decode_row(batch, self.row).map_err(|source| Error::Row { path: self.batches.path.clone(), source })
    }
}
