//! `fi logs`: the end of the log, and what is added to it.
//!
//! It needs the home only, so that it works when the settings do not.

use std::path::Path;
use std::time::Duration;

use super::{Setup, stop_on_interrupt};
use crate::cancel::Cancel;
use crate::cli::LogsArgs;
use crate::config::LogLevel;
use crate::error::{CommandError, Explain, Kind};
use crate::logging::read::{Entry, LogReader};
use crate::printer::{OutputError, Paint, Printer};

/// How often the log is looked at while following it.
const PAUSE: Duration = Duration::from_millis(200);

/// Shows the last lines, then follows if asked to.
pub(super) fn run(setup: &Setup, args: &LogsArgs) -> Result<(), CommandError> {
    let directory = setup.home()?.log_dir();
    let level = args.level.as_deref().and_then(|level| level.parse().ok()).unwrap_or(LogLevel::Trace);
    let mut reader = LogReader::open(&directory).explain(Kind::Failed, || unreadable(&directory))?;
    let entries = reader.last(args.lines, level).explain(Kind::Failed, || unreadable(&directory))?;
    if entries.is_empty() && args.lines > 0 && !args.follow {
        return Err(nothing(&reader, &directory, args));
    }
    show(&setup.printer, &entries)?;
    if !args.follow {
        return Ok(());
    }
    if entries.is_empty() {
        setup.printer.note("Nothing to show yet; waiting");
    }
    let cancel = Cancel::new();
    stop_on_interrupt(&cancel, &setup.printer);
    while !cancel.is_cancelled() {
        std::thread::sleep(PAUSE);
        let mut entries = reader.poll().explain(Kind::Failed, || unreadable(&directory))?;
        entries.retain(|entry| entry.is_at_least(level));
        show(&setup.printer, &entries)?;
    }
    Ok(())
}

fn show(printer: &Printer, entries: &[Entry]) -> Result<(), OutputError> {
    printer.stream(|out| {
        for entry in entries {
            if printer.is_json() {
                writeln!(out, "{}", entry.to_json())?;
            } else {
                writeln!(out, "{}", painted(printer, entry))?;
            }
        }
        Ok(())
    })
}

fn painted(printer: &Printer, entry: &Entry) -> String {
    match entry.level {
        Some(LogLevel::Error) => printer.paint(Paint::Red, &entry.text),
        Some(LogLevel::Warn) => printer.paint(Paint::Yellow, &entry.text),
        Some(LogLevel::Debug | LogLevel::Trace) => printer.paint(Paint::Dim, &entry.text),
        _ => entry.text.clone(),
    }
}

fn unreadable(directory: &Path) -> String {
    format!("could not read the log in {}", directory.display())
}

fn nothing(reader: &LogReader, directory: &Path, args: &LogsArgs) -> CommandError {
    match &args.level {
        Some(level) if !reader.is_empty() => {
            CommandError::nothing_found(format!("no line of the log is of level {level} or more serious"))
                .hint("leave --level out to see everything")
        }
        _ => CommandError::nothing_found(format!("nothing logged yet in {}", directory.display()))
            .hint("`fi sync` writes the first lines; another home is named with --home DIR"),
    }
}
