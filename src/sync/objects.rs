//! Reads companies and tickets: kinds of objects that a workspace may have, or not.

use std::collections::HashSet;

use futures::StreamExt;

use super::directory::leave_out;
use super::error::Error;
use super::observer::{Event, Phase};
use super::plan::OVERLAP_SECONDS;
use super::report::Missing;
use super::run::Context;
use super::state::Progress;
use super::store::progress;
use crate::intercom::{Item, PageStream, Query, SearchRequest, Sort, peek_id_times};
use crate::lake::{SpoolKind, SpoolRecord};
use crate::model::{Company, Row, Ticket, Timestamp};

/// How often companies are read again, in seconds: they have no filter by change.
const COMPANIES_EVERY_SECONDS: i64 = 24 * 3_600;

/// Reads all companies, once a day.
pub(super) async fn companies(context: &Context) -> Result<(), Error> {
    let now = context.now();
    let is_due = |at: i64| now.seconds() - at >= COMPANIES_EVERY_SECONDS;
    if !context.options.companies || !context.state()?.companies_at.is_none_or(is_due) {
        return Ok(());
    }
    let pages = || context.client.companies_scroll();
    let read = pages_of(context, Phase::Companies, SpoolKind::Company, pages).await;
    if finished(context, Company::TABLE.name, read)?.is_some() {
        let done = progress(&Progress::Companies { at: now.seconds() }, now);
        context.store.send(vec![done]).await?;
    }
    Ok(())
}

/// Reads one company. One that is gone stays as it was, as it does when all are read.
pub(super) async fn company(context: &Context, id: &str) -> Result<(), Error> {
    if !context.options.companies {
        return Ok(());
    }
    match context.client.company(id).await {
        Ok(item) => {
            let record = record(SpoolKind::Company, &item, context.now());
            context.store.send(record.into_iter().collect()).await
        }
        Err(error) if error.is_gone() => Ok(()),
        Err(error) if error.is_fatal() => Err(error.into()),
        // The daily look at all companies brings it.
        Err(error) => {
            leave_out(context, Company::TABLE.name, &error);
            Ok(())
        }
    }
}

/// Reads the tickets that changed.
pub(super) async fn tickets(context: &Context) -> Result<(), Error> {
    if !context.options.tickets {
        return Ok(());
    }
    let known = context.state()?.tickets_through;
    let since = known.map_or(0, |through| through - OVERLAP_SECONDS);
    let search = SearchRequest::tickets(Query::since("updated_at", since)?, Sort::ascending("updated_at"));
    let pages = || context.client.tickets_search(&search);
    let read = pages_of(context, Phase::Tickets, SpoolKind::Ticket, pages).await;
    if let Some(Some(through)) = finished(context, Ticket::TABLE.name, read)? {
        let done = progress(&Progress::Tickets { through }, context.now());
        context.store.send(vec![done]).await?;
    }
    Ok(())
}

/// Whether a kind of objects was read to its end; what is not to be had is left out.
fn finished<T>(
    context: &Context,
    table: &'static str,
    read: Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    match read {
        Err(Error::Intercom(error)) if !error.is_fatal() => {
            leave_out(context, table, &error);
            Ok(None)
        }
        read => read,
    }
}

/// How often a list is read before what is missing of it is left to the next run.
const ROUNDS: u32 = 3;

/// What a list gave.
#[derive(Default)]
struct Read {
    ids: HashSet<String>,
    newest: Option<i64>,
    /// How many objects Intercom counts, by the lower of its first and last word.
    counted: u64,
}

/// Stores all objects of a list, read again while some that Intercom counts are missing; returns the latest
/// `updated_at`, or nothing when it was stopped or stayed short.
async fn pages_of(
    context: &Context,
    phase: Phase,
    kind: SpoolKind,
    pages: impl Fn() -> PageStream,
) -> Result<Option<Option<i64>>, Error> {
    let mut read = Read::default();
    for _ in 0..ROUNDS {
        if !walk(context, phase, kind, pages(), &mut read).await? {
            return Ok(None);
        }
        if read.ids.len() as u64 >= read.counted {
            context.observer.event(Event::Finished { phase });
            return Ok(Some(read.newest));
        }
    }
    let table = if kind == SpoolKind::Ticket { Ticket::TABLE.name } else { Company::TABLE.name };
    let reason = format!("Intercom counts {} and lists {}", read.counted, read.ids.len());
    context.totals.missing(Missing::Table { table, reason });
    Ok(None)
}

/// Walks all pages once; false when it was stopped.
async fn walk(
    context: &Context,
    phase: Phase,
    kind: SpoolKind,
    mut pages: PageStream,
    read: &mut Read,
) -> Result<bool, Error> {
    let mut counted: Option<u64> = None;
    loop {
        let page = tokio::select! {
            page = pages.next() => page,
            () = context.stop.stopped() => return Ok(false),
        };
        let Some(page) = page.transpose()? else { break };
        if counted.is_none() {
            context.observer.event(Event::Started { phase, total: page.total_count });
        }
        counted = counted.into_iter().chain(page.total_count).min();
        let now = context.now();
        let mut records: Vec<SpoolRecord> =
            page.items.iter().filter_map(|item| record(kind, item, now)).collect();
        read.newest = records.iter().map(|record| record.updated_at.seconds()).chain(read.newest).max();
        records.retain(|record| read.ids.insert(record.id.clone()));
        context.observer.event(Event::Advanced { phase, by: records.len() as u64 });
        context.store.send(records).await?;
    }
    read.counted = counted.unwrap_or(0);
    Ok(true)
}

fn record(kind: SpoolKind, item: &Item, now: Timestamp) -> Option<SpoolRecord> {
    let peek = peek_id_times(item);
    let created_at = peek.created_at.map(Timestamp::from_seconds);
    let created_at = match kind {
        // A ticket's creation decides its partition.
        SpoolKind::Ticket => created_at?,
        _ => created_at.unwrap_or(now),
    };
    let updated_at = peek.updated_at.map_or(created_at, Timestamp::from_seconds);
    let json = item.get().as_bytes().to_vec();
    Some(SpoolRecord { kind, id: peek.id?, created_at, updated_at, synced_at: now, json })
}
