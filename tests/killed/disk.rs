//! The real disk, until the n-th call of one step: then the process dies by SIGKILL, before the call is made.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastintercom::lake::{ByteRanges, Disk, FileReader, FileWriter, Files};

/// Every step of a commit, and of the spool before it, in the order they happen.
pub(crate) const STEPS: &[&str] = &[
    "create spool",
    "write spool",
    "sync spool",
    "sync spool directory",
    "create stage",
    "write stage",
    "sync stage",
    "sync data directory",
    "create journal",
    "write journal",
    "sync journal",
    "rename journal",
    "sync state directory",
    "rename data",
    "create state",
    "write state",
    "sync state",
    "rename state",
    "remove journal",
    "remove spool",
];

/// A disk that kills its own process.
pub(crate) struct KillingDisk {
    disk: Disk,
    fuse: Arc<Fuse>,
}

struct Fuse {
    step: String,
    left: AtomicU32,
}

impl Fuse {
    /// Dies if this was the call to die before.
    fn burn(&self, verb: &str, path: &Path) {
        if self.step == format!("{verb} {}", kind(path)) && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            let own = rustix::process::getpid();
            let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
        }
    }
}

/// What a path is to the protocol.
fn kind(path: &Path) -> &'static str {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match name {
        "spool" => "spool directory",
        "state" => "state directory",
        "journal.tmp" | "journal.json" => "journal",
        "state.tmp" | "state.json" => "state",
        _ if name.ends_with(".spool") => "spool",
        _ if name.starts_with(".data.parquet.") => "stage",
        "data.parquet" => "data",
        _ => "data directory",
    }
}

impl KillingDisk {
    pub(crate) fn new(step: &str, nth: u32) -> Self {
        let fuse = Fuse { step: step.to_owned(), left: AtomicU32::new(nth) };
        Self { disk: Disk::default(), fuse: Arc::new(fuse) }
    }
}

struct KillingWriter {
    inner: Box<dyn FileWriter>,
    path: PathBuf,
    fuse: Arc<Fuse>,
}

impl Write for KillingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.fuse.burn("write", &self.path);
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl FileWriter for KillingWriter {
    fn sync(&mut self) -> io::Result<()> {
        self.fuse.burn("sync", &self.path);
        self.inner.sync()
    }
}

impl Files for KillingDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.disk.create_dir(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.fuse.burn("sync", path);
        self.disk.sync_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn FileWriter>> {
        self.fuse.burn("create", path);
        let inner = self.disk.create(path)?;
        Ok(Box::new(KillingWriter { inner, path: path.to_owned(), fuse: self.fuse.clone() }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileReader>> {
        self.disk.open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.fuse.burn("rename", to);
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.fuse.burn("remove", path);
        self.disk.remove(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        self.disk.list(path)
    }

    fn age(&self, path: &Path) -> io::Result<Option<Duration>> {
        self.disk.age(path)
    }

    fn erase(&self, path: &Path, ranges: &ByteRanges) -> io::Result<()> {
        self.disk.erase(path, ranges)
    }

    fn len(&self, path: &Path) -> io::Result<Option<u64>> {
        self.disk.len(path)
    }
}
