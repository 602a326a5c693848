//! Work on parts of an answer on several threads, its results in the order of the parts. Little is under way at a time,
//! so memory stays bounded however long the answer is.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Threads at most: beyond these the query itself is what takes the time.
const MOST_THREADS: usize = 4;

type Work<J, T> = Arc<dyn Fn(J) -> T + Send + Sync>;

/// A row of workers.
pub(super) struct InOrder<J, T> {
    work: Work<J, T>,
    /// Parts that are worked on before any thread is started: a short answer needs none.
    alone: usize,
    /// How many may be waited for.
    room: usize,
    given: usize,
    jobs: Option<SyncSender<(J, SyncSender<T>)>>,
    waiting: VecDeque<Receiver<T>>,
}

impl<J: Send + 'static, T: Send + 'static> InOrder<J, T> {
    /// Workers that all do the same, each with so many parts waiting for it at most; the first parts are worked on
    /// without them.
    pub(super) fn new(
        alone: usize,
        parts_each: usize,
        work: impl Fn(J) -> T + Send + Sync + 'static,
    ) -> Self {
        let room = threads() * parts_each;
        Self { work: Arc::new(work), alone, room, given: 0, jobs: None, waiting: VecDeque::new() }
    }

    /// Gives a part, and gives back what is done by now and next in order.
    ///
    /// # Errors
    /// When a worker has failed.
    pub(super) fn give(&mut self, part: J) -> io::Result<Vec<T>> {
        self.given += 1;
        if self.given <= self.alone {
            return Ok(vec![(self.work)(part)]);
        }
        let (sender, receiver) = sync_channel(1);
        if self.jobs.is_none() {
            self.jobs = Some(self.start()?);
        }
        let taken = self.jobs.as_ref().map(|jobs| jobs.send((part, sender)));
        taken.and_then(Result::ok).ok_or_else(broke_off)?;
        self.waiting.push_back(receiver);
        self.ready()
    }

    /// Everything that is still waited for.
    ///
    /// # Errors
    /// When a worker has failed.
    pub(super) fn finish(&mut self) -> io::Result<Vec<T>> {
        self.jobs = None;
        self.waiting.drain(..).map(|next| next.recv().map_err(|_| broke_off())).collect()
    }

    /// What is done and next in order; where too much is under way, that is waited for.
    fn ready(&mut self) -> io::Result<Vec<T>> {
        let mut done = Vec::new();
        while let Some(next) = self.waiting.front() {
            let result = match next.try_recv() {
                Ok(result) => result,
                Err(TryRecvError::Empty) if self.waiting.len() < self.room => break,
                Err(TryRecvError::Empty) => next.recv().map_err(|_| broke_off())?,
                Err(TryRecvError::Disconnected) => return Err(broke_off()),
            };
            done.push(result);
            self.waiting.pop_front();
        }
        Ok(done)
    }

    /// The threads end when nobody gives them anything any more.
    fn start(&self) -> io::Result<SyncSender<(J, SyncSender<T>)>> {
        let (jobs, offered) = sync_channel::<(J, SyncSender<T>)>(self.room);
        let offered = Arc::new(Mutex::new(offered));
        for _ in 0..threads() {
            let (offered, work) = (Arc::clone(&offered), Arc::clone(&self.work));
            let run = move || {
                loop {
                    let next = offered.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((part, result)) = next else { return };
                    // Whoever asked may have given up.
                    let _ = result.send(work(part));
                }
            };
            thread::Builder::new().name("rows".to_owned()).spawn(run)?;
        }
        Ok(jobs)
    }
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS)
}

fn broke_off() -> io::Error {
    io::Error::other("the rows could not be written: a thread broke off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_none_is_lost() {
        let mut workers = InOrder::new(4, 2, |part: u64| {
            std::thread::sleep(std::time::Duration::from_micros(part * 7 % 300));
            part * 2
        });
        let mut results = Vec::new();
        for part in 0..500 {
            results.extend(workers.give(part).unwrap());
            assert!(workers.waiting.len() <= workers.room);
        }
        results.extend(workers.finish().unwrap());
        assert_eq!(results, (0..500).map(|part| part * 2).collect::<Vec<u64>>());
    }

    #[test]
    fn a_worker_that_fails_is_an_error_and_no_hang() {
        let mut workers = InOrder::new(2, 1, |part: usize| assert!(part < 5, "as it should"));
        let given: io::Result<Vec<_>> = (0..40).map(|part| workers.give(part)).collect();
        assert!(given.is_err() || workers.finish().is_err());
    }
}
