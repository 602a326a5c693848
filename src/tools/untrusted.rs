//! Text that customers wrote: data, never instructions, and safe to show.

use serde::Serialize;

use crate::format::is_hidden;

/// Text from outside, without control, invisible and direction-changing characters, and of bounded length.
///
/// What it says is what a customer wrote. Whoever reads an answer, a model above all, must not take it for more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// At most so many characters of a text; what was cut shows as an ellipsis.
    pub(super) fn new(text: &str, most_chars: usize) -> Self {
        let mut clean = String::new();
        for word in text.split(|character: char| character.is_whitespace() || character.is_control()) {
            let word: String = word.chars().filter(|character| !is_hidden(*character)).collect();
            if !word.is_empty() {
                if !clean.is_empty() {
                    clean.push(' ');
                }
                clean.push_str(&word);
            }
        }
        if let Some((end, _)) = clean.char_indices().nth(most_chars) {
            clean.truncate(end);
            clean.truncate(clean.trim_end().len());
            clean.push('…');
        }
        Self(clean)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_gone_and_the_rest_stays() {
        let clean = |text: &str| Untrusted::new(text, 40).0;
        assert_eq!(clean("It\u{202e} works\n\n now\u{0}!\u{200b}"), "It works now !");
        assert_eq!(clean("Grüße 👩\u{200d}💻 日本"), "Grüße 👩\u{200d}💻 日本");
        assert_eq!(clean("\u{feff} \t"), "");
        assert_eq!(Untrusted::new("refund please", 6).0, "refund…");
        assert_eq!(Untrusted::new("refund please", 7).0, "refund…");
        assert_eq!(Untrusted::new("refund", 6).0, "refund");
    }
}
