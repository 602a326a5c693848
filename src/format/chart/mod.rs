//! Numbers drawn in text: bars, a line of marks, a grid of shades, and the numbers themselves as people read them.
//!
//! Pure functions from data to text; nothing here prints, asks the terminal or knows where numbers come from. What
//! holds for every chart: no line takes more columns than [`Style::width`], lines are joined without a line break at
//! the end, no data is an empty text, NaN and infinity count as missing, labels are made safe to show and cut where
//! they are long, and colour only repeats what the marks say.

mod bar;
mod heat;
mod number;
mod scale;
mod shade;
mod spark;
mod text;

pub use bar::{Bar, bars};
pub use heat::{heat, heat_shown};
pub use number::{count, delta, duration_seconds, number, percent};
pub use spark::{Spark, spark};

/// What the place a chart is shown in can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of a line.
    pub width: usize,
    /// Whether to colour.
    pub colour: bool,
    /// Whether marks beyond ASCII can be shown.
    pub unicode: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, colour: false, unicode: true }
    }
}

/// A value that can be drawn: neither NaN nor infinite.
fn drawable(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}
