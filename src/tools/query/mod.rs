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
use crate::lake::State;
use crate::sync::SyncState;
use crate::worker::{Limits, RowFormat, SqlWorkers, StreamEnd, Take};

/// Rows and seconds unless others are asked for, and at most.
const ROWS: usize = 200;
const MOST_ROWS: usize = 1_000;
const SECONDS: u64 = 10;
const MOST_SECONDS: u64 = 60;
/// Characters of an answer as JSON: what a model can read, about 10,000 tokens, and what a program can.
pub const CHARS_FOR_MODELS: usize = 36_000;
/// See [`CHARS_FOR_MODELS`].
pub const CHARS_FOR_PROGRAMS: usize = 4_000_000;

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
    /// Characters of an answer at most.
    pub most_chars: usize,
}

impl Querier<'_> {
    /// Answers a query; waits for it.
    ///
    /// # Errors
    /// When the SQL may not run, is wrong or takes too much: the error says what would do.
    pub fn answer(&self, params: &QueryParams) -> Result<QueryAnswer, ToolError> {
        let limits = params.limits()?;
        let answer = self.workers.query(&params.sql, &limits, &self.cancel)?;
        let data_as_of = data_as_of(self.workers.state()?.as_deref())?;
        Ok(fit::fitted(answer, limits.max_rows, self.most_chars, data_as_of))
    }

    /// Gives the rows of a query bit by bit, all of them unless a limit is asked for; waits for whoever takes them.
    ///
    /// # Errors
    /// As for [`answer`](Self::answer), and when nobody takes them any more.
    pub fn stream(
        &self,
        params: &QueryParams,
        format: RowFormat,
        take: &mut Take<'_>,
    ) -> Result<StreamEnd, ToolError> {
        let max_rows = match params.limit {
            Some(0) => return Err(ToolError::Refused("limit is 0; it is 1 or more, or left out".to_owned())),
            limit => limit.map_or(u64::MAX, |rows| rows as u64),
        };
        let limits = Limits { max_rows, timeout: params.timeout(MOST_SECONDS)?, ..Limits::default() };
        Ok(self.workers.stream(&params.sql, &limits, &self.cancel, format, take)?)
    }
}

/// The moment for which everything held is known.
///
/// # Errors
/// When what the sync remembers cannot be read.
pub fn data_as_of(state: Option<&State>) -> Result<Option<DateTime<Utc>>, ToolError> {
    let Some(state) = state else { return Ok(None) };
    let sync = SyncState::from_value(&state.sync).map_err(ToolError::State)?;
    Ok(sync.coverage.known_at().and_then(|seconds| DateTime::from_timestamp(seconds, 0)))
}

impl QueryParams {
    fn limits(&self) -> Result<Limits, ToolError> {
        let rows = self.limit.unwrap_or(ROWS);
        if !(1..=MOST_ROWS).contains(&rows) {
            let said =
                format!("limit is {rows}; it can be 1 to {MOST_ROWS}. More rows are seldom read: aggregate");
            return Err(ToolError::Refused(said));
        }
        Ok(Limits { timeout: self.timeout(SECONDS)?, max_rows: rows as u64, ..Limits::default() })
    }

    /// How long it may take; so many seconds unless others are asked for.
    fn timeout(&self, unless_asked: u64) -> Result<Duration, ToolError> {
        let seconds = self.timeout_seconds.unwrap_or(unless_asked);
        match (1..=MOST_SECONDS).contains(&seconds) {
            true => Ok(Duration::from_secs(seconds)),
            false => {
                let said = format!("timeout_seconds is {seconds}; it can be 1 to {MOST_SECONDS}");
                Err(ToolError::Refused(said))
            }
        }
    }
}
