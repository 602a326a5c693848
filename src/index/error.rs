//! Why the index has no answer.

use std::path::PathBuf;

use super::syntax::SyntaxError;
use crate::lake::{self, Holder};

/// Why the index has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query cannot be read.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// Nothing was ever synced.
    #[error("nothing was synced into {} yet", .0.display())]
    NoLake(PathBuf),
    /// The index is not there, and who writes the lake has not made it yet.
    #[error("the search index of {conversations} conversations is being made by {}", keeper(.holder.as_ref()))]
    BeingMade {
        /// Who makes it; a replica does not know.
        holder: Option<Holder>,
        /// Conversations of the lake.
        conversations: u64,
    },
    /// The lake could not be read, or not be locked.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// The index could not be read or written.
    #[error("the search index in {} cannot be used", path.display())]
    Index {
        /// Its directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: tantivy::TantivyError,
    },
    /// The index could not be removed or its directory not be made.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// It was told to stop.
    #[error("stopped before the search index was made; it goes on there next time")]
    Cancelled,
}

/// Who brings an index up to date, in words.
pub(crate) fn keeper(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "the server that may write this home".to_owned(), ToString::to_string)
}
