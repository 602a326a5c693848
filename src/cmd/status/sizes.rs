//! What a home takes on the disk.

use serde::Serialize;

use crate::cmd::disk::bytes_below;
use crate::config::Home;
use crate::lake::State;

/// Bytes, part by part.
#[derive(Debug, Serialize)]
pub(super) struct Sizes {
    /// The Parquet files, without what is kept for readers of versions before.
    pub(super) lake_bytes: u64,
    /// The search index.
    pub(super) index_bytes: u64,
    /// What was fetched and is not in the lake yet.
    pub(super) spool_bytes: u64,
    /// The log.
    pub(super) log_bytes: u64,
}

impl Sizes {
    pub(super) fn new(home: &Home, state: &State) -> Self {
        Self {
            lake_bytes: state.lake_bytes(),
            index_bytes: bytes_below(&home.index_dir()),
            spool_bytes: bytes_below(&home.state_dir().join("spool")),
            log_bytes: bytes_below(&home.log_dir()),
        }
    }
}
