//! How the shell shows things, and what it says when that is changed.

use std::path::PathBuf;

use super::super::target::Target;
use super::super::{QueryArgs, TABLE_ROWS};
use crate::cmd::words;
use crate::error::CommandError;
use crate::format::Format;
use crate::printer::Printer;
use crate::shell::{Mode, Width};

/// How things are shown.
pub(super) struct Settings {
    /// How rows are shown.
    pub(super) mode: Format,
    /// What `\x` goes back to.
    mode_before: Format,
    /// Rows that are shown at most.
    pub(super) max_rows: u64,
    /// How wide tables are.
    pub(super) width: Width,
    /// Whether it is said how long a query took.
    pub(super) has_timer: bool,
    /// Where the rows of the next query go.
    pub(super) output: Option<Target>,
}

impl Settings {
    /// As the command line says.
    pub(super) fn new(args: &QueryArgs, printer: &Printer) -> Result<Self, CommandError> {
        let asked = Target::of(args, printer)?;
        let (mode, output) = match asked.is_file() {
            true => (Format::Table, Some(asked)),
            false => (asked.format, None),
        };
        Ok(Self {
            mode,
            mode_before: Format::Table,
            max_rows: args.limit.unwrap_or(TABLE_ROWS),
            width: Width::Auto,
            has_timer: true,
            output,
        })
    }

    pub(super) fn set_mode(&mut self, mode: Option<Mode>) -> String {
        let wanted = match mode {
            None => self.mode,
            Some(Mode::Format(format)) => format,
            Some(Mode::Expanded) if self.mode == Format::Line => self.mode_before,
            Some(Mode::Expanded) => Format::Line,
        };
        if wanted != self.mode {
            (self.mode, self.mode_before) = (wanted, self.mode);
        }
        match self.mode {
            Format::Line => String::from("Rows are shown one column a line; \\x goes back"),
            format => format!("Rows are shown as {}", format.name()),
        }
    }

    pub(super) fn set_output(&mut self, path: Option<PathBuf>) -> Result<String, CommandError> {
        self.output = path.map(|path| Target::file(path, self.mode)).transpose()?;
        Ok(match &self.output {
            Some(target) => {
                format!("All rows of the next query go to {target}; .output alone takes that back")
            }
            None => {
                String::from("Rows are shown here; .output FILE writes those of the next query to a file")
            }
        })
    }

    pub(super) fn set_max_rows(&mut self, rows: Option<u64>) -> String {
        self.max_rows = rows.unwrap_or(self.max_rows);
        match self.max_rows {
            u64::MAX => String::from("All rows are shown"),
            rows => format!("Rows that are shown at most: {}", words::count(rows)),
        }
    }

    pub(super) fn set_width(&mut self, width: Option<Width>) -> String {
        self.width = width.unwrap_or(self.width);
        match self.width {
            Width::Auto => String::from("Tables are as wide as the terminal"),
            Width::Columns(columns) => format!("Tables are {columns} columns wide at most"),
        }
    }

    pub(super) fn set_timer(&mut self, is_on: Option<bool>) -> String {
        self.has_timer = is_on.unwrap_or(self.has_timer);
        String::from(match self.has_timer {
            true => "It is said how long a query took",
            false => "It is not said how long a query took",
        })
    }
}
