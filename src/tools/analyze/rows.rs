//! The rows of a question's query as groups with figures.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};

use super::answer::{Figure, Value};
use super::metric::{Asked, Measure};
use super::question::Question;
use crate::engine::Table;

/// A row: the total, or a group.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) is_total: bool,
    pub(super) ids: Vec<Option<String>>,
    /// Names that conversations carry.
    pub(super) names: Vec<Option<String>>,
    pub(super) size: i64,
    pub(super) figures: Vec<Figure>,
}

impl Row {
    /// A group without any conversations.
    pub(super) fn empty(question: &Question, ids: Vec<Option<String>>, names: Vec<Option<String>>) -> Self {
        let figures = question.metrics.iter().map(nothing).collect();
        Self { is_total: false, ids, names, size: 0, figures }
    }

    /// The figures by name, beside those of a period before.
    pub(super) fn values(&self, question: &Question, before: Option<&Self>) -> BTreeMap<&'static str, Value> {
        let metrics = question.metrics.iter().enumerate();
        let value = |(place, asked): (usize, &Asked)| {
            let now = self.figures[place].clone();
            let before = before.map(|row| row.figures[place].clone());
            let change = before
                .as_ref()
                .and_then(|before| now.change_from(before, asked.first(), asked.changes_by_difference()));
            (asked.metric.name, Value { now, before, change })
        };
        metrics.map(value).collect()
    }
}

fn nothing(asked: &Asked) -> Figure {
    match asked.metric.measure {
        Measure::Count(_) | Measure::Sum(_) => Figure::Count { value: 0 },
        Measure::Rate(..) => Figure::Rate { value: None, numerator: 0, denominator: 0 },
        Measure::Spread(..) => {
            Figure::Spread { n: 0, values: asked.aggregates.iter().map(|one| (one.name, None)).collect() }
        }
    }
}

/// All rows of an answer.
pub(super) fn rows(table: &Table, question: &Question) -> Vec<Row> {
    table
        .batches
        .iter()
        .flat_map(|batch| (0..batch.num_rows()).map(|row| read(batch, row, question)))
        .collect()
}

fn read(batch: &RecordBatch, row: usize, question: &Question) -> Row {
    let column = |name: &str| batch.column_by_name(name);
    let text = |prefix: &str, place: usize| {
        let texts = column(&format!("{prefix}{place}"))?.as_string_opt::<i32>()?;
        (!texts.is_null(row)).then(|| texts.value(row).to_owned())
    };
    let places = 0..question.group_by.len();
    let figures = question.metrics.iter().enumerate().map(|(place, asked)| {
        let whole = |index: usize| integer(column(&format!("m{place}_{index}")), row);
        match asked.metric.measure {
            Measure::Count(_) | Measure::Sum(_) => Figure::Count { value: whole(0) },
            Measure::Rate(..) => {
                let (numerator, denominator) = (whole(0), whole(1));
                let value = (denominator > 0).then(|| numerator as f64 / denominator as f64);
                Figure::Rate { value, numerator, denominator }
            }
            Measure::Spread(..) => {
                let values = asked.aggregates.iter().enumerate();
                let value = |index: usize| float(column(&format!("m{place}_{}", index + 1)), row);
                Figure::Spread {
                    n: whole(0),
                    values: values.map(|(index, one)| (one.name, value(index))).collect(),
                }
            }
        }
    });
    Row {
        is_total: column("is_total")
            .and_then(|flags| Some(flags.as_boolean_opt()?.value(row)))
            .unwrap_or(false),
        ids: places.clone().map(|place| text("g", place)).collect(),
        names: places.map(|place| text("l", place)).collect(),
        size: integer(column("size"), row),
        figures: figures.collect(),
    }
}

fn integer(column: Option<&ArrayRef>, row: usize) -> i64 {
    let numbers = column.and_then(|column| cast(column, &DataType::Int64).ok());
    numbers.map_or(0, |numbers| {
        let numbers = numbers.as_primitive::<Int64Type>();
        if numbers.is_null(row) { 0 } else { numbers.value(row) }
    })
}

fn float(column: Option<&ArrayRef>, row: usize) -> Option<f64> {
    let numbers = cast(column?, &DataType::Float64).ok()?;
    let numbers = numbers.as_primitive::<Float64Type>();
    (!numbers.is_null(row)).then(|| numbers.value(row))
}
