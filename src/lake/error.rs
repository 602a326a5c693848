//! What can go wrong with the lake, by outcome.

use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

/// Why the lake could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A call of the file system failed.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process writes.
    #[error("the lake is being written by {holder}")]
    Locked {
        /// Who, for what, since when.
        holder: super::Holder,
    },
    /// This process may not write: the home is somebody else's, or a volume mounted for reading.
    #[error("the lake in {} can only be read here", .0.display())]
    ReadOnly(PathBuf),
    /// A Parquet file cannot be read or written.
    #[error("cannot read or write {} as Parquet", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// Columns do not fit together.
    #[error("the rows of '{table}' do not fit its columns")]
    Arrow {
        /// The table.
        table: &'static str,
        /// Why.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// A stored row does not fit its type.
    #[error("a row in {} does not fit", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: crate::model::ReadError,
    },
    /// The state or the journal is not what was written.
    #[error("{} is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A file of a newer `fi`.
    #[error("{} was written by a newer fi (version {found}, this one knows up to {known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// A file of an older `fi`, with other columns.
    #[error("{} was written by an older fi (version {found}, this one writes {known})", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version this program reads.
        known: u32,
    },
    /// An earlier commit of this process failed after its commit point; only recovery can go on.
    #[error("an earlier write failed half-way; it is finished when the lake is opened again")]
    NeedsRecovery,
}

impl Error {
    /// For `map_err` after a file system call.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    /// For `map_err` after a call that reads or writes Parquet; a failed call of the file system stays one.
    pub(super) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        move |source| match source {
            ParquetError::External(cause) => match cause.downcast::<io::Error>() {
                Ok(source) => Self::Io { action: "read or write", path: path.to_owned(), source: *source },
                Err(cause) => Self::Parquet { path: path.to_owned(), source: ParquetError::External(cause) },
            },
            source => Self::Parquet { path: path.to_owned(), source },
        }
    }

    /// For `map_err` after reading a batch: Arrow passes on what went wrong in the file as text.
    pub(super) fn batch(path: &Path, table: &'static str) -> impl FnOnce(ArrowError) -> Self {
        move |source| match source {
            ArrowError::ParquetError(text) => {
                Self::Parquet { path: path.to_owned(), source: ParquetError::General(text) }
            }
            source => Self::Arrow { table, source },
        }
    }

    /// For a call that the caller should not have made, which was not made.
    pub(super) fn refused(action: &'static str, path: &Path, why: &'static str) -> Self {
        let source = io::Error::new(io::ErrorKind::InvalidInput, why);
        Self::Io { action, path: path.to_owned(), source }
    }

    /// Whether a file is not there.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// Whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        let full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        matches!(self, Self::Io { source, .. } if full(source.kind()))
    }
}
