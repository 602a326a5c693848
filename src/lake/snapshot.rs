//! Which version of the lake a reader saw.
//!
//! Files of one commit change one after the other, within milliseconds. A reader that wants one version notes
//! the snapshot before and after it reads, and reads again when they differ or a commit was under way.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::error::Error;
use super::files::Files;
use super::layout::Layout;
use super::state::LastState;

/// How long a reader waits for a commit to be put in place: much longer than that takes, and short enough to bear where
/// a writer died half-way.
const SETTLING: Duration = Duration::from_millis(250);
const PAUSE: Duration = Duration::from_millis(2);

/// A version of the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// The number of commits that changed data.
    pub generation: u64,
    /// Whether a commit is being put in place right now.
    pub is_moving: bool,
}

impl Snapshot {
    /// The version now.
    pub fn now(files: &dyn Files, layout: &Layout) -> Result<Self, Error> {
        Self::by(&LastState::default(), files, layout)
    }

    /// The same, for those who look often.
    pub fn by(last: &LastState, files: &dyn Files, layout: &Layout) -> Result<Self, Error> {
        let journal = layout.journal_file();
        let before = files.len(&journal).map_err(Error::io("look at", &journal))?.is_some();
        let generation = last.load(files, layout)?.map_or(0, |state| state.generation);
        Ok(Self { generation, is_moving: before })
    }

    /// The version of the lake, if possible at a moment when no commit is being put in place; whoever died half-way is
    /// not waited for.
    pub fn settled(last: &LastState, files: &dyn Files, layout: &Layout) -> Result<Self, Error> {
        let start = Instant::now();
        loop {
            let snapshot = Self::by(last, files, layout)?;
            if !snapshot.is_moving || start.elapsed() >= SETTLING {
                return Ok(snapshot);
            }
            sleep(PAUSE);
        }
    }

    /// Whether everything read between two snapshots is of one version.
    pub fn is_stable(before: Self, after: Self) -> bool {
        before.generation == after.generation && !before.is_moving && !after.is_moving
    }
}
