//! Lists the conversations of one window and checks that none is missing.
//!
//! A search's cursor is no snapshot: pages may repeat, come unsorted, loop, or expire. What counts is that as
//! many different conversations were listed as Intercom counts; otherwise the window is listed again.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use futures::StreamExt;

use super::error::Error;
use super::observer::{Event, Phase};
use super::report::Missing;
use super::run::Context;
use super::state::{Progress, Window, WindowField};
use super::store::progress;
use crate::intercom::{
    self, Clause, Filter, Group, Item, Op, Page, Query, SearchRequest, Sort, peek_id_times,
};
use crate::lake::{SpoolKind, SpoolRecord};
use crate::model::Timestamp;

/// How often a window is listed before what is missing is reported.
const ROUNDS: u32 = 3;
/// How often a listing is taken up again from where it got to.
const RESUMES: u32 = 10;

/// How listing a window ended.
#[derive(Debug)]
pub(super) enum Listed {
    /// Every conversation of it was listed.
    All,
    /// Some are missing; it stays to be listed by the next run.
    Short(Missing),
    /// The user stopped it.
    Stopped,
}

/// Lists one window; what it lists is on its way into the spool, with how far it got.
pub(super) async fn list(context: &Context, window: &Window) -> Result<Listed, Error> {
    let mut listing = Listing::new(context, window);
    let mut short = None;
    for _ in 0..ROUNDS {
        match listing.round().await? {
            Round::Stopped => return Ok(Listed::Stopped),
            Round::Complete => {
                listing.store(Vec::new(), Some(Progress::WindowDone { id: window.id })).await?;
                return Ok(Listed::All);
            }
            Round::Short { counted, listed } => short = Some((counted, listed)),
        }
    }
    let (counted, listed) = short.unwrap_or_default();
    let (field, from_seconds, to_seconds) = (window.field.name(), window.from, window.to);
    Ok(Listed::Short(Missing::Listed { field, from_seconds, to_seconds, counted, listed }))
}

enum Round {
    Complete,
    Short { counted: u64, listed: u64 },
    Stopped,
}

struct Listing<'a> {
    context: &'a Context,
    window: &'a Window,
    /// What is left, and whether it can be trusted: only a sorted listing says what lies behind it.
    from: Option<i64>,
    to: i64,
    /// Every conversation of the window so far, by hash of id and `updated_at`.
    sent: HashSet<u64>,
    hasher: RandomState,
}

impl<'a> Listing<'a> {
    fn new(context: &'a Context, window: &'a Window) -> Self {
        let (from, to) = window.remaining();
        Self { context, window, from, to, sent: HashSet::new(), hasher: RandomState::new() }
    }

    /// Lists what is left of the window once, resuming where a cursor breaks.
    async fn round(&mut self) -> Result<Round, Error> {
        let (from, to) = (self.from, self.to);
        for _ in 0..RESUMES {
            match self.walk().await {
                Ok(Round::Short { counted, listed }) => {
                    (self.from, self.to) = (from, to);
                    return Ok(Round::Short { counted, listed });
                }
                Err(Error::Intercom(
                    intercom::Error::CursorLoop { .. } | intercom::Error::InvalidCursor { .. },
                )) => {}
                result => return result,
            }
        }
        (self.from, self.to) = (from, to);
        Ok(Round::Short { counted: 0, listed: 0 })
    }

    /// Walks all pages of what is left.
    async fn walk(&mut self) -> Result<Round, Error> {
        let request = self.request()?;
        let mut pages = self.context.client.search_conversations(&request);
        let mut order = Order::new(self.window.field);
        let mut listed = HashSet::new();
        let (mut first, mut last) = (None, None);
        loop {
            let page = tokio::select! {
                page = pages.next() => page,
                () = self.context.stop.stopped() => return Ok(Round::Stopped),
            };
            let Some(page) = page.transpose()? else { break };
            (first, last) = (page.first_total.or(first), page.total_count.or(last));
            self.page(&page, &mut order, &mut listed).await?;
        }
        let counted = first.into_iter().chain(last).min().unwrap_or(0);
        let listed = listed.len() as u64;
        Ok(if listed >= counted { Round::Complete } else { Round::Short { counted, listed } })
    }

    fn request(&self) -> Result<SearchRequest, Error> {
        let field = self.window.field.name();
        // Whether `>` and `<` include their bound differs; with `=` beside them it does not matter.
        let bound = |op, at| -> Result<Clause, intercom::QueryError> {
            let sides = [Filter::compare(field, op, at)?, Filter::compare(field, Op::Eq, at)?];
            Ok(Group::any(sides)?.into())
        };
        let mut clauses = vec![bound(Op::Lt, self.to)?];
        if let Some(from) = self.from {
            clauses.push(bound(Op::Gt, from)?);
        }
        if let Some(before) = self.window.created_before {
            clauses.push(Filter::compare("created_at", Op::Lt, before)?.into());
        }
        let sort = match self.window.field {
            WindowField::CreatedAt => Sort::descending(field),
            WindowField::UpdatedAt => Sort::ascending(field),
        };
        Ok(SearchRequest::new(Query::and(clauses)?, sort))
    }

    async fn page(&mut self, page: &Page, order: &mut Order, listed: &mut HashSet<u64>) -> Result<(), Error> {
        let now = self.context.now();
        let mut records = Vec::with_capacity(page.items.len() + 1);
        for item in &page.items {
            let Some(record) = header(item, now) else { continue };
            order.see(&record);
            let version = (record.id.as_str(), record.updated_at);
            listed.insert(self.hasher.hash_one(record.id.as_str()));
            if self.sent.insert(self.hasher.hash_one(version)) {
                records.push(record);
            }
        }
        let step = order.bound().map(|resume_at| {
            match self.window.field {
                WindowField::CreatedAt => self.to = resume_at.min(self.to),
                WindowField::UpdatedAt => self.from = self.from.max(Some(resume_at)),
            }
            Progress::Window { id: self.window.id, resume_at }
        });
        let count = records.len() as u64;
        self.store(records, step).await?;
        self.context.totals.listed(count);
        self.context.observer.event(Event::Advanced { phase: Phase::Conversations, by: count });
        Ok(())
    }

    async fn store(&self, mut records: Vec<SpoolRecord>, step: Option<Progress>) -> Result<(), Error> {
        records.extend(step.map(|step| progress(&step, self.context.now())));
        self.context.store.send(records).await
    }
}

/// A listed conversation as a record; `None` for one without id or creation time, which the count will miss.
fn header(item: &Item, now: Timestamp) -> Option<SpoolRecord> {
    let peek = peek_id_times(item);
    let created_at = Timestamp::from_seconds(peek.created_at?);
    let updated_at = peek.updated_at.map_or(created_at, Timestamp::from_seconds);
    let json = item.get().as_bytes().to_vec();
    Some(SpoolRecord { kind: SpoolKind::Header, id: peek.id?, created_at, updated_at, synced_at: now, json })
}

/// Whether a listing came in order so far, and the last time in it.
struct Order {
    field: WindowField,
    last: Option<Timestamp>,
    is_sorted: bool,
}

impl Order {
    fn new(field: WindowField) -> Self {
        Self { field, last: None, is_sorted: true }
    }

    fn see(&mut self, record: &SpoolRecord) {
        let at = match self.field {
            WindowField::CreatedAt => record.created_at,
            WindowField::UpdatedAt => record.updated_at,
        };
        let fits = match (self.field, self.last) {
            (_, None) => true,
            (WindowField::CreatedAt, Some(last)) => at <= last,
            (WindowField::UpdatedAt, Some(last)) => at >= last,
        };
        self.is_sorted &= fits;
        self.last = Some(at);
    }

    /// Where to go on after a crash; none once the order was broken.
    fn bound(&self) -> Option<i64> {
        self.last.filter(|_| self.is_sorted).map(Timestamp::seconds)
    }
}
