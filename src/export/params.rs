//! What an export is asked to be.

use serde::Serialize;

use crate::tools::Selection;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Parquet files.
    Parquet,
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// One DuckDB database.
    Duckdb,
}

impl ExportFormat {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Duckdb => "duckdb",
        }
    }
}

/// How a table becomes files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportLayout {
    /// One file a table.
    #[default]
    Single,
    /// A directory for each month in which conversations began, for tables that follow conversations; one file for
    /// others.
    Hive,
}

/// What becomes of columns that say something about a person.
#[derive(Clone, PartialEq, Eq)]
pub enum Redaction {
    /// They are left out.
    Drop,
    /// What names somebody is replaced by a hash with this key, the same everywhere; free text is left out.
    Hash {
        /// The secret that makes hashes impossible to guess.
        key: Vec<u8>,
        /// Whether the key was given, so that another export can have the same hashes.
        is_given: bool,
    },
}

/// What an export is asked to be.
#[derive(Clone)]
pub struct ExportParams {
    /// Names of tables and marts; none for all.
    pub tables: Vec<String>,
    /// How it is written.
    pub format: ExportFormat,
    /// How a table becomes files.
    pub layout: ExportLayout,
    /// Which conversations.
    pub selection: Selection,
    /// What becomes of what is personal; none keeps it.
    pub redaction: Option<Redaction>,
}
