//! Some words in a row as a query of the index library, over the words that we keep ourselves.

use tantivy::postings::TermInfo;
use tantivy::query::{
    BitSetDocSet, Bm25Weight, ConstScorer, DfaWrapper, EnableScoring, Explanation, FuzzyTermQuery, Query,
    Scorer, Weight,
};
use tantivy::schema::Field;
use tantivy::termdict::TermDictionary;
use tantivy::{
    BitSet, DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, TantivyError, Term,
};

use super::parts::{OfSegment, Parts};
use super::postings::{Cursor, Part};
use super::row::{Row, RowScorer, keep_common};
use super::syntax::{Leaf, Match};
use super::zone::{Bounds, Zone};

/// Some words in a row, in a part of each document.
#[derive(Debug, Clone)]
pub(super) struct InARow {
    /// Each with its place among them.
    words: Vec<(u32, String)>,
    /// Where they are looked up.
    parts: Parts,
    matching: Match,
    zone: Zone,
    /// What frequencies are asked for by.
    field: Field,
}

impl InARow {
    /// What a part of a query asks for.
    pub(super) fn of(leaf: &Leaf, parts: &Parts, field: Field, zone: Zone) -> Self {
        let words = leaf.words.iter().map(|(place, word)| (*place as u32, word.clone())).collect();
        Self { words, parts: parts.clone(), matching: leaf.matching, zone, field }
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
        let automaton = match (self.matching, self.words.last()) {
            (Match::Typo(slips), Some((_, word))) => {
                Some(FuzzyTermQuery::new(self.term(word), slips, true).automaton()?)
            }
            _ => None,
        };
        Ok(Box::new(InARowWeight { query: self.clone(), bm25, automaton }))
    }
}

struct InARowWeight {
    query: InARow,
    bm25: Option<Bm25Weight>,
    /// What knows words with slips.
    automaton: Option<DfaWrapper>,
}

impl InARowWeight {
    /// Words as they are, in a row; at no document yet.
    fn exact(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<RowScorer> {
        let OfSegment { words, columns } = self.query.parts.of(segment)?;
        let row = row(words, &self.query.words, self.query.zone.bounds(columns))?;
        let weight = self.bm25.as_ref().map(|weight| weight.boost_by(boost));
        Ok(RowScorer { row, weight, lengths: words.lengths().clone() })
    }
}

impl Weight for InARowWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let query = &self.query;
        if query.matching == Match::Exact {
            let mut scorer = self.exact(segment, boost)?;
            scorer.row.settle();
            return Ok(Box::new(scorer));
        }
        let OfSegment { words: part, columns } = query.parts.of(segment)?;
        let bounds = query.zone.bounds(columns);
        let all = BitSet::with_max_value(segment.max_doc());
        let mut found = Documents { bounds, all, list: part.no_list() };
        match (&self.automaton, &query.words[..]) {
            (Some(automaton), _) => {
                let mut words = part.words().search(automaton).into_stream()?;
                while words.advance() {
                    found.add(part, words.value())?;
                }
            }
            (None, [(_, beginning)]) => {
                each_ending(part.words(), beginning, |info| found.add(part, info))?;
            }
            (None, [before @ .., (offset, beginning)]) => {
                let row = row(part, before, found.bounds.take())?;
                found.add_row(part, row, *offset, beginning)?;
            }
            (None, []) => {}
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found.all), boost)))
    }

    fn scorer_danger(
        &self,
        segment: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> tantivy::Result<(SeekDangerResult, Box<dyn Scorer>)> {
        if self.query.matching == Match::Exact {
            let mut scorer = self.exact(segment, boost)?;
            return Ok((scorer.row.find(target), Box::new(scorer)));
        }
        let mut scorer = self.scorer(segment, boost)?;
        let found = match scorer.doc() {
            doc if doc <= target => scorer.seek_danger(target),
            doc => SeekDangerResult::SeekLowerBound(doc),
        };
        Ok((found, scorer))
    }

    fn explain(&self, _: &SegmentReader, _: u32) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("scores are not explained".to_owned()))
    }
}

fn row(part: &Part, words: &[(u32, String)], bounds: Option<Bounds>) -> tantivy::Result<Row> {
    let lists = words.iter().map(|(offset, word)| Ok((*offset, part.list(word)?)));
    Ok(Row::new(lists.collect::<tantivy::Result<Vec<_>>>()?.into_iter(), bounds))
}

/// Goes through the words that begin so.
fn each_ending(
    words: &TermDictionary,
    beginning: &str,
    mut each: impl FnMut(&TermInfo) -> tantivy::Result<()>,
) -> tantivy::Result<()> {
    let mut words = words.range().ge(beginning).into_stream()?;
    while words.advance() && words.key().starts_with(beginning.as_bytes()) {
        each(words.value())?;
    }
    Ok(())
}

/// The documents of a segment that were found.
struct Documents {
    bounds: Option<Bounds>,
    all: BitSet,
    /// What goes through those of one word after the other.
    list: Cursor,
}

impl Documents {
    /// Adds those of a word.
    fn add(&mut self, part: &Part, info: &TermInfo) -> tantivy::Result<()> {
        let list = &mut self.list;
        part.go_to(info, list)?;
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
        Ok(())
    }

    /// Adds those with a row of words and, behind them, one that begins so.
    fn add_row(&mut self, part: &Part, row: Row, offset: u32, beginning: &str) -> tantivy::Result<()> {
        let all = BitSet::with_max_value(self.all.max_value());
        let mut endings = Self { bounds: None, all, list: part.no_list() };
        each_ending(part.words(), beginning, |info| endings.add(part, info))?;
        let before = Before::of(row, BitSetDocSet::from(endings.all), offset);
        each_ending(part.words(), beginning, |info| {
            part.go_to(info, &mut self.list)?;
            before.add_to(&mut self.all, &mut self.list);
            Ok(())
        })
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
    /// Those with the words before in a row among the ones with any last word.
    fn of(mut row: Row, mut among: BitSetDocSet, offset: u32) -> Self {
        let mut before = Self { docs: Vec::new(), firsts: vec![0], starts: Vec::new(), offset };
        while among.doc() != TERMINATED {
            let next = match row.find(among.doc()) {
                SeekDangerResult::Found => {
                    before.docs.push(among.doc());
                    before.starts.extend_from_slice(row.starts());
                    before.firsts.push(before.starts.len());
                    among.doc() + 1
                }
                SeekDangerResult::SeekLowerBound(next) => next,
            };
            among.seek(next);
        }
        before
    }

    /// Adds the documents in which a last word stands where it should.
    fn add_to(&self, found: &mut BitSet, list: &mut Cursor) {
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
