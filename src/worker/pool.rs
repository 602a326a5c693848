//! Workers for whoever asks: started when first needed, kept, and replaced at once when one is lost.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::error::Error;
use super::frame::{RowFormat, SqlAnswer, StreamEnd};
use super::options::{Limits, WorkerOptions};
use super::process::Process;
use super::talk::{Ended, Take, Talk};
use crate::cancel::Cancel;
use crate::engine::LONGEST_SQL;
use crate::lake::{Disk, LastState, State};

/// How often it is looked whether a query that waits for a worker is still wanted.
const TICK: Duration = Duration::from_millis(20);
/// How long the end waits for a worker that is being started.
const LAST_START: Duration = Duration::from_secs(1);

/// Answers SQL from outside, each query in a process of its own that can be lost. Share it between threads.
pub struct SqlWorkers {
    shared: Arc<Shared>,
    last_state: LastState,
}

struct Shared {
    options: WorkerOptions,
    room: Mutex<Room>,
    changed: Condvar,
    /// Workers that were killed, or ended by themselves.
    lost: AtomicU64,
}

#[derive(Default)]
struct Room {
    idle: Vec<Process>,
    /// One more than there may be busy, so that who asks after one was killed does not wait for another to start.
    spare: Option<Process>,
    is_spare_coming: bool,
    /// Workers that are busy or about to be there.
    taken: usize,
    is_closed: bool,
}

impl SqlWorkers {
    /// Starts nothing yet.
    pub fn new(options: WorkerOptions) -> Self {
        let shared =
            Shared { options, room: Mutex::default(), changed: Condvar::new(), lost: AtomicU64::new(0) };
        Self { shared: Arc::new(shared), last_state: LastState::default() }
    }

    /// Answers a query.
    ///
    /// # Errors
    /// The query ended, whatever it was; so did the worker, if it would not stop otherwise.
    pub fn query(&self, sql: &str, limits: &Limits, cancel: &Cancel) -> Result<SqlAnswer, Error> {
        let limits = self.allowed(sql, limits)?;
        let talk = Talk { options: &self.shared.options, sql, limits: &limits, cancel };
        self.asked(&talk, || true, Talk::with)
    }

    /// Gives the rows of a query bit by bit in a format; waits while they are not taken, and ends when they will not be.
    ///
    /// # Errors
    /// As for [`query`](Self::query); what was given until then is not all there is.
    pub fn stream(
        &self,
        sql: &str,
        limits: &Limits,
        cancel: &Cancel,
        format: RowFormat,
        take: &mut Take<'_>,
    ) -> Result<StreamEnd, Error> {
        let limits = self.allowed(sql, limits)?;
        let talk = Talk { options: &self.shared.options, sql, limits: &limits, cancel };
        // What was given cannot be taken back: who asks again would have it twice.
        let has_begun = Cell::new(false);
        let mut take = |piece| {
            has_begun.set(true);
            take(piece)
        };
        self.asked(&talk, || !has_begun.get(), |talk, process| talk.stream(process, format, &mut take))
    }

    fn allowed(&self, sql: &str, limits: &Limits) -> Result<Limits, Error> {
        match sql.len() > LONGEST_SQL {
            true => Err(Error::TooLong(sql.len())),
            false => Ok(Limits { timeout: limits.timeout.min(self.shared.options.longest), ..*limits }),
        }
    }

    /// Asks a worker, and another if the first may only have lost sight of the lake, where `may_again` allows it.
    fn asked<'a, T>(
        &self,
        talk: &Talk<'a>,
        may_again: impl Fn() -> bool,
        mut ask: impl FnMut(&Talk<'a>, &mut Process) -> Ended<T>,
    ) -> Result<T, Error> {
        let (mut process, was_new) = self.shared.take(talk.limits.timeout, talk.cancel)?;
        let ended = self.shared.ended(ask(talk, &mut process), process);
        match ended {
            Err(Error::Failed(failed)) if !was_new && failed.kind.is_worth_another_try() && may_again() => {
                self.shared.clear();
                let (mut process, _) = self.shared.take(talk.limits.timeout, talk.cancel)?;
                self.shared.ended(ask(talk, &mut process), process)
            }
            ended => ended,
        }
    }

    /// What is recorded of the lake; none when nothing was ever written.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn state(&self) -> Result<Option<Arc<State>>, Error> {
        Ok(self.last_state.load(&Disk::default(), &self.shared.options.layout)?)
    }

    /// Workers that were killed since their query would not stop, or ended by themselves.
    pub fn lost_count(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// The process numbers of workers that wait for a query.
    pub fn idle_ids(&self) -> Vec<u32> {
        self.shared.room().idle.iter().map(Process::id).collect()
    }
}

impl Drop for SqlWorkers {
    fn drop(&mut self) {
        let mut room = self.shared.room();
        room.is_closed = true;
        let idle = (std::mem::take(&mut room.idle), room.spare.take());
        drop(room);
        drop(idle);
        // A spare that is being started takes its directory with it, if the process lives long enough.
        let room = self.shared.room();
        drop(self.shared.changed.wait_timeout_while(room, LAST_START, |room| room.is_spare_coming));
    }
}

impl Shared {
    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the workers that wait: what they see of the lake may be of before it was made anew.
    fn clear(&self) {
        let mut room = self.room();
        let waiting: Vec<Process> = room.idle.drain(..).collect();
        let spare = room.spare.take();
        drop(room);
        waiting.into_iter().chain(spare).for_each(bury);
    }

    /// A worker that waits, or a new one, or the next that is done; and whether it began just now.
    fn take(self: &Arc<Self>, patience: Duration, cancel: &Cancel) -> Result<(Process, bool), Error> {
        let start = Instant::now();
        let mut room = self.room();
        loop {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            while let Some(process) = room.idle.pop() {
                if process.is_waiting() {
                    room.taken += 1;
                    return Ok((process, false));
                }
                bury(process);
            }
            if room.taken < self.options.workers.max(1) {
                room.taken += 1;
                let spare = room.spare.take();
                drop(room);
                return match spare.filter(Process::is_waiting) {
                    Some(spare) => {
                        self.stock();
                        Ok((spare, false))
                    }
                    None => {
                        let started = Process::start(&self.options).inspect_err(|_| self.leave(None));
                        started.map(|process| (process, true))
                    }
                };
            }
            if start.elapsed() >= patience {
                return Err(Error::Busy(patience));
            }
            room = self.changed.wait_timeout(room, TICK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Puts a worker back if it is of further use, and replaces it otherwise.
    fn ended<T>(self: &Arc<Self>, ended: Ended<T>, process: Process) -> Result<T, Error> {
        match ended.is_well {
            true => self.leave(Some(process)),
            false => {
                self.lost.fetch_add(1, Ordering::Relaxed);
                bury(process);
                self.leave(None);
            }
        }
        self.stock();
        ended.outcome
    }

    /// Starts a spare one on the side, where there is none.
    fn stock(self: &Arc<Self>) {
        let mut room = self.room();
        if room.spare.is_some() || room.is_spare_coming || room.is_closed {
            return;
        }
        room.is_spare_coming = true;
        drop(room);
        let shared = Arc::clone(self);
        let start = move || {
            let mut started = Process::start(&shared.options).ok();
            let mut room = shared.room();
            if !room.is_closed {
                room.spare = started.take();
            }
            drop(room);
            drop(started);
            shared.room().is_spare_coming = false;
            shared.changed.notify_all();
        };
        // Without a thread the next query starts one for itself.
        if thread::Builder::new().name("start worker".to_owned()).spawn(start).is_err() {
            self.room().is_spare_coming = false;
        }
    }

    /// One is no longer taken; it may be there for others.
    fn leave(&self, process: Option<Process>) {
        let mut room = self.room();
        room.taken -= 1;
        match process {
            Some(process) if room.is_closed => {
                drop(room);
                drop(process);
            }
            process => room.idle.extend(process),
        }
        self.changed.notify_all();
    }
}

/// Ends a worker without making anybody wait: one that holds gigabytes takes a while.
fn bury(process: Process) {
    // Where there is no thread for it, it is dropped here.
    let _ = thread::Builder::new().name("end worker".to_owned()).spawn(move || drop(process));
}

/// Workers are shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<SqlWorkers>();
};
