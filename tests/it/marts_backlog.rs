//! The backlog: whoever waits for a person is in it with a time, whether Intercom tells one or not.

use crate::support::little_lake::{LittleLake, ask, put};
use crate::support::rows::in_month;
use crate::support::told::told;
use fastintercom::lake::Partitioning;
use serde_json::{Value, json};

/// Since how many seconds after it began, and by which source, the customer of a conversation waits.
fn expect(story: &str, fields: &Value, expected: &str) {
    let lake = LittleLake::empty(Partitioning::Month);
    put(&lake.writer(), &[told(1, in_month(3, 0), story, fields)]);
    let sql = "SELECT is_unanswered, date_diff('second', created_at, waiting_since_at), waiting_since_source FROM backlog";
    assert_eq!(ask(&lake.engine(), sql).replace("\"\"", ""), expected, "{story}");
}

fn since(seconds: i64) -> Value {
    json!({"waiting_since": in_month(3, seconds).seconds()})
}

#[test]
fn where_intercom_says_since_when_that_holds() {
    expect("0 customer: Help\n50 customer: Please", &since(3), "true,3,intercom");
}

#[test]
fn who_was_never_answered_waits_since_the_first_message() {
    expect("0 customer: Help\n50 customer: Please", &json!({}), "true,0,first_customer_message");
    expect("0 bot: Hello\n40 customer: Help", &json!({}), "true,40,first_customer_message");
}

#[test]
fn who_wrote_again_after_an_answer_waits_since_the_latest_message_at_least() {
    let answered_once = "0 customer: Help\n50 teammate 7: Yes\n60 customer: How?\n90 customer: Hello?";
    expect(answered_once, &json!({}), "true,90,last_customer_message");
    let opened_again = "0 customer: Help\n50 bot: Yes\n60 customer: No\n70 teammate 7 close\n80 note teammate 8 note_and_reopen: Mine";
    expect(opened_again, &json!({}), "true,60,last_customer_message");
}

#[test]
fn who_was_answered_by_a_bot_only_still_waits_for_a_person() {
    expect("0 customer: Help\n5 bot: Have you tried the handbook?", &since(0), "false,0,intercom");
}

#[test]
fn who_was_answered_does_not_wait() {
    expect("0 customer: Help\n50 teammate 7: Yes", &json!({}), "false,,");
    expect("0 teammate 7: News", &json!({}), "false,,");
}

#[test]
fn of_a_listed_conversation_the_statistics_say_since_when() {
    let begin = in_month(3, 0).seconds();
    let statistics = |last_reply_at: Value| {
        json!({"conversation_parts": null, "statistics": {
            "first_contact_reply_at": begin, "first_admin_reply_at": last_reply_at, "last_admin_reply_at": last_reply_at,
            "last_contact_reply_at": begin + 70, "count_conversation_parts": 4}})
    };
    expect("0 customer: Help", &statistics(Value::Null), "true,0,first_customer_message");
    expect("0 customer: Help", &statistics(json!(begin + 50)), "true,70,last_customer_message");
}
