//! What `fi status` knows: the document it prints with `--json`, whose names are stable.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::calendar::{Calendar, Stretch};
use super::sizes::Sizes;
use crate::cmd::next_sync::NextSync;
use crate::cmd::{Context, assemble, demo, next_sync, sync, words};
use crate::error::CommandError;
use crate::lake::{DataFile, Disk, Holder, Partitioning, Reader, State, WriterLock};
use crate::model::{Row, SyncRun, TABLES};
use crate::sync::{Span, SyncState, Workspace};

/// Runs that are shown.
const RUNS: usize = 5;
/// Failures that are named.
const FAILURES: usize = 100;

/// The whole document.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    /// Where everything lies.
    pub(super) home: PathBuf,
    /// Whether this is the demo's home.
    pub(super) is_demo: bool,
    /// Whose data it is.
    pub(super) workspace: Option<Workspace>,
    /// What is held.
    pub(super) lake: LakeFacts,
    /// Creation times held completely, oldest first.
    pub(super) coverage: Vec<Covered>,
    /// How old it is.
    pub(super) freshness: Freshness,
    /// The last runs, newest first.
    pub(super) runs: Vec<Run>,
    /// What a run that ended early left to do.
    pub(super) unfinished: Vec<Unfinished>,
    /// Conversations that could not be retrieved.
    pub(super) failures: Vec<Failed>,
    /// How many of them there are.
    pub(super) failure_count: u64,
    /// Contacts that were forgotten, and are kept out.
    pub(super) forgotten_count: u64,
    /// Who writes right now.
    pub(super) lock: Option<Locked>,
    /// The zone of months and days.
    pub(super) timezone: &'static str,
    /// Every month since the first conversation.
    pub(super) months: Vec<Stretch>,
    /// The last days.
    pub(super) days: Vec<Stretch>,
    /// What is on the disk.
    pub(super) sizes: Sizes,
    /// When and how newer data comes.
    pub(super) next_sync: NextSync,
}

/// What is held.
#[derive(Debug, Default, Serialize)]
pub(super) struct LakeFacts {
    pub(super) conversations: u64,
    pub(super) messages: u64,
    pub(super) contacts: u64,
    /// Rows of every table.
    pub(super) rows: BTreeMap<&'static str, u64>,
    pub(super) bytes: u64,
    pub(super) files: u64,
    /// Partitions with conversations in them.
    pub(super) partitions: u64,
    pub(super) partitioned_by: &'static str,
    /// When the oldest conversation began.
    pub(super) first_created_at: Option<String>,
    /// When the newest one did.
    pub(super) last_created_at: Option<String>,
    /// Conversations whose messages are not held yet.
    pub(super) without_thread: u64,
    /// Rises with every change.
    pub(super) generation: u64,
}

/// A stretch of creation times held completely.
#[derive(Debug, Serialize)]
pub(super) struct Covered {
    /// Its first second; none for "since ever".
    pub(super) from: Option<String>,
    /// The first second after it.
    pub(super) to: String,
    /// The moment its content is known for.
    pub(super) as_of: String,
}

/// How old the data is.
#[derive(Debug, Serialize)]
pub(super) struct Freshness {
    /// The moment everything covered is known for.
    pub(super) data_as_of: Option<String>,
    /// Seconds since then.
    pub(super) age_seconds: Option<i64>,
    /// Whether it is older than the setting `max_staleness_minutes`.
    pub(super) is_stale: bool,
    /// The last run that ended.
    pub(super) last_run: Option<LastRun>,
}

/// The last run.
#[derive(Debug, Serialize)]
pub(super) struct LastRun {
    pub(super) run_id: i64,
    pub(super) outcome: String,
    pub(super) started_at: String,
    pub(super) finished_at: String,
}

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    pub(super) run_id: i64,
    pub(super) kind: String,
    pub(super) outcome: String,
    pub(super) started_at: String,
    pub(super) seconds: i64,
    pub(super) thread_count: i64,
    pub(super) message_count: i64,
    pub(super) deleted_count: i64,
    pub(super) missing_count: i64,
    pub(super) request_count: i64,
    pub(super) error: Option<String>,
}

/// A stretch of time that is still to be listed.
#[derive(Debug, Serialize)]
pub(super) struct Unfinished {
    pub(super) field: &'static str,
    pub(super) from: Option<String>,
    pub(super) to: String,
}

/// A conversation that could not be retrieved.
#[derive(Debug, Serialize)]
pub(super) struct Failed {
    pub(super) conversation_id: String,
    pub(super) reason: String,
    pub(super) attempts: u32,
    pub(super) first_failed_at: String,
}

/// Who writes.
#[derive(Debug, Serialize)]
pub(super) struct Locked {
    pub(super) pid: u32,
    pub(super) purpose: String,
    pub(super) since: String,
}

impl Facts {
    /// Gathers them from the files of the home.
    pub(super) fn gather(context: &Context) -> Result<Self, CommandError> {
        let home = &context.config.home;
        let layout = assemble::layout(home);
        let (state, sync) = assemble::lake_state(home)?.unwrap_or_default();
        let zone = crate::cmd::zone(&context.config)?;
        let calendar = Calendar::new(&layout, &state, &sync.coverage, context.clock.now(), zone);
        Ok(Self {
            home: home.path().to_owned(),
            is_demo: demo::is_demo(home),
            lake: LakeFacts::new(&state),
            coverage: sync.coverage.spans().iter().map(covered).collect(),
            freshness: Freshness::new(context, &sync),
            runs: runs(&Reader::new(&Disk::default(), &layout), &state)?,
            unfinished: sync.windows.iter().map(unfinished).collect(),
            failures: failures(&sync),
            failure_count: sync.failures.len() as u64,
            forgotten_count: sync.forgotten.contact_count(),
            lock: WriterLock::holder(&layout).map(Locked::from),
            timezone: zone.name(),
            months: calendar.months,
            days: calendar.days,
            sizes: Sizes::new(home, &state),
            next_sync: next_sync::of(context, &sync),
            workspace: sync.workspace,
        })
    }

    /// Whether nothing was ever fetched, and nobody is about to.
    pub(super) fn is_empty(&self) -> bool {
        self.lake.conversations == 0 && self.freshness.last_run.is_none() && self.lock.is_none()
    }
}

impl LakeFacts {
    fn new(state: &State) -> Self {
        let rows: BTreeMap<_, _> =
            TABLES.iter().map(|table| (table.name, state.rows_of(table.name))).collect();
        let of = |table: &str| rows.get(table).copied().unwrap_or(0);
        let conversations =
            || state.files_of("conversations").map(|(_, entry)| entry).filter(|entry| entry.rows > 0);
        let moment = |micros: Option<i64>| micros.map(|micros| words::moment(micros.div_euclid(1_000_000)));
        Self {
            conversations: of("conversations"),
            messages: of("messages"),
            contacts: of("contacts"),
            bytes: state.lake_bytes(),
            files: state.files.len() as u64,
            partitions: conversations().count() as u64,
            partitioned_by: match state.partitioning {
                Partitioning::Month => "month",
                Partitioning::Day => "day",
            },
            first_created_at: moment(conversations().filter_map(|entry| entry.first_created_at).min()),
            last_created_at: moment(conversations().filter_map(|entry| entry.last_created_at).max()),
            without_thread: state.without_thread(),
            generation: state.generation,
            rows,
        }
    }
}

impl Freshness {
    fn new(context: &Context, sync: &SyncState) -> Self {
        let as_of = sync::data_as_of(sync);
        let age = as_of.map(|as_of| (context.clock.now().timestamp() - as_of).max(0));
        Self {
            data_as_of: as_of.map(words::moment),
            age_seconds: age,
            is_stale: age.is_none_or(|age| age.unsigned_abs() > context.config.max_staleness.as_secs()),
            last_run: sync.last_run.as_ref().map(|run| LastRun {
                run_id: run.run_id,
                outcome: run.outcome.clone(),
                started_at: words::moment(run.started_at),
                finished_at: words::moment(run.finished_at),
            }),
        }
    }
}

impl From<Holder> for Locked {
    fn from(holder: Holder) -> Self {
        Self { pid: holder.pid, purpose: holder.purpose, since: words::moment(holder.since_seconds) }
    }
}

fn covered(span: &Span) -> Covered {
    Covered {
        from: (span.from_seconds != i64::MIN).then(|| words::moment(span.from_seconds)),
        to: words::moment(span.to_seconds),
        as_of: words::moment(span.as_of_seconds),
    }
}

fn unfinished(window: &crate::sync::Window) -> Unfinished {
    let (from, to) = window.remaining();
    Unfinished { field: window.field.name(), from: from.map(words::moment), to: words::moment(to) }
}

fn failures(sync: &SyncState) -> Vec<Failed> {
    let failed = sync.failures.iter().take(FAILURES).map(|(id, failure)| Failed {
        conversation_id: id.clone(),
        reason: failure.reason.clone(),
        attempts: failure.attempts,
        first_failed_at: words::moment(failure.first_failed_at),
    });
    failed.collect()
}

/// The last runs, from the lake's own table.
fn runs(reader: &Reader<'_>, state: &State) -> Result<Vec<Run>, CommandError> {
    let file = DataFile::whole(SyncRun::TABLE);
    if !state.files.contains_key(&file.name()) {
        return Ok(Vec::new());
    }
    let mut rows: Vec<SyncRun> = reader.rows(&file)?;
    rows.sort_by_key(|run| std::cmp::Reverse(run.run_id));
    Ok(rows.into_iter().take(RUNS).map(run).collect())
}

fn run(row: SyncRun) -> Run {
    Run {
        run_id: row.run_id,
        kind: row.kind,
        outcome: row.outcome,
        started_at: words::moment(row.started_at.seconds()),
        seconds: row.finished_at.seconds() - row.started_at.seconds(),
        thread_count: row.thread_count,
        message_count: row.message_count,
        deleted_count: row.deleted_count,
        missing_count: row.missing_count,
        request_count: row.request_count,
        error: row.error,
    }
}
