//! Writing a new version of a data file beside it, with the bytes kept for readers of the version before.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{SchemaRef, TimestampMicrosecondType};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, RowGroupMetaData};
use parquet::file::writer::SerializedFileWriter;
use sha2::{Digest, Sha256};

use super::error::Error;
use super::files::{FileReader, FileWriter, Files};
use super::layout::{DataFile, Layout};
use super::ranges::ByteRanges;
use super::schema::{GroupLimits, arrow_schema, writer_properties};
use super::shared::Shared;
use super::state::FileEntry;
use super::table_file::{BLOCK, ZEROS, hex};
use crate::model::TableSpec;

/// A new version of a data file, written beside it and synced, not yet in its place.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) file: DataFile,
    pub(super) path: PathBuf,
    pub(super) entry: FileEntry,
    /// The bytes that the version before is made of.
    pub(super) replaced: ByteRanges,
}

/// Bytes of the file to be replaced that its successor keeps where they are.
#[derive(Default)]
pub(super) struct Kept {
    /// The file and where it is, unless nothing is kept.
    file: Option<(Box<dyn FileReader>, PathBuf)>,
    /// Which of its bytes.
    ranges: ByteRanges,
    /// Those of them that it is made of itself.
    replaced: ByteRanges,
}

impl Kept {
    /// Keeps what the file at `path` is made of, and `older` bytes in it.
    pub(super) fn of(
        files: &dyn Files,
        path: &Path,
        replaced: ByteRanges,
        older: &ByteRanges,
    ) -> Result<Self, Error> {
        let ranges = ByteRanges::new(replaced.iter().chain(older.iter()));
        let file = match ranges.is_empty() {
            true => None,
            false => Some((files.open(path).map_err(Error::io("open", path))?, path.to_owned())),
        };
        Ok(Self { file, ranges, replaced })
    }
}

/// Writes a new version of a data file beside it.
pub(super) struct StageWriter {
    file: DataFile,
    path: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<Sink>,
    factory: ArrowRowGroupWriterFactory,
    limits: GroupLimits,
    group: Option<Group>,
    kept: Kept,
    next_kept: std::iter::Peekable<IntoIter<Range<u64>>>,
    summary: Summary,
}

impl StageWriter {
    pub(super) fn create(
        files: &dyn Files,
        layout: &Layout,
        table: &'static TableSpec,
        file: DataFile,
        txid: u64,
        kept: Kept,
    ) -> Result<Self, Error> {
        let path = layout.stage_file(&file, txid);
        // That the directory survives a power loss is seen to when the transaction is sealed.
        let dir = path.parent().unwrap_or(&path);
        files.create_dir(dir).map_err(Error::io("create", dir))?;
        let inner = files.create(&path).map_err(Error::io("create", &path))?;
        let schema = arrow_schema(table);
        // Through the Arrow writer, because that is what adds the Arrow schema to the footer.
        let writer = ArrowWriter::try_new(Sink::new(inner), schema.clone(), Some(writer_properties(table)));
        let parts = writer.and_then(ArrowWriter::into_serialized_writer);
        let (writer, factory) = parts.map_err(Error::parquet(&path))?;
        let next_kept = kept.ranges.iter().collect::<Vec<_>>().into_iter().peekable();
        let summary = Summary { is_counted_only: !table.is_partitioned, ..Summary::default() };
        let limits = GroupLimits::of(table);
        Ok(Self { file, path, schema, writer, factory, limits, group: None, kept, next_kept, summary })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.summary.add(batch);
        let mut start = 0;
        while start < batch.num_rows() {
            let mut group = match self.group.take() {
                Some(group) => group,
                None => self.begin_group().map_err(Error::parquet(&self.path))?,
            };
            let count = (self.limits.rows - group.rows).min(batch.num_rows() - start);
            let rows = batch.slice(start, count);
            group.write(&self.schema, &rows).map_err(Error::parquet(&self.path))?;
            start += count;
            match group.is_full(self.limits) {
                true => self.place(group)?,
                false => self.group = Some(group),
            }
        }
        Ok(())
    }

    fn begin_group(&self) -> Result<Group, ParquetError> {
        let number = self.writer.flushed_row_groups().len();
        Ok(Group { writers: self.factory.create_column_writers(number)?, rows: 0 })
    }

    /// Writes a row group at the first place from here on where it fits between the bytes kept.
    fn place(&mut self, group: Group) -> Result<(), Error> {
        let in_file = Error::parquet(&self.path);
        let chunks = group.writers.into_iter().map(ArrowColumnWriter::close).collect::<Result<Vec<_>, _>>();
        let chunks = chunks.map_err(in_file)?;
        self.make_room(chunks.iter().map(|chunk| chunk.close().bytes_written).sum())?;
        let mut group = self.writer.next_row_group().map_err(Error::parquet(&self.path))?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(Error::parquet(&self.path))?;
        }
        group.close().map_err(Error::parquet(&self.path))?;
        self.check_room()
    }

    /// Takes over a row group of another file with the same columns, as it is.
    pub(super) fn copy(&mut self, from: &Shared, group: &RowGroupMetaData) -> Result<(), Error> {
        self.end_group()?;
        self.summary.rows += group.num_rows() as u64;
        self.make_room(group.columns().iter().map(|chunk| chunk.compressed_size() as u64).sum())?;
        let mut copied = || {
            let mut new = self.writer.next_row_group()?;
            for chunk in group.columns() {
                let close = ColumnCloseResult {
                    bytes_written: chunk.compressed_size() as u64,
                    rows_written: group.num_rows() as u64,
                    metadata: chunk.clone(),
                    bloom_filter: Sbbf::read_from_column_chunk(chunk, from)?,
                    column_index: None,
                    offset_index: None,
                };
                new.append_column(from, close)?;
            }
            new.close().map(drop)
        };
        copied().map_err(Error::parquet(&self.path))?;
        self.check_room()
    }

    /// Moves on to where so many bytes fit between those kept.
    fn make_room(&mut self, len: u64) -> Result<(), Error> {
        while let Some(kept) =
            self.next_kept.next_if(|kept| self.writer.bytes_written() as u64 + len > kept.start)
        {
            self.keep(&kept)?;
        }
        Ok(())
    }

    fn check_room(&mut self) -> Result<(), Error> {
        let end = self.writer.bytes_written() as u64;
        match self.next_kept.peek() {
            Some(kept) if kept.start < end => {
                let why = "a row group is longer than its columns said";
                Err(Error::refused("write over bytes that are kept in", &self.path, why))
            }
            _ => Ok(()),
        }
    }

    /// Leaves a hole up to the bytes to keep, and copies them.
    fn keep(&mut self, kept: &Range<u64>) -> Result<(), Error> {
        let hole = kept.start - self.writer.bytes_written() as u64;
        self.pass(Mode::Hole, hole, |_| Ok(()))?;
        let Some((mut file, path)) = self.kept.file.take() else { return Ok(()) };
        let copied =
            file.seek(SeekFrom::Start(kept.start)).map_err(Error::io("read", &path)).and_then(|_| {
                self.pass(Mode::Kept, kept.end - kept.start, |block| {
                    file.read_exact(block).map_err(Error::io("read", &path))
                })
            });
        self.kept.file = Some((file, path));
        copied
    }

    /// Writes `len` bytes, as `fill` gives them, that are not part of the version.
    fn pass(
        &mut self,
        mode: Mode,
        len: u64,
        mut fill: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.writer.flush().map_err(Error::io("write", &self.path))?;
        self.writer.inner_mut().mode = mode;
        let mut block = vec![0; BLOCK];
        let mut left = len;
        while left > 0 {
            let count = left.min(BLOCK as u64) as usize;
            fill(&mut block[..count])?;
            self.writer.write_all(&block[..count]).map_err(Error::io("write", &self.path))?;
            left -= count as u64;
        }
        self.writer.flush().map_err(Error::io("write", &self.path))?;
        self.writer.inner_mut().mode = Mode::Rows;
        Ok(())
    }

    /// Begins a new row group with the next row.
    pub(super) fn end_group(&mut self) -> Result<(), Error> {
        match self.group.take() {
            Some(group) => self.place(group),
            None => Ok(()),
        }
    }

    /// The row groups that are complete.
    pub(super) fn row_groups(&self) -> usize {
        self.writer.flushed_row_groups().len()
    }

    /// Notes something about the file in its metadata.
    pub(super) fn note(&mut self, key: &str, value: String) {
        self.writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
    }

    /// Completes and syncs the file.
    pub(super) fn finish(mut self) -> Result<Staged, Error> {
        self.end_group()?;
        while let Some(kept) = self.next_kept.next() {
            self.keep(&kept)?;
        }
        // Not `into_inner`, which turns a failed write into text.
        self.writer.finish().map_err(Error::parquet(&self.path))?;
        self.writer.flush().map_err(Error::io("write", &self.path))?;
        let sink = self.writer.inner_mut();
        sink.inner.sync().map_err(Error::io("sync", &self.path))?;
        let entry = self.summary.entry(sink, self.kept.ranges);
        Ok(Staged { file: self.file, path: self.path, entry, replaced: self.kept.replaced })
    }
}

/// A row group in the making.
struct Group {
    writers: Vec<ArrowColumnWriter>,
    rows: usize,
}

impl Group {
    fn write(&mut self, schema: &SchemaRef, batch: &RecordBatch) -> Result<(), ParquetError> {
        let mut writers = self.writers.iter_mut();
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            for (leaf, writer) in compute_leaves(field, column)?.iter().zip(writers.by_ref()) {
                writer.write(leaf)?;
            }
        }
        self.rows += batch.num_rows();
        Ok(())
    }

    fn is_full(&self, limits: GroupLimits) -> bool {
        let bytes: usize = self.writers.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum();
        self.rows >= limits.rows || bytes > limits.bytes
    }
}

/// What the bytes passing through a sink are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Part of the version.
    Rows,
    /// Kept for readers of the version before.
    Kept,
    /// Nothing.
    Hole,
}

/// Counts and hashes what passes through; what is not part of the version counts as zeros.
struct Sink {
    inner: Box<dyn FileWriter>,
    mode: Mode,
    hash: Sha256,
    len: u64,
    unused: u64,
}

impl Sink {
    fn new(inner: Box<dyn FileWriter>) -> Self {
        Self { inner, mode: Mode::Rows, hash: Sha256::new(), len: 0, unused: 0 }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(BLOCK)];
        let count = match self.mode {
            Mode::Rows | Mode::Kept => self.inner.write(bytes)?,
            Mode::Hole => self.inner.skip(bytes.len())?,
        };
        if self.mode == Mode::Rows {
            self.hash.update(&bytes[..count]);
        } else {
            self.hash.update(&ZEROS[..count]);
            self.unused += count as u64;
        }
        self.len += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What is recorded of a file's rows.
#[derive(Default)]
struct Summary {
    /// Whether nothing but their number is of interest: not when they began, nor which threads are held.
    is_counted_only: bool,
    rows: u64,
    first: Option<i64>,
    last: Option<i64>,
    without_thread: u64,
}

impl Summary {
    fn add(&mut self, batch: &RecordBatch) {
        self.rows += batch.num_rows() as u64;
        if self.is_counted_only {
            return;
        }
        if let Some(column) = batch.column_by_name("created_at") {
            let times = column.as_primitive::<TimestampMicrosecondType>();
            let (low, high) = (arrow::compute::min(times), arrow::compute::max(times));
            self.first = self.first.into_iter().chain(low).min();
            self.last = self.last.into_iter().chain(high).max();
        }
        if let Some(column) = batch.column_by_name("has_thread") {
            let held = column.as_boolean().true_count();
            self.without_thread += (column.len() - held) as u64;
        }
    }

    fn entry(self, sink: &Sink, kept: ByteRanges) -> FileEntry {
        FileEntry {
            rows: self.rows,
            bytes: sink.len,
            unused_bytes: sink.unused,
            kept,
            sha256: hex(&sink.hash.clone().finalize()),
            first_created_at: self.first,
            last_created_at: self.last,
            without_thread: self.without_thread,
        }
    }
}
