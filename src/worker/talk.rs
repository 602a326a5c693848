//! One query given to one child: its answer, or why there is none and whether the child is of further use.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::error::{Error, Failed, FailedKind};
use super::frame::{FromChild, SqlAnswer, ToChild, encode};
use super::options::{Limits, WorkerOptions};
use super::process::Process;
use crate::cancel::Cancel;
use crate::engine::{LONGEST_SQL, WordSearch};

/// How often deadline and cancellation are looked at.
const TICK: Duration = Duration::from_millis(20);
/// How long after its time a query that its child interrupts again and again may go on.
const OVERTIME: Duration = Duration::from_secs(2);
/// How long a query nobody wants any more may go on.
const CANCELLED_FOR: Duration = Duration::from_millis(500);
/// Searches that one query may make. Each `search()` in it is planned a few times.
const MOST_SEARCHES: u32 = 200;

/// How a query ended.
pub(super) struct Ended {
    pub(super) outcome: Result<SqlAnswer, Error>,
    /// Whether the child can take another.
    pub(super) is_well: bool,
}

impl Ended {
    fn answered(answer: SqlAnswer) -> Self {
        Self { outcome: Ok(answer), is_well: true }
    }

    fn failed(failed: Failed, limits: &Limits) -> Self {
        let is_well = failed.kind.leaves_worker_well();
        let error = match failed.kind {
            FailedKind::TimedOut => Error::TimedOut(limits.timeout),
            FailedKind::Cancelled => Error::Cancelled,
            _ => Error::Failed(failed.shown()),
        };
        Self { outcome: Err(error), is_well }
    }

    fn lost(error: Error) -> Self {
        Self { outcome: Err(error), is_well: false }
    }
}

/// A query and what it is asked with.
pub(super) struct Talk<'a> {
    pub(super) options: &'a WorkerOptions,
    pub(super) sql: &'a str,
    pub(super) limits: &'a Limits,
    pub(super) cancel: &'a Cancel,
}

impl Talk<'_> {
    /// Gives the query to a child and waits until it is answered, or no longer worth waiting for.
    pub(super) fn with(&self, process: &mut Process) -> Ended {
        // Whoever makes up messages does not know the number of the next query.
        let id = rand::random();
        let (sql, now) = (self.sql.to_owned(), self.options.now.get());
        if let Err(error) = process.say(&ToChild::Query { id, sql, now, limits: *self.limits }) {
            return Ended::lost(Error::Start(error));
        }
        let start = Instant::now();
        let mut cancelled: Option<Instant> = None;
        let mut searches = 0;
        loop {
            match process.hear(TICK) {
                Ok(None) => {}
                Ok(Some(FromChild::Answer { id: of, answer })) if of == id && fits(&answer, self.limits) => {
                    return Ended::answered(answer);
                }
                Ok(Some(FromChild::Failed { id: of, failed })) if of == id => {
                    return Ended::failed(failed, self.limits);
                }
                Ok(Some(FromChild::Search { number, words })) if searches < MOST_SEARCHES => {
                    searches += 1;
                    self.find(process, number, words);
                }
                Ok(Some(_)) | Err(_) => return Ended::lost(Error::Crashed),
            }
            if cancelled.is_none() && self.cancel.is_cancelled() {
                cancelled = Some(Instant::now());
                // Sending an id cannot fail.
                let _ = process.say(&ToChild::Cancel { id });
            }
            if cancelled.is_some_and(|since| since.elapsed() > CANCELLED_FOR) {
                return Ended::lost(Error::Cancelled);
            }
            if start.elapsed() > self.limits.timeout + OVERTIME {
                return Ended::lost(Error::TimedOut(self.limits.timeout));
            }
        }
    }

    /// Lets the index look for words, on a thread of its own: the query may have to be stopped meanwhile.
    fn find(&self, process: &Process, number: u64, words: String) {
        let mouth = process.mouth();
        let search: Option<Arc<dyn WordSearch>> = self.options.search.clone();
        let look = move || {
            let found = match search {
                Some(search) if words.len() <= LONGEST_SQL => search.find(&words),
                _ => Err("there is nothing to search".to_owned()),
            };
            if let Ok(frame) = encode(&ToChild::Found { number, found }) {
                // The child may be gone by now.
                let _ = mouth.send(frame);
            }
        };
        // Without a thread there is no answer, and the query ends at its deadline.
        let _ = thread::Builder::new().name("search for worker".to_owned()).spawn(look);
    }
}

/// Whether an answer keeps to what was asked for.
fn fits(answer: &SqlAnswer, limits: &Limits) -> bool {
    answer.rows.len() as u64 <= limits.max_rows
        && answer.rows.iter().all(|row| row.len() == answer.columns.len())
}
