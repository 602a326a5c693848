//! Cutting a text to the columns it may take on a terminal.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

/// What stands for what was left out; one column wide.
pub(super) fn ellipsis(unicode: bool) -> &'static str {
    if unicode { "…" } else { "~" }
}

/// As much of a text as fits, with an ellipsis where something is missing.
pub fn cut(text: &str, width: usize, unicode: bool) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    if width == 0 {
        return Cow::Borrowed("");
    }
    let mut kept = 0;
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        // Characters can share a cell with their neighbours, so only the whole start tells its width.
        if text[..end].width() >= width {
            break;
        }
        kept = end;
    }
    Cow::Owned(format!("{}{}", &text[..kept], ellipsis(unicode)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_whole() {
        assert_eq!(cut("abc", 3, true), "abc");
        assert_eq!(cut("", 0, true), "");
        assert_eq!(cut("日本", 4, true), "日本");
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(cut("abcd", 3, true), "ab…");
        assert_eq!(cut("abcd", 3, false), "ab~");
        assert_eq!(cut("abcd", 1, true), "…");
        assert_eq!(cut("abcd", 0, true), "");
        assert_eq!(cut("日本語", 4, true), "日…");
        assert_eq!(cut("👩‍👩‍👧👍👍", 5, true), "👩‍👩‍👧👍…");
    }
}
