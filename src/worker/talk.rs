//! One query given to one child: its answer, or why there is none and whether the child is of further use.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::error::{Error, Failed, FailedKind};
use super::frame::{Form, FromChild, RowFormat, SqlAnswer, StreamEnd, ToChild, encode};
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
/// How long rows may take to be given altogether, however slowly they are taken.
const LONGEST_STREAM: Duration = Duration::from_secs(900);
/// Searches that one query may make. Each `search()` in it is planned a few times.
const MOST_SEARCHES: u32 = 200;

/// Takes bytes of rows as they come.
pub type Take<'a> = dyn FnMut(Vec<u8>) -> io::Result<()> + 'a;

/// How a query ended.
pub(super) struct Ended<T> {
    pub(super) outcome: Result<T, Error>,
    /// Whether the child can take another.
    pub(super) is_well: bool,
}

impl<T> Ended<T> {
    fn answered(answer: T) -> Self {
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

/// What a message of a child means to whoever asked.
enum Meaning<T> {
    /// The query has ended.
    End(Ended<T>),
    /// It goes on.
    Nothing,
    /// It is none that a child says who does what it should.
    Nonsense,
}

impl Talk<'_> {
    /// Gives the query to a child and waits until it is answered, or no longer worth waiting for.
    pub(super) fn with(&self, process: &mut Process) -> Ended<SqlAnswer> {
        self.until(process, Form::Answer, |message| match message {
            FromChild::Answer { answer, .. } if fits(&answer, self.limits) => {
                Meaning::End(Ended::answered(answer))
            }
            _ => Meaning::Nonsense,
        })
    }

    /// The same with the rows as they come, for as long as they are taken.
    pub(super) fn stream(
        &self,
        process: &mut Process,
        format: RowFormat,
        take: &mut Take<'_>,
    ) -> Ended<StreamEnd> {
        let begun = Instant::now();
        self.until(process, Form::Pieces(format), |message| match message {
            FromChild::Piece { .. } if begun.elapsed() > LONGEST_STREAM => {
                Meaning::End(Ended::lost(Error::TimedOut(LONGEST_STREAM)))
            }
            FromChild::Piece { bytes, .. } => match take(bytes) {
                Ok(()) => Meaning::Nothing,
                // Nobody wants to know any more.
                Err(_) => Meaning::End(Ended::lost(Error::Cancelled)),
            },
            FromChild::End { end, .. } => Meaning::End(Ended::answered(end)),
            _ => Meaning::Nonsense,
        })
    }

    /// Gives the query to a child and hears it until it has ended. Only the time it lets one wait is counted.
    fn until<T>(
        &self,
        process: &mut Process,
        form: Form,
        mut means: impl FnMut(FromChild) -> Meaning<T>,
    ) -> Ended<T> {
        // Whoever makes up messages does not know the number of the next query.
        let id = rand::random();
        let (sql, now) = (self.sql.to_owned(), self.options.now.get());
        if let Err(error) = process.say(&ToChild::Query { id, sql, now, limits: *self.limits, form }) {
            return Ended::lost(Error::Start(error));
        }
        let mut waited = Duration::ZERO;
        let mut cancelled: Option<Instant> = None;
        let mut searches = 0;
        loop {
            let start = Instant::now();
            let heard = process.hear(TICK);
            waited += start.elapsed();
            match heard {
                Ok(None) => {}
                Ok(Some(FromChild::Search { number, words })) if searches < MOST_SEARCHES => {
                    searches += 1;
                    self.find(process, number, words);
                }
                Ok(Some(FromChild::Failed { id: of, failed })) if of == id => {
                    return Ended::failed(failed, self.limits);
                }
                Ok(Some(message)) if message.is_of(id) => match means(message) {
                    Meaning::End(ended) => return ended,
                    Meaning::Nothing => {}
                    Meaning::Nonsense => return Ended::lost(Error::Crashed),
                },
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
            if waited > self.limits.timeout + OVERTIME {
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
