//! What tells one version of a data file from every other, so that what was read of it can be remembered.

use std::fs::Metadata;
use std::time::SystemTime;

/// The file behind an open handle, as of its last change.
///
/// A new version of a data file is put in place by a rename, so it is another file; one that takes the number of a
/// file that is gone differs in its times. What is erased in place changes the times too, and is no part of the version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileVersion {
    len: u64,
    modified: Option<SystemTime>,
    /// Device, number, and the time of the last rename or write, in seconds and nanoseconds.
    #[cfg(unix)]
    inode: (u64, u64, i64, i64),
    #[cfg(not(unix))]
    created: Option<SystemTime>,
}

impl FileVersion {
    /// From what the file system says of an open file.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let inode = (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec());
        Self { len: metadata.len(), modified: metadata.modified().ok(), inode }
    }

    /// From what the file system says of an open file.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Self {
        let created = metadata.created().ok();
        Self { len: metadata.len(), modified: metadata.modified().ok(), created }
    }
}
