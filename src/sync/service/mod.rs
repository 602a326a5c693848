//! Syncs in the background of a process that lives long: now and then by themselves, at once when a question reaches
//! beyond what is held, and when somebody asks for one.
//!
//! Every server process has a service, and they share one lake in peace: each takes the writer's lock only for the
//! time of a sync, and looks into the lake's state for what others did meanwhile. `schedule` decides when, `round`
//! does one sync, `queue` keeps the jobs. It never blocks who asks: it runs on threads of its own ([`Background`]),
//! and answers go on from what is held when nothing new can arrive ([`SyncAvailability`]).

mod absent;
mod availability;
mod background;
mod control;
mod equipment;
mod hearing;
mod job;
mod queue;
mod refresh;
mod round;
mod schedule;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

pub use absent::NoSync;
pub use availability::SyncAvailability;
pub use background::Background;
pub use control::{RefreshOutcome, ServiceStatus, Started, SyncControl};
pub use equipment::{Equipment, Patience, ServiceSettings, Workplace};
pub use job::{Job, JobKind, JobProgress, JobState, JobSummary, Trigger};
pub use schedule::Pace;

use super::observer::Stop;
use super::run::{CONVERSATIONS, Now};
use super::state::SyncState;
use crate::intercom::Client;
use crate::lake::{Disk, LastState, WriterLock};
use queue::Jobs;
use round::Round;
use schedule::{Situation, next_sync};

/// How often it is looked what others did, and whether the clock was moved.
const WATCH: Duration = Duration::from_secs(30);
/// How often it is looked whether a lock is free.
const WATCH_LOCK: Duration = Duration::from_secs(1);

/// Syncs one lake in the background. Copies are the same service.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    equipment: Arc<dyn Equipment>,
    settings: ServiceSettings,
    /// What keeps everything from arriving in this process.
    bar: Option<SyncAvailability>,
    now: Now,
    shared: Mutex<Shared>,
    last_state: LastState,
    wake: Notify,
    changed: watch::Sender<()>,
    stop: Stop,
}

/// What changes.
struct Shared {
    jobs: Jobs,
    availability: SyncAvailability,
    failures: u32,
    failed_at: Option<i64>,
    spread: f64,
    last_error: Option<String>,
    last_question_at: Option<i64>,
    /// The client of the last sync, which knows how much may be asked.
    client: Option<Client>,
    /// Up to when questions want to know.
    wanted_until: Option<i64>,
    /// Whether the sync under way began when what was held was too old.
    is_catching_up: bool,
    /// The job that somebody waited for until the time was up.
    waited_out: Option<String>,
}

impl Service {
    /// A service that does nothing before it runs.
    pub fn new(equipment: Arc<dyn Equipment>, settings: ServiceSettings, now: Now) -> Self {
        let bar = equipment.bar();
        let shared = Shared {
            jobs: Jobs::new(settings.pid),
            availability: bar.clone().unwrap_or_default(),
            failures: 0,
            failed_at: None,
            spread: 0.0,
            last_error: None,
            last_question_at: None,
            client: None,
            wanted_until: None,
            is_catching_up: false,
            waited_out: None,
        };
        Self(Arc::new(Inner {
            equipment,
            settings,
            bar,
            now,
            shared: Mutex::new(shared),
            last_state: LastState::default(),
            wake: Notify::new(),
            changed: watch::Sender::new(()),
            stop: Stop::default(),
        }))
    }

    /// Syncs until it is told to stop.
    pub async fn run(&self) {
        let inner = &self.0;
        inner.announce();
        while !inner.stop.is_stopped() {
            let pause = inner.step().await;
            tokio::select! {
                () = sleep(pause) => {}
                () = inner.wake.notified() => {}
                () = inner.stop.stopped() => {}
            }
        }
        inner.shared().jobs.stop_waiting(inner.seconds());
        inner.tell();
    }

    /// The jobs that are over, up to an hour after they ended.
    pub fn ended(&self) -> Vec<Job> {
        self.0.shared().jobs.over().cloned().collect()
    }

    /// Tells it to stop: a sync under way ends at its next commit, and soon in any case.
    pub fn stop(&self) {
        self.0.stop.stop();
    }
}

impl SyncControl for Service {
    fn status(&self) -> ServiceStatus {
        self.0.status()
    }

    fn availability(&self) -> SyncAvailability {
        self.0.shared().availability.clone()
    }

    fn start(&self, kind: JobKind) -> Result<Started, SyncAvailability> {
        self.0.ask(kind, Trigger::Request)
    }

    fn job(&self, id: &str) -> Option<Job> {
        self.0.shared().jobs.get(id, self.0.seconds())
    }

    fn note_question(&self, needs_until: DateTime<Utc>) {
        let now = self.0.seconds();
        let mut shared = self.0.shared();
        shared.last_question_at = Some(now);
        shared.wanted_until = shared.wanted_until.max(Some(needs_until.timestamp()));
        drop(shared);
        self.0.wake.notify_one();
    }

    fn refresh_if_stale(&self, within: Duration) -> BoxFuture<'_, RefreshOutcome> {
        Box::pin(self.0.refresh_if_stale(within))
    }
}

impl Inner {
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present, in seconds since 1970.
    fn seconds(&self) -> i64 {
        (self.now)().timestamp()
    }

    /// Tells whoever waits that something changed.
    fn tell(&self) {
        self.changed.send_replace(());
    }

    /// Says once, at the start, when nothing can arrive.
    fn announce(&self) {
        let availability = self.shared().availability.clone();
        match availability.is_ready() {
            true => tracing::info!("background sync is on"),
            false => tracing::warn!("{availability}"),
        }
    }

    /// What the last sync of whatever process left behind; nothing where there is nothing to read.
    fn held(&self) -> SyncState {
        let state = self.last_state.load(&Disk::default(), &self.settings.layout);
        let sync = state.ok().flatten().and_then(|state| SyncState::from_value(&state.sync).ok());
        sync.unwrap_or_default()
    }

    fn ask(&self, kind: JobKind, trigger: Trigger) -> Result<Started, SyncAvailability> {
        if let Some(bar) = &self.bar {
            return Err(bar.clone());
        }
        let now = self.seconds();
        let mut shared = self.shared();
        let (job, is_new) = shared.jobs.ask(kind, trigger, now);
        drop(shared);
        self.tell();
        self.wake.notify_one();
        Ok(Started { job, is_new })
    }

    fn status(&self) -> ServiceStatus {
        let held = self.held();
        let lock_holder = WriterLock::holder(&self.settings.layout);
        let now = self.seconds();
        let shared = self.shared();
        ServiceStatus {
            availability: shared.availability.clone(),
            current: shared.jobs.current().cloned(),
            waiting: shared.jobs.waiting().cloned().collect(),
            next_sync_at: match shared.jobs.current() {
                Some(_) => None,
                None => self.next_sync_at(&shared, &held, now).map(|at| at.max(now)),
            },
            failures: shared.failures,
            last_error: shared.last_error.clone(),
            rate: shared.client.as_ref().map(Client::limiter),
            lock_holder,
        }
    }

    /// When the next sync begins by itself; never while nothing can arrive.
    fn next_sync_at(&self, shared: &Shared, held: &SyncState, now: i64) -> Option<i64> {
        if self.bar.is_some() || matches!(shared.availability, SyncAvailability::Refused { .. }) {
            return None;
        }
        let wanted = shared.wanted_until.map(|until| until.min(now));
        let situation = Situation {
            now,
            last_sync_at: last_sync_at(held),
            last_question_at: shared.last_question_at,
            is_wanted: wanted.is_some_and(|until| self.is_stale(held, until)),
            failures: shared.failures,
            failed_at: shared.failed_at,
            spread: shared.spread,
        };
        Some(next_sync(&situation, &self.settings.pace))
    }

    /// Whether what is held is older than it may be for whoever wants to know up to a moment.
    fn is_stale(&self, held: &SyncState, until: i64) -> bool {
        let bound = i64::try_from(self.settings.max_staleness.as_secs()).unwrap_or(i64::MAX);
        held.coverage.known_at().is_none_or(|known| until - known > bound)
    }

    /// Does what is due, and tells how long to rest.
    async fn step(self: &Arc<Self>) -> Duration {
        let Some(job) = self.next_job() else { return self.rest() };
        match round::work(self, job).await {
            Round::Over => Duration::ZERO,
            Round::Locked => WATCH_LOCK,
        }
    }

    /// The job that is to be done now, if any.
    fn next_job(&self) -> Option<Job> {
        let held = self.held();
        let now = self.seconds();
        let mut shared = self.shared();
        if let Some(job) = shared.jobs.waiting().next() {
            return Some(job.clone());
        }
        let is_due = self.next_sync_at(&shared, &held, now).is_some_and(|at| at <= now);
        let is_free = || WriterLock::holder(&self.settings.layout).is_none();
        (is_due && is_free()).then(|| {
            let trigger = match shared.wanted_until {
                Some(_) if held.last_run.is_some() => Trigger::Question,
                _ => Trigger::Schedule,
            };
            shared.jobs.ask(JobKind::New, trigger, now).0
        })
    }

    /// How long nothing is to be done.
    fn rest(&self) -> Duration {
        let (held, now) = (self.held(), self.seconds());
        let next = self.next_sync_at(&self.shared(), &held, now);
        let pause =
            next.map_or(WATCH, |at| Duration::from_secs(at.saturating_sub(now).max(1).unsigned_abs()));
        pause.min(WATCH)
    }
}

/// When what is held was last brought up to date, or that was last tried; single conversations do not count.
fn last_sync_at(held: &SyncState) -> Option<i64> {
    let run = held.last_run.as_ref().filter(|run| run.kind.as_deref() != Some(CONVERSATIONS));
    held.coverage.known_at().max(run.map(|run| run.started_at))
}
