//! Parquet and Arrow files hold every type in a form all readers know, and stay small in memory.

use crate::support::little_lake::LittleLake;
use arrow::array::AsArray;
use fastintercom::engine::{QueryOptions, Table};
use fastintercom::format::Format;
use fastintercom::lake::Partitioning;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

fn bytes(table: &Table, format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    table.write(&mut *format.writer(&mut out)).unwrap();
    out
}

#[test]
fn odd_types_become_text_and_common_ones_stay() {
    let lake = LittleLake::empty(Partitioning::Month);
    let sql = "SELECT INTERVAL 1 day AS interval, 'a'::ENUM('a', 'b') AS enum, union_value(k := 5) AS union, NULL AS nothing,
        [INTERVAL 1 day] AS intervals, 1::HUGEINT AS huge, MAP {'k': 1} AS map, {'a': [1]} AS struct, now() AS at,
        '101'::BIT AS bit, [1, 2]::INT[2] AS array, uuid() IS NULL AS no, 1.5::DECIMAL(9,2) AS decimal, TIME '10:00' AS time
        FROM range(5000)";
    let table = lake.engine().query(sql, &QueryOptions::default()).unwrap();
    let parquet =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes(&table, Format::Parquet))).unwrap();
    let types: Vec<String> =
        parquet.schema().fields().iter().map(|f| format!("{} {}", f.name(), f.data_type())).collect();
    assert_eq!(types[..5], ["interval Utf8", "enum Utf8", "union Utf8", "nothing Utf8", "intervals Utf8"]);
    let batch = parquet.build().unwrap().next().unwrap().unwrap();
    let first: Vec<&str> = (0..3).map(|column| batch.column(column).as_string::<i32>().value(0)).collect();
    assert_eq!(first, ["1 day", "a", "5"]);
    for format in [Format::ArrowFile, Format::ArrowStream] {
        assert!(!bytes(&table, format).is_empty());
    }
}

#[test]
fn no_rows_make_a_valid_file() {
    let lake = LittleLake::empty(Partitioning::Month);
    let table = lake.engine().query("FROM conversations", &QueryOptions::default()).unwrap();
    let parquet =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes(&table, Format::Parquet))).unwrap();
    assert_eq!(parquet.schema().fields().len(), table.columns.len());
    assert_eq!(parquet.build().unwrap().count(), 0);
    let arrow = std::io::Cursor::new(bytes(&table, Format::ArrowFile));
    assert_eq!(
        arrow::ipc::reader::FileReader::try_new(arrow, None).unwrap().schema().fields().len(),
        table.columns.len()
    );
}
