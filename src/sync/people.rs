//! Reads contacts: those that conversations name, or all.
//!
//! The ids come from conversations that changed since their contacts were last looked up; what is looked up is
//! remembered only when it is stored, so an interrupted run asks again.

use std::collections::{BTreeSet, HashSet};

use arrow::array::AsArray;
use futures::StreamExt;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::apply::GONE;
use super::directory::leave_out;
use super::error::Error;
use super::observer::{Event, Phase};
use super::run::{Context, update_state};
use super::state::Progress;
use super::store::progress;
use crate::intercom::{self, ContactOutcome, Item, peek_id_times};
use crate::lake::{DataFile, SpoolKind, SpoolRecord, Writer};
use crate::model::{Contact, Conversation, Row, Timestamp};

/// Contacts looked up at once: as many as one search takes.
const LOOKED_UP_AT_ONCE: usize = 100;
/// Lookups under way at the same time.
const LOOKUPS_AT_ONCE: usize = 4;

/// Which contacts a workspace's lake holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContactsMode {
    /// Those that conversations name.
    #[default]
    Referenced,
    /// All of the workspace.
    All,
    /// None.
    None,
}

/// Reads what the mode asks for.
pub(super) async fn read(context: &Context, changed_since: Timestamp) -> Result<(), Error> {
    let result = match context.options.contacts {
        ContactsMode::None => return Ok(()),
        ContactsMode::Referenced => referenced(context, changed_since).await,
        ContactsMode::All => all(context).await,
    };
    context.observer.event(Event::Finished { phase: Phase::Contacts });
    left_out(context, result)
}

/// Reads those that conversations read since then name.
pub(super) async fn named_since(context: &Context, changed_since: Timestamp) -> Result<(), Error> {
    let result = match context.options.contacts {
        ContactsMode::None => return Ok(()),
        ContactsMode::Referenced | ContactsMode::All => referenced(context, changed_since).await,
    };
    context.observer.event(Event::Finished { phase: Phase::Contacts });
    left_out(context, result)
}

/// Reads these, each by its id, since searches may know nothing of the last change; returns those that could not be had
/// this time, and why.
pub(super) async fn named(
    context: &Context,
    ids: Vec<String>,
) -> Result<Vec<(String, intercom::Error)>, Error> {
    let read = futures::stream::iter(ids).map(|id| async move {
        let outcome = context.client.contact(&id).await;
        (id, outcome)
    });
    let mut read = std::pin::pin!(read.buffer_unordered(LOOKUPS_AT_ONCE));
    let mut failed = Vec::new();
    while let Some((id, outcome)) = read.next().await {
        let records = match outcome {
            Ok(outcome) => records_of(context, id.clone(), outcome).await,
            Err(error) => Err(error.into()),
        };
        match records {
            Ok(records) => context.store.send(records).await?,
            Err(Error::Intercom(error)) if error.is_unavailable_here() => {
                leave_out(context, Contact::TABLE.name, &error);
                break;
            }
            Err(Error::Intercom(error)) if !error.is_fatal() => failed.push((id, error)),
            Err(error) => return Err(error),
        }
    }
    Ok(failed)
}

/// Whatever of contacts is not to be had, the rest of the run goes on.
fn left_out(context: &Context, result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::Intercom(error)) if !error.is_fatal() => {
            leave_out(context, Contact::TABLE.name, &error);
            Ok(())
        }
        result => result,
    }
}

async fn referenced(context: &Context, changed_since: Timestamp) -> Result<(), Error> {
    let due = context.state()?.contacts_due;
    if due.is_empty() {
        return Ok(());
    }
    let (writer, files) = (context.writer.clone(), due.clone());
    let wanted = spawn_blocking(move || wanted(&writer, &files, changed_since)).await??;
    context.observer.event(Event::Started { phase: Phase::Contacts, total: Some(wanted.len() as u64) });
    let chunks: Vec<Vec<String>> = wanted.chunks(LOOKED_UP_AT_ONCE).map(<[String]>::to_vec).collect();
    // All requests are made inside the stream: one made beside it would wait for its turn behind requests that
    // nobody drives on meanwhile.
    let lookups = futures::stream::iter(chunks).map(|ids| look_up(context, ids));
    let mut lookups = std::pin::pin!(lookups.buffer_unordered(LOOKUPS_AT_ONCE));
    while let Some(records) = lookups.next().await {
        let records = records?;
        context.observer.event(Event::Advanced { phase: Phase::Contacts, by: records.len() as u64 });
        context.store.send(records).await?;
        if context.stop.is_stopped() {
            return Ok(());
        }
    }
    context.flush().await?;
    update_state(context, move |state| state.contacts_due.retain(|file| !due.contains(file))).await
}

/// The contacts named in these files that are not held, or whose conversation changed in this run.
fn wanted(writer: &Writer, files: &BTreeSet<String>, changed_since: Timestamp) -> Result<Vec<String>, Error> {
    let mut held = HashSet::new();
    for batch in writer.reader().columns::<Contact>(&DataFile::whole(Contact::TABLE), &["contact_id"])? {
        let batch = batch?;
        held.extend(batch.column(0).as_string::<i32>().iter().flatten().map(str::to_owned));
    }
    let mut wanted = BTreeSet::new();
    for file in files.iter().filter_map(|name| DataFile::parse(name)) {
        for batch in writer.reader().columns::<Conversation>(&file, &["contact_ids", "synced_at"])? {
            let batch = batch?;
            let lists = batch.column(0).as_list::<i32>();
            let read_at = batch.column(1).as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
            for row in 0..batch.num_rows() {
                let ids = lists.value(row);
                let has_changed = read_at.value(row) >= changed_since.micros();
                let ids = ids.as_string::<i32>().iter().flatten();
                wanted.extend(ids.filter(|id| has_changed || !held.contains(*id)).map(str::to_owned));
            }
        }
    }
    Ok(wanted.into_iter().collect())
}

/// Looks contacts up, and completes each with what Intercom cut off.
async fn look_up(context: &Context, ids: Vec<String>) -> Result<Vec<SpoolRecord>, Error> {
    let mut records = Vec::with_capacity(ids.len());
    for lookup in context.client.contacts_by_id(&ids).await? {
        records.extend(records_of(context, lookup.requested, lookup.outcome).await?);
    }
    Ok(records)
}

/// What became of one contact, to be stored.
async fn records_of(
    context: &Context,
    requested: String,
    outcome: ContactOutcome,
) -> Result<Vec<SpoolRecord>, Error> {
    let now = context.now();
    Ok(match outcome {
        ContactOutcome::Gone => vec![record(requested, GONE.to_vec(), now)],
        ContactOutcome::Found(contact) => vec![record(requested, complete(context, &contact).await?, now)],
        ContactOutcome::Merged { canonical, contact } => {
            let json = complete(context, &contact).await?;
            vec![record(canonical, json.clone(), now), record(requested, json, now)]
        }
    })
}

fn record(id: String, json: Vec<u8>, now: Timestamp) -> SpoolRecord {
    SpoolRecord { kind: SpoolKind::Contact, id, created_at: now, updated_at: now, synced_at: now, json }
}

/// The contact with its tags and companies complete: Intercom embeds ten of each (API section 3.5).
async fn complete(context: &Context, contact: &Item) -> Result<Vec<u8>, Error> {
    let text = contact.get();
    // Most lists are complete, and then nothing needs to be read twice.
    if !text.contains("\"has_more\":true") && !text.contains("\"has_more\": true") {
        return Ok(text.as_bytes().to_vec());
    }
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return Ok(text.as_bytes().to_vec()) };
    for name in ["tags", "companies"] {
        let list = &value[name];
        let (true, Some(url)) = (list["has_more"] == true, list["url"].as_str()) else { continue };
        let items = context.client.contact_sublist(url).await?;
        let items: Vec<Value> =
            items.iter().filter_map(|item| serde_json::from_str(item.get()).ok()).collect();
        value[name]["total_count"] = items.len().into();
        value[name]["has_more"] = false.into();
        value[name]["data"] = items.iter().map(reference).collect();
    }
    Ok(value.to_string().into_bytes())
}

/// What a list embeds of an object: its id, and its name where it has one.
fn reference(item: &Value) -> Value {
    let mut reference = serde_json::Map::new();
    for field in ["id", "type", "name"] {
        reference.extend(item.get(field).map(|value| (field.to_owned(), value.clone())));
    }
    Value::Object(reference)
}

async fn all(context: &Context) -> Result<(), Error> {
    let through = context.state()?.contacts_through;
    let mut pages = match through {
        Some(since) => context.client.contacts_updated_since(since - super::plan::OVERLAP_SECONDS)?,
        None => context.client.contacts(),
    };
    context.observer.event(Event::Started { phase: Phase::Contacts, total: None });
    let mut newest = through.unwrap_or(0);
    let now = context.now();
    while let Some(page) = pages.next().await {
        let page = page?;
        let mut records = Vec::with_capacity(page.items.len());
        for item in &page.items {
            let peek = peek_id_times(item);
            newest = newest.max(peek.updated_at.unwrap_or(0));
            let Some(id) = peek.id else { continue };
            records.push(record(id, complete(context, item).await?, now));
        }
        context.observer.event(Event::Advanced { phase: Phase::Contacts, by: records.len() as u64 });
        context.store.send(records).await?;
        if context.stop.is_stopped() {
            return Ok(());
        }
    }
    // Only now is everything up to the newest known: the list is not sorted by time of change.
    context.store.send(vec![progress(&Progress::Contacts { through: newest }, now)]).await?;
    context.flush().await?;
    referenced_beside_all(context).await
}

/// Contacts that conversations name and no list has: merged or deleted ones.
async fn referenced_beside_all(context: &Context) -> Result<(), Error> {
    referenced(context, Timestamp::from_micros(i64::MAX)).await
}
