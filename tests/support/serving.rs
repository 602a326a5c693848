//! A running `fi serve`, and requests to it written by hand, so that they may be wrong.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cli::TestEnv;
use super::commands::synced;
use super::standin::StandIn;

/// How long an answer may take at most on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A stand-in, and a home that was synced from it.
pub(crate) fn world() -> (StandIn, TestEnv) {
    let standin = StandIn::new();
    let env = synced(&standin);
    (standin, env)
}

/// A key of a name and scopes.
pub(crate) fn key(env: &TestEnv, name: &str, scopes: &str) -> String {
    let run = env.fi(&["keys", "add", name, "--scope", scopes, "--json"]);
    run.json()["key"].as_str().unwrap_or_else(|| panic!("{run}")).to_owned()
}

/// A server.
pub(crate) struct Serving {
    child: Child,
    /// Where it is, like `127.0.0.1:40123`.
    pub(crate) address: String,
    said: JoinHandle<String>,
}

impl Serving {
    /// `fi serve` on a free port, with more arguments.
    pub(crate) fn start(env: &TestEnv, arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--port", "0", "--json"], arguments].concat();
        Self::of(env.start(&mut env.command(&arguments)))
    }

    /// One that was started otherwise, with `--json`.
    pub(crate) fn of(mut child: Child) -> Self {
        let mut stderr = child.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = Vec::new();
            stderr.read_to_end(&mut said).unwrap();
            String::from_utf8_lossy(&said).into_owned()
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        let document = loop {
            assert!(stdout.read_line(&mut text).unwrap() > 0, "the server ended: {text}");
            if let Ok(document) = serde_json::from_str::<Value>(&text) {
                break document;
            }
        };
        let address = document["url"].as_str().unwrap().split_once("://").unwrap().1.to_owned();
        Self { child, address, said }
    }

    /// Sends a request and waits for the answer.
    pub(crate) fn send(&self, request: &Request<'_>) -> Reply {
        request.send_to(&self.address)
    }

    /// Whether `/ready` answers so within a moment: it says the same for half a second.
    pub(crate) fn is_soon(&self, status: u16) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.send(&Request::get("/ready")).status == status {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// The same, for a server that may end meanwhile: nothing if it does before an answer.
    pub(crate) fn try_send(&self, request: &Request<'_>) -> Option<Reply> {
        let mut stream = self.connect();
        stream.write_all(request.text(&self.address).as_bytes()).ok()?;
        let reply = Reply::read(stream);
        (reply.status != 0).then_some(reply)
    }

    /// The answer to a request that is a good one.
    pub(crate) fn answer(&self, request: &Request<'_>) -> Value {
        let reply = self.send(request);
        assert_eq!(reply.status, 200, "{} {} {}: {reply:?}", request.method, request.path, request.body);
        reply.json()
    }

    /// A bare connection.
    pub(crate) fn connect(&self) -> TcpStream {
        connect(&self.address)
    }

    /// Ends it at once, as a power loss would for all it knows.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and how it did: with what it said.
    pub(crate) fn end(self) -> (ExitStatus, String) {
        self.interrupt("TERM");
        self.wait()
    }

    /// Sends it a signal.
    pub(crate) fn interrupt(&self, signal: &str) {
        let kill = ["-s", signal, &self.child.id().to_string()];
        assert!(Command::new("kill").args(kill).status().unwrap().success());
    }

    /// Waits until it has ended, and how it did: with what it said.
    pub(crate) fn wait(mut self) -> (ExitStatus, String) {
        (self.child.wait().unwrap(), self.said.join().unwrap())
    }
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A request.
#[derive(Clone)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: Vec<(&'a str, String)>,
    pub(crate) body: String,
}

impl<'a> Request<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: "GET", path, headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn post(path: &'a str, body: impl ToString) -> Self {
        Self { method: "POST", path, headers: Vec::new(), body: body.to_string() }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'a str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub(crate) fn key(self, key: &str) -> Self {
        self.with("Authorization", format!("Bearer {key}"))
    }

    /// Sends it to any server and waits for the answer.
    pub(crate) fn send_to(&self, address: &str) -> Reply {
        let mut stream = connect(address);
        stream.write_all(self.text(address).as_bytes()).unwrap();
        Reply::read(stream)
    }

    /// As it is sent.
    pub(crate) fn text(&self, address: &str) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| *name == "Host") {
            text.push_str(&format!("Host: {address}\r\n"));
        }
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.method == "POST" {
            text.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                self.body.len()
            ));
        }
        text + "Connection: close\r\n\r\n" + &self.body
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let body = match head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            true => joined(body),
            false => body.to_owned(),
        };
        Self { status, head: head.to_owned(), body }
    }

    /// The body as JSON; of a stream of events, the last of them.
    pub(crate) fn json(&self) -> Value {
        let event = self.body.lines().rev().find_map(|line| line.strip_prefix("data: {"));
        let text = event.map_or_else(|| self.body.clone(), |rest| format!("{{{rest}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The short name of what went wrong.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The same, of an answer that may be well.
    pub(crate) fn code_or_none(&self) -> Option<String> {
        Some(self.code()).filter(|code| !code.is_empty())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// The chunks of a body as one text.
fn joined(mut chunked: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunked.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap();
        body.push_str(&rest[..length]);
        chunked = rest[length..].trim_start_matches("\r\n");
        if length == 0 {
            break;
        }
    }
    body
}
