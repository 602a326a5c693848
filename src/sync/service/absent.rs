//! No service at all, for a process that only answers.

use std::future::ready;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::availability::SyncAvailability;
use super::control::{RefreshOutcome, ServiceStatus, Started, SyncControl};
use super::job::{Job, JobKind};

/// Starts nothing and waits for nothing: others keep the lake up to date, or nobody does, for the reason given.
#[derive(Debug, Clone)]
pub struct NoSync(pub SyncAvailability);

impl SyncControl for NoSync {
    fn status(&self) -> ServiceStatus {
        ServiceStatus { availability: self.0.clone(), ..ServiceStatus::default() }
    }

    fn availability(&self) -> SyncAvailability {
        self.0.clone()
    }

    fn start(&self, _: JobKind) -> Result<Started, SyncAvailability> {
        Err(self.0.clone())
    }

    fn job(&self, _: &str) -> Option<Job> {
        None
    }

    fn note_question(&self, _: DateTime<Utc>) {}

    fn refresh_if_stale(&self, _: Duration) -> BoxFuture<'_, RefreshOutcome> {
        ready(RefreshOutcome::NotWanted).boxed()
    }
}
