//! The end of `fi serve` while it is at work: every answer comes, or an error does; the exit code is 0, the lake whole.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::serving::{Request, Serving, world};

/// SQL that would run for its whole minute.
const ENDLESS: &str = "SELECT count(*) FROM range(1000000000000)";

#[test]
fn under_load_it_ends_in_good_order() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    let endless = Request::post("/tools/query", json!({"sql": ENDLESS, "timeout_seconds": 60}));
    let short = Request::post("/tools/get_data_info", "{}");
    let params = json!({"name": "query", "arguments": {"sql": ENDLESS, "timeout_seconds": 60}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let by_mcp = Request::post("/mcp", call)
        .with("Accept", "application/json, text/event-stream")
        .with("MCP-Protocol-Version", "2025-06-18");
    let (started, statuses, told) = std::thread::scope(|scope| {
        let ask = |request: &Request<'static>| {
            let (server, request) = (&server, request.clone());
            scope.spawn(move || server.try_send(&request).map(|reply| (reply.status, reply.code_or_none())))
        };
        let asking: Vec<_> = (0..2).map(|_| ask(&endless)).chain((0..8).map(|_| ask(&short))).collect();
        let calling = scope.spawn(|| server.send(&by_mcp).json());
        // Not before they are under way.
        std::thread::sleep(Duration::from_secs(1));
        let started = Instant::now();
        server.interrupt("TERM");
        let statuses = asking.into_iter().map(|asking| asking.join().unwrap()).collect::<Vec<_>>();
        (started, statuses, calling.join().unwrap())
    });
    assert_eq!((&told["id"], &told["result"]["isError"]), (&json!(1), &json!(true)), "{told}");
    assert!(told.to_string().contains("this server is being stopped"), "{told}");
    let (status, said) = server.wait();
    assert_eq!(status.code(), Some(0), "{said}");
    // Within its ten seconds, and five for a machine that does much else.
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    let expected = Some((503, Some("stopping".to_owned())));
    assert!(statuses[..2].iter().all(|status| *status == expected), "{statuses:?}");
    assert!(statuses[2..].iter().all(|status| *status == Some((200, None))), "{statuses:?}");
    assert!(env.home().join("state/state.json").exists() && !env.home().join("state/journal.json").exists());
    let verified = env.fi(&["verify"]);
    assert!(verified.code == Some(0), "{verified}");
}

#[test]
fn an_interrupt_ends_it_too() {
    let (_standin, env) = world();
    let server = Serving::start(&env, &[]);
    server.interrupt("INT");
    let (status, said) = server.wait();
    assert_eq!(status.code(), Some(0), "{said}");
}
