//! `conversation_metrics`: for each way numbers about conversations go wrong elsewhere, a conversation that shows
//! it and what is right.

use crate::support::little_lake::{LittleLake, ask, put};
use crate::support::rows::in_month;
use crate::support::told::told;
use fastintercom::lake::Partitioning;
use serde_json::{Value, json};

/// What the metrics of one conversation are, a line each as `name = value`.
fn expect_with(story: &str, fields: &Value, expected: &str) {
    let lake = LittleLake::empty(Partitioning::Month);
    put(&lake.writer(), &[told(1, in_month(3, 0), story, fields)]);
    let engine = lake.engine();
    for line in expected.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(" = ").expect("a line is name = value");
        let shown = match name {
            name if name.ends_with("_at") => {
                format!("date_diff('second', created_at, {name})")
            }
            "replier_ids" => "array_to_string(replier_ids, ' ')".to_owned(),
            name => name.to_owned(),
        };
        let sql = format!("SELECT coalesce(({shown})::VARCHAR, 'NULL') FROM conversation_metrics");
        assert_eq!(ask(&engine, &sql), value, "{name} of\n{story}");
    }
}

fn expect(story: &str, expected: &str) {
    expect_with(story, &json!({}), expected);
}

#[test]
fn a_plain_conversation_is_timed_from_the_customers_message() {
    expect(
        "0 customer: Where is my parcel?
         300 teammate 7: On its way
         360 customer: Thanks
         400 teammate 7 close",
        "started_by = customer
         is_inbound = true
         is_closed = true
         first_customer_message_at = 0
         first_teammate_reply_at = 300
         first_bot_reply_at = NULL
         first_response_seconds = 300
         first_any_response_seconds = 300
         first_response_office_hours_seconds = NULL
         median_reply_seconds = 300.0
         replies_timed_count = 1
         first_close_at = 400
         last_close_at = 400
         last_closed_by_id = 7
         time_to_first_close_seconds = 400
         time_to_last_close_seconds = 400
         resolution_seconds = 400
         reopen_count = 0
         was_reopened = false
         is_resolved_on_first_contact = true
         is_unanswered = false
         assignment_count = 0
         first_assigned_at = NULL
         customer_message_count = 2
         teammate_reply_count = 1
         bot_reply_count = 0
         note_count = 0
         part_count = 3
         replier_ids = 7
         first_replier_id = 7
         timing_source = messages",
    );
}

#[test]
fn an_outbound_message_is_answered_by_the_customer_and_only_then_by_a_teammate() {
    expect(
        "0 teammate 7: We have something new
         50 teammate 7: Have you seen it?
         1000 customer: Tell me more
         1600 teammate 7: Gladly",
        "started_by = teammate
         is_inbound = false
         first_customer_message_at = 1000
         first_teammate_reply_at = 1600
         first_response_seconds = 600
         customer_message_count = 1
         teammate_reply_count = 2
         median_reply_seconds = 600.0
         replies_timed_count = 1
         is_unanswered = false",
    );
}

#[test]
fn an_outbound_message_nobody_answered_has_no_times_but_its_close() {
    expect(
        "0 teammate 7: We have something new
         900 teammate 7 close",
        "is_inbound = false
         first_customer_message_at = NULL
         first_teammate_reply_at = NULL
         first_response_seconds = NULL
         first_any_response_seconds = NULL
         median_reply_seconds = NULL
         replies_timed_count = 0
         time_to_first_close_seconds = 900
         resolution_seconds = 900
         is_unanswered = false",
    );
}

#[test]
fn a_conversation_a_bot_opened_is_inbound_once_the_customer_writes_before_any_teammate() {
    expect(
        "0 bot: Can I help you?
         20 customer: Yes
         80 teammate 7: How?",
        "started_by = bot
         is_inbound = true
         first_customer_message_at = 20
         first_response_seconds = 60
         bot_reply_count = 0",
    );
}

#[test]
fn a_bot_that_answers_first_does_not_stop_the_clock_for_people() {
    expect(
        "0 customer: Help
         5 bot: Have you tried the handbook?
         10 customer: Yes
         605 teammate 7: I am here",
        "first_bot_reply_at = 5
         first_teammate_reply_at = 605
         first_response_seconds = 605
         first_any_response_seconds = 5
         median_reply_seconds = 605.0
         replies_timed_count = 1
         bot_reply_count = 1",
    );
}

#[test]
fn a_note_is_no_reply() {
    expect(
        "0 customer: Help
         60 note teammate 7: Who knows about this?
         70 teammate 8 note_and_reopen: I do
         900 teammate 8: Here is how",
        "first_response_seconds = 900
         teammate_reply_count = 1
         note_count = 2
         replier_ids = 8",
    );
}

#[test]
fn a_reply_may_come_with_a_close_or_an_assignment() {
    expect(
        "0 customer: Help
         100 teammate 7 assignment: My colleague will see to it
         700 teammate 8 close: Done",
        "first_response_seconds = 100
         first_replier_id = 7
         replier_ids = 7 8
         teammate_reply_count = 2
         assignment_count = 1
         first_assigned_at = 100
         is_reassigned_after_reply = false
         time_to_first_close_seconds = 700
         is_resolved_on_first_contact = false",
    );
}

#[test]
fn an_assignment_or_close_without_words_is_no_reply() {
    expect(
        "0 customer: Help
         10 nobody assignment
         20 teammate 7 assignment
         30 teammate 7 close",
        "first_teammate_reply_at = NULL
         first_response_seconds = NULL
         assignment_count = 2
         is_reassigned_after_reply = false
         resolution_seconds = 30
         is_unanswered = false",
    );
}

#[test]
fn an_assignment_after_the_first_reply_is_a_reassignment() {
    expect(
        "0 customer: Help
         10 teammate 7 assignment
         20 teammate 7: I will ask
         30 teammate 7 assignment",
        "assignment_count = 2
         is_reassigned_after_reply = true",
    );
}

#[test]
fn a_customer_who_writes_again_reopens_what_was_closed() {
    expect(
        "0 customer: Help
         100 teammate 7 close: Done
         200 customer open: Not quite
         300 teammate 7: Now?
         400 teammate 7 close",
        "reopen_count = 1
         was_reopened = true
         first_close_at = 100
         last_close_at = 400
         time_to_first_close_seconds = 100
         time_to_last_close_seconds = 400
         resolution_seconds = 400
         is_resolved_on_first_contact = false",
    );
}

#[test]
fn a_reopened_conversation_has_a_last_close_and_no_resolution() {
    expect(
        "0 customer: Help
         100 teammate 7 close: Done
         200 customer open: Not quite",
        "is_closed = false
         last_close_at = 100
         time_to_last_close_seconds = 100
         resolution_seconds = NULL
         is_unanswered = true
         is_resolved_on_first_contact = false",
    );
}

#[test]
fn a_bot_that_opens_a_conversation_again_is_no_reopening() {
    expect(
        "0 customer: Help
         100 teammate 7 close: Done
         200 bot open
         300 bot close",
        "reopen_count = 0
         was_reopened = false
         last_closed_by_id = 99",
    );
}

#[test]
fn a_conversation_nobody_answered_is_unanswered_until_it_is_closed() {
    expect("0 customer: Help", "is_unanswered = true\nfirst_response_seconds = NULL");
    expect("0 customer: Help\n10 teammate 7: Yes\n20 customer: And now?", "is_unanswered = true");
    expect("0 customer: Help\n10 bot: Yes", "is_unanswered = false");
    expect("0 customer: Help\n10 teammate 7 close", "is_unanswered = false");
    expect("0 customer: Help\n10 teammate 7 snoozed", "is_unanswered = true\nstate = snoozed");
}

#[test]
fn only_the_first_of_several_unanswered_messages_is_waited_for() {
    expect(
        "0 customer: Help
         50 customer: Please
         100 teammate 7: Yes
         110 teammate 7: Here
         200 customer: Thanks, and this?
         500 teammate 7: That too",
        "median_reply_seconds = 200.0
         replies_timed_count = 2
         first_response_seconds = 100",
    );
}

#[test]
fn a_close_before_the_customer_wrote_is_counted_from_the_beginning() {
    expect(
        "0 teammate 7: Hello
         60 teammate 7 close
         500 customer open: Hello back
         900 teammate 7 close",
        "time_to_first_close_seconds = 60
         time_to_last_close_seconds = 400",
    );
}

/// Statistics as Intercom sends them, for a conversation that began at the first of March 2026.
fn statistics(seconds: &[(&str, i64)]) -> Value {
    let begin = in_month(3, 0).seconds();
    let mut statistics = json!({"type": "conversation_statistics"});
    for (name, value) in seconds {
        statistics[*name] = json!(if name.ends_with("_at") { begin + value } else { *value });
    }
    json!({"statistics": statistics})
}

#[test]
fn times_of_a_truncated_thread_come_from_the_statistics_and_say_so() {
    let fields = statistics(&[
        ("first_contact_reply_at", 0),
        ("first_admin_reply_at", 40),
        ("first_close_at", 90),
        ("last_close_at", 95),
        ("time_to_admin_reply", 30),
        ("median_time_to_reply", 25),
        ("count_reopens", 3),
        ("count_assignments", 4),
        ("count_conversation_parts", 900),
    ]);
    expect_with(
        "0 customer: Help
         700 teammate 7: The only part left
         800 teammate 7 close",
        &fields,
        "parts_truncated = true
         timing_source = statistics
         first_response_seconds = 40
         first_any_response_seconds = 40
         first_bot_reply_at = NULL
         first_response_office_hours_seconds = 30
         median_reply_seconds = NULL
         median_reply_office_hours_seconds = 25
         time_to_first_close_seconds = 90
         time_to_last_close_seconds = 800
         reopen_count = 3
         assignment_count = 4
         replier_ids = NULL
         is_resolved_on_first_contact = NULL",
    );
}

#[test]
fn a_listed_conversation_without_its_messages_is_measured_by_the_statistics() {
    let mut fields = statistics(&[
        ("first_contact_reply_at", 0),
        ("first_admin_reply_at", 40),
        ("last_contact_reply_at", 50),
        ("last_admin_reply_at", 60),
        ("count_reopens", 0),
        ("count_conversation_parts", 4),
    ]);
    fields["conversation_parts"] = Value::Null;
    expect_with(
        "0 customer: Help",
        &fields,
        "has_thread = false
         timing_source = statistics
         is_inbound = true
         first_response_seconds = 40
         is_unanswered = false
         teammate_reply_count = NULL
         part_count = 3
         reopen_count = 0",
    );
}

#[test]
fn a_conversation_across_a_clock_change_takes_as_long_as_it_takes() {
    // Clocks in New York went forward between these two: 03:00 follows 02:00 on 8 March 2026.
    let lake = LittleLake::empty(Partitioning::Month);
    let begin = in_month(3, 7 * 86_400 + 6 * 3_600);
    put(&lake.writer(), &[told(1, begin, "0 customer: Help\n7200 teammate 7: Yes", &json!({}))]);
    let engine = lake.engine();
    let local = "strftime(timezone('America/New_York', timezone('UTC', created_at)), '%H:%M')";
    let sql = format!("SELECT {local}, first_response_seconds FROM conversation_metrics");
    assert_eq!(ask(&engine, &sql), "01:00,7200");
}

#[test]
fn several_tags_make_no_second_row() {
    let tags = json!({"tags": {"type": "tag.list", "tags": [
        {"type": "tag", "id": "1", "name": "billing"}, {"type": "tag", "id": "2", "name": "urgent"}]}});
    expect_with("0 customer: Help", &tags, "len(tags) = 2\ncustomer_message_count = 1");
}

#[test]
fn ratings_fin_and_agreements_are_as_intercom_says() {
    let begin = in_month(3, 0).seconds();
    let fields = json!({
        "conversation_rating": {"rating": 4, "remark": "Fine", "created_at": begin + 500,
            "teammate": {"type": "admin", "id": "7"}},
        "ai_agent_participated": true,
        "ai_agent": {"resolution_state": "assumed_resolution", "last_answer_type": "ai_answer"},
        "sla_applied": {"type": "conversation_sla_summary", "sla_name": "Fast", "sla_status": "missed"},
        "waiting_since": begin + 3,
    });
    expect_with(
        "0 customer: Help",
        &fields,
        "rating = 4
         rating_remark = Fine
         rating_requested_at = 500
         rated_teammate_id = 7
         fin_involved = true
         fin_resolved = true
         fin_resolution_state = assumed_resolution
         fin_last_answer_type = ai_answer
         sla_name = Fast
         sla_status = missed
         waiting_since_at = 3
         waiting_seconds = NULL",
    );
}
