//! What the server remembers about its callers, for tests to ask. Owns counts only.

use super::faults::FaultKind;
use super::limiter::WINDOW;
use std::collections::{BTreeMap, VecDeque};

/// What the server has seen so far.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// All requests, refused ones included.
    pub requests: u64,
    /// Requests that were let in, by endpoint (`POST /conversations/search`).
    pub by_endpoint: BTreeMap<&'static str, u64>,
    /// Requests answered with 401.
    pub unauthorized: u64,
    /// Requests answered with 429.
    pub too_many: u64,
    /// The most authenticated requests seen in one aligned 10-second window.
    pub most_in_window: u32,
    /// The most authenticated requests seen in any 10 seconds.
    pub most_in_any_10s: u32,
    /// How often each conversation was asked for by id.
    pub conversation_gets: BTreeMap<u64, u32>,
    /// Faults injected, by kind.
    pub faults: BTreeMap<FaultKind, u64>,
}

impl Stats {
    /// How often an endpoint was called, by its name (`GET /conversations/{id}`).
    pub fn calls(&self, endpoint: &str) -> u64 {
        self.by_endpoint.get(endpoint).copied().unwrap_or(0)
    }
}

/// Stats and what it takes to keep them.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) stats: Stats,
    recent: VecDeque<i64>,
    window: i64,
    in_window: u32,
}

impl Counters {
    /// Notes an authenticated request.
    pub(crate) fn arrived(&mut self, now_ms: i64) {
        while self.recent.front().is_some_and(|at| *at <= now_ms - WINDOW * 1_000) {
            self.recent.pop_front();
        }
        self.recent.push_back(now_ms);
        self.stats.most_in_any_10s = self.stats.most_in_any_10s.max(self.recent.len() as u32);
        let window = now_ms.div_euclid(WINDOW * 1_000);
        if window != self.window {
            self.window = window;
            self.in_window = 0;
        }
        self.in_window += 1;
        self.stats.most_in_window = self.stats.most_in_window.max(self.in_window);
    }
}
