//! Intercom's figures about a conversation.

use super::{Text, View};
use crate::demo::workspace::{Author, Statistics, TeamResponse};
use serde::Serialize;

#[derive(Serialize)]
struct TeamResponseWire<'a> {
    team_id: Option<u64>,
    team_name: &'a str,
    response_time: i64,
}

#[derive(Serialize)]
pub(crate) struct StatisticsWire<'a> {
    r#type: &'static str,
    time_to_assignment: Option<i64>,
    time_to_admin_reply: Option<i64>,
    time_to_first_close: Option<i64>,
    time_to_last_close: Option<i64>,
    median_time_to_reply: Option<i64>,
    first_contact_reply_at: Option<i64>,
    first_assignment_at: Option<i64>,
    first_admin_reply_at: Option<i64>,
    first_close_at: Option<i64>,
    last_assignment_at: Option<i64>,
    last_assignment_admin_reply_at: Option<i64>,
    last_contact_reply_at: Option<i64>,
    last_admin_reply_at: Option<i64>,
    last_close_at: Option<i64>,
    last_closed_by_id: Option<Text<u64>>,
    count_reopens: i64,
    count_assignments: i64,
    count_conversation_parts: i64,
    assigned_team_first_response_time: Vec<TeamResponseWire<'a>>,
    assigned_team_first_response_time_in_office_hours: Vec<TeamResponseWire<'a>>,
    handling_time: Option<i64>,
    adjusted_handling_time: Option<i64>,
}
/// The figures, with null for what has not happened.
pub(crate) fn statistics<'a>(view: &View<'a>, s: &Statistics) -> StatisticsWire<'a> {
    let workspace = view.workspace;
    let team_response = || {
        let wire = |response: &TeamResponse| {
            let team = response.team.map(|n| &workspace.teams[n as usize]);
            TeamResponseWire {
                team_id: team.map(|team| team.id),
                team_name: team.map_or("Unassigned", |team| team.name),
                response_time: response.seconds,
            }
        };
        s.team_response.iter().map(wire).collect::<Vec<_>>()
    };
    let closer = match s.last_closed_by {
        Some(Author::Admin(n)) => Some(workspace.admins[n as usize].id),
        Some(Author::Bot) => Some(workspace.admins[0].id),
        _ => None,
    };
    StatisticsWire {
        r#type: "conversation_statistics",
        time_to_assignment: s.time_to_assignment,
        time_to_admin_reply: s.time_to_admin_reply,
        time_to_first_close: s.time_to_first_close,
        time_to_last_close: s.time_to_last_close,
        median_time_to_reply: s.median_time_to_reply,
        first_contact_reply_at: s.first_contact_reply_at,
        first_assignment_at: s.first_assignment_at,
        first_admin_reply_at: s.first_admin_reply_at,
        first_close_at: s.first_close_at,
        last_assignment_at: s.last_assignment_at,
        last_assignment_admin_reply_at: s.last_assignment_admin_reply_at,
        last_contact_reply_at: s.last_contact_reply_at,
        last_admin_reply_at: s.last_admin_reply_at,
        last_close_at: s.last_close_at,
        last_closed_by_id: closer.map(Text),
        count_reopens: s.count_reopens,
        count_assignments: s.count_assignments,
        count_conversation_parts: s.count_conversation_parts,
        assigned_team_first_response_time: team_response(),
        assigned_team_first_response_time_in_office_hours: team_response(),
        handling_time: s.handling_time,
        adjusted_handling_time: None,
    }
}
