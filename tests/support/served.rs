//! A server over the lake of a test, and a client of it in this process that reads every line.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use fastintercom::cancel::Cancel;
use fastintercom::clock::Clock;
use fastintercom::engine::Now;
use fastintercom::lake::Layout;
use fastintercom::server::{App, AppParts, Mcp};
use fastintercom::sync::service::{
    Job, JobKind, RefreshOutcome, ServiceStatus, Started, SyncAvailability, SyncControl,
};
use fastintercom::worker::WorkerOptions;
use futures::future::BoxFuture;
use rmcp::ServiceExt;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf, duplex, split,
};
use tokio::runtime::Runtime;

use super::arena;
use super::indexed::index;

/// Nothing new can arrive; hears of questions.
#[derive(Default)]
pub(crate) struct Still {
    pub(crate) questions: Mutex<Vec<DateTime<Utc>>>,
}

impl SyncControl for Still {
    fn status(&self) -> ServiceStatus {
        ServiceStatus { availability: SyncAvailability::NoToken, ..ServiceStatus::default() }
    }

    fn availability(&self) -> SyncAvailability {
        SyncAvailability::NoToken
    }

    fn start(&self, _: JobKind) -> Result<Started, SyncAvailability> {
        Err(SyncAvailability::NoToken)
    }

    fn job(&self, _: &str) -> Option<Job> {
        None
    }

    fn note_question(&self, needs_until: DateTime<Utc>) {
        self.questions.lock().unwrap().push(needs_until);
    }

    fn refresh_if_stale(&self, _: Duration) -> BoxFuture<'_, RefreshOutcome> {
        Box::pin(std::future::ready(RefreshOutcome::NotWanted))
    }
}

/// What a server over a home answers with.
pub(crate) fn app(home: &Path, now: DateTime<Utc>, sync: Arc<dyn SyncControl>) -> App {
    let layout = Layout::new(home);
    let parts = AppParts::over(layout.clone(), Clock::Fixed(now), index(home), Cancel::new(), sync);
    let search = parts.workers.search.clone();
    let workers = WorkerOptions { search, now: Now::fixed(now), ..arena::options(&layout) };
    App::new(AppParts { workers, ..parts })
}

/// A client and its server.
pub(crate) struct Client {
    runtime: Arc<Runtime>,
    lines: tokio::io::Lines<BufReader<ReadHalf<DuplexStream>>>,
    to: WriteHalf<DuplexStream>,
    next_id: u64,
    /// What came that was no answer.
    pub(crate) notices: Vec<Value>,
    era: Era,
}

/// Which protocol a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// With `initialize`.
    Legacy,
    /// 2026-07-28, which says with each request who asks.
    Modern,
}

impl Client {
    /// Of a server that has `app`, after the first words of its era.
    pub(crate) fn of(app: App, era: Era) -> Self {
        let runtime = Arc::new(Runtime::new().unwrap());
        let mut client = Self::on(&runtime, Mcp::new(Arc::new(app)), era);
        match era {
            Era::Legacy => client.initialize(),
            Era::Modern => client.request("server/discover", json!({})),
        };
        client
    }

    /// Of a server, without a word.
    pub(crate) fn on(runtime: &Arc<Runtime>, server: Mcp, era: Era) -> Self {
        let (ours, theirs) = duplex(4 << 20);
        runtime.spawn(async move {
            if let Ok(running) = server.serve(theirs).await {
                let _ = running.waiting().await;
            }
        });
        let (from, to) = split(ours);
        let lines = BufReader::new(from).lines();
        Self { runtime: Arc::clone(runtime), lines, to, next_id: 0, notices: Vec::new(), era }
    }

    /// Says hello as clients until 2025 do; what the server says of itself.
    pub(crate) fn initialize(&mut self) -> Value {
        let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}});
        let said = self.request("initialize", hello);
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        said
    }

    /// Asks, and waits for the answer: its result.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Asks, and waits for an error.
    pub(crate) fn refusal(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        assert!(answer.get("result").is_none(), "{method}: {answer}");
        answer["error"].clone()
    }

    /// Calls a tool.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// Calls a tool that answers.
    pub(crate) fn answer(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        assert_ne!(result["isError"], json!(true), "{tool}: {result}");
        result["structuredContent"].clone()
    }

    /// Calls a tool that cannot answer: what it says.
    pub(crate) fn mistake(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], json!(true), "{tool}: {result}");
        assert_eq!(result["content"].as_array().unwrap().len(), 1);
        assert!(result.get("structuredContent").is_none(), "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Sends a request without waiting; its id.
    pub(crate) fn post(&mut self, method: &str, mut params: Value) -> u64 {
        self.next_id += 1;
        if self.era == Era::Modern {
            let meta = params.as_object_mut().unwrap().entry("_meta").or_insert(json!({}));
            let meta = meta.as_object_mut().unwrap();
            meta.insert("io.modelcontextprotocol/protocolVersion".to_owned(), json!("2026-07-28"));
            meta.insert("io.modelcontextprotocol/clientCapabilities".to_owned(), json!({}));
            meta.insert(
                "io.modelcontextprotocol/clientInfo".to_owned(),
                json!({"name": "test", "version": "1"}),
            );
        }
        self.send(&json!({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params}));
        self.next_id
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        let runtime = Arc::clone(&self.runtime);
        runtime.block_on(self.to.write_all(line.as_bytes())).unwrap();
    }

    /// Waits for the answer to a request; what comes before it is kept.
    pub(crate) fn wait(&mut self, id: u64) -> Value {
        let runtime = Arc::clone(&self.runtime);
        loop {
            let line = runtime.block_on(self.lines.next_line()).unwrap().expect("the server is gone");
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == json!(id) {
                return message;
            }
            self.notices.push(message);
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.post(method, params);
        self.wait(id)
    }
}
