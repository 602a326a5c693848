//! The child's `search()`: asks the parent, which has the index, and waits for what it finds.

use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::frame::{FromChild, send};
use crate::cancel::Cancel;
use crate::engine::WordSearch;

/// How often it is looked whether anybody still waits.
const TICK: Duration = Duration::from_millis(20);

/// What words find: ids and scores, or why they cannot be looked for.
pub(super) type Found = Result<Vec<(String, f32)>, String>;

/// Where the child's messages go; one at a time.
pub(super) type Out = Arc<Mutex<Box<dyn Write + Send>>>;

/// Sends a message to the parent. Where it is gone, the end of stdin tells.
pub(super) fn tell(out: &Out, message: &FromChild) {
    let _ = send(&mut *out.lock().unwrap_or_else(PoisonError::into_inner), message);
}

/// Asks the parent.
pub(super) struct AskParent {
    out: Out,
    waiting: Mutex<Waiting>,
    current: Arc<Current>,
}

struct Waiting {
    found: Receiver<(u64, Found)>,
    asked: u64,
}

/// The query that runs now, for those who may stop it.
#[derive(Default)]
pub(super) struct Current(Mutex<Option<Running>>);

#[derive(Clone)]
struct Running {
    id: u64,
    deadline: Instant,
    cancel: Cancel,
}

impl Current {
    /// A query begins; what it returns is raised when it is to stop.
    pub(super) fn begin(&self, id: u64, timeout: Duration) -> Cancel {
        let running = Running { id, deadline: Instant::now() + timeout, cancel: Cancel::new() };
        let cancel = running.cancel.clone();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        cancel
    }

    /// Stops a query if it is the one that runs.
    pub(super) fn cancel(&self, id: u64) {
        if let Some(running) = self.get().filter(|running| running.id == id) {
            running.cancel.cancel();
        }
    }

    fn get(&self) -> Option<Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_over(&self) -> bool {
        self.get().is_none_or(|running| running.cancel.is_cancelled() || Instant::now() >= running.deadline)
    }
}

impl AskParent {
    /// With where to put what the parent finds, by the number it was asked for with.
    pub(super) fn new(out: Out, current: Arc<Current>) -> (Self, Sender<(u64, Found)>) {
        let (sender, found) = channel();
        (Self { out, waiting: Mutex::new(Waiting { found, asked: 0 }), current }, sender)
    }
}

impl WordSearch for AskParent {
    fn find(&self, words: &str) -> Found {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.asked += 1;
        let number = waiting.asked;
        tell(&self.out, &FromChild::Search { number, words: words.to_owned() });
        loop {
            match waiting.found.recv_timeout(TICK) {
                Ok((of, found)) if of == number => return found,
                // The answer to a question nobody waits for any more.
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) if !self.current.is_over() => {}
                Err(_) => return Err("the search took too long".to_owned()),
            }
        }
    }
}
