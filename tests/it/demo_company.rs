//! The generated company behaves like one: it closes what is old, sleeps at night, and loses stars when it is slow.

use std::sync::Arc;

use crate::demo_support::NOW;
use chrono::{DateTime, Datelike, Timelike};
use fastintercom::demo::workspace::{Conversation, State};
use fastintercom::demo::{Workspace, WorkspaceParams};

/// A conversation the customer began, as far as ratings and queues care.
struct Told {
    age_days: i64,
    is_closed: bool,
    waits_since: Option<i64>,
    first_reply_hour: Option<(i64, i64)>,
    first_wait: Option<i64>,
    rating: Option<(u8, bool)>,
}

/// What a company of 6,000 conversations over 150 days tells.
fn company_told() -> Vec<Told> {
    let params = WorkspaceParams { conversations: 6_000, days: 150, now: NOW, ..WorkspaceParams::default() };
    let berlin = |at: i64| {
        let local = DateTime::from_timestamp(at, 0).unwrap().with_timezone(&params.timezone);
        (i64::from(local.weekday().number_from_monday()), i64::from(local.hour()))
    };
    let told = |c: &Arc<Conversation>| Told {
        age_days: (NOW - c.created_at) / 86_400,
        is_closed: c.state == State::Closed,
        waits_since: c.waiting_since,
        first_reply_hour: c.statistics.first_admin_reply_at.map(berlin),
        first_wait: c.statistics.time_to_admin_reply,
        rating: c.rating.as_ref().and_then(|r| r.rating.map(|score| (score, r.remark.is_some()))),
    };
    Workspace::generate(&params).conversations().filter(|c| c.parts.len() <= 500).map(told).collect()
}

#[test]
fn old_conversations_are_closed_and_who_waits_has_mostly_written_in_the_last_days() {
    let told = company_told();
    let old: Vec<&Told> = told.iter().filter(|c| c.age_days >= 30).collect();
    let closed = old.iter().filter(|c| c.is_closed).count();
    assert!(closed * 1_000 >= old.len() * 970, "{closed} of {} are closed", old.len());
    assert!(closed < old.len(), "some are forgotten everywhere");
    let waiting: Vec<i64> = told.iter().filter_map(|c| c.waits_since).map(|at| (NOW - at) / 86_400).collect();
    let recent = waiting.iter().filter(|days| **days < 7).count();
    assert!(waiting.len() >= 20 && recent * 3 >= waiting.len() * 2, "{recent} of {}", waiting.len());
}

#[test]
fn teammates_answer_in_office_hours_of_their_zone() {
    let told = company_told();
    let replies: Vec<(i64, i64)> = told.iter().filter_map(|c| c.first_reply_hour).collect();
    // The earliest begin at six; on the day clocks go back that is five.
    assert!(replies.iter().all(|(_, hour)| (5..21).contains(hour)));
    let on_weekends = replies.iter().filter(|(weekday, _)| *weekday > 5).count();
    assert!(on_weekends * 10 < replies.len(), "{on_weekends} of {}", replies.len());
}

#[test]
fn slow_answers_cost_stars() {
    let told = company_told();
    let stars = |waits: std::ops::Range<i64>| {
        let rated = told.iter().filter(|c| c.first_wait.is_some_and(|wait| waits.contains(&wait)));
        let stars: Vec<u64> = rated.filter_map(|c| c.rating).map(|(score, _)| u64::from(score)).collect();
        assert!(stars.len() >= 50, "{waits:?}: {}", stars.len());
        stars.iter().sum::<u64>() as f64 / stars.len() as f64
    };
    let (quick, by_night, slow) = (stars(0..3_600), stars(8 * 3_600..86_400), stars(86_400..i64::MAX));
    assert!(quick > by_night + 0.3 && by_night > slow + 0.3, "{quick} {by_night} {slow}");
    assert!(told.iter().any(|c| c.rating.is_some_and(|(score, has_remark)| score <= 2 && has_remark)));
}
