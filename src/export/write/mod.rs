//! Where the rows of an export go: files, or tables of a database.

mod database;
mod files;

use std::io;
use std::path::Path;

use arrow::array::RecordBatch;

use super::error::Error;
use super::manifest::FileEntry;
use super::params::{ExportFormat, ExportParams};
use super::plan::Planned;
use super::select::Month;
use crate::engine::{self, Column, Output};
use crate::tools::ToolError;

pub(super) use database::{Database, INFO_TABLE};
pub(super) use files::Files;

/// Gives the rows of a table, of one month or all, to an output, and tells how many there were.
pub(super) type Fill<'a> = dyn FnMut(Option<Month>, &mut dyn Output) -> Result<u64, Error> + 'a;

/// What became of a table.
pub(super) struct Written {
    pub(super) rows: u64,
    /// Its own files; none in a database.
    pub(super) files: Vec<FileEntry>,
}

/// Takes tables.
pub(super) trait Sink {
    /// Writes a table, part by part.
    fn table(
        &mut self,
        table: &Planned,
        parts: &[Option<Month>],
        fill: &mut Fill<'_>,
    ) -> Result<Written, Error>;
    /// Writes what the export is, beside all tables, and puts everything on the disk for good.
    fn finish(self: Box<Self>, catalog: &str, manifest: &str) -> Result<(), Error>;
}

/// Whoever takes tables in the format asked for: below a directory, or in a file of it.
pub(super) fn sink<'a>(
    params: &ExportParams,
    directory: &'a Path,
    name: &str,
) -> Result<Box<dyn Sink + 'a>, Error> {
    Ok(match params.format {
        ExportFormat::Duckdb => Box::new(Database::create(&directory.join(name))?),
        _ => Box::new(Files::new(directory, params.format, params.layout)),
    })
}

/// One output for several queries with the same columns.
struct Joined<'a> {
    inner: &'a mut dyn Output,
    has_columns: bool,
}

impl<'a> Joined<'a> {
    fn new(inner: &'a mut dyn Output) -> Self {
        Self { inner, has_columns: false }
    }
}

impl Output for Joined<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        match std::mem::replace(&mut self.has_columns, true) {
            true => Ok(()),
            false => self.inner.columns(columns),
        }
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.inner.rows(batch)
    }

    /// Whoever joins ends the output itself.
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Error {
    /// Says which path could not be written, if that is why a query ended.
    fn at(self, path: &Path) -> Self {
        match self {
            Self::Tool(ToolError::Engine(engine::Error::Output(source))) => Self::write(path)(source),
            error => error,
        }
    }
}
