//! A place in SQL, shown as the line with a mark under it.

use std::fmt;

use unicode_width::UnicodeWidthStr;

/// What is shown of a long line, on either side of the place.
const MARGIN: usize = 50;

/// Where in a text something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in that line, in characters, from 1.
    pub column: usize,
    excerpt: String,
    indent: usize,
    marks: usize,
}

impl Place {
    /// The place of some bytes of a text; `None` when they are not in it.
    pub(super) fn new(sql: &str, start: usize, length: usize) -> Option<Self> {
        if start > sql.len() || !sql.is_char_boundary(start) {
            return None;
        }
        let line_start = sql[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = sql[start..].find('\n').map_or(sql.len(), |at| start + at);
        let (before, after) = (&sql[line_start..start], &sql[start..line_end]);
        let marked = after.get(..length.min(after.len())).unwrap_or(after);
        let is_short = before.chars().count() + after.chars().count() <= 2 * MARGIN;
        let margin = if is_short { 2 * MARGIN } else { MARGIN };
        let (shown_before, shown_after) = (end_of(before, margin), start_of(after, margin));
        let lead = if shown_before.len() < before.len() { "…" } else { "" };
        let trail = if shown_after.len() < after.len() { "…" } else { "" };
        Some(Self {
            line: sql[..start].matches('\n').count() + 1,
            column: before.chars().count() + 1,
            excerpt: one_line(&format!("{lead}{shown_before}{shown_after}{trail}")),
            indent: one_line(&format!("{lead}{shown_before}")).width(),
            marks: one_line(start_of(marked, margin)).width().max(1),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = format!("line {}: ", self.line);
        let indent = " ".repeat(label.len() + self.indent);
        write!(f, "{label}{}\n{indent}{}", self.excerpt.trim_end(), "^".repeat(self.marks))
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn start_of(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}

fn end_of(text: &str, characters: usize) -> &str {
    let skipped = text.chars().count().saturating_sub(characters);
    text.char_indices().nth(skipped).map_or("", |(at, _)| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sql: &str, start: usize, length: usize) -> String {
        Place::new(sql, start, length).map(|place| place.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_line_is_shown_with_a_mark() {
        assert_eq!(shown("SELECT a,\n  stat_tim\nFROM t", 12, 8), "line 2:   stat_tim\n          ^^^^^^^^");
        assert_eq!(shown("SELECT\t日本 x", 14, 1), "line 1: SELECT 日本 x\n                    ^");
        assert_eq!(shown("SELECT", 6, 1), "line 1: SELECT\n              ^");
        assert_eq!(shown("SELECT", 7, 1), "");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let sql = format!("SELECT {} wrong {}", "a, ".repeat(100), "b, ".repeat(100));
        let shown = shown(&sql, 308, 5);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("line 1: …") && lines[0].ends_with('…'), "{shown}");
        let column = lines[1].find('^').unwrap();
        assert_eq!(lines[0].chars().skip(column).take(5).collect::<String>(), "wrong");
    }
}
