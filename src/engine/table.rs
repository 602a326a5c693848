//! What a query answers: columns with their types, and rows as Arrow batches.
//!
//! Knows Arrow only. Whoever wants rows as they come gives an [`Output`]; who wants them all gets a [`Table`].

use std::io;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::FieldRef;

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name; no other column of the answer has it.
    pub name: String,
    /// Its type as DuckDB writes it, like `VARCHAR` or `DECIMAL(18,3)`.
    pub sql_type: String,
    /// Its Arrow field.
    pub field: FieldRef,
}

/// Which limit ended an answer early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// As many rows as were allowed.
    Rows,
    /// As many bytes as were allowed.
    Bytes,
}

/// What is known of an answer once it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Rows given out.
    pub rows: u64,
    /// Whether there are more, and which limit held them back.
    pub cut: Option<Cut>,
    /// How long the query took, without the time its rows waited to be taken.
    pub elapsed: Duration,
    /// Whether a sync replaced files while they were read: rows may be of two versions of the lake, or missing.
    pub lake_changed: bool,
}

/// Takes the rows of an answer as they come.
pub trait Output {
    /// The columns; called once, before any rows.
    fn columns(&mut self, columns: &[Column]) -> io::Result<()>;
    /// Some rows.
    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()>;
    /// There are no more rows.
    fn end(&mut self) -> io::Result<()>;
}

/// A whole answer in memory.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub batches: Vec<RecordBatch>,
    /// How complete it is.
    pub summary: Summary,
}

impl Table {
    /// Hands the rows to an output.
    pub fn write(&self, output: &mut dyn Output) -> io::Result<()> {
        output.columns(&self.columns)?;
        for batch in &self.batches {
            output.rows(batch)?;
        }
        output.end()
    }
}

/// Keeps everything.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) columns: Vec<Column>,
    pub(super) batches: Vec<RecordBatch>,
}

impl Output for Collected {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.batches.push(batch.clone());
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}
