//! `fi status` for people: aligned, at most 80 columns wide, the most important first.

use super::facts::{Facts, Run};
use super::strip;
use crate::cmd::words;
use crate::model::{self, TableSpec};
use crate::printer::{Paint, Printer};
use crate::program;

/// Failures and unfinished stretches that are shown.
const NAMED: usize = 3;
/// Runs that are shown: with these the whole fits a terminal of usual height.
const RUNS: usize = 3;
/// Tables that are named before the others, or say nothing about the workspace.
const NOT_COUNTED: &[&str] = &["conversations", "messages", "contacts", "sync_runs"];
/// Columns of a line behind its title.
const ROOM: usize = 68;

/// The lines of the whole text.
pub(super) fn lines(facts: &Facts, printer: &Printer) -> Vec<String> {
    let mut text = Text { printer, lines: Vec::new() };
    text.workspace(facts);
    text.held(facts);
    text.sizes(facts);
    text.fresh(facts);
    text.next(facts);
    text.coverage(facts);
    text.open_ends(facts);
    text.drawn(strip::months(&facts.months, printer));
    text.drawn(strip::days(&facts.days, printer));
    text.runs(&facts.runs);
    text.lines
}

struct Text<'a> {
    printer: &'a Printer,
    lines: Vec<String>,
}

impl Text<'_> {
    /// One line with its title; a title that repeats is left out.
    fn line(&mut self, title: &str, text: impl std::fmt::Display) {
        let title = self.printer.paint(Paint::Bold, format!("{title:<11}"));
        self.lines.push(format!("{title} {text}").trim_end().to_owned());
    }

    fn workspace(&mut self, facts: &Facts) {
        let name = match &facts.workspace {
            Some(workspace) => {
                let region =
                    workspace.region.as_deref().map(|region| format!(", {region}")).unwrap_or_default();
                let zone = workspace.timezone.as_deref().map(|zone| format!(", {zone}")).unwrap_or_default();
                format!("{} ({}{region}{zone})", workspace.name, workspace.id)
            }
            None => String::from("unknown: the token may not ask for it"),
        };
        self.line("Workspace", name);
        let demo = if facts.is_demo { " (demo)" } else { "" };
        self.line("Home", format!("{}{demo}", facts.home.display()));
    }

    fn held(&mut self, facts: &Facts) {
        let lake = &facts.lake;
        let counted = [
            words::many(lake.conversations, "conversation"),
            words::many(lake.messages, "message"),
            words::many(lake.contacts, "contact"),
        ];
        self.line("Held", counted.join(", "));
        let others: Vec<String> = lake
            .rows
            .iter()
            .filter(|(name, rows)| {
                let is_derived = model::table(name).is_some_and(TableSpec::is_derived);
                **rows > 0 && !is_derived && !NOT_COUNTED.contains(name)
            })
            .map(|(name, rows)| format!("{} {}", words::count(*rows), named(name, *rows)))
            .collect();
        for line in wrapped(&others) {
            self.line("", line);
        }
        let (first, last) = (&lake.first_created_at, &lake.last_created_at);
        if let (Some(first), Some(last)) = (first, last) {
            self.line("", format!("begun from {} to {}", day(first), day(last)));
        }
    }

    fn sizes(&mut self, facts: &Facts) {
        let (lake, sizes) = (&facts.lake, &facts.sizes);
        let files = words::many(lake.files, "file");
        let mut told = vec![
            format!("{} in {files}", words::bytes(lake.bytes)),
            words::many(lake.partitions, lake.partitioned_by),
        ];
        let beside =
            [("search index", sizes.index_bytes), ("spool", sizes.spool_bytes), ("log", sizes.log_bytes)];
        let beside = beside.into_iter().filter(|(_, bytes)| *bytes > 0);
        told.extend(beside.map(|(name, size)| format!("{name} {}", words::bytes(size))));
        let mut title = "Size";
        for line in wrapped(&told) {
            self.line(title, line);
            title = "";
        }
    }

    fn fresh(&mut self, facts: &Facts) {
        let Some(as_of) = &facts.freshness.data_as_of else {
            return self.line("Fresh", "nothing is complete yet");
        };
        let age = words::whole_span(facts.freshness.age_seconds.unwrap_or(0));
        let text = format!("as of {} UTC, {age} ago", minute(as_of));
        if facts.freshness.is_stale {
            self.line(
                "Fresh",
                format!(
                    "{text}; {}",
                    self.printer.paint(Paint::Yellow, program::typed("stale: run `fi sync`"))
                ),
            );
        } else {
            self.line("Fresh", text);
        }
    }

    fn next(&mut self, facts: &Facts) {
        let next = &facts.next_sync;
        let text = match (&next.due_at, next.is_due) {
            (None, _) => format!("with: {}", next.command),
            (Some(_), true) => format!("due: by itself if `fi mcp` runs, at once with: {}", next.command),
            (Some(due), false) => {
                let time = due.get(11..16).unwrap_or(due);
                format!("by itself from {time} UTC on if `fi mcp` runs, at once with: {}", next.command)
            }
        };
        self.line("Next sync", program::typed(&text));
    }

    /// Lines of marks, apart from what stands above them.
    fn drawn(&mut self, lines: Vec<strip::Line>) {
        if !lines.is_empty() {
            self.lines.push(String::new());
        }
        for (title, text) in lines {
            self.line(&title, text);
        }
    }

    fn coverage(&mut self, facts: &Facts) {
        let mut title = "Complete";
        for span in &facts.coverage {
            let from = span.from.as_deref().map_or_else(|| String::from("the beginning"), minute);
            self.line(title, format!("from {from} to {} UTC", minute(&span.to)));
            title = "";
        }
    }

    fn open_ends(&mut self, facts: &Facts) {
        if facts.lake.without_thread > 0 {
            let waiting = words::many(facts.lake.without_thread, "conversation");
            self.line("To fetch", format!("{waiting} without messages yet"));
        }
        for window in facts.unfinished.iter().take(NAMED) {
            let from = window.from.as_deref().map_or_else(|| String::from("the beginning"), minute);
            self.line("To list", format!("{} from {from} to {}", window.field, minute(&window.to)));
        }
        if facts.unfinished.len() > NAMED {
            self.line("", format!("and {} more stretches of time", facts.unfinished.len() - NAMED));
        }
        for failed in facts.failures.iter().take(NAMED) {
            self.line("Failed", format!("conversation {}: {}", failed.conversation_id, failed.reason));
        }
        if facts.failure_count > NAMED as u64 {
            self.line("", format!("and {} more", words::count(facts.failure_count - NAMED as u64)));
        }
        if facts.forgotten_count > 0 {
            let forgotten = words::many(facts.forgotten_count, "contact");
            self.line("Forgotten", format!("{forgotten}, with their conversations"));
        }
        if let Some(lock) = &facts.lock {
            let since = minute(&lock.since);
            self.line("Working", format!("`{}` (process {}) since {since} UTC", lock.purpose, lock.pid));
        }
    }

    fn runs(&mut self, runs: &[Run]) {
        if !runs.is_empty() {
            self.lines.push(String::new());
        }
        let mut title = "Runs";
        for run in runs.iter().take(RUNS) {
            let missing = match run.missing_count {
                0 => String::new(),
                missing => format!(", {missing} missing"),
            };
            let fetched = words::count(run.thread_count);
            let (when, took) = (minute(&run.started_at), words::whole_span(run.seconds));
            self.line(
                title,
                format!("{when}  {} {}: {fetched} fetched in {took}{missing}", run.kind, run.outcome),
            );
            title = "";
        }
    }
}

/// A table's name as the word for what is in it.
fn named(table: &str, rows: u64) -> String {
    let words = table.replace('_', " ");
    match (rows, words.strip_suffix("ies"), words.strip_suffix('s')) {
        (1, Some(stem), _) => format!("{stem}y"),
        (1, None, Some(one)) => one.to_owned(),
        _ => words,
    }
}

/// Pieces joined by commas, in lines that fit.
fn wrapped(pieces: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if line.len() + piece.len() + 2 <= ROOM => line.push_str(&format!(", {piece}")),
            _ => lines.push(piece.clone()),
        }
    }
    lines
}

/// The day of a moment written as ISO 8601.
fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// The moment to the minute.
fn minute(moment: &str) -> String {
    moment.get(..16).unwrap_or(moment).replace('T', " ")
}
