//! Nobody gets at anything unauthenticated: every address there is, tried in every wrong way; and no secret is told.

use fastintercom::server::http::{Access, ROUTES, Route, Scope};

use crate::support::cli::{CANARY, files_below};
use crate::support::serving::{Reply, Request, Serving, key, world};

/// What webhooks would be signed with.
const WEBHOOK_SECRET: &str = "canary-secret-that-must-not-leak";

/// An address as it is asked for: with a tool that takes a scope of its own, where one is named.
fn path(route: &Route) -> String {
    let mut path = route.path.replace("{name}", "query");
    while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
        path.replace_range(open..=close, "1");
    }
    path
}

/// A scope that is not enough for an address.
fn too_little(access: Access) -> Option<&'static str> {
    match access {
        Access::Anybody | Access::Signed => None,
        Access::Key | Access::Tool | Access::Only(Scope::Read) => Some("metrics"),
        Access::Only(_) => Some("read"),
    }
}

#[test]
fn every_address_is_closed_to_everybody_it_is_not_for() {
    let (_standin, env) = world();
    let env = env.with("FASTINTERCOM_LOG_LEVEL", "trace").with("FASTINTERCOM_WEBHOOK_SECRET", WEBHOOK_SECRET);
    let admin = key(&env, "admin", "admin");
    let (metrics, read) = (key(&env, "metrics", "metrics"), key(&env, "read", "read"));
    let wrong = format!("{admin}x");
    let server = Serving::start(&env, &["-vvv"]);
    let mut replies: Vec<Reply> = Vec::new();
    for route in ROUTES.iter() {
        let path = path(route);
        let with_query = format!("{path}?key={admin}&api_key={admin}&access_token={admin}&token={admin}");
        let request = |path| Request { method: route.method, ..Request::post(path, "{}") };
        let closed = if route.access == Access::Anybody { None } else { Some(401) };
        let mut attempts = vec![
            ("no key", request(path.as_str()), closed),
            ("an empty key", request(&path).key(""), closed),
            ("a wrong key", request(&path).key(&wrong), closed),
            ("the token of Intercom", request(&path).key(CANARY), closed),
            ("a wrong key by header", request(&path).with("X-API-Key", &wrong), closed),
            ("another scheme", request(&path).with("Authorization", format!("Basic {admin}")), closed),
            ("a key in the address", request(&with_query), closed),
            ("another name", request(&path).key(&admin).with("Host", "evil.example"), Some(403)),
            ("another page", request(&path).key(&admin).with("Origin", "https://evil.example"), Some(403)),
        ];
        if let Some(scope) = too_little(route.access) {
            let key = if scope == "metrics" { &metrics } else { &read };
            attempts.push(("another scope", request(&path).key(key), Some(403)));
        }
        if route.access == Access::Tool && route.path.contains("{name}") {
            attempts.push(("a scope of other tools", request(&path).key(&read), Some(403)));
        }
        for (attempt, request, status) in attempts {
            let reply = server.send(&request);
            let told = format!("{attempt} at {} {path}: {reply:?}", route.method);
            match status {
                Some(status) => assert_eq!(reply.status, status, "{told}"),
                None => assert!(![401, 403].contains(&reply.status), "{told}"),
            }
            assert!(reply.header("X-Request-Id").is_some(), "{told}");
            replies.push(reply);
        }
        let reply = server.send(&request(&path).key(&admin));
        // What is signed takes no key, and there is no conversation of that number.
        let expected: &[u16] =
            if route.access == Access::Signed { &[401] } else { &[200, 202, 400, 404, 415, 422] };
        let is_there = reply.status != 404 || reply.code() == "conversation_not_held";
        assert!(expected.contains(&reply.status) && is_there, "{} {path}: {reply:?}", route.method);
        replies.push(reply);
    }
    // A key where none belongs.
    for request in [
        Request::get(&format!("/{admin}")).key(&read),
        Request::post(&format!("/tools/{admin}"), "{}").key(&read),
        Request::post("/tools/query", format!("{{\"sql\": \"FROM {admin}\"}}")).key(&admin),
        Request::get("/tools").with("X-Request-Id", &admin).key(&wrong).with("Cookie", &admin),
    ] {
        let reply = server.send(&request);
        assert!(reply.status >= 400, "{reply:?}");
        // What is wrong with SQL is told to whoever wrote it.
        if !request.body.contains(&admin) {
            replies.push(reply);
        }
    }
    replies.push(server.send(&Request::get("/metrics").key(&metrics)));
    let (status, said) = server.end();
    assert!(status.success(), "{said}");
    let noted = env.fi(&["query", "--format", "csv", "--limit", "100000", "FROM audit_log"]);
    assert!(noted.code == Some(0) && noted.stdout.lines().count() > 30, "{noted}");
    for secret in [admin.as_str(), metrics.as_str(), read.as_str(), CANARY, WEBHOOK_SECRET] {
        assert!(!said.contains(secret), "said on stderr");
        assert!(!noted.stdout.contains(secret), "noted in the audit log");
        for reply in &replies {
            assert!(!reply.head.contains(secret) && !reply.body.contains(secret), "{reply:?}");
        }
        for file in files_below(env.path()) {
            let content = std::fs::read(&file).unwrap();
            let is_told = content.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
            assert!(!is_told, "{}", file.display());
        }
    }
}
