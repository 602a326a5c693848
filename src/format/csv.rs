//! CSV as in RFC 4180, with a header line. No value is an empty field, an empty text is `""`; lines end with `\n`.
//!
//! Batches are turned into lines on several threads: with millions of rows that, not the query, takes the time.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{
    Array, AsArray, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType};

use super::cell;
use super::in_order::InOrder;
use super::time::{self, Between};
use crate::engine::{Column, Output};

/// Batches that are worth no thread.
const ALONE: usize = 4;
/// Batches that may wait for each thread.
const BATCHES: usize = 8;

/// Writes rows as comma-separated values.
pub(super) struct CsvOutput<'a> {
    out: &'a mut dyn Write,
    lines: Option<InOrder<RecordBatch, Vec<u8>>>,
}

impl<'a> CsvOutput<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, lines: None }
    }

    fn write(&mut self, lines: Vec<Vec<u8>>) -> io::Result<()> {
        lines.iter().try_for_each(|lines| self.out.write_all(lines))
    }
}

impl Output for CsvOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let names = columns.iter().map(|column| Some(column.name.as_str()));
        let mut header = String::new();
        push_line(&mut header, names);
        let fields: Vec<Arc<Field>> = columns.iter().map(|column| Arc::clone(&column.field)).collect();
        self.lines = Some(InOrder::new(ALONE, BATCHES, move |batch| lines_of(&fields, &batch)));
        self.out.write_all(header.as_bytes())
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let Some(lines) = &mut self.lines else { return Ok(()) };
        let done = lines.give(batch.clone())?;
        self.write(done)
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(mut lines) = self.lines.take() else { return Ok(()) };
        let rest = lines.finish()?;
        self.write(rest)
    }
}

/// The lines of a batch.
fn lines_of(fields: &[Arc<Field>], batch: &RecordBatch) -> Vec<u8> {
    let columns: Vec<Cells<'_>> =
        fields.iter().zip(batch.columns()).map(|(field, array)| Cells::of(field, array)).collect();
    let mut lines = String::with_capacity(batch.num_rows() * columns.len() * 12);
    for row in 0..batch.num_rows() {
        for (index, cells) in columns.iter().enumerate() {
            if index > 0 {
                lines.push(',');
            }
            cells.push(&mut lines, row);
        }
        lines.push('\n');
    }
    lines.into_bytes()
}

/// A column of a batch. The frequent types are known once for the batch, not asked for again at each value.
enum Cells<'a> {
    Text(&'a StringArray),
    Whole(&'a Int64Array),
    Short(&'a Int32Array),
    Truth(&'a BooleanArray),
    Time(&'a TimestampMicrosecondArray),
    Other(&'a Field, &'a dyn Array),
}

impl<'a> Cells<'a> {
    fn of(field: &'a Field, array: &'a dyn Array) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string()),
            DataType::Int64 => Self::Whole(array.as_primitive::<Int64Type>()),
            DataType::Int32 => Self::Short(array.as_primitive::<Int32Type>()),
            DataType::Boolean => Self::Truth(array.as_boolean()),
            DataType::Timestamp(TimeUnit::Microsecond, None) => {
                Self::Time(array.as_primitive::<TimestampMicrosecondType>())
            }
            _ => Self::Other(field, array),
        }
    }

    fn push(&self, out: &mut String, row: usize) {
        match self {
            Self::Text(texts) if texts.is_valid(row) => push_cell(out, texts.value(row)),
            Self::Whole(numbers) if numbers.is_valid(row) => time::push_number(out, numbers.value(row), 1),
            Self::Short(numbers) if numbers.is_valid(row) => {
                time::push_number(out, numbers.value(row).into(), 1);
            }
            Self::Truth(truths) if truths.is_valid(row) => {
                out.push_str(if truths.value(row) { "true" } else { "false" });
            }
            Self::Time(times) if times.is_valid(row) => {
                time::timestamp(out, times.value(row), TimeUnit::Microsecond, Between::Space);
            }
            Self::Other(field, array) => {
                if let Some(text) = cell::text(field, *array, row, Between::Space) {
                    push_cell(out, &text);
                }
            }
            _ => {}
        }
    }
}

/// A line of cells.
pub(crate) fn csv_line<T: AsRef<str>>(cells: impl Iterator<Item = Option<T>>) -> String {
    let mut line = String::new();
    push_line(&mut line, cells);
    line
}

fn push_line<T: AsRef<str>>(out: &mut String, cells: impl Iterator<Item = Option<T>>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        if let Some(cell) = cell {
            push_cell(out, cell.as_ref());
        }
    }
    out.push('\n');
}

fn push_cell(out: &mut String, text: &str) {
    if !needs_quotes(text) {
        return out.push_str(text);
    }
    out.push('"');
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}

/// Spaces at the ends are quoted too: some readers trim what is not.
fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
        || text.trim().len() != text.len()
}
