//! Why there is no export.

use std::io;
use std::path::{Path, PathBuf};

use crate::engine;
use crate::tools::ToolError;

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for is not possible; the text says what is.
    #[error("{0}")]
    Refused(String),
    /// A filter or period is wrong, or the lake could not be asked.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// No conversation is meant.
    #[error("no conversation matches; nothing was written")]
    NothingFound,
    /// There is something in its place.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// There is something in its place that must not be replaced.
    #[error("{} is not replaced: {why}", .path.display())]
    NotOurs {
        /// What is there.
        path: PathBuf,
        /// Why it stays.
        why: String,
    },
    /// A file could not be written.
    #[error("cannot write {}", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A table held more or fewer rows than were recorded when it was written.
    #[error("the lake should hold {expected} rows of {table} and holds {found}")]
    Count {
        /// The table.
        table: &'static str,
        /// Rows recorded.
        expected: u64,
        /// Rows read.
        found: u64,
    },
    /// Syncs moved the lake each time.
    #[error("the lake kept changing while it was exported")]
    Unsettled,
}

impl From<engine::Error> for Error {
    fn from(error: engine::Error) -> Self {
        Self::Tool(error.into())
    }
}

impl Error {
    /// For `map_err` after a call that writes this path.
    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Write { path: path.to_owned(), source }
    }

    /// Whether it may go well when the lake is read once more, since a sync moved it.
    pub(super) fn is_of_a_moving_lake(&self) -> bool {
        matches!(self, Self::Unsettled | Self::Tool(ToolError::Engine(engine::Error::Unsettled(_))))
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Tool(ToolError::Engine(error)) => error.hint(),
            Self::Exists(_) => Some("--force replaces an earlier export".to_owned()),
            Self::NotOurs { .. } => Some("name another place, or move away what is there".to_owned()),
            Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull => Some(
                "free some disk space, or name a place on another disk; nothing was left behind".to_owned(),
            ),
            Self::Write { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("give yourself the right to write there, or name another place".to_owned())
            }
            Self::NothingFound => {
                Some("widen the period or the filters; `fi status` says what is held".to_owned())
            }
            Self::Count { .. } => Some("`fi verify` says which files are missing or damaged".to_owned()),
            Self::Unsettled => Some("run it again when the sync is done; `fi status` tells".to_owned()),
            Self::Refused(_) | Self::Tool(_) | Self::Write { .. } => None,
        }
    }
}
