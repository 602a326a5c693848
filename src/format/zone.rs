//! Times as the clocks of a zone show them.
//!
//! Which times without zone are UTC is a matter of names: columns named `*_at` are. All others stay as they are: a query
//! may have made them local already.

use std::io;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Schema, TimeUnit, TimestampMicrosecondType};
use chrono_tz::Tz;

use super::arrow_ipc::io_error;
use crate::engine::{Column, Output};

/// Passes rows on with their times in a zone: times with zone, and UTC times by name.
pub struct InZone<'a> {
    inner: &'a mut dyn Output,
    zone: Tz,
    columns: Vec<Column>,
}

impl<'a> InZone<'a> {
    /// Before another output.
    pub fn new(inner: &'a mut dyn Output, zone: Tz) -> Self {
        Self { inner, zone, columns: Vec::new() }
    }

    fn wanted(&self, column: &Column) -> Option<DataType> {
        match column.field.data_type() {
            DataType::Timestamp(TimeUnit::Microsecond, zone)
                if zone.is_some() || column.name.ends_with("_at") =>
            {
                Some(DataType::Timestamp(TimeUnit::Microsecond, Some(self.zone.name().into())))
            }
            _ => None,
        }
    }

    fn moved(&self, array: &ArrayRef, wanted: &DataType) -> ArrayRef {
        match array.as_primitive_opt::<TimestampMicrosecondType>() {
            Some(times) if array.data_type() != wanted => {
                Arc::new(times.clone().with_timezone(self.zone.name()))
            }
            _ => Arc::clone(array),
        }
    }
}

impl Output for InZone<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let columns = columns.iter().map(|column| match self.wanted(column) {
            Some(wanted) => Column {
                name: column.name.clone(),
                sql_type: "TIMESTAMP WITH TIME ZONE".to_owned(),
                field: Arc::new(column.field.as_ref().clone().with_data_type(wanted)),
            },
            None => column.clone(),
        });
        self.columns = columns.collect();
        self.inner.columns(&self.columns)
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let arrays = batch.columns().iter().zip(&self.columns);
        let arrays = arrays.map(|(array, column)| self.moved(array, column.field.data_type())).collect();
        let fields: Vec<_> = self.columns.iter().map(|column| Arc::clone(&column.field)).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(io_error)?;
        self.inner.rows(&batch)
    }

    fn end(&mut self) -> io::Result<()> {
        self.inner.end()
    }
}
