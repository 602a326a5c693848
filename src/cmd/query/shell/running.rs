//! The query that is running, so that Ctrl-C stops it and nothing else.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::cancel::{Cancel, on_every_interrupt};
use crate::engine::{QueryOptions, WordSearch};
use crate::index::TextIndex;
use crate::tools::EngineSearch;

/// The query that is running. Copies share it.
#[derive(Clone)]
pub(super) struct Running {
    current: Arc<Mutex<Cancel>>,
    /// Raised when the process is to end.
    leaving: Arc<AtomicBool>,
    timeout: Duration,
}

impl Running {
    /// None yet; each may take so many seconds.
    pub(super) fn new(timeout_seconds: u64) -> Self {
        Self {
            current: Arc::default(),
            leaving: Arc::default(),
            timeout: Duration::from_secs(timeout_seconds),
        }
    }

    /// Lets Ctrl-C stop whatever runs from now on.
    pub(super) fn listen(&self) {
        let (pressed, ended) = (self.clone(), self.clone());
        on_every_interrupt(
            move || pressed.current().cancel(),
            move || {
                ended.leaving.store(true, Ordering::Relaxed);
                ended.current().cancel();
            },
        );
    }

    /// What makes the line editor give up.
    pub(super) fn leaving(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.leaving)
    }

    /// The options of the next query.
    pub(super) fn begin(&self, max_rows: Option<u64>) -> QueryOptions {
        let cancel = Cancel::new();
        *self.lock() = cancel.clone();
        QueryOptions { timeout: self.timeout, max_rows, max_bytes: None, cancel }
    }

    /// `search()`, which has to stop with the query that asks it.
    pub(super) fn search(&self, index: Arc<TextIndex>) -> StoppableSearch {
        StoppableSearch { index, running: self.clone() }
    }

    fn current(&self) -> Cancel {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cancel> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Finds words for whatever query is running.
pub(super) struct StoppableSearch {
    index: Arc<TextIndex>,
    running: Running,
}

impl WordSearch for StoppableSearch {
    fn find(&self, query: &str) -> Result<Vec<(String, f32)>, String> {
        EngineSearch::new(Arc::clone(&self.index), self.running.current()).find(query)
    }
}
