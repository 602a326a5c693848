//! When what webhooks told of is fetched: at once, but never so often that a large lake is written all the time.

use std::time::Duration;

use tokio::time::Instant;

use super::{Inner, Shared, WATCH, WATCH_LOCK};
use crate::sync::hints;
use crate::sync::state::SyncState;

/// How long hints gather after a large lake was changed, at most.
const LONGEST_REST: Duration = Duration::from_secs(5);

impl Inner {
    /// In how long hints are to be followed; never before there was a sync, which makes them superfluous, and after a
    /// failure not before the next sync.
    pub(super) fn hints_due_in(&self, shared: &Shared, held: &SyncState, now: i64) -> Option<Duration> {
        let next_sync_at = self.next_sync_at(shared, held, now)?;
        let is_possible = held.updated_through.is_some() && shared.failures == 0 && next_sync_at > now;
        if !is_possible || !hints::is_waiting(&self.settings.layout.hints_dir()) {
            return None;
        }
        let rest = shared.hints_rest_until.map(|until| until.saturating_duration_since(Instant::now()));
        Some(rest.unwrap_or_default())
    }

    /// How long nothing is to be done about hints. Those that are due and not followed wait for a lock.
    pub(super) fn hints_pause(&self, shared: &Shared, held: &SyncState, now: i64) -> Duration {
        match self.hints_due_in(shared, held, now) {
            None => WATCH,
            Some(Duration::ZERO) => WATCH_LOCK,
            Some(due) => due,
        }
    }

    /// Lets hints gather as long as following the last ones took.
    pub(super) fn rest_from_hints(&self, took: Duration) {
        self.shared().hints_rest_until = Some(Instant::now() + took.min(LONGEST_REST));
    }
}
