//! Filters and period of a search, as the conversations they leave.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::TimestampMicrosecondType;

use super::request::Request;
use crate::engine::{Engine, QueryOptions};
use crate::index::{Sort, Within, key_of};
use crate::tools::directory::Directory;
use crate::tools::{Filters, ToolError};

/// The conversations that filters and period leave; none when they leave all, and nobody has to know who waits.
///
/// It is SQL over the same view and with the same conditions as figures are, so a search and an analysis of the same
/// filters never differ.
pub(super) fn within(
    request: &Request,
    engine: &Engine,
    options: &QueryOptions,
) -> Result<Option<Within>, ToolError> {
    let mut conditions = request.period_conditions();
    if request.filters != Filters::default() {
        conditions.extend(request.filters.conditions(&Directory::load(engine, options)?)?);
    }
    let is_by_wait = request.sort == Sort::LongestWait;
    if conditions.is_empty() && !is_by_wait {
        return Ok(None);
    }
    if conditions.is_empty() {
        conditions.push("true".to_owned());
    }
    let meant =
        format!("SELECT conversation_id FROM conversation_metrics WHERE {}", conditions.join("\n    AND "));
    let sql = match is_by_wait {
        false => meant,
        true => format!(
            "WITH meant AS ({meant})\nSELECT conversation_id, waiting_since_at FROM meant LEFT JOIN backlog USING (conversation_id)"
        ),
    };
    let table = engine.ask(&sql, options)?;
    let mut within = HashMap::default();
    for batch in &table.batches {
        let ids = batch.column(0).as_string::<i32>();
        let since =
            batch.columns().get(1).and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
        for row in 0..batch.num_rows() {
            let since = since.filter(|since| since.is_valid(row)).map(|since| since.value(row));
            within.insert(key_of(ids.value(row)), since);
        }
    }
    Ok(Some(Arc::new(within)))
}
