//! Japanese and Chinese, which put no spaces between words: the longest known word at each character counts.
//!
//! A compound that happens to contain a known word is counted for it; that is the price of not carrying a dictionary
//! of tens of megabytes to cut texts into words.

use super::lexicon::{Value, entries};
use super::spaced::ends_clause;
use super::{NEGATION, STEP, Tally, negated};
use std::collections::HashMap;

/// Known words by their first character, longest first.
pub(super) type Words = HashMap<char, Vec<(&'static str, f64)>>;

/// What a valence becomes between what stands before it and after it.
pub(super) type InContext = fn(f64, &str, &str) -> f64;

/// Reads the files.
pub(super) fn read(files: &[&'static str]) -> Words {
    let mut words = Words::new();
    for (word, value) in files.iter().flat_map(|file| entries(file)) {
        if let (Some(first), Value::Valence(valence)) = (word.chars().next(), value) {
            words.entry(first).or_default().push((word, valence));
        }
    }
    words.values_mut().for_each(|list| list.sort_by_key(|(word, _)| std::cmp::Reverse(word.len())));
    words
}

/// Adds up the valences of a text.
pub(super) fn tally(words: &Words, in_context: InContext, text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut skip_to = 0;
    for (at, char) in text.char_indices().filter(|(_, char)| !char.is_ascii()) {
        let candidates = if at < skip_to { None } else { words.get(&char) };
        let found = candidates.and_then(|list| list.iter().find(|(word, _)| text[at..].starts_with(word)));
        if let Some((word, valence)) = found {
            skip_to = at + word.len();
            let valence = in_context(*valence, &text[..at], &text[skip_to..]);
            if valence != 0.0 {
                tally.add(valence);
            }
        }
    }
    tally
}

/// Japanese says "not" and "please" in the ending: 満足していません, 解決してください.
pub(super) fn japanese(valence: f64, before: &str, after: &str) -> f64 {
    const WISHES: &[&str] = &[
        "ください",
        "下さい",
        "たい",
        "ほしい",
        "ますか",
        "でしょうか",
        "れば",
        "と嬉しい",
        "とうれしい",
        "と助かり",
    ];
    const DEGREES: &[&str] = &["とても", "大変", "すごく", "非常に", "本当に", "かなり", "全然", "一番"];
    const NEGATORS: &[&str] = &["ません", "ない", "なかった", "なく", "ずに"];
    let ending = first(after, 8, |char| ('\u{3041}'..='\u{309f}').contains(&char));
    // 送っていただけると嬉しいです, "I would be glad if you sent it".
    let is_conditional = last(before, 4).ends_with(['と', 'ば']) && valence > 0.0;
    if valence > 0.0 && (has(ending, WISHES) && !ending.contains("ありがと") || is_conditional) {
        return 0.0;
    }
    let strong = strengthened(valence, has(last(before, 5), DEGREES));
    if has(ending, NEGATORS) { negated(valence).map_or(0.0, |_| strong * NEGATION) } else { strong }
}

/// Chinese says "not" and "please" before the word: 不满意, 请解决.
pub(super) fn chinese(valence: f64, before: &str, after: &str) -> f64 {
    const WISHES: &[&str] = &["希望", "请", "請", "能否", "如何", "怎么", "怎麼", "想要", "如果"];
    const DEGREES: &[&str] = &["很", "非常", "太", "特别", "特別", "十分", "真", "超", "极", "完全"];
    const NEGATORS: &[&str] = &["不", "没", "沒", "未", "无", "無", "别", "毫"];
    let asks = first(after, 3, |_| true).contains(['吗', '嗎', '？', '?']);
    if valence > 0.0 && (asks || has(last(before, 8), WISHES)) {
        return 0.0;
    }
    let strong = strengthened(valence, has(last(before, 2), DEGREES));
    if has(last(before, 3), NEGATORS) { negated(valence).map_or(0.0, |_| strong * NEGATION) } else { strong }
}

fn has(text: &str, marks: &[&str]) -> bool {
    marks.iter().any(|mark| text.contains(mark))
}

fn strengthened(valence: f64, is_strong: bool) -> f64 {
    valence + if is_strong { valence.signum() * STEP } else { 0.0 }
}

/// The first characters of a text, as long as they are of a kind.
fn first(text: &str, count: usize, kind: fn(char) -> bool) -> &str {
    let end = text.char_indices().enumerate().find(|(n, (_, char))| *n == count || !kind(*char));
    end.map_or(text, |(_, (at, _))| &text[..at])
}

/// The last characters of a text, in the same clause.
fn last(text: &str, count: usize) -> &str {
    let mut back = text.char_indices().rev().enumerate();
    let end = back.find(|(n, (_, char))| *n == count || ends_clause(*char));
    end.map_or(text, |(_, (at, char))| &text[at + char.len_utf8()..])
}
