//! What all calls of a server share: the engine, the index and the conversations of one lake.
//!
//! Nothing is opened before it is needed, so that a server answers at once and a lake may come later.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::cache::{Answers, CacheCounts, CacheLimits, Found, Question};
use super::call::Reader;
use super::counts::CallCounts;
use crate::audit::{self, AuditLog};
use crate::cancel::Cancel;
use crate::clock::Clock;
use crate::engine::{self, Engine, EngineOptions, Now, WordSearch};
use crate::index::{Look, TextIndex};
use crate::lake::{self, Disk, LastState, Layout, State};
use crate::sync::SyncState;
use crate::sync::service::SyncControl;
use crate::tools::conversation::{Conversations, Fetch};
use crate::tools::query::{self, Querier};
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
    pub now: Now,
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
    /// How many answers are kept to be given again.
    pub cache: CacheLimits,
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
        let workers =
            WorkerOptions { search: Some(search), ..WorkerOptions::new(layout.clone(), now.clone()) };
        Self {
            layout,
            now,
            zone: None,
            engine,
            index,
            fetch: None,
            sync,
            max_staleness: MAX_STALENESS,
            workers,
            audit: None,
            cache: CacheLimits::default(),
        }
    }
}

/// What runs SQL from outside.
struct Pools {
    workers: SqlWorkers,
    /// For rows that are given as they come: whoever takes them slowly keeps nobody else's SQL waiting.
    rows: SqlWorkers,
}

impl Pools {
    fn of(options: &WorkerOptions) -> Self {
        let workers = || SqlWorkers::new(options.clone());
        Self { workers: workers(), rows: workers() }
    }
}

/// What all calls share.
pub struct App {
    parts: AppParts,
    pools: Pools,
    /// Those that may read the audit log, too.
    audit_pools: Option<Pools>,
    conversations: Conversations,
    engine: Mutex<Option<Arc<Engine>>>,
    last_state: LastState,
    answers: Answers,
    started_at: DateTime<Utc>,
    running: Arc<Semaphore>,
    counts: CallCounts,
    giving_rows: Arc<Semaphore>,
    /// Whether somebody was told that nothing new can arrive.
    is_told: AtomicBool,
}

impl App {
    /// Of these parts; nothing is opened yet.
    pub fn new(parts: AppParts) -> Self {
        Self {
            pools: Pools::of(&parts.workers),
            audit_pools: parts.audit.as_ref().map(|log| {
                let audit = Some(log.directory().to_owned());
                Pools::of(&WorkerOptions { audit, workers: 1, ..parts.workers.clone() })
            }),
            giving_rows: Arc::new(Semaphore::new(parts.workers.workers)),
            conversations: Conversations::new(&parts.layout),
            engine: Mutex::new(None),
            last_state: LastState::default(),
            answers: Answers::new(parts.cache),
            started_at: parts.now.get(),
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

    /// The same for rows that are given as they come.
    pub(super) async fn turn_for_rows(&self) -> Option<OwnedSemaphorePermit> {
        let _waits = self.counts.waits();
        Arc::clone(&self.giving_rows).acquire_owned().await.ok()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.parts.now.get()
    }

    pub(super) fn index(&self) -> &TextIndex {
        &self.parts.index
    }

    pub(super) fn conversations(&self) -> &Conversations {
        &self.conversations
    }

    /// What answers SQL, for who reads the answer.
    ///
    /// # Errors
    /// When an administrator asks for the audit log and it cannot be read.
    pub(super) fn querier(
        &self,
        sql: &str,
        reader: Reader,
        is_admin: bool,
    ) -> Result<Querier<'_>, ToolError> {
        let workers = &self.pools_for(sql, is_admin)?.workers;
        let most_chars = match reader {
            Reader::Model => query::CHARS_FOR_MODELS,
            Reader::Program => query::CHARS_FOR_PROGRAMS,
        };
        Ok(Querier { workers, cancel: Cancel::new(), most_chars })
    }

    /// What gives rows as they come.
    ///
    /// # Errors
    /// As for [`querier`](Self::querier).
    pub(super) fn row_querier(&self, sql: &str, is_admin: bool) -> Result<Querier<'_>, ToolError> {
        let workers = &self.pools_for(sql, is_admin)?.rows;
        Ok(Querier { workers, cancel: Cancel::new(), most_chars: query::CHARS_FOR_PROGRAMS })
    }

    /// Who may run SQL: for an administrator who asks for the audit log, those who may read it, as it is now.
    fn pools_for(&self, sql: &str, is_admin: bool) -> Result<&Pools, ToolError> {
        match (&self.audit_pools, &self.parts.audit) {
            (Some(pools), Some(log)) if is_admin && audit::is_named_in(sql) => {
                log.settle().map_err(ToolError::Refused)?;
                Ok(pools)
            }
            _ => Ok(&self.pools),
        }
    }

    /// Workers that were killed or ended by themselves.
    pub(super) fn lost_worker_count(&self) -> u64 {
        let pools = [&self.pools].into_iter().chain(&self.audit_pools);
        pools.flat_map(|pools| [&pools.workers, &pools.rows]).map(SqlWorkers::lost_count).sum()
    }

    /// Where what callers asked is noted, if it is.
    pub(super) fn audit(&self) -> Option<&AuditLog> {
        self.parts.audit.as_deref()
    }

    pub(super) fn sync(&self) -> &dyn SyncControl {
        &*self.parts.sync
    }

    /// What is kept of a question; none where there is nothing to answer from, or nothing is ever kept.
    pub(super) fn find(&self, question: &Question, has_waited: bool) -> Option<Found> {
        let state = self.answers.is_on().then(|| self.state().ok()?)??;
        let now = self.now();
        let found = self.answers.find(question, &state, now, has_waited);
        if let Found::Kept(given) = &found {
            self.sync().note_question(given.asked_until.unwrap_or(now));
        }
        Some(found)
    }

    /// Whether the lake is in this state still, and the search index of it: what is answered from both is of it.
    pub(super) fn is_steady(&self, state: &Arc<State>) -> bool {
        self.state().ok().flatten().is_some_and(|now| Arc::ptr_eq(&now, state))
            && matches!(self.parts.index.look(), Look::Current(_))
    }

    /// What became of questions whose answers are kept.
    pub fn cache_counts(&self) -> CacheCounts {
        self.answers.counts()
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
