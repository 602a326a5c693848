//! The keys that files are sorted by, read from batches in a way of their own.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use fastintercom::model::Row;

/// The key of every row: the time that decides the partition (or a number that is the id), then the id.
pub(crate) fn keys<R: Row>(batch: &RecordBatch) -> Vec<(i64, String)> {
    let id = batch.column_by_name(R::TABLE.key[0]).expect("the table has its key");
    let time =
        ["conversation_created_at", "created_at"].into_iter().find_map(|name| batch.column_by_name(name));
    let time = time.filter(|_| R::TABLE.is_partitioned);
    let number = |row: usize| match (id.as_primitive_opt::<Int64Type>(), time) {
        (Some(numbers), _) => numbers.value(row),
        (None, Some(times)) => times.as_primitive::<TimestampMicrosecondType>().value(row),
        (None, None) => 0,
    };
    let text = |row: usize| id.as_string_opt::<i32>().map_or(String::new(), |ids| ids.value(row).to_owned());
    (0..batch.num_rows()).map(|row| (number(row), text(row))).collect()
}

/// The key of one row.
pub(crate) fn key_of<R: Row>(row: &R) -> (i64, String) {
    let batch = fastintercom::lake::encode(std::slice::from_ref(row)).expect("rows fit their columns");
    keys::<R>(&batch).remove(0)
}
