//! A few real questions about the demo's company, asked by SQL over its lake.
//!
//! Each query in `sql/demo_*.sql` answers with two columns: a label and a number.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use serde::Serialize;

use crate::cmd::{Context, assemble, failure};
use crate::engine::{Engine, QueryOptions};
use crate::error::{CommandError, Explain, Kind};

const WEEKLY_VOLUME: &str = include_str!("../../../sql/demo_weekly_volume.sql");
const BUSIEST_TAGS: &str = include_str!("../../../sql/demo_busiest_tags.sql");
const FIRST_RESPONSE: &str = include_str!("../../../sql/demo_first_response.sql");

/// A label and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Bar {
    /// What is counted.
    pub(super) label: String,
    /// How many.
    pub(super) value: u64,
}

/// What the demo says about its company.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Answers {
    /// Conversations begun in each of the last weeks, by the week's Monday.
    pub(super) weekly_volume: Vec<Bar>,
    /// Conversations that carry each of the busiest tags.
    pub(super) busiest_tags: Vec<Bar>,
    /// The median time to a teammate's first reply, of inbound conversations.
    pub(super) median_first_response_seconds: Option<u64>,
    /// Inbound conversations a teammate replied to.
    pub(super) answered_count: u64,
}

/// Asks the lake.
pub(super) fn ask(context: &Context) -> Result<Answers, CommandError> {
    let engine = assemble::engine(context)?;
    let response = asked(&engine, FIRST_RESPONSE)?.into_iter().next();
    Ok(Answers {
        weekly_volume: asked(&engine, WEEKLY_VOLUME)?,
        busiest_tags: asked(&engine, BUSIEST_TAGS)?,
        median_first_response_seconds: response.as_ref().and_then(|bar| bar.label.parse().ok()),
        answered_count: response.map_or(0, |bar| bar.value),
    })
}

fn asked(engine: &Engine, sql: &str) -> Result<Vec<Bar>, CommandError> {
    bars(&engine.query(sql, &QueryOptions::default()).map_err(failure::of_query)?.batches)
}

/// The rows of an answer with a label and a number.
fn bars(batches: &[RecordBatch]) -> Result<Vec<Bar>, CommandError> {
    let mut bars = Vec::new();
    for batch in batches {
        let (labels, values) = (column(batch, 0, &DataType::Utf8)?, column(batch, 1, &DataType::Int64)?);
        let (labels, values) = (labels.as_string::<i32>(), values.as_primitive::<Int64Type>());
        bars.extend((0..batch.num_rows()).map(|row| Bar {
            label: if labels.is_null(row) { String::new() } else { labels.value(row).to_owned() },
            value: values.value(row).max(0).unsigned_abs(),
        }));
    }
    Ok(bars)
}

fn column(batch: &RecordBatch, index: usize, kind: &DataType) -> Result<ArrayRef, CommandError> {
    let what_failed = || "a query of the demo does not answer with a label and a number";
    cast(batch.column(index), kind).explain(Kind::Failed, what_failed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int32Array, StringArray};

    use super::*;

    #[test]
    fn rows_become_bars_whatever_their_width() {
        let labels: ArrayRef = Arc::new(StringArray::from(vec![Some("billing"), None]));
        let values: ArrayRef = Arc::new(Int32Array::from(vec![7, -1]));
        let batch = RecordBatch::try_from_iter([("label", labels), ("value", values)]).unwrap();
        let bar = |label: &str, value| Bar { label: label.to_owned(), value };
        assert_eq!(bars(&[batch]).unwrap(), [bar("billing", 7), bar("", 0)]);
    }
}
