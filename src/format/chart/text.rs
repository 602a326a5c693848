//! Texts in charts: safe to show, cut or filled to a number of columns, coloured if wanted. Knows nothing of values.

use unicode_width::UnicodeWidthStr;

use super::super::cut::cut;
use super::super::visible::visible;
use super::Style;

/// The colour of what is said quietly: notes, column labels, legends.
pub(super) const QUIET: &str = "2";
/// The colour of marks that stand for values.
pub(super) const MARKS: &str = "36";
/// The colour of marks that stand for values below zero.
pub(super) const BELOW: &str = "35";

/// Characters that can share a column, in a family of emoji or a letter with its marks.
const CHARACTERS_A_COLUMN: usize = 8;

/// A text in which every character shows, no longer than can matter on a line.
pub(super) fn safe(text: &str, style: Style) -> String {
    let start: String = text.chars().take(style.width.saturating_mul(CHARACTERS_A_COLUMN)).collect();
    let shown = visible(&start);
    if shown.width() == 0 {
        // A lone mark would join what stands before it.
        return String::new();
    }
    if style.unicode { shown.into_owned() } else { shown.replace('↵', "\\n") }
}

/// A text cut, or filled with spaces on its right, to exactly so many columns.
pub(super) fn left(text: &str, width: usize, style: Style) -> String {
    let text = cut(text, width, style.unicode);
    let padding = " ".repeat(width.saturating_sub(text.width()));
    format!("{text}{padding}")
}

/// A text in a colour, if colours are wanted and there is something to see.
pub(super) fn paint(text: &str, colour: &str, style: Style) -> String {
    if style.colour && !text.trim().is_empty() {
        format!("\x1b[{colour}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// The columns of the widest of some texts.
pub(super) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0)
}
