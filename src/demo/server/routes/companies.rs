//! Companies: the scroll, the list with its cap, and single ones.

use super::{json_body, numbered, view};
use crate::demo::server::endpoints::{Body, Call};
use crate::demo::server::error::{Answer, ApiError};
use crate::demo::server::state::{Scroll, World};
use crate::demo::wire;
use crate::demo::workspace::{Company, HexId, Index};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// After how long an unused scroll is forgotten.
const SCROLL_LIVES_MS: i64 = 60_000;

/// Companies without users are in neither list nor scroll.
fn listed(world: &World) -> Vec<&Arc<Company>> {
    world.live.companies().iter().filter(|company| company.user_count > 0).collect()
}

/// Begins a walk, or takes its next step. The same parameter is good for all pages of a walk.
pub(crate) fn scroll(call: &Call<'_>) -> Body {
    let now_ms = call.server.options.clock.now_ms();
    let world = call.server.world();
    let companies = listed(&world);
    let mut open = call.server.scroll();
    if open.as_ref().is_some_and(|scroll| now_ms - scroll.used_at_ms > SCROLL_LIVES_MS) {
        *open = None;
    }
    let given = call.param("scroll_param").filter(|param| !param.is_empty());
    match (given, &mut *open) {
        (None, Some(_)) => {
            return Err(ApiError::bad("scroll_exists", "scroll already exists for this workspace"));
        }
        (None, none) => *none = Some(Scroll { param: scroll_param(call), position: 0, used_at_ms: now_ms }),
        (Some(given), Some(scroll)) if scroll.param == given => scroll.used_at_ms = now_ms,
        (Some(_), _) => {
            return Err(ApiError::new(StatusCode::NOT_FOUND, "not_found", "scroll parameter not found"));
        }
    }
    let Some(scroll) = &mut *open else { return Err(ApiError::not_found()) };
    let end = (scroll.position + call.server.options.scroll_page).min(companies.len());
    let view = view(call, &world.live);
    let data: Vec<Value> = companies[scroll.position.min(end)..end]
        .iter()
        .map(|company| json!(wire::company(&view, company)))
        .collect();
    let param = scroll.param.clone();
    scroll.position = end;
    if data.is_empty() {
        *open = None;
    }
    json_body(
        &json!({"type": "list", "data": data, "pages": null, "total_count": null, "scroll_param": param}),
    )
}

fn scroll_param(call: &Call<'_>) -> String {
    let n = call.server.number();
    format!("{:08x}-7f3c-4b1d-9e2a-{:012x}", n.wrapping_mul(2_654_435_761) as u32, n)
}

/// Newest request first, sixty at most per page, and an end at the cap.
pub(crate) fn list(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let mut companies = listed(&world);
    companies.sort_by_key(|company| (std::cmp::Reverse(company.last_request_at), company.id));
    if call.param("order") == Some("asc") {
        companies.reverse();
    }
    let link = |page, per_page| format!("{}/companies/list?per_page={per_page}&page={page}", call.base);
    let page = numbered(call, companies.len(), 15, 60, link)?;
    let asked = call.number("page")?.unwrap_or(1) * call.number("per_page")?.unwrap_or(15).min(60);
    if asked > call.server.options.company_list_cap as i64 {
        return Err(ApiError::bad("bad_request", "page limit reached, please use scroll API"));
    }
    let view = view(call, &world.live);
    let data: Vec<Value> =
        companies[page.range].iter().map(|company| json!(wire::company(&view, company))).collect();
    json_body(&json!({"type": "list", "data": data, "pages": page.pages, "total_count": companies.len()}))
}

fn find<'a>(call: &Call<'_>, world: &'a World) -> Answer<(Index, &'a Arc<Company>)> {
    let unknown = || ApiError::new(StatusCode::NOT_FOUND, "company_not_found", "Company Not Found");
    let id = HexId::parse(call.segment(0)).ok_or_else(unknown)?;
    let position = world.live.companies().iter().position(|company| company.id == id).ok_or_else(unknown)?;
    Ok((position as Index, &world.live.companies()[position]))
}

pub(crate) fn retrieve(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let (_, company) = find(call, &world)?;
    json_body(&wire::company(&view(call, &world.live), company))
}

pub(crate) fn contacts(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let (position, _) = find(call, &world)?;
    let members: Vec<_> =
        world.live.contacts().filter(|contact| contact.companies.contains(&position)).collect();
    let link = |page, per_page| {
        format!("{}/companies/{}/contacts?per_page={per_page}&page={page}", call.base, call.segment(0))
    };
    let page = numbered(call, members.len(), 50, 60, link)?;
    let view = view(call, &world.live);
    let data: Vec<Value> =
        members[page.range].iter().map(|contact| json!(wire::contact(&view, contact))).collect();
    json_body(&json!({"type": "list", "data": data, "total_count": members.len(), "pages": page.pages}))
}

pub(crate) fn segments(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let (_, company) = find(call, &world)?;
    let segments: Vec<_> =
        company.segments.iter().map(|n| wire::segment(&world.live.segments()[*n as usize], None)).collect();
    json_body(&json!({"type": "list", "data": segments}))
}

pub(crate) fn notes(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let (_, company) = find(call, &world)?;
    let view = view(call, &world.live);
    let link = |page, per_page| {
        format!("{}/companies/{}/notes?per_page={per_page}&page={page}", call.base, call.segment(0))
    };
    let page = numbered(call, company.notes.len(), 15, 60, link)?;
    let data: Vec<Value> = company.notes[page.range]
        .iter()
        .map(|note| json!(wire::note(&view, note, "company", company.id)))
        .collect();
    json_body(&json!({"type": "list", "data": data, "total_count": company.notes.len(), "pages": page.pages}))
}
