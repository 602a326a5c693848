//! What search sees: the conversations as they were some seconds ago, sorted by both dates.
//!
//! Owns the delay between a change and its being found, and the fast answer to the usual question
//! ("what changed between then and then?"). Everything else is scanned.

use super::search::{Bounds, Context, Order, Page, Query, SearchRequest, SortKey, Target, matches, scan};
use crate::demo::workspace::{Conversation, Workspace};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// A conversation under one of its dates.
type Entry = (i64, u64, Arc<Conversation>);

/// What search will see from a moment on: a new state, or that it is gone.
struct Pending {
    visible_at_ms: i64,
    id: u64,
    state: Option<Arc<Conversation>>,
}

/// The search index of conversations.
pub(crate) struct ConversationIndex {
    documents: BTreeMap<u64, Arc<Conversation>>,
    by_updated: Vec<Entry>,
    by_created: Vec<Entry>,
    pending: VecDeque<Pending>,
}

impl ConversationIndex {
    pub(crate) fn new(workspace: &Workspace) -> Self {
        let documents: BTreeMap<u64, Arc<Conversation>> = workspace
            .conversations()
            .map(|conversation| (conversation.id, Arc::clone(conversation)))
            .collect();
        let sorted = |date: fn(&Conversation) -> i64| {
            let mut entries: Vec<Entry> =
                documents.values().map(|c| (date(c), c.id, Arc::clone(c))).collect();
            entries.sort_unstable_by_key(|(at, id, _)| (*at, *id));
            entries
        };
        let (by_updated, by_created) = (sorted(|c| c.updated_at), sorted(|c| c.created_at));
        Self { documents, by_updated, by_created, pending: VecDeque::new() }
    }

    /// Notes a change that will be found from `visible_at_ms` on.
    pub(crate) fn note(&mut self, visible_at_ms: i64, id: u64, state: Option<Arc<Conversation>>) {
        self.pending.push_back(Pending { visible_at_ms, id, state });
    }

    /// Whether [`Self::catch_up`] has something to do.
    pub(crate) fn is_behind(&self, now_ms: i64) -> bool {
        self.pending.front().is_some_and(|pending| pending.visible_at_ms <= now_ms)
    }

    /// Makes changes visible whose time has come.
    pub(crate) fn catch_up(&mut self, now_ms: i64) {
        while self.is_behind(now_ms)
            && let Some(pending) = self.pending.pop_front()
        {
            if let Some(old) = self.documents.remove(&pending.id) {
                remove(&mut self.by_updated, old.updated_at, old.id);
                remove(&mut self.by_created, old.created_at, old.id);
            }
            if let Some(new) = pending.state {
                insert(&mut self.by_updated, new.updated_at, &new);
                insert(&mut self.by_created, new.created_at, &new);
                self.documents.insert(new.id, new);
            }
        }
    }

    /// One page of a search. `visible` leaves out what the token may not see.
    pub(crate) fn page(
        &self,
        context: &Context<'_>,
        request: &SearchRequest<Conversation>,
        visible: Option<&dyn Fn(&Conversation) -> bool>,
    ) -> Page<Conversation> {
        let entries = match &request.sort {
            Target::Known(field) if field.name == "updated_at" => (&self.by_updated, field.name),
            Target::Known(field) if field.name == "created_at" => (&self.by_created, field.name),
            _ => {
                let all = self.documents.values().filter(|c| visible.is_none_or(|visible| visible(c)));
                return scan(context, all, request);
            }
        };
        let bounds = Bounds::of(&request.query, entries.1);
        let range = range(entries.0, bounds);
        if bounds.exact && visible.is_none() {
            return cut(request, range.len(), range.iter());
        }
        let wanted = |entry: &&Entry| {
            visible.is_none_or(|visible| visible(&entry.2))
                && (bounds.exact || matches(context, &*entry.2, &request.query))
        };
        let found: Vec<&Entry> = range.iter().filter(wanted).collect();
        cut(request, found.len(), found.into_iter())
    }
}

fn remove(entries: &mut Vec<Entry>, at: i64, id: u64) {
    if let Ok(position) = entries.binary_search_by_key(&(at, id), |(at, id, _)| (*at, *id)) {
        entries.remove(position);
    }
}

fn insert(entries: &mut Vec<Entry>, at: i64, conversation: &Arc<Conversation>) {
    let position = entries.partition_point(|(known, id, _)| (*known, *id) < (at, conversation.id));
    entries.insert(position, (at, conversation.id, Arc::clone(conversation)));
}

fn range(entries: &[Entry], bounds: Bounds) -> &[Entry] {
    let from = entries.partition_point(|(at, _, _)| *at < bounds.low);
    let until = entries.partition_point(|(at, _, _)| *at <= bounds.high);
    entries.get(from..until).unwrap_or(&[])
}

/// Cuts the page behind the cursor out of sorted matches.
fn cut<'a>(
    request: &SearchRequest<Conversation>,
    total: usize,
    matches: impl DoubleEndedIterator<Item = &'a Entry> + ExactSizeIterator,
) -> Page<Conversation> {
    match request.order {
        Order::Ascending => take(request, total, matches),
        Order::Descending => take(request, total, matches.rev()),
    }
}

fn take<'a>(
    request: &SearchRequest<Conversation>,
    total: usize,
    matches: impl Iterator<Item = &'a Entry>,
) -> Page<Conversation> {
    let behind = |entry: &&Entry| match (&request.cursor, request.order) {
        (None, _) => false,
        (Some(cursor), Order::Ascending) => {
            (SortKey::Int(entry.0), entry.1) <= (cursor.key.clone(), cursor.id)
        }
        (Some(cursor), Order::Descending) => {
            (SortKey::Int(entry.0), entry.1) >= (cursor.key.clone(), cursor.id)
        }
    };
    let mut rest = matches.skip_while(behind);
    let shown: Vec<&Entry> = rest.by_ref().take(request.per_page).collect();
    let last = rest.next().and_then(|_| shown.last()).map(|entry| (SortKey::Int(entry.0), entry.1));
    request.page_of(shown.iter().map(|entry| Arc::clone(&entry.2)).collect(), total, last)
}

/// The ids a query asks for by name, if that is all it allows: contacts are looked up that way.
pub(crate) fn ids_of<D: super::search::Document>(query: &Query<D>) -> Option<Vec<String>> {
    use super::search::{Filter, Op, Operand};
    match query {
        Query::Test(Filter { target: Target::Known(field), op }) if field.name == "id" => match op {
            Op::Equal(Operand::Text(id)) => Some(vec![id.clone()]),
            Op::In(ids) => Some(
                ids.iter()
                    .filter_map(|id| if let Operand::Text(id) = id { Some(id.clone()) } else { None })
                    .collect(),
            ),
            _ => None,
        },
        Query::All(children) => children.iter().find_map(ids_of),
        _ => None,
    }
}
