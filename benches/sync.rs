//! How fast a full sync is, what it costs, and how much of the rate limit it uses: whole processes, as users run
//! them, with the stand-in server beside on the same machine.
//!
//! `cargo bench --bench sync` runs all; `-- full` only the throughput, `-- limits` only the rate limits.
//! Figures are printed, never asserted: they depend on the machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints and may fail")]

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fastintercom::demo::{Clock, DemoServer, Running, ServerOptions, Shape, Workspace, WorkspaceParams};
use fastintercom::lake::{Disk, Layout, State};
use serde_json::Value;
use tokio::runtime::Runtime;

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

/// The stand-in, in this process: `fi` is another.
struct Server {
    server: DemoServer,
    running: Running,
    _runtime: Runtime,
}

impl Server {
    fn start(conversations: usize, rate_limit: Option<u32>) -> Self {
        let (days, now) = (365, chrono::Utc::now().timestamp());
        let shape = Shape::Plain;
        let params = WorkspaceParams { conversations, days, now, shape, ..WorkspaceParams::default() };
        let options = ServerOptions {
            clock: Clock::system(),
            rate_limit,
            // Compressing would take from `fi` what only the server of a real workspace spends.
            gzip: false,
            ..ServerOptions::default()
        };
        let server = DemoServer::new(Workspace::generate(&params), options);
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(server.bind(0)).unwrap();
        Self { server, running, _runtime: runtime }
    }
}

fn fi(server: &Server, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(FI);
    command.args(arguments).env_clear().env("HOME", home).env("FASTINTERCOM_HOME", home);
    command.env("FASTINTERCOM_API_URL", server.running.base_url()).env("INTERCOM_ACCESS_TOKEN", "token");
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn full() {
    for conversations in [CONVERSATIONS / 4, CONVERSATIONS, CONVERSATIONS * 3] {
        full_sync_of(conversations);
    }
}

fn full_sync_of(conversations: u64) {
    let server = Server::start(conversations as usize, None);
    let home = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let mut child = fi(&server, home.path(), &["sync", "--json"]).spawn().unwrap();
    let watched = watch(home.path(), &mut child, started, conversations);
    let seconds = started.elapsed().as_secs_f64();
    let report = report_of(&mut child);
    let state = State::load(&Disk::default(), &Layout::new(home.path())).unwrap().unwrap();
    let lake = state.lake_bytes();
    let written = report["written_bytes"].as_u64().unwrap();
    println!("full sync of {conversations} conversations of 8 messages, no rate limit");
    println!("  outcome                  {}", report["outcome"]);
    println!("  conversations a second   {:.0} ({seconds:.1} s)", conversations as f64 / seconds);
    println!("  all headers queryable    after {:.1} s", watched.headers.as_secs_f64());
    println!(
        "  peak memory              {:.0} MB, {:.0} MB without pages of files",
        watched.peak_bytes as f64 / 1e6,
        watched.peak_own_bytes as f64 / 1e6
    );
    println!(
        "  lake                     {:.1} MB, {:.0} bytes a conversation",
        lake as f64 / 1e6,
        lake as f64 / conversations as f64
    );
    println!("  its files                {:.1} MB long", bytes_below(&home.path().join("lake")) as f64 / 1e6);
    println!("  written                  {:.2} times the lake", written as f64 / lake as f64);
    println!("  requests                 {}", report["request_count"]);
}

/// What was seen of a sync from outside.
struct Watched {
    /// When every conversation was in the lake as listed.
    headers: Duration,
    /// The highest resident memory.
    peak_bytes: u64,
    /// The highest of its own: without pages of files, which the system takes back when it needs them.
    peak_own_bytes: u64,
}

/// Watches a sync until it ends; the memory on Linux only.
fn watch(home: &Path, child: &mut Child, started: Instant, conversations: u64) -> Watched {
    let status = format!("/proc/{}/status", child.id());
    let (mut headers, mut peak_bytes, mut peak_own_bytes) = (None, 0, 0);
    while child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(50));
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let bytes = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
        };
        peak_bytes = bytes("VmHWM:").unwrap_or(peak_bytes);
        peak_own_bytes = bytes("RssAnon:").map_or(peak_own_bytes, |own| own.max(peak_own_bytes));
        if headers.is_none() {
            let state = State::load(&Disk::default(), &Layout::new(home)).ok().flatten();
            let rows = state.map_or(0, |state| state.rows_of("conversations"));
            headers = (rows >= conversations).then(|| started.elapsed());
        }
    }
    Watched { headers: headers.unwrap_or_else(|| started.elapsed()), peak_bytes, peak_own_bytes }
}

/// The one document a sync prints.
fn report_of(child: &mut Child) -> Value {
    let mut text = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut text).unwrap();
    child.wait().unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn bytes_below(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |file| file.len());
    };
    entries.flatten().map(|entry| bytes_below(&entry.path())).sum()
}

/// How much of its share of a rate limit a sync uses, while it lasts.
fn limit(limit: u32) {
    let server = Server::start(20_000, Some(limit));
    let home = tempfile::tempdir().unwrap();
    let mut child = fi(&server, home.path(), &["sync", "--json"]).spawn().unwrap();
    std::thread::sleep(WATCHED);
    // Asked to stop, as by Ctrl-C, it reports what it did.
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let report = report_of(&mut child);
    let requests = report["request_count"].as_u64().unwrap() as f64;
    let seconds = (report["finished_at_seconds"].as_i64().unwrap()
        - report["started_at_seconds"].as_i64().unwrap()) as f64;
    let allowed = f64::from(limit) * 0.8 * seconds / 10.0;
    println!("sync under {limit} requests per 10 s, share 80 %, for {seconds:.0} s");
    println!(
        "  requests                 {requests}, {:.1} % of what the share allows",
        100.0 * requests / allowed
    );
    let stats = server.server.stats();
    println!("  answers 429              {}", stats.too_many);
    println!("  most in any 10 s         {}", stats.most_in_any_10s);
}
