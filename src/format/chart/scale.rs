//! How long a bar is and what it is made of. Values above zero go right from a common zero, values below go left.
//!
//! Bars to the right end in an eighth of a column, bars to the left in a half, since there are no marks for less.

use std::iter;

/// Eighths of a column, from one to seven, filled from the left.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/// Half a column, filled from the right.
const RIGHT_HALF: char = '▐';
const FULL: char = '█';

/// One scale for all bars of a chart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// The value farthest from zero, without its sign; zero where no bar can be drawn.
    largest: f64,
    /// Columns of a bar for that value.
    columns: usize,
    /// Columns left of zero.
    left: usize,
}

/// A bar in its place.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Spaces in front.
    pub(super) indent: usize,
    /// What the bar is made of.
    pub(super) marks: String,
}

impl Drawn {
    /// Columns up to the end of the bar.
    pub(super) fn width(&self) -> usize {
        self.indent + self.marks.chars().count()
    }
}

impl Scale {
    /// The scale on which bars for all of these values fit side by side, at least two columns.
    pub(super) fn new(values: impl Iterator<Item = f64> + Clone, columns: usize) -> Self {
        let above = values.clone().fold(0.0, f64::max);
        let below = -values.fold(0.0, f64::min);
        let (largest, other) = if below > above { (below, above) } else { (above, below) };
        if other == 0.0 {
            return Self { largest, columns, left: if below > 0.0 { columns } else { 0 } };
        }
        let longest = columns as f64 / (1.0 + other / largest);
        let longest = (longest as usize).min(columns.saturating_sub(1));
        Self { largest, columns: longest, left: if below > above { longest } else { columns - longest } }
    }

    /// The bar for a value; nothing for zero, at least the thinnest mark for all else.
    pub(super) fn draw(self, value: f64, unicode: bool) -> Drawn {
        if value == 0.0 {
            return Drawn { indent: self.left, marks: String::new() };
        }
        if value < 0.0 {
            let marks = self.leftwards(value, unicode);
            return Drawn { indent: self.left.saturating_sub(marks.chars().count()), marks };
        }
        Drawn { indent: self.left, marks: self.rightwards(value, unicode) }
    }

    fn rightwards(self, value: f64, unicode: bool) -> String {
        if !unicode {
            return "#".repeat(self.parts(value, 1));
        }
        let eighths = self.parts(value, 8);
        let rest = (eighths % 8).checked_sub(1).map(|index| EIGHTHS[index]);
        iter::repeat_n(FULL, eighths / 8).chain(rest).collect()
    }

    fn leftwards(self, value: f64, unicode: bool) -> String {
        if !unicode {
            return "=".repeat(self.parts(value, 1));
        }
        let halves = self.parts(value, 2);
        let rest = (halves % 2 == 1).then_some(RIGHT_HALF);
        rest.into_iter().chain(iter::repeat_n(FULL, halves / 2)).collect()
    }

    /// The length of a bar in parts of a column.
    fn parts(self, value: f64, of_column: usize) -> usize {
        // A share first: it is at most one, however large or small the values are.
        let share = value.abs() / self.largest;
        let parts = share * (self.columns * of_column) as f64;
        (parts.round() as usize).max(1)
    }
}
