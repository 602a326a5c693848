//! CSV as in RFC 4180, with a header line. No value is an empty field, an empty text is `""`; lines end with `\n`.

use std::io::{self, Write};

use arrow::array::RecordBatch;

use super::cell;
use super::time::Between;
use crate::engine::{Column, Output};

/// Writes rows as comma-separated values.
pub(super) struct CsvOutput<'a> {
    out: &'a mut dyn Write,
    columns: Vec<Column>,
}

impl<'a> CsvOutput<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, columns: Vec::new() }
    }
}

impl Output for CsvOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        let names = columns.iter().map(|column| Some(column.name.as_str()));
        write_line(self.out, names)
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            let cells = self.columns.iter().zip(batch.columns());
            let cells = cells.map(|(column, array)| cell::text(&column.field, array, row, Between::Space));
            write_line(self.out, cells)?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line of cells.
pub(crate) fn csv_line<T: AsRef<str>>(cells: impl Iterator<Item = Option<T>>) -> String {
    let mut line = Vec::new();
    // Memory can be written to, and texts are texts.
    let _ = write_line(&mut line, cells);
    String::from_utf8(line).unwrap_or_default()
}

fn write_line<T: AsRef<str>>(out: &mut dyn Write, cells: impl Iterator<Item = Option<T>>) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        match cell.as_ref().map(AsRef::as_ref) {
            None => {}
            Some(text) if needs_quotes(text) => write!(out, "\"{}\"", text.replace('"', "\"\""))?,
            Some(text) => out.write_all(text.as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

/// Spaces at the ends are quoted too: some readers trim what is not.
fn needs_quotes(text: &str) -> bool {
    text.is_empty() || text.contains([',', '"', '\n', '\r']) || text.trim().len() != text.len()
}
