//! Contacts: list, search, retrieve, and the lists that are too long to embed.

use super::{Pages, json_body, numbered, pages, view};
use crate::demo::server::endpoints::{Body, Call};
use crate::demo::server::error::{Answer, ApiError};
use crate::demo::server::index::ids_of;
use crate::demo::server::search::{Context, Page, Rules, SearchRequest, WorkspaceDays, scan};
use crate::demo::server::state::World;
use crate::demo::version::ApiVersion;
use crate::demo::wire::{self, View};
use crate::demo::workspace::{Contact, HexId, Role, tables};
use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::sync::Arc;

struct Items<'a> {
    view: View<'a>,
    contacts: &'a [Arc<Contact>],
}

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.contacts.iter().map(|c| wire::contact(&self.view, c)))
    }
}

#[derive(Serialize)]
struct ContactList<'a> {
    r#type: &'static str,
    data: Items<'a>,
    total_count: usize,
    pages: Pages<'a>,
}

fn answer(call: &Call<'_>, world: &World, page: &Page<Contact>) -> Body {
    let data = Items { view: view(call, &world.live), contacts: &page.items };
    json_body(&ContactList { r#type: "list", data, total_count: page.total, pages: pages(page) })
}

/// Up to 2.16 dates are whole days of the workspace; from 2.17 on they are seconds, and `>` is strict.
pub(crate) fn search(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let days = (call.version < ApiVersion::V2_17).then_some(WorkspaceDays(world.live.params().timezone));
    let options = &call.server.options;
    let rules = Rules {
        days,
        strict_order: call.version >= ApiVersion::V2_16,
        default_per_page: 50,
        reject_large_pages: options.reject_large_pages,
        ..Rules::plain()
    };
    let request = SearchRequest::<Contact>::parse(&call.body, &rules)?;
    let context = Context { workspace: &world.live, version: call.version };
    let page = match ids_of(&request.query) {
        Some(mut ids) => {
            ids.sort_unstable();
            ids.dedup();
            let named = ids.iter().filter_map(|id| world.indexed_contact(HexId::parse(id)?));
            scan(&context, named, &request)
        }
        None => scan(&context, world.indexed_contacts(), &request),
    };
    answer(call, &world, &page)
}

/// The list has pages of ten unless asked otherwise, whatever older documentation says.
pub(crate) fn list(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let rules = Rules {
        default_per_page: 10,
        default_sort: "created_at",
        reject_large_pages: call.server.options.reject_large_pages,
        ..Rules::plain()
    };
    let starting_after = call.param("starting_after").filter(|cursor| !cursor.is_empty());
    let request = SearchRequest::<Contact>::list(&rules, call.number("per_page")?, starting_after)?;
    let context = Context { workspace: &world.live, version: call.version };
    let page = scan(&context, world.live.contacts(), &request);
    answer(call, &world, &page)
}

/// A contact that was merged is 410 with a link to the other from 2.16 on, and 404 before.
fn find<'a>(call: &Call<'_>, world: &'a World) -> Answer<&'a Arc<Contact>> {
    let unknown = || ApiError::new(StatusCode::NOT_FOUND, "not_found", "User Not Found");
    let id = HexId::parse(call.segment(0)).ok_or_else(unknown)?;
    if let Some(target) = world.live.merged.get(&id) {
        if call.version < ApiVersion::V2_16 {
            return Err(unknown());
        }
        let message = "This contact has been merged. See the 'Link' header for the canonical contact.";
        let error = ApiError::new(StatusCode::GONE, "contact_merged", message);
        return Err(ApiError { link: Some(format!("</contacts/{target}>; rel=\"canonical\"")), ..error });
    }
    world.live.contact(id).ok_or_else(unknown)
}

pub(crate) fn retrieve(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let contact = find(call, &world)?;
    json_body(&wire::contact(&view(call, &world.live), contact))
}

pub(crate) fn tags(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let contact = find(call, &world)?;
    let tags: Vec<_> = contact.tags.iter().map(|n| wire::tag(&world.live.tags[*n as usize])).collect();
    json_body(&json!({"type": "list", "data": tags}))
}

pub(crate) fn segments(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let contact = find(call, &world)?;
    let segments: Vec<_> =
        contact.segments.iter().map(|n| wire::segment(&world.live.segments[*n as usize], None)).collect();
    json_body(&json!({"type": "list", "data": segments}))
}

/// Pages of a list below a contact.
fn below(call: &Call<'_>, what: &str, total: usize, item: impl Fn(usize) -> Value) -> Body {
    let link = |page, per_page| {
        format!("{}/contacts/{}/{what}?per_page={per_page}&page={page}", call.base, call.segment(0))
    };
    let page = numbered(call, total, 50, 60, link)?;
    let data: Vec<Value> = page.range.map(item).collect();
    json_body(&json!({"type": "list", "data": data, "total_count": total, "pages": page.pages}))
}

pub(crate) fn companies(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let contact = find(call, &world)?;
    let view = view(call, &world.live);
    below(call, "companies", contact.companies.len(), |n| {
        json!(wire::company(&view, &world.live.companies[contact.companies[n] as usize]))
    })
}

pub(crate) fn notes(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let contact = find(call, &world)?;
    let view = view(call, &world.live);
    below(call, "notes", contact.notes.len(), |n| {
        json!(wire::note(&view, &contact.notes[n], "contact", contact.id))
    })
}

pub(crate) fn subscriptions(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let contact = find(call, &world)?;
    let all = contact.opted_out.iter().chain(&contact.opted_in);
    json_body(&json!({"type": "list", "data": all.map(|n| wire::subscription(*n)).collect::<Vec<_>>()}))
}

pub(crate) fn subscription_types(_call: &Call<'_>) -> Body {
    let all = 0..tables::SUBSCRIPTIONS.len() as u32;
    json_body(&json!({"type": "list", "data": all.map(wire::subscription).collect::<Vec<_>>()}))
}

/// For users only.
pub(crate) fn merge_history(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let contact = find(call, &world)?;
    if contact.role != Role::User {
        return Err(ApiError::not_found());
    }
    let data = wire::merge_history(contact);
    json_body(
        &json!({"type": "list", "data": data, "total_count": contact.merges.len(), "has_more": false, "next_cursor": null}),
    )
}
