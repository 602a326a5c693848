//! `fi verify`: whether the files are what was written, whether the rows agree with each other, and with `--remote`
//! whether they agree with Intercom.

mod days;
mod finding;
mod local;
mod remote;

use serde::Serialize;

use super::{Context, Setup, assemble, words};
use crate::cli::VerifyArgs;
use crate::config::Flags;
use crate::engine::CHECKS;
use crate::error::CommandError;
use crate::printer::{Paint, Printer};
use finding::{Finding, Rule};

/// Findings that are shown one by one to people.
const NAMED: usize = 50;

/// The document `fi verify --json` prints.
#[derive(Debug, Serialize)]
struct Document<'a> {
    home: &'a std::path::Path,
    is_ok: bool,
    checked: Checked,
    findings: Vec<Finding>,
    /// Rows that are odd, and held as Intercom delivered them.
    oddities: Vec<Rule>,
    not_compared: Vec<String>,
}

/// What was looked at.
#[derive(Debug, Default, Serialize)]
struct Checked {
    /// Files, re-read and compared with their checksums.
    files: u64,
    /// Rows in them.
    rows: u64,
    /// The size of the files.
    bytes: u64,
    /// Rules rows must follow.
    rules: u64,
    /// Days compared with Intercom; none without `--remote`.
    days: Option<u64>,
}

/// Verifies what is held.
pub(super) fn run(setup: &Setup, args: &VerifyArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    context.stop_on_interrupt();
    let Some((state, sync)) = assemble::lake_state(&context.config.home)? else {
        let home = context.config.home.path().display();
        return Err(CommandError::nothing_found(format!("nothing was synced into {home} yet"))
            .hint("fetch it with: fi sync"));
    };
    let rows = state.files.values().map(|entry| entry.rows).sum();
    let (files, bytes) = (state.files.len() as u64, state.lake_bytes());
    let mut checked = Checked { files, rows, bytes, ..Checked::default() };
    let mut findings = local::files(&context)?;
    findings.extend(local::index(&context)?);
    let mut oddities = Vec::new();
    // Rows of damaged files would only say the same again, or nothing.
    if findings.iter().all(|finding| matches!(finding, Finding::Index(_))) {
        let (broken, odd) = local::rules(&context)?;
        checked.rules = CHECKS.len() as u64;
        findings.extend(broken.into_iter().map(Finding::Rule));
        oddities = odd;
    }
    let mut not_compared = Vec::new();
    if args.remote {
        let compared = remote::compare(&context, &state, &sync)?;
        checked.days = Some(compared.days);
        findings.extend(compared.findings);
        not_compared = compared.not_compared;
    }
    let home = context.config.home.path();
    shown(&context, Document { home, is_ok: findings.is_empty(), checked, findings, oddities, not_compared })
}

fn shown(context: &Context, document: Document<'_>) -> Result<(), CommandError> {
    if context.printer.is_json() {
        context.printer.json(&document)?;
    } else {
        say(&context.printer, &document)?;
    }
    if document.is_ok {
        return Ok(());
    }
    let count = words::many(document.findings.len() as u64, "finding");
    let error = CommandError::incomplete(format!("the lake is not as it should be: {count}"));
    let hints = document.findings.iter().map(Finding::hint);
    let mut hints: Vec<_> = hints.collect();
    hints.sort_unstable();
    hints.dedup();
    Err(hints.into_iter().fold(error, CommandError::hint))
}

fn say(printer: &Printer, document: &Document<'_>) -> Result<(), CommandError> {
    for finding in document.findings.iter().take(NAMED) {
        printer.line(format!("{} {finding}", printer.paint(Paint::Red, "differs")))?;
    }
    if document.findings.len() > NAMED {
        printer.line(format!("and {} more; --json names them all", document.findings.len() - NAMED))?;
    }
    for odd in &document.oddities {
        let (rows, meaning) = (words::many(odd.rows, "row"), odd.meaning.unwrap_or_default());
        let text = format!("{}: {} Not so of {rows}: {meaning}", odd.rule, odd.promise);
        printer.line(format!("{} {text}", printer.paint(Paint::Yellow, "odd")))?;
    }
    let checked = &document.checked;
    let (files, bytes) = (words::many(checked.files, "file"), words::bytes(checked.bytes));
    let mut told = format!("Checked {files} ({bytes}, {})", words::many(checked.rows, "row"));
    if checked.rules > 0 {
        told.push_str(&format!(" and {}", words::many(checked.rules, "rule")));
    }
    if let Some(days) = checked.days {
        told.push_str(&format!("; compared {} with Intercom", words::many(days, "day")));
    }
    let verdict = if document.is_ok { "; all is as it should be" } else { "" };
    printer.note(format!("{told}{verdict}"));
    for reason in &document.not_compared {
        printer.note(format!("Not compared: {reason}"));
    }
    Ok(())
}
