//! Any text comes back as it was from CSV and JSON; a table never breaks, and never exceeds its width.

use std::sync::Arc;

use crate::support::any_rows::Dice;
use crate::support::batches::Answer;
use arrow::array::{Array, ArrayRef, Int64Array, ListArray, RecordBatchReader, StringArray};
use arrow::datatypes::Int64Type;
use fastintercom::format::{Format, TableLook};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

/// Texts of all sorts, from a number.
fn texts(seed: u64, count: usize) -> Vec<Option<String>> {
    let mut dice = Dice::new(seed);
    (0..count).map(|_| (!dice.one_in(8)).then(|| dice.text())).collect()
}

fn column(texts: &[Option<String>]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

/// Reads CSV by the letter of RFC 4180; a field without quotes and text is none.
fn read_csv(text: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = vec![vec![]];
    let mut rest = text;
    while !rest.is_empty() {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut end = 0;
                while let Some(found) = quoted[end..].find('"') {
                    end += found;
                    if !quoted[end + 1..].starts_with('"') {
                        break;
                    }
                    end += 2;
                }
                (Some(quoted[..end].replace("\"\"", "\"")), &quoted[end + 1..])
            }
            None => {
                let end = rest.find([',', '\n']).unwrap();
                ((end > 0).then(|| rest[..end].to_owned()), &rest[end..])
            }
        };
        rows.last_mut().unwrap().push(field);
        if after.starts_with('\n') {
            rows.push(vec![]);
        }
        rest = &after[1..];
    }
    rows.pop();
    rows
}

proptest! {
    #[test]
    fn any_text_survives_csv(seed: u64, chosen in proptest::collection::vec(proptest::option::of(".*"), 1..6)) {
        for values in [chosen, texts(seed, 7)] {
            let answer = Answer::new(vec![("a,\"\n", "VARCHAR", column(&values)), ("b", "VARCHAR", column(&values))]);
            let rows = read_csv(&answer.text(Format::Csv));
            prop_assert_eq!(&rows[0], &[Some("a,\"\n".to_owned()), Some("b".to_owned())]);
            let read: Vec<Option<String>> = rows[1..].iter().map(|row| row[0].clone()).collect();
            prop_assert_eq!(read, values.clone());
            let read: Vec<Option<String>> = rows[1..].iter().map(|row| row[1].clone()).collect();
            prop_assert_eq!(read, values);
        }
    }

    #[test]
    fn any_text_survives_json(seed: u64, name in ".*", chosen in proptest::collection::vec(proptest::option::of(".*"), 0..6)) {
        for values in [chosen, texts(seed, 7)] {
            let answer = Answer::new(vec![(name.as_str(), "VARCHAR", column(&values))]);
            let expected: Vec<_> = values.iter().map(|value| serde_json::json!({ name.as_str(): value })).collect();
            let array: Vec<serde_json::Value> = serde_json::from_str(&answer.text(Format::Json)).unwrap();
            prop_assert_eq!(&array, &expected);
            let text = answer.text(Format::Ndjson);
            let lines: Vec<serde_json::Value> = text.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(&lines, &expected);
        }
    }

    #[test]
    fn text_that_claims_to_be_json_cannot_break_out(seed: u64) {
        let mut dice = Dice::new(seed);
        let values: Vec<Option<String>> = (0..6)
            .map(|_| Some(if dice.one_in(2) { dice.json(3).to_string() } else { dice.text() }))
            .collect();
        let answer = Answer::new(vec![("a", "JSON", column(&values)), ("b", "JSON", column(&values))]);
        for line in answer.text(Format::Ndjson).split_terminator('\n') {
            let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            prop_assert_eq!(row.keys().collect::<Vec<_>>(), ["a", "b"]);
        }
    }

    #[test]
    fn a_table_never_exceeds_its_width(
        seed: u64, width in 8_usize..200, columns in 1_usize..12, unicode: bool, number: i64,
        name in "[\\PC\\n]{0,40}", chosen in proptest::collection::vec(".*", 3),
    ) {
        let mut arrays: Vec<(String, &str, ArrayRef)> = Vec::new();
        for index in 0..columns {
            let mut values = texts(seed.wrapping_add(index as u64), 3);
            values.truncate(3);
            if index == 0 {
                values = chosen.iter().cloned().map(Some).collect();
            }
            arrays.push(match index % 3 {
                1 => (format!("n{index}"), "BIGINT", Arc::new(Int64Array::from(vec![Some(number), None, Some(1)]))),
                _ => (format!("{name}{index}"), "STRUCT(a VARCHAR, b VARCHAR)[]", column(&values)),
            });
        }
        let answer = Answer::new(arrays.iter().map(|(name, kind, array)| (name.as_str(), *kind, Arc::clone(array))).collect());
        let (text, notes) = answer.table(TableLook { width, unicode, colour: false });
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        prop_assert_eq!(lines.len(), 5 + 3);
        for line in &lines {
            prop_assert!(line.width() <= width, "{} > {width}:\n{text}", line.width());
            prop_assert!(!line.chars().any(char::is_control));
        }
        prop_assert!(notes.shown_columns >= 1 && notes.columns == columns);
    }

    #[test]
    fn any_text_survives_parquet_and_arrow(seed: u64, rows in 0_usize..300) {
        let values = texts(seed, rows);
        let lists: Vec<Option<Vec<Option<i64>>>> =
            (0..rows).map(|row| (row % 3 > 0).then(|| (0..row % 5).map(|n| Some(n as i64)).collect())).collect();
        let lists: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists));
        let answer = Answer::new(vec![("text", "VARCHAR", column(&values)), ("lists", "BIGINT[]", Arc::clone(&lists))]);
        for format in [Format::Parquet, Format::ArrowFile, Format::ArrowStream] {
            let bytes = answer.bytes(format, 50);
            let batches = read(format, bytes);
            let read: Vec<Option<String>> = batches
                .iter()
                .flat_map(|batch| arrow::array::AsArray::as_string::<i32>(batch.column(0)).iter())
                .map(|text| text.map(str::to_owned))
                .collect();
            prop_assert_eq!(&read, &values);
            prop_assert_eq!(batches.iter().map(|batch| batch.column(1).null_count()).sum::<usize>(), lists.null_count());
        }
    }
}

fn read(format: Format, bytes: Vec<u8>) -> Vec<arrow::array::RecordBatch> {
    let cursor = std::io::Cursor::new(bytes.clone());
    let reader: Box<dyn RecordBatchReader> = match format {
        Format::Parquet => {
            let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(
                bytes::Bytes::from(bytes),
            );
            Box::new(reader.unwrap().build().unwrap())
        }
        Format::ArrowFile => Box::new(arrow::ipc::reader::FileReader::try_new(cursor, None).unwrap()),
        _ => Box::new(arrow::ipc::reader::StreamReader::try_new(cursor, None).unwrap()),
    };
    reader.map(Result::unwrap).collect()
}
