//! SQL as a tool: one query over the views, its rows within what a model reads, and how fresh they are.
//!
//! The SQL runs in a worker, which holds it back; here its answer is made safe to read and short enough, and what is
//! missing is said.

mod answer;
mod fit;

use std::time::Duration;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use answer::{QueryAnswer, QueryColumn, TruncatedBy};

use super::ToolError;
use crate::cancel::Cancel;
use crate::sync::SyncState;
use crate::worker::{Limits, SqlWorkers};

/// Rows and seconds unless others are asked for, and at most.
const ROWS: usize = 200;
const MOST_ROWS: usize = 1_000;
const SECONDS: u64 = 10;
const MOST_SECONDS: u64 = 60;

/// One read-only SQL query over the views.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryParams {
    /// One SELECT in DuckDB's SQL over the views that `describe_data` lists. Times are UTC. `search('words')` in FROM
    /// gives the conversation_id and score of what words find.
    pub sql: String,
    /// Rows to give, 1 to 1,000; 200 without it.
    #[serde(default)]
    pub limit: Option<usize>,
    /// Seconds it may take, 1 to 60; 10 without it.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
}

/// What SQL is answered with.
pub struct Querier<'a> {
    /// Who runs it.
    pub workers: &'a SqlWorkers,
    /// Stops it.
    pub cancel: Cancel,
}

impl Querier<'_> {
    /// Answers a query; waits for it.
    ///
    /// # Errors
    /// When the SQL may not run, is wrong or takes too much: the error says what would do.
    pub fn answer(&self, params: &QueryParams) -> Result<QueryAnswer, ToolError> {
        let limits = params.limits()?;
        let answer = self.workers.query(&params.sql, &limits, &self.cancel)?;
        Ok(fit::fitted(answer, limits.max_rows, self.data_as_of()?))
    }

    /// The moment for which everything held is known.
    fn data_as_of(&self) -> Result<Option<DateTime<Utc>>, ToolError> {
        let Some(state) = self.workers.state()? else { return Ok(None) };
        let sync = SyncState::from_value(&state.sync).map_err(ToolError::State)?;
        Ok(sync.coverage.known_at().and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
    }
}

impl QueryParams {
    fn limits(&self) -> Result<Limits, ToolError> {
        let rows = self.limit.unwrap_or(ROWS);
        if !(1..=MOST_ROWS).contains(&rows) {
            let said =
                format!("limit is {rows}; it can be 1 to {MOST_ROWS}. More rows are seldom read: aggregate");
            return Err(ToolError::Refused(said));
        }
        let seconds = self.timeout_seconds.unwrap_or(SECONDS);
        if !(1..=MOST_SECONDS).contains(&seconds) {
            let said = format!("timeout_seconds is {seconds}; it can be 1 to {MOST_SECONDS}");
            return Err(ToolError::Refused(said));
        }
        let timeout = Duration::from_secs(seconds);
        Ok(Limits { timeout, max_rows: rows as u64, ..Limits::default() })
    }
}
