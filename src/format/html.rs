//! A small HTML page with one table: numbers to the right, missing values grey, and text that stays text.

use std::borrow::Cow;
use std::io::{self, Write};

use arrow::array::RecordBatch;

use super::cell;
use super::time::Between;
use super::visible::visible;
use crate::engine::{Column, Output};

const HEAD: &str = "\
<!doctype html>
<meta charset=\"utf-8\">
<title>fi query</title>
<style>
table { border-collapse: collapse; font: 14px/1.4 system-ui, sans-serif; }
th, td { border: 1px solid #ccc; padding: 3px 8px; text-align: left; vertical-align: top; }
th { background: #f4f4f4; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.null { color: #999; }
</style>
";

/// Writes rows as an HTML table.
pub(super) struct HtmlOutput<'a> {
    out: &'a mut dyn Write,
    columns: Vec<Column>,
}

impl<'a> HtmlOutput<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, columns: Vec::new() }
    }
}

impl Output for HtmlOutput<'_> {
    fn columns(&mut self, columns: &[Column]) -> io::Result<()> {
        self.columns = columns.to_vec();
        write!(self.out, "{HEAD}<table>\n<thead>\n<tr>")?;
        for column in columns {
            let class = if is_number(column) { " class=\"number\"" } else { "" };
            let (name, sql_type) = (escaped(&column.name), escaped(&column.sql_type));
            write!(self.out, "<th{class} title=\"{sql_type}\">{name}</th>")?;
        }
        self.out.write_all(b"</tr>\n</thead>\n<tbody>\n")
    }

    fn rows(&mut self, batch: &RecordBatch) -> io::Result<()> {
        for row in 0..batch.num_rows() {
            self.out.write_all(b"<tr>")?;
            for (column, array) in self.columns.iter().zip(batch.columns()) {
                match cell::text(&column.field, array, row, Between::Space) {
                    None => self.out.write_all(b"<td class=\"null\">NULL</td>")?,
                    Some(text) if is_number(column) => write!(self.out, "<td class=\"number\">{text}</td>")?,
                    Some(text) => write!(self.out, "<td>{}</td>", escaped(&text))?,
                }
            }
            self.out.write_all(b"</tr>\n")?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.write_all(b"</tbody>\n</table>\n")
    }
}

fn is_number(column: &Column) -> bool {
    cell::is_number(column.field.data_type())
}

/// Text that no browser takes for markup, its line breaks kept.
fn escaped(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(|line| visible(line.trim_end())).collect();
    let mut safe = String::with_capacity(text.len());
    for character in lines.join("\n").chars() {
        match character {
            '\n' => safe.push_str("<br>"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            character => safe.push(character),
        }
    }
    safe
}
