//! One data file: reading its batches, and its checksum.

use std::cmp::Ordering;
use std::io;
use std::ops::Range;
use std::path::Path;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use sha2::{Digest, Sha256};

use super::error::Error;
use super::files::Files;
use super::ranges::ByteRanges;
use super::schema::VERSION_KEY;
use super::shared::Shared;
use crate::model::TableSpec;

/// Rows of one batch when reading.
const BATCH_ROWS: usize = 1_024;
/// Bytes copied, skipped or hashed at once.
pub(super) const BLOCK: usize = 64 * 1024;
/// What the hash sees in the place of bytes that are not part of the version.
pub(super) static ZEROS: [u8; BLOCK] = [0; BLOCK];

/// The batches of a data file, with all columns or some.
pub(super) fn read_batches(
    files: &dyn Files,
    path: &Path,
    table: &TableSpec,
    columns: Option<&[&str]>,
) -> Result<ParquetRecordBatchReader, Error> {
    let builder = open(files, path, table)?;
    let builder = match columns {
        Some(names) => {
            let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
            builder.with_projection(mask)
        }
        None => builder,
    };
    builder.with_batch_size(BATCH_ROWS).build().map_err(Error::parquet(path))
}

/// All batches of a data file, and which of its bytes they are in.
pub(super) fn read_with_ranges(
    files: &dyn Files,
    path: &Path,
    table: &TableSpec,
) -> Result<(ParquetRecordBatchReader, ByteRanges), Error> {
    let shared = Shared::open(files, path).map_err(Error::io("open", path))?;
    let footer = footer(&shared).map_err(Error::parquet(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(shared).map_err(Error::parquet(path))?;
    check_version(builder.metadata(), path, table)?;
    let ranges = ByteRanges::of_version(builder.metadata(), footer);
    let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(Error::parquet(path))?;
    Ok((reader, ranges))
}

/// A data file opened to take over parts of it as they are.
pub(super) struct Opened {
    pub(super) shared: Shared,
    pub(super) metadata: ParquetMetaData,
    /// Which of its bytes are part of it.
    pub(super) ranges: ByteRanges,
}

/// Opens a data file to take over parts of it as they are.
pub(super) fn open_whole(files: &dyn Files, path: &Path, table: &TableSpec) -> Result<Opened, Error> {
    let shared = Shared::open(files, path).map_err(Error::io("open", path))?;
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&shared).map_err(Error::parquet(path))?;
    check_version(&metadata, path, table)?;
    let ranges = ByteRanges::of_version(&metadata, footer(&shared).map_err(Error::parquet(path))?);
    Ok(Opened { shared, metadata, ranges })
}

/// Where a Parquet file's footer is: its last eight bytes say how much comes before them.
fn footer(shared: &Shared) -> Result<Range<u64>, ParquetError> {
    let end = shared.len();
    let tail = shared.get_bytes(end.saturating_sub(8), 8.min(end as usize))?;
    let length = tail.first_chunk().map_or(0, |length| u32::from_le_bytes(*length));
    Ok(end.saturating_sub(8 + u64::from(length))..end)
}

fn open(
    files: &dyn Files,
    path: &Path,
    table: &TableSpec,
) -> Result<ParquetRecordBatchReaderBuilder<Shared>, Error> {
    let shared = Shared::open(files, path).map_err(Error::io("open", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(shared).map_err(Error::parquet(path))?;
    check_version(builder.metadata(), path, table)?;
    Ok(builder)
}

pub(super) fn check_version(metadata: &ParquetMetaData, path: &Path, table: &TableSpec) -> Result<(), Error> {
    let metadata = metadata.file_metadata().key_value_metadata();
    let version = metadata.and_then(|pairs| pairs.iter().find(|pair| pair.key == VERSION_KEY));
    let found = version.and_then(|pair| pair.value.as_deref()?.parse().ok()).unwrap_or(0);
    match found.cmp(&table.version) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(Error::Newer { path: path.to_owned(), found, known: table.version }),
        Ordering::Less if found == 0 => {
            Err(Error::Damaged { path: path.to_owned(), what: "fi did not write it" })
        }
        Ordering::Less => Err(Error::Older { path: path.to_owned(), found, known: table.version }),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a file, in hexadecimal, with some of its bytes taken as zeros: those only kept for readers of
/// the version before, which may be erased at any time.
pub(super) fn sha256_of(files: &dyn Files, path: &Path, zeros: &ByteRanges) -> Result<String, Error> {
    let mut reader = files.open(path).map_err(Error::io("open", path))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; BLOCK]);
    let mut position = 0;
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::io("read", path)(error)),
        };
        let end = position + count as u64;
        for range in zeros.iter().filter(|range| range.start < end && position < range.end) {
            let from = (range.start.max(position) - position) as usize;
            let to = (range.end.min(end) - position) as usize;
            buffer[from..to].copy_from_slice(&ZEROS[from..to]);
        }
        hash.update(&buffer[..count]);
        position = end;
    }
}
