//! The same server over HTTP: MCP at `/mcp`, tools for programs at `/tools/{name}`, addresses at `/api/v1`, what operators
//! ask, and what Intercom tells of at `/webhooks/intercom`.
//!
//! Every request passes [`guard`]: only what tells whether the server lives and how it is asked is answered to somebody
//! without a key, and what Intercom signed.

mod accept;
mod answer;
mod api;
mod calling;
mod connection;
mod guard;
mod health;
mod kept;
mod keys;
mod limits;
mod metrics;
mod origin;
mod pace;
mod places;
mod record;
mod rest;
mod routes;
mod scope;
mod stop;
mod tls;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

pub use keys::{Caller, KeyError, KeyFile, KeyRing, SCOPES, Scope, StoredKey};
pub use limits::CallerLimits;
pub use origin::Origins;
pub use pace::Times;
pub use routes::{Access, ROUTES, Route};
pub(super) use scope::scope_of;
pub use tls::{TlsError, TlsFiles};
pub use webhooks::{WEBHOOK_PATH, WebhookCounts, Webhooks};

use metrics::Requests;
use places::Places;
use stop::Stop;

use super::app::App;
use crate::cancel::Cancel;

/// Requests of MCP that are answered or wait at the same time.
const MOST_OF_MCP: usize = 72;

/// How a server over HTTP is set up.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Names and pages that are allowed beside this machine itself.
    pub origins: Origins,
    /// The header that may carry a key, beside `Authorization`.
    pub key_header: HeaderName,
    /// Connections at the same time.
    pub most_connections: usize,
    /// Those of one address.
    pub most_per_address: usize,
    /// Whether this machine may read the figures without a key.
    pub metrics_open: bool,
    /// How long things may take on a connection.
    pub times: Times,
    /// What connections are encrypted with, if they are.
    pub tls: Option<Arc<TlsFiles>>,
    /// How much one key may ask.
    pub caller_limits: CallerLimits,
    /// How long answers under way may take when the server ends; then they are given up.
    pub last_answers: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            origins: Origins::default(),
            key_header: HeaderName::from_static("x-api-key"),
            most_connections: 12_000,
            most_per_address: 512,
            metrics_open: false,
            times: Times::default(),
            tls: None,
            caller_limits: CallerLimits::default(),
            last_answers: Duration::from_secs(6),
        }
    }
}

/// What all requests share.
struct Shared {
    app: Arc<App>,
    keys: KeyRing,
    callers: limits::Callers,
    places: Arc<Places>,
    requests: Requests,
    /// For requests of MCP that are answered or wait.
    mcp_places: Arc<Semaphore>,
    readiness: health::Readiness,
    /// What takes notifications of Intercom, where there is a secret to know them by.
    webhooks: Option<Webhooks>,
    options: HttpOptions,
    /// Raised when whoever still waits for an answer of MCP is told that there will be none.
    ending: Cancel,
    /// Whether nobody but this machine reaches the server, so that it may go without keys.
    is_local: bool,
    /// Whether there ever was a key: the last one revoked opens nothing.
    has_keys: AtomicBool,
}

impl Shared {
    /// Whether a request needs no key.
    fn is_open(&self) -> bool {
        if !self.is_local || self.has_keys.load(Ordering::Relaxed) {
            return false;
        }
        let is_open = self.keys.is_empty();
        self.has_keys.store(!is_open, Ordering::Relaxed);
        is_open
    }
}

/// A server over HTTP.
pub struct HttpServer {
    shared: Shared,
    listener: TcpListener,
}

/// Why a server cannot be.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Others could ask it, and there is no key.
    #[error("without a key this server listens on this machine only, not on {0}")]
    NoKey(std::net::SocketAddr),
    /// Others could ask it through a proxy, and there is no key.
    #[error("without a key this server is for this machine only, and not known as {0}")]
    NoKeyFor(String),
    /// It is not known where it listens.
    #[error("the address of the server cannot be told")]
    NoAddress(#[source] std::io::Error),
}

impl HttpServer {
    /// On a socket; whoever listens for others than this machine has keys.
    ///
    /// # Errors
    /// When it has none.
    pub fn new(
        app: Arc<App>,
        keys: KeyRing,
        options: HttpOptions,
        listener: TcpListener,
    ) -> Result<Self, HttpError> {
        let address = listener.local_addr().map_err(HttpError::NoAddress)?;
        let is_local = address.ip().is_loopback();
        if !is_local && keys.is_empty() {
            return Err(HttpError::NoKey(address));
        }
        if let Some(host) = options.origins.hosts.first().filter(|_| keys.is_empty()) {
            return Err(HttpError::NoKeyFor(host.clone()));
        }
        let callers = limits::Callers::new(options.caller_limits);
        let places = Arc::new(Places::new(options.most_connections, options.most_per_address));
        let has_keys = AtomicBool::new(!keys.is_empty());
        let shared = Shared {
            app,
            keys,
            callers,
            places,
            requests: Requests::default(),
            mcp_places: Arc::new(Semaphore::new(MOST_OF_MCP)),
            readiness: health::Readiness::default(),
            webhooks: None,
            options,
            ending: Cancel::new(),
            is_local,
            has_keys,
        };
        Ok(Self { shared, listener })
    }

    /// Takes webhooks too.
    #[must_use]
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Self {
        self.shared.webhooks = Some(webhooks);
        self
    }

    /// Serves until `stop` is raised and what was under way then has ended.
    pub async fn serve(self, stop: &Cancel) {
        let Self { shared, listener } = self;
        let shared = Arc::new(shared);
        let stop = Stop::new(stop, shared.options.last_answers);
        let (ending, last_words) = (shared.ending.clone(), stop.clone());
        tokio::spawn(async move {
            last_words.nearly_late().await;
            ending.cancel();
        });
        let router = router(&shared, &stop);
        accept::accept(listener, router, Arc::clone(&shared.places), &shared.options, &stop).await;
    }
}

fn router(shared: &Arc<Shared>, stop: &Stop) -> Router {
    routes::router(shared)
        .fallback(nothing_there)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(stop.clone(), stop::give_up))
        .layer(from_fn_with_state(Arc::clone(shared), guard::guard))
        .with_state(Arc::clone(shared))
}

async fn nothing_there() -> Response {
    let message = "there is nothing at this address: MCP clients use /mcp, programs POST to /tools/NAME or use /api/v1, and \
                   GET / tells what is here";
    answer::refusal(StatusCode::NOT_FOUND, "not_found", message)
}

async fn wrong_method() -> Response {
    let message = "this method is not for this address; the header Allow tells which is";
    answer::refusal(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}
