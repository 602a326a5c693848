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

#[cfg(test)]
mod tests {
    use tantivy::schema::Schema;
    use tantivy::{Index, IndexWriter, Searcher, TantivyDocument};

    use super::*;
    use crate::index::postings::Damage;
    use crate::index::schema::{Fields, plugin, schema, tokenizers};
    use crate::index::syntax::Expr;
    use crate::index::words::words;

    /// Documents in one segment.
    const DOCUMENTS: u64 = 1_500;
    /// Where in each the title ends, then the contact's name, then notes.
    const ENDS: [u64; 3] = [4, 6, 9];

    /// The text of a document: few words, in many orders.
    fn text(number: u64) -> String {
        let mut chance = number + 1;
        let words = (0..number % 14).map(|_| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ["red", "blue", "bluer", "black", "read", "rose", "the", "the"][(chance >> 40) as usize % 8]
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn index() -> (Searcher, Parts, Fields) {
        let (schema, fields): (Schema, Fields) = schema();
        let builder = Index::builder().schema(schema).tokenizers(tokenizers());
        let index = builder.register_plugin(plugin(&fields, &Damage::default())).create_in_ram().unwrap();
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for number in 0..DOCUMENTS {
            let mut document = TantivyDocument::default();
            document.add_u64(fields.id_key, number);
            document.add_i64(fields.created_at, 0);
            document.add_i64(fields.updated_at, 0);
            document.add_bool(fields.is_listed_only, false);
            for (field, end) in [fields.title_end, fields.contact_end, fields.note_end].into_iter().zip(ENDS)
            {
                document.add_u64(field, end);
            }
            document.add_custom(fields.anywhere, text(number).as_bytes());
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let parts = Parts::open(&searcher).unwrap();
        (searcher, parts, fields)
    }

    fn leaf(query: &str) -> Leaf {
        let Expr::Leaf(leaf) = Expr::parse(query).unwrap() else { panic!("{query}") };
        leaf
    }

    /// The documents that a part of a query is in, looked for without an index.
    fn expected(leaf: &Leaf, zone: Zone) -> Vec<DocId> {
        let bounds = match zone {
            Zone::Whole => 0..usize::MAX,
            Zone::Title => 0..ENDS[0] as usize,
            Zone::Contact => ENDS[0] as usize..ENDS[1] as usize,
            Zone::Note => ENDS[1] as usize..ENDS[2] as usize,
        };
        let is_in = |number: &u64| {
            leaf.places(&words(&text(*number))).iter().any(|place| bounds.contains(&place.start))
        };
        (0..DOCUMENTS).filter(is_in).map(|number| number as DocId).collect()
    }

    fn each_question(mut each: impl FnMut(&SegmentReader, &dyn Weight, &[DocId])) {
        let (searcher, parts, fields) = index();
        let segment = searcher.segment_reader(0);
        let queries = [
            "red",
            "nothing",
            "the",
            "\"red blue\"",
            "\"the the rose\"",
            "\"the nothing\"",
            "blu*",
            "x*",
            "\"red blu*\"",
            "\"the the r*\"",
            "\"nothing r*\"",
            "\"red x*\"",
            "blakc~",
        ];
        for query in queries {
            let leaf = leaf(query);
            for zone in [Zone::Whole, Zone::Title, Zone::Contact, Zone::Note] {
                let query = InARow::of(&leaf, &parts, fields.anywhere, zone);
                let weight = query.weight(EnableScoring::disabled_from_searcher(&searcher)).unwrap();
                each(segment, &*weight, &expected(&leaf, zone));
            }
        }
    }

    #[test]
    fn documents_are_those_that_a_look_at_every_text_finds() {
        let mut found = 0;
        each_question(|segment, weight, expected| {
            let mut docs = Vec::new();
            weight.for_each(segment, &mut |doc, _| docs.push(doc)).unwrap();
            assert_eq!(docs, expected);
            docs.clear();
            weight.for_each_no_score(segment, &mut |some| docs.extend_from_slice(some)).unwrap();
            assert_eq!(docs, expected);
            found += docs.len();
            let mut scorer = weight.scorer(segment, 1.0).unwrap();
            for target in (0..DOCUMENTS as DocId).step_by(7) {
                let next = expected.iter().find(|doc| **doc >= target);
                assert_eq!(scorer.seek(target), next.copied().unwrap_or(TERMINATED));
            }
        });
        assert!(found > 5_000, "{found}");
    }

    #[test]
    fn to_look_whether_one_document_is_there_needs_no_other_and_leaves_the_way_open() {
        each_question(|segment, weight, expected| {
            let next = |from: DocId| expected.iter().copied().find(|doc| *doc >= from).unwrap_or(TERMINATED);
            let check = |target, found| match found {
                SeekDangerResult::Found => assert!(expected.contains(&target)),
                SeekDangerResult::SeekLowerBound(bound) => {
                    assert!(target < bound && bound <= next(target), "{target}, {bound}");
                }
            };
            for start in [0, 1, 500, DOCUMENTS as DocId] {
                let (mut found, mut scorer) = weight.scorer_danger(segment, start, 1.0).unwrap();
                let mut target = start;
                loop {
                    check(target, found);
                    if found == SeekDangerResult::Found {
                        assert_eq!(scorer.doc(), target);
                        assert_eq!(scorer.advance(), next(target + 1));
                    }
                    target += 1 + target % 5;
                    if target >= DOCUMENTS as DocId {
                        break;
                    }
                    if found == SeekDangerResult::Found && scorer.doc() > target {
                        target = scorer.doc().min(DOCUMENTS as DocId);
                    }
                    found = scorer.seek_danger(target);
                }
                let end = SeekDangerResult::SeekLowerBound(TERMINATED);
                assert_eq!(scorer.seek_danger(TERMINATED), end);
            }
        });
    }

    #[test]
    fn a_phrase_costs_more_than_a_word_in_as_many_documents() {
        let (searcher, parts, fields) = index();
        let cost = |query: &str, zone| {
            let query = InARow::of(&leaf(query), &parts, fields.anywhere, zone);
            let weight = query.weight(EnableScoring::disabled_from_searcher(&searcher)).unwrap();
            weight.scorer(searcher.segment_reader(0), 1.0).unwrap().cost()
        };
        assert!(cost("\"the the\"", Zone::Whole) > 10 * cost("the", Zone::Whole));
        assert!(cost("the", Zone::Title) > cost("the", Zone::Whole));
    }
}
