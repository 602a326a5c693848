//! Answers made by hand, for tests of formats: one column of each type.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema};
use fastintercom::engine::{Column, Output};
use fastintercom::format::{Format, TableLook, TableNotes, TableOutput};

/// An answer of these columns, each a name, a DuckDB type and its values.
pub(crate) struct Answer {
    columns: Vec<Column>,
    batch: RecordBatch,
}

impl Answer {
    pub(crate) fn new(columns: Vec<(&str, &str, ArrayRef)>) -> Self {
        let fields: Vec<Arc<Field>> = columns
            .iter()
            .map(|(name, _, array)| Arc::new(Field::new(*name, array.data_type().clone(), true)))
            .collect();
        let arrays = columns.iter().map(|(_, _, array)| Arc::clone(array)).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields.clone())), arrays)
            .expect("columns of one length");
        let columns = columns.iter().zip(fields).map(|((name, sql_type, _), field)| Column {
            name: (*name).to_owned(),
            sql_type: (*sql_type).to_owned(),
            field,
        });
        Self { columns: columns.collect(), batch }
    }

    /// Hands the rows to an output, in batches of this many.
    pub(crate) fn give(&self, output: &mut dyn Output, batch_rows: usize) {
        output.columns(&self.columns).expect("memory can be written to");
        for start in (0..self.batch.num_rows()).step_by(batch_rows) {
            let rows = batch_rows.min(self.batch.num_rows() - start);
            output.rows(&self.batch.slice(start, rows)).expect("memory can be written to");
        }
        output.end().expect("memory can be written to");
    }

    pub(crate) fn bytes(&self, format: Format, batch_rows: usize) -> Vec<u8> {
        let mut out = Vec::new();
        self.give(&mut *format.writer(&mut out), batch_rows);
        out
    }

    pub(crate) fn text(&self, format: Format) -> String {
        String::from_utf8(self.bytes(format, 2)).expect("text")
    }

    pub(crate) fn table(&self, look: TableLook) -> (String, TableNotes) {
        let mut out = Vec::new();
        let mut table = TableOutput::new(&mut out, look);
        self.give(&mut table, 2);
        let notes = table.notes();
        (String::from_utf8(out).expect("text"), notes)
    }
}
