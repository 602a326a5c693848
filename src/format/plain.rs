//! Columns in types that every reader of Parquet and Arrow knows: enums become texts, intervals, unions and the like
//! become the text the other formats show.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::arrow_ipc::io_error;
use super::cell;
use super::time::Between;
use crate::engine::Column;

/// Turns batches of an answer into batches of common types.
pub(super) struct Plain {
    columns: Vec<Column>,
    schema: SchemaRef,
}

impl Plain {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self::described(columns, &HashMap::new())
    }

    /// With what is said about columns, by their names.
    pub(super) fn described(columns: &[Column], about: &HashMap<String, HashMap<String, String>>) -> Self {
        let fields = columns.iter().map(|column| {
            let field = Field::new(&column.name, plain_type(column.field.data_type()), true);
            field.with_metadata(about.get(&column.name).cloned().unwrap_or_default())
        });
        Self { columns: columns.to_vec(), schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())) }
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) fn batch(&self, batch: &RecordBatch) -> io::Result<RecordBatch> {
        let arrays = self.columns.iter().zip(batch.columns()).zip(self.schema.fields());
        let arrays = arrays.map(|((column, array), field)| plain_array(column, array, field.data_type()));
        RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect::<io::Result<_>>()?).map_err(io_error)
    }
}

fn plain_array(column: &Column, array: &ArrayRef, wanted: &DataType) -> io::Result<ArrayRef> {
    if array.data_type() == wanted {
        return Ok(Arc::clone(array));
    }
    if matches!(array.data_type(), DataType::Dictionary(..)) {
        return cast(array, wanted).map_err(io_error);
    }
    let mut texts = StringBuilder::with_capacity(array.len(), array.len() * 16);
    for row in 0..array.len() {
        texts.append_option(cell::text(&column.field, array, row, Between::T));
    }
    Ok(Arc::new(texts.finish()))
}

fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, value) => plain_type(value),
        data_type if is_common(data_type) => data_type.clone(),
        _ => DataType::Utf8,
    }
}

fn is_common(data_type: &DataType) -> bool {
    match data_type {
        DataType::Interval(_)
        | DataType::Duration(_)
        | DataType::Union(..)
        | DataType::Dictionary(..)
        | DataType::Null
        | DataType::RunEndEncoded(..) => false,
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            is_common(item.data_type())
        }
        DataType::Struct(fields) => {
            !fields.is_empty() && fields.iter().all(|field| is_common(field.data_type()))
        }
        DataType::Map(entries, _) => is_common(entries.data_type()),
        _ => true,
    }
}
