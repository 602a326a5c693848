//! What a sync says at its end: lines for people on stderr, one document for programs on stdout.

use serde::Serialize;

use super::work::Done;
use crate::cmd::{Context, words};
use crate::error::CommandError;
use crate::lake::State;
use crate::printer::{Paint, Printer};
use crate::sync::{Erased, Missing, Outcome, Report, Skipped, SyncState, Workspace};

/// How many missing things are named one by one.
const NAMED: usize = 10;

/// What a lake holds.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cmd) struct Held {
    /// Whose data it is.
    pub(in crate::cmd) workspace: Option<Workspace>,
    /// Rows of the table.
    pub(in crate::cmd) conversations: u64,
    /// Rows of the table.
    pub(in crate::cmd) messages: u64,
    /// Rows of the table.
    pub(in crate::cmd) contacts: u64,
    /// Conversations held without their thread.
    pub(in crate::cmd) without_thread: u64,
    /// The size of the Parquet files.
    pub(in crate::cmd) lake_bytes: u64,
    /// The moment all that is covered is known for.
    pub(in crate::cmd) data_as_of: Option<String>,
}

impl Held {
    /// From what is recorded.
    pub(in crate::cmd) fn new(state: &State, sync: &SyncState) -> Self {
        Self {
            workspace: sync.workspace.clone(),
            conversations: state.rows_of("conversations"),
            messages: state.rows_of("messages"),
            contacts: state.rows_of("contacts"),
            without_thread: state.without_thread(),
            lake_bytes: state.lake_bytes(),
            data_as_of: data_as_of(sync).map(words::moment),
        }
    }
}

/// The moment for which everything covered is known.
pub(in crate::cmd) fn data_as_of(sync: &SyncState) -> Option<i64> {
    sync.coverage.known_at()
}

/// The document `fi sync --json` prints.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    report: &'a Report,
    started_at: String,
    finished_at: String,
    seconds: f64,
    held: &'a Held,
    error: Option<serde_json::Value>,
}

/// A sync as JSON.
pub(in crate::cmd) fn document(done: &Done) -> serde_json::Value {
    let report = &done.report;
    let document = Document {
        report,
        started_at: words::moment(report.started_at_seconds),
        finished_at: words::moment(report.finished_at_seconds),
        seconds: (done.seconds * 1_000.0).round() / 1_000.0,
        held: &done.held,
        error: done.failure.as_ref().map(|failure| failure.to_json()["error"].clone()),
    };
    serde_json::to_value(document).unwrap_or_default()
}

/// Says what a sync did, and ends with its failure if it has one.
pub(in crate::cmd) fn shown(context: &Context, done: Done) -> Result<(), CommandError> {
    if context.printer.is_json() {
        context.printer.json(&document(&done))?;
    } else {
        say(&context.printer, &done);
    }
    done.failure.map_or(Ok(()), Err)
}

/// Says what a sync did, for people.
pub(in crate::cmd) fn say(printer: &Printer, done: &Done) {
    let (report, held) = (&done.report, &done.held);
    let whose = held.workspace.as_ref().map(|workspace| format!(" {}", workspace.name)).unwrap_or_default();
    let verdict = match report.outcome {
        Outcome::Completed => printer.paint_talk(Paint::Green, format!("Synced{whose}")),
        Outcome::Incomplete => printer.paint_talk(Paint::Yellow, format!("Synced{whose}, not completely")),
        Outcome::Stopped => printer.paint_talk(Paint::Yellow, format!("Stopped syncing{whose}")),
        Outcome::Failed => printer.paint_talk(Paint::Red, format!("Could not sync{whose}")),
    };
    printer.note(format!("{verdict} in {}", words::span(done.seconds)));
    for line in lines(report, held) {
        printer.note(format!("  {line}"));
    }
    report.skipped.iter().for_each(|skipped| say_skipped(printer, skipped));
    say_missing(printer, &report.missing);
}

fn lines(report: &Report, held: &Held) -> Vec<String> {
    let count = words::count;
    let deleted = match report.deleted_count {
        0 => String::new(),
        deleted => format!(", {} deleted", count(deleted)),
    };
    let forgotten = match report.forgotten_count {
        0 => String::new(),
        forgotten => format!(", {} of forgotten contacts left out", words::many(forgotten, "object")),
    };
    let repeated = match (report.retry_count, report.rate_limited_count) {
        (0, 0) => String::new(),
        (again, limited) => format!(", {} sent again, {} rate limited", count(again), count(limited)),
    };
    let waiting = match held.without_thread {
        0 => String::new(),
        waiting => format!(", {} still without messages", count(waiting)),
    };
    let mut lines = vec![
        format!("fetched  {}{deleted}{forgotten}", words::many(report.thread_count, "conversation")),
        format!("asked    {}{repeated}", words::many(report.request_count, "request")),
        format!(
            "holding  {}, {}, {} in {}{waiting}",
            words::many(held.conversations, "conversation"),
            words::many(held.messages, "message"),
            words::many(held.contacts, "contact"),
            words::bytes(held.lake_bytes)
        ),
    ];
    if !report.erased.is_empty() {
        lines.push(format!("removed  {} of forgotten contacts", erased(&report.erased)));
    }
    lines
}

fn erased(erased: &Erased) -> String {
    let counts = [
        (erased.contacts, "contact"),
        (erased.conversations, "conversation"),
        (erased.messages, "message"),
        (erased.tickets, "ticket"),
    ];
    let told = counts.into_iter().filter(|(count, _)| *count > 0);
    told.map(|(count, thing)| words::many(count, thing)).collect::<Vec<_>>().join(", ")
}

fn say_skipped(printer: &Printer, skipped: &Skipped) {
    printer.warn(format!("{} left out: {}", skipped.table, skipped.reason));
    if let Some(hint) = &skipped.hint {
        printer.hint(hint);
    }
}

fn say_missing(printer: &Printer, missing: &[Missing]) {
    for one in missing.iter().take(NAMED) {
        printer.warn(format!("missing: {}", sentence(one)));
    }
    if missing.len() > NAMED {
        let more = words::count((missing.len() - NAMED) as u64);
        printer.warn(format!("and {more} more; `fi status` and the table sync_runs name them"));
    }
}

/// One missing thing in words.
fn sentence(missing: &Missing) -> String {
    let from = |from: &Option<i64>| from.map_or_else(|| String::from("the beginning"), words::minute);
    match missing {
        Missing::Conversation { conversation_id, reason } => {
            format!("conversation {conversation_id}: {reason}")
        }
        Missing::Listed { field, from_seconds, to_seconds, counted, listed } => format!(
            "Intercom counts {} with {field} from {} to {} and lists {}",
            words::many(*counted, "conversation"),
            from(from_seconds),
            words::minute(*to_seconds),
            words::count(*listed)
        ),
        Missing::Window { field, from_seconds, to_seconds, reason } => format!(
            "conversations with {field} from {} to {}: {reason}",
            from(from_seconds),
            words::minute(*to_seconds)
        ),
        Missing::Table { table, reason } => format!("{table}: {reason}"),
        Missing::Unreadable { table, id, reason } => format!("{id} of {table} cannot be read: {reason}"),
    }
}
