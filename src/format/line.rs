//! One column a line, for rows that are wider than the screen: name, bar, value, and a rule with the number of the row
//! before each. Nothing is cut; a text of several lines goes on beside the bar.

use std::io::{self, Write};

use arrow::array::RecordBatch;
use unicode_width::UnicodeWidthStr;

use super::cell;
use super::table::TableLook;
use super::time::Between;
use super::visible::visible;
use crate::engine::{Column, Output};

/// Columns a rule takes at most.
const RULE_WIDTH: usize = 60;

/// Writes rows with one column a line.
pub struct LineOutput<'a> {
    out: &'a mut dyn Write,
    look: TableLook,
    columns: Vec<Column>,
    names: Vec<String>,
    width: usize,
    rows: u64,
}

impl<'a> LineOutput<'a> {
    /// Rows in a look.
    pub fn new(out: &'a mut dyn Write, look: TableLook) -> Self {
        Self { out, look, columns: Vec::new(), names: Vec::new(), width: 0, rows: 0 }
    }

    fn rule(&mut self) -> io::Result<()> {
        let (dash, number) = (if self.look.unicode { "─" } else { "-" }, self.rows);
        let title = format!("{dash} {number} ");
        let rest = dash.repeat(self.look.width.min(RULE_WIDTH).saturating_sub(title.width()));
        let rule = self.painted("2", &format!("{title}{rest}"));
        writeln!(self.out, "{rule}")
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.look.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn field(&mut self, index: usize, value: Option<&str>) -> io::Result<()> {
        let bar = if self.look.unicode { "│" } else { "|" };
        let name = &self.names[index];
        let gap = " ".repeat(self.width - name.width());
        let name = self.painted("1", name);
        let Some(value) = value else {
            let null = self.painted("2", "NULL");
            return writeln!(self.out, "{name}{gap} {bar} {null}");
        };
        let mut lines = value.lines().map(|line| visible(line.trim_end()));
        writeln!(self.out, "{name}{gap} {bar} {}", lines.next().unwrap_or_default())?;
        let indent = " ".repeat(self.width);
        for line in lines {
            writeln!(self.out, "{}", format!("{indent} {bar} {line}").trim_end())?;
        }
        Ok(())
    }
}

impl Output for LineOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        self.names = columns.iter().map(|column| visible(&column.name).into_owned()).collect();
        self.width = self.names.iter().map(|name| name.width()).max().unwrap_or(0);
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            self.rows += 1;
            self.rule()?;
            for (index, array) in batch.columns().iter().enumerate() {
                let field = std::sync::Arc::clone(&self.columns[index].field);
                let text = cell::text(&field, array, row, Between::Space);
                self.field(index, text.as_deref())?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}
