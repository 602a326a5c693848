//! What the demo says: how it begins and how it went on stderr, the company's figures on stdout.

use std::path::Path;

use serde::Serialize;

use super::Outcome;
use super::answers::{Answers, Bar};
use super::world::World;
use crate::cmd::{sync, words};
use crate::error::CommandError;
use crate::format::chart::{self, Style};
use crate::printer::{Look, Paint, Printer};
use crate::program;

/// Queries to try next, each over the whole history.
const NEXT: &[&str] = &[
    "SELECT state, count(*) FROM conversations GROUP BY state",
    "SELECT author_class, count(*) FROM messages GROUP BY author_class ORDER BY 2 DESC",
];

/// The document `fi demo --json` prints.
#[derive(Serialize)]
struct Document<'a> {
    home: &'a Path,
    api_url: &'a str,
    conversations: u64,
    messages: u64,
    contacts: u64,
    requests: u64,
    seconds: f64,
    lake_bytes: u64,
    is_first: bool,
    new_count: u64,
    changed_count: u64,
    deleted_count: u64,
    outcome: &'static str,
    answers: &'a Answers,
    next: Vec<String>,
}

/// Says what is about to happen.
pub(super) fn opening(printer: &Printer, world: &World, is_again: bool) {
    if printer.is_json() {
        return;
    }
    let numbers = world.numbers();
    let size = words::many(numbers.conversations.into(), "conversation");
    if is_again {
        printer.note("The made-up company went on since the last run; syncing what is new");
    } else {
        printer.note(format!("Making up a company with {size} and syncing it over HTTP"));
    }
}

/// Says what came of it.
pub(super) fn outcome(printer: &Printer, outcome: Outcome) -> Result<(), CommandError> {
    if printer.is_json() {
        printer.json(&document(&outcome))?;
    } else {
        sync::say(printer, &outcome.done);
        if outcome.is_again {
            printer.note(format!("  since the last run: {}", since(&outcome)));
        }
        let text = figures(printer, &outcome).join("\n");
        printer.line(text)?;
    }
    outcome.done.failure.map_or(Ok(()), Err)
}

fn document(outcome: &Outcome) -> Document<'_> {
    let (report, held) = (&outcome.done.report, &outcome.done.held);
    Document {
        home: outcome.home.path(),
        api_url: &outcome.api_url,
        conversations: held.conversations,
        messages: held.messages,
        contacts: held.contacts,
        requests: report.request_count,
        seconds: (outcome.seconds * 1_000.0).round() / 1_000.0,
        lake_bytes: held.lake_bytes,
        is_first: !outcome.is_again,
        new_count: outcome.new_count(),
        changed_count: outcome.changed_count(),
        deleted_count: report.deleted_count,
        outcome: report.outcome.as_str(),
        answers: &outcome.answers,
        next: next(outcome.home.path()),
    }
}

impl Outcome {
    /// Conversations that were not held before.
    fn new_count(&self) -> u64 {
        let (held, deleted) = (self.done.held.conversations, self.done.report.deleted_count);
        (held + deleted).saturating_sub(self.held_before)
    }

    /// Conversations that were held before and read again, since they changed.
    fn changed_count(&self) -> u64 {
        self.done.report.thread_count.saturating_sub(self.new_count())
    }
}

fn since(outcome: &Outcome) -> String {
    let (new, report) = (outcome.new_count(), &outcome.done.report);
    format!(
        "{} new, {} changed, {} deleted",
        words::many(new, "conversation"),
        words::count(outcome.changed_count()),
        words::count(report.deleted_count)
    )
}

/// Bars are not drawn wider, however wide the terminal is.
const WIDEST_CHART: usize = 66;

fn chart(bars: &[Bar], look: Look) -> Vec<String> {
    let shown: Vec<String> = bars.iter().map(|bar| words::count(bar.value)).collect();
    let bars: Vec<chart::Bar<'_>> = bars
        .iter()
        .zip(&shown)
        .map(|(bar, shown)| chart::Bar {
            label: &bar.label,
            value: Some(bar.value as f64),
            shown,
            note: None,
        })
        .collect();
    let width = look.width.saturating_sub(2).min(WIDEST_CHART);
    let style = Style { width, colour: look.colour, unicode: look.unicode };
    chart::bars(&bars, style).lines().map(|line| format!("  {line}")).collect()
}

/// The company in figures, each by one SQL query over the lake.
fn figures(printer: &Printer, outcome: &Outcome) -> Vec<String> {
    let (answers, look) = (&outcome.answers, printer.look());
    let title = |text: &str| printer.paint(Paint::Bold, text);
    let mut lines = vec![title("Conversations a week, by the week's Monday")];
    lines.extend(chart(&answers.weekly_volume, look));
    lines.extend([String::new(), title("Busiest tags")]);
    lines.extend(chart(&answers.busiest_tags, look));
    lines.extend([String::new(), title("Median time to a teammate's first reply, of inbound conversations")]);
    lines.push(match answers.median_first_response_seconds {
        Some(seconds) => format!(
            "  {} over {}",
            words::whole_span(seconds.cast_signed()),
            words::many(answers.answered_count, "conversation")
        ),
        None => String::from("  nobody replied yet"),
    });
    lines.extend([String::new(), title("Next")]);
    lines.extend(next(outcome.home.path()).into_iter().map(|command| format!("  {command}")));
    lines
}

/// Commands to try.
fn next(home: &Path) -> Vec<String> {
    let (called, home) = (program::name(), shell_word(&home.display().to_string()));
    let queries = NEXT.iter().map(|sql| format!("{called} --home {home} query \"{sql}\""));
    let first =
        ["status", "search 'refund -invoice'"].map(|command| format!("{called} --home {home} {command}"));
    let again = ["demo", "init"].map(|command| format!("{called} {command}"));
    first.into_iter().chain(queries).chain(again).collect()
}

/// A word as a shell takes it.
pub(in crate::cmd) fn shell_word(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-+:@\\".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_to_try_can_be_pasted() {
        let next = next("/home/x/.fastintercom/demo".as_ref());
        assert_eq!(next[0], "fi --home /home/x/.fastintercom/demo status");
        assert_eq!(shell_word("/a b/it's"), r"'/a b/it'\''s'");
    }
}
