//! How fast a full sync is, what it costs, and how much of the rate limit it uses: whole processes, as users run
//! them, with the stand-in server beside on the same machine.
//!
//! `cargo bench --bench sync` runs all; `-- full` only the throughput, `-- limits` only the rate limits.
//! Figures are printed, never asserted: they depend on the machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints and may fail")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fastintercom::lake::{Disk, Layout, State};
use serde_json::Value;

/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");
/// Conversations of the throughput run, each a plain thread of eight messages.
const CONVERSATIONS: u64 = 40_000;
/// How long each rate limit is watched.
const WATCHED: Duration = Duration::from_secs(65);

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let is_wanted = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    if is_wanted("full") {
        full();
    }
    if is_wanted("limits") {
        limit(1_666);
        limit(83);
    }
}

/// The stand-in, as a process of its own.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(FI);
        command.args(["demo", "serve", "--port", "0", "--json"]).args(arguments).env_clear();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let started: Value = serde_json::from_str(&line).unwrap();
        Self { child, url: started["api_url"].as_str().unwrap().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn fi(server: &Server, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(FI);
    command.args(arguments).env_clear().env("HOME", home).env("FASTINTERCOM_HOME", home);
    command.env("FASTINTERCOM_API_URL", &server.url).env("INTERCOM_ACCESS_TOKEN", "token");
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn full() {
    let count = CONVERSATIONS.to_string();
    let server = Server::start(&["--conversations", &count, "--days", "365", "--plain"]);
    let home = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let mut child = fi(&server, home.path(), &["sync", "--json"]).spawn().unwrap();
    let headers = watch_headers(home.path(), &mut child, started);
    let peak = peak_memory(&mut child);
    let output = child.wait_with_output().unwrap();
    let seconds = started.elapsed().as_secs_f64();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lake = bytes_below(&home.path().join("lake"));
    let written = report["written_bytes"].as_u64().unwrap();
    let per = |bytes: u64| bytes as f64 / CONVERSATIONS as f64;
    println!("full sync of {CONVERSATIONS} conversations of 8 messages, no rate limit");
    println!("  outcome                  {}", report["outcome"]);
    println!("  conversations a second   {:.0} ({seconds:.1} s)", CONVERSATIONS as f64 / seconds);
    println!("  all headers queryable    after {:.1} s", headers.as_secs_f64());
    println!("  peak memory              {:.0} MB", peak as f64 / 1e6);
    println!("  lake                     {:.1} MB, {:.0} bytes a conversation", lake as f64 / 1e6, per(lake));
    println!("  written                  {:.2} times the lake", written as f64 / lake as f64);
    println!("  requests                 {}", report["request_count"]);
    drop(server);
}

/// Waits until every conversation is in the lake as listed, or the sync ends.
fn watch_headers(home: &Path, child: &mut Child, started: Instant) -> Duration {
    loop {
        std::thread::sleep(Duration::from_millis(100));
        let state = State::load(&Disk::default(), &Layout::new(home)).ok().flatten();
        let rows = state.map_or(0, |state| state.rows_of("conversations"));
        if rows >= CONVERSATIONS || child.try_wait().unwrap().is_some() {
            return started.elapsed();
        }
    }
}

/// The highest resident memory of a process over its life, in bytes; Linux only.
fn peak_memory(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = kilobytes.map_or(peak, |kilobytes| kilobytes * 1_024);
        std::thread::sleep(Duration::from_millis(50));
    }
    peak
}

fn bytes_below(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |file| file.len());
    };
    entries.flatten().map(|entry| bytes_below(&entry.path())).sum()
}

/// How much of its share of a rate limit a sync uses, while it lasts.
fn limit(limit: u32) {
    let limit_text = limit.to_string();
    let server =
        Server::start(&["--conversations", "20000", "--days", "365", "--plain", "--rate-limit", &limit_text]);
    let home = tempfile::tempdir().unwrap();
    let mut child = fi(&server, home.path(), &["sync", "--json"]).spawn().unwrap();
    std::thread::sleep(WATCHED);
    // Asked to stop, as by Ctrl-C, it reports what it did.
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let started_from = child.stdout.take().unwrap();
    let report: Value = serde_json::from_reader(started_from).unwrap();
    child.wait().unwrap();
    let requests = report["request_count"].as_u64().unwrap() as f64;
    let seconds = (report["finished_at_seconds"].as_i64().unwrap()
        - report["started_at_seconds"].as_i64().unwrap()) as f64;
    let allowed = f64::from(limit) * 0.8 * seconds / 10.0;
    println!("sync under {limit} requests per 10 s, share 80 %, for {seconds:.0} s");
    println!(
        "  requests                 {requests}, {:.1} % of what the share allows",
        100.0 * requests / allowed
    );
    println!("  answers 429              {}", report["rate_limited_count"]);
}
