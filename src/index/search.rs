//! Asking an index: a page of hits in an order, or all of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tantivy::error::DataCorruption;
use tantivy::query::{EnableScoring, Query};
use tantivy::schema::Value;
use tantivy::{DocAddress, Searcher, TantivyDocument, TantivyError};

use super::card::Card;
use super::collect::{Everything, Page, Place, Sort, Within};
use super::key::id_of;
use super::names::Names;
use super::parts::Parts;
use super::query::Compiler;
use super::schema::Fields;
use super::statistics::Statistics;
use super::syntax::{Expr, SyntaxError};

/// A question for a page of hits.
#[derive(Debug, Clone, Default)]
pub struct PageParams {
    /// The order.
    pub sort: Sort,
    /// Hits passed over.
    pub offset: usize,
    /// Hits at most.
    pub limit: usize,
    /// Only what comes behind this place.
    pub after: Option<Place>,
    /// Only these conversations.
    pub within: Option<Within>,
    /// The numbers an earlier page was ordered by.
    pub statistics: Option<Statistics>,
}

/// A conversation that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// What a list shows of it.
    pub card: Card,
    /// How well it fits; 0 where the order is another one.
    pub score: f32,
    /// Its place in the order.
    pub place: Place,
}

/// A page of hits.
#[derive(Debug, Clone)]
pub struct Hits {
    /// Conversations that fit, on all pages.
    pub total: u64,
    /// Those on this page.
    pub hits: Vec<Hit>,
    /// Whether more come behind it.
    pub has_more: bool,
    /// What the next page has to be ordered by.
    pub statistics: Statistics,
}

/// An index at one moment.
pub(super) struct Moment {
    pub(super) searcher: Searcher,
    pub(super) parts: Parts,
    pub(super) fields: Fields,
}

/// Why there is no answer.
pub(super) enum Failed {
    Syntax(SyntaxError),
    Index(TantivyError),
}

impl From<SyntaxError> for Failed {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Index(error.into())
    }
}

impl From<TantivyError> for Failed {
    fn from(error: TantivyError) -> Self {
        Self::Index(error)
    }
}

impl Moment {
    /// Conversations in the index.
    pub(super) fn count(&self) -> u64 {
        self.searcher.num_docs()
    }

    fn compiler<'a>(&'a self, names: &'a Names, typed: &'a str) -> Compiler<'a> {
        Compiler { searcher: &self.searcher, parts: &self.parts, fields: &self.fields, names, typed }
    }

    /// A page of what an expression finds.
    pub(super) fn page(
        &self,
        typed: &str,
        expr: &Expr,
        names: &Names,
        params: &PageParams,
    ) -> Result<Hits, Failed> {
        caught(|| self.taken(&*self.compiler(names, typed).query(expr)?, expr, params))
    }

    fn taken(&self, query: &dyn Query, expr: &Expr, params: &PageParams) -> Result<Hits, Failed> {
        let statistics = match &params.statistics {
            Some(statistics) => statistics.clone(),
            None => Statistics::of(&self.searcher, &self.parts, expr)?,
        };
        let page = Page {
            parts: self.parts.clone(),
            sort: params.sort,
            take: params.offset.saturating_add(params.limit),
            after: params.after,
            within: params.within.clone(),
        };
        let taken = self.searcher.search_with_statistics_provider(query, &page, &statistics)?;
        let mut hits = Vec::new();
        for (place, score, at) in taken.hits.into_iter().skip(params.offset) {
            let score = if params.sort == Sort::Relevance { score } else { 0.0 };
            let Place(_, created_at, key) = place;
            let columns = &self.parts.of(self.searcher.segment_reader(at.segment_ord))?.columns;
            let card = Card::of(columns, at.doc_id, self.id(key, at)?, created_at);
            hits.push(Hit { card, score, place });
        }
        let shown = (params.offset + hits.len()) as u64;
        Ok(Hits { total: taken.total, has_more: taken.behind > shown && !hits.is_empty(), hits, statistics })
    }

    /// Everything an expression finds: ids and scores.
    pub(super) fn all(&self, typed: &str, expr: &Expr, names: &Names) -> Result<Vec<(String, f32)>, Failed> {
        caught(|| {
            let query = self.compiler(names, typed).query(expr)?;
            let statistics = Statistics::of(&self.searcher, &self.parts, expr)?;
            let found = self.searcher.search_with_statistics_provider(&*query, &Everything, &statistics)?;
            found.into_iter().map(|(key, score, at)| Ok((self.id(key, at)?, score))).collect()
        })
    }

    /// The id of a document with this key.
    fn id(&self, key: u64, at: DocAddress) -> tantivy::Result<String> {
        match id_of(key) {
            Some(id) => Ok(id),
            None => self.stored_id(at),
        }
    }

    fn stored_id(&self, at: DocAddress) -> tantivy::Result<String> {
        let document: TantivyDocument = self.searcher.doc(at)?;
        let id = document.get_first(self.fields.id).and_then(|id| id.as_str());
        let no_id = || TantivyError::DataCorruption(DataCorruption::comment_only("a document has no id"));
        id.map(str::to_owned).ok_or_else(no_id)
    }

    /// In how many conversations each of some expressions is found.
    pub(super) fn counts(&self, typed: &str, parts: &[Expr], names: &Names) -> Result<Vec<u64>, Failed> {
        let compiler = self.compiler(names, typed);
        caught(|| {
            let queries: Vec<Box<dyn Query>> =
                parts.iter().map(|part| compiler.query(part)).collect::<Result<_, _>>()?;
            let count = |query: &dyn Query| -> Result<u64, TantivyError> {
                let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
                let segments = self.searcher.segment_readers().iter();
                segments.map(|segment| weight.count(segment).map(u64::from)).sum()
            };
            Ok(queries.iter().map(|query| count(&**query)).collect::<Result<_, _>>()?)
        })
    }
}

/// Runs something on files that may be damaged in ways the library does not expect.
pub(super) fn caught<T, E: From<TantivyError>>(run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err(unexpected().into()))
}

/// What a panic says of the files that were read.
pub(super) fn unexpected() -> TantivyError {
    let comment = "reading it failed in an unexpected way";
    TantivyError::DataCorruption(DataCorruption::comment_only(comment))
}
