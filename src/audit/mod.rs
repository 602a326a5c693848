//! Who asked what of a server, when, how long it took and how many rows it gave; who made and revoked keys. Never what
//! was asked for in words, nor what was answered: names and numbers only.
//!
//! Events are appended to one file, from which they come into Parquet files, one set for each day ([`settle()`]). An event
//! is in that file a moment after the answer, and on the disk within a second: a crash of the process loses what was
//! answered in that moment, a power loss the last second. The files lie in a directory of their own, where SQL from
//! outside may not look; [`table()`] shows them to whoever may.

mod event;
mod files;
mod log;
mod pending;
mod settle;
mod table;

pub use event::{Event, Happened};
pub use log::{AuditLog, LogCounts};
pub use pending::record;
pub use settle::{Keeping, settle};
pub use table::{TABLE, is_named_in, table};

/// Why the log cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of it.
    #[error("{} cannot be {what}", path.display())]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// What was to be done.
        what: &'static str,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Rows of it.
    #[error("the rows of {} cannot be {what}", path.display())]
    Rows {
        /// Which file.
        path: std::path::PathBuf,
        /// What was to be done.
        what: &'static str,
        /// Why not.
        #[source]
        source: parquet::errors::ParquetError,
    },
}

impl Error {
    fn file(what: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), what, source }
    }

    fn rows(
        what: &'static str,
        path: &std::path::Path,
    ) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        move |source| Self::Rows { path: path.to_owned(), what, source }
    }
}
