//! A Markdown table: numbers to the right, and text that cannot break out of its cell or turn into markup.

use std::borrow::Cow;
use std::io::{self, Write};

use arrow::array::RecordBatch;

use super::cell;
use super::time::Between;
use super::visible::visible;
use crate::engine::{Column, Output};

/// Writes rows as a Markdown table.
pub(super) struct MarkdownOutput<'a> {
    out: &'a mut dyn Write,
    columns: Vec<Column>,
}

impl<'a> MarkdownOutput<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, columns: Vec::new() }
    }

    fn line<T: AsRef<str>>(&mut self, cells: impl Iterator<Item = T>) -> io::Result<()> {
        for cell in cells {
            write!(self.out, "| {} ", cell.as_ref())?;
        }
        self.out.write_all(b"|\n")
    }
}

impl Output for MarkdownOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        self.line(columns.iter().map(|column| escaped(&column.name)))?;
        self.line(columns.iter().map(|column| match cell::is_number(column.field.data_type()) {
            true => "---:",
            false => "---",
        }))
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            let cells = self.columns.iter().zip(batch.columns()).map(|(column, array)| {
                let text = cell::text(&column.field, array, row, Between::Space);
                text.map_or_else(String::new, |text| escaped(&text))
            });
            let cells: Vec<String> = cells.collect();
            self.line(cells.iter())?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Text of a cell on one line, with every character that Markdown could take for markup escaped.
fn escaped(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(|line| visible(line.trim_end())).collect();
    let mut safe = String::with_capacity(text.len());
    for character in lines.join("\n").chars() {
        match character {
            '\n' => safe.push_str("<br>"),
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '[' | ']' => safe.extend(['\\', character]),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_in_its_cell() {
        assert_eq!(escaped("a|b\\|c"), r"a\|b\\\|c");
        assert_eq!(escaped("one\r\ntwo\n"), "one<br>two");
        assert_eq!(escaped("<script> & [link](x) *bold*"), r"&lt;script> &amp; \[link\](x) \*bold\*");
        assert_eq!(escaped("has_thread"), "has_thread");
    }
}
