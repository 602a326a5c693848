//! The log file: appended to by any number of processes, rotated by size, private to the user.
//!
//! It never creates the home: lines written before the home exists are kept for a while and follow once it does.
//! It never fails: the first failure is reported, later ones are not.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config::{Home, private};

/// The file being written; older ones have `.1`, `.2` … after it.
pub(super) const NAME: &str = "fi.log";

/// How many files there are at most.
pub(super) const FILES: usize = 5;

/// A file is rotated before it grows larger than this.
const LARGEST: u64 = 5 << 20;

/// How much is kept while there is no home.
const PENDING: usize = 64 << 10;

/// Reports the first failure.
type Complain = Box<dyn Fn(&Path, &io::Error) + Send>;

/// A log file that rotates.
pub struct LogFile {
    home: PathBuf,
    directory: PathBuf,
    largest: u64,
    open: Option<File>,
    pending: Vec<u8>,
    complain: Option<Complain>,
}

impl LogFile {
    /// The log of a home. Nothing is opened or created before the first line.
    pub fn new(home: &Home, complain: impl Fn(&Path, &io::Error) + Send + 'static) -> Self {
        Self {
            home: home.path().to_owned(),
            directory: home.log_dir(),
            largest: LARGEST,
            open: None,
            pending: Vec::new(),
            complain: Some(Box::new(complain)),
        }
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if !self.is_current(line.len() as u64)? {
            self.open = None;
        }
        if self.open.is_none() && !self.home.is_dir() {
            self.keep(line);
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        let mut file = match self.open.take() {
            Some(file) => file,
            None => self.reopen(line.len() as u64)?,
        };
        if !pending.is_empty() {
            file.write_all(&pending)?;
        }
        file.write_all(line)?;
        self.open = Some(file);
        Ok(())
    }

    fn keep(&mut self, line: &[u8]) {
        if self.pending.len() + line.len() <= PENDING {
            self.pending.extend_from_slice(line);
        }
    }

    /// Whether the open file still is the one of that name, with room for the line. Another process may have rotated
    /// it, or someone deleted it.
    fn is_current(&self, more: u64) -> io::Result<bool> {
        let Some(open) = &self.open else { return Ok(false) };
        let named = match fs::metadata(self.directory.join(NAME)) {
            Ok(named) => named,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let same = identity(&named) == identity(&open.metadata()?);
        Ok(same && !is_full(&named, more, self.largest))
    }

    fn reopen(&self, more: u64) -> io::Result<File> {
        private::create_dir(&self.directory)?;
        let path = self.directory.join(NAME);
        if fs::metadata(&path).is_ok_and(|file| is_full(&file, more, self.largest)) {
            rotate(&self.directory, more, self.largest)?;
        }
        private::file_options().append(true).create(true).open(path)
    }
}

impl Write for LogFile {
    /// Takes one whole line. It reports its failures itself and always succeeds.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.append(line) {
            self.open = None;
            if let Some(complain) = self.complain.take() {
                complain(&self.directory.join(NAME), &error);
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether so many more bytes would make a file too large. An empty file takes any line.
fn is_full(file: &Metadata, more: u64, largest: u64) -> bool {
    file.len() > 0 && file.len() + more > largest
}

/// Moves every file one number up; the oldest falls out. If another process is doing it, there is nothing to do.
fn rotate(directory: &Path, more: u64, largest: u64) -> io::Result<()> {
    let lock = rotation_lock(directory)?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(()),
        // A file system without locks: at worst two processes rotate at once and a file is moved twice.
        Err(TryLockError::Error(_)) | Ok(()) => {}
    }
    let current = directory.join(NAME);
    if !fs::metadata(&current).is_ok_and(|file| is_full(&file, more, largest)) {
        return Ok(());
    }
    for number in (1..FILES).rev() {
        let from = if number == 1 { current.clone() } else { numbered(directory, number - 1) };
        match fs::rename(&from, numbered(directory, number)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The file that is locked by whoever moves or replaces files of the log.
pub(super) fn rotation_lock(directory: &Path) -> io::Result<File> {
    private::file_options().write(true).create(true).truncate(false).open(directory.join("rotate.lock"))
}

/// The file of a number; 0 is the one being written.
pub(super) fn numbered(directory: &Path, number: usize) -> PathBuf {
    directory.join(if number == 0 { NAME.to_owned() } else { format!("{NAME}.{number}") })
}

/// What tells a file from another that took its name.
pub(super) fn identity(metadata: &Metadata) -> (u64, u64) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (metadata.dev(), metadata.ino())
    }
    #[cfg(not(unix))]
    {
        let created = metadata.created().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        created.map_or((0, 0), |since| (since.as_secs(), since.subsec_nanos().into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn log(home: &Path, largest: u64) -> (LogFile, Arc<AtomicUsize>) {
        let complaints = Arc::new(AtomicUsize::new(0));
        let count = complaints.clone();
        let mut log = LogFile::new(&Home::at(home).unwrap(), move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        log.largest = largest;
        (log, complaints)
    }

    fn files(home: &Path) -> Vec<String> {
        let names = (0..FILES + 2).map(|number| numbered(&home.join("logs"), number));
        names.map_while(|path| fs::read_to_string(path).ok()).collect()
    }

    #[test]
    fn files_rotate_by_size_and_the_oldest_falls_out() {
        let dir = tempfile::tempdir().unwrap();
        let (mut log, complaints) = log(dir.path(), 10);
        for number in 0..14 {
            log.write_all(format!("{number:02}..\n").as_bytes()).unwrap();
        }
        let files = files(dir.path());
        assert_eq!(files, ["12..\n13..\n", "10..\n11..\n", "08..\n09..\n", "06..\n07..\n", "04..\n05..\n"]);
        assert_eq!(complaints.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn two_processes_share_a_log_across_rotations() {
        let dir = tempfile::tempdir().unwrap();
        let ((mut one, _), (mut two, _)) = (log(dir.path(), 30), log(dir.path(), 30));
        for number in 0..10 {
            one.write_all(format!("a{number}\n").as_bytes()).unwrap();
            two.write_all(format!("b{number}\n").as_bytes()).unwrap();
        }
        let lines: String = files(dir.path()).into_iter().rev().collect();
        let expected: String = (0..10).map(|number| format!("a{number}\nb{number}\n")).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn lines_wait_for_the_home_and_never_create_it() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let (mut log, complaints) = log(&home, 1000);
        log.write_all(b"one\n").unwrap();
        assert!(!home.exists());
        fs::create_dir(&home).unwrap();
        log.write_all(b"two\n").unwrap();
        assert_eq!(files(&home), ["one\ntwo\n"]);
        fs::remove_dir_all(&home).unwrap();
        log.write_all(b"three\n").unwrap();
        assert!(!home.exists());
        assert_eq!(complaints.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_log_that_cannot_be_written_is_reported_once_and_fails_nothing() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("logs"), "a file in the way").unwrap();
        let (mut log, complaints) = log(dir.path(), 1000);
        log.write_all(b"one\n").unwrap();
        log.write_all(b"two\n").unwrap();
        assert_eq!(complaints.load(Ordering::Relaxed), 1);
    }

    #[cfg(unix)]
    #[test]
    fn the_log_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let (mut log, _) = log(dir.path(), 1000);
        log.write_all(b"one\n").unwrap();
        assert_eq!(private::open_to_others(&dir.path().join("logs")).unwrap(), None);
        assert_eq!(private::open_to_others(&dir.path().join("logs/fi.log")).unwrap(), None);
    }
}
