//! Retrieves the parts of every conversation that lacks them, newest first.
//!
//! One conversation that cannot be had never stops the rest; many in a row mean that Intercom cannot be reached.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use tokio::task::spawn_blocking;

use super::apply::chain;
use super::error::Error;
use super::observer::{Event, Phase};
use super::run::Context;
use crate::intercom::{self, Item, peek_id_times};
use crate::lake::{DataFile, SpoolKind, SpoolRecord, Writer};
use crate::model::{Conversation, Row};

/// Failures in a row after which the rest is left to the next run.
const FAILURES_IN_A_ROW: u32 = 8;

/// What was not retrieved.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Conversations Intercom answered with 404.
    pub(super) gone: Vec<String>,
    /// Conversations that failed, and why.
    pub(super) failed: Vec<(String, String)>,
    /// Why the rest was given up, if it was.
    pub(super) given_up: Option<intercom::Error>,
}

/// Retrieves the thread of every conversation in the lake that lacks it.
pub(super) async fn retrieve_missing(context: &Context) -> Result<Outcome, Error> {
    let total = context.writer.state()?.without_thread();
    context.observer.event(Event::Started { phase: Phase::Threads, total: Some(total) });
    let outcome = retrieve(context, without_thread(context.writer.clone())?).await;
    context.observer.event(Event::Finished { phase: Phase::Threads });
    outcome
}

/// The ids of conversations without thread, newest partition first, read as they are needed.
fn without_thread(writer: Arc<Writer>) -> Result<BoxStream<'static, Result<String, Error>>, Error> {
    let state = writer.state()?;
    let files: Vec<DataFile> = state
        .files_of(Conversation::TABLE.name)
        .rev()
        .filter(|(_, entry)| entry.without_thread > 0)
        .map(|(file, _)| file)
        .collect();
    let ids = stream::iter(files).then(move |file| {
        let writer = writer.clone();
        async move {
            let ids = spawn_blocking(move || writer.reader().without_thread(&file)).await??;
            Ok::<_, Error>(stream::iter(ids.into_iter().map(Ok)))
        }
    });
    let flat = ids.flat_map(|ids| match ids {
        Ok(ids) => ids.left_stream(),
        Err(error) => stream::once(async move { Err(error) }).right_stream(),
    });
    Ok(flat.boxed())
}

/// Retrieves these conversations.
pub(super) async fn retrieve(
    context: &Context,
    ids: BoxStream<'_, Result<String, Error>>,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let fetched = ids.map(|id| async move {
        let id = id?;
        let result = context.client.conversation(&id).await;
        Ok::<_, Error>((id, result))
    });
    let mut fetched = std::pin::pin!(fetched.buffer_unordered(context.options.concurrency));
    let mut in_a_row = 0;
    loop {
        let next = tokio::select! {
            next = fetched.next() => next,
            () = context.stop.stopped() => return Ok(outcome),
        };
        let Some(next) = next else { return Ok(outcome) };
        let (id, result) = next?;
        context.observer.event(Event::Advanced { phase: Phase::Threads, by: 1 });
        match result {
            Ok(item) => {
                in_a_row = 0;
                store(context, id, &item).await?;
            }
            Err(error) if error.is_gone() => {
                in_a_row = 0;
                outcome.gone.push(id);
            }
            Err(error) if error.is_fatal() => return Err(error.into()),
            // A permission may be missing for one conversation only: that of a ticket (API section 5.8).
            Err(error) => {
                in_a_row += u32::from(!error.is_unavailable_here());
                tracing::warn!(
                    conversation_id = id,
                    reason = chain(&error),
                    "a conversation was not retrieved"
                );
                outcome.failed.push((id, chain(&error)));
                if in_a_row >= FAILURES_IN_A_ROW {
                    outcome.given_up = Some(error);
                    return Ok(outcome);
                }
            }
        }
    }
}

async fn store(context: &Context, id: String, item: &Item) -> Result<(), Error> {
    let peek = peek_id_times(item);
    let now = context.now();
    // Without a creation time it has no place; the listing then names it as missing its thread.
    let Some(created_at) = peek.created_at.map(crate::model::Timestamp::from_seconds) else {
        context.totals.unreadable(Conversation::TABLE.name, id, "it has no usable 'created_at'");
        return Ok(());
    };
    let updated_at = peek.updated_at.map_or(created_at, crate::model::Timestamp::from_seconds);
    let json = item.get().as_bytes().to_vec();
    let record = SpoolRecord { kind: SpoolKind::Thread, id, created_at, updated_at, synced_at: now, json };
    context.store.send(vec![record]).await
}
