//! What all calls of a server share: the engine, the index and the conversations of one lake.
//!
//! Nothing is opened before it is needed, so that a server answers at once and a lake may come later.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::counts::CallCounts;
use crate::audit::{self, AuditLog};
use crate::cancel::Cancel;
use crate::clock::Clock;
use crate::engine::{self, Engine, EngineOptions, Now, WordSearch};
use crate::index::TextIndex;
use crate::lake::{self, Disk, LastState, Layout, State};
use crate::sync::SyncState;
use crate::sync::service::SyncControl;
use crate::tools::conversation::{Conversations, Fetch};
use crate::tools::server_status::ServerFacts;
use crate::tools::{EngineSearch, Holdings, ToolError};
use crate::worker::{SqlWorkers, WorkerOptions};

/// The name by which servers are known to clients.
pub(super) const NAME: &str = "fastintercom";
/// Calls that are answered at the same time; others wait.
const AT_ONCE: usize = 8;
/// Age from which data counts as stale, unless the settings say otherwise.
const MAX_STALENESS: Duration = Duration::from_secs(3_600);

/// What a server is made of.
pub struct AppParts {
    /// Where the lake is.
    pub layout: Layout,
    /// What time it is.
    pub clock: Clock,
    /// The zone of days that the settings name; the workspace's without one.
    pub zone: Option<Tz>,
    /// How the engine is set up.
    pub engine: EngineOptions,
    /// The search index.
    pub index: Arc<TextIndex>,
    /// Asks Intercom for single conversations, if there is a token.
    pub fetch: Option<Box<dyn Fetch + Send + Sync>>,
    /// Keeps the lake up to date.
    pub sync: Arc<dyn SyncControl>,
    /// Age from which data counts as stale.
    pub max_staleness: Duration,
    /// How SQL from outside is run.
    pub workers: WorkerOptions,
    /// Where what callers asked is noted, if it is.
    pub audit: Option<Arc<AuditLog>>,
}

impl AppParts {
    /// Over a lake, with its index; `cancel` stops what is still under way when the server ends. In the workspace's
    /// zone, and without asking Intercom for single conversations.
    pub fn over(
        layout: Layout,
        clock: Clock,
        index: Arc<TextIndex>,
        cancel: Cancel,
        sync: Arc<dyn SyncControl>,
    ) -> Self {
        let now = Now::new(move || clock.now());
        let search: Arc<dyn WordSearch> = Arc::new(EngineSearch::new(Arc::clone(&index), cancel));
        let engine = EngineOptions { search: Some(Arc::clone(&search)), ..EngineOptions::new(now.clone()) };
        let workers = WorkerOptions { search: Some(search), ..WorkerOptions::new(layout.clone(), now) };
        Self {
            layout,
            clock,
            zone: None,
            engine,
            index,
            fetch: None,
            sync,
            max_staleness: MAX_STALENESS,
            workers,
            audit: None,
        }
    }
}

/// What all calls share.
pub struct App {
    parts: AppParts,
    workers: SqlWorkers,
    /// Those that may read the audit log, too.
    audit_workers: Option<SqlWorkers>,
    conversations: Conversations,
    engine: Mutex<Option<Arc<Engine>>>,
    last_state: LastState,
    started_at: DateTime<Utc>,
    running: Arc<Semaphore>,
    counts: CallCounts,
    /// Whether somebody was told that nothing new can arrive.
    is_told: AtomicBool,
}

impl App {
    /// Of these parts; nothing is opened yet.
    pub fn new(parts: AppParts) -> Self {
        Self {
            workers: SqlWorkers::new(parts.workers.clone()),
            audit_workers: parts.audit.as_ref().map(|log| {
                let audit = Some(log.directory().to_owned());
                SqlWorkers::new(WorkerOptions { audit, workers: 1, ..parts.workers.clone() })
            }),
            conversations: Conversations::new(&parts.layout),
            engine: Mutex::new(None),
            last_state: LastState::default(),
            started_at: parts.clock.now(),
            running: Arc::new(Semaphore::new(AT_ONCE)),
            counts: CallCounts::default(),
            is_told: AtomicBool::new(false),
            parts,
        }
    }

    /// SQL over the lake, opened at the first question.
    ///
    /// # Errors
    /// When there is no lake yet, or it cannot be opened.
    pub fn engine(&self) -> Result<Arc<Engine>, engine::Error> {
        let mut opened = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = &*opened {
            return Ok(Arc::clone(engine));
        }
        let engine = Arc::new(Engine::open(&self.parts.layout, self.parts.engine.clone())?);
        *opened = Some(Arc::clone(&engine));
        Ok(engine)
    }

    /// Waits until there is room for a call; what comes back makes room again when it is dropped.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let _waits = self.counts.waits();
        // It is never closed, so there is always one.
        Arc::clone(&self.running).acquire_owned().await.ok()
    }

    /// Calls that are being answered.
    pub(super) fn running(&self) -> usize {
        AT_ONCE - self.running.available_permits()
    }

    /// What is counted of calls.
    pub(super) fn counts(&self) -> &CallCounts {
        &self.counts
    }

    /// How long it has been there.
    pub(super) fn uptime(&self) -> Duration {
        (self.now() - self.started_at).to_std().unwrap_or_default()
    }

    /// Where the lake is.
    pub(super) fn layout(&self) -> &Layout {
        &self.parts.layout
    }

    /// What is recorded of the lake; none when nothing was ever written.
    pub(super) fn state(&self) -> Result<Option<Arc<State>>, lake::Error> {
        self.last_state.load(&Disk::default(), &self.parts.layout)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.parts.clock.now()
    }

    pub(super) fn index(&self) -> &TextIndex {
        &self.parts.index
    }

    pub(super) fn conversations(&self) -> &Conversations {
        &self.conversations
    }

    pub(super) fn workers(&self) -> &SqlWorkers {
        &self.workers
    }

    /// Who runs a query: for an administrator who asks for the audit log those that may read it, as it is now.
    pub(super) fn workers_for(&self, sql: &str, is_admin: bool) -> Result<&SqlWorkers, ToolError> {
        match (&self.audit_workers, &self.parts.audit) {
            (Some(workers), Some(log)) if is_admin && audit::is_named_in(sql) => {
                log.settle().map_err(ToolError::Refused)?;
                Ok(workers)
            }
            _ => Ok(&self.workers),
        }
    }

    /// Where what callers asked is noted, if it is.
    pub(super) fn audit(&self) -> Option<&AuditLog> {
        self.parts.audit.as_deref()
    }

    pub(super) fn sync(&self) -> &dyn SyncControl {
        &*self.parts.sync
    }

    /// What tools about the data itself are answered from.
    pub(super) fn holdings(&self, now: DateTime<Utc>) -> Holdings<'_> {
        Holdings {
            layout: &self.parts.layout,
            last_state: &self.last_state,
            control: self.sync(),
            zone: self.zone(),
            now,
            max_staleness: self.parts.max_staleness,
        }
    }

    pub(super) fn facts(&self) -> ServerFacts<'_> {
        ServerFacts {
            name: NAME,
            version: env!("CARGO_PKG_VERSION"),
            started_at: self.started_at,
            index: Some(&self.parts.index),
        }
    }

    /// That nothing new can arrive and why, if it is so and nobody was told yet.
    pub(super) fn news(&self) -> Option<String> {
        let availability = self.parts.sync.availability();
        if availability.is_ready() || self.is_told.swap(true, Ordering::Relaxed) {
            return None;
        }
        Some(format!("This is what is held here; {availability}."))
    }

    pub(super) fn fetch(&self) -> Option<&dyn Fetch> {
        self.parts.fetch.as_deref().map(|fetch| fetch as &dyn Fetch)
    }

    /// The zone of days: the settings', else the workspace's, else UTC.
    pub(super) fn zone(&self) -> Tz {
        let workspaces = || {
            let state = self.state().ok()??;
            SyncState::from_value(&state.sync).ok()?.workspace?.timezone?.parse().ok()
        };
        self.parts.zone.or_else(workspaces).unwrap_or(Tz::UTC)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Whoever else holds the index may live until the process ends, and then lets go of nothing.
        self.parts.index.forget_opened();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::lake::Holder;
    use crate::sync::service::{NoSync, SyncAvailability};

    /// Over a lake that is not there.
    pub(in crate::server) fn nowhere() -> App {
        let layout = Layout::new(std::path::Path::new("/nowhere"));
        let who = || Holder { pid: 0, purpose: String::new(), since_seconds: 0 };
        let index = Arc::new(TextIndex::new(layout.clone(), Arc::new(who)));
        let sync = Arc::new(NoSync(SyncAvailability::NoToken));
        let clock = Clock::Fixed(DateTime::UNIX_EPOCH);
        App::new(AppParts::over(layout, clock, index, Cancel::new(), sync))
    }
}
