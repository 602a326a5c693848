//! Finding lines in all files of the log, and taking them out of it for good.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::file::{FILES, numbered, rotation_lock};
use crate::config::private;

/// How many lines of the log in a directory are meant. Nothing is changed.
pub fn count_lines(directory: &Path, is_meant: impl Fn(&str) -> bool) -> io::Result<u64> {
    let counts = contents(directory).map(|content| Ok(parted(&content?.1, &is_meant).0.len() as u64));
    counts.sum()
}

/// Takes the lines that are meant out of the log in a directory; tells how many there were.
///
/// Whoever writes the log meanwhile goes on in the new file; a line written in the very moment may be lost.
pub fn erase_lines(directory: &Path, is_meant: impl Fn(&str) -> bool) -> io::Result<u64> {
    if !directory.is_dir() {
        return Ok(0);
    }
    let lock = rotation_lock(directory)?;
    // A file system without locks: at worst a file is rotated meanwhile, and its lines are looked at twice or again.
    let _locked: Option<&File> = lock.lock().is_ok().then_some(&lock);
    let mut erased = 0;
    for content in contents(directory) {
        let (path, content) = content?;
        let (meant, left) = parted(&content, &is_meant);
        if !meant.is_empty() {
            private::write_atomic(&path, &left.concat())?;
            erased += meant.len() as u64;
        }
    }
    Ok(erased)
}

/// The files of the log that are there.
fn contents(directory: &Path) -> impl Iterator<Item = io::Result<(PathBuf, Vec<u8>)>> {
    (0..FILES).map(|number| numbered(directory, number)).filter_map(|path| match fs::read(&path) {
        Ok(content) => Some(Ok((path, content))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(Err(error)),
    })
}

/// The lines that are meant, and those that are not.
fn parted<'a>(content: &'a [u8], is_meant: &impl Fn(&str) -> bool) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
    let lines = content.split_inclusive(|byte| *byte == b'\n');
    lines.partition(|line| is_meant(&String::from_utf8_lossy(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_out_of_every_file_and_the_others_stay_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(count_lines(&dir.path().join("none"), |_| true).unwrap(), 0);
        assert_eq!(erase_lines(&dir.path().join("none"), |_| true).unwrap(), 0);
        fs::write(numbered(dir.path(), 0), b"a 1\nb 2\n\xff a\npartial a").unwrap();
        fs::write(numbered(dir.path(), 3), "c\na\n").unwrap();
        assert_eq!(count_lines(dir.path(), |line| line.contains('a')).unwrap(), 4);
        assert_eq!(erase_lines(dir.path(), |line| line.contains('a')).unwrap(), 4);
        assert_eq!(fs::read(numbered(dir.path(), 0)).unwrap(), b"b 2\n");
        assert_eq!(fs::read(numbered(dir.path(), 3)).unwrap(), b"c\n");
        assert_eq!(erase_lines(dir.path(), |line| line.contains('a')).unwrap(), 0);
    }
}
