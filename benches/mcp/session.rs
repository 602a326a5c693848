//! One client of a server in this process: a line out, a line back.

use std::sync::Arc;

use fastintercom::server::{App, Mcp};
use rmcp::ServiceExt;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf, duplex, split,
};

pub(crate) struct Session {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    to: WriteHalf<DuplexStream>,
    next_id: u64,
}

impl Session {
    /// A client that has said hello.
    pub(crate) async fn open(app: &Arc<App>) -> Self {
        let (ours, theirs) = duplex(1 << 20);
        let server = Mcp::new(Arc::clone(app));
        tokio::spawn(async move {
            if let Ok(running) = server.serve(theirs).await {
                let _ = running.waiting().await;
            }
        });
        let (from, to) = split(ours);
        let mut session = Self { lines: BufReader::new(from).lines(), to, next_id: 0 };
        let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}});
        session.request("initialize", &hello).await;
        session.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        session
    }

    /// Calls a tool; the structured answer.
    pub(crate) async fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let result = self.request("tools/call", &json!({"name": tool, "arguments": arguments})).await;
        assert_ne!(result["isError"], json!(true), "{tool} {arguments}: {result}");
        result["structuredContent"].clone()
    }

    async fn request(&mut self, method: &str, params: &Value) -> Value {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
        loop {
            let line = self.lines.next_line().await.unwrap().unwrap();
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == json!(id) {
                return message["result"].clone();
            }
        }
    }

    async fn send(&mut self, message: &Value) {
        self.to.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }
}
