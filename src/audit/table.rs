//! The log as a table of SQL, for engines of whoever may read it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::event;
use super::files::Listing;
use crate::engine::{self, Beside, glob_literal};

/// The name of the table.
pub const TABLE: &str = "audit_log";

/// The table of the log in a directory; `gather` brings what is pending into it.
pub fn table(directory: PathBuf, gather: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Beside {
    let files = directory.clone();
    let create = move || {
        gather()?;
        create(&files).map_err(|error| error.to_string())
    };
    Beside { name: TABLE, directory, create: Arc::new(create) }
}

/// The statement that makes it of the files there are now.
fn create(directory: &Path) -> std::io::Result<String> {
    let paths = Listing::of(directory)?.current().into_iter().map(|piece| piece.path(directory));
    let paths: Vec<String> = paths.map(|path| format!("'{}'", glob_literal(&path))).collect();
    let rows = match paths.is_empty() {
        true => event::no_rows(),
        // A file of before may not have a column yet.
        false => format!("SELECT * FROM read_parquet([{}], union_by_name = true)", paths.join(", ")),
    };
    Ok(format!("CREATE OR REPLACE VIEW {TABLE} AS {rows};"))
}

/// Whether SQL may read it.
pub fn is_named_in(sql: &str) -> bool {
    engine::is_named_in(sql, TABLE)
}
