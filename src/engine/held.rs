//! Rows held back until it is known that they are of one version of the lake, or until there are too many to hold.

use std::io;

use arrow::array::RecordBatch;

use super::table::{Column, Output};

/// Bytes of rows held back at most.
const MOST_BYTES: usize = 8 << 20;

/// An output that can forget what it was given, as long as that is little.
pub(super) struct Held<'a> {
    output: &'a mut dyn Output,
    columns: Option<Vec<Column>>,
    batches: Vec<RecordBatch>,
    bytes: usize,
    is_released: bool,
}

impl<'a> Held<'a> {
    pub(super) fn new(output: &'a mut dyn Output) -> Self {
        Self { output, columns: None, batches: Vec::new(), bytes: 0, is_released: false }
    }

    /// Whether something was handed out and cannot be forgotten.
    pub(super) fn is_released(&self) -> bool {
        self.is_released
    }

    pub(super) fn columns(&mut self, columns: Vec<Column>) {
        self.columns = Some(columns);
    }

    pub(super) fn rows(&mut self, batch: RecordBatch) -> io::Result<()> {
        if self.is_released {
            return self.output.rows(&batch);
        }
        self.bytes += batch.get_array_memory_size();
        self.batches.push(batch);
        if self.bytes > MOST_BYTES { self.release() } else { Ok(()) }
    }

    /// Drops everything held back, for another run.
    pub(super) fn forget(&mut self) {
        (self.columns, self.bytes) = (None, 0);
        self.batches.clear();
    }

    /// Hands out what is held back, and says that there is no more.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.release()?;
        self.output.end()
    }

    fn release(&mut self) -> io::Result<()> {
        self.is_released = true;
        if let Some(columns) = self.columns.take() {
            self.output.columns(&columns)?;
        }
        for batch in self.batches.drain(..) {
            self.output.rows(&batch)?;
        }
        Ok(())
    }
}
