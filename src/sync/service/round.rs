//! One sync of a service, from looking who has the lock to what came of it.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::sleep;

use super::availability::SyncAvailability;
use super::control::BACKGROUND;
use super::equipment::{Patience, Workplace};
use super::hearing::Hearing;
use super::job::{Job, JobKind, JobState, JobSummary, Trigger};
use super::{Inner, WriterLock};
use crate::intercom::{self, Client};
use crate::lake::{self, Holder};
use crate::sync::apply::chain;
use crate::sync::{Error, Outcome, Report, Syncer};

/// How long a sync that was told to stop may take to its next commit.
const GRACE: Duration = Duration::from_secs(10);

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// The job is over.
    Over,
    /// Somebody else writes the lake; the job waits.
    Locked,
}

/// How a sync ended.
type Ended = Result<(Report, Option<Error>), Error>;

/// Why a job was not done.
enum Setback {
    /// Somebody else writes the lake.
    Locked(Holder),
    /// Nothing new can arrive.
    Unavailable(SyncAvailability),
    /// It failed this time.
    Failed(String),
    /// The service was told to stop.
    Stopped,
}

impl From<lake::Error> for Setback {
    fn from(error: lake::Error) -> Self {
        match error {
            lake::Error::Locked { holder } => Self::Locked(holder),
            error => Self::Failed(chain(&error)),
        }
    }
}

/// Does a job, unless somebody else does or did.
pub(super) async fn work(service: &Arc<Inner>, job: Job) -> Round {
    let done = match service.is_superfluous(&job) {
        true => Ok(None),
        false => service.sync(&job).await,
    };
    service.note(&job, done)
}

impl Inner {
    /// Whether another process did what the job is for.
    fn is_superfluous(&self, job: &Job) -> bool {
        let (held, now) = (self.held(), self.seconds());
        if job.kind != JobKind::New {
            return false;
        }
        let trigger = self.trigger_of(job);
        if trigger == Trigger::Request {
            return held.coverage.known_at() > Some(job.asked_at);
        }
        self.next_sync_at(&self.shared(), &held, now).is_some_and(|at| at > now)
            && !(trigger == Trigger::Question && self.is_stale(&held, now))
    }

    /// Why a job is done, as of now: somebody may have asked for it since it began by itself.
    fn trigger_of(&self, job: &Job) -> Trigger {
        let found = self.shared().jobs.waiting().find(|one| one.id == job.id).map(|one| one.trigger);
        found.unwrap_or(job.trigger)
    }

    /// Syncs under the lock, unless somebody else did while it was taken.
    async fn sync(self: &Arc<Self>, job: &Job) -> Result<Option<Report>, Setback> {
        if let Some(holder) = WriterLock::holder(&self.settings.layout) {
            return Err(Setback::Locked(holder));
        }
        self.probe().await?;
        let client = self.equipment.client(Patience::Long).map_err(Setback::Unavailable)?;
        self.shared().client = Some(client.clone());
        let place = self.workplace().await?;
        if self.is_superfluous(job) {
            return Ok(None);
        }
        self.begin(job);
        let ended = self.run_syncer(job, client.clone(), &place).await?;
        let (service, writer) = (Arc::clone(self), place.writer);
        let closed = spawn_blocking(move || service.equipment.done(&writer)).await;
        closed.map_err(|error| Setback::Failed(error.to_string()))?;
        match ended {
            Ok((report, None)) => Ok(Some(report)),
            Ok((_, Some(error))) | Err(error) => Err(setback(&error, &client)),
        }
    }

    /// Asks whether Intercom answers, so that what cannot work leaves nothing behind and takes no lock.
    async fn probe(&self) -> Result<(), Setback> {
        let client = self.equipment.client(Patience::Short).map_err(Setback::Unavailable)?;
        let answer = tokio::select! {
            answer = client.me() => answer,
            () = self.stop.stopped() => return Err(Setback::Stopped),
        };
        match answer {
            // A token may lack the permission to ask and still read conversations.
            Err(error) if !error.is_unavailable_here() => Err(setback(&error.into(), &client)),
            _ => Ok(()),
        }
    }

    /// Takes the lock and opens the lake.
    async fn workplace(self: &Arc<Self>) -> Result<Workplace, Setback> {
        let service = Arc::clone(self);
        let opened = spawn_blocking(move || {
            let settings = &service.settings;
            let purpose = format!("{}{BACKGROUND}", settings.purpose);
            let holder = Holder { pid: settings.pid, purpose, since_seconds: service.seconds() };
            service.equipment.workplace(WriterLock::take(&settings.layout, &holder)?)
        });
        match opened.await {
            Ok(opened) => Ok(opened?),
            Err(error) => Err(Setback::Failed(error.to_string())),
        }
    }

    /// Runs the sync as a task of its own: a bug in it ends the job, not the service.
    async fn run_syncer(
        self: &Arc<Self>,
        job: &Job,
        client: Client,
        place: &Workplace,
    ) -> Result<Ended, Setback> {
        let is_first = self.held().updated_through.is_none();
        let scope = job.kind.scope(is_first, self.settings.initial_days);
        let syncer = Syncer {
            client,
            writer: Arc::clone(&place.writer),
            options: self.settings.options.clone(),
            now: Arc::clone(&self.now),
            observer: Arc::new(Hearing { service: Arc::clone(self), job_id: job.id.clone() }),
            stop: self.stop.clone(),
            written_bytes: Arc::clone(&place.written_bytes),
        };
        let mut task: JoinHandle<Ended> = tokio::spawn(async move { syncer.run(&scope).await });
        let patience = async {
            self.stop.stopped().await;
            sleep(GRACE).await;
        };
        tokio::select! {
            ended = &mut task => ended.map_err(|error| Setback::Failed(chain(&Error::from(error)))),
            () = patience => {
                // What was fetched is in the spool; the next sync takes it up.
                task.abort();
                let _ = task.await;
                Err(Setback::Stopped)
            }
        }
    }

    fn begin(&self, job: &Job) {
        let (held, now) = (self.held(), self.seconds());
        let mut shared = self.shared();
        shared.wanted_until = None;
        shared.is_catching_up = self.is_stale(&held, now);
        shared.jobs.update(&job.id, |job| {
            (job.state, job.started_at, job.waits_for) = (JobState::Running, Some(now), None);
        });
        drop(shared);
        tracing::info!(job = job.id, kind = job.kind.as_str(), trigger = job.trigger.as_str(), "sync begins");
        self.tell();
    }

    /// Notes what came of a job.
    fn note(&self, job: &Job, done: Result<Option<Report>, Setback>) -> Round {
        let round = match done {
            Ok(Some(report)) => self.note_report(job, &report),
            Ok(None) => self.end(job, JobState::Completed, None, None),
            // Whatever goes wrong at the end goes wrong because it is the end.
            Err(Setback::Stopped) => self.end(job, JobState::Stopped, None, None),
            Err(_) if self.stop.is_stopped() => self.end(job, JobState::Stopped, None, None),
            Err(Setback::Locked(holder)) => self.note_locked(job, holder),
            Err(Setback::Unavailable(availability)) => self.note_unavailable(job, availability),
            Err(Setback::Failed(reason)) => self.note_failure(job, reason),
        };
        self.tell();
        round
    }

    fn note_report(&self, job: &Job, report: &Report) -> Round {
        tracing::info!(
            job = job.id,
            outcome = report.outcome.as_str(),
            changed = report.changed_count,
            missing = report.missing.len(),
            "sync ended"
        );
        let state = match report.outcome {
            Outcome::Completed => JobState::Completed,
            Outcome::Incomplete => JobState::Incomplete,
            Outcome::Stopped => JobState::Stopped,
            Outcome::Failed => JobState::Failed,
        };
        let mut shared = self.shared();
        (shared.failures, shared.failed_at, shared.last_error) = (0, None, None);
        shared.availability = SyncAvailability::Ready;
        drop(shared);
        self.end(job, state, Some(JobSummary::of(report)), None)
    }

    fn note_locked(&self, job: &Job, holder: Holder) -> Round {
        self.shared().jobs.block(&job.id, holder);
        Round::Locked
    }

    fn note_unavailable(&self, job: &Job, availability: SyncAvailability) -> Round {
        let mut shared = self.shared();
        if shared.availability != availability {
            tracing::warn!("{availability}");
        }
        let reason = availability.to_string();
        shared.availability = availability;
        drop(shared);
        self.count_failure(&reason);
        self.end(job, JobState::Failed, None, Some(reason))
    }

    fn note_failure(&self, job: &Job, reason: String) -> Round {
        tracing::warn!(job = job.id, reason, "sync failed");
        self.shared().availability = SyncAvailability::Ready;
        self.count_failure(&reason);
        self.end(job, JobState::Failed, None, Some(reason))
    }

    fn count_failure(&self, reason: &str) {
        let now = self.seconds();
        let mut shared = self.shared();
        shared.failures += 1;
        (shared.failed_at, shared.last_error) = (Some(now), Some(reason.to_owned()));
        shared.spread = rand::rng().random::<f64>();
    }

    fn end(&self, job: &Job, state: JobState, summary: Option<JobSummary>, error: Option<String>) -> Round {
        let now = self.seconds();
        let mut shared = self.shared();
        shared.is_catching_up = false;
        shared.jobs.update(&job.id, |job| {
            (job.state, job.finished_at, job.waits_for) = (state, Some(now), None);
            (job.summary, job.error) = (summary, error);
        });
        Round::Over
    }
}

/// What an error means for the syncs to come.
fn setback(error: &Error, client: &Client) -> Setback {
    use intercom::Error::{Connect, MissingScope, Unauthorized};
    let refused = |hint| Setback::Unavailable(SyncAvailability::Refused { reason: chain(error), hint });
    match error {
        Error::Intercom(cause @ (Unauthorized { .. } | MissingScope { .. })) => refused(cause.hint()),
        Error::OtherWorkspace { .. } => refused(Some("keep each workspace in a home of its own".to_owned())),
        Error::Intercom(Connect { .. }) => match client.local_address() {
            Some(address) => Setback::Unavailable(SyncAvailability::NoServer { address }),
            None => Setback::Failed(chain(error)),
        },
        Error::Lake(lake::Error::Locked { holder }) => Setback::Locked(holder.clone()),
        error => Setback::Failed(chain(error)),
    }
}
