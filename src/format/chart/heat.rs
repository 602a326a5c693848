//! A grid of shades, such as weekdays by hours. Owns where cells and labels go; what a value looks like belongs to
//! [`Shades`].
//!
//! Cells shrink to one column to stay side by side; when even that is too wide, the grid goes on below in a second
//! band of columns. Column labels that would touch their neighbours are left out at regular distances.

use unicode_width::UnicodeWidthStr;

use super::super::cut::cut;
use super::number::number;
use super::shade::Shades;
use super::text::{QUIET, left, paint, safe, widest};
use super::{Style, drawable};

/// Columns of a cell, if there is room and labels do not ask for more.
const CELL: usize = 2;
/// Columns labels can make a cell ask for.
const WIDEST_CELL: usize = 6;
/// What stands between the parts of the legend.
const BETWEEN: &str = "   ";

/// Rows of cells, darker where there is more, and a legend. Missing cells differ from zero, and a row that is too
/// short is filled with missing ones.
pub fn heat(rows: &[(&str, Vec<Option<f64>>)], column_labels: &[&str], style: Style) -> String {
    heat_shown(rows, column_labels, number, style)
}

/// The same, with a way to write the values in the legend, such as [`duration_seconds`](super::duration_seconds).
pub fn heat_shown(
    rows: &[(&str, Vec<Option<f64>>)],
    column_labels: &[&str],
    shown: impl Fn(f64) -> String,
    style: Style,
) -> String {
    let rows: Vec<Row> = rows.iter().map(|(label, values)| Row::new(label, values, style)).collect();
    let labels: Vec<String> = column_labels.iter().map(|label| safe(label, style)).collect();
    let columns = rows.iter().map(|row| row.values.len()).max().unwrap_or(0).max(labels.len());
    if rows.is_empty() || columns == 0 || style.width == 0 {
        return String::new();
    }
    let values = rows.iter().flat_map(|row| (0..columns).map(|column| row.value(column)));
    let shades = Shades::new(values, style);
    let layout = Layout::new(&rows, &labels, columns, style);
    let bands = (0..columns).step_by(layout.per_band);
    let mut lines: Vec<String> =
        bands.flat_map(|first| layout.band(first, &rows, &labels, &shades)).collect();
    lines.extend(layout.legend(shades.legend(shown)));
    lines.join("\n")
}

/// A row made safe to draw.
struct Row {
    label: String,
    values: Vec<Option<f64>>,
}

impl Row {
    fn new(label: &str, values: &[Option<f64>], style: Style) -> Self {
        Self { label: safe(label, style), values: values.iter().copied().map(drawable).collect() }
    }

    fn value(&self, column: usize) -> Option<f64> {
        self.values.get(column).copied().flatten()
    }
}

/// Where things go.
struct Layout {
    style: Style,
    columns: usize,
    /// Columns of the terminal for row labels, without the space behind them.
    label: usize,
    /// Columns of the terminal for all cells of a line.
    room: usize,
    /// Columns of the terminal for a cell.
    cell: usize,
    per_band: usize,
    /// Every how many columns there is a label.
    every: usize,
}

impl Layout {
    fn new(rows: &[Row], labels: &[String], columns: usize, style: Style) -> Self {
        let label_and_space = widest(labels.iter().map(String::as_str)) + 1;
        let widest_cell = label_and_space.clamp(CELL, WIDEST_CELL);
        let spare = style.width.saturating_sub(1 + columns.saturating_mul(widest_cell));
        let label = widest(rows.iter().map(|row| row.label.as_str())).min(spare.max(style.width / 3));
        let room = style.width - if label == 0 { 0 } else { label + 1 };
        let bands = columns.div_ceil(room);
        let per_band = columns.div_ceil(bands);
        let cell = (room / per_band).clamp(1, widest_cell);
        Self { style, columns, label, room, cell, per_band, every: label_and_space.div_ceil(cell) }
    }

    /// The lines of some neighbouring columns.
    fn band(&self, first: usize, rows: &[Row], labels: &[String], shades: &Shades) -> Vec<String> {
        let columns = first..(first + self.per_band).min(self.columns);
        let head = self.head(labels.get(columns.clone()).unwrap_or_default());
        let row = |row: &Row| {
            let cells: String =
                columns.clone().map(|column| shades.cell(row.value(column), self.cell)).collect();
            self.line(&row.label, &cells)
        };
        head.into_iter().chain(rows.iter().map(row)).collect()
    }

    /// Column labels above the first column of their cell; those that do not fit are left out.
    fn head(&self, labels: &[String]) -> Option<String> {
        let mut text = String::new();
        for (index, label) in labels.iter().enumerate().step_by(self.every) {
            let start = index * self.cell;
            let label = if index == 0 {
                cut(label, self.room, self.style.unicode).into_owned()
            } else {
                label.clone()
            };
            if start + label.width() <= self.room {
                text += &" ".repeat(start.saturating_sub(text.width()));
                text += &label;
            }
        }
        let has_labels = !text.trim().is_empty();
        has_labels.then(|| self.line("", &paint(&text, QUIET, self.style)))
    }

    fn line(&self, label: &str, cells: &str) -> String {
        let label = left(label, self.label, self.style);
        let gap = if self.label == 0 { "" } else { " " };
        format!("{label}{gap}{cells}").trim_end().to_owned()
    }

    /// The pieces of the legend, on as many lines as they need; what does not fit on a line is left out.
    fn legend(&self, pieces: Vec<(usize, String)>) -> Vec<String> {
        let mut lines: Vec<(usize, String)> = Vec::new();
        for (width, piece) in pieces.into_iter().filter(|(width, _)| *width <= self.style.width) {
            match lines.last_mut() {
                Some((taken, line)) if *taken + BETWEEN.len() + width <= self.style.width => {
                    *taken += BETWEEN.len() + width;
                    *line += &format!("{BETWEEN}{piece}");
                }
                _ => lines.push((width, piece)),
            }
        }
        lines.into_iter().map(|(_, line)| line).collect()
    }
}
