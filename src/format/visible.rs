//! Text from customers made safe to show: whatever could steer a terminal, hide or turn text around becomes visible.

use std::borrow::Cow;

/// Marks that may follow a letter; more of them only make a tower.
const MARKS_IN_A_ROW: usize = 4;

/// One line of text in which every character shows: a line break as `↵`, a tab as a space, other control characters
/// and invisible or direction-changing ones as `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        marks = if is_mark(character) { marks + 1 } else { 0 };
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => shown.push('↵'),
            '\t' => shown.push(' '),
            character if is_hidden(character) => shown.extend(character.escape_unicode()),
            _ if marks > MARKS_IN_A_ROW => {}
            character => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// Control characters; characters that show nothing; characters that change the direction of what follows. Joiners are
/// none: emoji and several scripts need them.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' |
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' |
            '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' |
            '\u{e0000}'..='\u{e007f}')
}

/// Characters without a width of their own.
fn is_mark(character: char) -> bool {
    unicode_width::UnicodeWidthChar::width(character) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_language_stays_as_it_is() {
        for text in ["plain", "Grüße, naïve", "日本語", "مرحبا", "👩‍👩‍👧 and 👍🏽", "e\u{301}"]
        {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_could_steer_a_terminal_shows() {
        assert_eq!(visible("a\x1b[31mred\x07"), r"a\u{1b}[31mred\u{7}");
        assert_eq!(visible("one\r\ntwo\nthree\rfour\tfive"), "one↵two↵three↵four five");
        assert_eq!(visible("user\u{202e}gnp.exe"), r"user\u{202e}gnp.exe");
        assert_eq!(visible("a\u{200b}b\u{feff}"), r"a\u{200b}b\u{feff}");
        assert_eq!(visible("\u{9b}31m"), r"\u{9b}31m");
    }

    #[test]
    fn towers_of_marks_are_cut() {
        let tower = format!("a{}b", "\u{301}".repeat(100));
        assert_eq!(visible(&tower).chars().count(), 1 + MARKS_IN_A_ROW + 1);
    }
}
