//! Makes the answer of a worker safe to read and short enough for a model, and says what is missing.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::MOST_ROWS;
use super::answer::{QueryAnswer, QueryColumn, TruncatedBy};
use crate::engine::Cut;
use crate::tools::untrusted::clean;
use crate::worker::SqlAnswer;

/// What is kept free for everything but columns and rows.
const OTHER_CHARS: usize = 1_500;
/// Characters that columns may take before their types, and then they themselves, are cut.
const COLUMN_CHARS: usize = 16_000;
/// Characters of one value; fewer when not even one row would fit.
const CELL_CHARS: [usize; 3] = [2_000, 400, 80];

/// The answer as it is told.
pub(super) fn fitted(
    answer: SqlAnswer,
    asked_rows: u64,
    most_chars: usize,
    data_as_of: Option<DateTime<Utc>>,
) -> QueryAnswer {
    let mut notes = Vec::new();
    let columns = columns(&answer, &mut notes);
    let room = most_chars.saturating_sub(OTHER_CHARS + chars(&columns));
    let found = answer.rows.len();
    let (rows, cell_chars) = rows(answer.rows, columns.len(), room);
    let truncated_by = match answer.cut {
        _ if rows.len() < found => Some(TruncatedBy::Chars),
        Some(Cut::Rows) => Some(TruncatedBy::Rows),
        Some(Cut::Bytes) => Some(TruncatedBy::Bytes),
        None => None,
    };
    notes.extend(truncated_by.map(|by| narrower(by, rows.len(), asked_rows)));
    if answer.cut_cells > 0 || cell_chars < CELL_CHARS[0] {
        notes.push(format!(
            "Values of more than {cell_chars} characters end in …: substr(x, {}, {cell_chars}) reads on.",
            cell_chars + 1
        ));
    }
    if answer.lake_changed {
        notes.push("A sync changed the data meanwhile: rows may be old or missing; ask again.".to_owned());
    }
    QueryAnswer {
        row_count: rows.len(),
        is_truncated: truncated_by.is_some(),
        truncated_by,
        columns,
        rows,
        is_untrusted: true,
        elapsed_ms: answer.elapsed_ms,
        data_as_of,
        generation: answer.generation,
        notes,
    }
}

/// How to get at what is missing.
fn narrower(by: TruncatedBy, shown: usize, asked_rows: u64) -> String {
    match by {
        TruncatedBy::Rows if asked_rows < MOST_ROWS as u64 => format!(
            "There are more than these {shown} rows: aggregate, add conditions, page with ORDER BY … LIMIT … OFFSET \
             {shown}, or give a higher limit."
        ),
        _ if shown == 0 => {
            "Not even one row fits: name the columns you need, and cut texts with left(x, 200).".to_owned()
        }
        _ => format!(
            "Only {shown} rows fit: name the columns you need, cut texts with left(x, 200), aggregate, or page with \
             ORDER BY … LIMIT … OFFSET {shown}."
        ),
    }
}

/// The columns, of which there may be too many to tell their types, or to tell them all.
fn columns(answer: &SqlAnswer, notes: &mut Vec<String>) -> Vec<QueryColumn> {
    let of = |name_chars: usize, type_chars: usize| -> Vec<QueryColumn> {
        let columns = answer.columns.iter().map(|column| QueryColumn {
            name: first_chars(clean(&column.name), name_chars),
            sql_type: first_chars(clean(&column.sql_type), type_chars),
        });
        columns.collect()
    };
    let mut columns = of(200, 200);
    if chars(&columns) > COLUMN_CHARS {
        columns = of(60, 12);
    }
    if chars(&columns) > COLUMN_CHARS {
        let mut room = COLUMN_CHARS;
        let fits = |column: &QueryColumn| match room.checked_sub(chars(column) + 1) {
            Some(rest) => {
                room = rest;
                true
            }
            None => false,
        };
        let kept = columns.iter().map(fits).take_while(|fits| *fits).count();
        notes.push(format!(
            "Only the first {kept} of {} columns are shown: name those you need.",
            columns.len()
        ));
        columns.truncate(kept);
    }
    columns
}

/// The rows that fit into so many characters, and how long their values may be for that.
fn rows(all: Vec<Vec<Value>>, columns: usize, room: usize) -> (Vec<Vec<Value>>, usize) {
    let mut most_chars = CELL_CHARS[0];
    for most in CELL_CHARS {
        most_chars = most;
        let first = all.first().map(|row| chars(&shown(row, columns, most)));
        if first.is_none_or(|first| first < room) {
            break;
        }
    }
    let mut left = room;
    let mut rows = Vec::new();
    for row in all {
        let row = shown(&row, columns, most_chars);
        let Some(rest) = left.checked_sub(chars(&row) + 1) else { break };
        left = rest;
        rows.push(row);
    }
    (rows, most_chars)
}

fn shown(row: &[Value], columns: usize, most_chars: usize) -> Vec<Value> {
    row.iter().take(columns).map(|value| short(safe(value), most_chars)).collect()
}

/// A value without what cannot be seen or turns text around.
fn safe(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => Value::Array(items.iter().map(safe).collect()),
        Value::Object(pairs) => {
            Value::Object(pairs.iter().map(|(key, value)| (clean(key), safe(value))).collect())
        }
        value => value.clone(),
    }
}

/// A value of so many characters at most, with an ellipsis where something is missing.
fn short(value: Value, most_chars: usize) -> Value {
    match value {
        Value::String(text) => Value::String(first_chars(text, most_chars)),
        value @ (Value::Array(_) | Value::Object(_)) => {
            let text = value.to_string();
            match text.chars().count() > most_chars {
                true => Value::String(first_chars(text, most_chars)),
                false => value,
            }
        }
        value => value,
    }
}

/// A text whose own ellipsis may stand where it was cut before.
fn first_chars(mut text: String, most: usize) -> String {
    if text.chars().count() > most + 1 || (text.chars().count() > most && !text.ends_with('…')) {
        let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The characters of something as JSON.
fn chars(value: &impl serde::Serialize) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |json| json.chars().count())
}

#[cfg(test)]
mod tests {
    use super::super::CHARS_FOR_MODELS as MOST_CHARS;
    use super::*;
    use crate::worker::AnswerColumn;

    fn answer(columns: usize, rows: usize, cell: &Value) -> SqlAnswer {
        let column = |n: usize| AnswerColumn { name: format!("column_{n}"), sql_type: "VARCHAR".to_owned() };
        SqlAnswer {
            columns: (0..columns).map(column).collect(),
            rows: vec![vec![cell.clone(); columns]; rows],
            cut: None,
            cut_cells: 0,
            elapsed_ms: 1,
            generation: 7,
            lake_changed: false,
        }
    }

    fn text(length: usize) -> Value {
        Value::String("\"x".repeat(length / 2))
    }

    #[test]
    fn every_answer_fits() {
        for columns in [1, 10, 110, 1_000] {
            for rows in [0, 1, 1_000] {
                for cell in [Value::Null, text(20), text(2_000), serde_json::json!({"a": [text(9_000)]})] {
                    let given = answer(columns, rows, &cell);
                    let fitted = fitted(given, 1_000, MOST_CHARS, None);
                    assert!(chars(&fitted) <= MOST_CHARS, "{columns} {rows} {}", chars(&fitted));
                    assert_eq!(fitted.row_count, fitted.rows.len());
                    assert_eq!(fitted.is_truncated, fitted.rows.len() < rows);
                    assert_eq!(fitted.is_truncated, fitted.truncated_by == Some(TruncatedBy::Chars));
                    assert!(!fitted.is_truncated || !fitted.notes.is_empty());
                    assert!(fitted.rows.iter().all(|row| row.len() == fitted.columns.len()));
                }
            }
        }
    }

    #[test]
    fn wide_rows_are_shown_with_short_values_rather_than_not_at_all() {
        let fitted = fitted(answer(110, 3, &text(2_000)), 200, MOST_CHARS, None);
        assert!(fitted.row_count > 0);
        assert!(
            fitted.notes.iter().any(|note| note.starts_with("Values of more than 80")),
            "{:?}",
            fitted.notes
        );
    }

    #[test]
    fn what_cannot_be_seen_is_gone() {
        let cell = serde_json::json!({"a\u{200b}": ["x\u{202e}y", "line\r\nbreak\t."]});
        let fitted = fitted(answer(1, 1, &cell), 200, MOST_CHARS, None);
        assert_eq!(fitted.rows[0][0], serde_json::json!({"a": ["xy", "line\nbreak\t."]}));
    }
}
