//! VADER, the published rules for English: a port of `vaderSentiment` 3.3.2 (MIT, see `data/README.md`).
//!
//! Hutto, C.J. & Gilbert, E.E. (2014), "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
//! Text". Given the same lexicon and text it gives the same value, odd corners included: where a line below looks
//! strange, the original does the same. Two things are left to the callers: emoji, which are counted for all languages
//! alike, and how the sum becomes a score.

use super::lexicon::{Lexicon, Role, Word};
use super::{NEGATION, STEP, Tally};

/// How much capitals add to a word, where not all words are in capitals.
const CAPITALS: f64 = 0.733;

/// Phrases with a valence of their own around a word of the lexicon.
const SPECIAL_CASES: &[(&str, f64)] = &[
    ("the shit", 3.0),
    ("the bomb", 3.0),
    ("bad ass", 1.5),
    ("bus stop", 0.0),
    ("yeah right", -2.0),
    ("kiss of death", -1.5),
    ("to die for", 3.0),
    ("beating heart", 3.5),
];

/// Phrases that weaken.
const DAMPENERS: &[&str] = &["just enough", "kind of", "sort of"];

/// A word of the text as it is looked up.
struct Token<'a> {
    lower: &'a str,
    is_upper: bool,
    known: Word,
}

/// Adds up the valences of a text.
pub(super) fn tally(lexicon: &Lexicon, text: &str) -> Tally {
    let lower = text.to_lowercase();
    let sentence = Sentence::read(lexicon, text, &lower);
    let mut valences: Vec<f64> = (0..sentence.0.len()).map(|at| sentence.valence(at)).collect();
    sentence.weigh_around_but(&mut valences);
    let matched = valences.iter().filter(|valence| **valence != 0.0).count();
    Tally { sum: valences.iter().sum(), matched }
}

/// The words of a text. Whether capitals mean anything depends on all of them.
struct Sentence<'a>(Vec<Token<'a>>, bool);

impl<'a> Sentence<'a> {
    fn read(lexicon: &Lexicon, text: &str, lower: &'a str) -> Self {
        let tokens: Vec<Token<'a>> = (text.split_whitespace().zip(lower.split_whitespace()))
            .map(|(original, lower)| {
                let (original, lower) = if is_emoticon(original) {
                    (original, lower)
                } else {
                    (stripped(original), stripped(lower))
                };
                let known = lexicon.word(lower).copied().unwrap_or_default();
                Token { lower, is_upper: is_upper(original), known }
            })
            .collect();
        let upper = tokens.iter().filter(|token| token.is_upper).count();
        let differ = 0 < upper && upper < tokens.len();
        Self(tokens, differ)
    }

    /// What a word adds, with what stands before it.
    fn valence(&self, at: usize) -> f64 {
        let token = &self.0[at];
        let is_modifier = self.step(token) != 0.0 || token.lower == "kind" && self.is(at + 1, "of");
        let Some(own) = token.known.valence.filter(|_| !is_modifier) else { return 0.0 };
        let mut valence = self.after_no(at, own);
        if token.is_upper && self.1 {
            valence += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        for distance in 1..=3 {
            let Some(before) = at.checked_sub(distance).map(|before| &self.0[before]) else { break };
            if before.known.valence.is_some() {
                continue;
            }
            valence += self.emphasis(before, valence) * [1.0, 0.95, 0.9][distance - 1];
            valence = self.negated(valence, at, distance);
            if distance == 3 {
                valence = self.idiom(valence, at);
            }
        }
        self.after_least(at, valence)
    }

    /// "No" turns the rated word after it around, and is rated itself if there is none.
    fn after_no(&self, at: usize, valence: f64) -> f64 {
        let says_no = |distance: usize| at >= distance && self.0[at - distance].lower == "no";
        if says_no(1) || says_no(2) || says_no(3) && ["or", "nor"].contains(&self.0[at - 1].lower) {
            return valence * NEGATION;
        }
        let next_is_rated = self.0.get(at + 1).is_some_and(|next| next.known.valence.is_some());
        if self.0[at].lower == "no" && next_is_rated { 0.0 } else { valence }
    }

    /// The step of an adverb of degree.
    fn step(&self, token: &Token<'_>) -> f64 {
        match token.known.role {
            Role::Strengthens => STEP,
            Role::Weakens => -STEP,
            _ => 0.0,
        }
    }

    /// What an adverb of degree before a word does to it.
    fn emphasis(&self, adverb: &Token<'_>, valence: f64) -> f64 {
        let step = self.step(adverb) * if valence < 0.0 { -1.0 } else { 1.0 };
        match adverb.is_upper && self.1 && step != 0.0 {
            true if valence > 0.0 => step + CAPITALS,
            true => step - CAPITALS,
            false => step,
        }
    }

    fn negated(&self, valence: f64, at: usize, distance: usize) -> f64 {
        let word = |back: usize| self.0[at - back].lower;
        let stresses = |back: usize| ["so", "this"].contains(&word(back));
        match distance {
            2 if word(2) == "never" && stresses(1) => return valence * 1.25,
            2 if word(2) == "without" && word(1) == "doubt" => return valence,
            3 if word(3) == "never" && stresses(2) || stresses(1) && distance == 3 => return valence * 1.25,
            3 if word(3) == "without" && (word(2) == "doubt" || word(1) == "doubt") => return valence,
            _ => {}
        }
        let token = &self.0[at - distance];
        let negates = token.known.role == Role::Negates || token.lower.contains("n't");
        if negates { valence * NEGATION } else { valence }
    }

    /// Idioms around a word with at least three words before it.
    fn idiom(&self, valence: f64, at: usize) -> f64 {
        let special = |from: usize, count: usize| {
            let words = self.0.get(from..from + count)?;
            SPECIAL_CASES.iter().find(|(phrase, _)| is_phrase(words, phrase)).map(|(_, valence)| *valence)
        };
        let behind = [(1, 2), (2, 3), (2, 2), (3, 3), (3, 2)];
        let behind = behind.into_iter().find_map(|(back, count)| special(at - back, count));
        let valence = special(at, 3).or_else(|| special(at, 2)).or(behind).unwrap_or(valence);
        let dampens = |back: usize, count: usize| {
            DAMPENERS.iter().any(|phrase| is_phrase(&self.0[at - back..at - back + count], phrase))
        };
        let dampeners =
            [(3, 3), (3, 2), (2, 2)].into_iter().filter(|(back, count)| dampens(*back, *count)).count();
        (0..dampeners).fold(valence, |valence, _| valence - STEP)
    }

    /// "Least" turns around, "at least" and "very least" do not.
    fn after_least(&self, at: usize, valence: f64) -> f64 {
        let is_least = at > 0 && self.is(at - 1, "least") && self.0[at - 1].known.valence.is_none();
        let is_at_least = at > 1 && ["at", "very"].contains(&self.0[at - 2].lower);
        if is_least && !is_at_least { valence * NEGATION } else { valence }
    }

    /// What stands before the first "but" counts half, what follows half as much again. Of equal valences the first
    /// one is weighed each time, as in the original.
    fn weigh_around_but(&self, valences: &mut [f64]) {
        let Some(but) = self.0.iter().position(|token| token.lower == "but") else { return };
        for place in 0..valences.len() {
            let valence = valences[place];
            let first = valences.iter().position(|other| *other == valence).unwrap_or(place);
            if valence != 0.0 && first != but {
                valences[first] = valence * if first < but { 0.5 } else { 1.5 };
            }
        }
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.0.get(at).is_some_and(|token| token.lower == word)
    }
}

fn is_phrase(words: &[Token<'_>], phrase: &str) -> bool {
    words.iter().map(|token| token.lower).eq(phrase.split(' '))
}

/// One or two characters between punctuation are likely an emoticon.
fn is_emoticon(token: &str) -> bool {
    stripped(token).chars().nth(2).is_none()
}

fn stripped(token: &str) -> &str {
    token.trim_matches(|char: char| char.is_ascii_punctuation())
}

/// Has letters with case, all of them capitals.
fn is_upper(word: &str) -> bool {
    word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase)
}
