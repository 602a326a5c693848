//! Horizontal bars: one labelled number a line. Owns what goes where and what gives way when it gets narrow; how long
//! a bar is belongs to [`Scale`].
//!
//! What does not fit gives way in this order: labels are cut, notes are cut and go, bars go, numbers go.

use unicode_width::UnicodeWidthStr;

use super::super::cut::cut;
use super::scale::{Drawn, Scale};
use super::text::{BELOW, MARKS, QUIET, left, paint, safe, widest};
use super::{Style, drawable};

/// Columns between label and number, which may both contain spaces.
const AFTER_LABEL: usize = 2;
/// Bars are not drawn in fewer columns.
const LEAST_BAR: usize = 6;
/// Labels are cut to no fewer columns for the sake of bars.
const LEAST_LABEL: usize = 10;
/// Labels are cut to no fewer columns for the sake of numbers.
const LEAST_NARROW_LABEL: usize = 4;
/// Notes are cut to no fewer columns.
const LEAST_NOTE: usize = 16;

/// One line of a bar chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar<'a> {
    /// What the number is about.
    pub label: &'a str,
    /// The length of the bar. A value below zero is drawn to the left; one that is missing is shown as a dash.
    pub value: Option<f64>,
    /// The value as text: `1 h 20 min`, `48 %`.
    pub shown: &'a str,
    /// What is said behind the bar, if there is room.
    pub note: Option<&'a str>,
}

/// Bars from a common zero, one a line: label, number, bar, note.
pub fn bars(rows: &[Bar<'_>], style: Style) -> String {
    let lines: Vec<Line> = rows.iter().map(|row| Line::new(row, style)).collect();
    let layout = Layout::new(&lines, style);
    let drawn: Vec<String> = lines.iter().map(|line| layout.draw(line)).collect();
    drawn.join("\n")
}

/// A row with its texts made safe.
struct Line {
    label: String,
    number: String,
    note: String,
    value: Option<f64>,
}

impl Line {
    fn new(row: &Bar<'_>, style: Style) -> Self {
        let value = drawable(row.value);
        let dash = if style.unicode { "–" } else { "-" };
        Self {
            label: safe(row.label, style),
            number: safe(if value.is_some() { row.shown } else { dash }, style),
            note: safe(row.note.unwrap_or_default(), style),
            value,
        }
    }
}

/// The columns every line has.
struct Layout {
    style: Style,
    label: usize,
    number: Option<usize>,
    plot: Option<Plot>,
}

impl Layout {
    fn new(lines: &[Line], style: Style) -> Self {
        let label = widest(lines.iter().map(|line| line.label.as_str()));
        let number = widest(lines.iter().map(|line| line.number.as_str()));
        let only_label = Self { style, label: label.min(style.width), number: None, plot: None };

        let Some(rest) = style.width.checked_sub(AFTER_LABEL + number) else { return only_label };
        if rest < label.min(LEAST_NARROW_LABEL) {
            return only_label;
        }
        let only_text = Self { label: label.min(rest), number: Some(number), ..only_label };

        let least_label = label.min(LEAST_LABEL);
        let Some(rest) = rest.checked_sub(1).filter(|rest| *rest >= least_label + LEAST_BAR) else {
            return only_text;
        };
        let label = label.min(least_label.max(rest / 2));
        Self { label, plot: Some(Plot::new(lines, rest - label)), ..only_text }
    }

    fn draw(&self, line: &Line) -> String {
        let style = self.style;
        let mut text = left(&line.label, self.label, style);
        if let Some(number) = self.number {
            let padding = AFTER_LABEL + number - line.number.width();
            text += &" ".repeat(padding);
            match line.value {
                Some(_) => text += &line.number,
                None => text += &paint(&line.number, QUIET, style),
            }
        }
        if let Some(plot) = &self.plot {
            text.push(' ');
            text += &plot.draw(line, style);
        }
        text.trim_end().to_owned()
    }
}

/// Where bars and notes go.
struct Plot {
    scale: Scale,
    /// Columns a note may take; zero if there is no room for any.
    note: usize,
}

impl Plot {
    /// The longest bars that leave room for the notes behind them.
    fn new(lines: &[Line], columns: usize) -> Self {
        let scale = |columns| Scale::new(lines.iter().filter_map(|line| line.value), columns);
        let most = (columns * 2 / 3).min(columns - LEAST_BAR).saturating_sub(1);
        let wanted = widest(lines.iter().map(|line| line.note.as_str()));
        if most < wanted.min(LEAST_NOTE) {
            return Self { scale: scale(columns), note: 0 };
        }
        let note = wanted.min(most);
        let least = columns - note - 1;
        let mut plots = (least..=columns).rev().map(|bar| Self { scale: scale(bar), note });
        let fits = |plot: &Self| lines.iter().all(|line| plot.width(line) <= columns);
        plots.find(fits).unwrap_or(Self { scale: scale(columns), note: 0 })
    }

    /// Columns of a bar and the note behind it.
    fn width(&self, line: &Line) -> usize {
        let note = line.note.width().min(self.note);
        let bar = self.bar(line, true).width();
        if note > 0 && bar > 0 { bar + 1 + note } else { bar + note }
    }

    fn bar(&self, line: &Line, unicode: bool) -> Drawn {
        line.value.map(|value| self.scale.draw(value, unicode)).unwrap_or_default()
    }

    fn draw(&self, line: &Line, style: Style) -> String {
        let bar = self.bar(line, style.unicode);
        let colour = if line.value.is_some_and(|value| value < 0.0) { BELOW } else { MARKS };
        let note = cut(&line.note, self.note, style.unicode).into_owned();
        let gap = if bar.width() > 0 && !note.is_empty() { " " } else { "" };
        let indent = " ".repeat(bar.indent);
        format!("{indent}{}{gap}{}", paint(&bar.marks, colour, style), paint(&note, QUIET, style))
    }
}
