//! A series in one line of marks, for beside a number or in a table cell. Its heights start at zero, so that twice
//! as high is twice as much; only values below zero lower the start.

use super::text::{MARKS, paint};
use super::{Style, drawable};

const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_HEIGHTS: [char; 7] = ['_', '.', '-', '=', '+', '*', '#'];

/// A line of marks and what they stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spark {
    /// The marks, one column each; a gap where values are missing.
    pub text: String,
    /// How many marks there are: the columns of the text.
    pub marks: usize,
    /// How many neighbouring values one mark is the mean of; the last mark may have fewer. More than one only if
    /// there are more values than columns.
    pub values_per_mark: usize,
}

/// A series as marks of different height.
pub fn spark(values: &[Option<f64>], style: Style) -> Spark {
    let values_per_mark = values.len().div_ceil(style.width.max(1)).max(1);
    let means: Vec<Option<f64>> =
        values.chunks(values_per_mark).take(style.width).map(mean_of_present).collect();
    let present = || means.iter().flatten().copied();
    let (lowest, highest) = (present().fold(0.0, f64::min), present().fold(0.0, f64::max));
    let heights: &[char] = if style.unicode { &HEIGHTS } else { &ASCII_HEIGHTS };
    let gap = if style.unicode { '·' } else { ' ' };
    let mark = |mean: &Option<f64>| mean.map_or(gap, |mean| heights[height(mean, lowest, highest, heights)]);
    let marks: String = means.iter().map(mark).collect();
    Spark { text: paint(&marks, MARKS, style), marks: means.len(), values_per_mark }
}

/// The mean of the values that are there, summed so that it cannot overflow.
fn mean_of_present(values: &[Option<f64>]) -> Option<f64> {
    let present = || values.iter().copied().filter_map(drawable);
    let count = present().count();
    (count > 0).then(|| present().map(|value| value / count as f64).sum())
}

fn height(value: f64, lowest: f64, highest: f64, heights: &[char]) -> usize {
    let top = heights.len() - 1;
    // Halves, since the distance between the largest floats is more than a float can hold.
    let range = highest / 2.0 - lowest / 2.0;
    let share = if range > 0.0 { (value / 2.0 - lowest / 2.0) / range } else { 0.0 };
    ((share * top as f64).round() as usize).min(top)
}
