//! What an export says at its end: lines for people on stderr, one document for programs on stdout.

use serde::Serialize;

use crate::cmd::words;
use crate::error::CommandError;
use crate::export::Done;
use crate::printer::Printer;
use crate::tools::Covered;

/// The document `fi export --json` prints.
#[derive(Serialize)]
struct Document<'a> {
    seconds: f64,
    #[serde(flatten)]
    done: &'a Done,
}

/// Says what was exported.
pub(super) fn show(printer: &Printer, done: &Done, seconds: f64) -> Result<(), CommandError> {
    if printer.is_json() {
        return Ok(printer.json(&Document { seconds, done })?);
    }
    let width = done.manifest.tables.iter().map(|table| table.name.len()).max().unwrap_or(0);
    for table in &done.manifest.tables {
        let rows = words::count(table.rows);
        let size = table.bytes.map(|bytes| format!("  {:>9}", words::bytes(bytes))).unwrap_or_default();
        printer.note(format!("  {:width$}  {rows:>12}{size}", table.name));
    }
    for note in &done.manifest.notes {
        printer.note(note);
    }
    match done.manifest.freshness.coverage {
        Covered::Complete => {}
        Covered::Partial => printer.warn("some of this period was never synced completely; run `fi sync`"),
        Covered::None => printer.warn("none of this period was synced completely; run `fi sync`"),
    }
    let tables = words::many(done.manifest.tables.len() as u64, "table");
    let (rows, bytes) = (words::many(done.rows, "row"), words::bytes(done.bytes));
    printer.note(format!(
        "Exported {tables} with {rows} ({bytes}) to {} in {}",
        done.path,
        words::span(seconds)
    ));
    Ok(())
}
