//! One writer at a time, across processes: a file lock that the system releases when its holder dies.
//!
//! The locked file says who holds it. Not reliable on network file systems.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::files::{Disk, Files};
use super::layout::Layout;
use crate::model::Timestamp;

/// The process id of a holder that has not said who it is.
const UNKNOWN_PID: u32 = 0;
/// How often a lock whose holder is unknown is tried again, and the pause between.
const ATTEMPTS: u32 = 20;
const ATTEMPT_PAUSE: Duration = Duration::from_millis(10);

/// Who writes the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// What it does, like `fi sync`.
    pub purpose: String,
    /// Since when, in seconds since 1970.
    pub since_seconds: i64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = Timestamp::from_seconds(self.since_seconds);
        write!(f, "`{}` (process {}, since {since})", self.purpose, self.pid)
    }
}

/// The lock, held until dropped.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock, or says who has it. Where the lake can only be read there is nothing to take.
    pub fn take(layout: &Layout, holder: &Holder) -> Result<Self, Error> {
        if is_read_only(layout) {
            return Err(Error::ReadOnly(layout.lake_dir()));
        }
        let path = layout.lock_file();
        let mut file = open(layout)?;
        lock(&mut file, &path)?;
        let content = serde_json::to_vec(holder).unwrap_or_default();
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(&content));
        written.map_err(Error::io("write", &path))?;
        Ok(Self { file })
    }

    /// Takes the lock, trying again until it is free or `give_up` says so.
    pub fn wait(
        layout: &Layout,
        holder: &Holder,
        mut give_up: impl FnMut(&Holder) -> bool,
    ) -> Result<Self, Error> {
        loop {
            match Self::take(layout, holder) {
                Err(Error::Locked { holder: other }) if !give_up(&other) => {
                    std::thread::sleep(Duration::from_millis(200));
                }
                result => return result,
            }
        }
    }

    /// Who holds the lock now, if anyone does.
    pub fn holder(layout: &Layout) -> Option<Holder> {
        let mut file = File::open(layout.lock_file()).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read_holder(&mut file)),
            _ => None,
        }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // The holder's name goes first, so that nobody reads a stale one; the system unlocks in any case.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// Whether the lake can only be read by this process, which then is a replica: its home is there and cannot be written.
pub fn is_read_only(layout: &Layout) -> bool {
    let (state, home) = (layout.state_dir(), layout.home_dir());
    let nearest = if state.is_dir() { state } else { home.to_owned() };
    nearest.is_dir() && !may_write(&nearest)
}

#[cfg(unix)]
fn may_write(dir: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(dir, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(dir: &Path) -> bool {
    std::fs::metadata(dir).is_ok_and(|dir| !dir.permissions().readonly())
}

/// Locks the file. One locked by nobody who says so is tried again for a moment: its holder is about to write its
/// name, or only asks who holds it.
fn lock(file: &mut File, path: &Path) -> Result<(), Error> {
    let mut attempts = 0;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", path)(source)),
        }
        let holder = read_holder(file);
        if holder.pid != UNKNOWN_PID || attempts == ATTEMPTS {
            return Err(Error::Locked { holder });
        }
        attempts += 1;
        std::thread::sleep(ATTEMPT_PAUSE);
    }
}

fn open(layout: &Layout) -> Result<File, Error> {
    let (path, dir) = (layout.lock_file(), layout.state_dir());
    Disk::default().create_dir(&dir).map_err(Error::io("create", &dir))?;
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map_err(Error::io("open", &path))
}

fn read_holder(file: &mut File) -> Holder {
    let mut content = String::new();
    let _ = file.rewind().and_then(|()| file.read_to_string(&mut content));
    let unknown = || Holder { pid: UNKNOWN_PID, purpose: "another process".to_owned(), since_seconds: 0 };
    serde_json::from_str(&content).unwrap_or_else(|_| unknown())
}
