//! Small readers: the query grammar, times, peeks, `/me`, the lists of a workspace, versions, webhooks.

use fastintercom::intercom::webhook::{Subject, parse_notification, verify_signature};
use fastintercom::intercom::{
    ApiVersion, Error, Filter, Group, Op, Query, QueryError, Region, Scalar, Sort, parse_seconds,
    peek_id_times,
};
use proptest::prelude::*;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use crate::support::scripted::{Reply, options, scripted, served};

fn as_json(query: &Query) -> Value {
    serde_json::to_value(query).unwrap()
}

#[test]
fn milliseconds_are_refused_since_intercom_would_answer_with_nothing() {
    // Gotcha 20: intercom-node #381.
    let error = Query::since("updated_at", 1_790_000_000_000).unwrap_err();
    assert_eq!(error, QueryError::Milliseconds { field: "updated_at".to_owned(), value: 1_790_000_000_000 });
    assert!(error.to_string().contains("unix seconds"));
    assert!(Query::closed_window("created_at", 0, 1_790_000_000_000).is_err());
    assert!(Filter::compare("created_at", Op::Lt, i64::MIN).is_err());
    assert!(Filter::compare("created_at", Op::Lt, -86_400).is_ok(), "before 1970");
}

#[test]
fn a_closed_window_includes_both_edges_whatever_greater_means() {
    let query = Query::closed_window("updated_at", 10, 20).unwrap();
    assert_eq!(
        as_json(&query),
        json!({"operator": "AND", "value": [
            {"operator": "OR", "value": [
                {"field": "updated_at", "operator": ">", "value": 10},
                {"field": "updated_at", "operator": "=", "value": 10},
            ]},
            {"operator": "OR", "value": [
                {"field": "updated_at", "operator": "<", "value": 20},
                {"field": "updated_at", "operator": "=", "value": 20},
            ]},
        ]})
    );
}

#[test]
fn filters_and_orders_are_written_as_intercom_expects() {
    // Gotcha 13: `asc` and `desc` are refused from 2.16 on.
    assert_eq!(
        serde_json::to_value(Sort::descending("id")).unwrap(),
        json!({"field": "id", "order": "descending"})
    );
    assert_eq!(
        serde_json::to_value(Sort::ascending("id")).unwrap(),
        json!({"field": "id", "order": "ascending"})
    );
    let one: Query = Filter::eq("open", true).into();
    assert_eq!(as_json(&one), json!({"field": "open", "operator": "=", "value": true}));
    let mixed = Query::and([
        Filter::one_of("tag_ids", ["1", "2"]).into(),
        Group::any([Filter::ne("state", "closed"), Filter::text("source.body", Op::Contains, "x")])
            .unwrap()
            .into(),
        Filter::eq("team_assignee_id", Scalar::Null).into(),
    ] as [fastintercom::intercom::Clause; 3])
    .unwrap();
    assert_eq!(
        as_json(&mixed),
        json!({"operator": "AND", "value": [
            {"field": "tag_ids", "operator": "IN", "value": ["1", "2"]},
            {"operator": "OR", "value": [
                {"field": "state", "operator": "!=", "value": "closed"},
                {"field": "source.body", "operator": "~", "value": "x"},
            ]},
            {"field": "team_assignee_id", "operator": "=", "value": null},
        ]})
    );
}

#[test]
fn a_group_holds_one_to_fifteen_filters() {
    let filters = |count: usize| (0..count).map(|id| Filter::eq("id", id.to_string()));
    assert_eq!(Group::all(filters(0)).unwrap_err(), QueryError::Empty);
    assert!(Group::all(filters(15)).is_ok());
    assert_eq!(Group::any(filters(16)).unwrap_err(), QueryError::TooMany(16));
    assert_eq!(Query::or(filters(16)).unwrap_err(), QueryError::TooMany(16));
}

#[test]
fn one_reader_understands_all_of_intercoms_times() {
    // Gotcha 25.
    for (value, seconds) in [
        (json!(1_790_000_000), Some(1_790_000_000)),
        (json!(1_790_000_000_123_i64), Some(1_790_000_000)),
        (json!(1_790_000_000.9), Some(1_790_000_000)),
        (json!("1790000000"), Some(1_790_000_000)),
        (json!("2026-09-21T14:13:20Z"), Some(1_790_000_000)),
        (json!("2026-09-21T16:13:20.000+02:00"), Some(1_790_000_000)),
        (json!("2026-09-21T14:13:20.000"), Some(1_790_000_000)),
        (json!("2026-09-21 14:13:20 UTC"), Some(1_790_000_000)),
        (json!(-86_400), Some(-86_400)),
        (json!("1969-12-31T00:00:00Z"), Some(-86_400)),
        (json!(2_738_966_400_i64), Some(2_738_966_400)),
        (json!(0), Some(0)),
        (json!(null), None),
        (json!(""), None),
        (json!("soon"), None),
        (json!("NaN"), None),
        (json!(1e300), None),
        (json!([1]), None),
    ] {
        assert_eq!(parse_seconds(&value), seconds, "{value}");
    }
}

#[test]
fn a_peek_reads_ids_of_either_kind_and_tells_a_truncated_thread() {
    let peek = |value: Value| peek_id_times(&to_raw_value(&value).unwrap());
    let parts = |count: usize| vec![json!({"id": 1}); count];
    let conversation = |returned: usize, counted: u64| {
        peek(json!({
            "type": "conversation", "id": 215, "created_at": "1789984800", "updated_at": 1_789_990_200_000_i64,
            "statistics": {"count_conversation_parts": counted},
            "conversation_parts": {"conversation_parts": parts(returned), "total_count": returned},
        }))
    };
    let whole = conversation(8, 9);
    assert_eq!((whole.id.as_deref(), whole.kind.as_deref()), (Some("215"), Some("conversation")));
    assert_eq!((whole.created_at, whole.updated_at), (Some(1_789_984_800), Some(1_789_990_200)));
    assert_eq!((whole.parts_returned, whole.parts_total, whole.parts_counted), (Some(8), Some(8), Some(9)));
    assert!(!whole.parts_truncated());
    assert!(conversation(8, 10).parts_truncated());
    assert!(conversation(500, 501).parts_truncated());
    assert!(!peek(json!({"id": "1", "statistics": {"count_conversation_parts": 9}})).parts_truncated());
    let ticket = peek(json!({"id": "1", "ticket_parts": {"ticket_parts": parts(2), "total_count": 2}}));
    assert_eq!(ticket.parts_returned, Some(2));
    assert_eq!(peek(json!([])), fastintercom::intercom::Peek::default());
}

#[tokio::test(start_paused = true)]
async fn me_tells_workspace_region_and_zone() {
    // Gotcha 28: the region is confirmed by what `/me` says.
    let server = scripted(vec![Reply::ok(json!({
        "type": "admin", "id": "7300101", "email": "jonas@fi.example", "name": "Jonas Weiß",
        "app": {"type": "app", "id_code": "w7k2q9xd", "name": "Fi Demo", "region": "EU",
                "timezone": "Europe/Berlin", "created_at": 1_700_000_000, "secure": true},
        "avatar": {"type": "avatar", "image_url": null},
    }))]);
    let me = server.client.me().await.unwrap();
    assert_eq!((me.admin_id.as_deref(), me.admin_name.as_deref()), (Some("7300101"), Some("Jonas Weiß")));
    assert_eq!(
        (me.app.id_code.as_deref(), me.app.timezone.as_deref()),
        (Some("w7k2q9xd"), Some("Europe/Berlin"))
    );
    assert_eq!((me.app.known_region(), me.app.created_at), (Some(Region::Eu), Some(1_700_000_000)));
}

#[tokio::test(start_paused = true)]
async fn me_without_most_of_its_fields_is_still_someone() {
    let server = scripted(vec![Reply::ok(json!({"id": 7, "name": null, "app": null}))]);
    let me = server.client.me().await.unwrap();
    assert_eq!((me.admin_id.as_deref(), me.admin_name, me.app.region), (Some("7"), None, None));
}

#[tokio::test(start_paused = true)]
async fn the_lists_of_a_workspace_are_found_under_their_own_names() {
    let server = served(options(), |_, seen| {
        let key = match seen.path.as_str() {
            "/admins" => "admins",
            "/teams" => "teams",
            "/segments" => "segments",
            _ => "data",
        };
        Reply::ok(json!({"type": "list", key: [{"id": "1"}, {"id": "2"}]}))
    });
    let client = &server.client;
    for list in [client.admins().await, client.teams().await, client.tags().await, client.segments().await] {
        assert_eq!(list.unwrap().len(), 2);
    }
    assert_eq!(client.ticket_types().await.unwrap().len(), 2);
    assert_eq!(client.conversation_attributes().await.unwrap().len(), 2);
    let asked: Vec<_> = server.seen().iter().map(|seen| format!("{}?{}", seen.path, seen.query)).collect();
    assert_eq!(
        asked,
        [
            "/admins?",
            "/teams?",
            "/tags?",
            "/segments?include_count=true",
            "/ticket_types?",
            "/conversations/attributes?include_archived=true",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn attributes_of_conversations_are_asked_for_where_the_version_has_them() {
    // Gotcha 14.
    for (version, asked) in [
        ("2.15", "/data_attributes"),
        ("2.16", "/conversations/attributes"),
        ("Preview", "/conversations/attributes"),
    ] {
        let mut options = options();
        options.version = version.parse().unwrap();
        let server = served(options, |_, _| Reply::ok(json!({"type": "list", "data": []})));
        server.client.conversation_attributes().await.unwrap();
        assert_eq!(server.seen()[0].path, asked);
        assert_eq!(server.seen()[0].headers["intercom-version"], version);
    }
    let refused = Reply::error(400, "intercom_version_invalid", "Requested resource is not available");
    let server = scripted(vec![refused]);
    assert!(matches!(server.client.conversation_attributes().await, Err(Error::VersionUnavailable { .. })));
}

#[test]
fn versions_are_ordered_by_their_parts_and_not_as_text() {
    let version = |text: &str| text.parse::<ApiVersion>().unwrap();
    assert!(version("2.9") < version("2.16") && version("2.16") < version("Preview"));
    assert_eq!(version("2.16"), ApiVersion::PINNED);
    assert_eq!(version("unstable"), ApiVersion::Preview);
    assert!("two".parse::<ApiVersion>().is_err() && "2.x".parse::<ApiVersion>().is_err());
}

const SECRET: &str = "client-secret";

/// Made with `openssl dgst -sha1 -hmac client-secret`.
const SIGNED: (&str, &str) = (r#"{"topic":"ping"}"#, "sha1=83f283f5997678fbf9b02534c0762a8eacaf2d8d");

#[test]
fn only_a_signature_made_with_a_secret_over_these_bytes_is_genuine() {
    let (body, signature) = SIGNED;
    let secrets = ["old".into(), SECRET.into()];
    assert!(verify_signature(body.as_bytes(), signature, &secrets));
    assert!(verify_signature(body.as_bytes(), &signature.to_uppercase().replace("SHA1", "sha1"), &secrets));
    assert!(!verify_signature(b"{\"topic\": \"ping\"}", signature, &secrets), "re-serialised");
    assert!(!verify_signature(body.as_bytes(), signature, &["old".into()]));
    assert!(!verify_signature(body.as_bytes(), signature, &[]));
    let flipped = format!("{}{}", &signature[..44], if signature.ends_with('0') { "1" } else { "0" });
    for wrong in [
        &flipped,
        "",
        "sha1=",
        &signature[5..],
        &signature[..43],
        "sha1=ü",
        "sha256=00",
        &format!("{signature}00"),
    ] {
        assert!(!verify_signature(body.as_bytes(), wrong, &secrets), "{wrong}");
    }
    assert!(
        !verify_signature(b"", "sha1=fbdb1d1b18aa6c08324b7d64b71fb76370690e1d", &["".into()]),
        "an empty secret signs nothing"
    );
}

fn subject(topic: &str, item: Value) -> Subject {
    let body = json!({"type": "notification_event", "id": "notif_1", "topic": topic, "data": {"item": item}});
    parse_notification(body.to_string().as_bytes()).unwrap().subject
}

#[test]
fn a_notification_tells_its_object_in_every_shape_it_is_known_to_have() {
    // Gotcha 29.
    let conversation = Subject::Conversation("215".to_owned());
    for (topic, item) in [
        ("conversation.admin.closed", json!({"type": "conversation", "id": "215"})),
        ("conversation.deleted", json!({"type": "conversation", "conversation_id": "215"})),
        (
            "conversation.contact.attached",
            json!({"conversation": {"id": 215, "model": {}}, "contact": {"id": 7}}),
        ),
        ("conversation_part.redacted", json!({"type": "conversation", "id": "215"})),
        ("conversation_part.tag.created", json!({"id": "999", "conversation_id": 215})),
    ] {
        assert_eq!(subject(topic, item), conversation, "{topic}");
    }
    assert_eq!(
        subject("contact.user.tag.created", json!({"type": "contact_tag", "contact": {"id": "c"}})),
        Subject::Contact("c".to_owned())
    );
    assert_eq!(
        subject("contact.deleted", json!({"id": "c", "deleted": true})),
        Subject::Contact("c".to_owned())
    );
    assert_eq!(
        subject("ticket.closed", json!({"ticket": {"id": "9", "ticket_id": "12"}})),
        Subject::Ticket("9".to_owned())
    );
    assert_eq!(
        subject("ticket.created", json!({"id": "9", "ticket_id": "12"})),
        Subject::Ticket("9".to_owned())
    );
    assert_eq!(
        subject("company.updated", json!({"id": "co", "company_id": "ours"})),
        Subject::Company("co".to_owned())
    );
    assert_eq!(subject("ping", json!({"type": "ping"})), Subject::Ping);
    assert_eq!(subject("admin.logged_in", json!({"id": "1"})), Subject::Other);
    assert_eq!(subject("conversation.admin.closed", json!({})), Subject::Other);
}

#[test]
fn a_notification_carries_what_is_needed_to_dedupe_it() {
    let body = json!({
        "type": "notification_event", "app_id": "w7k2q9xd", "topic": "contact.merged", "id": "notif_5b0f",
        "created_at": "2026-09-21T14:13:20Z", "data": {"item": {"id": "c", "merged_from": {"type": "contact", "id": "d"}}},
    });
    let notification = parse_notification(body.to_string().as_bytes()).unwrap();
    assert_eq!(notification.id.as_deref(), Some("notif_5b0f"));
    assert_eq!(notification.app_id.as_deref(), Some("w7k2q9xd"));
    assert_eq!(notification.created_at, Some(1_790_000_000));
    assert_eq!(notification.merged_from.as_deref(), Some("d"));
    assert!(!notification.is_deletion());
    assert!(parse_notification(b"<html>").is_err());
    assert!(parse_notification(b"{}").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_delivery_and_no_signature_make_the_receiver_panic(body in prop::collection::vec(any::<u8>(), 0..100), header in ".{0,50}") {
        let _ = parse_notification(&body);
        prop_assert!(!verify_signature(&body, &header, &[SECRET.into()]));
    }

    #[test]
    fn any_number_is_a_time_or_none_but_never_a_panic(number in any::<f64>(), whole in any::<i64>()) {
        let _ = parse_seconds(&json!(number));
        let _ = parse_seconds(&json!(whole));
        let _ = parse_seconds(&json!(number.to_string()));
    }
}
