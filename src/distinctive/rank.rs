//! How distinctive a term is: the log-odds ratio with an informative Dirichlet prior.
//!
//! Monroe, B.L., Colaresi, M.P. & Quinn, K.M. (2008), "Fightin' Words: Lexical Feature Selection and Evaluation for
//! Identifying the Content of Political Conflict", Political Analysis 16(4), section 3.5.1. They count words, we count
//! documents that have the word, so that one long rant does not decide. The ratio compares the odds of finding the
//! term in a document of either group; as prior, all documents are added to both groups. So large a prior pulls rare
//! terms towards no difference, and lets a word that the rest never used, a new one, rank before one that it did.

use super::counts::{Counts, Documents};
use super::terms::is_han;
use std::collections::HashMap;

/// Terms in fewer documents of either kind are not looked at.
const FEWEST_DOCUMENTS: u32 = 3;

/// A word of which this share of documents has it in a pair is shown as the pair.
const PAIRED_SHARE: f64 = 0.8;

/// A term, how often it is found and how distinctive that is.
pub(super) struct Ranked<'a> {
    first: &'a str,
    /// Of a pair.
    second: Option<&'a str>,
    pub(super) counts: Documents,
    pub(super) z_score: f64,
}

impl Ranked<'_> {
    /// The term as it is written: two words, or three characters whose pairs overlap.
    pub(super) fn text(&self) -> String {
        self.second.map_or_else(|| self.first.to_owned(), |second| joined(self.first, second))
    }
}

/// Two neighbours as one term.
pub(super) fn joined(first: &str, second: &str) -> String {
    match second.starts_with(is_han) {
        true => first.chars().chain(second.chars().skip(1)).collect(),
        false => format!("{first} {second}"),
    }
}

/// The terms that are more frequent in focus, the most distinctive first; ties in the order of the alphabet.
pub(super) fn ranked(counts: &Counts, totals: [u64; 2]) -> Vec<Ranked<'_>> {
    let fewest = FEWEST_DOCUMENTS.max(counts.forgotten().saturating_mul(2));
    let is_enough =
        |documents: Documents| documents[1] > 0 && documents[0].saturating_add(documents[1]) >= fewest;
    let words: HashMap<u32, Ranked<'_>> = counts
        .words()
        .filter(|(_, _, documents)| is_enough(*documents))
        .map(|(text, number, documents)| {
            (
                number,
                Ranked { first: text, second: None, counts: documents, z_score: z_score(documents, totals) },
            )
        })
        .collect();
    let mut hidden = Vec::new();
    let mut ranked = Vec::new();
    for ((first, second), documents) in counts.pairs().filter(|(_, documents)| is_enough(*documents)) {
        let (Some(one), Some(other)) = (words.get(&first), words.get(&second)) else { continue };
        let z_score = z_score(documents, totals);
        let paired =
            [(first, one), (second, other)].into_iter().filter(|(_, word)| is_paired(documents, word.counts));
        let before = hidden.len();
        hidden.extend(paired.map(|(number, _)| number));
        // Of words that mostly stand alone, a pair is worth showing if it tells more than both.
        if hidden.len() > before || z_score > one.z_score.max(other.z_score) {
            ranked.push(Ranked { first: one.first, second: Some(other.first), counts: documents, z_score });
        }
    }
    hidden.sort_unstable();
    let shown = words.into_iter().filter(|(number, _)| hidden.binary_search(number).is_err());
    ranked.extend(shown.map(|(_, word)| word));
    ranked.retain(|term| term.z_score > 0.0);
    ranked.sort_by(|a, b| {
        b.z_score.total_cmp(&a.z_score).then_with(|| (a.first, a.second).cmp(&(b.first, b.second)))
    });
    ranked
}

/// Whether a word is nearly always found in a pair.
fn is_paired(pair: Documents, word: Documents) -> bool {
    let total = |documents: Documents| f64::from(documents[0]) + f64::from(documents[1]);
    total(pair) >= PAIRED_SHARE * total(word)
}

/// The log-odds ratio in standard errors; positive if the term is more frequent in focus.
fn z_score(documents: Documents, totals: [u64; 2]) -> f64 {
    let [rest, focus] = documents.map(f64::from);
    #[allow(clippy::cast_precision_loss, reason = "numbers of documents are far below 2^53")]
    let [rest_total, focus_total] = totals.map(|total| total as f64);
    let with = [rest, focus].map(|documents| documents + rest + focus);
    let without = [rest_total - rest, focus_total - focus]
        .map(|documents| documents + rest_total + focus_total - rest - focus);
    if without.iter().any(|documents| *documents <= 0.0) {
        return 0.0; // every document has it
    }
    let log_odds_ratio = (with[1] / without[1]).ln() - (with[0] / without[0]).ln();
    let variance: f64 = with.iter().chain(&without).map(|documents| documents.recip()).sum();
    log_odds_ratio / variance.sqrt()
}
