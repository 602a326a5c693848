//! A table for people: columns in a frame, types under the names, numbers to the right, never wider than the screen.
//!
//! What does not fit is cut, first long texts (with an ellipsis), then columns that tell least; [`TableNotes`] tells
//! what was. Nothing wraps.

mod fit;

use std::io::{self, Write};

use arrow::array::RecordBatch;
use unicode_width::UnicodeWidthStr;

use super::cell;
use super::cut::{self, cut};
use super::time::Between;
use super::visible::visible;
use crate::engine::{Column, Output};
use fit::{Fit, Measure, Worth};

/// Columns a type may take before it is cut.
const TYPE_WIDTH: usize = 20;
/// Columns a type may be cut to.
const LEAST_TYPE_WIDTH: usize = 6;
/// Columns a name may be cut to.
const LEAST_NAME_WIDTH: usize = 8;
/// Columns a text may be cut to.
const LEAST_TEXT_WIDTH: usize = 10;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableLook {
    /// Columns of a line.
    pub width: usize,
    /// Whether lines and marks beyond ASCII can be shown.
    pub unicode: bool,
    /// Whether to colour.
    pub colour: bool,
}

impl Default for TableLook {
    fn default() -> Self {
        Self { width: 80, unicode: true, colour: false }
    }
}

/// What a table could not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableNotes {
    /// Columns of the answer.
    pub columns: usize,
    /// Columns shown.
    pub shown_columns: usize,
    /// Whether a text was cut.
    pub has_cut_text: bool,
}

/// Writes rows as a table.
pub struct TableOutput<'a> {
    out: &'a mut dyn Write,
    look: TableLook,
    heads: Vec<Head>,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    notes: TableNotes,
    is_plan: bool,
}

/// The columns of an EXPLAIN, whose text is a drawing of its own.
const PLAN_COLUMNS: [&str; 2] = ["explain_key", "explain_value"];

struct Head {
    name: Cell,
    sql_type: Cell,
    is_right: bool,
    is_text: bool,
    is_nested: bool,
}

struct Cell {
    text: String,
    width: usize,
    is_null: bool,
}

impl Cell {
    fn new(text: &str, look: TableLook) -> Self {
        // No more than a screen line of it can ever show.
        let start: String = text.chars().take(look.width.saturating_mul(4)).collect();
        let mut shown = visible(&start).into_owned();
        if !look.unicode {
            shown = shown.replace('↵', "\\n");
        }
        Self { width: shown.width(), text: shown, is_null: false }
    }

    fn null() -> Self {
        Self { text: String::from("NULL"), width: 4, is_null: true }
    }
}

impl<'a> TableOutput<'a> {
    /// A table fitted to a look.
    pub fn new(out: &'a mut dyn Write, look: TableLook) -> Self {
        let (heads, columns, rows) = (Vec::new(), Vec::new(), Vec::new());
        Self { out, look, heads, columns, rows, notes: TableNotes::default(), is_plan: false }
    }

    /// What was not shown; known at the end.
    pub fn notes(&self) -> TableNotes {
        self.notes
    }

    fn measures(&self) -> Vec<Measure> {
        let measure = |(index, head): (usize, &Head)| {
            let cells = self.rows.iter().map(|row| row[index].width).max().unwrap_or(0);
            let wanted = cells.max(head.name.width).max(head.sql_type.width.min(TYPE_WIDTH));
            let cells = if head.is_text { cells.min(LEAST_TEXT_WIDTH) } else { cells };
            let head = head.name.width.min(LEAST_NAME_WIDTH).max(head.sql_type.width.min(LEAST_TYPE_WIDTH));
            Measure { wanted, least: cells.max(head).min(wanted), worth: self.worth(index) }
        };
        self.heads.iter().enumerate().map(measure).collect()
    }

    /// How much a column tells.
    fn worth(&self, index: usize) -> Worth {
        let mut cells = self.rows.iter().map(|row| &row[index]);
        if self.rows.is_empty() {
            return Worth::Much;
        }
        if cells.clone().all(|cell| cell.is_null) {
            return Worth::Nothing;
        }
        let first = cells.next();
        let differs = cells.any(|cell| first.is_some_and(|first| first.text != cell.text));
        let is_same = self.rows.len() > 1 && !differs;
        if is_same || self.heads[index].is_nested { Worth::Little } else { Worth::Much }
    }

    /// Writes a query plan as DuckDB draws it.
    fn plan(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            let text = cell::text(&self.columns[1].field, batch.column(1), row, Between::Space);
            for line in text.unwrap_or_default().lines() {
                writeln!(self.out, "{}", visible(line))?;
            }
        }
        Ok(())
    }

    fn draw(&mut self) -> io::Result<()> {
        let fit = Fit::new(&self.measures(), self.look.width);
        let lines = Lines { look: self.look, fit: &fit };
        let mut has_cut_text = false;
        lines.rule(self.out, if self.look.unicode { ["┌", "┬", "┐"] } else { ["+"; 3] })?;
        let names = self.heads.iter().map(|head| (&head.name, head.is_right));
        lines.row(self.out, names.collect(), "1")?;
        let types = self.heads.iter().map(|head| (&head.sql_type, head.is_right));
        lines.row(self.out, types.collect(), "2")?;
        lines.rule(self.out, if self.look.unicode { ["├", "┼", "┤"] } else { ["+"; 3] })?;
        for row in &self.rows {
            let cells = row.iter().zip(&self.heads).map(|(cell, head)| (cell, head.is_right));
            has_cut_text |= lines.row(self.out, cells.collect(), "")?;
        }
        lines.rule(self.out, if self.look.unicode { ["└", "┴", "┘"] } else { ["+"; 3] })?;
        let shown_columns = fit.widths.iter().flatten().count();
        self.notes = TableNotes { columns: self.heads.len(), shown_columns, has_cut_text };
        Ok(())
    }
}

impl Output for TableOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        let head = |column: &Column| Head {
            name: Cell::new(&column.name, self.look),
            sql_type: Cell::new(&column.sql_type, self.look),
            is_right: cell::is_number(column.field.data_type()),
            is_nested: column.field.data_type().is_nested() || column.sql_type == "JSON",
            is_text: !cell::is_number(column.field.data_type()) && !column.field.data_type().is_temporal(),
        };
        self.heads = columns.iter().map(head).collect();
        self.is_plan = columns.iter().map(|column| column.name.as_str()).eq(PLAN_COLUMNS);
        self.columns = columns.to_vec();
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        if self.is_plan {
            return self.plan(batch);
        }
        for row in 0..batch.num_rows() {
            let cells = self.columns.iter().zip(batch.columns()).map(|(column, array)| {
                let text = cell::text(&column.field, array, row, Between::Space);
                text.map_or_else(Cell::null, |text| Cell::new(&text, self.look))
            });
            self.rows.push(cells.collect());
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if self.heads.is_empty() || self.is_plan { Ok(()) } else { self.draw() }
    }
}

/// Draws lines of cells of given widths.
struct Lines<'a> {
    look: TableLook,
    fit: &'a Fit,
}

impl Lines<'_> {
    fn rule(&self, out: &mut dyn Write, [left, middle, right]: [&str; 3]) -> io::Result<()> {
        let dash = if self.look.unicode { "─" } else { "-" };
        let dashes: Vec<String> = self.fit.slots().map(|slot| dash.repeat(slot.width() + 2)).collect();
        writeln!(out, "{left}{}{right}", dashes.join(middle))
    }

    /// Draws one line; tells whether a text was cut.
    fn row(&self, out: &mut dyn Write, cells: Vec<(&Cell, bool)>, colour: &str) -> io::Result<bool> {
        let bar = if self.look.unicode { "│" } else { "|" };
        let mut has_cut = false;
        for slot in self.fit.slots() {
            write!(out, "{bar} ")?;
            match slot {
                fit::Slot::Gap => write!(out, "{} ", cut::ellipsis(self.look.unicode))?,
                fit::Slot::Column { index, width } => {
                    let (cell, is_right) = cells[index];
                    has_cut |= cell.width > width;
                    self.cell(out, cell, width, is_right, colour)?;
                }
            }
        }
        writeln!(out, "{bar}")?;
        Ok(has_cut)
    }

    fn cell(
        &self,
        out: &mut dyn Write,
        cell: &Cell,
        width: usize,
        right: bool,
        colour: &str,
    ) -> io::Result<()> {
        let text = cut(&cell.text, width, self.look.unicode);
        let padding = " ".repeat(width.saturating_sub(text.width()));
        let code = if cell.is_null { "2" } else { colour };
        let text = match self.look.colour && !code.is_empty() {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.into_owned(),
        };
        if right { write!(out, "{padding}{text} ") } else { write!(out, "{text}{padding} ") }
    }
}
