//! Waiting for data that is fresh enough, for whoever set a bound on its age.

use std::time::Duration;

use tokio::time::timeout;

use super::control::RefreshOutcome;
use super::job::{JobKind, JobState, Trigger};
use super::{Inner, SyncAvailability};

/// A sync that made nothing fresh, though it did not fail.
const NOT_ALL: &str = "the sync that has just ended did not get everything";

impl Inner {
    /// Waits until what is held is no older than the user allows.
    pub(super) async fn refresh_if_stale(&self, within: Duration) -> RefreshOutcome {
        if !self.settings.waits_for_fresh {
            return RefreshOutcome::NotWanted;
        }
        if self.is_fresh() {
            return RefreshOutcome::Fresh;
        }
        if let Some(hindrance) = self.hindrance() {
            return hindrance;
        }
        let id = match self.ask(JobKind::New, Trigger::Question) {
            Ok(started) => started.job.id,
            Err(availability) => return RefreshOutcome::Unavailable(availability),
        };
        // A long sync holds up one question, not every one.
        if self.shared().waited_out.as_ref() == Some(&id) {
            return RefreshOutcome::StillRunning;
        }
        let waited = timeout(within, self.until_over(&id)).await;
        waited.unwrap_or_else(|_| {
            self.shared().waited_out = Some(id);
            RefreshOutcome::StillRunning
        })
    }

    /// Whether what is held is recent enough, with the messages of all that was listed since it was not.
    fn is_fresh(&self) -> bool {
        !self.shared().is_catching_up && !self.is_stale(&self.held(), self.seconds())
    }

    /// Why it makes no sense to wait: nothing can arrive, or the last try was just now and the next one is later.
    fn hindrance(&self) -> Option<RefreshOutcome> {
        let (held, now) = (self.held(), self.seconds());
        let mut shared = self.shared();
        if !shared.availability.is_ready() {
            return Some(RefreshOutcome::Unavailable(shared.availability.clone()));
        }
        shared.wanted_until = shared.wanted_until.max(Some(now));
        let is_at_it = shared.jobs.current().or(shared.jobs.waiting().next()).is_some();
        let is_paused = !is_at_it && self.next_sync_at(&shared, &held, now) > Some(now);
        let why = || shared.last_error.clone().unwrap_or_else(|| NOT_ALL.to_owned());
        is_paused.then(|| RefreshOutcome::Failed(why()))
    }

    /// Waits for the end of a job: what is listed is not fresh before its messages are there.
    async fn until_over(&self, job_id: &str) -> RefreshOutcome {
        let mut changed = self.changed.subscribe();
        loop {
            if let Some(outcome) = self.outcome_of(job_id) {
                return outcome;
            }
            let _ = changed.changed().await;
        }
    }

    /// What the job came to for those who wait for it, once it is over.
    fn outcome_of(&self, job_id: &str) -> Option<RefreshOutcome> {
        let now = self.seconds();
        let mut shared = self.shared();
        let stopped = || RefreshOutcome::Failed("the server is being stopped".to_owned());
        let Some(job) = shared.jobs.get(job_id, now) else { return Some(stopped()) };
        match job.state {
            JobState::Waiting | JobState::Running => None,
            JobState::Completed | JobState::Incomplete => Some(RefreshOutcome::Refreshed),
            JobState::Stopped => Some(stopped()),
            JobState::Failed => Some(match &shared.availability {
                SyncAvailability::Ready => RefreshOutcome::Failed(job.error.unwrap_or_default()),
                unavailable => RefreshOutcome::Unavailable(unavailable.clone()),
            }),
        }
    }
}
