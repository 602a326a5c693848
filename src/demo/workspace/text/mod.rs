//! What people write: phrases per language and topic, with slots to fill in.
//!
//! Owns the phrase books (`*.txt`, one per language) and the HTML they are made into. Knows nothing of
//! who says what when.

use super::draw::Draw;
use std::collections::BTreeMap;
use std::sync::LazyLock;

mod slots;
pub(crate) use slots::Slots;

/// The phrases of one topic, by section name.
type Sections = BTreeMap<&'static str, Vec<&'static str>>;

/// The phrases of one language.
pub(crate) struct Book {
    common: Sections,
    topics: Vec<Sections>,
}

/// Languages with a phrase book, English first.
pub(crate) const LANGUAGES: &[&str] = &["en", "de", "fr", "es", "ja", "zh"];

static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| {
    [
        include_str!("en.txt"),
        include_str!("de.txt"),
        include_str!("fr.txt"),
        include_str!("es.txt"),
        include_str!("ja.txt"),
        include_str!("zh.txt"),
    ]
    .into_iter()
    .map(parse)
    .collect()
});

/// Reads a phrase book: `@topic` headings, then `section: phrase | phrase`.
fn parse(text: &'static str) -> Book {
    let mut common = Sections::new();
    let mut topics: Vec<Sections> = vec![Sections::new(); super::topics::TOPICS.len()];
    let mut current: Option<usize> = None;
    for line in text.lines() {
        if let Some(key) = line.strip_prefix('@') {
            current = super::topics::TOPICS.iter().position(|topic| topic.key == key);
        } else if let Some((section, phrases)) = line.split_once(": ") {
            let phrases =
                phrases.split(" | ").map(|p| p.trim_end_matches(" |")).filter(|p| !p.is_empty()).collect();
            let target = current.map_or(&mut common, |n| &mut topics[n]);
            target.insert(section, phrases);
        }
    }
    Book { common, topics }
}

/// The book of a language; English for those without one.
pub(crate) fn book(language: &str) -> &'static Book {
    let position = LANGUAGES.iter().position(|known| *known == language).unwrap_or(0);
    &BOOKS[position]
}

impl Book {
    /// Whether everything about a topic was said.
    pub(crate) fn is_exhausted(&self, topic: u8, section: &str, said: &Said) -> bool {
        let phrases = self.topics[usize::from(topic)].get(section);
        phrases.is_none_or(|phrases| phrases.iter().all(|phrase| said.0.contains(phrase)))
    }

    /// A phrase everybody uses.
    pub(crate) fn common(&self, draw: &mut Draw, section: &str, said: &mut Said) -> &'static str {
        self.common.get(section).map_or("", |phrases| said.fresh(draw, phrases))
    }

    /// A phrase about a topic.
    pub(crate) fn topic(&self, draw: &mut Draw, topic: u8, section: &str, said: &mut Said) -> &'static str {
        self.topics[usize::from(topic)].get(section).map_or("", |phrases| said.fresh(draw, phrases))
    }
}

/// What was said in a conversation already: nobody likes to repeat themselves.
#[derive(Default)]
pub(crate) struct Said(Vec<&'static str>);

impl Said {
    /// A phrase not said yet, as long as there is one.
    fn fresh(&mut self, draw: &mut Draw, phrases: &[&'static str]) -> &'static str {
        let first = draw.below(phrases.len() as u64) as usize;
        let from_there = phrases[first..].iter().chain(&phrases[..first]);
        let phrase = from_there.copied().find(|phrase| !self.0.contains(phrase)).unwrap_or(phrases[first]);
        self.0.push(phrase);
        phrase
    }
}

/// Teammates' notes are in English whatever the customer speaks.
pub(crate) fn note(draw: &mut Draw, topic: u8) -> &'static str {
    BOOKS[0].topic(draw, topic, "note", &mut Said::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_section_of_every_topic() {
        let common =
            ["hello", "bye", "ack", "thanks", "closing", "chase", "human", "again", "patience", "bot"];
        let also = [
            "confirm",
            "rate",
            "quick",
            "praise",
            "middling",
            "slow",
            "gripe",
            "complaint",
            "reminder",
            "context",
            "advice",
        ];
        for (language, book) in LANGUAGES.iter().zip(BOOKS.iter()) {
            for section in common.iter().chain(&also) {
                assert!(book.common.get(section).is_some_and(|p| !p.is_empty()), "{language} {section}");
            }
            for (topic, sections) in super::super::topics::TOPICS.iter().zip(&book.topics) {
                for section in ["title", "open", "detail", "ask", "give", "answer", "more"] {
                    let phrases = sections.get(section);
                    assert!(phrases.is_some_and(|p| !p.is_empty()), "{language} {} {section}", topic.key);
                }
            }
        }
        assert!(BOOKS[0].topics.iter().all(|topic| topic.contains_key("note")));
    }
}
