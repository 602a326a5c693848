//! In how many documents each word and each pair of neighbours is. Words have numbers, so that a pair is two of them.

use super::terms;
use std::collections::HashMap;

/// More words than these are not remembered.
const MOST_WORDS: usize = 200_000;

/// More pairs than these are not remembered.
const MOST_PAIRS: usize = 400_000;

/// Documents with a term: in the rest, and in focus.
pub(super) type Documents = [u32; 2];

/// What is remembered of a word or pair.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    documents: Documents,
    /// The last document it was counted in, so that it counts once in each.
    last: u64,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    number: u32,
    is_stop_word: bool,
    seen: Seen,
}

/// The counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    words: HashMap<Box<str>, Word>,
    pairs: HashMap<(u32, u32), Seen>,
    /// The number of the next new word.
    next: u32,
    /// How many documents were counted.
    document: u64,
    /// Terms in so few documents were forgotten.
    forgotten: u32,
}

impl Seen {
    fn count(&mut self, document: u64, group: usize) {
        if self.last != document {
            self.last = document;
            self.documents[group] = self.documents[group].saturating_add(1);
        }
    }

    fn merge(&mut self, other: Self) {
        for (own, others) in self.documents.iter_mut().zip(other.documents) {
            *own = own.saturating_add(others);
        }
    }

    fn total(&self) -> u32 {
        self.documents[0].saturating_add(self.documents[1])
    }
}

impl Counts {
    /// Counts the words of a document of a group, and the pairs of neighbours.
    pub(super) fn add(&mut self, document: &str, group: usize) {
        self.document += 1;
        let mut before = None;
        terms::words(document, |text, follows| {
            let (document, word) = (self.document, self.word(text));
            let number = (!word.is_stop_word).then_some(word.number);
            if number.is_some() {
                word.seen.count(document, group);
            }
            if let (Some(before), Some(number), true) = (before, number, follows) {
                self.pairs.entry((before, number)).or_default().count(document, group);
            }
            before = number;
        });
        self.forget();
    }

    fn word(&mut self, text: &str) -> &mut Word {
        if !self.words.contains_key(text) {
            let word =
                Word { number: self.next, is_stop_word: terms::is_stop_word(text), seen: Seen::default() };
            self.next += 1;
            self.words.insert(text.into(), word);
        }
        self.words.get_mut(text).expect("it was inserted if it was missing")
    }

    /// Adds the counts of other documents.
    pub(super) fn merge(&mut self, other: Self) {
        let mut numbers = HashMap::with_capacity(other.words.len());
        for (text, word) in other.words {
            let own = self.word(&text);
            own.seen.merge(word.seen);
            numbers.insert(word.number, own.number);
        }
        for ((first, second), seen) in other.pairs {
            if let (Some(first), Some(second)) = (numbers.get(&first), numbers.get(&second)) {
                self.pairs.entry((*first, *second)).or_default().merge(seen);
            }
        }
        self.forgotten = self.forgotten.max(other.forgotten);
        self.forget();
    }

    /// Forgets the terms in the fewest documents while there are too many.
    fn forget(&mut self) {
        if self.words.len() <= MOST_WORDS && self.pairs.len() <= MOST_PAIRS {
            return;
        }
        let mut fewest = 0;
        while self.words.len() > MOST_WORDS / 4 * 3 || self.pairs.len() > MOST_PAIRS / 4 * 3 {
            fewest += 1;
            self.pairs.retain(|_, seen| seen.total() > fewest);
            if self.words.len() > MOST_WORDS / 4 * 3 {
                self.words.retain(|_, word| word.is_stop_word || word.seen.total() > fewest);
            }
        }
        self.forgotten = self.forgotten.max(fewest);
    }

    /// Terms in fewer documents may be counted short.
    pub(super) fn forgotten(&self) -> u32 {
        self.forgotten
    }

    /// The words that tell something, with their numbers.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, u32, Documents)> {
        let telling = self.words.iter().filter(|(_, word)| !word.is_stop_word);
        telling.map(|(text, word)| (text.as_ref(), word.number, word.seen.documents))
    }

    /// The pairs, as the numbers of their words.
    pub(super) fn pairs(&self) -> impl Iterator<Item = ((u32, u32), Documents)> {
        self.pairs.iter().map(|(words, seen)| (*words, seen.documents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_terms_are_remembered_than_memory_should_hold() {
        let mut counts = Counts::default();
        let letters =
            |n: usize| n.to_string().bytes().map(|digit| char::from(digit + 49)).collect::<String>();
        for n in 0..1_000 {
            let document: Vec<String> = (0..500).map(|place| letters(n * 500 + place)).collect();
            counts.add(&document.join(" "), n % 2);
            assert!(counts.words.len() <= MOST_WORDS && counts.pairs.len() <= MOST_PAIRS);
        }
        assert_eq!(counts.forgotten(), 1);
    }
}
