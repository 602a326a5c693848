//! Files of hints: one is written by one process, which holds its lock until no more comes into it; then it can be
//! taken, by that process or another. A process that dies lets go of the lock too.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::record::MAGIC;
use crate::lake::{Disk, FileWriter, Files};

/// How a segment's name ends.
const SEGMENT: &str = "hints";
/// How it ends before the segment is locked.
const STAGE: &str = "new";
/// After so long a stage is one that was never finished.
const STAGE_LEFT: Duration = Duration::from_secs(60);

/// A segment being written. It is locked as long as this lives.
pub(super) struct OpenSegment(File);

impl OpenSegment {
    /// Begins a segment. Nobody sees it before it is locked.
    pub(super) fn create(dir: &Path) -> io::Result<Self> {
        Disk::default().create_dir(dir)?;
        let path = dir.join(name()).with_extension(SEGMENT);
        let stage = path.with_extension(STAGE);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&stage)?;
        file.lock()?;
        file.write_all(MAGIC)?;
        std::fs::rename(&stage, &path)?;
        Disk::default().sync_dir(dir)?;
        Ok(Self(file))
    }
}

impl Write for OpenSegment {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl FileWriter for OpenSegment {
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// A name that no other segment has, and that sorts by time.
fn name() -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("{:016}-{}-{number}", since.as_micros(), std::process::id())
}

/// All segments, the oldest first, whether they are written or not.
pub(super) fn all(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Disk::default().list(dir)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == SEGMENT));
    Ok(paths)
}

/// The bytes they take.
pub(super) fn bytes(dir: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for path in all(dir)? {
        // One that is gone by now was taken.
        bytes += Disk::default().len(&path)?.unwrap_or(0);
    }
    Ok(bytes)
}

/// The content of a segment; `None` while it is written, and when it is gone.
pub(super) fn closed(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    Ok(Some(content))
}

/// Whether a segment is written no more.
pub(super) fn is_closed(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock_shared().is_ok())
}

/// Removes a segment whose hints are of no use any more.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Removes what was begun and never locked: nothing was ever written to it.
pub(super) fn tidy(dir: &Path) -> io::Result<()> {
    for path in Disk::default().list(dir)? {
        let is_stage = path.extension().is_some_and(|extension| extension == STAGE);
        if is_stage && Disk::default().age(&path)?.is_some_and(|age| age > STAGE_LEFT) {
            remove(&path)?;
        }
    }
    Ok(())
}
