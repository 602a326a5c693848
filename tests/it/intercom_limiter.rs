//! The rate limit against a server that counts arrivals in fixed 10-second windows, in virtual time:
//! never above the limit, almost all of the allowed share used, no storm of requests after a 429.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fastintercom::intercom::{
    Client, ClientOptions, Error, HttpRequest, HttpResponse, Transport, TransportError,
};
use futures::future::BoxFuture;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{StatusCode, Url};
use tokio::time::{Instant, sleep};

const WINDOW_MS: i64 = 10_000;

/// What `X-RateLimit-Reset` says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reset {
    /// The end of the window.
    True,
    /// Always the same moment, long past.
    Past,
    /// The end of the window as a clock two hours ahead sees it.
    Ahead,
    /// Two hours from now, at every moment.
    AlwaysAhead,
    /// Anything.
    Random,
    /// The header is missing.
    Absent,
}

#[derive(Clone, Debug)]
struct Behaviour {
    limit: u32,
    /// Server time when the test begins.
    starts_at_ms: i64,
    /// How far the `Date` header is off the limiter's clock; `None` sends none.
    date_off_s: Option<i64>,
    reset: Reset,
    latency_ms: (u64, u64),
    /// Part of the latency before the request is counted.
    arrives_after: f64,
    /// Requests of other apps per window.
    others: u32,
    /// The part of the window in which they come, evenly.
    others_within: f64,
    /// Server time until which everything is refused.
    refuses_until_ms: i64,
    /// Whether refusals carry rate limit headers.
    refuses_with_headers: bool,
    seed: u64,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            limit: 1666,
            starts_at_ms: 1_790_000_003_217,
            date_off_s: Some(0),
            reset: Reset::True,
            latency_ms: (80, 240),
            arrives_after: 0.4,
            others: 0,
            others_within: 1.0,
            refuses_until_ms: 0,
            refuses_with_headers: true,
            seed: 1,
        }
    }
}

#[derive(Debug, Default, Clone)]
struct Seen {
    ours: BTreeMap<i64, u32>,
    all: BTreeMap<i64, u32>,
    refused: Vec<i64>,
}

struct RateServer {
    behaviour: Behaviour,
    started: Instant,
    random: Mutex<StdRng>,
    seen: Mutex<Seen>,
    others_stopped: AtomicBool,
}

impl RateServer {
    fn new(behaviour: Behaviour) -> Arc<Self> {
        let random = Mutex::new(StdRng::seed_from_u64(behaviour.seed));
        let others_stopped = AtomicBool::new(false);
        Arc::new(Self { behaviour, started: Instant::now(), random, seen: Mutex::default(), others_stopped })
    }

    fn now_ms(&self) -> i64 {
        self.behaviour.starts_at_ms + i64::try_from(self.started.elapsed().as_millis()).unwrap()
    }

    fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Counts one arrival and answers with the head.
    fn arrive(&self) -> (StatusCode, HeaderMap) {
        let b = &self.behaviour;
        let now = self.now_ms();
        let window = now.div_euclid(WINDOW_MS);
        let mut seen = self.seen.lock().unwrap();
        let mut random = self.random.lock().unwrap();
        if b.others > 0 && !self.others_stopped.load(Ordering::Relaxed) {
            let passed = now.rem_euclid(WINDOW_MS) as f64 / (WINDOW_MS as f64 * b.others_within);
            let due = (f64::from(b.others) * passed.min(1.0)) as u32;
            let ours = seen.ours.get(&window).copied().unwrap_or(0);
            let all = seen.all.entry(window).or_default();
            *all = (*all).max(ours + due);
        }
        *seen.ours.entry(window).or_default() += 1;
        let all = seen.all.entry(window).or_default();
        *all += 1;
        let all = *all;
        let refused = all > b.limit || now < b.refuses_until_ms;
        if refused {
            seen.refused.push(now - b.starts_at_ms);
        }
        let status = if refused { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, value: String| {
            headers.insert(name, HeaderValue::from_str(&value).unwrap());
        };
        if let Some(off) = b.date_off_s {
            let date = chrono::DateTime::from_timestamp(now.div_euclid(1000) + off, 0).unwrap();
            set("date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        }
        if refused && !b.refuses_with_headers {
            return (status, headers);
        }
        let end = (window + 1) * WINDOW_MS / 1000;
        let reset = match b.reset {
            Reset::True => Some(end),
            Reset::Past => Some(1_500_000_000),
            Reset::Ahead => Some(end + 7200),
            Reset::AlwaysAhead => Some(now / 1000 + 7200),
            Reset::Random => Some(random.random_range(0..4_000_000_000)),
            Reset::Absent => None,
        };
        set("x-ratelimit-limit", b.limit.to_string());
        let left = if now < b.refuses_until_ms { 0 } else { b.limit.saturating_sub(all) };
        set("x-ratelimit-remaining", left.to_string());
        if let Some(reset) = reset {
            set("x-ratelimit-reset", reset.to_string());
        }
        (status, headers)
    }
}

impl Transport for RateServer {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            let (fastest, slowest) = self.behaviour.latency_ms;
            let latency = self.random.lock().unwrap().random_range(fastest..=slowest);
            let until_arrival = (latency as f64 * self.behaviour.arrives_after) as u64;
            sleep(Duration::from_millis(until_arrival)).await;
            let (status, headers) = self.arrive();
            sleep(Duration::from_millis(latency - until_arrival)).await;
            let body = Bytes::from_static(b"{\"type\":\"list\",\"data\":[]}");
            Ok(HttpResponse { status, headers, body })
        })
    }
}

fn client(server: &Arc<RateServer>, share: f64) -> Client {
    let base = Url::parse("http://localhost/").unwrap();
    let mut options = ClientOptions::at(base, "token".into());
    options.share = share;
    Client::with_transport(options, server.clone()).unwrap()
}

/// `workers` ask without pause for so many seconds of virtual time.
async fn ask(client: &Client, workers: usize, seconds: u64) {
    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (client, stop) = (client.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    client.tags().await.unwrap();
                }
            })
        })
        .collect();
    sleep(Duration::from_secs(seconds)).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
}

fn virtually<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test)
}

/// Runs and returns what the server saw, and the least used in a steady window as a part of the budget.
fn run(behaviour: Behaviour, share: f64, workers: usize, seconds: u64) -> (Seen, f64) {
    let budget = (f64::from(behaviour.limit) * share).floor();
    virtually(async {
        let server = RateServer::new(behaviour);
        let client = client(&server, share);
        ask(&client, workers, seconds).await;
        let seen = server.seen();
        let windows: Vec<u32> = seen.ours.values().copied().collect();
        let steady = &windows[2..windows.len().saturating_sub(2).max(3)];
        let least = steady.iter().copied().min().unwrap_or(0);
        (seen, f64::from(least) / budget)
    })
}

fn highest(seen: &Seen) -> u32 {
    seen.ours.values().copied().max().unwrap_or(0)
}

/// Whatever the latency, the place in the window at the start, and with or without a `Date`.
fn uses_its_share_and_no_more(limit: u32, workers: usize, seconds: u64) {
    for (latency_ms, starts_at_ms) in
        [((20, 60), 1_790_000_000_000), ((80, 240), 1_790_000_009_990), ((200, 900), 1_790_000_004_321)]
    {
        for date_off_s in [Some(0), None] {
            let behaviour = Behaviour { limit, latency_ms, starts_at_ms, date_off_s, ..Behaviour::default() };
            let (seen, least) = run(behaviour, 0.8, workers, seconds);
            let budget = limit * 8 / 10;
            assert!(seen.refused.is_empty(), "{latency_ms:?} {date_off_s:?}: {} refused", seen.refused.len());
            assert!(highest(&seen) <= budget, "{latency_ms:?} {date_off_s:?}: {}", highest(&seen));
            assert!(least >= 0.95, "{latency_ms:?} {date_off_s:?}: only {least:.3} {:?}", seen.ours);
        }
    }
}

#[test]
fn at_1666_per_window_95_percent_of_the_share_is_used_without_one_429() {
    uses_its_share_and_no_more(1666, 200, 120);
}

#[test]
fn at_83_per_window_95_percent_of_the_share_is_used_without_one_429() {
    uses_its_share_and_no_more(83, 16, 200);
}

#[test]
fn the_whole_limit_can_be_used_without_one_429() {
    for limit in [83, 1666] {
        let (seen, least) = run(Behaviour { limit, ..Behaviour::default() }, 1.0, 100, 120);
        assert!(seen.refused.is_empty(), "{limit}: {} refused", seen.refused.len());
        assert!(least >= 0.95, "{limit}: only {least:.3} {:?}", seen.ours);
    }
}

#[test]
fn a_server_clock_ten_minutes_off_changes_nothing() {
    for starts_at_ms in [1_790_000_003_217 + 600_000, 1_790_000_003_217 - 600_000] {
        let (seen, least) = run(Behaviour { starts_at_ms, ..Behaviour::default() }, 0.8, 100, 90);
        assert!(seen.refused.is_empty() && highest(&seen) <= 1332);
        assert!(least >= 0.95, "only {least:.3}");
    }
}

#[test]
fn a_date_header_from_another_clock_is_caught_and_not_believed() {
    for off in [-600, -3, -1, 1, 3, 600] {
        let behaviour = Behaviour { date_off_s: Some(off), ..Behaviour::default() };
        let (seen, least) = run(behaviour, 0.8, 100, 120);
        assert!(seen.refused.is_empty(), "{off}: {} refused", seen.refused.len());
        assert!(highest(&seen) <= 1666, "{off}: {:?}", seen.ours);
        assert!(least >= 0.90, "{off}: only {least:.3} {:?}", seen.ours);
    }
}

#[test]
fn a_reset_that_makes_no_sense_neither_hangs_nor_exceeds_the_limit() {
    for reset in [Reset::Past, Reset::Ahead, Reset::AlwaysAhead, Reset::Random, Reset::Absent] {
        for limit in [83, 1666] {
            let behaviour = Behaviour { limit, reset, ..Behaviour::default() };
            let (seen, _) = run(behaviour, 0.8, 60, 180);
            let total: u32 = seen.ours.values().sum();
            assert!(
                seen.refused.is_empty(),
                "{reset:?} {limit}: {} refused {:?}",
                seen.refused.len(),
                seen.ours
            );
            assert!(f64::from(total) > 0.4 * f64::from(limit) * 18.0, "{reset:?} {limit}: only {total}");
        }
    }
}

#[test]
fn when_other_apps_use_the_budget_too_the_rest_is_used_and_not_more() {
    for (others, others_within) in [(300, 1.0), (900, 1.0), (900, 0.05), (1500, 1.0), (1500, 0.2)] {
        let behaviour = Behaviour { others, others_within, ..Behaviour::default() };
        let (seen, _) = run(behaviour, 0.8, 100, 120);
        let free = 1666 - others;
        // What others take is learned from the windows before.
        let steady: Vec<u32> = seen.ours.values().copied().skip(3).take(8).collect();
        assert!(seen.refused.len() <= 2, "{others}: {} refused", seen.refused.len());
        assert!(steady.iter().all(|ours| *ours <= 1332.min(free)), "{others}: {steady:?}");
        // What is kept back for other apps' own peaks is a quarter of what the share leaves them.
        let wanted = f64::from(1332.min(free - 83)) * 0.8;
        assert!(steady.iter().all(|ours| f64::from(*ours) >= wanted), "{others}: {steady:?} < {wanted}");
    }
}

#[test]
fn when_other_apps_stop_the_whole_share_is_used_again() {
    virtually(async {
        let server = RateServer::new(Behaviour { others: 1500, ..Behaviour::default() });
        let client = client(&server, 0.8);
        let asking = ask(&client, 100, 120);
        let stopping = async {
            sleep(Duration::from_secs(60)).await;
            server.others_stopped.store(true, Ordering::Relaxed);
        };
        tokio::join!(asking, stopping);
        let windows: Vec<u32> = server.seen().ours.values().copied().collect();
        assert!(windows[9..11].iter().all(|ours| *ours >= 1265), "{windows:?}");
    });
}

#[test]
fn before_the_first_header_the_smallest_known_limit_is_assumed() {
    virtually(async {
        let server = RateServer::new(Behaviour { reset: Reset::Absent, limit: 83, ..Behaviour::default() });
        let client = client(&server, 0.8);
        assert_eq!(client.limiter().limit, None);
        assert_eq!(client.limiter().budget, 66);
        client.tags().await.unwrap();
        assert_eq!(client.limiter().limit, Some(83));
    });
}

#[test]
fn a_429_waits_as_long_as_the_header_says() {
    virtually(async {
        // Four seconds into a window, everything is refused until its end.
        let behaviour = Behaviour {
            starts_at_ms: 1_790_000_004_000,
            refuses_until_ms: 1_790_000_010_000,
            ..Behaviour::default()
        };
        let server = RateServer::new(behaviour);
        let client = client(&server, 0.8);
        let started = Instant::now();
        client.tags().await.unwrap();
        let waited = started.elapsed();
        assert_eq!(server.seen().refused.len(), 1);
        assert!((Duration::from_secs(6)..Duration::from_secs(8)).contains(&waited), "{waited:?}");
        assert_eq!(client.stats().rate_limited, 1);
        assert_eq!(client.stats().retries, 0, "waiting for the limit is not a try");
    });
}

#[test]
fn five_minutes_of_429_cost_eight_streams_one_request_per_window_for_the_process() {
    for refuses_with_headers in [true, false] {
        virtually(async {
            let behaviour = Behaviour {
                starts_at_ms: 1_790_000_002_000,
                refuses_until_ms: 1_790_000_302_000,
                refuses_with_headers,
                ..Behaviour::default()
            };
            let server = RateServer::new(behaviour);
            let client = client(&server, 0.8);
            let started = Instant::now();
            let streams: Vec<_> = (0..8)
                .map(|_| {
                    let client = client.clone();
                    tokio::spawn(async move { client.tags().await })
                })
                .collect();
            for stream in streams {
                stream.await.unwrap().unwrap();
            }
            let refused = server.seen().refused;
            // The first burst, then one per window.
            let later: Vec<_> =
                refused.iter().filter(|at| **at > 2_000).map(|at| (at + 2_000) / 10_000).collect();
            assert!(later.windows(2).all(|two| two[0] < two[1]), "{refused:?}");
            assert!(refused.len() <= 8 + 31, "{}", refused.len());
            assert!(started.elapsed() < Duration::from_secs(300 + 60), "{:?}", started.elapsed());
        });
    }
}

#[test]
fn a_429_without_end_becomes_an_error_for_every_stream() {
    virtually(async {
        let behaviour = Behaviour { refuses_until_ms: i64::MAX, ..Behaviour::default() };
        let server = RateServer::new(behaviour);
        let client = client(&server, 0.8);
        let started = Instant::now();
        let streams: Vec<_> = (0..4)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.tags().await })
            })
            .collect();
        for stream in streams {
            let error = stream.await.unwrap().unwrap_err();
            assert!(matches!(error, Error::RateLimitedTooLong { .. }), "{error}");
        }
        let waited = started.elapsed();
        assert!((Duration::from_secs(1800)..Duration::from_secs(1830)).contains(&waited), "{waited:?}");
    });
}

#[test]
fn a_request_given_up_halfway_still_counts() {
    virtually(async {
        let server = RateServer::new(Behaviour { limit: 83, ..Behaviour::default() });
        let client = client(&server, 0.8);
        client.tags().await.unwrap();
        for _ in 0..300 {
            // The connection is dropped after the server has counted the request.
            let _ = tokio::time::timeout(Duration::from_millis(120), client.tags()).await;
        }
        sleep(Duration::from_secs(20)).await;
        assert!(highest(&server.seen()) <= 66, "{:?}", server.seen().ours);
        assert_eq!(client.limiter().in_flight, 0);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_window_ever_holds_more_than_the_budget(
        limit in 4u32..900,
        share in 0.3f64..=1.0,
        fastest in 1u64..400,
        spread in 0u64..2500,
        arrives_after in 0.0f64..=1.0,
        offset in 0i64..10_000,
        with_date in any::<bool>(),
        workers in 1usize..120,
        seed in any::<u64>(),
    ) {
        let behaviour = Behaviour {
            limit,
            starts_at_ms: 1_790_000_000_000 + offset,
            date_off_s: with_date.then_some(0),
            latency_ms: (fastest, fastest + spread),
            arrives_after,
            seed,
            ..Behaviour::default()
        };
        let budget = (f64::from(limit) * share).floor().max(1.0) as u32;
        let (seen, _) = run(behaviour, share, workers, 65);
        prop_assert!(seen.refused.is_empty(), "{} refused", seen.refused.len());
        prop_assert!(highest(&seen) <= budget, "{} > {budget}: {:?}", highest(&seen), seen.ours);
    }

    #[test]
    fn whatever_the_headers_say_no_window_exceeds_the_limit(
        limit in 40u32..900,
        reset in prop::sample::select(vec![
            Reset::True, Reset::Past, Reset::Ahead, Reset::AlwaysAhead, Reset::Random, Reset::Absent,
        ]),
        date_off_s in prop::option::of(-20i64..20),
        fastest in 1u64..300,
        spread in 0u64..500,
        offset in 0i64..10_000,
        workers in 1usize..60,
        seed in any::<u64>(),
    ) {
        let behaviour = Behaviour {
            limit,
            starts_at_ms: 1_790_000_000_000 + offset,
            date_off_s,
            reset,
            latency_ms: (fastest, fastest + spread),
            seed,
            ..Behaviour::default()
        };
        let (seen, _) = run(behaviour, 0.8, workers, 65);
        prop_assert!(seen.refused.is_empty(), "{} refused: {:?}", seen.refused.len(), seen.ours);
    }
}
