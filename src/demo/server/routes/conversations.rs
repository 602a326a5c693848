//! Conversations: list, search, retrieve, and what was deleted.

use super::{Pages, json_body, numbered, pages, view};
use crate::demo::server::endpoints::{Body, Call};
use crate::demo::server::error::{Answer, ApiError};
use crate::demo::server::options::Scope;
use crate::demo::server::search::{Context, Rules, SearchRequest};
use crate::demo::version::ApiVersion;
use crate::demo::wire::{self, View};
use crate::demo::workspace::Conversation;
use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::json;
use std::sync::Arc;

/// Conversations, serialised one after the other.
struct Items<'a> {
    view: View<'a>,
    conversations: &'a [Arc<Conversation>],
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.conversations.iter().map(|c| wire::conversation(&self.view, c)))
    }
}

#[derive(Serialize)]
struct ConversationList<'a> {
    r#type: &'static str,
    total_count: usize,
    pages: Pages<'a>,
    conversations: Items<'a>,
}

/// The rules of conversation search.
fn rules(call: &Call<'_>) -> Rules {
    let options = &call.server.options;
    Rules {
        inclusive: options.inclusive_gt,
        strict_order: call.version >= ApiVersion::V2_16,
        reject_large_pages: options.reject_large_pages,
        ..Rules::plain()
    }
}

/// Tickets are shown among the conversations only to those who may read tickets.
fn sees_tickets(call: &Call<'_>) -> bool {
    let options = &call.server.options;
    !options.tickets_restricted && !options.denied.contains(&Scope::Tickets)
}

fn answer(call: &Call<'_>, request: &SearchRequest<Conversation>) -> Body {
    let world = call.server.world();
    let context = Context { workspace: &world.live, version: call.version };
    let no_tickets = |c: &Conversation| c.ticket.is_none();
    let visible: Option<&dyn Fn(&Conversation) -> bool> =
        if sees_tickets(call) { None } else { Some(&no_tickets) };
    let page = world.index.page(&context, request, visible);
    json_body(&ConversationList {
        r#type: "conversation.list",
        total_count: page.total,
        pages: pages(&page),
        conversations: Items { view: view(call, &world.live), conversations: &page.items },
    })
}

pub(crate) fn search(call: &Call<'_>) -> Body {
    answer(call, &SearchRequest::parse(&call.body, &rules(call))?)
}

pub(crate) fn list(call: &Call<'_>) -> Body {
    let starting_after = call.param("starting_after").filter(|cursor| !cursor.is_empty());
    answer(call, &SearchRequest::list(&rules(call), call.number("per_page")?, starting_after)?)
}

pub(crate) fn retrieve(call: &Call<'_>) -> Body {
    let id = conversation_id(call)?;
    *call.server.counters().stats.conversation_gets.entry(id).or_insert(0) += 1;
    let world = call.server.world();
    let conversation = world.live.conversation(id).ok_or_else(ApiError::not_found)?;
    if conversation.ticket.is_some() && !sees_tickets(call) {
        return Err(missing_scope(Scope::Tickets));
    }
    let view = View {
        parts: true,
        plaintext: call.param("display_as") == Some("plaintext"),
        ..view(call, &world.live)
    };
    json_body(&wire::conversation(&view, conversation))
}

pub(super) fn conversation_id(call: &Call<'_>) -> Answer<u64> {
    call.segment(0).parse().map_err(|_| ApiError::not_found())
}

/// What a token without a permission is told.
pub(crate) fn missing_scope(scope: Scope) -> ApiError {
    let message = format!("You do not have the required scope ({}) to access this resource", scope.name());
    ApiError::new(StatusCode::FORBIDDEN, "forbidden", message)
}

/// What was deleted, newest deletion first unless asked otherwise.
pub(crate) fn deleted(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let ascending = match call.param("order") {
        None | Some("" | "desc") => false,
        Some("asc") => true,
        Some(_) => return Err(ApiError::bad("parameter_invalid", "order must be asc or desc")),
    };
    let deleted = world.live.deleted();
    let order = if ascending { "asc" } else { "desc" };
    let link = |page, per_page| {
        format!("{}/conversations/deleted?per_page={per_page}&order={order}&page={page}", call.base)
    };
    let page = numbered(call, deleted.len(), 20, 60, link)?;
    let position = |n: usize| if ascending { n } else { deleted.len() - 1 - n };
    let item = |n: usize| {
        let gone = &deleted[position(n)];
        json!({
            "type": "conversation", "id": gone.id.to_string(), "metrics_retained": gone.metrics_retained,
            "deleted_at": gone.deleted_at,
        })
    };
    json_body(&json!({
        "type": "conversations.list", "total_count": deleted.len(), "pages": page.pages,
        "conversations": page.range.map(item).collect::<Vec<_>>(),
    }))
}
