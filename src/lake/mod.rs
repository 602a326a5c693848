//! The lake: date-partitioned Parquet files that any tool may read, and the only code that writes them.
//!
//! Knows rows and files; knows nothing of Intercom's API, of SQL or of why rows change. The names to know:
//! [`Reader`] reads without a lock, [`Lookup`] reads single rows, [`Writer`] (one at a time, by lock) commits,
//! [`Spool`] keeps fetched objects safe until they are committed.

mod commit;
mod derived;
mod edit;
mod encode;
mod error;
mod file_version;
mod files;
mod kept;
mod layout;
mod lock;
mod lookup;
mod ranges;
mod reader;
mod schema;
mod shared;
mod snapshot;
mod spool;
mod stage;
mod state;
mod table_file;
mod verify;
mod writer;

pub use commit::committed_state;
pub use edit::Edit;
pub use encode::{Encoder, decode, encode};
pub use error::Error;
pub use file_version::FileVersion;
pub use files::{Disk, FileReader, FileWriter, Files};
pub use layout::{DataFile, Layout, Partition, Partitioning};
pub use lock::{Holder, WriterLock, is_read_only};
pub use lookup::Lookup;
pub use ranges::ByteRanges;
pub use reader::{Batches, Reader, Walk};
pub use schema::arrow_schema;
pub use snapshot::Snapshot;
pub use spool::{Pending, PendingReader, Spool, SpoolEntry, SpoolKind, SpoolRecord};
pub use state::{FileEntry, LastState, State};
pub(crate) use table_file::hex;
pub use verify::{Finding, verify};
pub use writer::{Commit, Follower, Writer};
