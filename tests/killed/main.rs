//! `kill -9` at every named step of a commit and at random moments, each followed by a plain `fi sync`: the lake
//! must equal the company, and no more than one batch may have been fetched twice.
//!
//! A test binary of its own, because the process that dies is this same binary started again: with `FI_KILL_STEP`
//! set it syncs through a disk that sends SIGKILL to its own process before the n-th call of that step. Random
//! kills hit the built `fi` itself. `FI_KILLS=200 cargo test --release --test killed` is the long form.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what went wrong by failing"
)]

#[path = "../support/truth.rs"]
mod truth;

mod disk;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use disk::{KillingDisk, STEPS};
use fastintercom::demo::{Clock, DemoServer, ServerOptions, Workspace, WorkspaceParams};
use fastintercom::intercom::{Client, ClientOptions};
use fastintercom::lake::{Layout, Writer};
use fastintercom::sync::{BATCH, Options, Scope, Silent, Stop, Syncer};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use secrecy::SecretString;

/// Threads retrieved at the same time, by the process that dies and by `fi`.
const CONCURRENCY: usize = 8;

fn main() {
    match std::env::var("FI_KILL_STEP") {
        Ok(step) => die_at(&step),
        Err(_) => kill_and_recover(),
    }
}

/// The process that dies.
fn die_at(step: &str) {
    let variable =
        |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is set beside FI_KILL_STEP"));
    let nth = variable("FI_KILL_NTH").parse().unwrap();
    let files = Arc::new(KillingDisk::new(step, nth));
    let layout = Layout::new(Path::new(&variable("FASTINTERCOM_HOME")));
    std::fs::create_dir_all(layout.state_dir()).unwrap();
    let url = variable("FASTINTERCOM_API_URL").parse().unwrap();
    let now: DateTime<Utc> = variable("FASTINTERCOM_NOW").parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let syncer = Syncer {
        client: Client::new(ClientOptions::at(url, SecretString::from("token"))).unwrap(),
        writer: Arc::new(Writer::open(files, layout, None).unwrap()),
        options: Options { concurrency: CONCURRENCY, ..Options::default() },
        now: Arc::new(move || now),
        observer: Arc::new(Silent),
        stop: Stop::default(),
        written_bytes: Arc::new(|| 0),
    };
    let _ = runtime.block_on(syncer.run(&Scope::Incremental { initial_days: None }));
}

/// One company, served to a lake that is killed.
struct Victim {
    server: DemoServer,
    url: String,
    now: i64,
    home: tempfile::TempDir,
}

impl Victim {
    fn variables(&self) -> Vec<(&'static str, String)> {
        // An hour later, so that no thread is read again because it may not have settled.
        let now = DateTime::from_timestamp(self.now + 3_600, 0).unwrap();
        vec![
            ("FASTINTERCOM_HOME", self.home.path().display().to_string()),
            ("FASTINTERCOM_API_URL", self.url.clone()),
            ("FASTINTERCOM_NOW", now.to_rfc3339()),
            ("INTERCOM_ACCESS_TOKEN", "token".to_owned()),
            ("FASTINTERCOM_CONCURRENCY", CONCURRENCY.to_string()),
            ("HOME", self.home.path().display().to_string()),
        ]
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Syncs as a user would, and tells in what the lake then differs from the company.
    fn recover(&self) -> Vec<String> {
        let output = self.command(env!("CARGO_BIN_EXE_fi")).args(["sync", "--json"]).output().unwrap();
        if !output.status.success() {
            return vec![format!(
                "fi sync ended with {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            )];
        }
        let mut differences = truth::differences(self.home.path(), &self.server.snapshot(), self.now);
        let gets = self.server.stats().conversation_gets;
        let twice = gets.values().filter(|times| **times > 1).count();
        if twice > BATCH + CONCURRENCY {
            differences.push(format!("{twice} threads were fetched twice, a batch is {BATCH}"));
        }
        if let Some((id, times)) = gets.iter().find(|(_, times)| **times > 2) {
            differences.push(format!("conversation {id} was fetched {times} times"));
        }
        differences
    }
}

fn kill_and_recover() {
    let kills: usize =
        std::env::var("FI_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(STEPS.len() + 8);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let params = WorkspaceParams { conversations: 450, days: 75, ..WorkspaceParams::default() };
    let workspace = Workspace::generate(&params);
    let mut chance = StdRng::seed_from_u64(7);
    let (mut passed, mut failed) = (0, 0);
    for kill in 0..kills {
        let server = DemoServer::new(
            workspace.clone(),
            ServerOptions {
                clock: Clock::fixed(params.now * 1_000),
                gzip: false,
                ..ServerOptions::default()
            },
        );
        let running = runtime.block_on(server.bind(0)).unwrap();
        let home = tempfile::tempdir().unwrap();
        let victim = Victim { server, url: running.base_url(), now: params.now, home };
        let what = match STEPS.get(kill) {
            Some(step) => at_step(&victim, step, chance.random_range(1..4)),
            None if chance.random_bool(0.5) => {
                let step = STEPS[chance.random_range(0..STEPS.len())];
                at_step(&victim, step, chance.random_range(1..12))
            }
            None => at_random(&victim, Duration::from_micros(chance.random_range(1_000..900_000))),
        };
        let differences = victim.recover();
        if differences.is_empty() {
            passed += 1;
        } else {
            failed += 1;
            let shown = &differences[..differences.len().min(5)];
            println!("killed {what}: {} differences, such as {shown:#?}", differences.len());
        }
        drop(running);
    }
    println!("{passed} passed, {failed} failed");
    assert_eq!(failed, 0, "the lake differs from the company after a kill");
}

/// Kills before the n-th call of a step; a sync that has fewer of them ends in peace, which is as good a start.
fn at_step(victim: &Victim, step: &str, nth: u32) -> String {
    let own = std::env::current_exe().unwrap();
    let mut command = victim.command(&own.display().to_string());
    command.env("FI_KILL_STEP", step).env("FI_KILL_NTH", nth.to_string());
    let output = command.output().unwrap();
    let is_killed = !output.status.success() && output.status.code().is_none();
    assert!(is_killed || output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    format!("before {step} number {nth}")
}

/// Kills the built program after a while.
fn at_random(victim: &Victim, after: Duration) -> String {
    let mut child = victim.command(env!("CARGO_BIN_EXE_fi")).args(["sync", "--json"]).spawn().unwrap();
    std::thread::sleep(after);
    // It may have ended by itself.
    let _ = child.kill();
    child.wait().unwrap();
    format!("after {after:?}")
}
