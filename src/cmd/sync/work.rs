//! One sync as a command does it: the client is asked first, then the lake is locked, opened and filled, and Ctrl-C
//! stops it at the next commit.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::Held;
use crate::cli::SyncScope;
use crate::cmd::progress::Progress;
use crate::cmd::{Context, assemble, words};
use crate::error::CommandError;
use crate::intercom::{Client, Query, SearchRequest, Sort};
use crate::lake::WriterLock;
use crate::sync::{Options, Outcome, Report, Scope, Stop, SyncState, Syncer};

/// What is to be done.
pub(in crate::cmd) struct Job {
    /// Intercom.
    pub(in crate::cmd) client: Client,
    /// What to fetch.
    pub(in crate::cmd) scope: Scope,
    /// These conversations alone, if any.
    pub(in crate::cmd) conversations: Vec<String>,
    /// How.
    pub(in crate::cmd) options: Options,
    /// The command that goes on where this one stops.
    pub(in crate::cmd) again: &'static str,
}

impl Job {
    /// What the command line and the settings ask for.
    pub(in crate::cmd) fn new(context: &Context, client: Client, asked: &SyncScope) -> Self {
        let conversations = match asked {
            SyncScope::Conversations(ids) => ids.clone(),
            _ => Vec::new(),
        };
        let scope = super::scope(asked, context.config.initial_sync);
        let options = assemble::sync_options(&context.config);
        Self { client, scope, conversations, options, again: super::PURPOSE }
    }
}

/// What came of it.
pub(in crate::cmd) struct Done {
    /// What was done, and what is missing.
    pub(in crate::cmd) report: Report,
    /// Why it ended early, if it did.
    pub(in crate::cmd) failure: Option<CommandError>,
    /// What is held now.
    pub(in crate::cmd) held: Held,
    /// How long it took.
    pub(in crate::cmd) seconds: f64,
}

/// Asks Intercom whether it will answer, so that what cannot work leaves nothing behind.
pub(in crate::cmd) async fn preflight(context: &Context) -> Result<(), CommandError> {
    let token = assemble::token(&context.config)?.clone();
    let client = assemble::quick_client(&context.config, token)?;
    let is_first = assemble::lake_state(&context.config.home)?.is_none();
    tokio::select! {
        answered = ask(&client, is_first) => answered,
        () = context.cancel.cancelled() => Err(stopped(super::PURPOSE)),
    }
}

async fn ask(client: &Client, is_first: bool) -> Result<(), CommandError> {
    match client.me().await {
        // A token may lack the permission to ask and still read conversations.
        Err(error) if !error.is_unavailable_here() => return Err(error.into()),
        _ => {}
    }
    if is_first {
        let anything = Query::since("created_at", 0).map_err(crate::sync::Error::from)?;
        let one =
            SearchRequest { per_page: 1, ..SearchRequest::new(anything, Sort::descending("updated_at")) };
        client.search_conversations_page(&one, None).await?;
    }
    Ok(())
}

/// Syncs under a lock already taken.
pub(in crate::cmd) fn perform(
    context: &Context,
    runtime: &Runtime,
    job: Job,
    lock: WriterLock,
) -> Result<Done, CommandError> {
    let begun = std::time::Instant::now();
    let (writer, disk) = assemble::open_writer(context, lock)?;
    let stop = stop(context, runtime);
    let clock = context.clock;
    let syncer = Syncer {
        observer: Arc::new(Progress::new(&context.printer, &job.client)),
        client: job.client,
        writer: writer.clone(),
        options: job.options,
        now: Arc::new(move || clock.now()),
        stop,
        written_bytes: Arc::new(move || disk.written_bytes()),
    };
    let (mut report, error) = if job.conversations.is_empty() {
        runtime.block_on(syncer.run(&job.scope))?
    } else {
        runtime.block_on(syncer.conversations(&job.conversations))?
    };
    // Stopping makes requests under way fail; that is no failure of its own.
    if context.cancel.is_cancelled() && report.outcome != Outcome::Completed {
        report.outcome = Outcome::Stopped;
    }
    assemble::write_catalog(&writer)?;
    let state = writer.state()?;
    let sync = SyncState::from_value(&state.sync).map_err(crate::sync::Error::State)?;
    let held = Held::new(&state, &sync);
    let failure = failure(&report, error, &sync, job.again);
    Ok(Done { report, failure, held, seconds: begun.elapsed().as_secs_f64() })
}

/// A stop that is set by the first Ctrl-C.
fn stop(context: &Context, runtime: &Runtime) -> Stop {
    let stop = Stop::default();
    let (cancel, printer, raised) = (context.cancel.clone(), context.printer.clone(), stop.clone());
    runtime.spawn(async move {
        cancel.cancelled().await;
        printer.note("Stopping at the next commit; Ctrl-C again stops at once");
        raised.stop();
    });
    stop
}

/// What the command ends with.
fn failure(
    report: &Report,
    error: Option<crate::sync::Error>,
    sync: &SyncState,
    again: &str,
) -> Option<CommandError> {
    match (report.outcome, error) {
        (Outcome::Completed, _) => None,
        (Outcome::Stopped, _) => Some(stopped(again)),
        (_, Some(error)) => {
            let error = CommandError::from(error);
            let is_kept = report.listed_count + report.thread_count > 0;
            let kept = || format!("what was fetched is kept: run `{again}` to go on");
            Some(if is_kept { error.hint(kept()) } else { error })
        }
        _ if report.kind == "conversations" && report.thread_count == 0 && sync.failures.is_empty() => {
            Some(CommandError::nothing_found("Intercom has no such conversation"))
        }
        _ => {
            let missing = words::many(report.missing.len() as u64, "thing");
            let error = CommandError::incomplete(format!("the sync is not complete: {missing} missing"));
            Some(error.hint(format!("run `{again}` again: what is missing is tried again")))
        }
    }
}

fn stopped(again: &str) -> CommandError {
    CommandError::incomplete("stopped; what was fetched is kept")
        .hint(format!("run `{again}` again to go on"))
}
