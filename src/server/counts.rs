//! How many calls tools had, how they ended and how long they took; and how many wait for their turn.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Seconds up to which calls are counted together.
pub(super) const BOUNDS: [f64; 13] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// The counts of one server.
#[derive(Debug, Default)]
pub(super) struct CallCounts {
    by_tool: Mutex<BTreeMap<&'static str, ToolCounts>>,
    waiting: AtomicUsize,
}

/// The counts of one tool.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ToolCounts {
    /// Calls by how they ended.
    pub(super) outcomes: BTreeMap<&'static str, u64>,
    /// Calls that took no longer than each of the bounds, and longer than the one before; the rest last.
    pub(super) buckets: [u64; BOUNDS.len() + 1],
    /// Seconds of all of them.
    pub(super) seconds: f64,
}

/// A call that waits; it does no more when this is dropped.
#[derive(Debug)]
pub(super) struct Waiting<'a>(&'a CallCounts);

impl CallCounts {
    /// A call is over.
    pub(super) fn ended(&self, tool: &'static str, outcome: &'static str, took: Duration) {
        let seconds = took.as_secs_f64();
        let mut by_tool = self.by_tool.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = by_tool.entry(tool).or_default();
        *counts.outcomes.entry(outcome).or_default() += 1;
        counts.buckets[BOUNDS.iter().take_while(|bound| seconds > **bound).count()] += 1;
        counts.seconds += seconds;
    }

    /// A call waits for its turn.
    pub(super) fn waits(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(self)
    }

    /// Calls that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// The counts of every tool that was called.
    pub(super) fn by_tool(&self) -> BTreeMap<&'static str, ToolCounts> {
        self.by_tool.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_where_it_belongs() {
        let counts = CallCounts::default();
        for milliseconds in [5, 6, 90_000] {
            counts.ended("query", "answered", Duration::from_millis(milliseconds));
        }
        counts.ended("query", "refused", Duration::ZERO);
        let query = &counts.by_tool()["query"];
        assert_eq!((query.buckets[0], query.buckets[1], query.buckets[13]), (2, 1, 1));
        assert_eq!(query.outcomes, BTreeMap::from([("answered", 3), ("refused", 1)]));
        assert!((query.seconds - 90.011).abs() < 1e-9);
    }
}
