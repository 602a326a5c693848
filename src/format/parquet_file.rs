//! A Parquet file of an answer: zstd, row groups of a bounded size, and every type something all readers know.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::plain::Plain;
use crate::engine::{Column, Output};

/// Rows of a row group of an answer; the most that is held in memory.
const ROW_GROUP_ROWS: usize = 100_000;

/// What a Parquet file has beside its rows.
#[derive(Debug, Clone)]
pub struct ParquetDetails {
    /// Rows of a row group; the most that is held in memory.
    pub row_group_rows: usize,
    /// Metadata of columns, by their names.
    pub columns: HashMap<String, HashMap<String, String>>,
}

impl Default for ParquetDetails {
    fn default() -> Self {
        Self { row_group_rows: ROW_GROUP_ROWS, columns: HashMap::new() }
    }
}

/// Writes rows as a Parquet file.
pub(super) struct ParquetOutput<'a> {
    state: State<'a>,
}

enum State<'a> {
    Before { out: &'a mut dyn Write, details: ParquetDetails },
    Writing { out: &'a mut dyn Write, plain: Plain, writer: Box<ArrowWriter<Vec<u8>>> },
    Done,
}

impl<'a> ParquetOutput<'a> {
    pub(super) fn new(out: &'a mut dyn Write, details: ParquetDetails) -> Self {
        Self { state: State::Before { out, details } }
    }
}

impl Output for ParquetOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let before = std::mem::replace(&mut self.state, State::Done);
        let State::Before { out, details } = before else { return Ok(()) };
        let plain = Plain::described(columns, &details.columns);
        let properties = WriterProperties::builder()
            .set_created_by(format!("fi {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(details.row_group_rows))
            .build();
        // The writer wants something it may send to another thread; what it wrote is passed on from there.
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(plain.schema()), Some(properties))?;
        self.state = State::Writing { out, plain, writer: Box::new(writer) };
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let State::Writing { out, plain, writer } = &mut self.state else { return Ok(()) };
        writer.write(&plain.batch(batch)?)?;
        out.write_all(writer.inner_mut())?;
        writer.inner_mut().clear();
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Writing { out, writer, .. } => out.write_all(&writer.into_inner()?),
            State::Before { .. } | State::Done => Ok(()),
        }
    }
}
