//! Word lists: what a word is worth, and what it does to the words near it.
//!
//! A line is a word, a tab, and a valence from -4 to 4 or the name of a role; `#` starts a remark. `_` joins the words
//! of a phrase. Later files override earlier ones; a valence of 0 takes a word out, and a phrase with it is a formula.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What a word does to the words near it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    #[default]
    None,
    /// "Not": turns the next words around.
    Negates,
    /// "Very".
    Strengthens,
    /// "Somewhat".
    Weakens,
    /// "It would be great to …" asks politely: nothing in the clause is praise.
    Wishes,
    /// "But": what follows counts for more than what went before.
    Contrasts,
}

/// What is known of a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    /// From -4 to 4; none if the word is not rated.
    pub(super) valence: Option<f64>,
    /// What it does to others.
    pub(super) role: Role,
}

/// The words and phrases of one language.
pub(super) struct Lexicon {
    words: HashMap<&'static str, Word, BuildHasherDefault<Fnv>>,
    /// By their first word, longest first.
    phrases: HashMap<&'static str, Vec<&'static str>, BuildHasherDefault<Fnv>>,
}

impl Lexicon {
    /// Reads the files; lines that are not understood do not occur, as a test makes sure.
    pub(super) fn read(files: &[&'static str]) -> Self {
        let mut lexicon = Self { words: HashMap::default(), phrases: HashMap::default() };
        files.iter().flat_map(|file| entries(file)).for_each(|(word, value)| lexicon.put(word, value));
        lexicon
            .phrases
            .values_mut()
            .for_each(|list| list.sort_by_key(|phrase| (usize::MAX - phrase.len(), *phrase)));
        lexicon
    }

    fn put(&mut self, word: &'static str, value: Value) {
        let known = self.words.entry(word).or_default();
        match value {
            Value::Valence(valence) => known.valence = (valence != 0.0).then_some(valence),
            Value::Role(role) => known.role = role,
        }
        if let Some((first, _)) = word.split_once('_').filter(|(first, _)| !first.is_empty()) {
            self.phrases.entry(first).or_default().push(word);
        }
    }

    /// What is known of a word in lower case.
    pub(super) fn word(&self, word: &str) -> Option<&Word> {
        self.words.get(word)
    }

    /// The text with its phrases as one word each, and without its formulas: `fed up` becomes `fed_up`, and
    /// `thanks in advance` disappears.
    pub(super) fn join_phrases<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let (mut joined, mut copied, mut skip_to) = (String::new(), 0, 0);
        for (at, word) in words_at(text) {
            if at < skip_to {
                continue;
            }
            let Some((phrase, end)) = self.phrase(word, &text[at..]) else { continue };
            let rated =
                self.word(phrase).is_some_and(|word| word.valence.is_some() || word.role != Role::None);
            joined.push_str(&text[copied..at]);
            joined.push_str(if rated { phrase } else { "" });
            skip_to = at + end;
            copied = skip_to;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        joined.push_str(&text[copied..]);
        Cow::Owned(joined)
    }

    /// The longest phrase a text starts with, and where it ends.
    fn phrase(&self, first: &str, text: &str) -> Option<(&'static str, usize)> {
        let lower: Cow<'_, str> = if first.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
            first.to_lowercase().into()
        } else {
            first.into()
        };
        let phrases = self.phrases.get(lower.as_ref())?;
        phrases.iter().find_map(|phrase| Some((*phrase, starts_with_phrase(text, phrase)?)))
    }
}

/// Where a phrase that a text starts with ends, whatever its case and the white space within.
fn starts_with_phrase(text: &str, phrase: &str) -> Option<usize> {
    let mut rest = text;
    for (place, word) in phrase.split('_').enumerate() {
        let trimmed = rest.trim_start();
        if place > 0 && trimmed.len() == rest.len() {
            return None;
        }
        rest = trimmed;
        for char in word.chars() {
            let found = rest.chars().next().filter(|found| found.to_lowercase().eq([char]))?;
            rest = &rest[found.len_utf8()..];
        }
    }
    (!rest.starts_with(is_part_of_word)).then(|| text.len() - rest.len())
}

/// Letters, and what joins them.
pub(super) fn is_part_of_word(char: char) -> bool {
    char.is_alphabetic() || matches!(char, '\'' | '_')
}

/// The words of a text, and where they start.
pub(super) fn words_at(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    words(text).map(move |word| (word.as_ptr() as usize - start, word))
}

/// The words of a text, without the apostrophes around them.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char| !is_part_of_word(char))
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
}

/// What a line says of its word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    /// How much it is worth.
    Valence(f64),
    /// What it does to others.
    Role(Role),
}

/// The lines of a file.
pub(super) fn entries(file: &'static str) -> impl Iterator<Item = (&'static str, Value)> {
    lines(file)
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(word, value)| Some((word, self::value(value)?)))
}

/// The lines of a file that are not remarks.
pub(super) fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with("# ") && *line != "#")
}

fn value(text: &str) -> Option<Value> {
    let role = match text {
        "negates" => Role::Negates,
        "strengthens" => Role::Strengthens,
        "weakens" => Role::Weakens,
        "wishes" => Role::Wishes,
        "contrasts" => Role::Contrasts,
        number => return number.parse().ok().map(Value::Valence),
    };
    Some(Value::Role(role))
}

/// The FNV-1a hash: fast for words of a few letters, and the tables are ours, so nobody can make their keys collide.
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
