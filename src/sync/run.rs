//! One sync, from the first request to the row in `sync_runs`.
//!
//! The order: what an earlier run left in the spool, who the workspace is, the plan, the small tables, what
//! conversations there are, their threads, people, companies, tickets, deletions. Everything is durable as it
//! arrives; a run that ends early has lost nothing, and the next one goes on.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use futures::StreamExt;
use tokio::task::spawn_blocking;

use super::apply::{Applied, chain};
use super::error::Error;
use super::listing::{Listed, list};
use super::observer::{Event, Observer, Phase, Stop};
use super::people::ContactsMode;
use super::plan::{Scope, Survey, plan};
use super::report::{Missing, Outcome, Report, Skipped};
use super::state::{Failure, LastRun, SyncState, Window, Workspace};
use super::store::{Store, take_up};
use super::{deletions, directory, hinted, objects, people, threads};
use crate::intercom::{self, Client, Me, Query, SearchRequest, Sort, peek_id_times};
use crate::lake::{DataFile, Partitioning, Writer};
use crate::model::{Row, SyncRun, Timestamp};

/// Windows listed at the same time.
const WINDOWS_AT_ONCE: usize = 3;
/// From this many conversations a month on, tables are split by day.
const BUSY_MONTH: u64 = 100_000;
/// Windows that may fail one after the other before the rest is left to the next run.
const FAILED_WINDOWS: usize = 2;

/// How a sync is done.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which contacts are held.
    pub contacts: ContactsMode,
    /// Whether companies are held.
    pub companies: bool,
    /// Whether tickets are held.
    pub tickets: bool,
    /// Threads retrieved at the same time.
    pub concurrency: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { contacts: ContactsMode::Referenced, companies: true, tickets: true, concurrency: 24 }
    }
}

/// A source of the present time.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Everything a sync works with.
pub struct Syncer {
    /// Intercom.
    pub client: Client,
    /// The lake, locked for writing.
    pub writer: Arc<Writer>,
    /// How it is done.
    pub options: Options,
    /// What time it is.
    pub now: Now,
    /// Who hears of the progress.
    pub observer: Arc<dyn Observer>,
    /// How it is told to stop.
    pub stop: Stop,
    /// Bytes written to disk so far.
    pub written_bytes: Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// What the parts of a run share.
pub(super) struct Context {
    pub(super) client: Client,
    pub(super) writer: Arc<Writer>,
    pub(super) options: Options,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) stop: Stop,
    pub(super) store: Store,
    pub(super) totals: Totals,
    now: Now,
}

impl Context {
    pub(super) fn now(&self) -> Timestamp {
        (self.now)().into()
    }

    /// What is remembered, as of the last commit.
    pub(super) fn state(&self) -> Result<SyncState, Error> {
        SyncState::from_value(&self.writer.state()?.sync).map_err(Error::State)
    }

    /// Waits until everything fetched is in the lake.
    pub(super) async fn flush(&self) -> Result<(), Error> {
        let applied = self.store.flush().await?;
        self.totals.lock().add(applied);
        Ok(())
    }
}

/// Changes what is remembered, and nothing else.
pub(super) async fn update_state(
    context: &Context,
    update: impl FnOnce(&mut SyncState) + Send + 'static,
) -> Result<(), Error> {
    let writer = context.writer.clone();
    spawn_blocking(move || {
        let commit = writer.begin()?;
        let mut state = SyncState::from_value(&commit.state().sync).map_err(Error::State)?;
        update(&mut state);
        Ok(commit.finish(|lake| lake.sync = state.to_value())?)
    })
    .await?
}

/// What the parts of a run report.
#[derive(Default)]
pub(super) struct Totals(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    listed: u64,
    deleted: u64,
    applied: Applied,
    missing: Vec<Missing>,
    skipped: Vec<Skipped>,
}

impl Counts {
    fn add(&mut self, applied: Applied) {
        self.applied.add(applied);
    }
}

impl Totals {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn listed(&self, count: u64) {
        self.lock().listed += count;
    }

    pub(super) fn deleted(&self, count: u64) {
        self.lock().deleted += count;
    }

    pub(super) fn missing(&self, missing: Missing) {
        self.lock().missing.push(missing);
    }

    pub(super) fn skipped(&self, skipped: Skipped) {
        self.lock().skipped.push(skipped);
    }

    pub(super) fn unreadable(&self, table: &'static str, id: String, reason: &str) {
        self.missing(Missing::Unreadable { table, id, reason: reason.to_owned() });
    }
}

impl Syncer {
    /// Syncs; the report tells what came of it, the error why it ended early if it did.
    ///
    /// # Errors
    /// Only when not even a report could be written: the lake cannot be read or written.
    pub async fn run(self, scope: &Scope) -> Result<(Report, Option<Error>), Error> {
        self.recorded(scope, Work::Period(scope)).await
    }

    /// Retrieves single conversations.
    ///
    /// # Errors
    /// Only when not even a report could be written: the lake cannot be read or written.
    pub async fn conversations(self, ids: &[String]) -> Result<(Report, Option<Error>), Error> {
        let scope = Scope::Incremental { initial_days: None };
        let (mut report, error) = self.recorded(&scope, Work::Conversations(ids)).await?;
        report.kind = CONVERSATIONS;
        Ok((report, error))
    }

    /// Fetches again what hints name, and nothing else. Leaves no row in `sync_runs`: there may be one every second.
    ///
    /// # Errors
    /// Only when the lake cannot be read or written.
    pub async fn hinted(self) -> Result<(Report, Option<Error>), Error> {
        let scope = Scope::Incremental { initial_days: None };
        self.recorded(&scope, Work::Hinted).await
    }

    async fn recorded(self, scope: &Scope, work: Work<'_>) -> Result<(Report, Option<Error>), Error> {
        let started_at = (self.now)();
        let written_before = (self.written_bytes)();
        let written_bytes = self.written_bytes.clone();
        let (context, actor) = self.open().await?;
        let state = context.state()?;
        let is_first = state.last_run.is_none();
        let is_hinted = matches!(work, Work::Hinted);
        let mut report = Report::new(state.next_run_id.max(1), scope, is_first, started_at.timestamp());
        if let Work::Conversations(_) = work {
            report.kind = CONVERSATIONS;
        }
        let ended = match work {
            Work::Period(scope) => context.period(scope, started_at.into()).await,
            Work::Conversations(ids) => context.single(ids).await,
            Work::Hinted => hinted::alone(&context, started_at.into()).await,
        };
        // What arrived is kept, however the run ended.
        let flushed = context.flush().await;
        let error = ended.and(flushed).err();
        let error = match error {
            // The actor knows why it stopped taking records.
            Some(Error::Broken(None)) => {
                let Context { store, .. } = context;
                drop(store);
                return Err(actor.await?.err().unwrap_or(Error::Broken(None)));
            }
            error => error,
        };
        context.fill(&mut report, error.as_ref())?;
        report.written_bytes = written_bytes() - written_before;
        let writer = context.writer.clone();
        spawn_blocking(move || writer.settle()).await?;
        if !is_hinted {
            context.record(&report, error.as_ref()).await?;
        }
        drop(context);
        actor.await??;
        Ok((report, error))
    }

    /// Puts into the lake what an earlier run left, and starts the store.
    async fn open(self) -> Result<(Context, tokio::task::JoinHandle<Result<(), Error>>), Error> {
        let writer = self.writer.clone();
        let (spool, applied) = spawn_blocking(move || take_up(&writer)).await??;
        let (store, actor) = Store::start(self.writer.clone(), spool, self.observer.clone());
        let totals = Totals::default();
        totals.lock().add(applied);
        let Self { client, writer, options, now, observer, stop, .. } = self;
        Ok((Context { client, writer, options, observer, stop, store, totals, now }, actor))
    }
}

/// The kind of a run that retrieves single conversations.
pub(super) const CONVERSATIONS: &str = "conversations";

enum Work<'a> {
    Period(&'a Scope),
    Conversations(&'a [String]),
    Hinted,
}

impl Context {
    async fn period(&self, scope: &Scope, started_at: Timestamp) -> Result<(), Error> {
        self.identify().await?;
        self.plan(scope).await?;
        directory::read(self).await?;
        hinted::beside_a_sync(self).await?;
        self.list_windows().await?;
        let outcome = match self.stop.is_stopped() {
            false => threads::retrieve_missing(self).await?,
            true => threads::Outcome::default(),
        };
        self.flush().await?;
        self.note_failures(&outcome).await?;
        if let Some(error) = outcome.given_up {
            return Err(error.into());
        }
        if !self.stop.is_stopped() {
            people::read(self, started_at).await?;
            objects::companies(self).await?;
            objects::tickets(self).await?;
        }
        if !self.stop.is_stopped() {
            self.flush().await?;
            deletions::sync(self, outcome.gone).await?;
        }
        Ok(())
    }

    async fn single(&self, ids: &[String]) -> Result<(), Error> {
        self.identify().await?;
        self.ensure_tables(Partitioning::Month).await?;
        let forgotten = self.state()?.forgotten;
        let (left_out, ids): (Vec<&String>, Vec<&String>) =
            ids.iter().partition(|id| forgotten.has_conversation(id));
        self.totals.lock().applied.forgotten += left_out.len() as u64;
        let total = Some(ids.len() as u64);
        self.observer.event(Event::Started { phase: Phase::Threads, total });
        let wanted = futures::stream::iter(ids.into_iter().cloned().map(Ok)).boxed();
        let outcome = threads::retrieve(self, wanted).await?;
        self.flush().await?;
        for id in &outcome.gone {
            let reason = "Intercom answers 404: there is no such conversation".to_owned();
            self.totals.missing(Missing::Conversation { conversation_id: id.clone(), reason });
        }
        self.note_failures(&outcome).await?;
        match outcome.given_up {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// Makes sure that the token belongs to the workspace of the lake.
    pub(super) async fn identify(&self) -> Result<(), Error> {
        let found = match self.client.me().await {
            Ok(me) => workspace(&me),
            // A token may lack the permission to ask and still read conversations (API section 1.2).
            Err(error) if error.is_unavailable_here() => None,
            Err(error) => return Err(error.into()),
        };
        let Some(found) = found else { return Ok(()) };
        match self.state()?.workspace {
            Some(held) if held.id != found.id => {
                Err(Error::OtherWorkspace { held: held.id, found: found.id })
            }
            Some(held) if held == found => Ok(()),
            _ => update_state(self, move |state| state.workspace = Some(found)).await,
        }
    }

    async fn plan(&self, scope: &Scope) -> Result<(), Error> {
        let survey = self.survey().await?;
        self.ensure_tables(survey.1).await?;
        let (scope, survey) = (scope.clone(), survey.0);
        update_state(self, move |state| plan(state, &scope, &survey)).await
    }

    /// Asks for the newest change and the oldest conversation: two small requests.
    async fn survey(&self) -> Result<(Survey, Partitioning), Error> {
        let one = |sort| async move {
            let everything = Query::since("created_at", 0)?;
            let request = SearchRequest { per_page: 1, ..SearchRequest::new(everything, sort) };
            Ok::<_, Error>(self.client.search_conversations_page(&request, None).await?)
        };
        let newest = one(Sort::descending("updated_at")).await?;
        let oldest = one(Sort::ascending("created_at")).await?;
        let newest_update = newest.items.first().and_then(|item| peek_id_times(item).updated_at);
        let oldest_creation = oldest.items.first().and_then(|item| peek_id_times(item).created_at);
        let now = self.now().seconds();
        let months = oldest_creation.map_or(1, |oldest| ((now - oldest) / (30 * 86_400)).max(1)) as u64;
        let is_busy = oldest.total_count.unwrap_or(0) / months > BUSY_MONTH;
        let partitioning = if is_busy { Partitioning::Day } else { Partitioning::Month };
        Ok((Survey { now, newest_update, oldest_creation }, partitioning))
    }

    async fn ensure_tables(&self, partitioning: Partitioning) -> Result<(), Error> {
        let writer = self.writer.clone();
        Ok(spawn_blocking(move || writer.create_tables(partitioning)).await??)
    }

    /// Lists every window: changes first, then history from the newest back.
    async fn list_windows(&self) -> Result<(), Error> {
        let mut windows = self.state()?.windows;
        windows.sort_by_key(|window| (!window.is_changes(), std::cmp::Reverse(window.to)));
        self.observer.event(Event::Started { phase: Phase::Conversations, total: None });
        let listed = futures::stream::iter(windows).map(|window| async move {
            let result = list(self, &window).await;
            (window, result)
        });
        let mut listed = std::pin::pin!(listed.buffered(WINDOWS_AT_ONCE));
        let mut failed = 0;
        while let Some((window, result)) = listed.next().await {
            match result {
                Ok(Listed::All) => failed = 0,
                Ok(Listed::Short(missing)) => self.totals.missing(missing),
                Ok(Listed::Stopped) => break,
                Err(Error::Intercom(error)) if error.is_retryable() && failed + 1 < FAILED_WINDOWS => {
                    failed += 1;
                    self.totals.missing(unlisted(&window, &error));
                }
                Err(error) => return Err(error),
            }
        }
        self.flush().await?;
        self.observer.event(Event::Finished { phase: Phase::Conversations });
        Ok(())
    }

    /// Remembers and reports the conversations that could not be retrieved.
    async fn note_failures(&self, outcome: &threads::Outcome) -> Result<(), Error> {
        for (id, reason) in &outcome.failed {
            let (conversation_id, reason) = (id.clone(), reason.clone());
            self.totals.missing(Missing::Conversation { conversation_id, reason });
        }
        let SyncState { failures: before, forgotten, .. } = self.state()?;
        let failed = outcome.failed.iter().filter(|(id, _)| !forgotten.has_conversation(id));
        let failed: BTreeMap<String, String> = failed.cloned().collect();
        if failed.is_empty() && before.is_empty() {
            return Ok(());
        }
        let now = self.now().seconds();
        update_state(self, move |state| state.failures = failures(before, failed, now)).await
    }

    fn fill(&self, report: &mut Report, error: Option<&Error>) -> Result<(), Error> {
        let forgotten = self.state()?.forgotten;
        let stats = self.client.stats();
        let mut counts = self.totals.lock();
        report.finished_at_seconds = self.now().seconds();
        report.listed_count = counts.listed;
        report.changed_count = counts.applied.changed;
        report.thread_count = counts.applied.threads;
        report.message_count = counts.applied.messages;
        report.contact_count = counts.applied.contacts;
        report.deleted_count = counts.deleted;
        report.forgotten_count = counts.applied.forgotten;
        report.erased = counts.applied.erased;
        report.missing = std::mem::take(&mut counts.missing);
        report.missing.append(&mut counts.applied.unreadable);
        report.missing.retain(|missing| !missing.is_of(&forgotten));
        report.skipped = std::mem::take(&mut counts.skipped);
        report.request_count = stats.requests;
        report.retry_count = stats.retries;
        report.rate_limited_count = stats.rate_limited;
        report.outcome = match error {
            Some(_) => Outcome::Failed,
            None if self.stop.is_stopped() => Outcome::Stopped,
            None if !report.missing.is_empty() => Outcome::Incomplete,
            None => Outcome::Completed,
        };
        Ok(())
    }

    /// Adds the run to `sync_runs`.
    async fn record(&self, report: &Report, error: Option<&Error>) -> Result<(), Error> {
        let row = report.row(error.map(|error| chain(error)));
        let last = LastRun {
            run_id: report.run_id,
            outcome: report.outcome.as_str().to_owned(),
            kind: Some(report.kind.to_owned()),
            error: error.map(|error| chain(error)),
            started_at: report.started_at_seconds,
            finished_at: report.finished_at_seconds,
        };
        let writer = self.writer.clone();
        spawn_blocking(move || {
            let mut commit = writer.begin()?;
            // Before the first plan there are no tables to write to.
            if !commit.state().files.is_empty() {
                let mut edit =
                    commit.edit::<SyncRun>(DataFile::whole(SyncRun::TABLE), long_ago(row.run_id))?;
                edit.push(&row)?;
                commit.add(edit)?;
            }
            let mut state = SyncState::from_value(&commit.state().sync).map_err(Error::State)?;
            state.next_run_id = last.run_id + 1;
            state.last_run = Some(last);
            Ok(commit.finish(|lake| lake.sync = state.to_value())?)
        })
        .await?
    }
}

fn workspace(me: &Me) -> Option<Workspace> {
    let app = &me.app;
    Some(Workspace {
        id: app.id_code.clone()?,
        name: app.name.clone().unwrap_or_default(),
        region: app.region.clone(),
        timezone: app.timezone.clone(),
    })
}

fn unlisted(window: &Window, error: &intercom::Error) -> Missing {
    Missing::Window {
        field: window.field.name(),
        from_seconds: window.from,
        to_seconds: window.to,
        reason: chain(error),
    }
}

fn failures(
    before: BTreeMap<String, Failure>,
    failed: BTreeMap<String, String>,
    now: i64,
) -> BTreeMap<String, Failure> {
    let remembered = failed.into_iter().map(|(id, reason)| {
        let earlier = before.get(&id);
        let attempts = earlier.map_or(1, |failure| failure.attempts + 1);
        let first_failed_at = earlier.map_or(now, |failure| failure.first_failed_at);
        (id, Failure { reason, attempts, first_failed_at })
    });
    remembered.collect()
}

/// Runs that are remembered: servers sync every few minutes, and the table is written anew with each.
const RUNS_KEPT: i64 = 5_000;
/// Runs that are forgotten at once at most, so that an older lake gets there step by step.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// The runs before those that are remembered.
fn long_ago(run_id: i64) -> Arc<HashSet<String>> {
    let end = run_id - RUNS_KEPT;
    Arc::new((end - FORGOTTEN_AT_ONCE..end).filter(|id| *id > 0).map(|id| id.to_string()).collect())
}
