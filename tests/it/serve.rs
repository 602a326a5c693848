//! `fi serve`: who is let in and who is not, tools for programs, MCP in both eras, and its end.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::cli::TestEnv;
use crate::support::serving::{Request, Serving, key, world};

fn rpc(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

/// A request of MCP as clients send it, of the era with `initialize`.
fn mcp(method: &str, params: &Value) -> Request<'static> {
    Request::post("/mcp", rpc(method, params))
        .with("Accept", "application/json, text/event-stream")
        .with("MCP-Protocol-Version", "2025-06-18")
}

const TOOLS: &[&str] = &[
    "search_conversations",
    "get_conversation",
    "get_conversation_details",
    "analyze_conversations",
    "query",
    "describe_data",
    "get_data_info",
    "check_coverage",
    "get_sync_status",
    "sync_conversations",
    "force_sync",
    "get_server_status",
];

#[test]
fn nobody_gets_in_without_a_key_that_is_known() {
    let (_standin, env) = world();
    let known = key(&env, "team", "admin");
    let server = Serving::start(&env, &[]);
    let tools = TOOLS.iter().flat_map(|tool| [format!("/tools/{tool}"), format!("/mcp/tools/{tool}")]);
    let paths: Vec<String> = tools.chain(["/mcp".to_owned(), "/mcp/".to_owned()]).collect();
    let mut requests: Vec<Request<'_>> = paths.iter().map(|path| Request::post(path, "{}")).collect();
    requests.extend(["/", "/tools", "/mcp", "/nothing", "/tools/../mcp"].map(Request::get));
    for request in &requests {
        let token_in_query = format!("{}?key={known}&api_key={known}&access_token={known}", request.path);
        let attempts = [
            ("no key", request.clone(), 401),
            ("an empty key", request.clone().key(""), 401),
            ("a wrong key", request.clone().key(&format!("{known}x")), 401),
            ("half a key", request.clone().key(&known[..20]), 401),
            ("a wrong key by header", request.clone().with("X-API-Key", "fi_x"), 401),
            ("another scheme", request.clone().with("Authorization", format!("Basic {known}")), 401),
            ("a key in the address", Request { path: &token_in_query, ..request.clone() }, 401),
            ("another name", request.clone().key(&known).with("Host", "evil.example"), 403),
            ("another page", request.clone().key(&known).with("Origin", "https://evil.example"), 403),
        ];
        for (attempt, request, status) in attempts {
            let reply = server.send(&request);
            assert_eq!(reply.status, status, "{attempt} at {} {}: {reply:?}", request.method, request.path);
            assert!(!reply.body.contains(&known) && !reply.head.contains("Allow-Origin"), "{reply:?}");
            if status == 401 {
                assert!(reply.header("WWW-Authenticate").is_some_and(|value| value.starts_with("Bearer")));
            }
        }
    }
    for path in ["/health", "/ready"] {
        assert_eq!(server.send(&Request::get(path)).status, 200, "{path}");
        assert_eq!(server.send(&Request::get(path).with("Host", "evil.example")).status, 403, "{path}");
    }
    let by_header = Request::get("/tools").with("x-api-key", &known);
    assert_eq!(server.send(&by_header).status, 200);
    let (status, said) = server.end();
    assert!(status.success(), "{said}");
    assert!(!said.contains(&known));
    for file in crate::support::cli::files_below(env.path()) {
        let content = std::fs::read(&file).unwrap();
        assert!(!content.windows(known.len()).any(|bytes| bytes == known.as_bytes()), "{}", file.display());
    }
    env.assert_no_canary(&[]);
}

#[test]
fn a_key_is_good_for_its_scopes_and_no_more() {
    let (_standin, env) = world();
    let scopes = ["read", "query", "sync", "admin"];
    let keys = scopes.map(|scope| (scope, key(&env, scope, scope)));
    let server = Serving::start(&env, &[]);
    let tools = [
        ("get_data_info", "read", json!({})),
        ("query", "query", json!({"sql": "SELECT count(*) AS n FROM conversations"})),
        ("sync_conversations", "sync", json!({})),
    ];
    for (tool, scope, arguments) in &tools {
        for (name, key) in &keys {
            let is_allowed = name == scope || *name == "admin";
            let reply = server.send(&Request::post(&format!("/tools/{tool}"), arguments).key(key));
            assert_eq!(reply.status, if is_allowed { 200 } else { 403 }, "{tool} with {name}: {reply:?}");
            if !is_allowed {
                assert_eq!(reply.code(), "insufficient_scope");
                assert!(reply.body.contains(&format!("--scope {scope}")), "{reply:?}");
            }
            let called = mcp("tools/call", &json!({"name": tool, "arguments": arguments})).key(key);
            let result = server.send(&called).json()["result"].clone();
            assert_eq!(result["isError"] == json!(true), !is_allowed, "{tool} with {name}: {result}");
        }
    }
    let reference = json!({"type": "ref/prompt", "name": "escalation_brief"});
    let argument = json!({"name": "customer", "value": "a"});
    for (method, params) in [
        ("resources/read", json!({"uri": "fi://schema/conversations"})),
        ("completion/complete", json!({"ref": reference, "argument": argument})),
    ] {
        for (name, key) in &keys {
            let answer = server.send(&mcp(method, &params).key(key)).json();
            let is_allowed = ["read", "admin"].contains(name);
            assert_eq!(answer["result"].is_object(), is_allowed, "{method} with {name}: {answer}");
            let said = answer["error"]["message"].as_str().unwrap_or_default();
            assert!(is_allowed || said.contains("takes the scope read"), "{method} with {name}: {answer}");
        }
    }
    assert!(server.end().0.success());
}

#[test]
fn programs_send_arguments_and_get_the_answer_itself() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let info = server.send(&Request::post("/tools/get_data_info", "{}"));
    assert_eq!((info.status, info.json()["has_data"].clone()), (200, json!(true)), "{info:?}");
    assert_eq!(server.send(&Request::post("/mcp/tools/get_data_info", "")).json()["has_data"], json!(true));
    let found = server.send(&Request::post(
        "/mcp/tools/search_conversations",
        json!({"limit": 5, "created_after": "2026-01-01T00:00:00Z", "created_before": "2026-12-01T00:00:00Z"}),
    ));
    assert_eq!(found.status, 200, "{found:?}");
    let id = found.json()["conversations"][0]["id"].clone();
    let one = server.send(&Request::post("/tools/get_conversation", json!({"conversation_id": id})));
    assert_eq!(one.json()["conversation"]["id"], id, "{one:?}");
    let called =
        mcp("tools/call", &json!({"name": "get_conversation", "arguments": {"conversation_id": id}}));
    assert_eq!(server.send(&called).json()["result"]["structuredContent"]["conversation"]["id"], id);
    let listed = server.send(&Request::get("/tools")).json();
    let names: Vec<&str> =
        listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, TOOLS);

    let wrong = [
        (
            Request::post("/tools/serch_conversations", "{}"),
            404,
            "unknown_tool",
            "did you mean search_conversations?",
        ),
        (Request::post("/tools/search_conversations", "[1]"), 400, "invalid_arguments", "one JSON object"),
        (Request::post("/tools/search_conversations", "{\"limit\""), 400, "invalid_arguments", "no JSON"),
        (Request::post("/tools/search_conversations", "{\"limti\": 1}"), 400, "invalid_arguments", "limit"),
        (Request::post("/tools/query", "{\"sql\": \"DROP TABLE x\"}"), 400, "invalid_arguments", "SELECT"),
        (
            Request::post("/tools/get_conversation", "{\"conversation_id\": \"999\"}"),
            422,
            "conversation_not_held",
            "",
        ),
        (Request::post("/tools/get_data_info", " ".repeat(2 << 20)), 413, "body_too_large", "bytes"),
        (Request::get("/nothing"), 404, "not_found", "/mcp"),
    ];
    for (request, status, code, words) in wrong {
        let reply = server.send(&request);
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{reply:?}");
        assert!(reply.body.contains(words), "{reply:?}");
    }
    assert!(server.end().0.success());
}

#[test]
fn clients_of_both_eras_are_answered() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let welcome = server.send(&mcp("initialize", &hello));
    assert_eq!(welcome.json()["result"]["protocolVersion"], "2025-06-18", "{welcome:?}");
    assert_eq!(welcome.header("Mcp-Session-Id"), None);
    let listed = server.send(&mcp("tools/list", &json!({})));
    assert_eq!(listed.json()["result"]["tools"].as_array().unwrap().len(), TOOLS.len());

    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
    });
    let modern = |method: &'static str, mut params: Value| {
        params["_meta"] = meta.clone();
        Request::post("/mcp", rpc(method, &params))
            .with("Accept", "application/json, text/event-stream")
            .with("MCP-Protocol-Version", "2026-07-28")
            .with("Mcp-Method", method)
    };
    let discovered = server.send(&modern("server/discover", json!({})));
    assert!(discovered.body.contains("2026-07-28"), "{discovered:?}");
    let call = modern("tools/call", json!({"name": "get_data_info", "arguments": {}}))
        .with("Mcp-Name", "get_data_info");
    let called = server.send(&call);
    assert_eq!(called.json()["result"]["structuredContent"]["has_data"], json!(true), "{called:?}");
    assert!(server.end().0.success());
}

#[test]
fn programs_of_before_speak_mcp_without_accepting_events() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let call = rpc("tools/call", &json!({"name": "get_data_info", "arguments": {}}));
    for accept in [None, Some("*/*"), Some("application/json")] {
        let request = Request::post("/mcp", &call);
        let request = accept.into_iter().fold(request, |request, accept| request.with("Accept", accept));
        let reply = server.send(&request);
        assert_eq!(
            (reply.status, reply.header("Content-Type")),
            (200, Some("application/json")),
            "{reply:?}"
        );
        let answer: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(answer["result"]["structuredContent"]["has_data"], json!(true), "{answer}");
    }
    assert!(server.end().0.success());
}

#[test]
fn pages_that_may_ask_see_the_answers() {
    let (_standin, env) = world();
    let page = "https://support.example.com";
    let known = key(&env, "team", "read");
    let server = Serving::start(&env, &["--allowed-origin", page, "--allowed-host", "fi.example.com"]);
    let asked = Request::post("/tools/get_data_info", "{}").key(&known).with("Origin", page);
    let asked = server.send(&asked);
    assert_eq!((asked.status, asked.header("Access-Control-Allow-Origin")), (200, Some(page)), "{asked:?}");
    let before = Request { method: "OPTIONS", ..Request::get("/mcp") };
    let before = server.send(&before.with("Origin", page).with("Access-Control-Request-Method", "POST"));
    assert_eq!(before.status, 204);
    assert!(before.header("Access-Control-Allow-Headers").unwrap().contains("x-api-key"), "{before:?}");
    let named = server.send(&Request::get("/tools").key(&known).with("Host", "fi.example.com"));
    assert_eq!(named.status, 200);
    assert!(server.end().0.success());
}

#[test]
fn keys_are_made_listed_and_revoked_while_a_server_runs() {
    let (_standin, env) = world();
    let first = key(&env, "first", "read");
    let server = Serving::start(&env, &["--host", "0.0.0.0"]);
    let ask = |key: &str| server.send(&Request::get("/tools").key(key)).status;
    assert_eq!(ask(&first), 200);
    let second = key(&env, "second", "read,query");
    assert_eq!(ask(&second), 200);
    let listed = env.fi(&["keys", "list", "--json"]).json();
    assert_eq!(listed["keys"][1]["name"], "second");
    assert_eq!(listed["keys"][1]["scopes"], json!(["read", "query"]));
    assert!(!listed.to_string().contains(&second[3..]));
    assert!(env.fi(&["keys", "revoke", "second"]).code == Some(0));
    assert_eq!((ask(&second), ask(&first)), (401, 200));
    // The last key that is revoked opens nothing.
    assert!(env.fi(&["keys", "revoke", "first"]).code == Some(0));
    assert_eq!(ask(&first), 401);
    assert_eq!(server.send(&Request::get("/tools")).status, 401);
    assert!(server.end().0.success());

    let server = Serving::start(&env, &[]);
    let ask = |key: &str| server.send(&Request::get("/tools").key(key)).status;
    assert_eq!(ask(""), 200);
    let third = key(&env, "third", "read");
    assert_eq!((ask(""), ask(&third)), (401, 200));
    assert!(env.fi(&["keys", "revoke", "third"]).code == Some(0));
    assert_eq!((ask(""), ask(&third)), (401, 401));
    assert!(server.end().0.success());

    for (arguments, code, words) in [
        (&["keys", "revoke", "third"][..], 1, "there is no key 'third'"),
        (&["keys", "add", "two words"], 2, "like ask-intercom"),
        (&["keys", "add", "x", "--scope", "everything"], 2, "read, query, sync, metrics, admin"),
    ] {
        let run = env.fi(arguments);
        assert!(run.code == Some(code) && run.stderr.contains(words), "{run}");
    }
}

#[test]
fn others_are_not_listened_to_without_a_key() {
    let (_standin, env) = world();
    for others in [["--host", "0.0.0.0"], ["--allowed-host", "fi.example.com"]] {
        let run = env.fi(&[&["serve", "--port", "0"], &others[..]].concat());
        assert!(run.code == Some(2) && run.stderr.contains("fi keys add NAME"), "{run}");
    }
    let server = Serving::start(&env, &[]);
    assert_eq!(server.send(&Request::get("/tools")).status, 200);
    for (header, value) in [("X-Forwarded-For", "203.0.113.7"), ("Via", "1.1 proxy"), ("Host", "10.0.0.7")] {
        let passed_on = server.send(&Request::get("/tools").with(header, value));
        assert_eq!(passed_on.status, 401, "{header}: {passed_on:?}");
    }
    assert!(server.end().0.success());
    let env = env.with("MCP_API_KEY", "0123456789abcdef").with("API_KEY_HEADER", "X-Fi-Key");
    let server = Serving::start(&env, &["--host", "0.0.0.0"]);
    assert_eq!(server.send(&Request::get("/tools").with("X-Fi-Key", "0123456789abcdef")).status, 200);
    assert_eq!(server.send(&Request::get("/tools").with("X-API-Key", "0123456789abcdef")).status, 401);
    assert!(server.end().0.success());
}

#[test]
fn a_busy_port_is_told() {
    let (_standin, env) = world();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = env.fi(&["serve", "--port", &port]);
    assert!(run.code == Some(1) && run.stderr.contains("could not listen on"), "{run}");
}

#[test]
fn who_sends_no_head_is_gone_in_time_and_others_are_not_held_up() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let start = Instant::now();
    let mut slow: Vec<_> = (0..50).map(|_| server.connect()).collect();
    slow.iter_mut()
        .for_each(|stream| stream.write_all(b"POST /tools/query HTTP/1.1\r\nHost: localh").unwrap());
    assert_eq!(server.send(&Request::get("/health")).status, 200);
    for stream in &mut slow {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
    }
    assert!(start.elapsed() < Duration::from_secs(50));
    assert!(server.end().0.success());
}

#[test]
fn connections_beyond_the_number_are_turned_away() {
    let (_standin, env) = world();
    let env = env.with("MAX_CONNECTIONS", 2);
    let server = Serving::start(&env, &[]);
    let first = server.connect();
    let _second = server.connect();
    let mut third = server.connect();
    let mut said = String::new();
    third.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("Retry-After: 1"), "{said}");
    drop(first);
    let is_let_in = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        server.send(&Request::get("/health")).status == 200
    });
    assert!(is_let_in);
    assert!(server.end().0.success());
}

#[test]
fn without_data_it_lives_and_is_not_ready() {
    let env = TestEnv::new();
    let server = Serving::start(&env, &[]);
    assert_eq!(server.send(&Request::get("/health")).json()["status"], "healthy");
    let ready = server.send(&Request::get("/ready"));
    assert_eq!((ready.status, ready.json()["ready"].clone()), (503, json!(false)));
    let asked = server.send(&Request::post("/tools/analyze_conversations", "{}"));
    assert_eq!((asked.status, asked.code().as_str()), (503, "no_data"), "{asked:?}");
    assert!(asked.header("Retry-After").is_some());
    assert!(server.end().0.success());
}
