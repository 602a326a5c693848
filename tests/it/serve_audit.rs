//! Who asked what: a table for administrators, and for nobody else by any way; nothing of customers in it, nothing lost.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::cli::{CANARY, files_below};
use crate::support::serving::{Reply, Request, Serving, key, world};

const ASKED: &str = "SELECT key_name, method, path, status, tool, arguments, outcome, row_count, request_id \
                     FROM audit_log WHERE request_id LIKE 'asked-%' ORDER BY request_id";

fn query(server: &Serving, key: &str, id: &str, sql: &str) -> Reply {
    server.send(&Request::post("/tools/query", json!({"sql": sql})).key(key).with("X-Request-Id", id))
}

/// The same over MCP.
fn query_by_mcp(server: &Serving, key: &str, id: &str, sql: &str) -> Value {
    let params = json!({"name": "query", "arguments": {"sql": sql, "limit": 7}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let request = Request::post("/mcp", call)
        .key(key)
        .with("Accept", "application/json, text/event-stream")
        .with("MCP-Protocol-Version", "2025-06-18")
        .with("X-Request-Id", id);
    server.send(&request).json()["result"].clone()
}

#[test]
fn an_administrator_sees_who_asked_what_and_nobody_else_does() {
    let (_standin, env) = world();
    let (admin, asker) = (key(&env, "boss", "admin"), key(&env, "asker", "read,query"));
    let server = Serving::start(&env, &[]);
    let secret = "refund for jane@example.com";
    assert_eq!(query(&server, &asker, "asked-1", "SELECT 1 UNION ALL SELECT 2").status, 200);
    assert_eq!(query(&server, &asker, "asked-2", &format!("SELECT '{secret}' FROM nowhere")).status, 400);
    query_by_mcp(&server, &asker, "asked-3", "SELECT state FROM conversations LIMIT 3");
    server.send(&Request::post("/tools/force_sync", "{}").key(&asker).with("X-Request-Id", "asked-4"));
    server.send(&Request::get("/metrics").key(&admin).with("X-Request-Id", "asked-5"));
    let many = json!({"sql": "SELECT range FROM range(1234)"});
    let rows =
        Request::post("/api/v1/query", many).with("Accept", "text/csv").with("X-Request-Id", "asked-6");
    assert_eq!(server.send(&rows.key(&asker)).status, 200);

    let told = query(&server, &admin, "other-1", ASKED);
    assert_eq!(told.status, 200, "{told:?}");
    let post = |path: &str, status: u16, rest: [Value; 4], id: &str| {
        let [tool, arguments, outcome, rows] = rest;
        json!(["asker", "POST", path, status, tool, arguments, outcome, rows, id])
    };
    let called = |arguments: &str, outcome: &str, rows: Value| {
        [json!("query"), json!(arguments), json!(outcome), rows]
    };
    let expected = json!([
        post("/tools/{name}", 200, called("sql", "answered", json!(2)), "asked-1"),
        post("/tools/{name}", 400, called("sql", "refused", Value::Null), "asked-2"),
        post("/mcp", 200, called("limit, sql", "answered", json!(3)), "asked-3"),
        post("/tools/{name}", 403, [json!("force_sync"), Value::Null, Value::Null, Value::Null], "asked-4"),
        post("/api/v1/query", 200, called("sql", "answered", json!(1234)), "asked-6"),
    ]);
    assert_eq!(told.json()["rows"], expected, "{told:?}");
    let by_mcp = query_by_mcp(&server, &admin, "other-2", ASKED);
    assert_eq!(by_mcp["structuredContent"]["rows"], expected);
    let mine = env.fi(&["query", "--format", "csv", &format!("SELECT count(*) FROM ({ASKED})")]);
    assert_eq!(mine.stdout.lines().nth(1), Some("5"), "{mine}");
    let keys = "SELECT event, key_name, arguments FROM audit_log WHERE event LIKE 'key_%' ORDER BY key_name";
    let keys = query(&server, &admin, "other-3", keys).json()["rows"].clone();
    assert_eq!(keys, json!([["key_made", "asker", "read, query"], ["key_made", "boss", "admin"]]));

    let audit = env.home().join("audit");
    let file =
        files_below(&audit).into_iter().find(|file| file.extension().is_some_and(|end| end == "parquet"));
    let (audit, file) = (audit.display().to_string(), file.unwrap().display().to_string());
    for sql in [
        "FROM audit_log".to_owned(),
        "FROM main.audit_log".to_owned(),
        "FROM memory.main.\"AUDIT_LOG\"".to_owned(),
        "SELECT (SELECT count(*) FROM audit_log) FROM conversations".to_owned(),
        "FROM query('FROM audit_log')".to_owned(),
        "FROM query_table('audit_log')".to_owned(),
        "DESCRIBE audit_log".to_owned(),
        "SUMMARIZE audit_log".to_owned(),
        format!("FROM '{file}'"),
        format!("FROM read_parquet('{file}')"),
        format!("FROM read_parquet('{audit}/*.parquet')"),
        format!("FROM read_text('{audit}/pending.jsonl')"),
        format!("FROM read_blob('{file}')"),
        format!("FROM glob('{audit}/*')"),
        "FROM read_parquet('lake/../audit/*.parquet')".to_owned(),
        format!("FROM read_json('{audit}/*.jsonl')"),
        format!("FROM parquet_metadata('{file}')"),
    ] {
        let reply = query(&server, &asker, "other-4", &sql);
        assert_eq!(reply.status, 400, "{sql}: {reply:?}");
        assert!(!reply.body.contains("boss"), "{sql}: {reply:?}");
        let result = query_by_mcp(&server, &asker, "other-5", &sql);
        assert_eq!(result["isError"], json!(true), "{sql}: {result}");
    }
    // Files are out of reach for administrators' SQL, too: there is the table for it.
    assert_eq!(
        query(&server, &admin, "other-6", &format!("FROM read_text('{audit}/pending.jsonl')")).status,
        400
    );
    assert!(server.end().0.success());
    let all = env.fi(&["query", "--format", "csv", "--limit", "100000", "FROM audit_log"]);
    assert!(all.code == Some(0) && all.stdout.lines().count() > 40, "{all}");
    for unsaid in [secret, "SELECT", asker.as_str(), admin.as_str(), CANARY] {
        assert!(!all.stdout.contains(unsaid), "{unsaid}");
    }
}

#[test]
fn who_hangs_up_is_noted_and_what_was_read_over_mcp_is() {
    let (_standin, env) = world();
    let (admin, asker) = (key(&env, "boss", "admin"), key(&env, "asker", "read,query"));
    let server = Serving::start(&env, &[]);
    let endless = json!({"sql": "SELECT count(*) FROM range(1000000000000)", "timeout_seconds": 60});
    let endless = Request::post("/tools/query", endless).key(&asker).with("X-Request-Id", "asked-1");
    let mut stream = server.connect();
    stream.write_all(endless.text(&server.address).as_bytes()).unwrap();
    let figures = || server.send(&Request::get("/metrics").key(&admin)).body;
    let begun = Instant::now();
    while !figures().contains("fi_tool_calls_running 1") {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is not under way");
    }
    drop(stream);
    let params = json!({"uri": "fi://schema/conversations"});
    let read = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": params});
    let read = Request::post("/mcp", read).key(&asker).with("X-Request-Id", "asked-2");
    assert_eq!(server.send(&read).status, 200);
    let begun = Instant::now();
    let told = loop {
        let told = query(&server, &admin, "other", ASKED).json()["rows"].clone();
        if told.as_array().is_some_and(|rows| rows.len() == 2) || begun.elapsed() > Duration::from_secs(20) {
            break told;
        }
    };
    assert_eq!(
        told,
        json!([
            [
                "asker",
                "POST",
                "/tools/{name}",
                499,
                "query",
                "sql, timeout_seconds",
                "given_up",
                null,
                "asked-1"
            ],
            ["asker", "POST", "/mcp", 200, "resources/read", null, "answered", null, "asked-2"],
        ])
    );
    let figures = figures();
    assert!(figures.contains(r#"fi_tool_calls_total{tool="query",outcome="given_up"} 1"#), "{figures}");
    assert!(server.end().0.success());
}

#[test]
fn a_slow_reader_of_the_log_holds_nobody_up() {
    let (_standin, env) = world();
    let admin = key(&env, "boss", "admin");
    let server = Serving::start(&env, &[]);
    let many = json!({"sql": "SELECT a.* FROM audit_log a, range(3000000)"});
    let slow = Request::post("/api/v1/query", many).key(&admin).with("Accept", "text/csv");
    let mut stream = server.connect();
    stream.write_all(slow.text(&server.address).as_bytes()).unwrap();
    stream.read_exact(&mut [0; 100]).unwrap();
    for number in 0..10 {
        let told = query(&server, &admin, &format!("other-{number}"), "SELECT count(*) FROM audit_log");
        assert_eq!(told.status, 200, "{told:?}");
    }
    drop(stream);
    let figures = server.send(&Request::get("/metrics").key(&admin)).body;
    assert!(figures.contains(r#"fi_tool_calls_total{tool="query",outcome="answered"} 10"#), "{figures}");
    assert!(server.end().0.success());
}

#[test]
fn what_was_asked_before_a_crash_is_told_after_it() {
    let (_standin, env) = world();
    let asker = key(&env, "asker", "query");
    let server = Serving::start(&env, &[]);
    assert_eq!(query(&server, &asker, "asked-1", "SELECT 1").status, 200);
    let pending = env.home().join("audit/pending.jsonl");
    let is_written = || std::fs::read_to_string(&pending).is_ok_and(|text| text.contains("asked-1"));
    assert!((0..1_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        is_written()
    }));
    server.interrupt("KILL");
    assert!(!server.wait().0.success());
    let told = env.fi(&["query", "--format", "csv", &format!("SELECT request_id FROM ({ASKED})")]);
    assert_eq!(told.stdout, "request_id\nasked-1\n", "{told}");
    let revoked = env.fi(&["keys", "revoke", "asker"]);
    assert!(revoked.code == Some(0), "{revoked}");
    let told = env.fi(&["query", "--format", "csv", "SELECT event FROM audit_log ORDER BY event"]);
    assert_eq!(told.stdout, "event\nkey_made\nkey_revoked\nrequest\n", "{told}");
}

#[test]
fn nothing_is_kept_where_the_settings_say_so() {
    let (_standin, env) = world();
    let env = env.with("FASTINTERCOM_AUDIT_DAYS", 0);
    let admin = key(&env, "boss", "admin");
    let server = Serving::start(&env, &[]);
    assert_eq!(query(&server, &admin, "asked-1", "SELECT 1").status, 200);
    assert_eq!(query(&server, &admin, "asked-2", "FROM audit_log").status, 400);
    assert!(server.end().0.success());
    assert!(!env.home().join("audit").exists());
}
