//! How an index stands, looked at without mending it and without waiting.

use super::disk::Wrong;
use super::handle::TextIndex;
use super::sources::Sources;

/// How an index stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It is of the lake as it is, with so many conversations.
    Current(u64),
    /// It lacks the latest changes; the next search, or whoever syncs, puts them in.
    Behind(u64),
    /// There is none; the next search makes it.
    Missing,
    /// Its files cannot be read; the next search makes it anew.
    Damaged,
}

impl TextIndex {
    /// Looks how it stands.
    pub fn look(&self) -> Look {
        let Ok(state) = self.state() else { return Look::Missing };
        match self.opened(&Sources::of(&state)) {
            Ok(opened) => Look::Current(opened.count()),
            Err(Wrong::Behind(opened)) => Look::Behind(opened.count()),
            Err(Wrong::Missing | Wrong::OtherVersion) => Look::Missing,
            Err(Wrong::Damaged(_)) => Look::Damaged,
        }
    }
}
