//! Tools for programs, as older clients call them: what each sends, and what it reads of the answer, field by field.

use chrono::DateTime;
use serde_json::{Value, json};

use crate::support::serving::{Request, Serving, world};

/// What a client reads of a field.
#[derive(Debug, Clone, Copy)]
enum Reads {
    Text,
    /// A moment in ISO 8601, with `Z` or an offset.
    Iso,
    Count,
    Yes,
    No,
    List,
    OneOf(&'static [&'static str]),
    /// Read only if it is there: then it is an error.
    Absent,
}

use Reads::{Absent, Count, Iso, List, No, OneOf, Text, Yes};

/// A call of an older client.
struct Replay {
    /// Whose code it is from.
    client: &'static str,
    tool: &'static str,
    sends: Value,
    reads: Vec<(&'static str, Reads)>,
}

const STATES: &[&str] = &["fresh", "partial", "stale"];
const AUTHORS: &[&str] = &["user", "admin"];
const STATUSES: &[&str] = &["active", "inactive", "syncing", "error"];

/// What a conversation is read of, wherever it is.
fn conversation(of: &'static [&'static str; 9]) -> Vec<(&'static str, Reads)> {
    let kinds = [Text, Iso, Text, OneOf(AUTHORS), Text, Iso, Text, List, Iso];
    of.iter().copied().zip(kinds).collect()
}

/// Everything that compatibility facts tell of older clients; `id` is a conversation there is.
fn replays(id: &str) -> Vec<Replay> {
    const FOUND: &[&str; 9] = &[
        "/conversations/0/id",
        "/conversations/0/created_at",
        "/conversations/0/messages/0/id",
        "/conversations/0/messages/0/author_type",
        "/conversations/0/messages/0/body",
        "/conversations/0/messages/0/created_at",
        "/conversations/0/messages/0/part_type",
        "/conversations/0/tags",
        "/conversations/0/updated_at",
    ];
    const ONE: &[&str; 9] = &[
        "/id",
        "/created_at",
        "/messages/0/id",
        "/messages/0/author_type",
        "/messages/0/body",
        "/messages/0/created_at",
        "/messages/0/part_type",
        "/tags",
        "/conversation/updated_at",
    ];
    let sync_info = [
        ("/sync_info/state", OneOf(STATES)),
        ("/sync_info/last_sync", Iso),
        ("/sync_info/message", Text),
        ("/sync_info/data_complete", Yes),
        ("/total_count", Count),
        ("/conversations/0/customer_email", Text),
    ];
    let period = json!({
        "limit": 50,
        "created_after": "2026-10-01T00:00:00",
        "created_before": "2026-11-20T23:59:59.999999+00:00",
    });
    let found = || [conversation(FOUND), sync_info.to_vec()].concat();
    let mut replays = vec![Replay {
        client: "ask-intercom, at the start",
        tool: "get_server_status",
        sends: json!({}),
        reads: vec![
            ("/server_info/name", Text),
            ("/status", OneOf(STATUSES)),
            ("/conversation_count", Count),
        ],
    }];
    replays.push(Replay {
        client: "ask-intercom",
        tool: "search_conversations",
        sends: period.clone(),
        reads: found(),
    });
    let mut with_query = period.clone();
    with_query["query"] = json!("the OR a OR i OR you");
    replays.push(Replay {
        client: "ask-intercom, with words",
        tool: "search_conversations",
        sends: with_query,
        reads: found(),
    });
    replays.push(Replay {
        client: "ask-intercom, without anything",
        tool: "search_conversations",
        sends: json!({"query": null, "customer_email": null}),
        reads: found(),
    });
    replays.push(Replay {
        client: "ask-intercom",
        tool: "get_conversation",
        sends: json!({"conversation_id": id}),
        reads: conversation(ONE),
    });
    replays.push(Replay {
        client: "ask-intercom, about freshness",
        tool: "get_data_info",
        sends: json!({}),
        reads: vec![("/has_data", Yes), ("/data_age_minutes", Count), ("/error", Absent)],
    });
    replays.push(Replay {
        client: "ask-intercom, about freshness",
        tool: "check_coverage",
        sends: json!({"start_date": "2026-11-01T00:00:00", "end_date": "2026-11-20T23:59:59.999999"}),
        reads: vec![("/has_coverage", Yes), ("/error", Absent)],
    });
    replays.extend(guide(id));
    replays.extend(local_server(id));
    replays
}

/// The client of the older integration guide, and the older tests.
fn guide(id: &str) -> Vec<Replay> {
    let of = |tool, sends, reads| Replay { client: "the integration guide", tool, sends, reads };
    vec![
        of(
            "search_conversations",
            json!({"query": "the OR a OR i", "limit": 10, "time_filter": "last 30 days"}),
            vec![("/conversations/0/id", Text), ("/total_count", Count)],
        ),
        of(
            "get_conversation",
            json!({"conversation_id": id}),
            vec![("/conversation/id", Text), ("/messages", List)],
        ),
        of("force_sync", json!({}), vec![("/success", Yes), ("/message", Text)]),
        of("get_data_info", json!({}), vec![("/has_data", Yes), ("/total_conversations", Count)]),
        of(
            "get_server_status",
            json!({}),
            vec![("/status", OneOf(STATUSES)), ("/conversation_count", Count), ("/last_sync", Iso)],
        ),
        of(
            "check_coverage",
            json!({"start_date": "2019-01-01", "end_date": "2026-11-20"}),
            vec![("/has_coverage", Yes), ("/partial_coverage", No), ("/coverage_gaps", List)],
        ),
    ]
}

/// The local server of the older client.
fn local_server(id: &str) -> Vec<Replay> {
    let of = |tool, sends, reads| Replay { client: "the local server", tool, sends, reads };
    vec![
        of(
            "search_conversations",
            json!({"query": "", "state": "all", "created_after": "2026-10-01", "limit": 150}),
            vec![("/conversations", List), ("/total_count", Count), ("/has_more", No)],
        ),
        of(
            "get_conversation",
            json!({"conversation_id": id, "include_parts": true}),
            vec![("/id", Text), ("/messages/0/body", Text)],
        ),
        of(
            "get_server_status",
            json!({}),
            vec![
                ("/backend_type", OneOf(&["fastintercom"])),
                ("/total_conversations", Count),
                ("/total_messages", Count),
                ("/database_path", Text),
                ("/last_sync", Iso),
            ],
        ),
        of(
            "sync_conversations",
            json!({"force": false}),
            vec![("/success", Yes), ("/output", Text), ("/error", Absent)],
        ),
    ]
}

fn is_read(value: Option<&Value>, reads: Reads) -> bool {
    let text = value.and_then(Value::as_str);
    match reads {
        Text => text.is_some_and(|text| !text.is_empty()),
        Iso => text.is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok()),
        Count => value.is_some_and(Value::is_u64),
        Yes => value == Some(&json!(true)),
        No => value == Some(&json!(false)),
        List => value.is_some_and(Value::is_array),
        OneOf(known) => text.is_some_and(|text| known.contains(&text)),
        Absent => value.is_none_or(Value::is_null),
    }
}

fn post(server: &Serving, tool: &str, arguments: &Value) -> Value {
    server.answer(&Request::post(&format!("/tools/{tool}"), arguments))
}

#[test]
fn what_older_clients_send_is_answered_with_what_they_read() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let first = post(&server, "search_conversations", &json!({"limit": 1}));
    let id = first["conversations"][0]["id"].as_str().unwrap();
    for Replay { client, tool, sends, reads } in replays(id) {
        // Some have /mcp at the end of the address of the server.
        for prefix in ["", "/mcp"] {
            let path = format!("{prefix}/tools/{tool}");
            let reply = server.send(&Request::post(&path, &sends));
            assert_eq!(reply.status, 200, "{client}: {path} {sends}: {reply:?}");
            let answer = reply.json();
            for (field, kind) in &reads {
                let value = answer.pointer(field);
                assert!(
                    is_read(value, *kind),
                    "{client}: {path} {sends}: {field} is {value:?}, not {kind:?}"
                );
            }
        }
    }
    assert!(server.end().0.success());
}

#[test]
fn a_search_has_fifty_conversations_with_their_messages_unless_less_is_asked_for() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let all = post(&server, "search_conversations", &json!({}));
    let conversations = all["conversations"].as_array().unwrap();
    assert_eq!((conversations.len(), &all["has_more"]), (30, &json!(false)));
    for found in conversations {
        let one = post(&server, "get_conversation", &json!({"conversation_id": found["id"]}));
        let bodies = |of: &Value| -> Vec<Value> {
            let messages = of["messages"].as_array().unwrap().iter();
            messages.map(|message| message["body"].clone()).collect()
        };
        assert_eq!(bodies(found), bodies(&one), "{}", found["id"]);
        assert_eq!(found["more_message_count"], Value::Null);
    }
    let short = post(&server, "search_conversations", &json!({"response_format": "concise", "limit": 2}));
    assert_eq!(short["conversations"].as_array().unwrap().len(), 2);
    assert_eq!(short["conversations"][0]["messages"], Value::Null);
    assert!(server.end().0.success());
}

#[test]
fn here_is_told_what_there_is() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let here = server.send(&Request::get("/")).json();
    for what in ["tools", "api", "openapi", "health", "ready"] {
        let path = here[what].as_str().unwrap();
        assert_eq!(server.send(&Request::get(path)).status, 200, "{path}");
    }
    let unknown = server.send(&Request::post("/tools/%ff", "{}"));
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "unknown_tool"));
    let wrong = server.send(&Request::get("/tools/query"));
    assert_eq!((wrong.status, wrong.code().as_str()), (405, "method_not_allowed"));
    assert_eq!(wrong.header("Allow"), Some("POST"));
    assert!(server.end().0.success());
}
