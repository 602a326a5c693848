//! A file system on a disk in memory that loses what was not synced, in every way a real one may.
//!
//! Every call is recorded, so that a checker can stand at any moment of a run and ask for every disk that a crash
//! there could leave.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastintercom::lake::{ByteRanges, FileReader, FileWriter, Files};

use super::crash_disk::{Disk, Step, parent};
use super::crash_sync::{SyncKind, kind_of_dir, kind_of_file};

#[derive(Default)]
struct Shared {
    disk: Disk,
    steps: Option<Vec<Step>>,
    skipped: Option<SyncKind>,
    is_recovering: bool,
    /// The files this process wrote.
    own: BTreeSet<usize>,
}

/// The file system of a process whose disk may lose power.
#[derive(Clone, Default)]
pub(crate) struct CrashFiles(Arc<Mutex<Shared>>);

impl CrashFiles {
    /// On a disk as it is; `skipped` names syncs that do nothing, as if the code did not call them.
    pub(crate) fn on(disk: Disk, skipped: Option<SyncKind>) -> Self {
        Self(Arc::new(Mutex::new(Shared { disk, skipped, ..Shared::default() })))
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the lake, which wants the trait object.
    pub(crate) fn shared_files(&self) -> Arc<dyn Files> {
        Arc::new(self.clone())
    }

    /// The disk now.
    pub(crate) fn disk(&self) -> Disk {
        self.shared().disk.clone()
    }

    /// Records calls from here on.
    pub(crate) fn record(&self) {
        self.shared().steps = Some(Vec::new());
    }

    /// The calls recorded.
    pub(crate) fn recorded(&self) -> Vec<Step> {
        self.shared().steps.take().unwrap_or_default()
    }

    /// Notes something between two recorded calls.
    pub(crate) fn remark(&self, number: usize) {
        self.step(Step::Remark(number));
    }

    /// Says that the calls from here on are those of a recovery.
    pub(crate) fn set_recovering(&self) {
        self.shared().is_recovering = true;
    }

    fn step(&self, step: Step) {
        let mut shared = self.shared();
        shared.disk.apply(&step);
        if let Some(steps) = &mut shared.steps {
            steps.push(step);
        }
    }

    /// Whether a sync is one that the mutation leaves out.
    fn skips(&self, kind: impl FnOnce(&Disk, bool) -> SyncKind) -> bool {
        let shared = self.shared();
        shared.skipped.is_some_and(|skipped| kind(&shared.disk, shared.is_recovering) == skipped)
    }

    fn has_dir(&self, path: &Path) -> bool {
        self.shared().disk.has_dir(path)
    }

    fn has_file(&self, path: &Path) -> bool {
        self.shared().disk.file(path).is_some()
    }
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Files for CrashFiles {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut missing: Vec<_> = path.ancestors().take_while(|dir| !self.has_dir(dir)).collect();
        while let Some(dir) = missing.pop() {
            self.step(Step::CreateDir(dir.to_owned()));
        }
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        if !self.has_dir(path) {
            return Err(not_found());
        }
        if !self.skips(|disk, is_recovering| kind_of_dir(path, disk.unsynced(path), is_recovering)) {
            self.step(Step::SyncDir(path.to_owned()));
        }
        Ok(())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn FileWriter>> {
        if !self.has_dir(parent(path)) {
            return Err(not_found());
        }
        self.step(Step::Create(path.to_owned()));
        let inode = self.shared().disk.file(path).ok_or_else(not_found)?;
        self.shared().own.insert(inode);
        Ok(Box::new(CrashWriter { files: self.clone(), path: path.to_owned(), inode }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileReader>> {
        let shared = self.shared();
        let inode = shared.disk.file(path).ok_or_else(not_found)?;
        Ok(Box::new(Cursor::new(shared.disk.bytes(inode).to_vec())))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self.has_file(from) && parent(from) == parent(to) {
            true => self.step(Step::Rename(from.to_owned(), to.to_owned())),
            false => return Err(not_found()),
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match self.has_file(path) {
            true => self.step(Step::Remove(path.to_owned())),
            false => return Err(not_found()),
        }
        Ok(())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        match self.has_file(path) {
            true => Err(io::ErrorKind::NotADirectory.into()),
            false => Ok(self.shared().disk.entries(path)),
        }
    }

    /// Every process finds the files of the one before settled; its own it replaces within moments.
    fn age(&self, path: &Path) -> io::Result<Option<Duration>> {
        let inode = self.shared().disk.file(path).ok_or_else(not_found)?;
        Ok((!self.shared().own.contains(&inode)).then_some(Duration::from_secs(3_600)))
    }

    fn erase(&self, path: &Path, ranges: &ByteRanges) -> io::Result<()> {
        let inode = self.shared().disk.file(path).ok_or_else(not_found)?;
        ranges.iter().for_each(|range| self.step(Step::Erase(inode, range)));
        Ok(())
    }

    fn len(&self, path: &Path) -> io::Result<Option<u64>> {
        let shared = self.shared();
        let file = shared.disk.file(path).map(|inode| shared.disk.bytes(inode).len() as u64);
        Ok(file.or(shared.disk.has_dir(path).then_some(0)))
    }
}

struct CrashWriter {
    files: CrashFiles,
    path: PathBuf,
    inode: usize,
}

impl Write for CrashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.files.step(Step::Write(self.inode, bytes.into()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FileWriter for CrashWriter {
    fn sync(&mut self) -> io::Result<()> {
        if !self.files.skips(|_, _| kind_of_file(&self.path)) {
            self.files.step(Step::SyncFile(self.inode));
        }
        Ok(())
    }
}
