//! An expression as a query of the index library.

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query,
    TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, SegmentReader, Term};

use super::in_a_row::InARow;
use super::names::Names;
use super::parts::Parts;
use super::schema::Fields;
use super::search::Failed;
use super::syntax::{Expr, Leaf, Match, Scope, SyntaxError};
use super::zone::Zone;

/// Turns expressions into queries.
pub(super) struct Compiler<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) parts: &'a Parts,
    pub(super) fields: &'a Fields,
    pub(super) names: &'a Names,
    /// What was typed, for errors.
    pub(super) typed: &'a str,
}

type Compiled = Result<Box<dyn Query>, Failed>;

/// Words that the last one of a phrase may begin at most: each takes the library two kilobytes.
const MOST_ENDINGS: usize = 20_000;

impl Compiler<'_> {
    /// The query of an expression.
    pub(super) fn query(&self, expr: &Expr) -> Compiled {
        match expr {
            Expr::All => Ok(Box::new(AllQuery)),
            Expr::Leaf(leaf) => self.leaf(leaf),
            Expr::Not(_) => self.and(std::slice::from_ref(expr)),
            Expr::And(parts) => self.and(parts),
            Expr::Or(parts) => {
                let parts = parts.iter().map(|part| Ok((Occur::Should, self.query(part)?)));
                Ok(Box::new(BooleanQuery::new(parts.collect::<Result<_, Failed>>()?)))
            }
        }
    }

    fn and(&self, parts: &[Expr]) -> Compiled {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for part in parts {
            clauses.push(match part {
                Expr::Not(inner) => (Occur::MustNot, self.query(inner)?),
                part => (Occur::Must, self.query(part)?),
            });
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn leaf(&self, leaf: &Leaf) -> Compiled {
        let query = match leaf.scope {
            Scope::Anywhere => self.in_a_row(leaf, Zone::Whole),
            Scope::Title => self.in_a_row(leaf, Zone::Title),
            Scope::Note => self.in_a_row(leaf, Zone::Note),
            Scope::From => {
                let either = vec![self.in_a_row(leaf, Zone::Contact), self.words(leaf, self.fields.from)?];
                Box::new(BooleanQuery::union(either))
            }
            Scope::Tag => self.words(leaf, self.fields.tag)?,
            Scope::Assignee => return self.assignee(leaf),
            Scope::Has => self.words(leaf, self.fields.has)?,
        };
        // Only words anywhere tell how well a conversation fits; the others are conditions.
        let is_ranked = leaf.scope == Scope::Anywhere && leaf.matching == Match::Exact;
        Ok(if is_ranked { query } else { Box::new(ConstScoreQuery::new(query, 1.0)) })
    }

    fn assignee(&self, leaf: &Leaf) -> Compiled {
        let found = self.names.assignees(leaf);
        if found.is_empty() {
            let message = self.names.unknown(&leaf.typed);
            return Err(SyntaxError::new(self.typed, leaf.range.clone(), message).into());
        }
        let terms = found.iter().map(|term| Term::from_field_text(self.fields.assignee, term));
        Ok(Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 1.0)))
    }

    /// The words of a leaf in a part of what words are looked for in.
    fn in_a_row(&self, leaf: &Leaf, zone: Zone) -> Box<dyn Query> {
        Box::new(InARow::of(leaf, self.parts, self.fields.anywhere, zone))
    }

    /// The words of a leaf in a field of the library.
    fn words(&self, leaf: &Leaf, field: Field) -> Compiled {
        let term = |word: &str| Term::from_field_text(field, word);
        let terms: Vec<(usize, Term)> = leaf.words.iter().map(|(place, word)| (*place, term(word))).collect();
        Ok(match (leaf.matching, &terms[..]) {
            (Match::Typo(slips), [(_, term)]) => Box::new(FuzzyTermQuery::new(term.clone(), slips, true)),
            (Match::Prefix, [_]) => {
                let mut query = PhrasePrefixQuery::new_with_offset(terms);
                query.set_max_expansions(u32::MAX);
                Box::new(query)
            }
            (Match::Prefix, [.., (_, last)]) => {
                let endings = self.check_endings(leaf, field, last)?;
                let mut query = PhrasePrefixQuery::new_with_offset(terms);
                // Room is made for as many as are allowed.
                query.set_max_expansions(endings.max(1) as u32);
                Box::new(query)
            }
            (_, [(_, term)]) => Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)),
            _ => Box::new(PhraseQuery::new_with_offset(terms)),
        })
    }

    /// How many words of a segment begin so, where it is most of them, unless these are too many.
    fn check_endings(&self, leaf: &Leaf, field: Field, last: &Term) -> Result<usize, Failed> {
        let counts = self.searcher.segment_readers().iter().map(|segment| endings(segment, field, last));
        let most = counts.collect::<tantivy::Result<Vec<_>>>()?.into_iter().max().unwrap_or_default();
        if most > MOST_ENDINGS {
            let message =
                format!("more than {MOST_ENDINGS} words begin so: at the end of a phrase, give more letters");
            return Err(SyntaxError::new(self.typed, leaf.range.clone(), message).into());
        }
        Ok(most)
    }
}

/// How many words of a field of the library begin so; counts no further than is allowed.
fn endings(segment: &SegmentReader, field: Field, beginning: &Term) -> tantivy::Result<usize> {
    let beginning = beginning.serialized_value_bytes();
    let index = segment.inverted_index(field)?;
    let mut words = index.terms().range().ge(beginning).into_stream()?;
    let mut count = 0;
    while count <= MOST_ENDINGS && words.advance() && words.key().starts_with(beginning) {
        count += 1;
    }
    Ok(count)
}
