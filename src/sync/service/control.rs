//! What tools and servers may ask of a sync service, as a trait, so that they can be tried without one.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use super::availability::SyncAvailability;
use super::job::{Job, JobKind};
use crate::intercom::LimiterState;
use crate::lake::Holder;

/// Watches and starts syncs. Every call but [`refresh_if_stale`](Self::refresh_if_stale) returns at once.
pub trait SyncControl: Send + Sync {
    /// How syncing stands in this process; looks at the lake's state and lock.
    fn status(&self) -> ServiceStatus;

    /// Whether anything new can arrive; looks at nothing.
    fn availability(&self) -> SyncAvailability;

    /// Starts a sync, or finds the one under way that does the same.
    ///
    /// # Errors
    /// When nothing new can arrive.
    fn start(&self, kind: JobKind) -> Result<Started, SyncAvailability>;

    /// A job by its handle, until an hour after it ended.
    fn job(&self, id: &str) -> Option<Job>;

    /// A question came whose data should be known up to a moment: sets the pace of syncs, and starts one at once if
    /// what is held is older than it may be.
    fn note_question(&self, needs_until: DateTime<Utc>);

    /// Waits, no longer than `within`, until what is held is no older than the user allows; returns at once when no
    /// bound was set.
    fn refresh_if_stale(&self, within: Duration) -> BoxFuture<'_, RefreshOutcome>;
}

/// How syncing stands in a process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceStatus {
    /// Whether anything new can arrive.
    pub availability: SyncAvailability,
    /// The job under way.
    pub current: Option<Job>,
    /// Jobs that wait, in their order.
    pub waiting: Vec<Job>,
    /// When the next sync begins by itself, in seconds since 1970.
    pub next_sync_at: Option<i64>,
    /// Syncs of this process that failed, since the last that did not.
    pub failures: u32,
    /// Why the last of them failed.
    pub last_error: Option<String>,
    /// What is known of Intercom's rate limit, since the first sync of this process.
    pub rate: Option<LimiterState>,
    /// Who writes the lake now, in whatever process.
    pub lock_holder: Option<Holder>,
}

impl ServiceStatus {
    /// Whether a sync is under way, in whatever process.
    pub fn is_syncing(&self) -> bool {
        self.current.is_some() || self.lock_holder.as_ref().is_some_and(is_syncing)
    }
}

/// What ends the purpose of a lock held by a service.
pub(super) const BACKGROUND: &str = " (background sync)";

/// Whether who holds the lake's lock does so to sync.
fn is_syncing(holder: &Holder) -> bool {
    matches!(holder.purpose.as_str(), "fi sync" | "fi demo") || holder.purpose.ends_with(BACKGROUND)
}

/// A job that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The job.
    pub job: Job,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// What waiting for fresh data came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// The user set no bound, so nothing was waited for.
    NotWanted,
    /// What is held was fresh enough.
    Fresh,
    /// It was not, and is now.
    Refreshed,
    /// The time was up before the sync was done; it goes on.
    StillRunning,
    /// Nothing new can arrive.
    Unavailable(SyncAvailability),
    /// The sync failed.
    Failed(String),
}
