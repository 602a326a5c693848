//! JSON: one array of objects, or one object a line.
//!
//! Numbers keep all their digits; numbers JSON does not know become the texts `NaN`, `Infinity`, `-Infinity`. Values
//! of DuckDB's type JSON are embedded, all other texts are strings. Times without zone are `2026-11-01T12:00:00`:
//! no `Z` is added, since a query may have made them local.

use std::io::{self, Write};

use arrow::array::{Array, AsArray, RecordBatch, UnionArray};
use arrow::datatypes::{DataType, Field, Float16Type, Float32Type, Float64Type};
use serde::de::IgnoredAny;

use super::cell::{self, is_null};
use super::time::Between;
use crate::engine::{Column, Output};

/// Writes rows as JSON objects.
pub(super) struct JsonOutput<'a> {
    out: &'a mut dyn Write,
    columns: Vec<Column>,
    keys: Vec<String>,
    is_array: bool,
    rows: usize,
    line: String,
}

impl<'a> JsonOutput<'a> {
    /// One array.
    pub(super) fn array(out: &'a mut dyn Write) -> Self {
        Self { out, columns: Vec::new(), keys: Vec::new(), is_array: true, rows: 0, line: String::new() }
    }

    /// One object a line.
    pub(super) fn lines(out: &'a mut dyn Write) -> Self {
        Self { is_array: false, ..Self::array(out) }
    }

    fn object(&mut self, batch: &RecordBatch, row: usize) {
        self.line.clear();
        for (index, array) in batch.columns().iter().enumerate() {
            self.line.push_str(if index == 0 { "{" } else { "," });
            self.line.push_str(&self.keys[index]);
            self.line.push(':');
            cell_of(&mut self.line, &self.columns[index], array, row);
        }
        self.line.push('}');
    }
}

impl Output for JsonOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        self.keys = columns.iter().map(|column| quoted(&column.name)).collect();
        if self.is_array { self.out.write_all(b"[") } else { Ok(()) }
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            if self.is_array {
                self.out.write_all(if self.rows == 0 { b"\n" } else { b",\n" })?;
            }
            self.rows += 1;
            self.object(batch, row);
            self.out.write_all(self.line.as_bytes())?;
            if !self.is_array {
                self.out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        match (self.is_array, self.rows) {
            (true, 0) => self.out.write_all(b"]\n"),
            (true, _) => self.out.write_all(b"\n]\n"),
            (false, _) => Ok(()),
        }
    }
}

/// Writes the value of a column.
fn cell_of(out: &mut String, column: &Column, array: &dyn Array, row: usize) {
    match column.sql_type == "JSON" && !is_null(array, row) {
        true => embedded(out, &column.field, array, row),
        false => value(out, &column.field, array, row),
    }
}

/// The value of a column as JSON.
pub(crate) fn json_of(column: &Column, array: &dyn Array, row: usize) -> String {
    let mut out = String::new();
    cell_of(&mut out, column, array, row);
    out
}

/// Writes a value of any type.
pub(super) fn value(out: &mut String, field: &Field, array: &dyn Array, row: usize) {
    if is_null(array, row) {
        return out.push_str("null");
    }
    match array.data_type() {
        DataType::Boolean => {
            cell::scalar(out, array, row, Between::T);
        }
        DataType::Float16 => float(out, array.as_primitive::<Float16Type>().value(row).to_f64(), array, row),
        DataType::Float32 => {
            float(out, array.as_primitive::<Float32Type>().value(row).into(), array, row);
        }
        DataType::Float64 => float(out, array.as_primitive::<Float64Type>().value(row), array, row),
        data_type if cell::is_number(data_type) => {
            cell::scalar(out, array, row, Between::T);
        }
        DataType::List(item) => items(out, item, &*array.as_list::<i32>().value(row)),
        DataType::LargeList(item) => items(out, item, &*array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(item, _) => items(out, item, &*array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let columns = array.as_struct();
            let pairs = fields.iter().zip(columns.columns());
            object(
                out,
                pairs,
                |(field, _)| quoted(field.name()),
                |out, (field, column)| {
                    value(out, field, column, row);
                },
            );
        }
        DataType::Map(entries, _) => map(out, entries, array, row),
        DataType::Union(..) => {
            let Some(union) = array.as_any().downcast_ref::<UnionArray>() else { return };
            let (chosen, held) = cell::chosen(union, row);
            value(out, chosen.as_ref().unwrap_or(field), &held, 0);
        }
        _ => out.push_str(&quoted(&cell::text(field, array, row, Between::T).unwrap_or_default())),
    }
}

fn float(out: &mut String, number: f64, array: &dyn Array, row: usize) {
    match number {
        number if number.is_nan() => out.push_str("\"NaN\""),
        f64::INFINITY => out.push_str("\"Infinity\""),
        f64::NEG_INFINITY => out.push_str("\"-Infinity\""),
        _ => {
            cell::scalar(out, array, row, Between::T);
        }
    }
}

fn items(out: &mut String, item: &Field, values: &dyn Array) {
    out.push('[');
    for row in 0..values.len() {
        if row > 0 {
            out.push(',');
        }
        value(out, item, values, row);
    }
    out.push(']');
}

/// A map with texts as keys is an object, any other a list of pairs.
fn map(out: &mut String, entries: &Field, array: &dyn Array, row: usize) {
    let held = array.as_map().value(row);
    let DataType::Struct(fields) = entries.data_type() else { return };
    let (keys, values) = (held.column(0), held.column(1));
    let has_texts = matches!(keys.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    if !has_texts {
        return items(out, entries, &held);
    }
    let key = |row: usize| quoted(&cell::text(&fields[0], keys, row, Between::T).unwrap_or_default());
    object(out, 0..held.len(), |row| key(*row), |out, row| value(out, &fields[1], values, row));
}

fn object<T>(
    out: &mut String,
    pairs: impl Iterator<Item = T>,
    key: impl Fn(&T) -> String,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('{');
    for (index, pair) in pairs.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&key(&pair));
        out.push(':');
        write(out, pair);
    }
    out.push('}');
}

/// A value of type JSON as it is, on one line; as a string should it be no JSON after all.
fn embedded(out: &mut String, field: &Field, array: &dyn Array, row: usize) {
    let text = cell::text(field, array, row, Between::T).unwrap_or_default();
    match serde_json::from_str::<IgnoredAny>(&text) {
        // Line breaks can only stand between tokens here.
        Ok(_) => out.extend(text.chars().map(|c| if c == '\n' || c == '\r' { ' ' } else { c })),
        Err(_) => out.push_str(&quoted(&text)),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
