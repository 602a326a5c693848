//! The small things: admins, teams, tags, segments and `/me`.

use super::Text;
use crate::demo::version::ApiVersion;
use crate::demo::workspace::{Admin, HexId, Segment, Tag, Team, Workspace};
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
struct PriorityLevel {
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_team_ids: Option<Vec<u64>>,
}

#[derive(Serialize)]
struct RoleWire {
    r#type: &'static str,
    id: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
pub(crate) struct AdminWire<'a> {
    r#type: &'static str,
    email: &'a str,
    id: Text<u64>,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<&'static str>,
    away_mode_enabled: bool,
    away_mode_reassign: bool,
    away_status_reason_id: Option<u32>,
    has_inbox_seat: bool,
    team_ids: Vec<u64>,
    team_priority_level: PriorityLevel,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleWire>,
}

/// One admin; the bot is one of them.
pub(crate) fn admin<'a>(workspace: &Workspace, version: ApiVersion, admin: &'a Admin) -> AdminWire<'a> {
    let team_ids: Vec<u64> = admin.teams.iter().map(|n| workspace.teams[*n as usize].id).collect();
    AdminWire {
        r#type: "admin",
        email: &admin.email,
        id: Text(admin.id),
        name: admin.name,
        job_title: admin.job_title,
        away_mode_enabled: admin.away,
        away_mode_reassign: admin.away,
        away_status_reason_id: admin.away.then_some(12_345),
        has_inbox_seat: admin.has_inbox_seat,
        team_priority_level: PriorityLevel { primary_team_ids: team_ids.first().map(|id| vec![*id]) },
        team_ids,
        role: (version >= ApiVersion::V2_16).then_some(RoleWire {
            r#type: "role",
            id: admin.role.0,
            name: admin.role.1,
        }),
    }
}

#[derive(Serialize)]
struct TeamPriority {
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_admin_ids: Option<Vec<u64>>,
}

#[derive(Serialize)]
pub(crate) struct TeamWire {
    r#type: &'static str,
    id: Text<u64>,
    name: &'static str,
    admin_ids: Vec<u64>,
    admin_priority_level: TeamPriority,
    distribution_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment_limit: Option<u32>,
}

/// One team.
pub(crate) fn team(workspace: &Workspace, team: &Team) -> TeamWire {
    let admin_ids: Vec<u64> = team.admins.iter().map(|n| workspace.admins[*n as usize].id).collect();
    TeamWire {
        r#type: "team",
        id: Text(team.id),
        name: team.name,
        admin_priority_level: TeamPriority { primary_admin_ids: admin_ids.first().map(|id| vec![*id]) },
        admin_ids,
        distribution_method: team.distribution_method,
        assignment_limit: team.assignment_limit,
    }
}

#[derive(Serialize)]
pub(crate) struct TagWire<'a> {
    r#type: &'static str,
    id: Text<u64>,
    name: &'a str,
}

/// One tag.
pub(crate) fn tag(tag: &Tag) -> TagWire<'_> {
    TagWire { r#type: "tag", id: Text(tag.id), name: &tag.name }
}

#[derive(Serialize)]
pub(crate) struct SegmentWire {
    r#type: &'static str,
    id: Text<HexId>,
    name: &'static str,
    created_at: i64,
    updated_at: i64,
    person_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

/// One segment, with the number of its members if that was asked for.
pub(crate) fn segment(segment: &Segment, count: Option<usize>) -> SegmentWire {
    SegmentWire {
        r#type: "segment",
        id: Text(segment.id),
        name: segment.name,
        created_at: segment.created_at,
        updated_at: segment.updated_at,
        person_type: segment.person_type,
        count,
    }
}

/// Who the token belongs to, and which workspace.
pub(crate) fn me(workspace: &Workspace) -> Value {
    let admin = &workspace.admins[1];
    let params = &workspace.params;
    json!({
        "type": "admin", "id": admin.id.to_string(), "email": admin.email, "name": admin.name,
        "email_verified": true, "has_inbox_seat": admin.has_inbox_seat,
        "app": {
            "type": "app", "id_code": workspace.app.id_code, "name": workspace.app.name,
            "region": params.region.code(), "timezone": params.timezone.name(),
            "created_at": workspace.app.created_at, "secure": true, "identity_verification": false,
        },
        "avatar": {"type": "avatar", "image_url": null},
    })
}
