//! The only door to the file system: every byte of the lake and its state passes through `Files`.
//!
//! That lets tests replace the disk by one that loses what was not synced, or fails at the n-th call. The rules
//! of the commit protocol (which call must be followed by which sync) are not here but in `commit`.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;

use super::file_version::FileVersion;
use super::ranges::ByteRanges;

/// A file being written.
pub trait FileWriter: Write + Send {
    /// Makes everything written so far survive a power loss. After an error the file's content is unknown:
    /// it must be written anew, never synced again.
    fn sync(&mut self) -> io::Result<()>;

    /// Writes zeros, as a hole where the file system has holes; tells how many.
    fn skip(&mut self, count: usize) -> io::Result<usize> {
        self.write(&vec![0; count])
    }
}

/// A file being read at random places.
pub trait FileReader: Read + Seek + Send {}
impl<T: Read + Seek + Send> FileReader for T {}

/// The calls the lake needs of a file system.
pub trait Files: Send + Sync {
    /// Creates a directory and its parents, for the owner only.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes the entries of a directory survive a power loss.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Creates a file, empty even if it was there, for the owner only.
    fn create(&self, path: &Path) -> io::Result<Box<dyn FileWriter>>;
    /// Opens a file for reading.
    fn open(&self, path: &Path) -> io::Result<Box<dyn FileReader>>;
    /// Opens a file for reading, and tells which version of it that is; `None` where that is not known.
    fn open_version(&self, path: &Path) -> io::Result<(Box<dyn FileReader>, Option<FileVersion>)> {
        Ok((self.open(path)?, None))
    }
    /// Puts a file in another's place, at once.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// The paths in a directory; none when it is not there.
    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>>;
    /// A file's length; `None` when it is not there.
    fn len(&self, path: &Path) -> io::Result<Option<u64>>;

    /// How long ago a file was written; `None` where that is not known.
    fn age(&self, _path: &Path) -> io::Result<Option<Duration>> {
        Ok(None)
    }

    /// Overwrites parts of a file by zeros, for good, and gives back their room where the file system can.
    fn erase(&self, path: &Path, ranges: &ByteRanges) -> io::Result<()>;

    /// A file's whole content; `None` when it is not there.
    fn read(&self, path: &Path) -> io::Result<Option<Bytes>> {
        let mut reader = match self.open(path) {
            Ok(reader) => reader,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut content = Vec::new();
        reader.read_to_end(&mut content)?;
        Ok(Some(content.into()))
    }

    /// Writes a small file in one piece and syncs it (not its directory).
    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut writer = self.create(path)?;
        writer.write_all(content)?;
        writer.sync()
    }
}

/// Whether an error says that there is nothing at a path.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The real file system; counts the bytes written.
#[derive(Debug, Default, Clone)]
pub struct Disk {
    written: Arc<AtomicU64>,
}

impl Disk {
    /// Bytes written through it so far.
    pub fn written_bytes(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

struct DiskWriter {
    file: std::fs::File,
    written: Arc<AtomicU64>,
}

impl Write for DiskWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.written.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl FileWriter for DiskWriter {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn skip(&mut self, count: usize) -> io::Result<usize> {
        self.file.seek_relative(count as i64)?;
        Ok(count)
    }
}

impl Files for Disk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { std::fs::File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn FileWriter>> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        Ok(Box::new(DiskWriter { file, written: self.written.clone() }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn FileReader>> {
        Ok(Box::new(std::fs::File::open(path)?))
    }

    fn open_version(&self, path: &Path) -> io::Result<(Box<dyn FileReader>, Option<FileVersion>)> {
        let file = std::fs::File::open(path)?;
        let version = FileVersion::of(&file.metadata()?);
        Ok((Box::new(file), Some(version)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut paths: Vec<_> = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
        paths.sort();
        Ok(paths)
    }

    fn age(&self, path: &Path) -> io::Result<Option<Duration>> {
        // A file from the future was written by another clock: nothing is known of its age.
        Ok(std::fs::metadata(path)?.modified()?.elapsed().ok())
    }

    fn erase(&self, path: &Path, ranges: &ByteRanges) -> io::Result<()> {
        let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
        for range in ranges.iter() {
            if !punch(&file, &range)? {
                file.seek(SeekFrom::Start(range.start))?;
                io::copy(&mut io::repeat(0).take(range.end - range.start), &mut file)?;
            }
        }
        file.sync_data()
    }

    fn len(&self, path: &Path) -> io::Result<Option<u64>> {
        match std::fs::metadata(path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Makes a hole in a file; tells whether the file system can.
#[cfg(target_os = "linux")]
fn punch(file: &std::fs::File, range: &Range<u64>) -> io::Result<bool> {
    use rustix::fs::{FallocateFlags, fallocate};
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    match fallocate(file, flags, range.start, range.end - range.start) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn punch(_file: &std::fs::File, _range: &Range<u64>) -> io::Result<bool> {
    Ok(false)
}
