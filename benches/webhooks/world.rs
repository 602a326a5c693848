//! A company, its stand-in, a lake that was synced from it, and the server over that lake.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use fastintercom::demo::{
    ApiVersion, Clock, DemoServer, Running, ServerOptions, Shape, Workspace, WorkspaceParams,
};
use fastintercom::lake::{DataFile, Disk, Layout, Reader, State};
use fastintercom::model::{Conversation, Row};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::sender::{ID, NOTIFICATION};

/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");
/// What deliveries are signed with.
pub(crate) const SECRET: &str = "not-so-secret-at-all";
/// An attribute that changes without moving any time, so that only a hint tells of it.
const SCORE: &str = "CX Score rating";

/// Everything but the server under test.
pub(crate) struct World {
    pub(crate) server: DemoServer,
    pub(crate) ids: Arc<Vec<u64>>,
    pub(crate) runtime: Runtime,
    running: Running,
    home: TempDir,
}

impl World {
    pub(crate) fn new(conversations: usize, rate_limit: Option<u32>) -> Self {
        let (days, now) = (365, chrono::Utc::now().timestamp());
        let shape = Shape::Plain;
        let params = WorkspaceParams { conversations, days, now, shape, ..WorkspaceParams::default() };
        let options = ServerOptions {
            clock: Clock::system(),
            rate_limit: None,
            gzip: false,
            ..ServerOptions::default()
        };
        let runtime = Runtime::new().unwrap();
        let first = DemoServer::new(Workspace::generate(&params), options.clone());
        let running = runtime.block_on(first.bind(0)).unwrap();
        let ids = Arc::new(first.read(Workspace::conversation_ids));
        let world = Self { server: first, ids, runtime, running, home: tempfile::tempdir().unwrap() };
        assert!(world.command(&["sync"]).status().unwrap().success());
        // The first sync is not what is measured; from here on there is a limit.
        let limited = DemoServer::new(world.server.snapshot(), ServerOptions { rate_limit, ..options });
        let running = world.runtime.block_on(limited.bind(0)).unwrap();
        Self { server: limited, running, ..world }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let home = self.home.path();
        let mut command = Command::new(FI);
        command.args(arguments).env_clear().env("HOME", home).env("FASTINTERCOM_HOME", home);
        command.env("FASTINTERCOM_API_URL", self.running.base_url()).env("INTERCOM_ACCESS_TOKEN", "token");
        command.env("FASTINTERCOM_WEBHOOK_SECRET", SECRET).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The server, on a free port.
    pub(crate) fn serve(&self) -> Served {
        self.serve_at(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
    }

    /// The server, on this port; returns when it listens.
    pub(crate) fn serve_at(&self, address: SocketAddr) -> Served {
        let child = self.command(&["serve", "--port", &address.port().to_string()]).spawn().unwrap();
        while TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Served { child, address }
    }

    /// A notification of usual size, with places for its id and the conversation's.
    pub(crate) fn payload(&self) -> String {
        let now = chrono::Utc::now().timestamp();
        let id = self.ids[0];
        let item = self
            .server
            .read(|workspace| workspace.conversation_item_json(id, ApiVersion::default(), now))
            .unwrap();
        let payload = json!({
            "type": "notification_event", "topic": "conversation.rating.added", "id": NOTIFICATION, "created_at": now,
            "data": {"type": "notification_event_data", "item": item},
        });
        payload.to_string().replace(&id.to_string(), ID)
    }

    /// Changes every conversation so that no sync sees it.
    pub(crate) fn change_silently(&self) {
        for id in self.ids.iter() {
            self.server.set_attribute_silently(*id, SCORE, json!(5)).unwrap();
        }
    }

    /// The conversations whose change is in the lake.
    pub(crate) fn changed(&self) -> HashSet<u64> {
        let (disk, layout) = (Disk::default(), Layout::new(self.home.path()));
        let state = State::load(&disk, &layout).unwrap().unwrap();
        let files: Vec<DataFile> = state.files_of(Conversation::TABLE.name).map(|(file, _)| file).collect();
        let rows =
            files.iter().flat_map(|file| Reader::new(&disk, &layout).rows::<Conversation>(file).unwrap());
        let is_changed = |row: &Conversation| {
            row.custom_attributes.as_ref().is_some_and(|attributes| attributes.to_value()[SCORE] == 5)
        };
        rows.filter(is_changed).map(|row| row.conversation_id.as_str().parse().unwrap()).collect()
    }

    /// What waits to be fetched.
    pub(crate) fn hint_bytes(&self) -> u64 {
        let files = std::fs::read_dir(self.home.path().join("state/hints")).into_iter().flatten().flatten();
        files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum()
    }
}

/// The server under test.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Served {
    /// As a power loss would end it, for all it knows.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The highest memory of its own so far; on Linux only.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1_024
    }

    /// How many conversations a search finds.
    pub(crate) fn found(&self, arguments: &Value) -> u64 {
        let body = arguments.to_string();
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = "POST /tools/search_conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let answer: Value = serde_json::from_str(body).unwrap();
        answer["total"].as_u64().unwrap_or(0)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
