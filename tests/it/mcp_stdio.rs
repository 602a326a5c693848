//! `fi mcp` as clients start it: a process whose stdout is the protocol and nothing else, and which ends when they go.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::support::cli::{CANARY, TestEnv};
use crate::support::standin::StandIn;

struct Server {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    /// What it says on stderr, read all the time: a pipe that nobody reads holds a process up when it is full.
    said: JoinHandle<String>,
    next_id: u64,
}

impl Server {
    fn start(env: &TestEnv, arguments: &[&str]) -> Self {
        let mut child = env.start(env.command(arguments).stdin(Stdio::piped()));
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut stderr = child.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            stderr.read_to_end(&mut said).unwrap();
            String::from_utf8_lossy(&said).into_owned()
        });
        Self { child, to, from, said, next_id: 0 }
    }

    fn request(&mut self, method: &str, params: &Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        let line = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        writeln!(self.to.as_mut().unwrap(), "{line}").unwrap();
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server is gone");
            let message: Value = serde_json::from_str(&line).expect("a line that is no JSON");
            assert_eq!(message["jsonrpc"], "2.0", "{message}");
            if message["id"] == json!(id) {
                return message;
            }
        }
    }

    fn hello(&mut self) {
        let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        assert_eq!(self.request("initialize", &params)["result"]["protocolVersion"], "2025-06-18");
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        self.request("tools/call", &json!({"name": tool, "arguments": arguments}))["result"].clone()
    }

    /// Closes its stdin; how it ends and what it said beside.
    fn end(mut self) -> (bool, String) {
        drop(self.to.take());
        let mut rest = String::new();
        while self.from.read_line(&mut rest).unwrap() > 0 {}
        assert!(rest.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{rest}");
        let is_success = self.child.wait().unwrap().success();
        (is_success, self.said.join().unwrap())
    }
}

/// How many calls are made; `FI_CALLS` makes more.
fn calls() -> usize {
    std::env::var("FI_CALLS").map_or(60, |text| text.parse().unwrap())
}

#[test]
fn nothing_but_the_protocol_is_written_and_it_ends_with_its_client() {
    let standin = StandIn::new();
    let env = standin.env_with_token(CANARY);
    assert!(env.fi(&["sync"]).code == Some(0));
    let mut server = Server::start(&env, &["start", "-vvv"]);
    server.hello();
    for number in 0..calls() {
        let calls = [
            ("search_conversations", json!({"query": "refund", "limit": 1})),
            ("analyze_conversations", json!({"metrics": ["conversations"]})),
            ("query", json!({"sql": format!("SELECT {number} AS n, count(*) FROM messages")})),
            ("query", json!({"sql": "SELECT write_log('x'), * FROM enable_logging(storage='stdout')"})),
            ("get_sync_status", json!({})),
            ("no_such_tool", json!({})),
        ];
        let (tool, arguments) = &calls[number % calls.len()];
        let answer = server.call(tool, arguments);
        assert!(!answer.to_string().contains(CANARY), "{answer}");
    }
    let (is_success, said) = server.end();
    assert!(is_success, "{said}");
    assert!(!said.contains(CANARY));
}

#[test]
fn a_client_that_says_nothing_leaves_no_trace() {
    let env = TestEnv::new();
    let server = Server::start(&env, &["mcp"]);
    let (is_success, said) = server.end();
    assert!(is_success, "{said}");
    assert_eq!(said, "");
}

#[test]
fn several_servers_share_a_lake_and_a_sync_asked_of_one_is_seen_by_all() {
    let standin = StandIn::new();
    let env = standin.env_with_token(CANARY);
    let mut servers: Vec<Server> = (0..3).map(|_| Server::start(&env, &["mcp"])).collect();
    servers.iter_mut().for_each(Server::hello);
    let started = servers[0].call("sync_conversations", &json!({}));
    assert_eq!(started["structuredContent"]["success"], true, "{started}");
    let held = |server: &mut Server| {
        let info = server.call("get_data_info", &json!({}));
        (info["structuredContent"]["has_data"].clone(), info["structuredContent"]["is_syncing"].clone())
    };
    let is_done = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        servers.iter_mut().all(|server| held(server) == (json!(true), json!(false)))
    });
    assert!(is_done, "the first sync did not come to an end");
    let counts: Vec<Value> = servers.iter_mut().map(|server| {
        server.call("query", &json!({"sql": "SELECT count(*) FROM conversations"}))["structuredContent"]["rows"].clone()
    }).collect();
    assert!(counts.iter().all(|count| *count == counts[0] && *count != json!([[0]])), "{counts:?}");
    for server in servers {
        assert!(server.end().0);
    }
}

#[test]
fn what_is_not_held_is_fetched_and_said_to_be() {
    let standin = StandIn::new();
    let env = standin.env_with_token(CANARY);
    assert!(env.fi(&["sync", "--days", "1"]).code == Some(0));
    let mut server = Server::start(&env, &["mcp"]);
    server.hello();
    let held = server.call("query", &json!({"sql": "SELECT conversation_id FROM conversations"}));
    let held = held["structuredContent"]["rows"].to_string();
    let whole = standin.env_with_token(CANARY);
    assert!(whole.fi(&["sync"]).code == Some(0));
    let all = whole
        .fi(&["query", "--json", "SELECT conversation_id FROM conversations ORDER BY created_at"])
        .json();
    let missing = all[0]["conversation_id"].as_str().unwrap().to_owned();
    assert!(!held.contains(&missing), "{missing} is older than a day");
    let read = server.call("get_conversation", &json!({"conversation_id": missing}));
    assert_eq!(read["structuredContent"]["freshness"]["fetched_now"], true, "{read}");
    let again = server.call("get_conversation", &json!({"conversation_id": missing}));
    assert_eq!(again["structuredContent"]["freshness"]["fetched_now"], false, "{again}");
    assert!(server.end().0);
}
