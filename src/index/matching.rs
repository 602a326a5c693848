//! Where in a text the words of a query are: for excerpts, which show the place.

use std::ops::Range;

use super::syntax::{Leaf, Match};
use super::words::Word;
use crate::nearest::distance;

impl Leaf {
    /// The places in the words of a text where this is found, as ranges of words.
    pub(super) fn places(&self, words: &[Word]) -> Vec<Range<usize>> {
        let length = self.words.last().map_or(0, |(place, _)| place + 1);
        let starts = 0..(words.len() + 1).saturating_sub(length.max(1));
        starts.filter(|start| self.is_at(words, *start)).map(|start| start..start + length).collect()
    }

    fn is_at(&self, words: &[Word], start: usize) -> bool {
        let last = self.words.len().saturating_sub(1);
        self.words.iter().enumerate().all(|(number, (place, wanted))| {
            let word = &words[start + place].text;
            match self.matching {
                Match::Prefix if number == last => word.starts_with(wanted.as_str()),
                Match::Exact | Match::Prefix => word == wanted,
                Match::Typo(slips) => is_within(word, wanted, usize::from(slips)),
            }
        })
    }
}

/// Whether two words are so few slips apart.
fn is_within(word: &str, wanted: &str, slips: usize) -> bool {
    let lengths = word.chars().count().abs_diff(wanted.chars().count());
    lengths <= slips && distance(word, wanted) <= slips
}

#[cfg(test)]
mod tests {
    use crate::index::syntax::Expr;
    use crate::index::words::words;

    fn found(query: &str, text: &str) -> Vec<String> {
        let expr = Expr::parse(query).unwrap();
        let words = words(text);
        let places = expr.wanted().into_iter().flat_map(|leaf| leaf.places(&words)).collect::<Vec<_>>();
        places
            .into_iter()
            .map(|place| text[words[place.start].start..words[place.end - 1].end].to_owned())
            .collect()
    }

    #[test]
    fn words_phrases_beginnings_and_slips_are_found_where_they_are() {
        assert_eq!(found("refund", "A Refund, refunds, REFUND"), ["Refund", "REFUND"]);
        assert_eq!(found("refund*", "A Refund, refunds"), ["Refund", "refunds"]);
        assert_eq!(found("\"not received\"", "It was not received; received not"), ["not received"]);
        assert_eq!(found("recieve~", "to receive or deceive"), ["receive"]);
        assert_eq!(found("ana@example.com", "Write to Ana@Example.com."), ["Ana@Example.com"]);
        assert_eq!(found("返金", "昨日返金を"), ["返金"]);
        assert_eq!(found("金", "返金を"), ["金を"]);
        assert_eq!(found("\"返金 ok\"", "返金 OK"), ["返金 OK"]);
        assert_eq!(found("a b c", ""), Vec::<String>::new());
        assert_eq!(found("-refund", "refund"), Vec::<String>::new());
    }
}
