//! Some words in a row as a query of the index library, over the words that we keep ourselves.

use tantivy::postings::TermInfo;
use tantivy::query::{
    BitSetDocSet, Bm25Weight, ConstScorer, EnableScoring, Explanation, FuzzyTermQuery, Query, Scorer, Weight,
};
use tantivy::schema::Field;
use tantivy::termdict::TermDictionary;
use tantivy::{BitSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::postings::{Cursor, Part};
use super::row::{Row, RowScorer, keep_common};
use super::syntax::{Leaf, Match};
use super::zone::{Bounds, Zone};

/// Some words in a row, in a part of each document.
#[derive(Debug, Clone)]
pub(super) struct InARow {
    /// Each with its place among them.
    words: Vec<(u32, String)>,
    matching: Match,
    zone: Zone,
    /// What frequencies are asked for by.
    field: Field,
}

impl InARow {
    /// What a part of a query asks for.
    pub(super) fn of(leaf: &Leaf, field: Field, zone: Zone) -> Self {
        let words = leaf.words.iter().map(|(place, word)| (*place as u32, word.clone())).collect();
        Self { words, matching: leaf.matching, zone, field }
    }

    fn term(&self, word: &str) -> Term {
        Term::from_field_text(self.field, word)
    }
}

impl Query for InARow {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let bm25 = match (scoring, self.matching) {
            (EnableScoring::Enabled { statistics_provider, .. }, Match::Exact) => {
                let terms: Vec<Term> = self.words.iter().map(|(_, word)| self.term(word)).collect();
                Some(Bm25Weight::for_terms(statistics_provider, &terms)?)
            }
            _ => None,
        };
        Ok(Box::new(InARowWeight { query: self.clone(), bm25 }))
    }
}

struct InARowWeight {
    query: InARow,
    bm25: Option<Bm25Weight>,
}

impl Weight for InARowWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let (query, part) = (&self.query, Part::open(segment)?);
        let bounds = query.zone.bounds(segment)?;
        if query.matching == Match::Exact {
            let weight = self.bm25.as_ref().map(|weight| weight.boost_by(boost));
            let row = row(&part, &query.words, bounds)?;
            return Ok(Box::new(RowScorer { row, weight, lengths: part.lengths().clone() }));
        }
        let mut found = Documents { bounds, all: BitSet::with_max_value(segment.max_doc()) };
        match (query.matching, &query.words[..]) {
            (Match::Typo(slips), [.., (_, word)]) => {
                let automaton = FuzzyTermQuery::new(query.term(word), slips, true).automaton()?;
                let mut words = part.words().search(automaton).into_stream()?;
                while words.advance() {
                    found.add(part.list_of(words.value())?);
                }
            }
            (_, [before @ .., (offset, beginning)]) => {
                let before = Before::of(&part, before, *offset, &mut found.bounds)?;
                each_ending(part.words(), beginning, |info| {
                    let list = part.list_of(info)?;
                    match &before {
                        None => found.add(list),
                        Some(before) => before.add_to(&mut found.all, list),
                    }
                    Ok(true)
                })?;
            }
            _ => {}
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found.all), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: u32) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("scores are not explained".to_owned()))
    }
}

fn row(part: &Part, words: &[(u32, String)], bounds: Option<Bounds>) -> tantivy::Result<Row> {
    let lists = words.iter().map(|(offset, word)| Ok((*offset, part.list(word)?)));
    Ok(Row::new(lists.collect::<tantivy::Result<Vec<_>>>()?.into_iter(), bounds))
}

/// Goes through the words that begin so, until it is told to stop.
pub(super) fn each_ending(
    words: &TermDictionary,
    beginning: &str,
    mut each: impl FnMut(&TermInfo) -> tantivy::Result<bool>,
) -> tantivy::Result<()> {
    let mut words = words.range().ge(beginning).into_stream()?;
    while words.advance() && words.key().starts_with(beginning.as_bytes()) {
        if !each(words.value())? {
            break;
        }
    }
    Ok(())
}

/// The documents of a segment that were found.
struct Documents {
    bounds: Option<Bounds>,
    all: BitSet,
}

impl Documents {
    /// Adds those of a word.
    fn add(&mut self, mut list: Cursor) {
        while list.doc() != TERMINATED {
            let doc = list.doc();
            let is_within = self.bounds.as_ref().is_none_or(|bounds| {
                let bounds = bounds.of(doc);
                list.places().iter().any(|place| bounds.contains(place))
            });
            if is_within {
                self.all.insert(doc);
            }
            list.advance();
        }
    }
}

/// Documents with all words of a row but the last one, of which only the beginning is known.
struct Before {
    docs: Vec<u32>,
    /// For each of them where in `starts` its own begin; one more tells where the last ones end.
    firsts: Vec<usize>,
    /// Where in the documents the row begins.
    starts: Vec<u32>,
    /// The place of the last word in the row.
    offset: u32,
}

impl Before {
    /// None where there are no words before the last one.
    fn of(
        part: &Part,
        words: &[(u32, String)],
        offset: u32,
        bounds: &mut Option<Bounds>,
    ) -> tantivy::Result<Option<Self>> {
        if words.is_empty() {
            return Ok(None);
        }
        let mut row = row(part, words, bounds.take())?;
        let mut before = Self { docs: Vec::new(), firsts: vec![0], starts: Vec::new(), offset };
        while row.doc() != TERMINATED {
            before.docs.push(row.doc());
            before.starts.extend_from_slice(row.starts());
            before.firsts.push(before.starts.len());
            row.advance();
        }
        Ok(Some(before))
    }

    /// Adds the documents in which a last word stands where it should.
    fn add_to(&self, found: &mut BitSet, mut list: Cursor) {
        let mut at = 0;
        let mut starts = Vec::new();
        while at < self.docs.len() {
            let doc = list.seek(self.docs[at]);
            if doc == self.docs[at] {
                starts.clear();
                starts.extend_from_slice(&self.starts[self.firsts[at]..self.firsts[at + 1]]);
                keep_common(&mut starts, list.places(), self.offset);
                if !starts.is_empty() {
                    found.insert(doc);
                }
                at += 1;
            } else {
                at += self.docs[at..].partition_point(|one| *one < doc);
            }
        }
    }
}
