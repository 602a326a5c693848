//! Requests, counted by what they were for and how they were answered.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::http::Method;

/// What stands for methods that are not told apart: whoever asks must not be able to fill the page.
const OTHER: &str = "other";
/// The methods that are told apart.
const METHODS: &[&str] = &["GET", "POST", "OPTIONS", "HEAD", "DELETE", "PUT", "PATCH"];

/// Address, method and status.
pub(super) type Which = (&'static str, &'static str, u16);

/// The counts of one server.
#[derive(Debug, Default)]
pub(in crate::server::http) struct Requests {
    answered: Mutex<BTreeMap<Which, u64>>,
    running: AtomicU64,
    refused: AtomicU64,
}

impl Requests {
    /// A request is there.
    pub(in crate::server::http) fn begin(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    /// A request is over: its answer is sent, or nobody waits for it any more.
    pub(in crate::server::http) fn ended(&self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    /// A request came without a key that is known; tells how many did so far.
    pub(in crate::server::http) fn refused(&self) -> u64 {
        self.refused.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A request was answered.
    pub(in crate::server::http) fn answered(&self, route: &'static str, method: &Method, status: u16) {
        let method = METHODS.iter().find(|name| **name == method.as_str()).copied().unwrap_or(OTHER);
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        *answered.entry((route, method, status)).or_default() += 1;
    }

    /// How many were answered.
    pub(super) fn counts(&self) -> BTreeMap<Which, u64> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many are under way.
    pub(super) fn running(&self) -> u64 {
        self.running.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_callers_make_up_is_counted_together() {
        let requests = Requests::default();
        for method in ["BREW", "STEEP"] {
            requests.answered("other", &method.parse().unwrap(), 404);
        }
        requests.answered("/tools", &Method::GET, 200);
        let expected = BTreeMap::from([(("other", "other", 404), 2), (("/tools", "GET", 200), 1)]);
        assert_eq!(requests.counts(), expected);
    }
}
