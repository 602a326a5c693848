//! `/api/v1`: what each address answers, the document that describes it, the page that shows it, and rows in all forms.

use std::io::{Read, Write};

use serde_json::{Value, json};

use crate::support::serving::{Request, Serving, key, world};
use crate::support::tree::in_tree;

fn get(server: &Serving, path: &str) -> Value {
    server.answer(&Request::get(path))
}

fn post(server: &Serving, path: &str, body: &Value) -> Value {
    server.answer(&Request::post(path, body))
}

#[test]
fn addresses_answer_what_the_tools_answer() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let listed =
        get(&server, "/api/v1/conversations?limit=3&state=open&state=closed&timeframe=last%2090%20days");
    let asked = json!({"limit": 3, "filters": {"state": ["open", "closed"]}, "timeframe": "last 90 days"});
    assert_eq!(listed, post(&server, "/api/v1/search", &asked));
    let mut by_tool = asked.clone();
    by_tool["response_format"] = json!("concise");
    assert_eq!(listed, post(&server, "/tools/search_conversations", &by_tool));

    let id = listed["conversations"][0]["id"].as_str().unwrap();
    let one = get(&server, &format!("/api/v1/conversations/{id}?include_events=false"));
    let asked = json!({"conversation_id": id, "include_events": false});
    assert_eq!(one, post(&server, "/tools/get_conversation", &asked));
    let details = get(&server, &format!("/api/v1/conversations/{id}/details"));
    assert_eq!(details, post(&server, "/tools/get_conversation_details", &json!({"conversation_id": id})));

    let found = get(&server, "/api/v1/search?query=the%20OR%20a&limit=2");
    assert_eq!(found, post(&server, "/api/v1/search", &json!({"query": "the OR a", "limit": 2})));
    let figures = json!({"metrics": ["conversations"], "group_by": ["week"], "timeframe": "last 30 days"});
    let analyzed = post(&server, "/api/v1/analyze", &figures);
    assert_eq!(analyzed, post(&server, "/tools/analyze_conversations", &figures));
    assert_eq!(get(&server, "/api/v1/data"), post(&server, "/tools/get_data_info", &json!({})));
    assert_eq!(
        get(&server, "/api/v1/coverage?start_date=2026-11-01&end_date=2026-11-20"),
        post(
            &server,
            "/tools/check_coverage",
            &json!({"start_date": "2026-11-01", "end_date": "2026-11-20"})
        )
    );
    assert_eq!(get(&server, "/api/v1/status")["conversation_count"], 30);
    let views = get(&server, "/api/v1/views");
    assert!(views["views"].as_array().unwrap().len() > 10);
    assert_eq!(get(&server, "/api/v1/views/csat")["views"][0]["name"], "csat");
    let rows = post(&server, "/api/v1/query", &json!({"sql": "SELECT count(*) AS n FROM conversations"}));
    assert_eq!(rows["rows"], json!([[30]]));
    assert!(server.end().0.success());
}

#[test]
fn a_cursor_goes_through_all_conversations() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let (mut ids, mut path) = (Vec::new(), "/api/v1/conversations?limit=7".to_owned());
    loop {
        let page = get(&server, &path);
        assert_eq!(page["total"], 30);
        ids.extend(page["conversations"].as_array().unwrap().iter().map(|one| one["id"].to_string()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/conversations?limit=7&cursor={cursor}");
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 30);
    assert!(server.end().0.success());
}

#[test]
fn what_is_wrong_is_told_with_what_is_right() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let long = format!("/api/v1/conversations/{}", "9".repeat(17));
    for (request, status, words) in [
        (Request::get("/api/v1/conversations?limti=3"), 400, "did you mean limit?"),
        (Request::get("/api/v1/conversations?limit=many"), 400, "limit"),
        (Request::get("/api/v1/conversations?limit=1&limit=2"), 400, "limit can be given once"),
        (Request::get("/api/v1/conversations?timeframe=some%20day"), 400, "last 7 days"),
        (Request::get("/api/v1/conversations?state=opn"), 400, "open"),
        (Request::get("/api/v1/conversations/x%20y"), 400, "215470001234567"),
        (Request::get(&long), 404, "check"),
        (Request::get("/api/v1/conversations/%ff"), 400, "UTF-8"),
        (Request::get("/api/v1/views/csta"), 400, "did you mean csat?"),
        (Request::get("/api/v1/nothing"), 404, "/api/v1"),
        (Request::post("/api/v1/search", "[]"), 400, "one JSON object"),
        (Request::post("/api/v1/analyze", "{\"metrics\": [\"nothing\"]}"), 400, "metric"),
        (Request::post("/api/v1/query", "{\"sql\": \"DROP TABLE x\"}"), 400, "SELECT"),
        (Request::post("/api/v1/status", "{}"), 405, "not for"),
        (
            Request::post("/api/v1/query", "{\"sql\": \"SELECT 1\"}").with("Accept", "image/png"),
            406,
            "text/csv",
        ),
        (
            Request::post("/api/v1/query", "{\"sql\": \"DROP TABLE x\"}").with("Accept", "text/csv"),
            400,
            "SELECT",
        ),
        (
            Request::post("/api/v1/query", "{\"sql\": \"SELECT 1\", \"x\": 1}").with("Accept", "text/csv"),
            400,
            "'x'",
        ),
    ] {
        let reply = server.send(&request);
        assert_eq!(reply.status, status, "{} {}: {reply:?}", request.method, request.path);
        let message = reply.json()["error"]["message"].to_string();
        assert!(message.contains(words), "{} {}: {message}", request.method, request.path);
    }
    assert!(server.end().0.success());
}

#[test]
fn addresses_take_the_scopes_of_their_tools_and_the_document_takes_none() {
    let (_standin, env) = world();
    let key = |scope: &str| key(&env, scope, scope);
    let (read, query) = (key("read"), key("query"));
    let server = Serving::start(&env, &[]);
    let sql = json!({"sql": "SELECT 1 AS n"});
    for request in [
        Request::get("/api/v1/conversations"),
        Request::get("/api/v1/search?query=a"),
        Request::get("/api/v1/status"),
        Request::post("/api/v1/analyze", "{}"),
    ] {
        let status = |request: Request<'_>| server.send(&request).status;
        assert_eq!(status(request.clone()), 401, "{}", request.path);
        assert_eq!(status(request.clone().key(&query)), 403, "{}", request.path);
        assert_eq!(status(request.clone().key(&read)), 200, "{}", request.path);
    }
    for accept in ["application/json", "text/csv"] {
        let request = Request::post("/api/v1/query", &sql).with("Accept", accept);
        let statuses = [request.clone(), request.clone().key(&read), request.key(&query)]
            .map(|request| server.send(&request).status);
        assert_eq!(statuses, [401, 403, 200], "{accept}");
    }
    for path in ["/api", "/api/v1/openapi.json"] {
        assert_eq!(server.send(&Request::get(path)).status, 200, "{path}");
        assert_eq!(server.send(&Request::get(path).with("Host", "evil.example")).status, 403, "{path}");
    }
    assert!(server.end().0.success());
}

#[test]
fn the_document_is_what_it_was_and_the_page_shows_it() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let mut document = get(&server, "/api/v1/openapi.json");
    document["info"]["version"] = json!("[version]");
    insta::with_settings!({ snapshot_path => in_tree("tests/snapshots"), sort_maps => true }, {
        insta::assert_json_snapshot!("openapi", document);
    });
    let page = server.send(&Request::get("/api"));
    assert!(page.header("Content-Type").unwrap().starts_with("text/html"));
    assert!(page.header("Content-Security-Policy").unwrap().contains("default-src 'none'"));
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.body.contains(path), "{path}");
    }
    assert!(server.end().0.success());
}

/// The body of an answer as bytes, taken slowly at first if it is long.
fn bytes(server: &Serving, sql: &str, accept: &str) -> (String, Vec<u8>) {
    let body = json!({"sql": sql}).to_string();
    let mut stream = server.connect();
    let head = format!(
        "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let mut rest = &all[end..];
    let mut body = Vec::new();
    if head.to_ascii_lowercase().contains("content-length: 0\r\n") {
        return (head, body);
    }
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if length == 0 {
            return (head, body);
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + length]);
        rest = &rest[line + 2 + length + 2..];
    }
    panic!("the body broke off: {head}");
}

#[test]
fn rows_come_in_every_form_and_all_of_them() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let sql = "SELECT range AS n, 'row ' || range AS name FROM range(300000)";
    let (head, csv) = bytes(&server, sql, "text/csv");
    assert!(head.contains("text/csv") && head.to_ascii_lowercase().contains("x-data-as-of: 20"), "{head}");
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!((csv.lines().next(), csv.lines().last()), (Some("n,name"), Some("299999,row 299999")));
    assert_eq!(csv.lines().count(), 300_001);

    let (_, lines) = bytes(&server, sql, "application/x-ndjson");
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.lines().count(), 300_000);
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last, json!({"n": 299_999, "name": "row 299999"}));

    let (_, arrow) = bytes(&server, sql, "application/vnd.apache.arrow.stream");
    let reader = arrow::ipc::reader::StreamReader::try_new(arrow.as_slice(), None).unwrap();
    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 300_000);

    let (_, parquet) = bytes(&server, sql, "application/vnd.apache.parquet");
    let parquet = bytes::Bytes::from(parquet);
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(parquet, 8_192).unwrap();
    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 300_000);

    let (_, none) = bytes(&server, "SELECT 1 AS n WHERE false", "application/x-ndjson");
    assert!(none.is_empty());
    assert!(server.end().0.success());
}

#[test]
fn rows_that_break_off_do_not_look_whole_and_who_leaves_stops_them() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let sql =
        "SELECT CASE WHEN range < 2000000 THEN range ELSE error('here it ends') END AS n FROM range(3000000)";
    let body = json!({"sql": sql}).to_string();
    let mut stream = server.connect();
    let head = format!(
        "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head.clone() + &body).as_bytes()).unwrap();
    let mut all = Vec::new();
    // How a connection that breaks off is told differs.
    let _ = stream.read_to_end(&mut all);
    let text = String::from_utf8_lossy(&all);
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("1000000"), "{}", &text[..text.len().min(500)]);
    assert!(!text.ends_with("0\r\n\r\n"));

    // Whoever goes away in the middle takes a worker from nobody.
    for _ in 0..4 {
        let mut stream = server.connect();
        stream.write_all((head.clone() + &body).as_bytes()).unwrap();
        let mut some = [0; 1_000];
        stream.read_exact(&mut some).unwrap();
    }
    let after = post(&server, "/api/v1/query", &json!({"sql": "SELECT 1 AS n"}));
    assert_eq!(after["rows"], json!([[1]]));
    assert!(server.end().0.success());
}
