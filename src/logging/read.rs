//! Reading the log back, across rotated files, and following it as it grows.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::file::{FILES, identity, numbered};
use crate::config::LogLevel;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its level, if the line is one of ours.
    pub level: Option<LogLevel>,
    /// The line as it stands in the file.
    pub text: String,
}

impl Entry {
    fn parse(line: &str) -> Self {
        Self { level: level_of(line).and_then(|level| level.parse().ok()), text: line.to_owned() }
    }

    /// Whether it is at least as serious as a level. Lines without a level are shown where everything is.
    pub fn is_at_least(&self, level: LogLevel) -> bool {
        self.level.map_or(level == LogLevel::Trace, |own| own <= level)
    }

    /// The line as an object: time, level, target, message and, for JSON logs, the fields.
    pub fn to_json(&self) -> Value {
        if let Ok(object @ Value::Object(_)) = serde_json::from_str(&self.text) {
            return object;
        }
        let parts = || {
            let (time, rest) = self.text.split_once(' ')?;
            let (level, rest) = rest.split_once(' ')?;
            let (target, message) = rest.split_once(": ")?;
            Some(json!({ "time": time, "level": level, "target": target, "message": message }))
        };
        self.level.and_then(|_| parts()).unwrap_or_else(|| json!({ "message": self.text }))
    }
}

/// The level word of a line in either form.
fn level_of(line: &str) -> Option<String> {
    if line.starts_with('{') {
        let object: Value = serde_json::from_str(line).ok()?;
        return object["level"].as_str().map(str::to_owned);
    }
    let (time, rest) = line.split_once(' ')?;
    time.ends_with('Z').then(|| rest.split(' ').next().unwrap_or_default().to_owned())
}

/// Reads the log of a home.
pub struct LogReader {
    directory: PathBuf,
    open: Option<File>,
    /// The whole of the current file as it was when the reader was opened.
    current: String,
    /// A line still being written.
    partial: Vec<u8>,
}

impl LogReader {
    /// Reads what there is now; a log that does not exist yet is empty.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let mut reader =
            Self { directory: directory.to_owned(), open: None, current: String::new(), partial: Vec::new() };
        if let Some(file) = open(&numbered(directory, 0))? {
            reader.open = Some(file);
            reader.current = reader.rest_of_open()?;
        }
        Ok(reader)
    }

    /// Whether there is any log at all.
    pub fn is_empty(&self) -> bool {
        self.current.is_empty() && self.partial.is_empty() && !numbered(&self.directory, 1).exists()
    }

    /// The last lines at least as serious as a level, oldest first.
    pub fn last(&self, count: usize, level: LogLevel) -> io::Result<Vec<Entry>> {
        let mut newest_first: Vec<Entry> = Vec::new();
        let mut take = |text: &str| {
            let missing = count - newest_first.len();
            let entries = text.lines().rev().map(Entry::parse).filter(|entry| entry.is_at_least(level));
            newest_first.extend(entries.take(missing));
            newest_first.len() < count
        };
        let mut more = take(&self.current);
        for number in 1..FILES {
            if !more {
                break;
            }
            match fs::read(numbered(&self.directory, number)) {
                Ok(bytes) => more = take(&String::from_utf8_lossy(&bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        newest_first.reverse();
        Ok(newest_first)
    }

    /// The lines that were written since the reader was opened or last polled, through rotations.
    pub fn poll(&mut self) -> io::Result<Vec<Entry>> {
        let mut text = self.rest_of_open()?;
        let newer = self.newer_files()?;
        if !newer.is_empty() {
            // Something may have been written between the first look and the rotation.
            text += &self.rest_of_open()?;
        }
        for path in newer {
            if let Some(file) = open(&path)? {
                self.open = Some(file);
                text += &self.rest_of_open()?;
            }
        }
        Ok(text.lines().map(Entry::parse).collect())
    }

    /// The files that are newer than the open one, oldest first.
    fn newer_files(&self) -> io::Result<Vec<PathBuf>> {
        let own = match &self.open {
            Some(file) => Some(identity(&file.metadata()?)),
            None => None,
        };
        let mut newer = Vec::new();
        for number in 0..FILES {
            let path = numbered(&self.directory, number);
            match fs::metadata(&path) {
                Ok(metadata) if Some(identity(&metadata)) == own => break,
                Ok(_) => newer.push(path),
                Err(error) if error.kind() == io::ErrorKind::NotFound && number == 0 => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        newer.reverse();
        Ok(newer)
    }

    /// The whole lines between the last position and the end of the open file.
    fn rest_of_open(&mut self) -> io::Result<String> {
        let Some(file) = &mut self.open else { return Ok(String::new()) };
        file.read_to_end(&mut self.partial)?;
        let whole = self.partial.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.partial.drain(..whole).collect();
        Ok(String::from_utf8_lossy(&lines).into_owned())
    }
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.text.as_str()).collect()
    }

    #[test]
    fn the_last_lines_come_from_as_many_files_as_needed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(
            numbered(dir.path(), 0),
            "2026-01-01T00:00:03Z INFO a: 3\n2026-01-01T00:00:04Z WARN a: 4\n",
        )
        .unwrap();
        fs::write(
            numbered(dir.path(), 1),
            "2026-01-01T00:00:01Z ERROR a: 1\n2026-01-01T00:00:02Z INFO a: 2\n",
        )
        .unwrap();
        let reader = LogReader::open(dir.path()).unwrap();
        let last = |count, level| reader.last(count, level).unwrap().len();
        assert_eq!(last(3, LogLevel::Trace), 3);
        assert_eq!(last(50, LogLevel::Trace), 4);
        let serious = reader.last(50, LogLevel::Warn).unwrap();
        assert_eq!(texts(&serious), ["2026-01-01T00:00:01Z ERROR a: 1", "2026-01-01T00:00:04Z WARN a: 4"]);
    }

    #[test]
    fn following_goes_on_across_rotations_and_shows_whole_lines_only() {
        let dir = tempfile::tempdir().unwrap();
        let current = numbered(dir.path(), 0);
        fs::write(&current, "old\n").unwrap();
        let mut reader = LogReader::open(dir.path()).unwrap();
        assert!(reader.poll().unwrap().is_empty());

        fs::write(&current, "old\none\ntw").unwrap();
        assert_eq!(texts(&reader.poll().unwrap()), ["one"]);
        fs::write(&current, "old\none\ntwo\nthree\n").unwrap();
        fs::rename(&current, numbered(dir.path(), 2)).unwrap();
        fs::write(numbered(dir.path(), 1), "four\n").unwrap();
        fs::write(&current, "five\n").unwrap();
        assert_eq!(texts(&reader.poll().unwrap()), ["two", "three", "four", "five"]);
        assert!(reader.poll().unwrap().is_empty());
    }

    #[test]
    fn following_may_start_before_there_is_a_log() {
        let dir = tempfile::tempdir().unwrap();
        let mut reader = LogReader::open(&dir.path().join("logs")).unwrap();
        assert!(reader.is_empty());
        assert!(reader.poll().unwrap().is_empty());
        fs::create_dir(dir.path().join("logs")).unwrap();
        fs::write(numbered(&dir.path().join("logs"), 0), "one\n").unwrap();
        assert_eq!(texts(&reader.poll().unwrap()), ["one"]);
    }

    #[test]
    fn lines_of_both_forms_become_the_same_object() {
        let text = Entry::parse("2026-01-01T00:00:01.000Z ERROR sync: failed: no network status=500");
        assert_eq!(text.level, Some(LogLevel::Error));
        assert_eq!(text.to_json()["target"], "sync");
        assert_eq!(text.to_json()["message"], "failed: no network status=500");
        let object =
            Entry::parse(r#"{"time":"x","level":"WARN","target":"sync","message":"m","fields":{"a":1}}"#);
        assert_eq!(object.level, Some(LogLevel::Warn));
        assert_eq!(object.to_json()["fields"]["a"], 1);
        assert_eq!(Entry::parse("a stray line").to_json()["message"], "a stray line");
    }
}
