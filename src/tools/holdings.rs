//! What the tools about the data itself are answered from: the lake's state, and who keeps it up to date.
//!
//! They read one small document and ask the sync service; neither waits for anything.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::error::ToolError;
use super::moment::Moment;
use crate::lake::{Disk, LastState, Layout, State};
use crate::sync::service::{ServiceStatus, SyncControl};
use crate::sync::{SyncState, WindowField};

/// The lake of a server, and what keeps it up to date.
pub struct Holdings<'a> {
    /// Where the lake lies.
    pub layout: &'a Layout,
    /// Its state, as last read.
    pub last_state: &'a LastState,
    /// What keeps it up to date.
    pub control: &'a dyn SyncControl,
    /// The zone of days in what is asked.
    pub zone: Tz,
    /// The present.
    pub now: DateTime<Utc>,
    /// Age from which data counts as stale.
    pub max_staleness: Duration,
}

/// What is held.
pub(super) struct Held {
    pub(super) state: Arc<State>,
    pub(super) sync: SyncState,
}

impl Holdings<'_> {
    /// What is held now.
    pub(super) fn held(&self) -> Result<Held, ToolError> {
        let state = self.last_state.load(&Disk::default(), self.layout)?.unwrap_or_default();
        let sync = SyncState::from_value(&state.sync).map_err(ToolError::State)?;
        Ok(Held { state, sync })
    }

    /// Minutes since a moment.
    pub(super) fn minutes_since(&self, seconds: i64) -> i64 {
        (self.now.timestamp() - seconds).max(0) / 60
    }

    /// The age from which data counts as stale, in seconds.
    pub(super) fn staleness_seconds(&self) -> i64 {
        i64::try_from(self.max_staleness.as_secs()).unwrap_or(i64::MAX)
    }
}

impl Held {
    /// Whether anything was ever fetched.
    pub(super) fn has_data(&self) -> bool {
        self.state.rows_of("conversations") > 0 || !self.sync.coverage.is_empty()
    }

    /// The moment everything covered is known for.
    pub(super) fn data_as_of(&self) -> Option<Moment> {
        self.sync.coverage.known_at().and_then(Moment::from_seconds)
    }

    /// The first moment held completely: where it is "since ever", that of the oldest conversation.
    pub(super) fn coverage_start(&self) -> Option<Moment> {
        let first = self.sync.coverage.spans().first()?;
        Moment::from_seconds(first.from_seconds).or_else(|| self.first_created_at())
    }

    /// The first moment that is not held any more.
    pub(super) fn coverage_end(&self) -> Option<Moment> {
        self.sync.coverage.spans().last().and_then(|span| Moment::from_seconds(span.to_seconds))
    }

    /// When the oldest conversation began.
    pub(super) fn first_created_at(&self) -> Option<Moment> {
        self.created_at(|entry| entry.first_created_at).min()
    }

    /// When the newest one did.
    pub(super) fn last_created_at(&self) -> Option<Moment> {
        self.created_at(|entry| entry.last_created_at).max()
    }

    fn created_at(
        &self,
        of: impl Fn(&crate::lake::FileEntry) -> Option<i64>,
    ) -> impl Iterator<Item = Moment> {
        let files = self.state.files_of("conversations").filter(|(_, entry)| entry.rows > 0);
        files.filter_map(move |(_, entry)| Moment::from_seconds(of(entry)?.div_euclid(1_000_000)))
    }

    /// Whether the first sync has not got through all of history yet.
    pub(super) fn is_first_unfinished(&self) -> bool {
        let is_open = |outcome: &str| !["completed", "incomplete"].contains(&outcome);
        let history =
            |window: &crate::sync::Window| window.field == WindowField::CreatedAt && !window.is_sweep;
        self.sync
            .last_run
            .as_ref()
            .is_none_or(|run| is_open(&run.outcome) && self.sync.windows.iter().any(history))
    }

    /// Whether that first sync is under way.
    pub(super) fn is_first_running(&self, status: &ServiceStatus) -> bool {
        status.is_syncing() && self.is_first_unfinished()
    }

    /// The size of all data, in megabytes of 1,048,576 bytes as older clients read it.
    pub(super) fn size_mb(&self) -> f64 {
        (self.state.lake_bytes() as f64 / 1_048_576.0 * 100.0).round() / 100.0
    }
}
