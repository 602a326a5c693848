//! What a sync tells while it runs, for progress bars and logs, and how it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Teammates, teams, tags and the like.
    Directory,
    /// Conversations as lists show them.
    Conversations,
    /// Conversations with their parts.
    Threads,
    /// People.
    Contacts,
    /// Companies.
    Companies,
    /// Tickets.
    Tickets,
    /// What was deleted.
    Deletions,
}

impl Phase {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Conversations => "conversations",
            Self::Threads => "messages",
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Tickets => "tickets",
            Self::Deletions => "deletions",
        }
    }
}

/// Something worth showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part of the run begins; how many things it will be, when known.
    Started {
        /// The part.
        phase: Phase,
        /// How many.
        total: Option<u64>,
    },
    /// So many more things of a part are done.
    Advanced {
        /// The part.
        phase: Phase,
        /// How many more.
        by: u64,
    },
    /// A part of the run is over.
    Finished {
        /// The part.
        phase: Phase,
    },
    /// A commit made new data visible.
    Committed {
        /// Rows written.
        rows: u64,
        /// Bytes of the lake now.
        lake_bytes: u64,
    },
}

/// Hears what a sync tells.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: Event) {}
}

/// Tells a sync to stop at the next commit.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<StopInner>);

#[derive(Debug, Default)]
struct StopInner {
    is_set: AtomicBool,
    notify: Notify,
}

impl Stop {
    /// Asks the sync to stop.
    pub fn stop(&self) {
        self.0.is_set.store(true, Ordering::SeqCst);
        self.0.notify.notify_waiters();
    }

    /// Whether it was asked to.
    pub fn is_stopped(&self) -> bool {
        self.0.is_set.load(Ordering::SeqCst)
    }

    /// Waits until it is asked to.
    pub async fn stopped(&self) {
        loop {
            let notified = self.0.notify.notified();
            if self.is_stopped() {
                return;
            }
            notified.await;
        }
    }
}
