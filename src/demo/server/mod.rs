//! A stand-in for Intercom's REST API, faithful enough that a client correct against it is correct against
//! Intercom: its search grammar, cursors, versions, rate limit, index delay and webhooks, and its faults.
//!
//! Owns the server; the data and the JSON are `workspace`'s and `wire`'s.

mod base64;
mod changes;
mod clock;
mod counters;
mod endpoints;
mod error;
mod faults;
mod gate;
mod index;
mod limiter;
mod listen;
mod options;
mod reply;
mod routes;
mod search;
mod state;
mod webhook;

pub use clock::Clock;
pub use counters::Stats;
pub use faults::{FaultInfo, FaultKind, FaultPlan, Faults, FaultsError, When};
pub use listen::Running;
pub use options::{Latency, Scope, ServerOptions};
pub use webhook::{Delivery, WebhookError, WebhookTarget};

use super::workspace::Workspace;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::Response;
use state::Inner;
use std::io;
use std::sync::Arc;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::Predicate;

/// A stand-in for Intercom's API. Clones are handles to the same server.
#[derive(Clone)]
pub struct DemoServer {
    inner: Arc<Inner>,
}

impl DemoServer {
    /// A server of a workspace.
    pub fn new(workspace: Workspace, options: ServerOptions) -> Self {
        Self { inner: Arc::new(Inner::new(workspace, options)) }
    }

    /// Answers one request without a socket and without compression.
    pub async fn call(&self, request: Request) -> axum::response::Response {
        let answer = gate::handle(&self.inner, request).await;
        self.announce_all();
        answer
    }

    /// The server as routes, for use without a socket or inside another server.
    pub fn router(&self) -> Router {
        let answer = |State(server): State<Self>, request: Request| async move { server.call(request).await };
        let router = Router::new().fallback(answer).with_state(self.clone());
        if !self.inner.options.gzip {
            return router;
        }
        router.layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(Compressible))
    }

    /// Listens on a port of this machine only; 0 is any free one.
    ///
    /// # Errors
    /// If the port is taken.
    pub async fn bind(&self, port: u16) -> io::Result<Running> {
        listen::bind(self, port).await
    }

    /// What the server has seen so far.
    pub fn stats(&self) -> Stats {
        self.inner.counters().stats.clone()
    }

    /// Forgets what it has seen.
    pub fn reset_stats(&self) {
        *self.inner.counters() = counters::Counters::default();
    }

    /// The options it was started with.
    pub fn options(&self) -> &ServerOptions {
        &self.inner.options
    }

    /// Looks at the workspace as it is now: the truth, whatever search knows yet.
    pub fn read<T>(&self, look: impl FnOnce(&Workspace) -> T) -> T {
        look(&self.inner.world().live)
    }

    /// A copy of the workspace as it is now; cheap, because what does not change is shared.
    pub fn snapshot(&self) -> Workspace {
        self.read(Workspace::clone)
    }
}

impl std::fmt::Debug for DemoServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoServer").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

/// Answers whose framing is not the point of a fault, and that are worth the effort.
#[derive(Clone, Copy)]
struct Compressible;

impl Predicate for Compressible {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &Response<B>) -> bool {
        response.extensions().get::<gate::AsIs>().is_none() && response.body().size_hint().lower() >= 860
    }
}
