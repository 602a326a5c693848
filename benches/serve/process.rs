//! `fi serve` as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running server.
pub(crate) struct Serving {
    child: Child,
    /// Where it is, like `127.0.0.1:40123`.
    pub(crate) host: String,
}

impl Serving {
    /// Started by a command that has `--json`; returns when it listens. Nothing limits how often its keys may ask.
    pub(crate) fn of(command: &mut Command) -> Self {
        command.env("FASTINTERCOM_KEY_REQUESTS_PER_MINUTE", "1000000").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut from = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        let document: Value = loop {
            assert!(from.read_line(&mut text).unwrap() > 0, "the server ended: {text}");
            if let Ok(document) = serde_json::from_str(&text) {
                break document;
            }
        };
        let host = document["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
        Self { child, host }
    }

    /// Megabytes of memory it has now, and had at most, its workers excluded; on Linux only.
    pub(crate) fn memory(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// Asks it to end; how it did and how long that took.
    #[allow(dead_code, reason = "not every bench ends it in good order")]
    pub(crate) fn end(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        (self.child.wait().unwrap(), begun.elapsed())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
