//! From a value to a shade: the mark and colour of a cell of the grid, and the legend that explains them.
//!
//! Shades are told by mark alone; colour repeats it in finer steps, from grey to red, in tones of middle lightness
//! that stand out from a dark and a light background.

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::text::{QUIET, paint};

const SHADES: [char; 4] = ['░', '▒', '▓', '█'];
/// The same marks in the finer steps that colour allows.
const COLOURED_SHADES: [char; 8] = ['░', '░', '▒', '▒', '▓', '▓', '█', '█'];
const ASCII_SHADES: [char; 9] = ['.', ':', '-', '=', '+', '*', '#', '%', '@'];
/// Colours of the 256 that terminals have, from little to much.
const COLOURS: [u8; 9] = [245, 137, 173, 179, 214, 208, 202, 196, 160];
const BLACK: u8 = 16;

/// How values become shades.
pub(super) struct Shades {
    style: Style,
    marks: &'static [char],
    /// The value that shows blank: zero, or the lowest if that is below.
    floor: f64,
    /// The value with the darkest mark.
    highest: f64,
    has_missing: bool,
    has_values: bool,
}

impl Shades {
    pub(super) fn new(values: impl Iterator<Item = Option<f64>> + Clone, style: Style) -> Self {
        let marks: &[char] = match style {
            Style { unicode: false, .. } => &ASCII_SHADES,
            Style { colour: true, .. } => &COLOURED_SHADES,
            _ => &SHADES,
        };
        Self {
            style,
            marks,
            floor: values.clone().flatten().fold(0.0, f64::min),
            highest: values.clone().flatten().fold(0.0, f64::max),
            has_missing: values.clone().any(|value| value.is_none()),
            has_values: values.flatten().next().is_some(),
        }
    }

    /// The cell of a value, so many columns wide.
    pub(super) fn cell(&self, value: Option<f64>, width: usize) -> String {
        match value.map(|value| self.step(value)) {
            None => paint(self.missing(), QUIET, self.style) + &" ".repeat(width - 1),
            Some(0) => " ".repeat(width),
            Some(step) => self.swatch(step, width),
        }
    }

    /// What the marks mean, in pieces of known width: blank, the range, what is missing.
    pub(super) fn legend(&self, shown: impl Fn(f64) -> String) -> Vec<(usize, String)> {
        let quiet = |text: String| (text.width(), paint(&text, QUIET, self.style));
        let blank = self.has_values.then(|| quiet(format!("blank {}", shown(self.floor))));
        let range = (self.highest > self.floor).then(|| {
            let swatches: String = (1..=self.marks.len()).map(|step| self.swatch(step, 1)).collect();
            let highest = format!("to {}", shown(self.highest));
            let width = self.marks.len() + 1 + highest.width();
            if width > self.style.width {
                return quiet(highest);
            }
            (width, format!("{swatches} {}", quiet(highest).1))
        });
        let missing = self.has_missing.then(|| quiet(format!("{} no data", self.missing())));
        [blank, range, missing].into_iter().flatten().collect()
    }

    fn missing(&self) -> &'static str {
        if self.style.unicode { "·" } else { "/" }
    }

    /// Zero for the floor, else from one to the number of marks; all above the floor have a mark.
    fn step(&self, value: f64) -> usize {
        if value <= self.floor {
            return 0;
        }
        // Halves, since the distance between the largest floats is more than a float can hold.
        let share = (value / 2.0 - self.floor / 2.0) / (self.highest / 2.0 - self.floor / 2.0);
        ((share * self.marks.len() as f64).ceil() as usize).clamp(1, self.marks.len())
    }

    /// Marks on a coloured ground: in the next stronger colour, with which a shade mixes, or in black.
    fn swatch(&self, step: usize, width: usize) -> String {
        let marks = self.marks[step - 1].to_string().repeat(width);
        let ground = (step - 1) * (COLOURS.len() - 1) / (self.marks.len() - 1);
        let mark = if self.style.unicode { COLOURS[(ground + 1).min(COLOURS.len() - 1)] } else { BLACK };
        paint(&marks, &format!("38;5;{mark};48;5;{}", COLOURS[ground]), self.style)
    }
}
