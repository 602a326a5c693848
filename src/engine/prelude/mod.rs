//! What makes everyday SQL work without DuckDB's ICU extension, which the bundled build has not: the present time,
//! time zones, the text of HTML, and the tone of a text.
//!
//! Macros in `sql/prelude.sql` shadow DuckDB's own functions; the time they give is a variable of the connection, set
//! before each query, so that it is the same throughout a query and can be fixed in tests.

mod text;
mod tone;
mod zone;

use chrono::{DateTime, Utc};
use duckdb::Connection;

use super::error::Error;

const MACROS: &str = include_str!("../sql/prelude.sql");

/// Adds the functions to a database.
pub(super) fn install(connection: &Connection) -> Result<(), Error> {
    let doing = "add functions";
    connection.register_scalar_function::<zone::AtTimeZone>("timezone").map_err(Error::duckdb(doing))?;
    connection.register_scalar_function::<text::HtmlToText>("html_to_text").map_err(Error::duckdb(doing))?;
    connection.register_scalar_function::<tone::Sentiment>("sentiment").map_err(Error::duckdb(doing))?;
    connection.register_scalar_function::<tone::Language>("language").map_err(Error::duckdb(doing))?;
    connection.execute_batch(MACROS).map_err(Error::duckdb(doing))
}

/// Sets what `now()` and the like are for the queries of a connection.
pub(super) fn set_now(connection: &Connection, now: DateTime<Utc>) -> Result<(), Error> {
    let now = now.format("%Y-%m-%d %H:%M:%S%.6f");
    let sql = format!("SET VARIABLE fi_now = TIMESTAMP '{now}'");
    connection.execute_batch(&sql).map_err(Error::duckdb("set the time"))
}
