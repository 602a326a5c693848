//! Reads the workspace's small tables whole: teammates, teams, tags, segments, attributes, ticket types.

use std::collections::HashSet;

use tokio::task::spawn_blocking;

use super::apply::chain;
use super::error::Error;
use super::observer::{Event, Phase};
use super::report::{Missing, Skipped};
use super::run::Context;
use crate::intercom::{self, Item};
use crate::lake::DataFile;
use crate::model::{
    Admin, ConversationAttribute, Segment, Synced, Tag, Team, TicketType, Timestamp, WireError,
};

/// Reads and stores all of them.
pub(super) async fn read(context: &Context) -> Result<(), Error> {
    context.observer.event(Event::Started { phase: Phase::Directory, total: Some(6) });
    let client = &context.client;
    let (admins, teams, tags, segments, attributes, types) = tokio::join!(
        client.admins(),
        client.teams(),
        client.tags(),
        client.segments(),
        client.conversation_attributes(),
        client.ticket_types(),
    );
    store::<Admin>(context, admins, Admin::parse).await?;
    store::<Team>(context, teams, Team::parse).await?;
    store::<Tag>(context, tags, Tag::parse).await?;
    store::<Segment>(context, segments, Segment::parse).await?;
    store::<ConversationAttribute>(context, attributes, ConversationAttribute::parse).await?;
    store::<TicketType>(context, types, TicketType::parse).await?;
    context.observer.event(Event::Finished { phase: Phase::Directory });
    Ok(())
}

/// A row of a table that Intercom lists whole.
trait Listed: Synced {
    fn id(&self) -> String;
    /// The same row, no longer listed.
    fn unlisted(self) -> Self;
}

macro_rules! listed {
    ($($row:ident by $id:ident),+) => {
        $(impl Listed for $row {
            fn id(&self) -> String {
                self.$id.to_string()
            }
            fn unlisted(self) -> Self {
                Self { is_listed: false, ..self }
            }
        })+
    };
}

listed! {
    Admin by admin_id, Team by team_id, Tag by tag_id, Segment by segment_id,
    ConversationAttribute by attribute_id, TicketType by ticket_type_id
}

/// Stores one table; one that is not to be had is left as it is, and said so.
async fn store<R: Listed>(
    context: &Context,
    items: Result<Vec<Item>, intercom::Error>,
    parse: fn(&[u8], Timestamp) -> Result<R, WireError>,
) -> Result<(), Error> {
    let table = R::TABLE.name;
    let items = match items {
        Ok(items) => items,
        Err(error) if error.is_fatal() => return Err(error.into()),
        Err(error) => {
            leave_out(context, table, &error);
            return Ok(());
        }
    };
    let now = context.now();
    let mut rows: Vec<R> = Vec::with_capacity(items.len());
    for item in &items {
        match parse(item.get().as_bytes(), now) {
            Ok(row) => rows.push(row),
            Err(error) => context.totals.unreadable(table, String::new(), &chain(&error)),
        }
    }
    let writer = context.writer.clone();
    spawn_blocking(move || -> Result<(), Error> {
        let stored: Vec<R> = writer.reader().rows(&DataFile::whole(R::TABLE))?;
        let mut changed = changes(stored, rows);
        if changed.is_empty() {
            return Ok(());
        }
        let mut commit = writer.begin()?;
        commit.upsert(&mut changed, Listed::id)?;
        Ok(commit.finish(|_| {})?)
    })
    .await?
}

/// The rows to write: those that are new or differ, and those that are no longer listed.
fn changes<R: Listed>(stored: Vec<R>, listed: Vec<R>) -> Vec<R> {
    let ids: HashSet<String> = listed.iter().map(Listed::id).collect();
    let is_same = |row: &R| stored.iter().any(|old| old.id() == row.id() && old.says_the_same(row));
    let mut changed: Vec<R> = listed.into_iter().filter(|row| !is_same(row)).collect();
    let gone = stored.iter().filter(|row| !ids.contains(&row.id()) && **row != (*row).clone().unlisted());
    changed.extend(gone.cloned().map(Listed::unlisted));
    changed
}

/// Notes that a kind of objects is not to be had: for good (token, plan, version) or for now.
pub(super) fn leave_out(context: &Context, table: &'static str, error: &intercom::Error) {
    let reason = chain(error);
    if error.is_unavailable_here() {
        tracing::info!(table, reason, "left out");
        context.totals.skipped(Skipped { table, reason, hint: error.hint() });
    } else {
        tracing::warn!(table, reason, "could not be read");
        context.totals.missing(Missing::Table { table, reason });
    }
}
