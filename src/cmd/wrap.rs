//! Text in lines that fit a terminal.

use unicode_width::UnicodeWidthStr;

use crate::format::visible;

/// How far in a paragraph goes on.
const HANGING: usize = 2;

/// A text in lines of at most this width, each safe to show; what begins with blanks goes on below its first word.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(&visible(line), width, 0)).collect()
}

/// The same, with what follows the first line of each paragraph a little further in.
pub(super) fn hanging(text: &str, width: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(&visible(line), width, HANGING)).collect()
}

fn wrap_line(line: &str, width: usize, hanging: usize) -> Vec<String> {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    // An indent that leaves no room for words is none.
    let indent = |blanks: usize| " ".repeat(if blanks < width / 2 { blanks } else { 0 });
    let mut lines = vec![indent(blanks)];
    let indent = indent(blanks + hanging);
    let mut is_empty = true;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last().map_or(0, |last| last.width());
        if !is_empty && last + 1 + word.width() > width {
            lines.push(indent.clone());
            is_empty = true;
        }
        for piece in pieces(word, width.saturating_sub(indent.len()).max(1)) {
            if !is_empty && lines.last().is_some_and(|last| last.width() + 1 + piece.width() > width) {
                lines.push(indent.clone());
                is_empty = true;
            }
            if let Some(last) = lines.last_mut() {
                if !is_empty {
                    last.push(' ');
                }
                last.push_str(piece);
            }
            is_empty = false;
        }
    }
    lines
}

/// A word in pieces that fit: one, unless it is longer than a line.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, character) in word.char_indices() {
        let end = at + character.len_utf8();
        if at > start && word[start..end].width() > width {
            pieces.push(&word[start..at]);
            start = at;
        }
    }
    pieces.push(&word[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_to_the_next_line_and_lists_stay_lists() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("  - one two three", 10), ["  - one", "  two", "  three"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(hanging("one two three\nfour", 7), ["one two", "  three", "four"]);
    }

    #[test]
    fn words_longer_than_a_line_are_broken_and_wide_characters_count_twice() {
        assert_eq!(wrap("see https://x.example/abc", 10), ["see", "https://x.", "example/ab", "c"]);
        assert_eq!(wrap("日本語です", 4), ["日本", "語で", "す"]);
        assert_eq!(wrap("abc", 1), ["a", "b", "c"]);
    }

    #[test]
    fn what_could_steer_a_terminal_shows() {
        assert_eq!(wrap("a\x1b[2Jb\u{202e}c", 80), [r"a\u{1b}[2Jb\u{202e}c"]);
    }
}
