//! One statement: run, its rows shown or written to a file, and what is to be said of it.

use std::time::Instant;

use super::super::target::{Shown, Written};
use super::super::{in_zone, warn_of_change};
use super::Shell;
use super::watched::Watched;
use crate::cmd::words;
use crate::engine::{Error, Summary};
use crate::error::CommandError;
use crate::format::{Format, TableNotes};
use crate::printer::{OutputError, Paint};

/// Why there are no rows.
enum Failed {
    /// The query has no answer.
    Query(Error),
    /// The rows could not be put where they belong.
    Rows(CommandError),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Query(error)
    }
}

impl From<CommandError> for Failed {
    fn from(error: CommandError) -> Self {
        Self::Rows(error)
    }
}

impl From<OutputError> for Failed {
    fn from(error: OutputError) -> Self {
        Self::Rows(error.into())
    }
}

impl Shell<'_> {
    /// Runs a statement.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), CommandError> {
        self.notice_new_data();
        let is_plan = sql.get(.."explain".len()).is_some_and(|word| word.eq_ignore_ascii_case("explain"));
        if !is_plan {
            self.last = Some(sql.to_owned());
        }
        let begun = Instant::now();
        let outcome =
            if self.settings.output.is_some() { self.write_rows(sql) } else { self.show_rows(sql, is_plan) };
        match outcome {
            Err(Failed::Query(Error::Cancelled)) => {
                let took = words::short_span(begun.elapsed());
                self.printer()
                    .note(self.printer().paint_talk(Paint::Yellow, format!("Stopped after {took}")));
                Ok(())
            }
            Err(Failed::Query(error)) => Err(super::failed(error)),
            Err(Failed::Rows(error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    fn show_rows(&self, sql: &str, is_plan: bool) -> Result<(), Failed> {
        let max_rows = Some(self.settings.max_rows).filter(|rows| *rows < u64::MAX);
        let options = self.running.begin(max_rows);
        let mut text = Vec::new();
        // A plan is a drawing, however rows are shown.
        let mode = if is_plan { Format::Table } else { self.settings.mode };
        let mut shown = Shown::new(mode, &mut text, self.look());
        let watched = Watched::begin(self.printer());
        let summary = in_zone(shown.output(), self.zone, |output| self.engine.stream(sql, &options, output));
        drop(watched);
        let (summary, notes) = (summary?, shown.notes());
        drop(shown);
        self.show(&String::from_utf8_lossy(&text))?;
        if !is_plan {
            self.note(&self.footer(&summary, notes));
        }
        warn_of_change(&summary, self.printer());
        Ok(())
    }

    fn write_rows(&mut self, sql: &str) -> Result<(), Failed> {
        let Some(target) = &self.settings.output else { return Ok(()) };
        let options = self.running.begin(None);
        let watched = Watched::begin(self.printer());
        let written = target.write(self.printer(), |output| {
            in_zone(output, self.zone, |output| self.engine.stream(sql, &options, output))
                .map_err(Failed::Query)
        });
        drop(watched);
        let Written { summary, .. } = written?;
        let rows = words::many(summary.rows, "row");
        self.note(&format!("{rows} written to {target} in {}", words::short_span(summary.elapsed)));
        self.settings.output = None;
        warn_of_change(&summary, self.printer());
        Ok(())
    }

    fn footer(&self, summary: &Summary, notes: TableNotes) -> String {
        let rows = words::many(summary.rows, "row");
        let mut text = if summary.cut.is_some() { format!("The first {rows}") } else { rows };
        if self.settings.has_timer {
            text.push_str(&format!(" in {}", words::short_span(summary.elapsed)));
        }
        if summary.cut.is_some() {
            text.push_str("; .maxrows N shows more, .output FILE writes all");
        }
        if notes.shown_columns < notes.columns {
            let (shown, all) = (notes.shown_columns, notes.columns);
            text.push_str(&format!("; {shown} of {all} columns fit: \\x shows all, one a line"));
        } else if notes.has_cut_text {
            text.push_str("; texts are cut to fit: \\x shows them whole");
        }
        text
    }
}
