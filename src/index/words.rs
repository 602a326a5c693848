//! The words of a text, the same for what is stored and for what is asked: everything that compares words goes
//! through here.
//!
//! A word is a run of letters and digits, folded; whatever stands between ends it, so an e-mail address, a link or an
//! order number is several words in a row, found as typed and in part. Scripts without spaces give every pair of
//! neighbouring characters, and the last character by itself: each character begins exactly one word. An emoji is a
//! word.

use super::fold::{Class, class, fold};

/// Characters of a word that count; what no person reads or types is longer.
const LONGEST_WORD: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// As it is compared.
    pub(super) text: String,
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Its number among the words of the text.
    pub(super) position: usize,
}

/// Goes through the words of a text.
pub(super) struct Words<'a> {
    text: &'a str,
    at: usize,
    position: usize,
    /// The rest of a run without spaces: its characters, each with the place it came from, last one first.
    run: Vec<(char, usize, usize)>,
}

impl<'a> Words<'a> {
    /// Of a text.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0, position: 0, run: Vec::new() }
    }

    /// Puts the next word in `word`; tells whether there was one.
    pub(super) fn advance(&mut self, word: &mut Word) -> bool {
        word.text.clear();
        while word.text.is_empty() {
            if self.run.is_empty() && !self.read(word) {
                return false;
            }
            self.take_of_run(word);
        }
        word.position = self.position;
        self.position += 1;
        true
    }

    /// The next pair of a run, or its last character.
    fn take_of_run(&mut self, word: &mut Word) {
        let Some((char, start, mut end)) = self.run.pop() else { return };
        word.text.push(char);
        if let Some((next, _, next_end)) = self.run.last() {
            word.text.push(*next);
            end = *next_end;
        }
        (word.start, word.end) = (start, end);
    }

    /// Reads on to the end of the next word, which may come to nothing, or run; tells whether there was one.
    fn read(&mut self, word: &mut Word) -> bool {
        while let Some(char) = self.text[self.at..].chars().next() {
            let start = self.at;
            match class(char) {
                Class::Gap | Class::Ignorable => self.at += char.len_utf8(),
                Class::Letter => {
                    self.at = self.end_of_word();
                    (word.start, word.end) = (start, self.at);
                    fold(&self.text[start..self.at], &mut word.text);
                    shorten(&mut word.text);
                    return true;
                }
                Class::Unspaced => {
                    self.read_run();
                    return true;
                }
                Class::Emoji | Class::Flag => {
                    self.at += char.len_utf8();
                    word.text.push(char);
                    self.read_flag(char, word);
                    (word.start, word.end) = (start, self.at);
                    return true;
                }
            }
        }
        false
    }

    fn end_of_word(&self) -> usize {
        let bytes = &self.text.as_bytes()[self.at..];
        let plain = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
        if bytes.get(plain).is_none_or(u8::is_ascii) {
            return self.at + plain;
        }
        let rest = self.text[self.at + plain..].char_indices();
        let is_end = |char| !matches!(class(char), Class::Letter | Class::Ignorable);
        let mut rest = rest.filter(|(_, char)| is_end(*char));
        rest.next().map_or(self.text.len(), |(length, _)| self.at + plain + length)
    }

    /// A flag is two characters.
    fn read_flag(&mut self, first: char, word: &mut Word) {
        let second = self.text[self.at..].chars().next();
        if let Some(second) =
            second.filter(|second| class(first) == Class::Flag && class(*second) == Class::Flag)
        {
            self.at += second.len_utf8();
            word.text.push(second);
        }
    }

    fn read_run(&mut self) {
        let start = self.at;
        let mut chars: Vec<(char, usize, usize)> = Vec::new();
        for (offset, char) in self.text[start..].char_indices() {
            let end = start + offset + char.len_utf8();
            match class(char) {
                Class::Unspaced => chars.push((char, start + offset, end)),
                Class::Ignorable => {}
                _ => break,
            }
            self.at = end;
        }
        let text: String = chars.iter().map(|(char, ..)| char).collect();
        let mut folded = String::new();
        fold(&text, &mut folded);
        if folded != text {
            // Characters came together or apart: all of them stand for the whole.
            let end = self.at;
            chars = folded.chars().map(|char| (char, start, end)).collect();
        }
        chars.reverse();
        self.run = chars;
    }
}

fn shorten(word: &mut String) {
    if let Some((end, _)) = word.char_indices().nth(LONGEST_WORD) {
        word.truncate(end);
    }
}

/// All words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let (mut all, mut words, mut word) = (Vec::new(), Words::of(text), Word::default());
    while words.advance(&mut word) {
        all.push(word.clone());
    }
    all
}

/// The words of something asked for, each with its place: what stands right behind each other is looked for right
/// behind each other.
///
/// The last character of a run without spaces is left out where the pair before it says the same. Tells also whether
/// the last word only has to begin so: one character by itself may be followed by others of its run.
pub(super) fn asked_words(text: &str) -> (Vec<(usize, String)>, bool) {
    let words = words(text);
    let is_single = |word: &Word| word.text.chars().count() == 1 && is_unspaced_text(&word.text);
    let mut asked = Vec::new();
    let mut is_open = false;
    for (index, word) in words.iter().enumerate() {
        let ends_run = is_single(word);
        let follows_pair = index > 0 && {
            let before = &words[index - 1];
            ends_run && is_unspaced_text(&before.text) && before.end >= word.end && !is_single(before)
        };
        if follows_pair {
            continue;
        }
        is_open = ends_run && index + 1 == words.len();
        asked.push((word.position, word.text.clone()));
    }
    (asked, is_open)
}

fn is_unspaced_text(text: &str) -> bool {
    text.chars().next().is_some_and(|char| class(char) == Class::Unspaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn addresses_links_and_numbers_are_words_in_a_row() {
        assert_eq!(texts("Ana.Lopez@example.com"), ["ana", "lopez", "example", "com"]);
        assert_eq!(texts("https://x.io/a-b?c=1"), ["https", "x", "io", "a", "b", "c", "1"]);
        assert_eq!(texts("order #ORD-12345, don't"), ["order", "ord", "12345", "don", "t"]);
        assert_eq!(texts("L’article coûte 1.234,50 €"), ["l", "article", "coute", "1", "234", "50"]);
        assert_eq!(texts(" -- … "), Vec::<String>::new());
    }

    #[test]
    fn scripts_without_spaces_give_pairs_and_the_last_character() {
        assert_eq!(texts("返金を"), ["返金", "金を", "を"]);
        assert_eq!(texts("猫"), ["猫"]);
        assert_eq!(texts("API返金ok"), ["api", "返金", "金", "ok"]);
        assert_eq!(texts("환불 요청"), ["환불", "불", "요청", "청"]);
        assert_eq!(texts("ｶﾞｲﾄﾞ"), texts("ガイド"));
    }

    #[test]
    fn emoji_and_flags_are_words_whatever_their_colour() {
        assert_eq!(texts("great👍🏽!"), ["great", "👍"]);
        assert_eq!(texts("👩\u{200d}💻❤\u{fe0f}"), ["👩", "💻", "❤"]);
        assert_eq!(texts("🇩🇪🇫🇷"), ["🇩🇪", "🇫🇷"]);
    }

    #[test]
    fn places_point_at_the_text() {
        let text = "«Grüße» aus 日本語";
        let shown: Vec<&str> = words(text).iter().map(|word| &text[word.start..word.end]).collect();
        assert_eq!(shown, ["Grüße", "aus", "日本", "本語", "語"]);
    }

    #[test]
    fn what_is_asked_leaves_out_what_pairs_say_already() {
        let asked = |text: &str| asked_words(text);
        let pair = |position: usize, text: &str| (position, text.to_owned());
        assert_eq!(asked("返金を"), (vec![pair(0, "返金"), pair(1, "金を")], false));
        assert_eq!(asked("猫"), (vec![pair(0, "猫")], true));
        assert_eq!(asked("返金 ok"), (vec![pair(0, "返金"), pair(2, "ok")], false));
        assert_eq!(asked("ok 猫"), (vec![pair(0, "ok"), pair(1, "猫")], true));
        assert_eq!(asked("猫 ok"), (vec![pair(0, "猫"), pair(1, "ok")], false));
    }

    #[test]
    fn words_nobody_reads_are_cut() {
        assert_eq!(texts(&"x".repeat(500)), ["x".repeat(64)]);
    }
}
