//! German, French and Spanish: VADER's arithmetic, with rules as small as our lists are short.
//!
//! A negator near a rated word of its clause turns it around, an adverb of degree adds to it or takes from it, a
//! conditional or a "please" in its clause makes praise a wish, and what follows "but" counts for more.

use super::language::Language;
use super::lexicon::{Lexicon, Role, Word, words};
use super::{STEP, Tally, negated};

/// How far an adverb of degree reaches, in words.
const EMPHASIS: usize = 2;

/// How far a negator reaches, in words: ahead of it and behind it. German and French also negate last: "gefällt mir
/// nicht", "n'est pas".
fn reach(language: Language) -> (usize, usize) {
    match language {
        Language::German => (3, 3),
        Language::French => (3, 1),
        _ => (3, 0),
    }
}

/// Adds up the valences of a text in lower case.
pub(super) fn tally(lexicon: &Lexicon, language: Language, lower: &str) -> Tally {
    let (ahead, behind) = reach(language);
    let (mut tally, mut clause, mut weight) = (Tally::default(), Vec::new(), 1.0);
    for text in lower.split_inclusive(ends_clause) {
        clause.clear();
        let known = words(text).flat_map(|word| elided(language, word)).flatten();
        clause.extend(known.map(|word| lexicon.word(word).copied().unwrap_or_default()));
        for at in 0..clause.len() {
            if clause[at].role == Role::Contrasts && weight == 1.0 {
                tally.sum *= 0.5;
                weight = 1.5;
            }
            let near = Near { words: &clause, at, is_question: text.ends_with(['?', '？']) };
            if let Some(valence) = near.valence(ahead, behind) {
                tally.add(weight * valence);
            }
        }
    }
    tally
}

/// French joins two words with an apostrophe: "n'est", "l'aide".
fn elided(language: Language, word: &str) -> [Option<&str>; 2] {
    match word.find('\'') {
        Some(at) if language == Language::French => [Some(&word[..=at]), Some(&word[at + 1..])],
        _ => [Some(word), None],
    }
}

/// Negation does not reach across these.
pub(super) fn ends_clause(char: char) -> bool {
    matches!(
        char,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '('
            | ')'
            | '…'
            | '\n'
            | '。'
            | '、'
            | '，'
            | '！'
            | '？'
            | '；'
            | '：'
            | '¡'
            | '¿'
            | '–'
    )
}

/// A word in its clause.
struct Near<'a> {
    words: &'a [Word],
    at: usize,
    /// "When will it be solved?" praises no more than a wish does.
    is_question: bool,
}

impl Near<'_> {
    fn valence(&self, ahead: usize, behind: usize) -> Option<f64> {
        let own = self.words[self.at].valence?;
        let is_wished = || self.words.iter().any(|word| word.role == Role::Wishes);
        if own > 0.0 && (self.is_question || is_wished()) {
            return None;
        }
        let step: f64 = self.before(EMPHASIS).map(emphasis).sum();
        let strong = own + own.signum() * STEP * step;
        let is_negated = self.before(ahead).chain(self.behind(behind)).any(|role| role == Role::Negates);
        if is_negated { negated(own).and(negated(strong)) } else { Some(strong) }
    }

    /// What the words before do, nearest first.
    fn before(&self, count: usize) -> impl Iterator<Item = Role> {
        self.words[..self.at].iter().rev().take(count).map(|word| word.role)
    }

    /// What the words behind do; the next rated word takes a negator for itself.
    fn behind(&self, count: usize) -> impl Iterator<Item = Role> {
        self.words[self.at + 1..]
            .iter()
            .take(count)
            .take_while(|word| word.valence.is_none())
            .map(|word| word.role)
    }
}

/// How an adverb of degree counts.
fn emphasis(role: Role) -> f64 {
    match role {
        Role::Strengthens => 1.0,
        Role::Weakens => -1.0,
        _ => 0.0,
    }
}
