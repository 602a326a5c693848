//! The answers held: all of one state of the lake, within a number of bytes, and who is being answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::watch;

use super::CacheCounts;
use super::kept::Kept;
use crate::lake::State;

/// What an entry takes beside its texts.
const ENTRY_BYTES: usize = 300;
/// An answer that would take more than this share of the room is not worth what it drives out.
const LARGEST_SHARE: usize = 8;

#[derive(Default)]
pub(super) struct Held {
    /// What all of it is of.
    state: Option<Arc<State>>,
    entries: HashMap<Arc<str>, Entry>,
    /// Questions by when they were last asked, the longest ago first.
    by_use: BTreeMap<u64, Arc<str>>,
    under_way: HashMap<Arc<str>, watch::Receiver<()>>,
    uses: u64,
    bytes: usize,
    pub(super) counts: CacheCounts,
}

struct Entry {
    kept: Kept,
    bytes: usize,
    used: u64,
}

impl Held {
    /// Drops what is of another state.
    pub(super) fn are_of(&mut self, state: &Arc<State>) {
        if !self.is_of(state) {
            self.state = Some(Arc::clone(state));
            self.entries.clear();
            self.by_use.clear();
            self.bytes = 0;
        }
    }

    fn is_of(&self, state: &Arc<State>) -> bool {
        self.state.as_ref().is_some_and(|of| Arc::ptr_eq(of, state))
    }

    pub(super) fn get(&mut self, question: &Arc<str>) -> Option<&Kept> {
        let entry = self.entries.get_mut(question)?;
        self.by_use.remove(&entry.used);
        self.uses += 1;
        entry.used = self.uses;
        self.by_use.insert(self.uses, Arc::clone(question));
        Some(&entry.kept)
    }

    /// Puts an answer in the place of what was there, and drops what was not asked for longest until it fits.
    pub(super) fn put(&mut self, question: &Arc<str>, kept: Kept, of: &Arc<State>, most_bytes: usize) {
        let bytes = question.len() + kept.bytes() + ENTRY_BYTES;
        if !self.is_of(of) || bytes > most_bytes / LARGEST_SHARE {
            return;
        }
        self.remove(question);
        while self.bytes + bytes > most_bytes {
            let Some((_, longest_ago)) = self.by_use.pop_first() else { break };
            self.remove(&longest_ago);
            self.counts.evicted += 1;
        }
        self.uses += 1;
        self.bytes += bytes;
        self.by_use.insert(self.uses, Arc::clone(question));
        self.entries.insert(Arc::clone(question), Entry { kept, bytes, used: self.uses });
    }

    fn remove(&mut self, question: &Arc<str>) {
        if let Some(entry) = self.entries.remove(question) {
            self.by_use.remove(&entry.used);
            self.bytes -= entry.bytes;
        }
    }

    pub(super) fn under_way(&self, question: &Arc<str>) -> Option<watch::Receiver<()>> {
        self.under_way.get(question).cloned()
    }

    pub(super) fn begin(&mut self, question: &Arc<str>, is_over: watch::Receiver<()>) {
        self.under_way.insert(Arc::clone(question), is_over);
    }

    pub(super) fn end(&mut self, question: &Arc<str>) {
        self.under_way.remove(question);
    }

    pub(super) fn counts(&self) -> CacheCounts {
        CacheCounts { entries: self.entries.len(), bytes: self.bytes, ..self.counts }
    }
}
