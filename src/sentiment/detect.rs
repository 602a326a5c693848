//! Which language a message is in: by its script, then by the small words no sentence does without.
//!
//! Messages are short; "Where is my invoice?" tells English by "where", "is" and "my", while statistics of letters
//! need more text than that. The words of languages without a lexicon keep those from being taken for another.

use super::language::Language;
use super::lexicon::{Fnv, entries, lines, words};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

/// Per language, its code and its words.
pub(super) const FILE: &str = include_str!("data/function-words.txt");

/// The largest number of languages in the file.
pub(super) const LANGUAGES: usize = 20;

/// What a word adds to each of the languages it belongs to is this, divided by their number.
const WORD: u32 = 12;

/// What a letter adds that few languages have.
const LETTER: u32 = 4;

/// By word, one bit per language, in the order of the file. Words of the lexicons of German, French and Spanish tell
/// these as well: "Impeccable !" VADER's do not, since it has slang of many origins.
static WORDS: LazyLock<HashMap<&'static str, u32, BuildHasherDefault<Fnv>>> = LazyLock::new(|| {
    let mut words = HashMap::<_, _, BuildHasherDefault<Fnv>>::default();
    for (place, (code, list)) in lists().enumerate() {
        let language = Language::of(code).filter(|language| *language != Language::English);
        let rated = language.into_iter().flat_map(super::files).flat_map(|file| entries(file));
        let rated = rated.map(|(word, _)| word).filter(|word| !word.contains('_'));
        list.split(' ').chain(rated).for_each(|word| *words.entry(word).or_default() |= 1 << place);
    }
    words
});

static CODES: LazyLock<Vec<&'static str>> = LazyLock::new(|| lists().map(|(code, _)| code).collect());

/// The rows of the file: code, and words.
pub(super) fn lists() -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(FILE).filter_map(|line| line.split_once(": "))
}

/// The language of a text in lower case, if it is one of those covered and there is no doubt.
pub(super) fn language(lower: &str) -> Option<Language> {
    match script(lower) {
        Script::Latin => spaced(lower),
        Script::Japanese => Some(Language::Japanese),
        Script::Han => Some(Language::Chinese),
        Script::Other => None,
    }
}

/// Which writing most of a text is in.
enum Script {
    Latin,
    Japanese,
    Han,
    /// None, or one without a lexicon.
    Other,
}

/// The script of most letters. A Chinese or Japanese character weighs three letters: names of products among them
/// are Latin, and longer.
fn script(text: &str) -> Script {
    let (mut latin, mut kana, mut han, mut other) = (0_usize, 0_usize, 0_usize, 0_usize);
    for char in text.chars() {
        match char {
            'a'..='z' | '\u{df}'..='\u{24f}' => latin += 1,
            '\0'..='\u{de}' => {}
            '\u{3041}'..='\u{30fa}' | '\u{ff66}'..='\u{ff9f}' => kana += 1,
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => han += 1,
            _ if char.is_alphabetic() => other += 1,
            _ => {}
        }
    }
    match 3 * (kana + han) {
        asian if other >= latin.max(asian) || other > latin + asian / 3 => Script::Other,
        asian if latin >= asian => Script::Latin,
        // One kana among many Chinese characters is decoration.
        _ if kana * 10 >= han => Script::Japanese,
        _ => Script::Han,
    }
}

/// The language whose small words stand in a text, if it leads and they are not too few.
fn spaced(lower: &str) -> Option<Language> {
    let mut points = [0_u32; LANGUAGES];
    let mut count = 0_u32;
    for word in words(lower).flat_map(|word| [Some(word), elided(word)]).flatten() {
        match WORDS.get(word) {
            Some(languages) => add(&mut points, *languages, WORD),
            None => add(&mut points, ending(word), LETTER),
        }
        count += 1;
    }
    if !lower.is_ascii() {
        lower.chars().filter(|char| !char.is_ascii()).for_each(|char| add(&mut points, letter(char), LETTER));
    }
    let best = (0..LANGUAGES).max_by_key(|place| points[*place])?;
    let second = (0..LANGUAGES).filter(|place| *place != best).map(|place| points[place]).max()?;
    // A few words that happen to be known do not make a long text that language.
    let is_clear =
        points[best] * 5 > second * 6 && points[best] >= WORD / 2 && points[best] * 12 >= count * WORD;
    CODES.get(best).filter(|_| is_clear).and_then(|code| Language::of(code))
}

/// "l'export" and "j'ai" begin with a word of their own.
fn elided(word: &str) -> Option<&str> {
    word.find('\'').filter(|at| *at <= 2).map(|at| &word[..=at])
}

/// Adds points to the languages of a set, less to each the more they are.
fn add(points: &mut [u32; LANGUAGES], languages: u32, weight: u32) {
    let mut left = languages;
    while left != 0 {
        points[left.trailing_zeros() as usize] += weight / languages.count_ones();
        left &= left - 1;
    }
}

/// The languages a word's ending is at home in.
fn ending(word: &str) -> u32 {
    const ENDINGS: &[(&str, &[&str])] = &[
        ("ción", &["es"]),
        ("ciones", &["es"]),
        ("ung", &["de"]),
        ("ungen", &["de"]),
        ("keit", &["de"]),
        ("lich", &["de"]),
        ("ment", &["fr"]),
        ("ing", &["en"]),
        ("ção", &["pt"]),
        ("zione", &["it"]),
    ];
    ENDINGS.iter().find(|(ending, _)| word.ends_with(ending)).map_or(0, |(_, codes)| bits(codes))
}

/// The languages of the file a letter is at home in.
fn letter(char: char) -> u32 {
    let codes: &[&str] = match char {
        'ß' => &["de"],
        'ä' => &["de", "sv", "fi"],
        'ö' => &["de", "sv", "fi", "tr"],
        'ü' => &["de", "tr"],
        'ñ' | '¿' | '¡' => &["es"],
        'œ' | 'ù' | 'ê' | 'è' => &["fr"],
        'ç' => &["fr", "pt", "tr"],
        'ã' | 'õ' => &["pt"],
        'å' => &["sv", "da"],
        'ø' | 'æ' => &["da"],
        'ą' | 'ę' | 'ł' | 'ś' | 'ż' | 'ź' | 'ć' | 'ń' => &["pl"],
        'ı' | 'ğ' | 'ş' => &["tr"],
        'ř' | 'ě' | 'ů' | 'č' | 'š' | 'ž' => &["cs"],
        'ő' | 'ű' => &["hu"],
        'ă' | 'ț' | 'ș' => &["ro"],
        _ => &[],
    };
    bits(codes)
}

/// One bit per language.
fn bits(codes: &[&str]) -> u32 {
    let place = |code: &&str| CODES.iter().position(|known| known == code);
    codes.iter().filter_map(place).fold(0, |bits, place| bits | 1 << place)
}
