//! What a service works with, built by whoever knows the settings.

use std::sync::Arc;
use std::time::Duration;

use super::availability::SyncAvailability;
use super::schedule::Pace;
use crate::intercom::Client;
use crate::lake::{self, Layout, Writer, WriterLock};
use crate::sync::Options;

/// Builds what a sync needs, anew for each.
pub trait Equipment: Send + Sync {
    /// What keeps everything from arriving as long as the settings are as they are, if anything does.
    fn bar(&self) -> Option<SyncAvailability>;

    /// A client for Intercom.
    ///
    /// # Errors
    /// When none can be made: nothing new can arrive.
    fn client(&self, patience: Patience) -> Result<Client, SyncAvailability>;

    /// The lake opened for writing. May block.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn workplace(&self, lock: WriterLock) -> Result<Workplace, lake::Error>;

    /// A sync is over; the lake is still locked. May block.
    fn done(&self, writer: &Writer);
}

/// How long a client tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// As long as it makes sense.
    Long,
    /// Only long enough to see whether Intercom answers.
    Short,
}

/// The lake opened for writing.
pub struct Workplace {
    /// Writes it, and holds its lock.
    pub writer: Arc<Writer>,
    /// Bytes written to disk so far.
    pub written_bytes: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// How a service goes about it.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// Where the lake lies.
    pub layout: Layout,
    /// The process, for the lock's file and for handles.
    pub pid: u32,
    /// What the process does, like `fi mcp`.
    pub purpose: String,
    /// How a sync is done.
    pub options: Options,
    /// How far back the first sync goes; everything when not set.
    pub initial_days: Option<u32>,
    /// How often syncs begin by themselves.
    pub pace: Pace,
    /// Age from which data counts as stale.
    pub max_staleness: Duration,
    /// Whether the user set that age, so that questions wait for data that is fresh enough.
    pub waits_for_fresh: bool,
}
