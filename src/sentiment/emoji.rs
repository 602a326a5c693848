//! Emoji, which mean the same in every language.

use super::Tally;
use super::lexicon::{Value, entries};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The valences.
pub(super) const FILE: &str = include_str!("data/emoji.tsv");

static EMOJI: LazyLock<HashMap<char, f64>> = LazyLock::new(|| {
    let valence = |value| if let Value::Valence(valence) = value { Some(valence) } else { None };
    entries(FILE).filter_map(|(emoji, value)| Some((emoji.chars().next()?, valence(value)?))).collect()
});

/// The emoji of a text. A row of the same one counts once: "😡😡😡" is one feeling.
pub(super) fn tally(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut last = None;
    if text.is_ascii() {
        return tally;
    }
    for char in text.chars().filter(|char| *char >= '\u{2190}') {
        if let Some(valence) = EMOJI.get(&char).filter(|_| last != Some(char)) {
            tally.add(*valence);
        }
        last = Some(char);
    }
    tally
}
