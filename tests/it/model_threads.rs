//! Conversations as Intercom writes them, in every version and with every oddity the fact sheet knows.

use fastintercom::model::{Message, Thread, Ticket, Timestamp, WireError};
use serde_json::{Value, json};

use crate::support::rows::{in_month, part_json, synced_at, thread_json};

fn parse(json: &Value) -> Thread {
    Thread::parse(json.to_string().as_bytes(), synced_at()).expect("it has an id and a time")
}

/// A retrieved conversation with these fields instead of, or besides, the usual ones.
fn with(fields: Value) -> Thread {
    let mut json = thread_json(7, in_month(1, 0), 2, "note");
    let map = json.as_object_mut().expect("it is an object");
    map.extend(fields.as_object().expect("fields are an object").clone());
    parse(&json)
}

fn extra(thread: &Thread) -> Value {
    thread.conversation.extra.as_ref().map_or(Value::Null, fastintercom::model::Json::to_value)
}

fn parts(parts: Value, total_count: i64) -> Thread {
    with(json!({"conversation_parts":
        {"type": "conversation_part.list", "conversation_parts": parts, "total_count": total_count}}))
}

fn part(id: i64, part_type: &str, created_at: i64) -> Value {
    part_json(id, part_type, &json!({"type": "admin", "id": "7300101"}), Some("<p>Hi</p>"), created_at)
}

#[test]
fn a_plain_conversation_needs_no_extra() {
    let thread = with(json!({}));
    assert_eq!(extra(&thread), Value::Null);
    assert!(thread.messages.iter().all(|message| message.extra.is_none()));
    assert_eq!(thread.messages.len(), 3);
}

#[test]
fn an_assignee_of_zero_or_null_is_nobody() {
    for nobody in [json!(0), json!("0"), json!(null)] {
        let thread = with(json!({"admin_assignee_id": nobody, "team_assignee_id": nobody}));
        assert_eq!(thread.conversation.admin_assignee_id, None, "{nobody}");
        assert_eq!(thread.conversation.team_assignee_id, None, "{nobody}");
        assert_eq!(extra(&thread), Value::Null);
    }
    for somebody in [json!(7_300_101), json!("7300101")] {
        let thread = with(json!({"admin_assignee_id": somebody, "team_assignee_id": somebody}));
        assert_eq!(
            thread.conversation.admin_assignee_id.map(|id| id.to_string()).as_deref(),
            Some("7300101")
        );
        assert_eq!(thread.conversation.team_assignee_id.map(|id| id.to_string()).as_deref(), Some("7300101"));
    }
}

#[test]
fn teammates_are_read_under_both_names() {
    for name in ["admins", "teammates"] {
        let thread = with(
            json!({"teammates": {"type": "admin.list", name: [{"type": "admin", "id": "1"}, {"id": 2}]}}),
        );
        assert_eq!(thread.conversation.teammate_ids, ["1", "2"], "{name}");
        assert_eq!(extra(&thread), Value::Null);
    }
    assert!(with(json!({"teammates": null})).conversation.teammate_ids.is_empty());
    assert!(with(json!({"teammates": {"admins": null}})).conversation.teammate_ids.is_empty());
}

#[test]
fn no_rating_is_null_or_an_object_full_of_nulls() {
    let nulls =
        json!({"rating": null, "remark": null, "created_at": null, "contact": null, "teammate": null});
    for none in [json!(null), nulls] {
        let thread = with(json!({"conversation_rating": none}));
        let conversation = &thread.conversation;
        assert_eq!((conversation.rating, conversation.rating_requested_at), (None, None));
        assert_eq!((&conversation.rating_remark, &conversation.rated_teammate_id), (&None, &None));
        assert_eq!(extra(&thread), Value::Null);
    }
}

#[test]
fn a_rating_is_read_with_who_gave_and_got_it() {
    let thread =
        with(json!({"conversation_rating": {"rating": 5, "remark": "great", "created_at": 1789984800,
        "contact": {"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f81", "external_id": "cust_4711"},
        "teammate": {"type": "workflow", "id": "99"}}}));
    let conversation = &thread.conversation;
    assert_eq!((conversation.rating, conversation.rating_remark.as_deref()), (Some(5), Some("great")));
    assert_eq!(conversation.rated_teammate_type.as_deref(), Some("workflow"));
    assert_eq!(conversation.rating_contact_id, conversation.contact_id);
    assert_eq!(extra(&thread), Value::Null);
}

#[test]
fn the_number_of_a_raters_own_system_is_not_mistaken_for_none() {
    let thread = with(json!({"contacts": {"contacts": [{"id": "a"}]}, "conversation_rating":
        {"contact": {"id": "a", "external_id": 5}}}));
    assert_eq!(extra(&thread), json!({"conversation_rating": {"contact": {"external_id": 5}}}));
}

#[test]
fn statistics_may_be_null_or_have_null_leaves() {
    let leaves = json!({"type": "conversation_statistics", "time_to_assignment": null, "first_close_at": null,
        "count_reopens": 0, "assigned_team_first_response_time": []});
    for (statistics, reopens) in [(json!(null), None), (leaves, Some(0))] {
        let thread = with(json!({"statistics": statistics}));
        assert_eq!(thread.conversation.stat_reopen_count, reopens);
        assert_eq!(thread.conversation.stat_first_close_at, None);
        assert_eq!(extra(&thread), Value::Null);
    }
}

#[test]
fn statistics_are_read_from_seconds_and_from_the_dates_of_webhooks() {
    let thread = with(json!({"statistics": {"time_to_admin_reply": 120, "last_closed_by_id": 7300101,
        "first_close_at": "2026-09-21T10:00:00Z", "last_close_at": 1789984800, "count_conversation_parts": 3,
        "assigned_team_first_response_time": [{"team_id": 0, "team_name": "Unassigned", "response_time": 9}]}}));
    let conversation = &thread.conversation;
    assert_eq!(conversation.stat_first_close_at, Some(Timestamp::from_seconds(1_789_984_800)));
    assert_eq!(conversation.stat_first_close_at, conversation.stat_last_close_at);
    assert_eq!(conversation.stat_last_closed_by_id.as_deref(), Some("7300101"));
    assert_eq!(conversation.stat_team_first_responses[0].team_id, None);
    assert_eq!(conversation.stat_team_first_responses[0].response_time_seconds, Some(9));
}

#[test]
fn topics_and_linked_objects_are_read() {
    let thread = with(json!({
        "topics": {"type": "topic.list", "topics": [{"type": "topic", "id": 12, "name": "Billing"}], "total_count": 1},
        "linked_objects": {"type": "list", "total_count": 3, "has_more": true,
            "data": [{"type": "ticket", "id": "5", "category": "Tracker"}]},
    }));
    assert_eq!(thread.conversation.topics[0].topic_id, "12");
    assert_eq!(thread.conversation.linked_objects[0].category.as_deref(), Some("Tracker"));
    assert_eq!(extra(&thread), json!({"linked_objects": {"total_count": 3, "has_more": true}}));
}

#[test]
fn a_listed_conversation_has_no_thread_and_one_message() {
    let mut json = thread_json(7, in_month(1, 0), 2, "note");
    json.as_object_mut().expect("it is an object").remove("conversation_parts");
    let thread = parse(&json);
    assert!(!thread.conversation.has_thread && !thread.conversation.parts_truncated);
    assert_eq!(thread.conversation.part_count, None);
    assert_eq!((thread.messages.len(), thread.messages[0].position), (1, 0));
    let empty = parts(json!([]), 0);
    assert!(empty.conversation.has_thread);
    assert_eq!(empty.conversation.part_count, Some(0));
}

#[test]
fn five_hundred_parts_or_a_larger_count_mean_that_parts_are_missing() {
    let many = |count: i64| (1..=count).map(|n| part(n, "comment", 1_789_984_800 + n)).collect::<Vec<_>>();
    for (returned, total, is_truncated) in
        [(2, 2, false), (499, 499, false), (500, 500, true), (2, 3, true), (3, 2, false)]
    {
        let thread = parts(json!(many(returned)), total);
        assert_eq!(thread.conversation.parts_truncated, is_truncated, "{returned} of {total}");
        assert_eq!(thread.conversation.part_count, Some(total));
        assert_eq!(thread.messages.len() as i64, returned + 1);
    }
    // Intercom's own count includes the opening message.
    for (count, is_truncated) in [(3, false), (4, true)] {
        let thread = with(json!({"statistics": {"count_conversation_parts": count}}));
        assert_eq!(thread.conversation.parts_truncated, is_truncated, "{count}");
    }
}

#[test]
fn parts_are_put_in_the_order_of_their_times_and_ids() {
    let thread = parts(
        json!([part(12, "close", 200), part(9, "comment", 100), part(10, "note", 200), part(3, "open", 300)]),
        4,
    );
    let order: Vec<_> =
        thread.messages.iter().map(|message| (message.position, message.message_id.as_str())).collect();
    assert_eq!(order, [(0, "70"), (1, "9"), (2, "10"), (3, "12"), (4, "3")]);
}

#[test]
fn a_part_that_is_no_message_is_kept_as_it_is() {
    let bad =
        json!([{"id": "a b", "created_at": 5, "body": "x"}, {"id": "5", "created_at": "soon"}, "text", null]);
    let mut all = bad.as_array().expect("it is a list").clone();
    all.insert(1, part(1, "comment", 100));
    let thread = parts(json!(all), 5);
    assert_eq!(thread.messages.len(), 2);
    assert_eq!(extra(&thread), json!({"conversation_parts": {"conversation_parts": bad}}));
}

fn only_part(fields: Value) -> Message {
    let mut one = part(1, "comment", 100);
    one.as_object_mut().expect("it is an object").extend(fields.as_object().expect("so are these").clone());
    parts(json!([one]), 1).messages.remove(1)
}

#[test]
fn what_says_nothing_in_a_part_is_none() {
    let message =
        only_part(json!({"event_details": {}, "metadata": {}, "email_message_metadata": null, "tags": [],
        "attachments": null, "translations": null, "assigned_to": null}));
    assert_eq!((&message.event_details, &message.metadata, &message.extra), (&None, &None, &None));
    let message = only_part(json!({"event_details": {"value": {"name": "growth"}}}));
    assert_eq!(message.event_details.map(|json| json.to_value()), Some(json!({"value": {"name": "growth"}})));
}

#[test]
fn who_sees_a_message_follows_from_its_kind_and_content() {
    let visible = |fields: Value| only_part(fields).is_visible;
    assert!(visible(json!({})));
    assert!(visible(json!({"part_type": "assignment"})) && visible(json!({"part_type": "close"})));
    assert!(
        !visible(json!({"body": null})) && !visible(json!({"body": ""})) && !visible(json!({"body": "  "}))
    );
    assert!(visible(json!({"body": null, "attachments": [{"type": "upload", "name": "a.pdf"}]})));
    for note in ["note", "note_and_reopen", "note_and_unsnooze"] {
        let message = only_part(json!({"part_type": note}));
        assert!(message.is_note && !message.is_visible, "{note}");
    }
    assert!(!visible(json!({"part_type": "conversation_tags_updated"})));
    assert!(!only_part(json!({})).is_note);
}

#[test]
fn a_redacted_part_says_so() {
    let message = only_part(json!({"redacted": true, "body": "<p><i>This message was deleted</i></p>"}));
    assert_eq!(message.redacted, Some(true));
    assert_eq!(message.body_text.as_deref(), Some("This message was deleted"));
}

#[test]
fn an_assignment_to_nobody_has_a_type_and_no_id() {
    let message =
        only_part(json!({"assigned_to": {"type": "nobody_admin", "id": null}, "part_type": "assignment"}));
    assert_eq!((message.assigned_to_type.as_deref(), message.assigned_to_id), (Some("nobody_admin"), None));
}

#[test]
fn without_a_source_the_opening_message_is_empty_and_has_an_id_of_its_own() {
    for source in
        [json!(null), json!("a text"), json!({}), json!({"id": "not usable as an id", "body": null})]
    {
        let thread = with(json!({"source": source}));
        let opening = &thread.messages[0];
        assert_eq!((opening.message_id.as_str(), opening.position), ("source-7", 0), "{source}");
        assert_eq!((opening.part_type.as_str(), opening.author_class.as_str()), ("source", "system"));
        assert_eq!((&opening.body_html, opening.is_visible), (&None, false));
        assert_eq!(opening.created_at, thread.conversation.created_at);
    }
    assert_eq!(extra(&with(json!({"source": "a text"}))), json!({"source": "a text"}));
    let long = "9".repeat(100);
    let thread = parse(&json!({"id": long, "created_at": 1}));
    assert_eq!(thread.messages[0].message_id.as_str().len(), 100);
}

#[test]
fn the_contact_who_wrote_first_is_known_by_name() {
    let conversation = with(json!({})).conversation;
    assert_eq!(conversation.contact_name.as_deref(), Some("Mira Okafor"));
    assert_eq!(conversation.contact_external_id.as_deref(), Some("cust_4711"));
    let outbound =
        with(json!({"source": {"author": {"type": "admin", "name": "Jonas", "email": "j@fi.example"}}}));
    assert_eq!((outbound.conversation.contact_name, outbound.conversation.contact_email), (None, None));
}

#[test]
fn the_second_contacts_own_id_is_kept_in_its_place() {
    let thread = with(json!({"contacts": {"type": "contact.list", "contacts": [
        {"type": "contact", "id": "a", "external_id": "x"}, {"type": "contact", "id": "b", "external_id": null},
        {"type": "contact", "id": "c", "external_id": "z"}]}}));
    assert_eq!(thread.conversation.contact_ids, ["a", "b", "c"]);
    assert_eq!(extra(&thread), json!({"contacts": {"contacts": [{}, {}, {"external_id": "z"}]}}));
}

#[test]
fn every_version_of_the_api_is_read() {
    // 2.11 to 2.15: null assignees, two priorities, Fin's older words.
    let old =
        with(json!({"admin_assignee_id": null, "priority": "not_priority", "ai_agent_participated": true,
        "ai_agent": {"resolution_state": "routed_to_team", "content_sources": {"total_count": 0}}}));
    assert_eq!(old.conversation.priority.as_deref(), Some("not_priority"));
    assert_eq!(old.conversation.ai_agent_resolution_state.as_deref(), Some("routed_to_team"));
    // 2.16 and 2.17: channel, sales agent, zero for nobody.
    let new = with(json!({"priority": "urgent", "channel": {"initial": "email", "current": "messenger"},
        "sales_agent_participated": false, "sales_agent": null, "external_references": [], "company": null}));
    assert_eq!(new.conversation.channel_current.as_deref(), Some("messenger"));
    assert_eq!(new.conversation.sales_agent_participated, Some(false));
    assert_eq!(extra(&new), Value::Null);
    // Words of tomorrow stay words.
    assert_eq!(with(json!({"state": "paused"})).conversation.state.as_deref(), Some("paused"));
}

#[test]
fn a_ticket_beside_a_conversation_makes_it_one() {
    assert!(!with(json!({"ticket": null})).conversation.is_ticket);
    let thread = with(json!({"ticket": {"state": "submitted"}}));
    assert!(thread.conversation.is_ticket);
    assert_eq!(extra(&thread), json!({"ticket": {"state": "submitted"}}));
}

#[test]
fn a_tickets_state_is_a_text_before_2_12_and_an_object_since() {
    let ticket = |state: Value| {
        let mut json = json!({"type": "ticket", "id": "5", "created_at": 1789985300});
        json.as_object_mut()
            .expect("it is an object")
            .extend(state.as_object().expect("so are these").clone());
        Ticket::parse(json.to_string().as_bytes(), synced_at()).expect("it has an id and a time")
    };
    let old = ticket(json!({"ticket_state": "in_progress", "ticket_state_internal_label": "Working"}));
    let new = ticket(json!({"ticket_state": {"type": "ticket_state", "id": "8", "category": "in_progress",
        "internal_label": "Working"}}));
    for one in [&old, &new] {
        assert_eq!(one.ticket_state.as_deref(), Some("in_progress"));
        assert_eq!(one.ticket_state_label.as_deref(), Some("Working"));
        assert_eq!(one.extra, None);
    }
    assert_eq!((old.ticket_state_id, new.ticket_state_id.as_deref()), (None, Some("8")));
    assert_eq!(ticket(json!({"ticket_state": null})).ticket_state, None);
}

#[test]
fn what_cannot_be_a_row_says_why() {
    let error = |json: &str| Thread::parse(json.as_bytes(), synced_at()).expect_err("it is no conversation");
    assert!(matches!(error("[]"), WireError::NotAnObject { .. }));
    assert!(matches!(error("{"), WireError::Json { .. }));
    assert!(matches!(error("{\"created_at\": 5}"), WireError::Missing { field: "id", .. }));
    assert!(matches!(
        error("{\"id\": 5, \"created_at\": \"soon\"}"),
        WireError::Missing { field: "created_at", .. }
    ));
    assert!(matches!(error("{\"id\": 5, \"created_at\": 1e400}"), WireError::Json { .. }));
}

#[test]
fn json_nested_deeper_than_128_levels_is_an_error_and_no_crash() {
    let nested = |depth: usize| {
        format!("{{\"id\":1,\"created_at\":1,\"x\":{}1{}}}", "[".repeat(depth), "]".repeat(depth))
    };
    let thread = Thread::parse(nested(120).as_bytes(), synced_at()).expect("it is not too deep");
    assert!(thread.conversation.extra.is_some_and(|extra| extra.0.contains("[[[1]]]")));
    for depth in [129, 200_000] {
        let error = Thread::parse(nested(depth).as_bytes(), synced_at()).expect_err("it is too deep");
        assert!(matches!(error, WireError::Json { .. }), "{error}");
    }
}

#[test]
fn a_number_too_large_for_any_column_stays_in_extra() {
    let thread = with(json!({"statistics": {"count_reopens": u64::MAX}, "snoozed_until": i64::MAX}));
    assert_eq!(extra(&thread), json!({"statistics": {"count_reopens": u64::MAX}, "snoozed_until": i64::MAX}));
}
