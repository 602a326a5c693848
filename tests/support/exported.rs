//! Exports made by the library, and opened as others open them: with DuckDB, by their own views or tables.

use std::path::Path;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use duckdb::{AccessMode, Config, Connection};
use fastintercom::engine::{Engine, QueryOptions, catalog_sql};
use fastintercom::export::{
    Done, Error, ExportFormat, ExportLayout, ExportParams, Exporter, Observer, Redaction, Target,
};
use fastintercom::lake::{Layout, Partitioning};
use fastintercom::tools::timeframe::TimeframeInput;
use fastintercom::tools::{Filters, Selection};

/// The formats and layouts there are, each with the name of an export in it.
pub(crate) const FORMS: [(&str, ExportFormat, ExportLayout); 5] = [
    ("single", ExportFormat::Parquet, ExportLayout::Single),
    ("hive", ExportFormat::Parquet, ExportLayout::Hive),
    ("csv", ExportFormat::Csv, ExportLayout::Single),
    ("ndjson", ExportFormat::Ndjson, ExportLayout::Single),
    ("whole.duckdb", ExportFormat::Duckdb, ExportLayout::Single),
];

/// An export of everything as it is.
pub(crate) fn everything() -> ExportParams {
    ExportParams {
        tables: Vec::new(),
        format: ExportFormat::Parquet,
        layout: ExportLayout::Single,
        selection: Selection::default(),
        redaction: None,
    }
}

/// Of conversations of a period that pass filters, written as JSON.
pub(crate) fn selection(timeframe: Option<&str>, filters: serde_json::Value) -> Selection {
    let filters: Filters = serde_json::from_value(filters).expect("filters");
    let timeframe = timeframe.map(|text| TimeframeInput::Text(text.to_owned()));
    Selection { filters, timeframe, ..Selection::default() }
}

/// The key of hashes in tests.
pub(crate) fn hash() -> Redaction {
    Redaction::Hash { key: b"a key for tests only".to_vec(), is_given: true }
}

/// The time it is when tests export.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().expect("a time")
}

/// Watches nothing.
pub(crate) struct Unwatched;

impl Observer for Unwatched {
    fn table(&self, _: &'static str, _: usize, _: usize) {}
    fn rows(&self, _: u64) {}
    fn restarted(&self) {}
}

/// Makes an export that must succeed.
pub(crate) fn export(engine: &Engine, params: &ExportParams, path: &Path) -> Done {
    try_export(engine, params, path, &Unwatched, QueryOptions::default()).expect("an export")
}

/// Makes an export that may fail.
pub(crate) fn try_export(
    engine: &Engine,
    params: &ExportParams,
    path: &Path,
    observer: &dyn Observer,
    options: QueryOptions,
) -> Result<Done, Error> {
    let nowhere = Layout::new(Path::new("/no/lake/to/keep/out/of"));
    let target = Target::new(path, params.format, true, &nowhere)?;
    Exporter { engine, zone: Tz::UTC, now: now(), options, observer }.export(params, &target)
}

/// Tables and views to ask.
pub(crate) struct Opened(Connection);

impl Opened {
    /// An export.
    pub(crate) fn export(path: &Path) -> Self {
        if path.is_file() {
            let config = Config::default().access_mode(AccessMode::ReadOnly).expect("a mode");
            return Self(Connection::open_with_flags(path, config).expect("a database"));
        }
        let catalog = std::fs::read_to_string(path.join("catalog.sql")).expect("a catalog");
        let place = format!("SET file_search_path = '{}';\n", path.display());
        Self::views(&(place + &catalog))
    }

    /// A lake.
    pub(crate) fn lake(layout: &Layout) -> Self {
        Self::views(&catalog_sql(layout, Partitioning::Month))
    }

    fn views(sql: &str) -> Self {
        let connection = Connection::open_in_memory().expect("a database");
        // The bundled build has no ICU, whose setting this is.
        connection.execute_batch(&sql.replace("SET TimeZone = 'UTC';", "")).expect("views");
        Self(connection)
    }

    /// The rows of a query with one column of text.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let mut statement = self.0.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).expect("rows");
        rows.map(|row| row.expect("a row").unwrap_or_else(|| "NULL".to_owned())).collect()
    }

    /// All rows of a table, as texts, in order.
    pub(crate) fn rows(&self, table: &str) -> Vec<String> {
        let columns: Vec<String> = self.columns(table).into_iter().map(|(name, _)| name).collect();
        let columns = columns.join(", ");
        self.texts(&format!("SELECT row::VARCHAR FROM (SELECT {columns} FROM {table} ORDER BY ALL) AS row"))
    }

    /// The columns of a table with their types, by name.
    pub(crate) fn columns(&self, table: &str) -> Vec<(String, String)> {
        let told = "SELECT column_name || ' ' || column_type";
        let columns = self.texts(&format!("{told} FROM (DESCRIBE {table}) ORDER BY column_name"));
        let split =
            |column: &String| column.split_once(' ').map(|(name, kind)| (name.to_owned(), kind.to_owned()));
        columns.iter().filter_map(split).collect()
    }

    /// The tables and views.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.texts("SELECT name FROM (SHOW TABLES) WHERE name <> 'fi_export' ORDER BY name")
    }
}
