//! An export as one DuckDB database.

use std::io;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use duckdb::vtab::arrow::{ArrowBatchRegistration, ArrowVTab};
use duckdb::{Config, Connection};

use super::{Fill, Joined, Sink, Written};
use crate::engine::{Column, Output, literal};
use crate::export::error::Error;
use crate::export::plan::Planned;
use crate::export::select::Month;

/// The table that tells what the export is.
pub(in crate::export) const INFO_TABLE: &str = "fi_export";
/// Rows inserted at once.
const INSERT_ROWS: usize = 20_000;
/// The oldest DuckDB that is to open it: tools that bring their own are seldom the newest.
const OLDEST_READER: &str = "v1.2.0";
/// Memory of the database that is written; the one that is read has its own.
const MEMORY: &str = "1GB";

/// Writes tables of a database.
pub(in crate::export) struct Database {
    path: PathBuf,
    connection: Connection,
}

impl Database {
    /// In a new file.
    pub(in crate::export) fn create(path: &Path) -> Result<Self, Error> {
        let open = || {
            let config = Config::default()
                .with("storage_compatibility_version", OLDEST_READER)?
                .max_memory(MEMORY)?
                .enable_autoload_extension(false)?;
            let connection = Connection::open_with_flags(path, config)?;
            connection.register_table_function::<ArrowVTab>("arrow")?;
            Ok(connection)
        };
        let connection = open().map_err(io_error).map_err(Error::write(path))?;
        Ok(Self { path: path.to_owned(), connection })
    }

    fn run(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute_batch(sql).map_err(io_error).map_err(Error::write(&self.path))
    }
}

impl Sink for Database {
    fn table(
        &mut self,
        table: &Planned,
        parts: &[Option<Month>],
        fill: &mut Fill<'_>,
    ) -> Result<Written, Error> {
        let name = table.view.name;
        self.run("BEGIN")?;
        let mut rows = 0;
        {
            let mut inserted =
                Inserted { connection: &self.connection, name, batches: Vec::new(), held_rows: 0 };
            let mut joined = Joined::new(&mut inserted);
            for part in parts {
                rows += fill(*part, &mut joined).map_err(|error| error.at(&self.path))?;
            }
            inserted.end().map_err(Error::write(&self.path))?;
        }
        let mut comments = format!("COMMENT ON TABLE {name} IS {};\n", literal(table.view.grain()));
        for column in &table.columns {
            let (column, description) = (&column.column.name, literal(&column.column.description));
            comments.push_str(&format!("COMMENT ON COLUMN {name}.{column} IS {description};\n"));
        }
        self.run(&comments)?;
        self.run("COMMIT")?;
        Ok(Written { rows, files: Vec::new() })
    }

    fn finish(self: Box<Self>, _catalog: &str, manifest: &str) -> Result<(), Error> {
        self.run(&format!(
            "CREATE TABLE {INFO_TABLE} AS SELECT {} AS manifest;\n\
             COMMENT ON TABLE {INFO_TABLE} IS 'What this export is, as JSON.';\n\
             CHECKPOINT;",
            literal(manifest)
        ))?;
        let path = self.path;
        self.connection.close().map_err(|(_, error)| io_error(error)).map_err(Error::write(&path))?;
        let synced = std::fs::File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(Error::write(&path))
    }
}

/// Inserts rows into a table it makes for them.
struct Inserted<'a> {
    connection: &'a Connection,
    name: &'static str,
    batches: Vec<RecordBatch>,
    held_rows: usize,
}

impl Inserted<'_> {
    fn insert(&mut self) -> io::Result<()> {
        let Some(first) = self.batches.first() else { return Ok(()) };
        let rows = concat_batches(&first.schema(), &self.batches).map_err(io::Error::other)?;
        self.batches.clear();
        self.held_rows = 0;
        let rows = ArrowBatchRegistration::new(rows);
        let sql = format!("INSERT INTO {} SELECT * FROM arrow(?)", self.name);
        let inserted = self.connection.prepare_cached(&sql).and_then(|mut insert| insert.execute([&rows]));
        inserted.map(drop).map_err(io_error)
    }
}

impl Output for Inserted<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let columns = columns.iter().map(|column| format!("{} {}", column.name, column.sql_type));
        let columns = columns.collect::<Vec<_>>().join(", ");
        self.connection.execute_batch(&format!("CREATE TABLE {} ({columns})", self.name)).map_err(io_error)
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.held_rows += batch.num_rows();
        self.batches.push(batch.clone());
        if self.held_rows >= INSERT_ROWS { self.insert() } else { Ok(()) }
    }

    fn end(&mut self) -> io::Result<()> {
        self.insert()
    }
}

/// DuckDB tells a full disk in words only.
fn io_error(error: duckdb::Error) -> io::Error {
    let is_full = error.to_string().contains("No space left on device");
    let kind = if is_full { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
    io::Error::new(kind, error)
}
