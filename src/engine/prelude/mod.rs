//! What makes everyday SQL work without DuckDB's ICU extension, which the bundled build has not: the present time,
//! time zones, the text of HTML, the tone of a text, and what words find.
//!
//! Macros in `sql/prelude.sql` shadow DuckDB's own functions; the times they give are variables of the connection, set
//! before each query, so that they are the same throughout a query and can be fixed in tests.

mod search;
mod text;
mod tone;
mod zone;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use duckdb::Connection;

use super::error::Error;
use super::options::WordSearch;

const MACROS: &str = include_str!("../sql/prelude.sql");

/// Adds the functions to a database; `search` only with something to ask.
pub(super) fn install(connection: &Connection, search: Option<&Arc<dyn WordSearch>>) -> Result<(), Error> {
    let doing = "add functions";
    connection.register_scalar_function::<zone::AtTimeZone>("timezone").map_err(Error::duckdb(doing))?;
    connection.register_scalar_function::<text::HtmlToText>("html_to_text").map_err(Error::duckdb(doing))?;
    connection.register_scalar_function::<tone::Sentiment>("sentiment").map_err(Error::duckdb(doing))?;
    connection.register_scalar_function::<tone::Language>("language").map_err(Error::duckdb(doing))?;
    if let Some(search) = search {
        let registered =
            connection.register_table_function_with_extra_info::<search::Search, _>("search", search);
        registered.map_err(Error::duckdb(doing))?;
    }
    connection.execute_batch(MACROS).map_err(Error::duckdb(doing))
}

/// What queries are told of the time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// What `now()` and the like are.
    pub(super) now: DateTime<Utc>,
    /// What `last_sync_at()` is, if a view that is asked needs it.
    pub(super) last_sync_at: Option<DateTime<Utc>>,
}

impl Times {
    /// Tells the queries of a connection.
    pub(super) fn set(self, connection: &Connection) -> Result<(), Error> {
        let literal = |at: DateTime<Utc>| format!("TIMESTAMP '{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"));
        let last_sync_at = self.last_sync_at.map_or_else(|| "NULL::TIMESTAMP".to_owned(), literal);
        let now = literal(self.now);
        let sql = format!("SET VARIABLE fi_now = {now}; SET VARIABLE fi_last_sync_at = {last_sync_at}");
        connection.execute_batch(&sql).map_err(Error::duckdb("set the time"))
    }
}
