//! What operators see of `fi serve`: figures, ids of requests, lines of the log; and that none of it tells of customers.

use serde_json::{Value, json};

use crate::support::cli::{CANARY, TestEnv};
use crate::support::prometheus::Page;
use crate::support::serving::{Request, Serving, key, world};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Every line of the log that says what was asked for.
fn lines(env: &TestEnv, message: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(env.home().join("logs/fi.log")).unwrap();
    // The commands before wrote it as text.
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["message"] == message).collect()
}

#[test]
fn figures_are_what_prometheus_reads_and_are_right() {
    let (_standin, env) = world();
    let (monitor, asker) = (key(&env, "monitor", "metrics"), key(&env, "asker", "read,query"));
    let server = Serving::start(&env, &[]);
    for (sql, status) in [("SELECT 1", 200), ("SELECT 2", 200), ("DROP TABLE x", 400)] {
        let reply = server.send(&Request::post("/tools/query", json!({"sql": sql})).key(&asker));
        assert_eq!(reply.status, status, "{reply:?}");
    }
    server.send(&Request::post("/tools/get_data_info", "{}").key(&asker));
    server.send(&Request::get("/nowhere/secret-path").key(&asker));
    let reply = server.send(&Request::get("/metrics").key(&monitor));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.header("Content-Type").unwrap().starts_with("text/plain; version=0.0.4"));
    let page = Page::parse(&reply.body);
    let requests = |route, method, status| {
        page.value("fi_http_requests_total", &[("route", route), ("method", method), ("status", status)])
    };
    assert_eq!(requests("/tools/{name}", "POST", "200"), Some(3.0));
    assert_eq!(requests("/tools/{name}", "POST", "400"), Some(1.0));
    assert_eq!(requests("other", "GET", "404"), Some(1.0));
    let calls = |outcome| page.value("fi_tool_calls_total", &[("tool", "query"), ("outcome", outcome)]);
    assert_eq!((calls("answered"), calls("refused")), (Some(2.0), Some(1.0)));
    assert_eq!(page.value("fi_tool_duration_seconds_count", &[("tool", "query")]), Some(3.0));
    assert_eq!(page.value("fi_http_requests_running", &[]), Some(1.0));
    assert_eq!(page.value("fi_tool_calls_running", &[]), Some(0.0));
    assert!(page.value("fi_http_connections", &[]) >= Some(1.0));
    let held = env.fi(&["query", "--format", "csv", "SELECT count(*) FROM conversations"]).stdout;
    let held = held.lines().nth(1).and_then(|count| count.parse::<f64>().ok());
    assert_eq!(page.value("fi_lake_rows", &[("table", "conversations")]), held);
    for name in ["fi_lake_generation", "fi_lake_bytes", "fi_data_age_seconds", "fi_uptime_seconds"] {
        assert!(page.value(name, &[]).is_some(), "{name}");
    }
    for secret in [CANARY, monitor.as_str(), asker.as_str(), "secret-path", "DROP"] {
        assert!(!reply.body.contains(secret), "{secret}");
    }
    // A monitor may see figures and nothing else, and others see no figures.
    for (path, key, status) in [
        ("/metrics", asker.as_str(), 403),
        ("/metrics", "", 401),
        ("/tools", monitor.as_str(), 403),
        ("/tools", asker.as_str(), 200),
    ] {
        assert_eq!(server.send(&Request::get(path).key(key)).status, status, "{path}");
    }
    assert!(server.end().0.success());
}

#[test]
fn a_setting_lets_this_machine_read_figures_without_a_key() {
    let (_standin, env) = world();
    key(&env, "somebody", "read");
    let env = env.with("FASTINTERCOM_METRICS_OPEN", "true");
    let server = Serving::start(&env, &[]);
    let ask = |request: Request<'_>| server.send(&request).status;
    assert_eq!(ask(Request::get("/metrics")), 200);
    assert_eq!(ask(Request::get("/metrics").with("X-Forwarded-For", "203.0.113.7")), 401);
    assert_eq!(ask(Request::get("/tools")), 401);
    assert!(server.end().0.success());
}

#[test]
fn every_answer_has_an_id_and_lines_of_the_log_have_it_too() {
    let (_standin, env) = world();
    let asker = key(&env, "asker", "read,query");
    let env = env.with("FASTINTERCOM_LOG_LEVEL", "trace");
    let server = Serving::start(&env, &["--log-format", "json"]);
    let secret = "refund for jane@example.com";
    let sql = json!({"sql": format!("SELECT '{secret}' AS words")});
    let traced = Request::post("/tools/query", &sql)
        .key(&asker)
        .with("X-Request-Id", "web-17")
        .with("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"));
    assert_eq!(server.send(&traced).header("X-Request-Id"), Some("web-17"));
    let called = json!({"name": "query", "arguments": sql});
    let called = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called});
    let over_mcp = Request::post("/mcp", called)
        .key(&asker)
        .with("Accept", "application/json, text/event-stream")
        .with("MCP-Protocol-Version", "2025-06-18")
        .with("X-Request-Id", "mcp-18");
    assert_eq!(server.send(&over_mcp).header("X-Request-Id"), Some("mcp-18"));
    for request in [
        Request::get("/health"),
        Request::get("/nothing").key(&asker),
        Request::get("/tools"),
        Request::get("/tools").with("Host", "evil.example"),
        Request::post("/health", ""),
        Request::get("/tools").key(&asker).with("X-Request-Id", "not sane"),
    ] {
        let reply = server.send(&request);
        assert!(reply.header("X-Request-Id").is_some_and(|id| id.len() == 32), "{reply:?}");
    }
    let (status, said) = server.end();
    assert!(status.success(), "{said}");
    let answered = lines(&env, "answered a call");
    let ids: Vec<&str> = answered.iter().filter_map(|line| line["fields"]["request_id"].as_str()).collect();
    assert_eq!(ids, ["web-17", "mcp-18"]);
    assert_eq!(answered[0]["fields"]["trace_id"], TRACE);
    let requests = lines(&env, "answered a request");
    let first = requests.iter().find(|line| line["fields"]["request_id"] == "web-17").unwrap();
    let fields = &first["fields"];
    assert_eq!((&fields["path"], &fields["status"]), (&json!("/tools/{name}"), &json!(200)));
    assert_eq!((&fields["key"], &fields["trace_id"]), (&json!("asker"), &json!(TRACE)));
    let log = std::fs::read_to_string(env.home().join("logs/fi.log")).unwrap();
    for unsaid in [secret, "SELECT", asker.as_str(), CANARY, "/nothing", "evil.example"] {
        assert!(!log.contains(unsaid), "{unsaid}");
    }
}

#[test]
fn it_tells_how_old_its_data_is_and_whether_the_disk_has_room() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let ready = server.send(&Request::get("/ready"));
    let told = ready.json();
    assert_eq!((ready.status, &told["ready"], &told["disk"]), (200, &json!(true), &json!("ok")), "{told}");
    assert!(told["last_sync"].is_string() && told["data_age_minutes"].is_number(), "{told}");
    assert!(told["is_stale"].is_boolean() && told["is_syncing"].is_boolean(), "{told}");
    let (lake, away) = (env.home().join("lake"), env.home().join("away"));
    std::fs::rename(&lake, &away).unwrap();
    assert!(server.is_soon(503), "its files are not there");
    std::fs::rename(&away, &lake).unwrap();
    assert!(server.is_soon(200));
    std::fs::write(env.home().join("state/state.json"), "{").unwrap();
    assert!(server.is_soon(503));
    let broken = server.send(&Request::get("/ready"));
    assert_eq!(broken.json()["ready"], json!(false), "{broken:?}");
    assert_eq!(server.send(&Request::get("/health")).status, 200);
    assert!(server.end().0.success());
}
