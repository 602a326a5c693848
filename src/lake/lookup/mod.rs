//! Single rows straight from the Parquet files, in well under a millisecond and without a query engine.
//!
//! Files are sorted by time and id, and say where their pages begin. So a conversation is found by the statistics of row
//! groups, then in the time column of one of them, and only the pages its rows are in are read. Footers and times are
//! remembered for the very version of a file they were read from; pages never are, the operating system has them.

mod cache;
mod opened;
mod pages;
mod runs;
mod steady;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

use super::edit::Order;
use super::encode::{decode, decode_some};
use super::error::Error;
use super::files::{Disk, Files};
use super::layout::{DataFile, Layout, Partitioning};
use super::reader::Reader;
use super::state::{LastState, State};
use crate::model::{Column, Conversation, Kind, Message, Row, TableSpec, Timestamp};
use cache::Cache;
use opened::{Key, Opened, Stretch};
use runs::Runs;

/// What is remembered at most, in bytes: of footers (a large lake has some 30 MB of them),
const FOOTER_BYTES: usize = 64 * 1024 * 1024;
/// and of the times of row groups.
const TIME_BYTES: usize = 32 * 1024 * 1024;

/// Looks up single rows in a lake. Needs no lock, and may be used by several threads at the same time.
pub struct Lookup {
    files: Arc<dyn Files>,
    layout: Layout,
    last_state: LastState,
    footers: Cache<Key, ArrowReaderMetadata>,
    times: Cache<(Key, usize), Runs>,
}

impl Lookup {
    /// In the lake at `layout`.
    pub fn new(layout: &Layout) -> Self {
        Self::on(Arc::new(Disk::default()), layout)
    }

    /// The same on a file system of one's own.
    pub fn on(files: Arc<dyn Files>, layout: &Layout) -> Self {
        let (footers, times) = (Cache::new(FOOTER_BYTES), Cache::new(TIME_BYTES));
        Self { files, layout: layout.clone(), last_state: LastState::default(), footers, times }
    }

    /// The row of a conversation, with these columns or all, in the table's order.
    ///
    /// # Errors
    /// When the file cannot be read, or a column is none of the table's.
    pub fn conversation(
        &self,
        partitioning: Partitioning,
        created_at: Timestamp,
        id: &str,
        columns: Option<&[&str]>,
    ) -> Result<Option<RecordBatch>, Error> {
        self.rows(Conversation::TABLE, partitioning, created_at, id, columns)
    }

    /// The rows of some conversations with these columns, each by itself and in the order they are asked for: those in one
    /// file are read together.
    ///
    /// # Errors
    /// When a file cannot be read, or a column is none of the table's.
    pub fn conversations(
        &self,
        partitioning: Partitioning,
        wanted: &[(Timestamp, &str)],
        columns: &[&str],
    ) -> Result<Vec<Option<RecordBatch>>, Error> {
        self.rows_of_all(Conversation::TABLE, partitioning, wanted, columns)
    }

    /// The messages of some conversations, in the same way; those of one by position.
    ///
    /// # Errors
    /// When a file cannot be read, or a column is none of the table's.
    pub fn messages_of(
        &self,
        partitioning: Partitioning,
        wanted: &[(Timestamp, &str)],
        columns: &[&str],
    ) -> Result<Vec<Option<RecordBatch>>, Error> {
        self.rows_of_all(Message::TABLE, partitioning, wanted, columns)
    }

    fn rows_of_all(
        &self,
        table: &'static TableSpec,
        partitioning: Partitioning,
        wanted: &[(Timestamp, &str)],
        columns: &[&str],
    ) -> Result<Vec<Option<RecordBatch>>, Error> {
        let mut files: BTreeMap<DataFile, Vec<usize>> = BTreeMap::new();
        for (number, (created_at, _)) in wanted.iter().enumerate() {
            files.entry(DataFile::part(table, partitioning.partition(*created_at))).or_default().push(number);
        }
        let columns = Columns::of(table, positions(table, columns)?)?;
        let mut found = vec![None; wanted.len()];
        for (file, numbers) in files {
            let Some(opened) = self.open(&file, table)? else { continue };
            let mut of_each = Vec::with_capacity(numbers.len());
            for number in &numbers {
                of_each.push(self.stretches(&opened, table, wanted[*number].0)?);
            }
            let mut stretches = of_each.concat();
            stretches.sort_by_key(|stretch| (stretch.group, stretch.rows.start));
            stretches.dedup();
            if stretches.is_empty() {
                continue;
            }
            let batch = opened.rows(&stretches, &columns.read)?;
            let rows = |stretches: &[Stretch]| stretches.iter().map(|stretch| stretch.rows.len()).sum();
            for (number, own) in numbers.into_iter().zip(of_each) {
                // Only rows of its own time, which are read one behind the other.
                let Some(first) = own.first() else { continue };
                let start = stretches.iter().position(|stretch| stretch == first).unwrap_or_default();
                let of_time = batch.slice(rows(&stretches[..start]), rows(&own));
                found[number] = columns.rows_of(wanted[number].1, &of_time, &opened)?;
            }
        }
        Ok(found)
    }

    /// The messages of a conversation by position, with these columns or all, in the table's order.
    ///
    /// # Errors
    /// When the file cannot be read, or a column is none of the table's.
    pub fn messages(
        &self,
        partitioning: Partitioning,
        created_at: Timestamp,
        id: &str,
        columns: Option<&[&str]>,
    ) -> Result<Option<RecordBatch>, Error> {
        self.rows(Message::TABLE, partitioning, created_at, id, columns)
    }

    /// A conversation: whole, or with these columns and those that always have a value, and the others empty.
    ///
    /// # Errors
    /// When the file cannot be read, or a column is none of the table's.
    pub fn conversation_row(
        &self,
        partitioning: Partitioning,
        created_at: Timestamp,
        id: &str,
        columns: Option<&[&str]>,
    ) -> Result<Option<Conversation>, Error> {
        Ok(self.typed(partitioning, created_at, id, columns)?.into_iter().next())
    }

    /// The messages of a conversation by position, none when there is no such conversation: whole, or with these columns
    /// and those that always have a value, and the others empty.
    ///
    /// # Errors
    /// When the file cannot be read, or a column is none of the table's.
    pub fn message_rows(
        &self,
        partitioning: Partitioning,
        created_at: Timestamp,
        id: &str,
        columns: Option<&[&str]>,
    ) -> Result<Vec<Message>, Error> {
        self.typed(partitioning, created_at, id, columns)
    }

    fn typed<R: Row>(
        &self,
        partitioning: Partitioning,
        created_at: Timestamp,
        id: &str,
        columns: Option<&[&str]>,
    ) -> Result<Vec<R>, Error> {
        let columns: Option<Vec<&str>> = columns.map(|wanted| {
            let is_always_there = |column: &&Column| !column.nullable && !is_list(column.kind);
            let always = R::TABLE.columns.iter().filter(is_always_there).map(|column| column.name);
            always.chain(wanted.iter().copied()).collect()
        });
        let batch = self.rows(R::TABLE, partitioning, created_at, id, columns.as_deref())?;
        let rows = batch.map(|batch| match columns {
            Some(_) => decode_some(&batch),
            None => decode(&batch),
        });
        let path = || self.layout.table_dir(R::TABLE.name);
        Ok(rows.transpose().map_err(|source| Error::Row { path: path(), source })?.unwrap_or_default())
    }

    /// When a conversation began, of which only the id is known: the files are asked newest first, by their bloom filters.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn created_at(&self, state: &State, id: &str) -> Result<Option<Timestamp>, Error> {
        let columns = positions(Conversation::TABLE, &["conversation_id", "created_at"])?;
        for (file, entry) in state.files_of(Conversation::TABLE.name).rev() {
            if entry.rows == 0 {
                continue;
            }
            let Some(opened) = self.open(&file, Conversation::TABLE)? else { continue };
            for group in (0..opened.groups()).rev() {
                let Some(row) = opened.find_text(group, columns[0], id)? else { continue };
                let batch = opened.rows(&[row], &columns[1..])?;
                let times = batch.column(0).as_primitive_opt::<TimestampMicrosecondType>();
                let times = times.ok_or_else(|| opened.damaged("its times are no times"))?;
                return Ok(Some(Timestamp::from_micros(times.value(0))));
            }
        }
        Ok(None)
    }

    /// The row of a table without partitions that has this id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn row<R: Row>(&self, id: &str) -> Result<Option<R>, Error> {
        let Some(opened) = self.open(&DataFile::whole(R::TABLE), R::TABLE)? else { return Ok(None) };
        let columns: Vec<usize> = (0..R::TABLE.columns.len()).collect();
        let key = R::TABLE.key.first().and_then(|key| R::TABLE.column_index(key)).unwrap_or_default();
        for group in (0..opened.groups()).rev() {
            let Some(row) = opened.find_text(group, key, id)? else { continue };
            return Ok(self.decoded(&opened.rows(&[row], &columns)?)?.into_iter().next());
        }
        Ok(None)
    }

    /// All rows of a small table without partitions; none when it was never written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn table<R: Row>(&self) -> Result<Vec<R>, Error> {
        match Reader::new(&*self.files, &self.layout).rows(&DataFile::whole(R::TABLE)) {
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            rows => rows,
        }
    }

    fn open(&self, file: &DataFile, table: &'static TableSpec) -> Result<Option<Opened>, Error> {
        Opened::open(&*self.files, self.layout.data_file(file), table, &self.footers)
    }

    /// The rows of a conversation in a partitioned table.
    fn rows(
        &self,
        table: &'static TableSpec,
        partitioning: Partitioning,
        created_at: Timestamp,
        id: &str,
        columns: Option<&[&str]>,
    ) -> Result<Option<RecordBatch>, Error> {
        let wanted = match columns {
            Some(names) => positions(table, names)?,
            None => (0..table.columns.len()).collect(),
        };
        let file = DataFile::part(table, partitioning.partition(created_at));
        let Some(opened) = self.open(&file, table)? else { return Ok(None) };
        let stretches = self.stretches(&opened, table, created_at)?;
        if stretches.is_empty() {
            return Ok(None);
        }
        let columns = Columns::of(table, wanted)?;
        columns.rows_of(id, &opened.rows(&stretches, &columns.read)?, &opened)
    }

    /// Where the rows of a time are: in one row group, or from the end of one into the next.
    fn stretches(
        &self,
        opened: &Opened,
        table: &'static TableSpec,
        created_at: Timestamp,
    ) -> Result<Vec<Stretch>, Error> {
        let name = Order::of(table).time_column().unwrap_or_default();
        let column = positions(table, &[name])?[0];
        let mut stretches = Vec::new();
        for group in 0..opened.groups() {
            if !opened.may_hold_number(group, column, created_at.micros()) {
                continue;
            }
            if let Some(rows) = self.times(opened, group, column)?.find(created_at.micros()) {
                stretches.push(Stretch { group, rows });
            }
        }
        Ok(stretches)
    }

    /// The times of a row group.
    fn times(&self, opened: &Opened, group: usize, column: usize) -> Result<Arc<Runs>, Error> {
        let key = opened.key.clone().map(|key| (key, group));
        if let Some(runs) = key.as_ref().and_then(|key| self.times.get(key)) {
            return Ok(runs);
        }
        let batch = opened.rows(&[opened.whole(group)], &[column])?;
        let times = batch.column(0).as_primitive_opt::<TimestampMicrosecondType>();
        let times = times.ok_or_else(|| opened.damaged("its times are no times"))?;
        let runs = Runs::of(times.values()).ok_or_else(|| opened.damaged("its rows are not in order"))?;
        let runs = Arc::new(runs);
        if let Some(key) = key {
            self.times.put(key, Arc::clone(&runs), runs.bytes());
        }
        Ok(runs)
    }

    fn decoded<R: Row>(&self, batch: &RecordBatch) -> Result<Vec<R>, Error> {
        let path = || self.layout.table_dir(R::TABLE.name);
        decode(batch).map_err(|source| Error::Row { path: path(), source })
    }
}

/// Columns of a table in which rows belong to conversations.
struct Columns {
    table: &'static TableSpec,
    /// Those that are read: also the id, since others may have begun in the same second.
    read: Vec<usize>,
    /// Where among these the id is, and those that are wanted.
    key: usize,
    wanted: Vec<usize>,
}

impl Columns {
    /// These, by their places in the table.
    fn of(table: &'static TableSpec, wanted: Vec<usize>) -> Result<Self, Error> {
        let key = positions(table, &["conversation_id"])?[0];
        let mut read = wanted.clone();
        if !read.contains(&key) {
            read.push(key);
            read.sort_unstable();
        }
        let place = |column: usize| read.iter().position(|one| *one == column).unwrap_or_default();
        let (key, wanted) = (place(key), wanted.into_iter().map(place).collect());
        Ok(Self { table, read, key, wanted })
    }

    /// The rows of a conversation among those that were read of a file.
    fn rows_of(&self, id: &str, batch: &RecordBatch, opened: &Opened) -> Result<Option<RecordBatch>, Error> {
        let ids = batch.column(self.key).as_string_opt::<i32>();
        let ids = ids.ok_or_else(|| opened.damaged("its ids are no texts"))?;
        let Some(start) = ids.iter().position(|one| one == Some(id)) else { return Ok(None) };
        let count = ids.iter().skip(start).take_while(|one| *one == Some(id)).count();
        let batch = batch.slice(start, count).project(&self.wanted);
        batch.map(Some).map_err(Error::batch(opened.path(), self.table.name))
    }
}

/// The places of columns in their table, in the table's order, each once.
fn positions(table: &TableSpec, names: &[&str]) -> Result<Vec<usize>, Error> {
    let mut places = Vec::with_capacity(names.len());
    for name in names {
        let place = table.column_index(name).ok_or_else(|| {
            Error::refused("read a column of", table.name.as_ref(), "the table has no column of that name")
        })?;
        places.push(place);
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::TextList | Kind::StructList(_))
}

/// One lookup serves all threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Lookup>();
};
