//! How positive or negative the words of a customer's message are.
//!
//! Owns the word lists and the arithmetic over them. Knows nothing of conversations, ratings or trends. It counts
//! words of judgement and mood: it does not understand irony, nor does a calm report of a fault ("the export does not
//! work") count as negative. What is known about its accuracy stands beside each language in [`LANGUAGES`].
//!
//! `clean` leaves the customer's own words, `detect` finds their language, and `vader` (English), `spaced` or
//! `unspaced` add up what the words are worth; the sum becomes a value as in VADER.

mod clean;
mod detect;
mod emoji;
mod language;
mod lexicon;
#[rustfmt::skip]
mod marks;
mod notes;
mod spaced;
mod unspaced;
mod vader;

#[cfg(test)]
mod tests;

pub use language::Language;
pub use notes::{LANGUAGES, LanguageNote};

use lexicon::Lexicon;
use std::sync::LazyLock;

/// What the words of a message say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The language the message is in.
    pub language: Language,
    /// From -1, most negative, to 1, most positive; 0 without a rated word.
    pub value: f64,
    /// The value in one word.
    pub label: Label,
    /// How many words and emoji were rated; few make a weak score.
    pub matched_word_count: u32,
}

/// A score in one word. The bounds at ±0.05 are VADER's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// -0.05 or less.
    Negative,
    /// No rated word, or rated words that cancel each other out.
    Neutral,
    /// 0.05 or more.
    Positive,
}

impl Label {
    fn of(value: f64) -> Self {
        match value {
            _ if value >= 0.05 => Self::Positive,
            _ if value <= -0.05 => Self::Negative,
            _ => Self::Neutral,
        }
    }

    /// The label as it appears in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Positive => "positive",
        }
    }
}

/// What an adverb of degree adds to a word or takes from it: VADER's empirical step.
const STEP: f64 = 0.293;

/// What negation makes of a word: "not good" is weaker than "bad". VADER's empirical factor.
const NEGATION: f64 = -0.74;

static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(files(Language::English)));
static GERMAN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(files(Language::German)));
static FRENCH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(files(Language::French)));
static SPANISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(files(Language::Spanish)));
static JAPANESE: LazyLock<unspaced::Words> = LazyLock::new(|| unspaced::read(files(Language::Japanese)));
static CHINESE: LazyLock<unspaced::Words> = LazyLock::new(|| unspaced::read(files(Language::Chinese)));

/// What a valence becomes by negation; nothing for words of outcome, as "solved": that it is not is the fault reported.
fn negated(valence: f64) -> Option<f64> {
    /// Words of outcome are worth less than this.
    const OUTCOME: f64 = 0.9;
    let is_outcome = (0.0..=OUTCOME).contains(&valence);
    (!is_outcome).then_some(valence * NEGATION)
}

/// The files of a language's lexicon, later ones overriding earlier ones.
fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            include_str!("data/en.vader.tsv"),
            include_str!("data/en.vader-rules.tsv"),
            include_str!("data/en.support.tsv"),
        ],
        Language::German => &[include_str!("data/de.tsv")],
        Language::French => &[include_str!("data/fr.tsv")],
        Language::Spanish => &[include_str!("data/es.tsv")],
        Language::Japanese => &[include_str!("data/ja.tsv")],
        Language::Chinese => &[include_str!("data/zh.tsv")],
    }
}

/// Scores the plain text of a message; nothing if its language is not covered, not sure, or there are no words left
/// without signature, quotations and links.
pub fn score(text: &str) -> Option<Score> {
    let own = clean::own_words(text);
    let lower = own.words.to_lowercase();
    let language = language_of(&lower, &own.frame)?;
    let mut tally = match language {
        Language::English => vader::tally(&ENGLISH, &ENGLISH.join_phrases(&own.words)),
        Language::German => spaced::tally(&GERMAN, language, &GERMAN.join_phrases(&lower)),
        Language::French => spaced::tally(&FRENCH, language, &FRENCH.join_phrases(&lower)),
        Language::Spanish => spaced::tally(&SPANISH, language, &SPANISH.join_phrases(&lower)),
        Language::Japanese => unspaced::tally(&JAPANESE, unspaced::japanese, &own.words),
        Language::Chinese => unspaced::tally(&CHINESE, unspaced::chinese, &own.words),
    };
    let emoji = emoji::tally(&own.words);
    tally.sum += emoji.sum;
    tally.matched += emoji.matched;
    let value = tally.value(&own.words);
    let matched_word_count = u32::try_from(tally.matched).unwrap_or(u32::MAX);
    Some(Score { language, value, label: Label::of(value), matched_word_count })
}

/// The language [`score`] takes a text to be in; nothing if it is not covered or not sure.
pub fn language(text: &str) -> Option<Language> {
    let own = clean::own_words(text);
    language_of(&own.words.to_lowercase(), &own.frame)
}

/// The language of the words in lower case or, if they do not tell, of the greeting and closing around them.
fn language_of(lower: &str, frame: &str) -> Option<Language> {
    let framed = || detect::language(&format!("{lower}\n{}", frame.to_lowercase()));
    let has_words = lower.contains(char::is_alphabetic);
    detect::language(lower).or_else(|| framed().filter(|_| has_words))
}

/// The valences of the rated words, added up.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    sum: f64,
    matched: usize,
}

impl Tally {
    fn add(&mut self, valence: f64) {
        self.sum += valence;
        self.matched += 1;
    }

    /// The sum, with what exclamation and question marks add to it, squeezed into -1 to 1.
    fn value(self, text: &str) -> f64 {
        /// VADER's estimate of the largest sum to expect.
        const ALPHA: f64 = 15.0;
        let sum = match self.sum {
            sum if sum > 0.0 => sum + punctuation(text),
            sum if sum < 0.0 => sum - punctuation(text),
            sum => sum,
        };
        sum / sum.mul_add(sum, ALPHA).sqrt()
    }
}

/// What exclamation and question marks add, by VADER's measure.
fn punctuation(text: &str) -> f64 {
    let count = |marks: [char; 2]| text.chars().filter(|char| marks.contains(char)).count();
    let exclaimed = [0.0, 0.292, 0.584, 0.876, 1.168][count(['!', '！']).min(4)];
    let asked = [0.0, 0.0, 0.36, 0.54, 0.96][count(['?', '？']).min(4)];
    exclaimed + asked
}
