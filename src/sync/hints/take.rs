//! Taking hints out of their segments: by whoever holds the lake's lock, so by one at a time.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::record::{push, read};
use super::segment::{self, OpenSegment};
use super::{Hint, HintKind};
use crate::lake::FileWriter;
use crate::sync::forget::Forgotten;

/// Objects taken at once; the rest comes next.
const MOST_AT_ONCE: usize = 5_000;
/// How long a segment that is written is waited for: longer than any is.
const CLOSED_WITHIN: Duration = Duration::from_secs(5);

/// Hints taken, one for each object.
#[derive(Debug, Default)]
pub(in crate::sync) struct Taken {
    by_object: BTreeMap<(HintKind, String), Hint>,
    segments: Vec<PathBuf>,
    has_more: bool,
}

impl Taken {
    /// Whether there were none.
    pub(in crate::sync) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Whether all that could be taken was.
    pub(in crate::sync) fn is_all(&self) -> bool {
        !self.has_more
    }

    /// Leaves out what is not wanted.
    pub(in crate::sync) fn retain(&mut self, is_wanted: impl Fn(&Hint) -> bool) {
        self.by_object.retain(|_, hint| is_wanted(hint));
    }

    /// The ids of objects of a kind.
    pub(in crate::sync) fn ids(&self, kind: HintKind) -> Vec<String> {
        self.by_object.keys().filter(|(of, _)| *of == kind).map(|(_, id)| id.clone()).collect()
    }

    /// The hint at an object.
    pub(in crate::sync) fn hint(&self, kind: HintKind, id: &str) -> Option<&Hint> {
        self.by_object.get(&(kind, id.to_owned()))
    }

    /// Removes them: what they name is in the lake, or known to be nowhere.
    pub(in crate::sync) fn done(&self) -> io::Result<()> {
        self.segments.iter().try_for_each(|path| segment::remove(path))
    }
}

/// Whether there are hints to be taken.
pub fn is_waiting(dir: &Path) -> bool {
    segment::all(dir).is_ok_and(|paths| paths.iter().any(|path| segment::is_closed(path)))
}

/// Takes hints. They stay where they are until [`Taken::done`].
pub(in crate::sync) fn take(dir: &Path) -> io::Result<Taken> {
    segment::tidy(dir)?;
    let mut taken = Taken::default();
    for path in segment::all(dir)? {
        if taken.by_object.len() >= MOST_AT_ONCE {
            taken.has_more = true;
            break;
        }
        let Some(content) = segment::closed(&path)? else { continue };
        for hint in read(&content) {
            let one = taken.by_object.entry((hint.kind, hint.id.clone())).or_insert_with(|| hint.clone());
            one.failures = one.failures.max(hint.failures);
        }
        taken.segments.push(path);
    }
    Ok(taken)
}

/// Puts hints back that could not be followed, to be taken again.
pub(in crate::sync) fn put_back(dir: &Path, hints: &[Hint]) -> io::Result<()> {
    if hints.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    hints.iter().for_each(|hint| push(&mut bytes, hint));
    let mut segment = OpenSegment::create(dir)?;
    segment.write_all(&bytes)?;
    segment.sync()
}

/// Removes the hints at whoever was forgotten; waits for segments that are written.
///
/// # Errors
/// When a segment cannot be read or written, or stays open.
pub fn erase(dir: &Path, forgotten: &Forgotten) -> io::Result<()> {
    let is_theirs = |hint: &Hint| match hint.kind {
        HintKind::Contact => forgotten.has_contact(&hint.id),
        HintKind::Conversation | HintKind::Ticket => forgotten.has_conversation(&hint.id),
        HintKind::Company => false,
    };
    let begun = Instant::now();
    for path in segment::all(dir)? {
        while path.exists() && !segment::is_closed(&path) {
            if begun.elapsed() > CLOSED_WITHIN {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "a file of hints is still written"));
            }
            sleep(Duration::from_millis(50));
        }
        let Some(content) = segment::closed(&path)? else { continue };
        let (theirs, others): (Vec<Hint>, Vec<Hint>) = read(&content).into_iter().partition(is_theirs);
        if !theirs.is_empty() {
            put_back(dir, &others)?;
            segment::remove(&path)?;
        }
    }
    Ok(())
}
