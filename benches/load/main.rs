//! How `fi serve` bears a crowd, over HTTP with keys: the server is a process of its own, requests come when they are due
//! whether or not earlier ones were answered, and a request counts from when it was due.
//!
//! `cargo bench --bench load` runs everything over 40,000 conversations; `-- idle stop` some of it, `-- --seconds 10` for
//! a shorter time, `-- --conversations 2000` over fewer. Figures are printed, never asserted.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints and may fail")]

#[path = "../serve/connection.rs"]
mod connection;
#[path = "../serve/process.rs"]
mod process;
#[path = "../mcp/questions.rs"]
mod questions;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout};

use connection::Connection;
use process::Serving;
use questions::questions;
use world::World;

type Scenario = fn(&World, &Runtime, Duration);

const SCENARIOS: &[(&str, Scenario)] =
    &[("clients", clients), ("idle", idle), ("loris", loris), ("overload", overload), ("stop", stop)];
/// Clients of the server, each with a key of its own.
const CLIENTS: usize = 100;
/// Between two questions of a client: time to read an answer and think.
const PAUSE: Duration = Duration::from_secs(5);
/// Clients that ask beside idle connections.
const ACTIVE: usize = 50;
const IDLE: usize = 10_000;
const LORIS: usize = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| {
        let at = arguments.iter().position(|text| text == flag)?;
        arguments.get(at + 1)?.replace('_', "").parse::<u32>().ok()
    };
    let lasting = Duration::from_secs(after("--seconds").unwrap_or(60).into());
    let is_named = |name: &str| arguments.iter().any(|text| text == name);
    let is_all = !SCENARIOS.iter().any(|(name, _)| is_named(name));
    let conversations = after("--conversations").unwrap_or(40_000);
    let world = World::new(conversations, CLIENTS);
    println!("{conversations} conversations, {} s each", lasting.as_secs());
    let runtime = Runtime::new().unwrap();
    for (name, run) in SCENARIOS.iter().filter(|(name, _)| is_all || is_named(name)) {
        println!("{name}");
        run(&world, &runtime, lasting);
    }
}

/// What came of requests: how long each took, by what was answered. 0 stands for no answer at all.
#[derive(Default)]
struct Outcomes(BTreeMap<u16, Vec<Duration>>);

impl Outcomes {
    fn add(&mut self, status: u16, took: Duration) {
        self.0.entry(status).or_default().push(took);
    }

    fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(status, times)| self.0.entry(status).or_default().extend(times));
    }

    /// Milliseconds that so many of a thousand good answers took at most.
    fn of_good(&self, thousandths: usize) -> f64 {
        let mut times = self.0.get(&200).cloned().unwrap_or_default();
        times.sort();
        let place = (times.len() * thousandths).div_ceil(1_000).clamp(1, times.len().max(1));
        times.get(place - 1).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }

    fn print(&self, what: &str) {
        let counts: Vec<String> =
            self.0.iter().map(|(status, times)| format!("{status}: {}", times.len())).collect();
        let [p50, p95, p99, most] = [500, 950, 990, 1_000].map(|share| self.of_good(share));
        println!(
            "  {what}: {}; p50, p95, p99, most {p50:.0}, {p95:.0}, {p99:.0}, {most:.0} ms",
            counts.join(", ")
        );
    }
}

/// Clients that ask in turn, each at its times, over a connection it keeps.
async fn asking(host: &str, keys: &[String], pause: Duration, lasting: Duration) -> Outcomes {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, key) in keys.iter().enumerate() {
        let (host, key) = (host.to_owned(), key.clone());
        let first = begun + pause.mul_f64(number as f64 / keys.len() as f64);
        tasks.spawn(async move { client(&host, &key, number, first, pause, begun + lasting).await });
    }
    let mut outcomes = Outcomes::default();
    while let Some(one) = tasks.join_next().await {
        outcomes.merge(one.unwrap());
    }
    outcomes
}

async fn client(
    host: &str,
    key: &str,
    number: usize,
    mut due: Instant,
    pause: Duration,
    end: Instant,
) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let asked = questions();
    let mut connection = Connection::open(host, key).await.unwrap();
    let mut turn = number;
    while due < end {
        sleep_until(due.into()).await;
        let (tool, arguments) = &asked[turn % asked.len()];
        let status = match connection.call(tool, arguments).await {
            Ok((200, true)) => 200,
            Ok((200, false)) => 500,
            Ok((status, _)) => status,
            Err(_) => 0,
        };
        outcomes.add(status, due.elapsed());
        if status == 0 {
            connection = Connection::open(host, key).await.unwrap();
        }
        turn += 1;
        due += pause;
    }
    outcomes
}

/// A hundred clients while one full sync follows another.
fn clients(world: &World, runtime: &Runtime, lasting: Duration) {
    let server = world.serve(&[]);
    let key = world.key("syncing", "read,sync");
    runtime.block_on(async {
        let (host, until) = (server.host.clone(), Instant::now() + lasting);
        let syncing = tokio::spawn(async move { syncs(&host, &key, until).await });
        let (mut outcomes, mut memory) = (Outcomes::default(), Vec::new());
        for _ in 0..4 {
            outcomes.merge(asking(&server.host, &world.keys, PAUSE, lasting / 4).await);
            memory.push(format!("{:.0}", server.memory().0));
        }
        outcomes.print(&format!("{CLIENTS} clients, {} full syncs begun meanwhile", syncing.await.unwrap()));
        println!("  memory after each quarter: {} MB", memory.join(", "));
    });
}

/// Has everything fetched again and again; how often.
async fn syncs(host: &str, key: &str, until: Instant) -> usize {
    let mut connection = Connection::open(host, key).await.unwrap();
    let mut jobs = BTreeSet::new();
    while Instant::now() < until {
        let (_, begun) = connection.post("/tools/force_sync", "", r#"{"timeframe": "all"}"#).await.unwrap();
        let begun: Value = serde_json::from_str(&begun).unwrap();
        // One that is under way is told again.
        assert!(begun["job_id"].is_string(), "{begun}");
        jobs.insert(begun["job_id"].to_string());
        sleep(Duration::from_secs(1)).await;
    }
    jobs.len()
}

/// Fifty clients alone, and beside ten thousand connections that say nothing.
fn idle(world: &World, runtime: &Runtime, lasting: Duration) {
    let server = world.serve(&[]);
    let (keys, pause) = (&world.keys[..ACTIVE], Duration::from_secs(1));
    runtime.block_on(async {
        asking(&server.host, keys, pause, lasting / 6).await;
        let memory = server.memory().0;
        let alone = asking(&server.host, keys, pause, lasting / 2).await;
        alone.print(&format!("{ACTIVE} clients alone"));
        let mut silent = Vec::new();
        for number in 0..IDLE {
            let mut connection = Connection::open(&server.host, &world.keys[number % CLIENTS]).await.unwrap();
            // It is one that was used, and is kept for later.
            if number % 100 == 0 {
                connection.post("/tools/get_data_info", "", "{}").await.unwrap();
            }
            silent.push(connection);
        }
        let beside = asking(&server.host, keys, pause, lasting / 2).await;
        beside.print(&format!("beside {} idle connections", silent.len()));
        println!(
            "  p99 is {:.2} times that alone; memory {memory:.0}, {:.0} MB",
            beside.of_good(990) / alone.of_good(990),
            server.memory().0
        );
    });
}

/// Connections that send a byte of a head a second.
fn loris(world: &World, runtime: &Runtime, lasting: Duration) {
    let server = world.serve(&[]);
    runtime.block_on(async {
        let mut slow = JoinSet::new();
        for _ in 0..LORIS {
            let host = server.host.clone();
            slow.spawn(async move { slowly(&host).await });
        }
        let outcomes = asking(&server.host, &world.keys[..ACTIVE], Duration::from_secs(1), lasting / 4).await;
        let mut times = Vec::new();
        while let Some(time) = slow.join_next().await {
            times.push(time.unwrap().as_secs_f64());
        }
        let longest = times.iter().copied().fold(0.0, f64::max);
        println!("  {} slow connections closed, the last after {longest:.1} s", times.len());
        outcomes.print(&format!("{ACTIVE} clients meanwhile"));
    });
}

/// How long until the server closes a connection that sends a head byte by byte.
async fn slowly(host: &str) -> Duration {
    let mut stream = TcpStream::connect(host).await.unwrap();
    let begun = Instant::now();
    let mut byte = [0];
    for letter in b"GET /health HTTP/1.1\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'a')) {
        if stream.write_all(&[*letter]).await.is_err() {
            break;
        }
        if let Ok(Ok(0) | Err(_)) = timeout(Duration::from_secs(1), stream.read(&mut byte)).await {
            break;
        }
    }
    begun.elapsed()
}

/// Ten times as many questions as can be answered, from many callers.
fn overload(world: &World, runtime: &Runtime, lasting: Duration) {
    // Answers that are kept would make it no load.
    let server = world.serve(&[("FASTINTERCOM_CACHE_BYTES", "0")]);
    runtime.block_on(async {
        let capacity = capacity(&server, world, lasting / 6).await;
        println!("  answers {capacity:.0} questions a second when as many ask as are answered at once");
        let outcomes = flood(&server, world, capacity * 10.0, lasting / 3).await;
        outcomes.print(&format!("asked {:.0} questions a second", capacity * 10.0));
        println!("  memory {:.0} MB", server.memory().0);
        let after = asking(&server.host, &world.keys, PAUSE, lasting / 6).await;
        after.print("a hundred clients afterwards");
    });
}

/// Questions a second when eight clients ask one after the other.
async fn capacity(server: &Serving, world: &World, lasting: Duration) -> f64 {
    let mut tasks = JoinSet::new();
    let end = Instant::now() + lasting;
    for (number, key) in world.keys.iter().take(8).enumerate() {
        let (host, key) = (server.host.clone(), key.clone());
        tasks.spawn(async move {
            let mut connection = Connection::open(&host, &key).await.unwrap();
            let asked = questions();
            let mut count = 0;
            while Instant::now() < end {
                let (tool, arguments) = &asked[(number + count) % asked.len()];
                connection.call(tool, arguments).await.unwrap();
                count += 1;
            }
            count
        });
    }
    let mut total = 0;
    while let Some(count) = tasks.join_next().await {
        total += count.unwrap();
    }
    total as f64 / lasting.as_secs_f64()
}

/// So many questions a second, each when it is due.
async fn flood(server: &Serving, world: &World, a_second: f64, lasting: Duration) -> Outcomes {
    let free: Vec<Mutex<Vec<Connection>>> = world.keys.iter().map(|_| Mutex::default()).collect();
    let (free, asked) = (Arc::new(free), Arc::new(questions()));
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    for number in 0..(a_second * lasting.as_secs_f64()) as usize {
        let due = begun + Duration::from_secs_f64(number as f64 / a_second);
        sleep_until(due.into()).await;
        let caller = number % CLIENTS;
        let (free, asked) = (Arc::clone(&free), Arc::clone(&asked));
        let (host, key) = (server.host.clone(), world.keys[caller].clone());
        tasks.spawn(async move {
            let kept = free[caller].lock().unwrap().pop();
            let opened = match kept {
                Some(connection) => Ok(connection),
                None => Connection::open(&host, &key).await,
            };
            let Ok(mut connection) = opened else { return (0, due.elapsed()) };
            let (tool, arguments) = &asked[number % asked.len()];
            let Ok((status, is_answer)) = connection.call(tool, arguments).await else {
                return (0, due.elapsed());
            };
            free[caller].lock().unwrap().push(connection);
            (if status == 200 && !is_answer { 500 } else { status }, due.elapsed())
        });
    }
    let mut outcomes = Outcomes::default();
    while let Some(one) = tasks.join_next().await {
        let (status, took) = one.unwrap();
        outcomes.add(status, took);
    }
    outcomes
}

/// Asked to end while a hundred clients ask.
fn stop(world: &World, runtime: &Runtime, lasting: Duration) {
    let mut server = world.serve(&[]);
    runtime.block_on(async {
        let flooded = {
            let (host, keys) = (server.host.clone(), world.keys.clone());
            tokio::spawn(async move { until_gone(&host, &keys).await })
        };
        sleep(lasting / 12).await;
        let (status, took) = tokio::task::block_in_place(|| server.end());
        let (good, broken) = flooded.await.unwrap();
        println!(
            "  ended with {status} after {:.1} s; {good} good answers before, {broken} cut off",
            took.as_secs_f64()
        );
    });
}

/// A hundred clients that ask without a pause until nobody answers: good answers, and answers that broke off.
async fn until_gone(host: &str, keys: &[String]) -> (usize, usize) {
    let mut tasks = JoinSet::new();
    for (number, key) in keys.iter().enumerate() {
        let (host, key) = (host.to_owned(), key.clone());
        tasks.spawn(async move {
            let asked = questions();
            let (mut good, mut turn) = (0, number);
            loop {
                let Ok(mut connection) = Connection::open(&host, &key).await else { return (good, 0) };
                loop {
                    let (tool, arguments) = &asked[turn % asked.len()];
                    turn += 1;
                    match connection.call(tool, arguments).await {
                        Ok((200, true)) => good += 1,
                        Ok((503, _)) => {}
                        Ok(_) => return (good, 1),
                        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
                        Err(_) => return (good, 0),
                    }
                }
            }
        });
    }
    let (mut good, mut broken) = (0, 0);
    while let Some(one) = tasks.join_next().await {
        let (more, cut) = one.unwrap();
        (good, broken) = (good + more, broken + cut);
    }
    (good, broken)
}
