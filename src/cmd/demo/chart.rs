//! A bar chart of a few labelled numbers, in the marks and the width the terminal has.

use super::answers::Bar;
use crate::cmd::words;
use crate::printer::Look;

/// Bars are never longer than this.
const LONGEST: usize = 48;
/// Eighths of a block, from one to seven.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// One line a bar, labels and numbers aligned.
pub(super) fn chart(bars: &[Bar], look: Look) -> Vec<String> {
    let label = bars.iter().map(|bar| bar.label.chars().count()).max().unwrap_or(0);
    let largest = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let number = words::count(largest).len();
    let room = look.width.saturating_sub(label + number + 6).clamp(8, LONGEST);
    let line = |bar: &Bar| {
        let value = words::count(bar.value);
        let pad = label - bar.label.chars().count();
        format!(
            "  {}{} {value:>number$} {}",
            bar.label,
            " ".repeat(pad),
            filled(bar.value, largest, room, look.unicode)
        )
    };
    bars.iter().map(|bar| line(bar).trim_end().to_owned()).collect()
}

fn filled(value: u64, largest: u64, room: usize, unicode: bool) -> String {
    let eighths = (value as f64 / largest as f64 * room as f64 * 8.0).round() as usize;
    if !unicode {
        return "#".repeat(eighths.div_ceil(8));
    }
    let rest = (eighths % 8).checked_sub(1).map(|index| EIGHTHS[index]);
    "█".repeat(eighths / 8).chars().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars() -> Vec<Bar> {
        let bar = |label: &str, value| Bar { label: label.to_owned(), value };
        vec![bar("2026-11-09", 1_200), bar("2026-11-16", 75), bar("none", 0)]
    }

    #[test]
    fn bars_fit_the_width_and_stand_in_proportion() {
        insta::assert_snapshot!(chart(&bars(), Look { width: 40, ..Look::PLAIN }).join("\n"), @"
          2026-11-09 1,200 ███████████████████
          2026-11-16    75 █▎
          none           0
        ");
    }

    #[test]
    fn without_unicode_they_are_ascii() {
        let text = chart(&bars(), Look { width: 40, unicode: false, ..Look::PLAIN }).join("\n");
        assert!(text.is_ascii() && text.contains("1,200 ###################\n"), "{text}");
    }

    #[test]
    fn no_bars_are_no_lines() {
        assert!(chart(&[], Look::PLAIN).is_empty());
    }
}
