//! Finds out what was deleted in Intercom, and removes it from the lake.
//!
//! A single 404 is no proof: a conversation is removed when the list of deleted ones names it, or when neither
//! retrieving nor searching finds it any more.

use futures::StreamExt;
use tokio::task::spawn_blocking;

use super::apply::{chain, remove};
use super::directory::leave_out;
use super::error::Error;
use super::observer::{Event, Phase};
use super::report::Missing;
use super::run::Context;
use crate::intercom::Filter;
use crate::model::{Conversation, ConversationId, DeletedConversation, Row};

/// How far the list of deletions is read again behind what is known, in seconds.
const DELETIONS_OVERLAP_SECONDS: i64 = 24 * 3_600;

/// Removes what Intercom deleted; `gone` are conversations that answered 404 in this run.
pub(super) async fn sync(context: &Context, gone: Vec<String>) -> Result<(), Error> {
    context.observer.event(Event::Started { phase: Phase::Deletions, total: None });
    let (mut deleted, through) = listed(context).await?;
    let forgotten = context.state()?.forgotten;
    for id in gone.into_iter().filter(|id| !forgotten.has_conversation(id)) {
        if deleted.iter().any(|row| row.conversation_id.as_str() == id) {
            continue;
        }
        match confirm(context, &id).await? {
            Some(row) => deleted.push(row),
            None => {
                let reason = "Intercom lists it and answers 404 when it is retrieved".to_owned();
                context.totals.missing(Missing::Conversation { conversation_id: id, reason });
            }
        }
    }
    deleted.sort_by(|a, b| a.conversation_id.cmp(&b.conversation_id));
    deleted.dedup_by(|a, b| a.conversation_id == b.conversation_id);
    let writer = context.writer.clone();
    let removed = spawn_blocking(move || {
        remove(&writer, deleted, |state| state.deleted_through = state.deleted_through.max(through))
    });
    context.totals.deleted(removed.await??);
    context.observer.event(Event::Finished { phase: Phase::Deletions });
    Ok(())
}

/// The deletions not known yet, and the time of the latest.
async fn listed(context: &Context) -> Result<(Vec<DeletedConversation>, Option<i64>), Error> {
    let known = context.state()?.deleted_through;
    let mut pages = context.client.deleted_conversations();
    let (mut deleted, mut newest) = (Vec::new(), known);
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) if error.is_fatal() => return Err(error.into()),
            Err(error) => {
                leave_out(context, DeletedConversation::TABLE.name, &error);
                // What was read is right; what was not is read by the next run.
                return Ok((deleted, known));
            }
        };
        let mut is_known = !page.items.is_empty();
        for item in &page.items {
            let row = match DeletedConversation::parse(item.get().as_bytes(), context.now()) {
                Ok(row) => row,
                Err(error) => {
                    context.totals.unreadable(DeletedConversation::TABLE.name, String::new(), &chain(&error));
                    continue;
                }
            };
            let at = row.deleted_at.map(crate::model::Timestamp::seconds);
            newest = newest.max(at);
            is_known &= known.zip(at).is_some_and(|(known, at)| at < known - DELETIONS_OVERLAP_SECONDS);
            deleted.push(row);
        }
        if is_known {
            break;
        }
    }
    Ok((unknown(context, deleted).await?, newest))
}

/// Those that are not recorded yet, so that a run without news changes nothing, and not forgotten.
async fn unknown(
    context: &Context,
    deleted: Vec<DeletedConversation>,
) -> Result<Vec<DeletedConversation>, Error> {
    let (writer, forgotten) = (context.writer.clone(), context.state()?.forgotten);
    spawn_blocking(move || {
        let file = crate::lake::DataFile::whole(DeletedConversation::TABLE);
        let ids = deleted.iter().map(|row| row.conversation_id.to_string()).collect();
        let recorded = writer.reader().held::<DeletedConversation>(&file, &ids)?;
        let mut still_held = std::collections::HashSet::new();
        for (file, _) in writer.state()?.files_of(Conversation::TABLE.name) {
            still_held.extend(writer.reader().held::<Conversation>(&file, &ids)?);
        }
        let is_news = |row: &DeletedConversation| {
            let id = row.conversation_id.as_str();
            (!recorded.contains(id) || still_held.contains(id)) && !forgotten.has_conversation(id)
        };
        Ok(deleted.into_iter().filter(is_news).collect())
    })
    .await?
}

/// Whether a conversation that answered 404 is really gone.
async fn confirm(context: &Context, id: &str) -> Result<Option<DeletedConversation>, Error> {
    let Ok(conversation_id) = ConversationId::parse(id) else { return Ok(None) };
    let is_gone = match context.client.conversation(id).await {
        Err(error) if error.is_gone() => {
            context.client.count_conversations(&Filter::eq("id", id).into()).await? == 0
        }
        Ok(_) => false,
        Err(error) => return Err(error.into()),
    };
    Ok(is_gone.then(|| DeletedConversation::not_found(conversation_id, context.now())))
}
