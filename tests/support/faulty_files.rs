//! A file system whose n-th call fails: with EIO, ENOSPC or EINTR, before or after it did what it should, or with
//! only a part of the bytes written or read.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastintercom::lake::{ByteRanges, FileReader, FileWriter, Files};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The device does not answer.
    Eio,
    /// The disk is full.
    Enospc,
    /// A signal came.
    Eintr,
    /// A part of the bytes only; no error. Calls without bytes are not touched.
    Short,
}

impl Fault {
    fn error(self) -> io::Error {
        match self {
            Self::Eio => io::Error::other("input/output error"),
            Self::Enospc => io::ErrorKind::StorageFull.into(),
            Self::Eintr | Self::Short => io::ErrorKind::Interrupted.into(),
        }
    }
}

/// Which call fails, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The number of the call, from 0.
    pub(crate) at: usize,
    /// How.
    pub(crate) fault: Fault,
    /// Whether it did what it should before it failed.
    pub(crate) is_done: bool,
    /// Whether every later call fails too.
    pub(crate) is_lasting: bool,
}

/// What a fault hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) call: &'static str,
    pub(crate) path: PathBuf,
}

struct Shared {
    plan: Plan,
    calls: usize,
    hit: Option<Hit>,
}

/// Files of another file system, with one fault.
#[derive(Clone)]
pub(crate) struct FaultyFiles {
    inner: Arc<dyn Files>,
    shared: Arc<Mutex<Shared>>,
}

/// What becomes of one call.
enum Fate {
    Goes,
    Fails(io::Error),
    FailsAfter(io::Error),
    IsShort,
}

impl FaultyFiles {
    pub(crate) fn new(inner: Arc<dyn Files>, plan: Plan) -> Self {
        Self { inner, shared: Arc::new(Mutex::new(Shared { plan, calls: 0, hit: None })) }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the fault hit, if there were that many calls.
    pub(crate) fn hit(&self) -> Option<Hit> {
        self.shared().hit.clone()
    }

    fn fate(&self, call: &'static str, path: &Path) -> Fate {
        let mut shared = self.shared();
        let plan = shared.plan;
        let is_hit = shared.calls == plan.at || (plan.is_lasting && shared.calls > plan.at);
        shared.calls += 1;
        if !is_hit {
            return Fate::Goes;
        }
        shared.hit.get_or_insert_with(|| Hit { call, path: path.to_owned() });
        match plan.fault {
            Fault::Short => Fate::IsShort,
            fault if plan.is_done => Fate::FailsAfter(fault.error()),
            fault => Fate::Fails(fault.error()),
        }
    }

    fn call<T>(
        &self,
        call: &'static str,
        path: &Path,
        inner: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        match self.fate(call, path) {
            Fate::Goes | Fate::IsShort => inner(),
            Fate::Fails(error) => Err(error),
            Fate::FailsAfter(error) => inner().and(Err(error)),
        }
    }
}

impl Files for FaultyFiles {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.call("create_dir", path, || self.inner.create_dir(path))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.call("sync_dir", path, || self.inner.sync_dir(path))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn FileWriter>> {
        let inner = self.call("create", path, || self.inner.create(path))?;
        Ok(Box::new(FaultyWriter { files: self.clone(), path: path.to_owned(), inner }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileReader>> {
        let inner = self.call("open", path, || self.inner.open(path))?;
        Ok(Box::new(FaultyReader { files: self.clone(), path: path.to_owned(), inner }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call("rename", to, || self.inner.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call("remove", path, || self.inner.remove(path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        self.call("list", path, || self.inner.list(path))
    }

    fn age(&self, path: &Path) -> io::Result<Option<Duration>> {
        self.call("age", path, || self.inner.age(path))
    }

    fn erase(&self, path: &Path, ranges: &ByteRanges) -> io::Result<()> {
        self.call("erase", path, || self.inner.erase(path, ranges))
    }

    fn len(&self, path: &Path) -> io::Result<Option<u64>> {
        self.call("len", path, || self.inner.len(path))
    }
}

struct FaultyWriter {
    files: FaultyFiles,
    path: PathBuf,
    inner: Box<dyn FileWriter>,
}

impl Write for FaultyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = &bytes[..bytes.len().div_ceil(2)];
        match self.files.fate("write", &self.path) {
            Fate::Goes => self.inner.write(bytes),
            Fate::Fails(error) => Err(error),
            // An interrupted call wrote nothing, by its definition.
            Fate::FailsAfter(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Fate::FailsAfter(error) => self.inner.write_all(part).and(Err(error)),
            Fate::IsShort => self.inner.write(part),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl FileWriter for FaultyWriter {
    fn sync(&mut self) -> io::Result<()> {
        let (files, path) = (self.files.clone(), self.path.clone());
        files.call("sync", &path, || self.inner.sync())
    }
}

struct FaultyReader {
    files: FaultyFiles,
    path: PathBuf,
    inner: Box<dyn FileReader>,
}

impl Read for FaultyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let half = buffer.len().div_ceil(2);
        match self.files.fate("read", &self.path) {
            Fate::Goes => self.inner.read(buffer),
            Fate::Fails(error) | Fate::FailsAfter(error) => Err(error),
            Fate::IsShort => self.inner.read(&mut buffer[..half]),
        }
    }
}

impl Seek for FaultyReader {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let (files, path) = (self.files.clone(), self.path.clone());
        files.call("seek", &path, || self.inner.seek(position))
    }
}
