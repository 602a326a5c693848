//! The lists and the arithmetic; what customers write is in `tests/it/sentiment.rs`.

use super::lexicon::{Value, entries, lines};
use super::*;

/// Texts with the value the published `vaderSentiment` 3.3.2 gives them.
const REFERENCE: &[(&str, f64)] = &[
    ("VADER is smart, handsome, and funny.", 0.8316),
    ("VADER is smart, handsome, and funny!", 0.8439),
    ("VADER is very smart, handsome, and funny.", 0.8545),
    ("VADER is VERY SMART, handsome, and FUNNY.", 0.9227),
    ("VADER is VERY SMART, handsome, and FUNNY!!!", 0.9342),
    ("VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!", 0.9469),
    ("VADER is not smart, handsome, nor funny.", -0.7424),
    ("The book was good.", 0.4404),
    ("At least it isn't a horrible book.", 0.431),
    ("The book was only kind of good.", 0.3832),
    ("The plot was good, but the characters are uncompelling and the dialog is not great.", -0.7042),
    ("Today SUX!", -0.5461),
    ("Today only kinda sux! But I'll get by, lol", 0.5249),
    ("Make sure you :) or :D today!", 0.8633),
    ("Not bad at all", 0.431),
    ("It was never so good", 0.6626),
    ("I have never been this happy about a release", 0.657),
    ("Without doubt a great idea", 0.7359),
    ("It is the least useful page, the very least useful", 0.1956),
    ("This is the shit", 0.6124),
    ("The new phone is to die for and the camera is the bomb", 0.0258),
    ("That is just enough good news", 0.3832),
    ("No good or great news", -0.6908),
    ("no problem", 0.3089),
    ("NO GOOD", -0.3412),
    ("Yeah right, great work", 0.743),
    ("Are you happy??? Really??", 0.6868),
    ("What a great day!!!!!!!!", 0.7405),
    ("Good but good but good", 0.8641),
    ("It sort of sucks :-(", -0.6794),
    ("The service is EXTREMELY good and the staff is barely rude", 0.3002),
    ("I don't hate it, I can't love it", -0.0951),
    ("'Sentiment' (laden) \"quotes\" -- great!", 0.6588),
    ("ok", 0.296),
    ("<3", 0.4404),
];

#[test]
fn english_equals_the_published_vader() {
    let published = Lexicon::read(&files(Language::English)[..2]);
    for (text, expected) in REFERENCE {
        let value = vader::tally(&published, text).value(text);
        assert!((value - expected).abs() < 0.000_06, "{text}: {value}, not {expected}");
    }
}

#[test]
fn every_line_of_every_list_is_understood() {
    for file in Language::ALL.into_iter().flat_map(files).copied().chain([emoji::FILE]) {
        assert_eq!(entries(file).count(), lines(file).count());
        for (word, value) in entries(file) {
            assert!(!matches!(value, Value::Valence(valence) if !(-4.0..=4.0).contains(&valence)), "{word}");
        }
    }
}

#[test]
fn no_list_has_a_word_twice() {
    for file in Language::ALL.into_iter().flat_map(files).copied().chain([emoji::FILE]) {
        let mut words: Vec<_> = entries(file).map(|(word, _)| word).collect();
        words.sort_unstable();
        let twice: Vec<_> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert_eq!(twice, Vec::<&[&str]>::new());
    }
}

#[test]
fn words_are_written_as_they_are_looked_up() {
    let own = |language| files(language).last().into_iter().copied();
    for (word, _) in Language::ALL.into_iter().flat_map(own).flat_map(entries) {
        assert_eq!(word, word.to_lowercase());
        assert!(!word.contains(' '), "{word}: phrases are joined by _");
    }
    assert!(entries(emoji::FILE).all(|(emoji, _)| emoji.chars().count() == 1));
}

#[test]
fn every_covered_language_with_spaces_has_words_that_tell_it() {
    let codes: Vec<_> = detect::lists().map(|(code, _)| code).collect();
    assert_eq!(codes[..4], ["en", "de", "fr", "es"]);
    assert!(codes.len() <= detect::LANGUAGES);
}

#[test]
fn the_notes_count_what_is_in_the_lists() {
    let languages: Vec<_> = LANGUAGES.iter().map(|note| note.language).collect();
    assert_eq!(languages, Language::ALL);
    for note in LANGUAGES {
        let count: usize = files(note.language).iter().map(|file| entries(file).count()).sum();
        assert_eq!(note.entry_count as usize, count, "{}", note.language.name());
    }
}
