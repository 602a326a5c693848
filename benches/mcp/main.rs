//! How the MCP server bears many clients at once, and how soon it answers the first: a hundred sessions in this process,
//! each with a question every few seconds, over a lake of 40,000 conversations that is being synced meanwhile; and
//! processes as clients start them.
//!
//! `cargo bench --bench mcp` runs both; `-- start --home DIR` only the start, over a lake of your own; `-- sessions
//! --seconds 10` the sessions for a shorter time. Figures are printed, never asserted, but for one: an answer given
//! during the syncs has to equal that of a quiet server.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints and may fail")]

mod questions;
mod session;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use fastintercom::cancel::Cancel;
use fastintercom::clock::Clock;
use fastintercom::demo::{self, DemoServer, Running, ServerOptions, Workspace, WorkspaceParams};
use fastintercom::index::TextIndex;
use fastintercom::lake::{Disk, Holder, Layout, State};
use fastintercom::server::{App, AppParts};
use fastintercom::sync::service::{NoSync, SyncAvailability};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use questions::questions;
use session::Session;

/// The program's own, with its usual options.
#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");
const CONVERSATIONS: usize = 40_000;
const SESSIONS: usize = 100;
/// Between two questions of a session: time to read an answer and think.
const PAUSE: Duration = Duration::from_secs(5);
const STARTS: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after =
        |flag: &str| arguments.iter().position(|text| text == flag).map(|at| arguments[at + 1].clone());
    let is_wanted = |part: &str| {
        let is_named = |part: &str| arguments.iter().any(|text| text == part);
        is_named(part) || !(is_named("start") || is_named("sessions"))
    };
    let world = (after("--home").is_none() || is_wanted("sessions")).then(World::new);
    if is_wanted("start") {
        let home =
            after("--home").map_or_else(|| world.as_ref().unwrap().home.path().to_owned(), PathBuf::from);
        start(&home);
    }
    if is_wanted("sessions") {
        let seconds = after("--seconds").map_or(60, |text| text.parse().unwrap());
        sessions(world.as_ref().unwrap(), Duration::from_secs(seconds));
    }
}

/// A stand-in server and a home that was synced from it.
struct World {
    running: Running,
    home: tempfile::TempDir,
    _runtime: Runtime,
}

impl World {
    fn new() -> Self {
        let now = Utc::now().timestamp();
        let params =
            WorkspaceParams { conversations: CONVERSATIONS, days: 365, now, ..WorkspaceParams::default() };
        let options = ServerOptions {
            clock: demo::Clock::system(),
            rate_limit: None,
            gzip: false,
            ..ServerOptions::default()
        };
        let server = DemoServer::new(Workspace::generate(&params), options);
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(server.bind(0)).unwrap();
        let world = Self { running, home: tempfile::tempdir().unwrap(), _runtime: runtime };
        assert!(world.fi(&["sync"]).wait().unwrap().success());
        world
    }

    fn fi(&self, arguments: &[&str]) -> Child {
        let home = self.home.path();
        let mut command = Command::new(FI);
        command.args(arguments).env_clear().env("HOME", home).env("FASTINTERCOM_HOME", home);
        command.env("FASTINTERCOM_API_URL", self.running.base_url()).env("INTERCOM_ACCESS_TOKEN", "token");
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// What sessions are answered with; another process syncs.
fn app(home: &Path, now: DateTime<Utc>) -> Arc<App> {
    let layout = Layout::new(home);
    let who = || Holder { pid: std::process::id(), purpose: "a bench".to_owned(), since_seconds: 0 };
    let index = Arc::new(TextIndex::new(layout.clone(), Arc::new(who)));
    let sync = Arc::new(NoSync(SyncAvailability::Ready));
    let mut parts = AppParts::over(layout, Clock::Fixed(now), index, Cancel::new(), sync);
    parts.workers.program = FI.into();
    Arc::new(App::new(parts))
}

/// What of an answer may differ between two times it is given.
fn steady(mut answer: Value) -> Value {
    if let Some(map) = answer.as_object_mut() {
        // Who synced last and when, how long the answer took, how large the files are.
        for key in [
            "sync_type",
            "database_size_mb",
            "elapsed_ms",
            "generation",
            "freshness",
            "data_as_of",
            "sync_info",
            "data_age_minutes",
            "last_sync",
            "message",
            "coverage_end",
            "is_syncing",
            "next_cursor",
        ] {
            map.remove(key);
        }
    }
    answer
}

fn generation(home: &Path) -> u64 {
    State::load(&Disk::default(), &Layout::new(home)).unwrap().unwrap().generation
}

/// An answer, and the version of the lake it is of if that did not change meanwhile.
type Given = (usize, Option<u64>, Duration, Value);

fn sessions(world: &World, lasting: Duration) {
    let home = world.home.path().to_owned();
    let now = Utc::now();
    let runtime = Runtime::new().unwrap();
    let app = app(&home, now);
    let asked = Arc::new(questions());
    let mut syncing = world.fi(&["sync", "--full"]);
    let mut syncs = 0;
    let begun = Instant::now();
    let all: Vec<_> = (0..SESSIONS)
        .map(|number| {
            runtime.spawn(session(
                Arc::clone(&app),
                home.clone(),
                Arc::clone(&asked),
                number,
                begun + lasting,
            ))
        })
        .collect();
    while begun.elapsed() < lasting {
        if syncing.try_wait().unwrap().is_some() {
            syncs += 1;
            syncing = world.fi(&["sync", "--full"]);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let given: Vec<Given> = all.into_iter().flat_map(|one| runtime.block_on(one).unwrap()).collect();
    syncing.wait().unwrap();
    let mut times: Vec<Duration> = given.iter().map(|(_, _, took, _)| *took).collect();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{SESSIONS} sessions, a question each {} s, for {} s, while {} full syncs ran",
        PAUSE.as_secs(),
        lasting.as_secs(),
        syncs + 1
    );
    println!(
        "  answers      {} ({:.0} a second), none an error",
        times.len(),
        times.len() as f64 / lasting.as_secs_f64()
    );
    println!("  p50, p95, p99, most   {:.0}, {:.0}, {:.0}, {:.0} ms", at(0.5), at(0.95), at(0.99), at(1.0));
    println!("  equal to a quiet server's: {}", compared(&runtime, &app, &asked, &given));
}

async fn session(
    app: Arc<App>,
    home: PathBuf,
    asked: Arc<Vec<(&'static str, Value)>>,
    number: usize,
    until: Instant,
) -> Vec<Given> {
    let mut session = Session::open(&app).await;
    let mut given = Vec::new();
    // They do not all ask at once.
    let mut next = Instant::now() + PAUSE.mul_f64(number as f64 / SESSIONS as f64);
    for turn in number.. {
        if next >= until {
            break;
        }
        tokio::time::sleep_until(next.into()).await;
        let which = turn % asked.len();
        let (tool, arguments) = &asked[which];
        let before = generation(&home);
        let answer = session.call(tool, arguments).await;
        // From when it was due: a late question counts as waiting.
        let took = next.elapsed();
        let is_of = (generation(&home) == before).then_some(before);
        given.push((which, is_of, took, steady(answer)));
        next += PAUSE;
    }
    given
}

/// How many answers were compared: all but those during which the lake moved; differing ones end the run.
fn compared(runtime: &Runtime, app: &Arc<App>, asked: &[(&'static str, Value)], given: &[Given]) -> usize {
    let quiet: HashMap<usize, Value> = runtime.block_on(async {
        let mut session = Session::open(app).await;
        let mut answers = HashMap::new();
        for (which, (tool, arguments)) in asked.iter().enumerate() {
            answers.insert(which, steady(session.call(tool, arguments).await));
        }
        answers
    });
    // The stand-in's conversations stay as they are: versions differ in who synced and when.
    let same: Vec<&Given> = given.iter().filter(|(_, is_of, ..)| is_of.is_some()).collect();
    for (which, _, _, answer) in &same {
        assert_eq!(answer, &quiet[which], "{:?}", asked[*which]);
    }
    same.len()
}

/// From the start of a process to its list of tools, and the memory it has then.
fn start(home: &Path) {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut child = Command::new(FI)
            .args(["mcp", "--home"])
            .arg(home)
            .env_clear()
            .env("HOME", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        let mut from = BufReader::new(child.stdout.take().unwrap()).lines();
        let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}});
        writeln!(to, "{}", json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}))
            .unwrap();
        from.next().unwrap().unwrap();
        writeln!(to, "{}", json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).unwrap();
        writeln!(to, "{}", json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})).unwrap();
        from.next().unwrap().unwrap();
        times.push(begun.elapsed());
        drop(to);
        child.wait().unwrap();
    }
    times.sort();
    let at = |index: usize| times[index].as_secs_f64() * 1e3;
    println!("from spawn to the list of tools, {STARTS} times, over {}", home.display());
    println!("  p50, most             {:.0}, {:.0} ms", at(STARTS / 2), at(STARTS - 1));
}
