//! Why a sync could not go on, by outcome. What merely is missing afterwards is in the report, not here.

use crate::{intercom, lake};

/// Why a sync ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Intercom refused or could not be reached.
    #[error(transparent)]
    Intercom(#[from] intercom::Error),
    /// A search that cannot be asked.
    #[error(transparent)]
    Query(#[from] intercom::QueryError),
    /// The lake could not be read or written.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// The lake belongs to another workspace than the token.
    #[error("the lake holds workspace {held}, the token belongs to {found}")]
    OtherWorkspace {
        /// The workspace of the lake.
        held: String,
        /// The workspace of the token.
        found: String,
    },
    /// What an earlier sync remembered cannot be read.
    #[error("what the last sync remembered cannot be read")]
    State(#[source] serde_json::Error),
    /// What webhooks told of could not be read or written.
    #[error("what webhooks told of cannot be read or written")]
    Hints(#[source] std::io::Error),
    /// A part of the sync ended without saying why; a bug.
    #[error("a part of the sync ended unexpectedly")]
    Broken(#[source] Option<tokio::task::JoinError>),
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Broken(Some(error))
    }
}
