//! One data file: reading its batches, and staging a new version of it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use sha2::{Digest, Sha256};

use super::error::Error;
use super::files::{FileWriter, Files, Shared};
use super::layout::{DataFile, Layout};
use super::schema::{VERSION_KEY, arrow_schema, writer_properties};
use super::state::FileEntry;
use crate::model::TableSpec;

/// Rows of one batch when reading.
const BATCH_ROWS: usize = 2_048;
/// What one row group may hold in memory before it is written.
const ROW_GROUP_BYTES: usize = 16 * 1024 * 1024;

/// The batches of a data file, with all columns or some.
pub(super) fn read_batches(
    files: &dyn Files,
    path: &Path,
    table: &TableSpec,
    columns: Option<&[&str]>,
) -> Result<ParquetRecordBatchReader, Error> {
    let shared = Shared::open(files, path).map_err(Error::io("open", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(shared).map_err(Error::parquet(path))?;
    check_version(&builder, path, table)?;
    let builder = match columns {
        Some(names) => {
            let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
            builder.with_projection(mask)
        }
        None => builder,
    };
    builder.with_batch_size(BATCH_ROWS).build().map_err(Error::parquet(path))
}

fn check_version(
    builder: &ParquetRecordBatchReaderBuilder<Shared>,
    path: &Path,
    table: &TableSpec,
) -> Result<(), Error> {
    let metadata = builder.metadata().file_metadata().key_value_metadata();
    let version = metadata.and_then(|pairs| pairs.iter().find(|pair| pair.key == VERSION_KEY));
    let found = version.and_then(|pair| pair.value.as_deref()?.parse().ok()).unwrap_or(0);
    match found == table.version {
        true => Ok(()),
        false => Err(Error::Newer { path: path.to_owned(), found, known: table.version }),
    }
}

/// A new version of a data file, written beside it and synced, not yet in its place.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) file: DataFile,
    pub(super) path: PathBuf,
    pub(super) entry: FileEntry,
}

/// Writes a new version of a data file beside it.
pub(super) struct StageWriter {
    file: DataFile,
    path: PathBuf,
    writer: ArrowWriter<Hashing>,
    summary: Summary,
}

impl StageWriter {
    pub(super) fn create(
        files: &dyn Files,
        layout: &Layout,
        table: &'static TableSpec,
        file: DataFile,
        txid: u64,
    ) -> Result<Self, Error> {
        let path = layout.stage_file(&file, txid);
        // That the directory survives a power loss is seen to when the transaction is sealed.
        let dir = path.parent().unwrap_or(&path);
        files.create_dir(dir).map_err(Error::io("create", dir))?;
        let inner = files.create(&path).map_err(Error::io("create", &path))?;
        let out = Hashing { inner, hash: Sha256::new(), len: 0 };
        let properties = Some(writer_properties(table));
        let writer = ArrowWriter::try_new(out, arrow_schema(table), properties);
        let writer = writer.map_err(Error::parquet(&path))?;
        Ok(Self { file, path, writer, summary: Summary::default() })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.summary.add(batch);
        self.writer.write(batch).map_err(Error::parquet(&self.path))?;
        if self.writer.in_progress_size() > ROW_GROUP_BYTES {
            self.writer.flush().map_err(Error::parquet(&self.path))?;
        }
        Ok(())
    }

    /// Completes and syncs the file.
    pub(super) fn finish(mut self) -> Result<Staged, Error> {
        // Not `into_inner`, which turns a failed write into text.
        self.writer.finish().map_err(Error::parquet(&self.path))?;
        self.writer.sync().map_err(Error::io("write", &self.path))?;
        let out = self.writer.inner_mut();
        out.inner.sync().map_err(Error::io("sync", &self.path))?;
        let entry = self.summary.entry(out);
        Ok(Staged { file: self.file, path: self.path, entry })
    }
}

/// A writer that counts and hashes what passes through.
struct Hashing {
    inner: Box<dyn FileWriter>,
    hash: Sha256,
    len: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.len += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What is recorded of a file's rows.
#[derive(Default)]
struct Summary {
    rows: u64,
    first: Option<i64>,
    last: Option<i64>,
    without_thread: u64,
}

impl Summary {
    fn add(&mut self, batch: &RecordBatch) {
        self.rows += batch.num_rows() as u64;
        if let Some(column) = batch.column_by_name("created_at") {
            let times = column.as_primitive::<TimestampMicrosecondType>();
            let (low, high) = (arrow::compute::min(times), arrow::compute::max(times));
            self.first = self.first.into_iter().chain(low).min();
            self.last = self.last.into_iter().chain(high).max();
        }
        if let Some(column) = batch.column_by_name("has_thread") {
            let held = column.as_boolean().true_count();
            self.without_thread += (column.len() - held) as u64;
        }
    }

    fn entry(self, out: &Hashing) -> FileEntry {
        FileEntry {
            rows: self.rows,
            bytes: out.len,
            sha256: hex(&out.hash.clone().finalize()),
            first_created_at: self.first,
            last_created_at: self.last,
            without_thread: self.without_thread,
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a file, in hexadecimal.
pub(super) fn sha256_of(files: &dyn Files, path: &Path) -> Result<String, Error> {
    let mut reader = files.open(path).map_err(Error::io("open", path))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::io("read", path)(error)),
        }
    }
}
