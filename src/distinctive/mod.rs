//! What sets one group of documents apart from the rest: the terms that are in more of its documents than chance
//! explains.
//!
//! Owns counting and ranking. Knows nothing of conversations or periods: a document is a text, and in focus or not.
//! A term counts once per document, however often it is repeated there.

mod counts;
mod rank;
mod terms;

use counts::Counts;

/// A term with the numbers of documents it is in.
#[derive(Debug, Clone, PartialEq)]
pub struct DistinctiveTerm {
    /// A word, or two that go together.
    pub term: String,
    /// Documents in focus that have it.
    pub focus_count: u64,
    /// Documents in focus.
    pub focus_total: u64,
    /// Other documents that have it.
    pub rest_count: u64,
    /// Other documents.
    pub rest_total: u64,
    /// How distinctive it is: the log-odds ratio in standard errors. It ranks terms; as a test it is cautious, the
    /// more so the smaller the focus is beside the rest: without a difference it hardly reaches 2.
    pub z_score: f64,
}

/// Counts in how many documents the terms are, in focus and in the rest.
///
/// Memory is bounded, at about 60 MB: past 200,000 different words or 400,000 pairs those in the fewest documents are
/// forgotten, and a rare term may be missing or counted short by the few documents it was forgotten in. Until then
/// counts are exact: neither the order of documents matters, nor whether they were counted together or merged.
#[derive(Debug, Clone, Default)]
pub struct Counter {
    counts: Counts,
    /// Documents in the rest, and in focus.
    totals: [u64; 2],
}

impl Counter {
    /// Counts a document.
    pub fn add(&mut self, document: &str, in_focus: bool) {
        self.totals[usize::from(in_focus)] += 1;
        self.counts.add(document, usize::from(in_focus));
    }

    /// Adds what another counter counted of other documents.
    pub fn merge(&mut self, other: Self) {
        self.totals = [self.totals[0] + other.totals[0], self.totals[1] + other.totals[1]];
        self.counts.merge(other.counts);
    }

    /// At most `limit` terms that set the documents in focus apart, the most distinctive first. Fewer, if fewer are
    /// more frequent there than in the rest.
    pub fn distinctive(&self, limit: usize) -> Vec<DistinctiveTerm> {
        let [rest_total, focus_total] = self.totals;
        let term = |ranked: rank::Ranked<'_>| DistinctiveTerm {
            term: ranked.text(),
            focus_count: u64::from(ranked.counts[1]),
            focus_total,
            rest_count: u64::from(ranked.counts[0]),
            rest_total,
            z_score: ranked.z_score,
        };
        rank::ranked(&self.counts, self.totals).into_iter().take(limit).map(term).collect()
    }
}

/// Whether a document has a term, written as [`DistinctiveTerm::term`] is.
pub fn has_term(document: &str, term: &str) -> bool {
    let mut has = false;
    let mut before = String::new();
    terms::words(document, |word, follows| {
        has = has || word == term || (follows && !before.is_empty() && rank::joined(&before, word) == term);
        before.clear();
        if !terms::is_stop_word(word) {
            before.push_str(word);
        }
    });
    has
}
