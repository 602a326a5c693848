//! The marts on top of `conversation_metrics`: a handful of conversations in, the rows that follow out.

use crate::support::company::{DAY, HOUR, company};
use crate::support::little_lake::ask;
use crate::support::tree::in_tree;
use fastintercom::engine::VIEWS;

fn expect(sql: &str, expected: &str) {
    let (_lake, engine) = company();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(ask(&engine, sql).replace("\"\"", ""), expected.join("\n"), "{sql}");
}

#[test]
fn daily_volume_counts_each_thing_on_its_own_day_and_days_without_anything() {
    expect(
        "FROM daily_volume WHERE day < DATE '2026-03-04' OR created_count > 0 ORDER BY day",
        "2026-03-01,3,2,1,2,1
         2026-03-02,0,0,0,0,0
         2026-03-03,1,1,0,0,1
         2026-04-01,1,1,0,0,0",
    );
    expect("SELECT count(*) FROM daily_volume", "32");
}

#[test]
fn response_times_leave_out_the_unanswered_and_count_them() {
    expect(
        "SELECT day, inbound_count, replied_count, response_rate, unanswered_count, first_response_p50_seconds,
            first_response_p90_seconds, first_response_avg_seconds, first_any_response_p50_seconds
         FROM response_times ORDER BY day",
        "2026-03-01,2,2,1.0,1,900.0,1140.0,900.0,900.0
         2026-03-03,1,0,0.0,0,,,,5.0
         2026-04-01,1,0,0.0,1,,,,",
    );
}

#[test]
fn resolution_counts_what_is_closed_now_and_what_was_opened_again() {
    expect(
        "FROM resolution ORDER BY day",
        "2026-03-01,2,1,0.5,1200.0,1200.0,2,1,0.5,1,1,1.0
         2026-03-03,1,1,1.0,100.0,100.0,1,0,0.0,1,1,1.0
         2026-04-01,1,0,0.0,,,0,0,,0,0,",
    );
}

#[test]
fn assignees_are_those_of_now_and_some_conversations_have_none() {
    expect(
        "SELECT admin_id, name, conversation_count, open_count, unanswered_count, inbound_count, resolution_rate,
            first_response_p50_seconds, reopened_count, csat
         FROM assignee_performance ORDER BY admin_id NULLS LAST",
        "7,Ada,2,1,0,1,1.0,600.0,0,1.0
         8,Ben,1,1,1,1,0.0,1200.0,1,0.0
         ,,2,1,1,2,0.5,,0,",
    );
}

#[test]
fn a_team_of_two_counts_each_conversation_once() {
    expect(
        "SELECT team_id, name, conversation_count, first_response_p50_seconds, rated_count
         FROM team_performance ORDER BY team_id NULLS LAST",
        "70,Support,2,900.0,2
         ,,3,,0",
    );
}

#[test]
fn a_conversation_with_two_tags_counts_for_both_under_their_present_names() {
    expect(
        "SELECT tag_id, name, month_began_at, conversation_count, all_conversation_count, share, open_count,
            first_response_p50_seconds, csat
         FROM tag_volume ORDER BY ALL",
        "1,refund,2026-03-01 00:00:00,1,4,0.25,0,600.0,1.0
         2,invoices,2026-03-01 00:00:00,2,4,0.5,1,900.0,0.5
         2,invoices,2026-04-01 00:00:00,1,1,1.0,1,,",
    );
}

#[test]
fn ratings_count_on_the_day_they_were_asked_for() {
    expect(
        "FROM csat ORDER BY day",
        "2026-03-01,2,2,1.0,1,1,0.5,3.5,1
         2026-03-03,1,0,0.0,0,0,,,0",
    );
}

#[test]
fn agreements_still_running_are_not_in_the_rate() {
    expect("FROM sla", "Fast,2026-03-01,2,1,1,0,0,0.5");
}

#[test]
fn what_fin_did_is_counted_of_all_conversations_and_of_its_own() {
    expect(
        "FROM fin_performance ORDER BY day",
        "2026-03-01,3,0,0,0.0,,0.0
         2026-03-03,1,1,1,1.0,1.0,1.0
         2026-04-01,1,0,0,0.0,,0.0",
    );
}

#[test]
fn the_backlog_is_as_old_as_the_last_sync_of_everything() {
    expect(
        "SELECT conversation_id, state, admin_assignee_name, team_assignee_name, is_unanswered, waiting_seconds,
            age_seconds
         FROM backlog ORDER BY conversation_id",
        &format!(
            "2,open,Ben,Support,true,{},{}\n3,open,Ada,,false,,{}\n5,open,,,true,86400,86400",
            32 * DAY - 9 * HOUR - 2060,
            32 * DAY - 9 * HOUR - 60,
            32 * DAY - 10 * HOUR
        ),
    );
}

#[test]
fn every_hour_of_the_week_is_there() {
    expect("SELECT count(*), sum(created_count), sum(first_replied_count) FROM busy_hours", "168,4,2");
    expect(
        "FROM busy_hours WHERE created_count > 0 ORDER BY ALL",
        "2,0,1,0,0,
         3,0,1,0,0,
         7,9,2,2,2,900.0",
    );
}

#[test]
fn contacts_and_companies_count_their_conversations() {
    expect(
        "SELECT contact_id, name, conversation_count, inbound_count, open_count, unanswered_count,
            customer_message_count, first_conversation_at, last_conversation_at
         FROM contact_activity",
        "68e1a7c2d9f04b3a5c6e7f81,Mira,5,4,3,2,5,2026-03-01 09:00:00,2026-04-01 00:00:00",
    );
    expect(
        "SELECT company_id, name, contact_count, conversation_count, rated_count, rating_avg FROM company_activity",
        "c1,Acme,1,2,1,5.0",
    );
}

#[test]
fn a_timeline_tells_how_long_each_step_took() {
    expect(
        "SELECT position, author_class, part_type, seconds_since_beginning, seconds_since_previous
         FROM message_timeline WHERE conversation_id = '2' ORDER BY position",
        "0,customer,source,0,
         1,teammate,comment,1200,1200
         2,teammate,close,1800,600
         3,customer,open,2000,200",
    );
}

#[test]
fn sums_and_counts_come_in_types_every_tool_reads() {
    let (_lake, engine) = company();
    for view in VIEWS {
        let wide = format!(
            "SELECT string_agg(column_name || ' ' || column_type, '; ') FROM (DESCRIBE {})
             WHERE regexp_matches(column_type, 'HUGEINT|DECIMAL|TIME ZONE|INTERVAL')",
            view.name
        );
        assert_eq!(ask(&engine, &wide).replace('"', ""), "", "{}", view.name);
    }
}

#[test]
fn every_mart_says_what_questions_it_answers() {
    for view in VIEWS.iter().filter(|view| view.table().is_none()) {
        assert!(view.grain().starts_with("One row per "), "{}", view.name);
        assert!((1..=4).contains(&view.questions().count()), "{}", view.name);
        assert!(view.questions().all(|question| question.ends_with('?')), "{}", view.name);
        let code = view.sql.lines().filter(|line| !line.starts_with("--")).count();
        assert!(code <= 135, "{} has {code} lines", view.name);
    }
}

#[test]
fn the_readme_lists_every_mart_with_a_question_it_answers() {
    let readme = std::fs::read_to_string(in_tree("README.md")).unwrap();
    for view in VIEWS.iter().filter(|view| view.table().is_none()) {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{}` |", view.name)));
        let row = row.unwrap_or_else(|| panic!("{} is not in the README", view.name));
        let question = row.trim_end_matches(" |").rsplit("| ").next().unwrap();
        assert!(view.questions().any(|asked| asked == question), "{}: {question}", view.name);
    }
}
