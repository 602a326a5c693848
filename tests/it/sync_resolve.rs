//! Which description of a conversation holds: the stored one or the listed one.

use fastintercom::model::{Conversation, Thread, Timestamp};
use fastintercom::sync::listed;
use serde_json::{Value, json};

/// An hour after anything below changed: long enough for a change to have settled.
const LATER: i64 = 1_790_010_000;

fn object(updated_at: i64) -> Value {
    json!({
        "type": "conversation", "id": "1", "created_at": 1_790_000_000, "updated_at": updated_at, "state": "open",
        "read": false, "tags": {"type": "tag.list", "tags": []}, "conversation_rating": null,
        "source": {"type": "email", "id": "9", "body": "<p>hi</p>", "author": {"type": "user", "id": "u"}},
    })
}

fn from_list(value: &Value) -> Conversation {
    Thread::parse(value.to_string().as_bytes(), Timestamp::from_seconds(LATER)).unwrap().conversation
}

fn retrieved(value: &Value, synced_at: i64) -> Conversation {
    let mut value = value.clone();
    value["conversation_parts"] =
        json!({"type": "conversation_part.list", "conversation_parts": [], "total_count": 0});
    let synced_at = Timestamp::from_seconds(synced_at);
    Thread::parse(value.to_string().as_bytes(), synced_at).unwrap().conversation
}

#[test]
fn a_conversation_that_is_new_is_stored_without_its_thread() {
    let row = listed(None, from_list(&object(1_790_000_100))).unwrap();
    assert!(!row.has_thread);
}

#[test]
fn a_conversation_that_did_not_change_is_left_alone() {
    let value = object(1_790_000_100);
    assert_eq!(listed(Some(&retrieved(&value, LATER)), from_list(&value)), None);
}

#[test]
fn a_conversation_that_changed_is_read_again() {
    let stored = retrieved(&object(1_790_000_100), LATER);
    let row = listed(Some(&stored), from_list(&object(1_790_000_101))).unwrap();
    assert!(!row.has_thread);
}

#[test]
fn a_list_that_is_behind_does_not_undo_what_is_known() {
    let stored = retrieved(&object(1_790_000_100), LATER);
    assert_eq!(listed(Some(&stored), from_list(&object(1_790_000_099))), None);
}

#[test]
fn a_rating_that_came_without_a_change_of_updated_at_is_noticed() {
    let stored = retrieved(&object(1_790_000_100), LATER);
    let mut value = object(1_790_000_100);
    value["conversation_rating"] = json!({"rating": 5, "created_at": 1_790_000_050});
    assert!(!listed(Some(&stored), from_list(&value)).unwrap().has_thread);
}

#[test]
fn a_tag_that_came_without_a_change_of_updated_at_is_noticed() {
    let stored = retrieved(&object(1_790_000_100), LATER);
    let mut value = object(1_790_000_100);
    value["tags"]["tags"] = json!([{"type": "tag", "id": "3", "name": "refund"}]);
    assert!(!listed(Some(&stored), from_list(&value)).unwrap().has_thread);
}

#[test]
fn an_unknown_field_that_changed_is_noticed() {
    let stored = retrieved(&object(1_790_000_100), LATER);
    let mut value = object(1_790_000_100);
    value["from_the_future"] = json!({"a": 1});
    assert!(!listed(Some(&stored), from_list(&value)).unwrap().has_thread);
}

#[test]
fn reading_a_conversation_changes_the_mark_and_keeps_the_thread() {
    let stored = retrieved(&object(1_790_000_100), LATER);
    let mut value = object(1_790_000_100);
    value["read"] = json!(true);
    let row = listed(Some(&stored), from_list(&value)).unwrap();
    assert!(row.has_thread);
    assert_eq!(row.is_read, Some(true));
}

#[test]
fn a_thread_read_within_a_minute_of_its_last_change_is_read_again_when_listed() {
    // A second change in the same second leaves no trace in `updated_at`.
    let value = object(1_790_000_100);
    let stored = retrieved(&value, 1_790_000_130);
    assert!(!listed(Some(&stored), from_list(&value)).unwrap().has_thread);
}

#[test]
fn a_conversation_still_without_thread_is_not_written_again_for_nothing() {
    let value = object(1_790_000_100);
    let stored = from_list(&value);
    assert_eq!(listed(Some(&stored), from_list(&value)), None);
}
