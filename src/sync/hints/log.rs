//! Storing hints: a thread of its own appends those that come within ten milliseconds together and syncs them once,
//! so that thousands a second can be answered only when they would survive a power loss.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::Hint;
use super::record::{push, read};
use super::seen::Seen;
use super::segment::{self, OpenSegment};
use crate::lake::FileWriter;

/// How often stored hints are synced at most.
const SYNC_EVERY: Duration = Duration::from_millis(10);
/// How long a segment takes hints, so that what comes in a burst is fetched once.
const OPEN_FOR: Duration = Duration::from_secs(1);
/// Notifications that wait to be written at most.
const MOST_WAITING: usize = 16_384;
/// Notifications synced together at most.
const MOST_IN_GROUP: usize = 4_096;
/// Bytes of hints kept at most: some million, which nobody could fetch within a day.
const MOST_BYTES: u64 = 256 << 20;

/// Makes segments to write to.
pub type SegmentMaker = Box<dyn FnMut() -> io::Result<Box<dyn FileWriter>> + Send>;

/// Why hints were not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// More come than can be written.
    #[error("more notifications come than can be written")]
    Busy,
    /// As many are kept as may be.
    #[error("as many hints wait to be fetched as may be kept")]
    Full,
    /// The disk refuses.
    #[error("hints cannot be written: {0}")]
    Disk(String),
}

/// Where hints are stored.
pub struct HintLog {
    sender: SyncSender<Entry>,
    seen: Mutex<Seen>,
}

/// Hints of one notification on their way to the disk.
struct Entry {
    bytes: Vec<u8>,
    stored: oneshot::Sender<Result<(), NotStored>>,
}

impl HintLog {
    /// Stores hints in a directory. `closed` is called when some can be taken.
    ///
    /// # Errors
    /// When what is there cannot be read, or no thread can be started.
    pub fn open(dir: &Path, now_seconds: i64, closed: impl Fn() + Send + 'static) -> io::Result<Self> {
        let mut seen = Seen::default();
        for path in segment::all(dir)? {
            let hints = read(&segment::closed(&path)?.unwrap_or_default());
            hints
                .iter()
                .filter_map(|hint| hint.notification_id.as_deref())
                .for_each(|id| seen.add(id, now_seconds));
        }
        let place = dir.to_owned();
        let maker: SegmentMaker = Box::new(move || Ok(Box::new(OpenSegment::create(&place)?)));
        Self::with_segments(dir, maker, closed, seen)
    }

    /// Stores hints in what `maker` makes, for tests of disks that fail.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn writing_to(dir: &Path, maker: SegmentMaker) -> io::Result<Self> {
        Self::with_segments(dir, maker, || {}, Seen::default())
    }

    fn with_segments(
        dir: &Path,
        maker: SegmentMaker,
        closed: impl Fn() + Send + 'static,
        seen: Seen,
    ) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let scribe =
            Scribe { dir: dir.to_owned(), maker, closed: Box::new(closed), open: None, synced_at: None };
        thread::Builder::new().name("hints".to_owned()).spawn(move || scribe.run(&receiver))?;
        Ok(Self { sender, seen: Mutex::new(seen) })
    }

    /// Whether a notification was stored already.
    pub fn has(&self, notification_id: &str) -> bool {
        self.seen().has(notification_id)
    }

    /// Stores the hints of a notification; returns when they would survive a power loss.
    ///
    /// # Errors
    /// When they would not.
    pub async fn store(&self, hints: &[Hint]) -> Result<(), NotStored> {
        let mut bytes = Vec::with_capacity(hints.len() * 256);
        hints.iter().for_each(|hint| push(&mut bytes, hint));
        let (sender, stored) = oneshot::channel();
        self.sender.try_send(Entry { bytes, stored: sender }).map_err(|error| match error {
            TrySendError::Full(_) => NotStored::Busy,
            TrySendError::Disconnected(_) => NotStored::Disk("the thread that writes has ended".to_owned()),
        })?;
        stored
            .await
            .unwrap_or_else(|_| Err(NotStored::Disk("the thread that writes has ended".to_owned())))?;
        let mut seen = self.seen();
        for hint in hints {
            if let Some(id) = &hint.notification_id {
                seen.add(id, hint.received_at);
            }
        }
        Ok(())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that writes.
struct Scribe {
    dir: PathBuf,
    maker: SegmentMaker,
    closed: Box<dyn Fn() + Send>,
    open: Option<Open>,
    synced_at: Option<Instant>,
}

/// The segment that is written.
struct Open {
    segment: Box<dyn FileWriter>,
    since: Instant,
    /// How many more bytes may be kept.
    room: u64,
}

impl Scribe {
    fn run(mut self, receiver: &Receiver<Entry>) {
        while let Some(group) = self.group(receiver) {
            if !group.is_empty() {
                self.store(group);
            }
            if self.open.as_ref().is_some_and(|open| open.since.elapsed() >= OPEN_FOR) {
                self.close();
            }
        }
        self.close();
    }

    /// What is to be written together; nothing yet when it is time to close the segment; `None` at the end.
    fn group(&self, receiver: &Receiver<Entry>) -> Option<Vec<Entry>> {
        let first = match &self.open {
            Some(open) => match receiver.recv_timeout(OPEN_FOR.saturating_sub(open.since.elapsed())) {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => return Some(Vec::new()),
                Err(RecvTimeoutError::Disconnected) => return None,
            },
            None => receiver.recv().ok()?,
        };
        let mut group = vec![first];
        let pause = || self.synced_at.map_or(Duration::ZERO, |at| SYNC_EVERY.saturating_sub(at.elapsed()));
        while group.len() < MOST_IN_GROUP {
            let Ok(next) = receiver.recv_timeout(pause()) else { break };
            group.push(next);
        }
        Some(group)
    }

    fn store(&mut self, group: Vec<Entry>) {
        let bytes: Vec<u8> = group.iter().flat_map(|entry| &entry.bytes).copied().collect();
        let stored = self.write(&bytes);
        if let Err(reason) = &stored {
            tracing::warn!(%reason, notifications = group.len(), "hints were not stored");
        }
        for entry in group {
            // Who does not wait any more is told again by Intercom.
            let _ = entry.stored.send(stored.clone());
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), NotStored> {
        let disk = |error: io::Error| NotStored::Disk(error.to_string());
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let room = MOST_BYTES.saturating_sub(segment::bytes(&self.dir).map_err(disk)?);
                if room < bytes.len() as u64 {
                    return Err(NotStored::Full);
                }
                Open { segment: (self.maker)().map_err(disk)?, since: Instant::now(), room }
            }
        };
        if open.room < bytes.len() as u64 {
            self.open = Some(open);
            return Err(NotStored::Full);
        }
        // A segment that could not be written or synced holds nobody knows what; it is never written again.
        open.segment.write_all(bytes).and_then(|()| open.segment.sync()).map_err(disk)?;
        open.room -= bytes.len() as u64;
        self.open = Some(open);
        self.synced_at = Some(Instant::now());
        Ok(())
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            (self.closed)();
        }
    }
}
