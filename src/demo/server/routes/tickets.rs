//! Tickets, which come with their parts even from search, and their types and states.

use super::{Pages, json_body, pages, view};
use crate::demo::server::endpoints::{Body, Call};
use crate::demo::server::error::ApiError;
use crate::demo::server::search::{Context, Rules, SearchRequest, scan};
use crate::demo::version::ApiVersion;
use crate::demo::wire::{self, View};
use crate::demo::workspace::{Ticket, tables};
use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::sync::Arc;

struct Items<'a> {
    view: View<'a>,
    tickets: &'a [Arc<Ticket>],
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.tickets.iter().map(|ticket| wire::ticket(&self.view, ticket)))
    }
}

#[derive(Serialize)]
struct TicketList<'a> {
    r#type: &'static str,
    tickets: Items<'a>,
    total_count: usize,
    pages: Pages<'a>,
}

pub(crate) fn search(call: &Call<'_>) -> Body {
    let options = &call.server.options;
    let rules = Rules {
        inclusive: options.inclusive_gt,
        strict_order: call.version >= ApiVersion::V2_16,
        reject_large_pages: options.reject_large_pages,
        ..Rules::plain()
    };
    let request = SearchRequest::<Ticket>::parse(&call.body, &rules)?;
    let world = call.server.world();
    let context = Context { workspace: &world.live, version: call.version };
    let page = scan(&context, world.live.tickets().iter(), &request);
    let tickets = Items { view: view(call, &world.live), tickets: &page.items };
    json_body(&TicketList { r#type: "ticket.list", tickets, total_count: page.total, pages: pages(&page) })
}

pub(crate) fn retrieve(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let unknown = || ApiError::new(StatusCode::NOT_FOUND, "ticket_not_found", "Ticket not found");
    let id: u64 = call.segment(0).parse().map_err(|_| unknown())?;
    let ticket = world.live.tickets().iter().find(|ticket| ticket.id == id).ok_or_else(unknown)?;
    json_body(&wire::ticket(&view(call, &world.live), ticket))
}

pub(crate) fn types(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let data: Vec<Value> =
        tables::TICKET_TYPES.iter().map(|kind| wire::ticket_type(&world.live, kind)).collect();
    json_body(&json!({"type": "list", "data": data}))
}

pub(crate) fn kind(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let kind = tables::TICKET_TYPES.iter().find(|kind| kind.id.to_string() == call.segment(0));
    json_body(&wire::ticket_type(&world.live, kind.ok_or_else(ApiError::not_found)?))
}

pub(crate) fn states(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let types: Vec<Value> =
        tables::TICKET_TYPES.iter().map(|kind| wire::ticket_type(&world.live, kind)).collect();
    let state = |state| {
        let mut value = wire::ticket_state(state);
        value["archived"] = json!(false);
        value["ticket_types"] = json!({"type": "list", "data": types});
        value
    };
    json_body(&json!({"type": "list", "data": tables::TICKET_STATES.iter().map(state).collect::<Vec<_>>()}))
}
