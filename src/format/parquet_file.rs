//! A Parquet file of an answer: row groups of a bounded size, and every type something all readers know.
//!
//! Row groups are encoded on several threads: with millions of rows that, not the query, takes the time.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use super::in_order::InOrder;
use super::plain::Plain;
use crate::engine::{Column, Output};

/// Rows of a row group of an answer.
const ROW_GROUP_ROWS: usize = 100_000;
/// Row groups that may wait for each thread; they are what is held in memory.
const ROW_GROUPS: usize = 1;

/// Bytes of a dictionary beyond which a column is written without: ids and addresses, which hardly repeat, are looked up
/// in it for nothing until then.
const DICTIONARY_BYTES: usize = 256 << 10;

/// What a Parquet file has beside its rows.
#[derive(Debug, Clone)]
pub struct ParquetDetails {
    /// Rows of a row group; a few of them are held in memory.
    pub row_group_rows: usize,
    /// How pages are compressed: Snappy is quick to write, as most tools do; zstd makes smaller files.
    pub compression: Compression,
    /// Metadata of columns, by their names.
    pub columns: HashMap<String, HashMap<String, String>>,
}

impl Default for ParquetDetails {
    fn default() -> Self {
        Self { row_group_rows: ROW_GROUP_ROWS, compression: Compression::SNAPPY, columns: HashMap::new() }
    }
}

/// Writes rows as a Parquet file.
pub(super) struct ParquetOutput<'a> {
    out: &'a mut dyn Write,
    details: ParquetDetails,
    file: Option<Box<File>>,
}

/// A file under way.
struct File {
    /// The writer wants something it may send to another thread; what it wrote is passed on from there.
    writer: SerializedFileWriter<Vec<u8>>,
    encoders: InOrder<RowGroup, Result<Vec<ArrowColumnChunk>, ParquetError>>,
    next: RowGroup,
}

/// The rows of one row group.
#[derive(Default)]
struct RowGroup {
    index: usize,
    batches: Vec<RecordBatch>,
    rows: usize,
}

impl<'a> ParquetOutput<'a> {
    pub(super) fn new(out: &'a mut dyn Write, details: ParquetDetails) -> Self {
        Self { out, details, file: None }
    }
}

impl Output for ParquetOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let plain = Plain::described(columns, &self.details.columns);
        let properties = WriterProperties::builder()
            .set_created_by(format!("fi {}", env!("CARGO_PKG_VERSION")))
            .set_compression(self.details.compression)
            .set_dictionary_page_size_limit(DICTIONARY_BYTES)
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(plain.schema()), Some(properties))?;
        let (writer, factory) = writer.into_serialized_writer()?;
        let encoders = InOrder::new(0, ROW_GROUPS, move |group| encode(&plain, &factory, group));
        self.file = Some(Box::new(File { writer, encoders, next: RowGroup::default() }));
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut at = 0;
        while at < batch.num_rows() {
            let room = self.details.row_group_rows.max(1) - file.next.rows;
            let rows = room.min(batch.num_rows() - at);
            file.next.batches.push(batch.slice(at, rows));
            file.next.rows += rows;
            at += rows;
            if rows == room {
                file.close_row_group()?;
            }
        }
        file.pass_on(self.out)
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        if file.next.rows > 0 {
            file.close_row_group()?;
        }
        let rest = file.encoders.finish()?;
        file.append(rest)?;
        self.out.write_all(&file.writer.into_inner()?)
    }
}

impl File {
    fn close_row_group(&mut self) -> io::Result<()> {
        let next = RowGroup { index: self.next.index + 1, ..RowGroup::default() };
        let full = std::mem::replace(&mut self.next, next);
        let done = self.encoders.give(full)?;
        self.append(done)
    }

    fn append(&mut self, groups: Vec<Result<Vec<ArrowColumnChunk>, ParquetError>>) -> io::Result<()> {
        for chunks in groups {
            let mut group = self.writer.next_row_group()?;
            for chunk in chunks? {
                chunk.append_to_row_group(&mut group)?;
            }
            group.close()?;
        }
        Ok(())
    }

    fn pass_on(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.writer.inner_mut())?;
        self.writer.inner_mut().clear();
        Ok(())
    }
}

/// The columns of a row group, as they stand in the file.
fn encode(
    plain: &Plain,
    factory: &ArrowRowGroupWriterFactory,
    group: RowGroup,
) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
    let mut writers = factory.create_column_writers(group.index)?;
    for batch in &group.batches {
        let batch = plain.batch(batch)?;
        let mut writers = writers.iter_mut();
        for (field, array) in plain.schema().fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, array)? {
                match writers.next() {
                    Some(writer) => writer.write(&leaf)?,
                    None => return Err(ParquetError::General("a column without a place".to_owned())),
                }
            }
        }
    }
    writers.into_iter().map(ArrowColumnWriter::close).collect()
}
