//! The search grammar: from a request body to a page of results.
//!
//! Owns parsing, evaluation, sorting and cursors, for any kind of document that has a table of fields.
//! Knows nothing of HTTP or of how documents are rendered.

mod bounds;
mod cursor;
mod eval;
mod field;
mod fields_contact;
mod fields_conversation;
mod fields_ticket;
mod query;
mod request;

pub(crate) use bounds::Bounds;
pub(crate) use cursor::SortKey;
pub(crate) use eval::matches;
pub(crate) use field::{Context, Document};
pub(crate) use query::{Filter, Op, Operand, Query, Target};
pub(crate) use request::{Order, Rules, SearchRequest, WorkspaceDays};

use std::sync::Arc;

/// One page of results.
pub(crate) struct Page<D> {
    pub(crate) items: Vec<Arc<D>>,
    pub(crate) total: usize,
    pub(crate) page: u64,
    pub(crate) per_page: usize,
    pub(crate) next: Option<String>,
}

/// Filters, sorts and cuts: what works for any query, at the price of looking at every document.
pub(crate) fn scan<'a, D: Document>(
    context: &Context<'_>,
    documents: impl Iterator<Item = &'a Arc<D>>,
    request: &SearchRequest<D>,
) -> Page<D> {
    let mut found: Vec<(SortKey, D::Id, &Arc<D>)> = documents
        .filter(|document| matches(context, &***document, &request.query))
        .map(|document| (request.sort_key(context, document), document.id(), document))
        .collect();
    found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    if request.order == Order::Descending {
        found.reverse();
    }
    let start = request.cursor.as_ref().map_or(0, |cursor| {
        found.partition_point(|(key, id, _)| match request.order {
            Order::Ascending => (key, id) <= (&cursor.key, &cursor.id),
            Order::Descending => (key, id) >= (&cursor.key, &cursor.id),
        })
    });
    let shown = &found[start..(start + request.per_page).min(found.len())];
    let more = start + shown.len() < found.len();
    let last = shown.last().filter(|_| more).map(|(key, id, _)| (key.clone(), id.clone()));
    request.page_of(shown.iter().map(|(_, _, document)| Arc::clone(document)).collect(), found.len(), last)
}
