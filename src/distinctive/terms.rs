//! The terms of a text: words that can tell what it is about.
//!
//! Words are cut by the rules of Unicode and written in lower case, accents kept. Numbers, ids, links, addresses and
//! words too common to tell anything are no terms. Chinese and Japanese put no spaces between words: pairs of
//! characters stand for theirs.

use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation;

/// At most so many bytes of a text are read; what follows in longer ones is logs and history.
const LONGEST_TEXT_BYTES: usize = 64 * 1024;

/// Longer words are keys, hashes and slips of the keyboard.
const LONGEST_WORD_BYTES: usize = 60;

/// Per language, words too common to tell anything.
static STOP_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("stop-words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(": ")).flat_map(|(_, words)| words.split(' ')).collect()
});

/// Calls back with each word in its order, and whether it directly follows the one before.
pub(super) fn words(text: &str, mut each: impl FnMut(&str, bool)) {
    let lower = shortened(text).to_lowercase().replace('’', "'");
    lower.lines().for_each(|line| words_of_line(line, &mut each));
}

fn words_of_line(line: &str, each: &mut impl FnMut(&str, bool)) {
    let mut follows = false;
    for chunk in line.split_whitespace() {
        if is_reference(chunk) {
            follows = false;
            continue;
        }
        let mut end = 0;
        let mut characters = Characters::default();
        for (at, word) in chunk.unicode_word_indices() {
            follows = matches!(&chunk[end..at], "" | "-") && follows;
            end = at + word.len();
            if let Some(han) = single_han(word) {
                characters.put(han, at, each);
                follows = false;
            } else if let Some(word) = bare(word) {
                each(word, follows);
                follows = true;
            } else {
                follows = false;
            }
        }
        follows = follows && end == chunk.len();
    }
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Links, e-mail addresses, order numbers.
fn is_reference(chunk: &str) -> bool {
    let is_link = chunk.contains("://") || chunk.contains('@') || chunk.starts_with("www.");
    is_link || chunk.is_ascii() && chunk.bytes().any(|byte| byte.is_ascii_digit())
}

/// A word without what grammar hangs on it, "l'export" and "bank's"; nothing if it is no word of a language.
fn bare(word: &str) -> Option<&str> {
    if STOP_WORDS.contains(word) {
        return Some(word);
    }
    let word = word.strip_suffix("'s").unwrap_or(word);
    let word = word.split_once('\'').filter(|(elided, _)| elided.len() <= 2).map_or(word, |(_, rest)| rest);
    let is_kana = word.chars().all(|char| ('\u{3041}'..='\u{309f}').contains(&char));
    let is_word = !is_kana && word.len() <= LONGEST_WORD_BYTES && word.chars().nth(1).is_some();
    (is_word && !word.contains(|char: char| char.is_numeric() || matches!(char, '_' | '.' | ':')))
        .then_some(word)
}

/// Whether a word is too common to tell anything.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(word)
}

/// The character of a word that is a single Chinese character.
fn single_han(word: &str) -> Option<char> {
    let mut chars = word.chars();
    chars.next().filter(|char| is_han(*char) && chars.next().is_none())
}

/// Chinese characters, as Chinese and Japanese write them.
pub(super) fn is_han(char: char) -> bool {
    matches!(char, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// A run of Chinese characters, as the pairs of neighbours in it.
#[derive(Default)]
struct Characters {
    last: Option<(char, usize)>,
    pairs: usize,
}

impl Characters {
    fn put(&mut self, char: char, at: usize, each: &mut impl FnMut(&str, bool)) {
        match self.last {
            Some((last, end)) if end == at => {
                let pair: String = [last, char].iter().collect();
                each(&pair, self.pairs > 0);
                self.pairs += 1;
            }
            _ => self.pairs = 0,
        }
        self.last = Some((char, at + char.len_utf8()));
    }
}
