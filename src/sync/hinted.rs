//! Fetches again what hints name, each object by its id, whatever the hint said of it.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use tokio::task::spawn_blocking;

use super::apply::chain;
use super::error::Error;
use super::hints::{self, Hint, HintKind, Taken};
use super::observer::{Event, Phase};
use super::people::{self, ContactsMode};
use super::run::Context;
use super::{deletions, objects, threads};
use crate::lake::{DataFile, Writer};
use crate::model::{Contact, Conversation, Row, Timestamp};

/// How often an object is tried that Intercom does not give; then it is left to the daily look at recent days.
const MOST_FAILURES: u32 = 5;

/// How often a sync takes hints at its beginning: as many may come meanwhile as it follows.
const ROUNDS: u32 = 20;

/// Fetches what hints name, and the contacts of what came.
pub(super) async fn alone(context: &Context, started_at: Timestamp) -> Result<(), Error> {
    context.identify().await?;
    fetch(context).await?;
    people::named_since(context, started_at).await
}

/// Fetches what hints name as a part of a sync; when that is not to be known, the sync gets what changed all the same.
pub(super) async fn beside_a_sync(context: &Context) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        match fetch(context).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(Error::Hints(error)) => {
                tracing::warn!(%error, "what webhooks told of cannot be read");
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Fetches what hints name; tells whether there may be more. They are removed when what they name is committed.
async fn fetch(context: &Context) -> Result<bool, Error> {
    let dir = context.writer.layout().hints_dir();
    let taken = take(context, dir.clone()).await?;
    if taken.is_empty() {
        return Ok(false);
    }
    let is_all = taken.is_all();
    let Some(failed) = follow(context, &taken).await? else { return Ok(false) };
    let removed = spawn_blocking(move || hints::put_back(&dir, &failed).and_then(|()| taken.done()));
    removed.await?.map_err(Error::Hints)?;
    Ok(!is_all)
}

/// Takes hints, without those at other workspaces and at whoever was forgotten.
async fn take(context: &Context, dir: PathBuf) -> Result<Taken, Error> {
    let state = context.state()?;
    let taken = spawn_blocking(move || hints::take(&dir)).await?;
    let mut taken = taken.map_err(Error::Hints)?;
    let (workspace, forgotten) = (state.workspace.map(|held| held.id), state.forgotten);
    taken.retain(|hint| {
        let is_ours = hint.workspace_id.is_none() || workspace.is_none() || hint.workspace_id == workspace;
        is_ours
            && match hint.kind {
                HintKind::Contact => !forgotten.has_contact(&hint.id),
                HintKind::Conversation | HintKind::Ticket => !forgotten.has_conversation(&hint.id),
                HintKind::Company => true,
            }
    });
    Ok(taken)
}

/// Fetches and commits; tells what failed and is to be tried again, or nothing when it was stopped.
async fn follow(context: &Context, taken: &Taken) -> Result<Option<Vec<Hint>>, Error> {
    let mut again = Vec::new();
    let outcome = retrieve(context, conversations(taken)).await?;
    for (id, reason) in &outcome.failed {
        again.extend(once_more(taken, &[HintKind::Conversation, HintKind::Ticket], id, reason));
    }
    if let Some(error) = outcome.given_up {
        return Err(error.into());
    }
    if !taken.ids(HintKind::Ticket).is_empty() && !context.stop.is_stopped() {
        objects::tickets(context).await?;
    }
    for id in taken.ids(HintKind::Company) {
        objects::company(context, &id).await?;
    }
    let wanted = contacts(context, taken.ids(HintKind::Contact)).await?;
    for (id, error) in people::named(context, wanted).await? {
        again.extend(once_more(taken, &[HintKind::Contact], &id, &chain(&error)));
    }
    if context.stop.is_stopped() {
        return Ok(None);
    }
    context.flush().await?;
    let gone = held::<Conversation>(context, outcome.gone).await?;
    if !gone.is_empty() {
        deletions::sync(context, gone).await?;
    }
    Ok(Some(again))
}

/// The conversations to retrieve: tickets are conversations too.
fn conversations(taken: &Taken) -> Vec<String> {
    let ids = [HintKind::Conversation, HintKind::Ticket].into_iter().flat_map(|kind| taken.ids(kind));
    ids.collect::<BTreeSet<String>>().into_iter().collect()
}

async fn retrieve(context: &Context, ids: Vec<String>) -> Result<threads::Outcome, Error> {
    if ids.is_empty() {
        return Ok(threads::Outcome::default());
    }
    context.observer.event(Event::Started { phase: Phase::Threads, total: Some(ids.len() as u64) });
    let outcome = threads::retrieve(context, futures::stream::iter(ids.into_iter().map(Ok)).boxed()).await;
    context.observer.event(Event::Finished { phase: Phase::Threads });
    outcome
}

/// The contacts to look up: those held, since who is in no conversation is not, or all where all are held.
async fn contacts(context: &Context, ids: Vec<String>) -> Result<Vec<String>, Error> {
    match context.options.contacts {
        ContactsMode::None => Ok(Vec::new()),
        ContactsMode::All => Ok(ids),
        ContactsMode::Referenced => held::<Contact>(context, ids).await,
    }
}

/// Those of these ids whose rows the lake holds.
async fn held<R: Row + 'static>(context: &Context, ids: Vec<String>) -> Result<Vec<String>, Error> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let writer = Arc::clone(&context.writer);
    spawn_blocking(move || held_rows::<R>(&writer, ids)).await?
}

fn held_rows<R: Row>(writer: &Writer, ids: Vec<String>) -> Result<Vec<String>, Error> {
    let wanted: HashSet<String> = ids.into_iter().collect();
    let state = writer.state()?;
    let files: Vec<DataFile> = state.files_of(R::TABLE.name).map(|(file, _)| file).collect();
    let mut held = HashSet::new();
    for file in &files {
        held.extend(writer.reader().held::<R>(file, &wanted)?);
    }
    Ok(held.into_iter().collect())
}

/// The hints at an object that are to be followed again, unless that was tried often enough.
fn once_more(taken: &Taken, kinds: &[HintKind], id: &str, reason: &str) -> Option<Hint> {
    let hint = kinds.iter().find_map(|kind| taken.hint(*kind, id))?;
    let failures = hint.failures + 1;
    tracing::warn!(kind = ?hint.kind, id, reason, failures, "what a webhook told of was not fetched");
    (failures < MOST_FAILURES).then(|| Hint { failures, ..hint.clone() })
}
