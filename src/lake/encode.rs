//! Rows to Arrow and back: the store behind the model's `CellWriter` and `CellReader`.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, BooleanBuilder, Float64Array, Float64Builder, Int64Array, Int64Builder,
    ListArray, NullBufferBuilder, RecordBatch, StringArray, StringBuilder, StructArray,
    TimestampMicrosecondArray, TimestampMicrosecondBuilder, new_empty_array, new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;

use super::schema::{arrow_schema, data_type, list_item, struct_fields};
use crate::model::{CellReader, CellWriter, Column, Kind, ReadError, Row, Timestamp};

/// The values of one column so far.
enum Values {
    Text(StringBuilder),
    Integer(Int64Builder),
    Float(Float64Builder),
    Boolean(BooleanBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    TextList { ends: Vec<i32>, values: StringBuilder, known: NullBufferBuilder },
    StructList { ends: Vec<i32>, columns: &'static [Column], values: Vec<Values> },
}

impl Values {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Json => Self::Text(StringBuilder::new()),
            Kind::Integer => Self::Integer(Int64Builder::new()),
            Kind::Float => Self::Float(Float64Builder::new()),
            Kind::Boolean => Self::Boolean(BooleanBuilder::new()),
            Kind::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            Kind::TextList => Self::TextList {
                ends: vec![0],
                values: StringBuilder::new(),
                known: NullBufferBuilder::new(0),
            },
            Kind::StructList(columns) => {
                Self::StructList { ends: vec![0], columns, values: Values::of(columns) }
            }
        }
    }

    fn of(columns: &[Column]) -> Vec<Self> {
        columns.iter().map(|column| Self::new(column.kind)).collect()
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Float(builder) => Arc::new(builder.finish()),
            Self::Boolean(builder) => Arc::new(builder.finish()),
            Self::Timestamp(builder) => Arc::new(builder.finish()),
            Self::TextList { ends, values, known } => {
                list(ends, DataType::Utf8, Arc::new(values.finish()), known.finish())?
            }
            Self::StructList { ends, columns, values } => {
                let fields = struct_fields(columns);
                let arrays = values.iter_mut().map(Self::finish).collect::<Result<Vec<_>, _>>()?;
                let len = ends.last().copied().unwrap_or_default() as usize;
                let structs = StructArray::try_new_with_length(fields.clone(), arrays, None, len)?;
                list(ends, DataType::Struct(fields), Arc::new(structs), None)?
            }
        })
    }
}

fn list(
    ends: &mut Vec<i32>,
    item: DataType,
    values: ArrayRef,
    known: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    let offsets = OffsetBuffer::new(std::mem::replace(ends, vec![0]).into());
    Ok(Arc::new(ListArray::try_new(list_item(item), offsets, values, known)?))
}

/// Collects rows of one table into record batches.
pub struct Encoder {
    schema: SchemaRef,
    columns: Vec<Values>,
    rows: usize,
}

impl Encoder {
    /// For the rows of one table.
    pub fn new<R: Row>() -> Self {
        Self { schema: arrow_schema(R::TABLE), columns: Values::of(R::TABLE.columns), rows: 0 }
    }

    /// Adds a row of that table.
    pub fn push<R: Row>(&mut self, row: &R) {
        row.write(&mut Cells { columns: &mut self.columns, next: 0 });
        self.rows += 1;
    }

    /// The number of rows since the last batch.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The rows so far as one batch; the encoder is empty afterwards.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let arrays = self.columns.iter_mut().map(Values::finish).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(self.schema.clone(), arrays)
    }
}

/// All rows of one batch.
pub fn encode<R: Row>(rows: &[R]) -> Result<RecordBatch, ArrowError> {
    let mut encoder = Encoder::new::<R>();
    rows.iter().for_each(|row| encoder.push(row));
    encoder.finish()
}

/// Walks over the columns while a row writes its cells.
struct Cells<'a> {
    columns: &'a mut [Values],
    next: usize,
}

impl Cells<'_> {
    fn column(&mut self) -> &mut Values {
        let index = self.next;
        self.next += 1;
        &mut self.columns[index]
    }
}

/// The row macro derives columns and cells from the same list, so a cell always meets its own kind.
macro_rules! append {
    ($self:ident, $kind:ident, $value:expr) => {
        if let Values::$kind(builder) = $self.column() {
            builder.append_option($value);
        }
    };
}

fn push_end(ends: &mut Vec<i32>, len: usize) {
    let end = ends.last().copied().unwrap_or_default() + len as i32;
    ends.push(end);
}

impl CellWriter for Cells<'_> {
    fn text(&mut self, value: Option<&str>) {
        append!(self, Text, value);
    }
    fn integer(&mut self, value: Option<i64>) {
        append!(self, Integer, value);
    }
    fn float(&mut self, value: Option<f64>) {
        append!(self, Float, value);
    }
    fn boolean(&mut self, value: Option<bool>) {
        append!(self, Boolean, value);
    }
    fn timestamp(&mut self, value: Option<Timestamp>) {
        append!(self, Timestamp, value.map(Timestamp::micros));
    }

    fn text_list(&mut self, list: Option<&[String]>) {
        if let Values::TextList { ends, values, known } = self.column() {
            known.append(list.is_some());
            let texts = list.unwrap_or_default();
            texts.iter().for_each(|text| values.append_value(text));
            push_end(ends, texts.len());
        }
    }

    fn struct_list(&mut self, len: usize, write: &mut dyn FnMut(usize, &mut dyn CellWriter)) {
        if let Values::StructList { ends, values, .. } = self.column() {
            for index in 0..len {
                write(index, &mut Cells { columns: values, next: 0 });
            }
            push_end(ends, len);
        }
    }
}

/// The rows of a batch of that table.
pub fn decode<R: Row>(batch: &RecordBatch) -> Result<Vec<R>, ReadError> {
    (0..batch.num_rows()).map(|row| decode_row(batch, row)).collect()
}

/// The rows of a batch with only some columns of that table: of the others, values are missing and lists are empty.
///
/// # Errors
/// When a column is not there whose value is never missing: nothing could stand for it.
pub(super) fn decode_some<R: Row>(batch: &RecordBatch) -> Result<Vec<R>, ReadError> {
    let rows = batch.num_rows();
    let column =
        |column: &Column| batch.column_by_name(column.name).cloned().unwrap_or_else(|| absent(column, rows));
    let arrays: Vec<ArrayRef> = R::TABLE.columns.iter().map(column).collect();
    let read = |row| R::read(&mut Cursor { arrays: &arrays, columns: R::TABLE.columns, row, next: 0 });
    (0..rows).map(read).collect()
}

/// What stands for a column that was not read.
fn absent(column: &Column, rows: usize) -> ArrayRef {
    match data_type(column.kind) {
        DataType::List(item) if !column.nullable => {
            let values = new_empty_array(item.data_type());
            Arc::new(ListArray::new(item, OffsetBuffer::new_zeroed(rows), values, None))
        }
        other => new_null_array(&other, rows),
    }
}

/// One row of a batch of that table.
pub(super) fn decode_row<R: Row>(batch: &RecordBatch, row: usize) -> Result<R, ReadError> {
    R::read(&mut Cursor { arrays: batch.columns(), columns: R::TABLE.columns, row, next: 0 })
}

/// Walks over the columns while a row reads its cells.
struct Cursor<'a> {
    arrays: &'a [ArrayRef],
    columns: &'static [Column],
    row: usize,
    next: usize,
}

impl<'a> Cursor<'a> {
    fn array<A: Array + 'static>(&mut self, expected: &'static str) -> Result<Option<&'a A>, ReadError> {
        let index = self.next;
        self.next += 1;
        let array = self.arrays.get(index).ok_or(ReadError::Missing(expected))?;
        let typed = array.as_any().downcast_ref::<A>().ok_or_else(|| ReadError::Type {
            column: self.columns.get(index).map_or("?", |column| column.name).to_owned(),
            expected,
            found: array.data_type().to_string(),
        })?;
        Ok((!typed.is_null(self.row)).then_some(typed))
    }
}

impl CellReader for Cursor<'_> {
    fn text(&mut self) -> Result<Option<String>, ReadError> {
        Ok(self.array::<StringArray>("text")?.map(|a| a.value(self.row).to_owned()))
    }
    fn integer(&mut self) -> Result<Option<i64>, ReadError> {
        Ok(self.array::<Int64Array>("a whole number")?.map(|a| a.value(self.row)))
    }
    fn float(&mut self) -> Result<Option<f64>, ReadError> {
        Ok(self.array::<Float64Array>("a number")?.map(|a| a.value(self.row)))
    }
    fn boolean(&mut self) -> Result<Option<bool>, ReadError> {
        Ok(self.array::<BooleanArray>("true or false")?.map(|a| a.value(self.row)))
    }
    fn timestamp(&mut self) -> Result<Option<Timestamp>, ReadError> {
        let array = self.array::<TimestampMicrosecondArray>("a time")?;
        Ok(array.map(|a| Timestamp::from_micros(a.value(self.row))))
    }

    fn text_list(&mut self) -> Result<Option<Vec<String>>, ReadError> {
        let Some(list) = self.array::<ListArray>("a list")? else { return Ok(None) };
        let items = list.value(self.row);
        let mut cursor = Cursor { arrays: &[items], columns: &[], row: 0, next: 0 };
        let mut texts = Vec::new();
        for row in 0..cursor.arrays[0].len() {
            (cursor.row, cursor.next) = (row, 0);
            texts.push(cursor.text()?.ok_or(ReadError::Missing("text"))?);
        }
        Ok(Some(texts))
    }

    fn struct_list(
        &mut self,
        read: &mut dyn FnMut(&mut dyn CellReader) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Some(list) = self.array::<ListArray>("a list")? else { return Ok(()) };
        let items = list.value(self.row);
        let structs = items.as_any().downcast_ref::<StructArray>().ok_or(ReadError::Missing("a struct"))?;
        for row in 0..structs.len() {
            read(&mut Cursor { arrays: structs.columns(), columns: &[], row, next: 0 })?;
        }
        Ok(())
    }
}
