//! Reads what the lake holds, by a few columns.

use arrow::array::{Array, AsArray, RecordBatch};

use crate::lake::{DataFile, Error, Reader, State};
use crate::model::Row;

/// The data files of a table, oldest first.
pub(super) fn files<R: Row>(state: &State) -> Vec<DataFile> {
    state.files_of(R::TABLE.name).map(|(file, _)| file).collect()
}

/// Calls with every row of a table, by its batch and its place there.
pub(super) fn each_row<R: Row>(
    reader: Reader<'_>,
    state: &State,
    columns: &[&str],
    call: &mut dyn FnMut(&RecordBatch, usize),
) -> Result<(), Error> {
    for file in files::<R>(state) {
        for batch in reader.columns::<R>(&file, columns)? {
            let batch = batch?;
            (0..batch.num_rows()).for_each(|row| call(&batch, row));
        }
    }
    Ok(())
}

/// A text of a row, if it has one.
pub(super) fn text<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let texts = batch.column_by_name(column)?.as_string_opt::<i32>()?;
    (!texts.is_null(row)).then(|| texts.value(row)).filter(|text| !text.is_empty())
}
