//! How customers rate, and what they write with it.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::moment;
use crate::engine::{Engine, QueryOptions};
use crate::tools::directory::{Directory, Kind};
use crate::tools::error::ToolError;
use crate::tools::untrusted::Untrusted;

/// Remarks shown, and of each at most so many characters.
const REMARKS: usize = 10;
const REMARK_CHARS: usize = 300;

/// How many conversations have a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RatingCount {
    /// The rating, 1 to 5.
    pub rating: i64,
    /// How many conversations have it.
    pub conversation_count: i64,
}

/// What customers wrote with their ratings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remarks {
    /// How many conversations have one.
    pub conversation_count: i64,
    /// Some of them: the worst ratings first, of these the newest.
    pub shown: Vec<Remark>,
}

/// A rating with words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remark {
    /// The conversation.
    pub conversation_id: String,
    /// When it began (UTC).
    pub created_at: Option<DateTime<Utc>>,
    /// The rating, 1 to 5.
    pub rating: Option<i64>,
    /// The teammate who was rated.
    pub rated_teammate: Option<String>,
    /// The customer's words.
    pub untrusted_remark: Untrusted,
}

/// The ratings of the conversations that meet a condition.
pub(in crate::tools::analyze) fn ratings(
    engine: &Engine,
    options: &QueryOptions,
    meant: &str,
) -> Result<Vec<RatingCount>, ToolError> {
    let sql = format!(
        "SELECT rating, count(*)::BIGINT AS conversation_count\nFROM conversation_metrics\nWHERE {meant}\n    \
         AND rating IS NOT NULL\nGROUP BY rating\n"
    );
    let table = engine.ask(&sql, options)?;
    let mut counts: Vec<RatingCount> =
        (1..=5).map(|rating| RatingCount { rating, conversation_count: 0 }).collect();
    for batch in &table.batches {
        let numbers = |column: usize| batch.column(column).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let (rating, conversation_count) = (numbers(0).value(row), numbers(1).value(row));
            match counts.iter_mut().find(|count| count.rating == rating) {
                Some(count) => count.conversation_count = conversation_count,
                None => counts.push(RatingCount { rating, conversation_count }),
            }
        }
    }
    Ok(counts)
}

/// The remarks of the conversations that meet a condition.
pub(in crate::tools::analyze) fn remarks(
    engine: &Engine,
    options: &QueryOptions,
    meant: &str,
    directory: &Directory,
) -> Result<Remarks, ToolError> {
    let sql = format!(
        "SELECT conversation_id, created_at, rating, rated_teammate_id, rating_remark,\n    \
         count(*) OVER ()::BIGINT AS conversation_count\nFROM conversation_metrics\nWHERE {meant}\n    \
         AND trim(rating_remark) <> ''\nORDER BY rating, created_at DESC, conversation_id\nLIMIT {REMARKS}\n"
    );
    let table = engine.ask(&sql, options)?;
    let mut remarks = Remarks { conversation_count: 0, shown: Vec::new() };
    for batch in &table.batches {
        let text = |column: usize, row: usize| {
            let texts = batch.column(column).as_string::<i32>();
            (!texts.is_null(row)).then(|| texts.value(row))
        };
        let number = |column: usize, row: usize| {
            let numbers = batch.column(column).as_primitive::<Int64Type>();
            (!numbers.is_null(row)).then(|| numbers.value(row))
        };
        let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
        for row in 0..batch.num_rows() {
            remarks.conversation_count = number(5, row).unwrap_or(0);
            remarks.shown.push(Remark {
                conversation_id: text(0, row).unwrap_or_default().to_owned(),
                created_at: moment(times, row),
                rating: number(2, row),
                rated_teammate: text(3, row)
                    .map(|id| directory.name(Kind::Admin, id).unwrap_or(id).to_owned()),
                untrusted_remark: Untrusted::new(text(4, row).unwrap_or_default(), REMARK_CHARS),
            });
        }
    }
    Ok(remarks)
}
