//! A table that is no part of the lake, for those who may read it: its files lie in a directory of their own, and its
//! view is made anew for every query that names it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Such a table.
#[derive(Clone)]
pub struct Beside {
    /// Its name in SQL.
    pub name: &'static str,
    /// Where its files are, which SQL may then read.
    pub directory: PathBuf,
    /// The statement that makes its view as of now, or why there can be none.
    pub create: Arc<dyn Fn() -> Result<String, String> + Send + Sync>,
}

/// Whether SQL may read a table: whether its name is a word of it.
pub(crate) fn is_named_in(sql: &str, table: &str) -> bool {
    super::views::words(sql).any(|word| word == table)
}

impl Beside {
    /// Whether SQL may read it.
    pub(super) fn is_named_in(&self, sql: &str) -> bool {
        is_named_in(sql, self.name)
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Beside").field(&self.name).finish()
    }
}
