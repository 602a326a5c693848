//! SQL over the lake: DuckDB inside this process, with one view per table, on files it never writes.
//!
//! Knows files and SQL, nothing of where the rows come from or who asks. The names to know: [`Engine`] answers
//! queries, [`VIEWS`] is what they can ask of, the gate decides which SQL may run at all, [`catalog_sql`] makes the
//! same views for stock DuckDB, [`CHECKS`] find rows that contradict each other.

mod beside;
mod catalog;
mod checks;
mod error;
mod examples;
mod gate;
mod handle;
mod held;
mod options;
mod place;
mod prelude;
mod run;
mod settings;
mod sql_error;
mod table;
mod types;
mod views;

pub use beside::Beside;
pub(crate) use beside::is_named_in;
pub use catalog::{catalog_sql, last_sync_at};
pub use checks::{CHECKS, Check, Offence};
pub use error::Error;
pub use examples::{Example, examples};
pub use gate::{LONGEST_SQL, Refusal};
pub use handle::Engine;
pub use options::{Access, EngineOptions, Layers, Now, QueryOptions, WordSearch};
pub use place::Place;
pub use sql_error::{SqlError, SqlErrorKind};
pub use table::{Column, Cut, Output, Summary, Table};
pub use types::sql_type_of;
pub use views::{VIEWS, View, ViewColumn, view};
pub(crate) use views::{glob_literal, literal};
