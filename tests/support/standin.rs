//! The stand-in API on a free port, with a thread of its own, for tests that run the built `fi` against it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use chrono::DateTime;
use fastintercom::demo::{
    Clock, DemoServer, Running, ServerOptions, Stats, WebhookTarget, Workspace, WorkspaceParams,
};
use tokio::runtime::{Builder, Runtime};

use super::cli::{CANARY, NOW, TestEnv};

/// A running stand-in. It stops when it goes out of scope.
pub(crate) struct StandIn {
    pub(crate) server: DemoServer,
    running: Running,
    /// How far its clock was put forward, in seconds.
    ahead: Arc<AtomicI64>,
    runtime: Runtime,
}

impl StandIn {
    /// A small company, 30 conversations in 40 days.
    pub(crate) fn new() -> Self {
        Self::with(30, ServerOptions::default())
    }

    /// A company of this many conversations, served in this way. It is as late there as in the tests' worlds.
    pub(crate) fn with(conversations: usize, options: ServerOptions) -> Self {
        let now = DateTime::parse_from_rfc3339(NOW).expect("the tests' present is a time").timestamp();
        let params = WorkspaceParams { conversations, days: 40, now, ..WorkspaceParams::default() };
        let begun = Instant::now();
        let ahead = Arc::new(AtomicI64::new(0));
        let more = Arc::clone(&ahead);
        let clock = Clock::new(move || {
            (now + more.load(Ordering::Relaxed)) * 1_000 + begun.elapsed().as_millis() as i64
        });
        let server = DemoServer::new(Workspace::generate(&params), ServerOptions { clock, ..options });
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let running = runtime.block_on(server.bind(0)).expect("a free port");
        Self { server, running, ahead, runtime }
    }

    /// Lets so many seconds pass there: changes of the same second are one to whoever lists by time.
    pub(crate) fn pass(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        self.running.base_url()
    }

    /// A world whose settings lead here, with the canary for a token.
    pub(crate) fn env(&self) -> TestEnv {
        self.env_with_token(CANARY)
    }

    /// The same with another token.
    pub(crate) fn env_with_token(&self, token: &str) -> TestEnv {
        TestEnv::new().with("FASTINTERCOM_API_URL", self.url()).with("INTERCOM_ACCESS_TOKEN", token)
    }

    /// Tells a receiver of changes from now on, as webhooks.
    pub(crate) fn tell(&self, target: WebhookTarget) {
        self.runtime.block_on(self.server.set_webhook(target)).expect("the receiver answers");
    }

    /// Changes something there, where deliveries can begin.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&DemoServer) -> T) -> T {
        let _entered = self.runtime.enter();
        change(&self.server)
    }

    /// What it has seen.
    pub(crate) fn stats(&self) -> Stats {
        self.server.stats()
    }
}
