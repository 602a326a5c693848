//! Letters as search compares them: without case, accents, presentation forms and characters that cannot be seen.
//!
//! Knows characters only; where words begin and end is in `words`.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

const APART: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();
const TOGETHER: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// What a character is to a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Part of a word: a letter, a digit, or a mark on one.
    Letter,
    /// A letter of a script that puts no spaces between words, or, as Korean, hangs endings on them.
    Unspaced,
    /// An emoji, which is a word of its own.
    Emoji,
    /// Half of a flag.
    Flag,
    /// Changes how others look, or cannot be seen: passed over, also inside of words.
    Ignorable,
    /// Anything else: ends a word.
    Gap,
}

/// What a character is.
pub(super) fn class(char: char) -> Class {
    match char {
        _ if char.is_ascii_alphanumeric() => Class::Letter,
        '\0'..='\u{7f}' => Class::Gap,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' => {
            Class::Ignorable
        }
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => Class::Ignorable,
        '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}' => Class::Ignorable,
        '\u{1f1e6}'..='\u{1f1ff}' => Class::Flag,
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' => Class::Emoji,
        '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23fa}' => Class::Emoji,
        _ if !(char.is_alphanumeric() || is_mark(char)) => Class::Gap,
        _ if is_unspaced(char) => Class::Unspaced,
        _ => Class::Letter,
    }
}

/// Scripts whose words are found by pairs of characters.
fn is_unspaced(char: char) -> bool {
    matches!(char,
        // Thai, Lao, Burmese, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        // Korean.
        | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        // Chinese characters, and Japanese syllables, also of half width.
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Marks that are no letters by themselves and end no word.
fn is_mark(char: char) -> bool {
    is_accent(char)
        || matches!(char,
            '\u{93c}' | '\u{94d}' | '\u{9bc}' | '\u{9cd}' | '\u{a3c}' | '\u{a4d}' | '\u{abc}' | '\u{acd}' | '\u{b3c}'
            | '\u{b4d}' | '\u{bcd}' | '\u{c4d}' | '\u{cbc}' | '\u{ccd}' | '\u{d4d}' | '\u{dca}' | '\u{e31}'
            | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}' | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ecd}'
            | '\u{1037}' | '\u{1039}' | '\u{103a}' | '\u{17c9}'..='\u{17d3}' | '\u{3099}' | '\u{309a}')
}

/// Marks that are left out: accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic.
fn is_accent(char: char) -> bool {
    matches!(char,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}'
        | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Appends the letters of a word as search compares them.
pub(super) fn fold(word: &str, out: &mut String) {
    if word.is_ascii() {
        out.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        return;
    }
    let mut folded = String::with_capacity(word.len());
    let mut base = '\0';
    for char in APART.normalize(word).chars().flat_map(char::to_lowercase) {
        // й and ў are letters of their own, not и and у with an accent.
        let is_letter_mark = char == '\u{306}' && matches!(base, 'и' | 'у');
        match class(char) {
            Class::Ignorable | Class::Gap => {}
            _ if is_accent(char) && !is_letter_mark => {}
            _ => push(char, &mut folded),
        }
        if !is_accent(char) {
            base = char;
        }
    }
    out.push_str(&TOGETHER.normalize(&folded));
}

/// Letters that no decomposition takes apart, as people without them on their keyboard write them.
fn push(char: char, out: &mut String) {
    match char {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' | 'ð' => out.push('d'),
        'ħ' => out.push('h'),
        'ı' => out.push('i'),
        'ς' => out.push('σ'),
        _ => out.push(char),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(word: &str) -> String {
        let mut out = String::new();
        fold(word, &mut out);
        out
    }

    #[test]
    fn case_accents_and_widths_make_no_difference() {
        for (one, other) in [
            ("REFUND", "refund"),
            ("Grüße", "grusse"),
            ("GRÜSSE", "grusse"),
            ("cafe\u{301}", "café"),
            ("Ærøskøbing", "aeroskobing"),
            ("İstanbul", "istanbul"),
            ("ＡＢＣ１２", "abc12"),
            ("ΟΔΟΣ", "οδος"),
            ("ёлка", "елка"),
            ("ﬁne", "fine"),
            ("re\u{200b}fund\u{ad}s", "refunds"),
            ("كِتَاب", "كتاب"),
            ("ｶﾞｲﾄﾞ", "ガイド"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn letters_that_differ_stay_apart() {
        for (one, other) in [("мой", "мои"), ("が", "か"), ("ガ", "カ"), ("n", "m"), ("हिन्दी", "हनद")]
        {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for word in ["Straße", "ǅ", "½", "㎏", "Ǆ", "ｶﾞ", "각", "ấ", "ำ", "ﷺ"] {
            assert_eq!(folded(&folded(word)), folded(word), "{word}");
        }
    }
}
