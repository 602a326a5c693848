//! A Parquet file of an answer: zstd, row groups of a bounded size, and every type something all readers know.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::plain::Plain;
use crate::engine::{Column, Output};

/// Rows of a row group; the most that is held in memory.
const ROW_GROUP_ROWS: usize = 100_000;

/// Writes rows as a Parquet file.
pub(super) struct ParquetOutput<'a> {
    state: State<'a>,
}

enum State<'a> {
    Before(&'a mut dyn Write),
    Writing { out: &'a mut dyn Write, plain: Plain, writer: Box<ArrowWriter<Vec<u8>>> },
    Done,
}

impl<'a> ParquetOutput<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { state: State::Before(out) }
    }
}

impl Output for ParquetOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let State::Before(out) = std::mem::replace(&mut self.state, State::Done) else { return Ok(()) };
        let plain = Plain::new(columns);
        let properties = WriterProperties::builder()
            .set_created_by(format!("fi {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
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
            State::Before(_) | State::Done => Ok(()),
        }
    }
}
