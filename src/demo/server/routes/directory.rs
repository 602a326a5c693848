//! The lists that fit on one page: who I am, admins, teams, tags, segments.

use super::json_body;
use crate::demo::server::endpoints::{Body, Call};
use crate::demo::server::error::ApiError;
use crate::demo::wire;
use axum::http::StatusCode;
use serde_json::json;

fn unknown(code: &'static str, message: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, code, message)
}

pub(crate) fn me(call: &Call<'_>) -> Body {
    json_body(&wire::me(&call.server.world().live))
}

pub(crate) fn admins(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let admin = |admin| wire::admin(&world.live, call.version, admin);
    json_body(
        &json!({"type": "admin.list", "admins": world.live.admins().iter().map(admin).collect::<Vec<_>>()}),
    )
}

pub(crate) fn admin(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let admin = world.live.admins().iter().find(|admin| admin.id.to_string() == call.segment(0));
    let admin = admin.ok_or_else(|| unknown("admin_not_found", "Admin not found"))?;
    json_body(&wire::admin(&world.live, call.version, admin))
}

pub(crate) fn teams(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let teams: Vec<_> = world.live.teams().iter().map(|team| wire::team(&world.live, team)).collect();
    json_body(&json!({"type": "team.list", "teams": teams}))
}

pub(crate) fn team(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let team = world.live.teams().iter().find(|team| team.id.to_string() == call.segment(0));
    let team = team.ok_or_else(|| unknown("team_not_found", "Team not found"))?;
    json_body(&wire::team(&world.live, team))
}

pub(crate) fn tags(call: &Call<'_>) -> Body {
    let world = call.server.world();
    json_body(&json!({"type": "list", "data": world.live.tags().iter().map(wire::tag).collect::<Vec<_>>()}))
}

pub(crate) fn tag(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let tag = world.live.tags().iter().find(|tag| tag.id.to_string() == call.segment(0));
    json_body(&wire::tag(tag.ok_or_else(|| unknown("tag_not_found", "Tag not found"))?))
}

pub(crate) fn segments(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let counted = call.flag("include_count");
    let all = world.live.segments().iter().enumerate();
    let segments: Vec<_> =
        all.map(|(n, segment)| wire::segment(segment, counted.then(|| world.members(n as u32)))).collect();
    json_body(&json!({"type": "segment.list", "segments": segments}))
}

pub(crate) fn segment(call: &Call<'_>) -> Body {
    let world = call.server.world();
    let segment = world.live.segments().iter().find(|segment| segment.id.to_string() == call.segment(0));
    json_body(&wire::segment(segment.ok_or_else(ApiError::not_found)?, None))
}
