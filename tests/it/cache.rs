//! Answers given again: only while nothing changed, of one computation for all who ask the same at once, and told fresh.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use fastintercom::cancel::Cancel;
use fastintercom::clock::Clock;
use fastintercom::engine::Now;
use fastintercom::lake::Layout;
use fastintercom::server::http::{HttpOptions, HttpServer, KeyFile, KeyRing};
use fastintercom::server::{App, AppParts, CacheCounts, CacheLimits};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::support::arena;
use crate::support::cli::{NOW, TestEnv};
use crate::support::indexed::index;
use crate::support::served::Still;
use crate::support::serving::{Reply, Request, world};

/// A server in this process, whose counts can be seen.
struct Local {
    app: Arc<App>,
    sync: Arc<Still>,
    address: String,
    /// Seconds since the tests' present.
    ahead: Arc<AtomicI64>,
    stop: Cancel,
    _runtime: Runtime,
}

impl Local {
    fn start(env: &TestEnv, cache: CacheLimits) -> Self {
        let (layout, sync, ahead) =
            (Layout::new(&env.home()), Arc::new(Still::default()), Arc::<AtomicI64>::default());
        let present: DateTime<Utc> = NOW.parse().unwrap();
        let seconds = Arc::clone(&ahead);
        let now = Now::new(move || present + TimeDelta::seconds(seconds.load(Ordering::Relaxed)));
        let clock = Clock::Fixed(present);
        let workers = arena::options(&layout);
        let parts = AppParts::over(layout, clock, index(&env.home()), Cancel::new(), Arc::clone(&sync) as _);
        let app = Arc::new(App::new(AppParts { cache, now, workers, ..parts }));
        let keys = KeyRing::open(KeyFile::new(&env.home().join("keys.toml")), None).unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = HttpServer::new(Arc::clone(&app), keys, HttpOptions::default(), listener).unwrap();
        let stop = Cancel::new();
        let until = stop.clone();
        runtime.spawn(async move { server.serve(&until).await });
        let server = Self { app, sync, address, ahead, stop, _runtime: runtime };
        // What is said once, that nothing new can arrive, is said here.
        assert_eq!(server.ask("query", &json!({"sql": "SELECT 1 AS n"})).status, 200);
        server.sync.questions.lock().unwrap().clear();
        server
    }

    fn ask(&self, tool: &str, arguments: &Value) -> Reply {
        Request::post(&format!("/tools/{tool}"), arguments).send_to(&self.address)
    }

    /// The answer, and whether it was made before.
    fn search(&self, arguments: &Value) -> (Value, bool) {
        let reply = self.ask("search_conversations", arguments);
        assert_eq!(reply.status, 200, "{reply:?}");
        (reply.json(), reply.header("Age").is_some())
    }

    fn counts(&self) -> (u64, u64) {
        let CacheCounts { hits, misses, .. } = self.app.cache_counts();
        (hits, misses)
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[test]
fn the_same_question_is_answered_once_until_a_sync_or_the_minute_ends() {
    let (standin, env) = world();
    let server = Local::start(&env, CacheLimits::default());
    let asked = json!({"query": "the OR a", "limit": 5});
    let (first, was_made) = server.search(&asked);
    assert!(!was_made);
    let same = json!({"limit": 5, "query": "the OR a"});
    assert_eq!(server.search(&same), (first.clone(), true));
    assert_eq!(server.counts(), (1, 1));
    let other = json!({"limit": 6, "query": "the OR a"});
    assert!(!server.search(&other).1);

    standin.pass(120);
    assert!(env.fi(&["sync"]).code == Some(0));
    let (_, was_made) = server.search(&asked);
    assert!(!was_made, "a sync came in between");
    assert!(server.search(&asked).1);
    server.ahead.store(61, Ordering::Relaxed);
    assert!(!server.search(&asked).1, "the minute is over");
    assert_eq!(server.app.cache_counts().entries, 1);
}

#[test]
fn an_answer_given_again_says_how_far_behind_the_data_is_now() {
    let (_standin, env) = world();
    let [kept, fresh] = [CacheLimits::default(), CacheLimits { most_bytes: 0, ..CacheLimits::default() }]
        .map(|cache| Local::start(&env, cache));
    let questions = [
        json!({}),
        json!({"query": "the OR a", "response_format": "concise"}),
        json!({"timeframe": "last month"}),
        json!({"created_after": "2026-10-01T00:00:00", "created_before": "2026-11-20T23:59:59"}),
    ];
    for seconds in [3_600, 3_605, 3_659] {
        for server in [&kept, &fresh] {
            server.ahead.store(seconds, Ordering::Relaxed);
        }
        let ages =
            [&kept, &fresh].map(|server| questions.each_ref().map(|question| server.search(question).0));
        for (question, (again, anew)) in questions.iter().zip(ages[0].iter().zip(&ages[1])) {
            assert_eq!(again, anew, "{question} after {seconds} s");
        }
    }
    assert_eq!(fresh.counts(), (0, 0));
    // Beyond an hour two answers say so, and are made anew.
    assert_eq!(kept.counts(), (6, 6));
    assert_eq!(kept.sync.questions.lock().unwrap().len(), 12, "every question is heard of");
}

#[test]
fn who_asks_the_same_at_the_same_time_waits_for_one_answer() {
    let (_standin, env) = world();
    let server = Local::start(&env, CacheLimits::default());
    let asked = json!({"query": "the OR a OR i", "limit": 50});
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..16).map(|_| scope.spawn(|| server.search(&asked).0)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(server.counts(), (15, 1));
}

#[test]
fn what_goes_wrong_is_not_kept() {
    let (_standin, env) = world();
    let server = Local::start(&env, CacheLimits::default());
    let ask = |tool: &str, arguments: Value| {
        let reply = server.ask(tool, &arguments);
        (reply.status, reply.header("Age").is_some())
    };
    for _ in 0..2 {
        assert_eq!(ask("search_conversations", json!({"timeframe": "some day"})), (400, false));
        assert_eq!(ask("get_data_info", json!({})), (200, false));
        assert_eq!(ask("get_sync_status", json!({})), (200, false));
        assert_eq!(ask("query", json!({"sql": "SELECT random()"})), (200, false));
    }
    assert_eq!(server.app.cache_counts().entries, 0);
    let question = || json!({"metrics": ["conversations"], "group_by": ["week"]});
    assert_eq!(ask("analyze_conversations", question()), (200, false));
    assert_eq!(ask("analyze_conversations", question()), (200, true));
}
