//! The log of a server: events go to a thread of its own, so that no answer waits for the disk.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::event::{Event, Happened};
use super::settle::{Keeping, settle};
use super::{files, pending};
use crate::clock::Clock;

/// Events that may wait to be written.
const MOST_WAITING: usize = 10_000;
/// Events written at once.
const MOST_AT_ONCE: usize = 1_000;
/// How long an event may be in the file and not on the disk.
const ON_DISK_WITHIN: Duration = Duration::from_secs(1);
/// Bytes that may be pending before they come into Parquet.
const MOST_PENDING: u64 = 32 << 20;
/// How often it is looked whether that is so, and whether a day is too old.
const TIDY_EVERY: Duration = Duration::from_secs(600);
/// How long whoever wants to read waits for what is pending.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// What a log has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogCounts {
    /// Events written.
    pub written: u64,
    /// Events lost.
    pub lost: u64,
}

/// A log that is written.
pub struct AuditLog {
    sender: Mutex<Option<SyncSender<Message>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    counts: Arc<Counts>,
    clock: Clock,
    directory: PathBuf,
}

#[derive(Default)]
struct Counts {
    written: AtomicU64,
    lost: AtomicU64,
    /// Of those lost, the ones that no event tells of yet.
    untold: AtomicU64,
}

enum Message {
    Event(Box<Event>),
    /// Everything before is to be in Parquet.
    Settle(SyncSender<Result<(), String>>),
}

impl AuditLog {
    /// In a directory, which is made when the first event comes.
    ///
    /// # Errors
    /// When there can be no thread for it.
    pub fn start(directory: PathBuf, keeping: Keeping, clock: Clock) -> std::io::Result<Self> {
        let (sender, messages) = sync_channel(MOST_WAITING);
        let counts = Arc::new(Counts::default());
        let writer = Writer { directory: directory.clone(), keeping, clock, counts: Arc::clone(&counts) };
        let thread = thread::Builder::new().name("audit".to_owned()).spawn(move || writer.run(&messages))?;
        let (sender, thread) = (Mutex::new(Some(sender)), Mutex::new(Some(thread)));
        Ok(Self { sender, thread, counts, clock, directory })
    }

    /// Writes an event soon. Where too many wait it is lost, which is counted and told in the log itself.
    pub fn record(&self, event: Event) {
        let sent = self.sender().map(|sender| sender.try_send(Message::Event(Box::new(event))));
        if !matches!(sent, Some(Ok(()))) {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            self.counts.untold.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all events so far can be read.
    ///
    /// # Errors
    /// Why they cannot.
    pub fn settle(&self) -> Result<(), String> {
        let gone = || "the audit log is not written any more".to_owned();
        let (reply, settled) = sync_channel(1);
        self.sender().ok_or_else(gone)?.send(Message::Settle(reply)).map_err(|_| gone())?;
        match settled.recv_timeout(SETTLED_WITHIN) {
            Ok(settled) => settled,
            Err(_) => Err("what was asked last could not be read in time".to_owned()),
        }
    }

    /// What it has done.
    pub fn counts(&self) -> LogCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        LogCounts { written: read(&self.counts.written), lost: read(&self.counts.lost) }
    }

    /// What time events are of.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Where it is.
    pub fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    fn sender(&self) -> Option<SyncSender<Message>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What was recorded is written before it is gone.
impl Drop for AuditLog {
    fn drop(&mut self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

struct Writer {
    directory: PathBuf,
    keeping: Keeping,
    clock: Clock,
    counts: Arc<Counts>,
}

impl Writer {
    fn run(&self, messages: &Receiver<Message>) {
        let mut unsynced: Option<Instant> = None;
        let mut tidied = Instant::now();
        loop {
            let first = messages.recv_timeout(ON_DISK_WITHIN);
            let is_over = matches!(first, Err(RecvTimeoutError::Disconnected));
            let mut events = Vec::new();
            let mut replies = Vec::new();
            for message in first.into_iter().chain(messages.try_iter().take(MOST_AT_ONCE)) {
                match message {
                    Message::Event(event) => events.push(*event),
                    Message::Settle(reply) => replies.push(reply),
                }
            }
            if self.write(events) {
                unsynced.get_or_insert_with(Instant::now);
            }
            if unsynced.is_some_and(|since| is_over || since.elapsed() >= ON_DISK_WITHIN) {
                self.sync();
                unsynced = None;
            }
            let is_time = tidied.elapsed() >= TIDY_EVERY || self.has_much_pending();
            if is_over || is_time || !replies.is_empty() {
                tidied = Instant::now();
                let settled = self.settle();
                replies.into_iter().for_each(|reply| drop(reply.try_send(settled.clone())));
            }
            if is_over {
                return;
            }
        }
    }

    /// Writes events, those that tell of lost ones too; tells whether it wrote any.
    fn write(&self, mut events: Vec<Event>) -> bool {
        let untold = self.counts.untold.swap(0, Ordering::Relaxed);
        if untold > 0 {
            tracing::error!(untold, "events of the audit log were lost: more came than could be written");
            let lost = Event::new(Happened::EventsLost, self.clock.now());
            events.push(Event { row_count: Some(untold), ..lost });
        }
        if events.is_empty() {
            return false;
        }
        let count = events.len() as u64 - u64::from(untold > 0);
        match pending::append(&self.directory, &events) {
            Ok(_) => {
                self.counts.written.fetch_add(count, Ordering::Relaxed);
                true
            }
            Err(error) => {
                tracing::error!(%error, count, "events of the audit log were lost");
                self.counts.lost.fetch_add(count, Ordering::Relaxed);
                self.counts.untold.fetch_add(count + untold, Ordering::Relaxed);
                // Whatever it is, it is not over in no time.
                thread::sleep(ON_DISK_WITHIN);
                false
            }
        }
    }

    fn sync(&self) {
        let path = files::pending(&self.directory);
        // It may be on its way into Parquet by now, where it is synced.
        if let Ok(file) = std::fs::File::open(path)
            && let Err(error) = file.sync_data()
        {
            tracing::error!(%error, "the audit log may not be on the disk");
        }
    }

    fn has_much_pending(&self) -> bool {
        std::fs::metadata(files::pending(&self.directory)).is_ok_and(|data| data.len() > MOST_PENDING)
    }

    fn settle(&self) -> Result<(), String> {
        // Where nothing was ever recorded nothing is made.
        if !self.directory.is_dir() {
            return Ok(());
        }
        settle(&self.directory, self.keeping, self.clock.now()).map_err(|error| {
            tracing::warn!(%error, "the audit log is not in Parquet yet");
            error.to_string()
        })
    }
}
