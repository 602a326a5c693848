//! The rows of an answer as JSON values that keep every digit, cut where they are too long.

use arrow::array::{Array, AsArray};
use arrow::datatypes::DataType;
use serde_json::Value;

use super::error::{Failed, FailedKind};
use super::frame::AnswerColumn;
use super::options::Limits;
use crate::engine::{Column, Cut, Table};
use crate::format::json_of;

/// Characters of a column's name or type that are given.
const NAME_CHARS: usize = 500;
/// Bytes of all names and types together.
const HEAD_BYTES: usize = 1 << 20;
/// How deep a value may nest to be given as more than text: parsers of JSON have limits.
const DEEPEST: usize = 60;
/// Beyond this not every integer is a number of JavaScript, and so of many readers of JSON.
const GREATEST_EXACT: u64 = 1 << 53;
/// Significant digits that a 64-bit float always keeps.
const FLOAT_DIGITS: usize = 15;

/// The rows of an answer.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) cut: Option<Cut>,
    pub(super) cut_cells: u64,
}

/// The columns of an answer.
pub(super) fn columns(table: &Table) -> Result<Vec<AnswerColumn>, Failed> {
    let columns = table.columns.iter().map(|column| AnswerColumn {
        name: first_chars(&column.name, NAME_CHARS).0,
        sql_type: first_chars(&column.sql_type, NAME_CHARS).0,
    });
    let columns: Vec<AnswerColumn> = columns.collect();
    let bytes: usize = columns.iter().map(|column| column.name.len() + column.sql_type.len() + 40).sum();
    match bytes > HEAD_BYTES {
        false => Ok(columns),
        true => Err(Failed {
            kind: FailedKind::InTheSql,
            message: format!("the answer would have {} columns", columns.len()),
            hint: Some("name the columns that are needed".to_owned()),
        }),
    }
}

impl Cells {
    /// As many rows as the limits allow.
    pub(super) fn of(table: &Table, limits: &Limits) -> Self {
        let mut cells = Self { cut: table.summary.cut, ..Self::default() };
        let mut bytes = 0;
        for batch in &table.batches {
            for row in 0..batch.num_rows() {
                let mut values = Vec::with_capacity(table.columns.len());
                for (column, array) in table.columns.iter().zip(batch.columns()) {
                    let cell = Cell::of(column, array, row, limits.max_cell_chars);
                    bytes += cell.bytes + 1;
                    cells.cut_cells += u64::from(cell.is_cut);
                    values.push(cell.value);
                }
                if bytes > limits.max_bytes {
                    cells.cut = Some(Cut::Bytes);
                    return cells;
                }
                cells.rows.push(values);
            }
        }
        cells
    }
}

struct Cell {
    value: Value,
    bytes: usize,
    is_cut: bool,
}

impl Cell {
    fn of(column: &Column, array: &dyn Array, row: usize, most_chars: usize) -> Self {
        if let Some(text) = text(column, array, row) {
            return Self::text(text, most_chars);
        }
        let json = json_of(column, array, row);
        if json.len() > most_chars.saturating_mul(4) {
            return Self::text(&json, most_chars);
        }
        let value = exact(&json).and_then(|json| serde_json::from_str(&json).ok());
        match value {
            Some(Value::String(text)) => Self::text(&text, most_chars),
            Some(value) => Self { value, bytes: json.len(), is_cut: false },
            None => Self::text(&json, most_chars),
        }
    }

    fn text(text: &str, most_chars: usize) -> Self {
        let (text, is_cut) = first_chars(text, most_chars);
        Self { bytes: text.len() + 2, value: Value::String(text), is_cut }
    }
}

/// The text of a column of texts, without a copy.
fn text<'a>(column: &Column, array: &'a dyn Array, row: usize) -> Option<&'a str> {
    if column.sql_type == "JSON" || array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        _ => None,
    }
}

/// At most so many characters of a text, with an ellipsis where something is missing; and whether something is.
fn first_chars(text: &str, most: usize) -> (String, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (format!("{}…", &text[..end]), true),
        None => (text.to_owned(), false),
    }
}

/// JSON in which numbers that a reader would round are texts; none when it nests too deeply.
fn exact(json: &str) -> Option<String> {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '-' | '0'..='9' => {
                let is_end = |c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9');
                rest.find(is_end).unwrap_or(rest.len())
            }
            first => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        match first {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return None;
        }
        let is_number = first == '-' || first.is_ascii_digit();
        match is_number && !is_exact(token) {
            true => out.extend(["\"", token, "\""]),
            false => out.push_str(token),
        }
        rest = after;
    }
    Some(out)
}

/// The bytes of a string that stands at the start, with its quotes.
fn string_length(json: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

/// Whether a number is the same after a reader took it for a 64-bit float.
fn is_exact(number: &str) -> bool {
    if let Ok(integer) = number.parse::<i64>() {
        return integer.unsigned_abs() <= GREATEST_EXACT;
    }
    let Ok(float) = number.parse::<f64>() else { return false };
    if !float.is_finite() {
        return false;
    }
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let is_written_so = format!("{float:?}") == number || format!("{float}") == number;
    digits <= FLOAT_DIGITS || (is_written_so && number.contains(['.', 'e', 'E']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(json: &str) -> String {
        exact(json).unwrap_or_else(|| "too deep".to_owned())
    }

    #[test]
    fn numbers_that_would_be_rounded_become_texts() {
        assert_eq!(shown("[1,-2.50,0.1,1e300]"), "[1,-2.50,0.1,1e300]");
        assert_eq!(shown("9007199254740992"), "9007199254740992");
        assert_eq!(shown("9007199254740993"), "\"9007199254740993\"");
        assert_eq!(shown("{\"a\":123456789012345678901234}"), "{\"a\":\"123456789012345678901234\"}");
        assert_eq!(shown("1234567890123456.78"), "\"1234567890123456.78\"");
        assert_eq!(shown("0.30000000000000004"), "0.30000000000000004");
        assert_eq!(shown("1e999"), "\"1e999\"");
    }

    #[test]
    fn texts_in_json_stay_as_they_are() {
        let json = r#"{"id 99999999999999999":"say \"99999999999999999\" \\","b":[null,true]}"#;
        assert_eq!(shown(json), json);
    }

    #[test]
    fn what_nests_too_deeply_is_told() {
        assert_eq!(shown(&format!("{}{}", "[".repeat(60), "]".repeat(60))).len(), 120);
        assert_eq!(shown(&format!("{}{}", "[".repeat(61), "]".repeat(61))), "too deep");
    }

    #[test]
    fn long_texts_end_in_an_ellipsis() {
        assert_eq!(first_chars("Grüße", 5), ("Grüße".to_owned(), false));
        assert_eq!(first_chars("Grüße", 3), ("Grü…".to_owned(), true));
    }
}
