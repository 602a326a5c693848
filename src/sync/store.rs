//! The one place where fetched objects become durable: gathers them in the spool, and moves the spool into the
//! lake whenever it has grown enough.
//!
//! An actor: fetchers send and go on. Records count as stored in the order they were sent, a step of progress
//! behind the rows it stands for.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};

use super::apply::{Applied, apply};
use super::error::Error;
use super::observer::{Event, Observer};
use super::state::Progress;
use crate::lake::{Spool, SpoolKind, SpoolRecord, Writer};
use crate::model::Timestamp;

/// How much the spool holds before it is moved into the lake, in bytes,
const APPLY_AT_BYTES: u64 = 16 * 1024 * 1024;
/// or in records, of which the moving keeps a list.
const APPLY_AT_RECORDS: usize = 40_000;
/// Kilobytes of objects on their way to the disk; whoever fetched more than that waits.
const IN_FLIGHT_KB: u32 = 4 * 1024;
/// Messages on their way to the disk at any moment: what may have to be fetched again after a crash is no more
/// than this, beside the requests under way.
pub const BATCH: usize = 256;
/// Messages stored at once. While they are, the rest of a batch may gather.
const GROUP: usize = BATCH / 2;
/// How long a small group waits for company.
const GATHER: Duration = Duration::from_millis(200);

/// Where fetchers send what they fetched.
#[derive(Clone)]
pub(super) struct Store {
    sender: mpsc::Sender<Message>,
    room: Arc<Semaphore>,
}

enum Message {
    Records(Vec<SpoolRecord>, OwnedSemaphorePermit),
    Flush(oneshot::Sender<Applied>),
}

impl Store {
    /// Starts the actor on a spool whose earlier content is in the lake already.
    pub(super) fn start(
        writer: Arc<Writer>,
        spool: Spool,
        observer: Arc<dyn Observer>,
    ) -> (Self, JoinHandle<Result<(), Error>>) {
        let (sender, receiver) = mpsc::channel(BATCH - GROUP);
        let room = Arc::new(Semaphore::new(IN_FLIGHT_KB as usize));
        let (applying, applied) = (None, Applied::default());
        let actor = Actor { writer, observer, room: room.clone(), spool: Some(spool), applying, applied };
        (Self { sender, room }, tokio::spawn(actor.run(receiver)))
    }

    /// Sends records, waiting while the disk is behind.
    pub(super) async fn send(&self, records: Vec<SpoolRecord>) -> Result<(), Error> {
        let bytes: usize = records.iter().map(|record| record.json.len()).sum();
        let kilobytes = u32::try_from(bytes / 1024).unwrap_or(u32::MAX).clamp(1, IN_FLIGHT_KB);
        let permit = self.room.clone().acquire_many_owned(kilobytes).await;
        let permit = permit.map_err(|_| Error::Broken(None))?;
        self.sender.send(Message::Records(records, permit)).await.map_err(|_| Error::Broken(None))
    }

    /// Waits until everything sent is in the lake; tells what that came to since the last time.
    pub(super) async fn flush(&self) -> Result<Applied, Error> {
        let (sender, receiver) = oneshot::channel();
        self.sender.send(Message::Flush(sender)).await.map_err(|_| Error::Broken(None))?;
        receiver.await.map_err(|_| Error::Broken(None))
    }
}

/// Puts into the lake what an interrupted run had fetched; the spool is empty then.
pub(super) fn take_up(writer: &Writer) -> Result<(Spool, Applied), Error> {
    let state = writer.state()?;
    let mut spool = Spool::open(writer.files().clone(), writer.layout(), state.first_spool_segment)?;
    let left = spool.take()?;
    if !left.is_empty() {
        tracing::info!(records = left.entries.len(), "taking up what an interrupted run had fetched");
    }
    let applied = apply(writer, left)?;
    Ok((spool, applied))
}

/// A step of progress as a record.
pub(super) fn progress(step: &Progress, now: Timestamp) -> SpoolRecord {
    let json = serde_json::to_vec(step).unwrap_or_default();
    let kind = SpoolKind::Progress;
    SpoolRecord { kind, id: String::new(), created_at: now, updated_at: now, synced_at: now, json }
}

struct Actor {
    writer: Arc<Writer>,
    observer: Arc<dyn Observer>,
    room: Arc<Semaphore>,
    /// Away while a blocking thread works on it.
    spool: Option<Spool>,
    applying: Option<JoinHandle<Result<Applied, Error>>>,
    applied: Applied,
}

impl Actor {
    async fn run(mut self, mut receiver: mpsc::Receiver<Message>) -> Result<(), Error> {
        let mut group = Vec::new();
        while receiver.recv_many(&mut group, GROUP).await > 0 {
            let until = tokio::time::Instant::now() + GATHER;
            // Whoever waits for room waits for this group.
            let is_due = |group: &[Message]| {
                group.len() >= GROUP
                    || self.room.available_permits() < IN_FLIGHT_KB as usize / 2
                    || group.iter().any(|message| matches!(message, Message::Flush(_)))
            };
            while !is_due(&group) {
                let room = GROUP - group.len();
                match tokio::time::timeout_at(until, receiver.recv_many(&mut group, room)).await {
                    Ok(1..) => {}
                    Ok(0) | Err(_) => break,
                }
            }
            self.handle(std::mem::take(&mut group)).await?;
        }
        self.apply_all().await
    }

    async fn handle(&mut self, batch: Vec<Message>) -> Result<(), Error> {
        let mut records = Vec::new();
        let mut permits = Vec::new();
        let mut flushes = Vec::new();
        for message in batch {
            match message {
                Message::Records(more, permit) => {
                    records.extend(more);
                    permits.push(permit);
                }
                Message::Flush(sender) => flushes.push(sender),
            }
        }
        let held = self.push(records).await?;
        drop(permits);
        if !flushes.is_empty() {
            self.apply_all().await?;
            for flush in flushes {
                // Whoever asked may have given up waiting.
                let _ = flush.send(std::mem::take(&mut self.applied));
            }
            return Ok(());
        }
        self.apply_if_due(held).await
    }

    /// Stores records; returns how much the spool holds then, as a part of what it holds before it is moved.
    async fn push(&mut self, records: Vec<SpoolRecord>) -> Result<f64, Error> {
        let mut spool = self.spool.take().ok_or(Error::Broken(None))?;
        let (spool, result) = spawn_blocking(move || {
            let pushed = records.iter().try_for_each(|record| spool.push(record));
            let stored = pushed.and_then(|()| spool.sync());
            (spool, stored)
        })
        .await?;
        let by_bytes = spool.bytes() as f64 / APPLY_AT_BYTES as f64;
        let by_records = spool.entries().len() as f64 / APPLY_AT_RECORDS as f64;
        self.spool = Some(spool);
        result?;
        Ok(by_bytes.max(by_records))
    }

    async fn apply_if_due(&mut self, held: f64) -> Result<(), Error> {
        if held < 1.0 {
            return Ok(());
        }
        let is_busy = self.applying.as_ref().is_some_and(|task| !task.is_finished());
        // The disk gets one commit of lead; then fetching waits.
        if is_busy && held < 2.0 {
            return Ok(());
        }
        self.await_apply().await?;
        self.start_apply()
    }

    fn start_apply(&mut self) -> Result<(), Error> {
        let spool = self.spool.as_mut().ok_or(Error::Broken(None))?;
        let pending = spool.take()?;
        let writer = self.writer.clone();
        self.applying = Some(spawn_blocking(move || apply(&writer, pending)));
        Ok(())
    }

    async fn await_apply(&mut self) -> Result<(), Error> {
        let Some(task) = self.applying.take() else { return Ok(()) };
        let applied = task.await??;
        let lake_bytes = self.writer.state()?.lake_bytes();
        if applied.rows() > 0 {
            self.observer.event(Event::Committed { rows: applied.rows(), lake_bytes });
            tracing::info!(
                conversations = applied.changed,
                messages = applied.messages,
                lake_bytes,
                "committed"
            );
        }
        self.applied.add(applied);
        Ok(())
    }

    async fn apply_all(&mut self) -> Result<(), Error> {
        self.await_apply().await?;
        self.start_apply()?;
        self.await_apply().await
    }
}
