//! The file that events are appended to: one JSON object a line, by any number of processes.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::Error;
use super::event::Event;
use super::files;
use crate::config::private;

/// Whoever changes something in the directory of a log holds this.
pub(super) struct Lock(#[expect(dead_code, reason = "it is held, not used")] File);

impl Lock {
    /// Waits for it. The directory is made if it is not there.
    pub(super) fn take(directory: &Path) -> Result<Self, Error> {
        private::create_dir(directory).map_err(Error::file("made", directory))?;
        let path = directory.join("lock");
        let file = private::file_options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(Error::file("opened", &path))?;
        file.lock().map_err(Error::file("locked", &path))?;
        Ok(Self(file))
    }
}

/// Appends events, whole or not at all. The file comes back, for whoever wants it on the disk.
pub(super) fn append(directory: &Path, events: &[Event]) -> Result<File, Error> {
    let _lock = Lock::take(directory)?;
    let path = files::pending(directory);
    let mut file = private::file_options()
        .create(true)
        .append(true)
        .read(true)
        .open(&path)
        .map_err(Error::file("opened", &path))?;
    let mut lines = String::new();
    if !ends_a_line(&mut file).map_err(Error::file("read", &path))? {
        // A crash left half a line, which is no event; the next one is.
        lines.push('\n');
    }
    for event in events {
        lines.push_str(&serde_json::to_string(event).unwrap_or_default());
        lines.push('\n');
    }
    let before = file.metadata().map_err(Error::file("read", &path))?.len();
    if let Err(error) = file.write_all(lines.as_bytes()) {
        // Half of them would be counted twice when they are written again.
        let _ = file.set_len(before);
        return Err(Error::file("written", &path)(error));
    }
    Ok(file)
}

fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Records one event, on the disk when this returns: for commands, which are over soon.
///
/// # Errors
/// When it cannot be written.
pub fn record(directory: &Path, event: &Event) -> Result<(), Error> {
    let file = append(directory, std::slice::from_ref(event))?;
    file.sync_data().map_err(Error::file("written", &files::pending(directory)))
}

/// The events of a batch, and how many lines are none.
pub(super) fn read(path: &Path) -> Result<(Vec<Event>, usize), Error> {
    let bytes = fs::read(path).map_err(Error::file("read", path))?;
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let (mut events, mut broken) = (Vec::new(), 0);
    for line in lines {
        match serde_json::from_slice(line) {
            Ok(event) => events.push(event),
            Err(_) => broken += 1,
        }
    }
    Ok((events, broken))
}
