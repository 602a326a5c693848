//! An export as a directory of files.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use parquet::basic::{Compression, ZstdLevel};

use super::{Fill, Joined, Sink, Written};
use crate::engine::Output;
use crate::export::error::Error;
use crate::export::manifest::{CATALOG, FileEntry, MANIFEST};
use crate::export::params::{ExportFormat, ExportLayout};
use crate::export::plan::Planned;
use crate::export::select::Month;
use crate::format::{Format, ParquetDetails, parquet_writer};
use crate::lake::{Disk, Files as _};

/// Rows of a row group, as in the lake: what a reader loads to get at one conversation.
const ROW_GROUP_ROWS: usize = 10_000;
/// Bytes written at once.
const BUFFER_BYTES: usize = 256 << 10;

/// Writes files below a directory.
pub(in crate::export) struct Files<'a> {
    root: &'a Path,
    format: ExportFormat,
    layout: ExportLayout,
}

impl<'a> Files<'a> {
    /// Below this directory, which is there.
    pub(in crate::export) fn new(root: &'a Path, format: ExportFormat, layout: ExportLayout) -> Self {
        Self { root, format, layout }
    }

    /// Writes one file; tells its rows.
    fn file(
        &self,
        name: &str,
        table: &Planned,
        parts: &[Option<Month>],
        fill: &mut Fill<'_>,
    ) -> Result<(u64, FileEntry), Error> {
        let path = self.root.join(name);
        if let Some(directory) = path.parent() {
            Disk::default().create_dir(directory).map_err(Error::write(directory))?;
        }
        let file = File::options().write(true).create_new(true).open(&path).map_err(Error::write(&path))?;
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
        let mut rows = 0;
        {
            let mut writer = self.writer(table, &mut out);
            let mut joined = Joined::new(&mut *writer);
            for part in parts {
                rows += fill(*part, &mut joined).map_err(|error| error.at(&path))?;
            }
            writer.end().map_err(Error::write(&path))?;
        }
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(Error::write(&path))?;
        let bytes = out.get_ref().metadata().map_err(Error::write(&path))?.len();
        Ok((rows, FileEntry { path: name.to_owned(), bytes }))
    }

    fn writer<'o>(&self, table: &Planned, out: &'o mut dyn Write) -> Box<dyn Output + 'o> {
        match self.format {
            ExportFormat::Csv => Format::Csv.writer(out),
            ExportFormat::Ndjson => Format::Ndjson.writer(out),
            ExportFormat::Parquet | ExportFormat::Duckdb => {
                let described = table.columns.iter().map(|column| {
                    let description = ("description".to_owned(), column.column.description.clone());
                    (column.column.name.clone(), HashMap::from([description]))
                });
                let columns = described.collect();
                // Written once and sent about: small counts for more than soon.
                let compression = Compression::ZSTD(ZstdLevel::default());
                parquet_writer(out, ParquetDetails { row_group_rows: ROW_GROUP_ROWS, compression, columns })
            }
        }
    }

    /// A file for each month that has rows; one without rows if none has, so that every reader finds the columns.
    fn months(
        &self,
        table: &Planned,
        parts: &[Option<Month>],
        fill: &mut Fill<'_>,
    ) -> Result<Written, Error> {
        let mut written = Written { rows: 0, files: Vec::new() };
        for month in parts.iter().copied().flatten() {
            let directory = format!("{}/month={}", table.view.name, month.name());
            let name = format!("{directory}/data.parquet");
            let (rows, file) = self.file(&name, table, &[Some(month)], fill)?;
            let is_last_chance = written.files.is_empty() && Some(&Some(month)) == parts.last();
            if rows == 0 && !is_last_chance {
                let path = self.root.join(directory);
                fs::remove_dir_all(&path).map_err(Error::write(&path))?;
                continue;
            }
            written.rows += rows;
            written.files.push(file);
        }
        Ok(written)
    }

    fn write(&self, name: &str, content: &str) -> Result<(), Error> {
        let path = self.root.join(name);
        Disk::default().write(&path, content.as_bytes()).map_err(Error::write(&path))
    }
}

impl Sink for Files<'_> {
    fn table(
        &mut self,
        table: &Planned,
        parts: &[Option<Month>],
        fill: &mut Fill<'_>,
    ) -> Result<Written, Error> {
        if self.layout == ExportLayout::Hive && table.is_by_month {
            return self.months(table, parts, fill);
        }
        let name = format!("{}.{}", table.view.name, self.format.extension());
        let (rows, file) = self.file(&name, table, parts, fill)?;
        Ok(Written { rows, files: vec![file] })
    }

    fn finish(self: Box<Self>, catalog: &str, manifest: &str) -> Result<(), Error> {
        self.write(CATALOG, catalog)?;
        self.write(MANIFEST, manifest)?;
        sync_directories(self.root).map_err(Error::write(self.root))
    }
}

/// Makes the names of all files survive a power loss.
fn sync_directories(directory: &Path) -> std::io::Result<()> {
    let entries =
        fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<PathBuf>>>()?;
    for path in entries.iter().filter(|path| path.is_dir()) {
        sync_directories(path)?;
    }
    Disk::default().sync_dir(directory)
}
