//! How many questions `fi serve` answers a second over HTTP, and how soon: programs with keys of their own on connections
//! that stay open, over a generated lake; questions asked before, and questions nobody asked yet.
//!
//! `cargo bench --bench serve` asks 40,000 conversations as often as answers come (16 at a time, `--clients N`);
//! `-- --rate 500` asks so many times a second whether they come or not, and counts waiting from when a question was due.
//! `--seconds 5` for each kind, `--conversations N` for another lake, of those that the bench of queries makes. Figures
//! are printed, never asserted. The clients share the processors with the server.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints and may fail"
)]

mod connection;
#[path = "../query/lake.rs"]
mod lake;
mod process;
mod questions;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use fastintercom::server::http::{KeyFile, Scope};
use secrecy::ExposeSecret;
use tokio::runtime::Runtime;

use connection::Connection;
use process::Serving;
use questions::{KINDS, Kind};

/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");

fn main() {
    let home = lake::asked_for();
    assert!(fi(&home, &["reindex"]).status().unwrap().success());
    let number = |flag: &str, default: u64| lake::after(flag).map_or(default, |text| text.parse().unwrap());
    let (clients, seconds, rate) = (number("--clients", 16), number("--seconds", 10), number("--rate", 0));
    let keys = keys(&home, clients as usize);
    let server = Serving::of(&mut fi(&home, &["serve", "--port", "0", "--json"]));
    println!(
        "{} conversations, {clients} clients, {seconds} s each, {}",
        lake::conversations(),
        loop_name(rate)
    );
    println!(
        "{:42} {:>9} {:>8} {:>8} {:>8} {:>7} {:>9}",
        "", "answers/s", "p50 ms", "p95 ms", "p99 ms", "errors", "kB each"
    );
    for kind in KINDS {
        let run =
            Run { address: &server.host, kind, keys: &keys, rate, seconds: Duration::from_secs(seconds) };
        run.shown(clients as usize);
    }
    println!("peak memory of the server: {:.0} MB", server.memory().1);
    std::fs::remove_file(home.join("keys.toml")).unwrap();
}

fn loop_name(rate: u64) -> String {
    if rate == 0 { "as often as answers come".to_owned() } else { format!("{rate} a second") }
}

fn fi(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(FI);
    command.args(arguments).env_clear().env("HOME", home).env("FASTINTERCOM_HOME", home);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn keys(home: &Path, count: usize) -> Vec<String> {
    let path = home.join("keys.toml");
    let _ = std::fs::remove_file(&path);
    let file = KeyFile::new(&path);
    let key = |number: usize| file.add(&format!("bench-{number}"), &[Scope::Admin], Utc::now()).unwrap();
    (0..count).map(|number| key(number).expose_secret().to_owned()).collect()
}

/// Clients that ask one kind of question.
struct Run<'a> {
    address: &'a str,
    kind: &'a Kind,
    keys: &'a [String],
    rate: u64,
    seconds: Duration,
}

/// What one client saw.
#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    errors: u64,
    bytes: u64,
}

impl Run<'_> {
    fn shown(&self, clients: usize) {
        let runtime = Runtime::new().unwrap();
        let next = Arc::new(AtomicU64::new(0));
        let begun = Instant::now();
        let asking: Vec<_> = (0..clients)
            .map(|number| {
                let (address, kind, key) = (self.address.to_owned(), *self.kind, self.keys[number].clone());
                let pause =
                    (self.rate > 0).then(|| Duration::from_secs_f64(clients as f64 / self.rate as f64));
                let first = pause.unwrap_or_default().mul_f64(number as f64 / clients as f64);
                let until = begun + self.seconds;
                runtime.spawn(asking(
                    address,
                    kind,
                    key,
                    Arc::clone(&next),
                    Due { next: begun + first, pause, until },
                ))
            })
            .collect();
        let mut seen = Seen::default();
        for one in asking {
            let one = runtime.block_on(one).unwrap();
            seen.times.extend(one.times);
            seen.errors += one.errors;
            seen.bytes += one.bytes;
        }
        let took = begun.elapsed().as_secs_f64();
        seen.times.sort();
        let at =
            |share: f64| seen.times[((seen.times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{:42} {:>9.0} {:>8.1} {:>8.1} {:>8.1} {:>7} {:>9.1}",
            self.kind.name,
            seen.times.len() as f64 / took,
            at(0.5),
            at(0.95),
            at(0.99),
            seen.errors,
            seen.bytes as f64 / seen.times.len() as f64 / 1e3,
        );
    }
}

/// When a client asks.
struct Due {
    next: Instant,
    /// Between two questions; none asks again as soon as there is an answer.
    pause: Option<Duration>,
    until: Instant,
}

async fn asking(address: String, kind: Kind, key: String, next: Arc<AtomicU64>, mut due: Due) -> Seen {
    let mut connection = Connection::open(&address, &key).await.unwrap();
    let mut seen = Seen::default();
    loop {
        tokio::time::sleep_until(due.next.into()).await;
        if Instant::now() >= due.until {
            break;
        }
        let (path, body) = (kind.question)(next.fetch_add(1, Ordering::Relaxed));
        let begun = due.pause.map_or_else(Instant::now, |_| due.next);
        let (status, answer) = connection.post(path, "", &body.to_string()).await.unwrap();
        seen.times.push(begun.elapsed());
        seen.errors += u64::from(status != 200);
        seen.bytes += answer.len() as u64;
        due.next = due.pause.map_or_else(Instant::now, |pause| due.next + pause);
    }
    seen
}
