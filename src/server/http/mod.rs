//! The same server over HTTP: MCP at `/mcp`, tools for programs at `/tools/{name}`, what operators ask, and what
//! Intercom tells of at `/webhooks/intercom`.
//!
//! Every request passes [`guard`]: only what tells whether the server lives is answered to somebody without a key, and
//! what Intercom signed.

mod accept;
mod answer;
mod guard;
mod health;
mod keys;
mod limits;
mod origin;
mod rest;
mod scope;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use tokio::net::TcpListener;

pub use keys::{Caller, KeyError, KeyFile, KeyRing, SCOPES, Scope, StoredKey};
pub use limits::CallerLimits;
pub use origin::Origins;
pub(super) use scope::scope_of;
pub use webhooks::{WEBHOOK_PATH, WebhookCounts, Webhooks};

use super::app::App;
use super::mcp::Mcp;
use crate::cancel::Cancel;

/// How a server over HTTP is set up.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Names and pages that are allowed beside this machine itself.
    pub origins: Origins,
    /// The header that may carry a key, beside `Authorization`.
    pub key_header: HeaderName,
    /// Connections at the same time.
    pub most_connections: usize,
    /// How much one key may ask.
    pub caller_limits: CallerLimits,
    /// How long answers under way may take when the server ends.
    pub last_answers: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            origins: Origins::default(),
            key_header: HeaderName::from_static("x-api-key"),
            most_connections: 12_000,
            caller_limits: CallerLimits::default(),
            last_answers: Duration::from_secs(10),
        }
    }
}

/// What all requests share.
struct Shared {
    app: Arc<App>,
    keys: KeyRing,
    callers: limits::Callers,
    options: HttpOptions,
    /// Whether nobody but this machine reaches the server, so that it may go without keys.
    is_local: bool,
    /// Whether there ever was a key: the last one revoked opens nothing.
    has_keys: AtomicBool,
}

impl Shared {
    /// Whether a request needs no key.
    fn is_open(&self) -> bool {
        if !self.keys.is_empty() {
            self.has_keys.store(true, Ordering::Relaxed);
        }
        self.is_local && !self.has_keys.load(Ordering::Relaxed)
    }
}

/// A server over HTTP.
pub struct HttpServer {
    shared: Arc<Shared>,
    listener: TcpListener,
    webhooks: Option<Arc<Webhooks>>,
}

/// Why a server cannot be.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Others could ask it, and there is no key.
    #[error("without a key this server listens on this machine only, not on {0}")]
    NoKey(std::net::SocketAddr),
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
        let callers = limits::Callers::new(options.caller_limits);
        let has_keys = AtomicBool::new(!keys.is_empty());
        let shared = Arc::new(Shared { app, keys, callers, options, is_local, has_keys });
        Ok(Self { shared, listener, webhooks: None })
    }

    /// Takes webhooks too.
    #[must_use]
    pub fn with_webhooks(self, webhooks: Webhooks) -> Self {
        Self { webhooks: Some(Arc::new(webhooks)), ..self }
    }

    /// Serves until `stop` is raised and what was under way then has ended.
    pub async fn serve(self, stop: &Cancel) {
        let options = &self.shared.options;
        let (most, last) = (options.most_connections, options.last_answers);
        let router = router(&self.shared, self.webhooks);
        accept::accept(self.listener, router, most, stop, last).await;
    }
}

fn router(shared: &Arc<Shared>, webhooks: Option<Arc<Webhooks>>) -> Router {
    let mcp = Mcp::new(Arc::clone(&shared.app));
    // Host, origin and size are the guard's, which knows what was allowed.
    let config =
        StreamableHttpServerConfig::default().disable_allowed_hosts().with_legacy_session_mode(false);
    let mcp =
        StreamableHttpService::new(move || Ok(mcp.clone()), LocalSessionManager::default().into(), config);
    Router::new()
        .route("/health", get(health::live))
        .route("/ready", get(health::ready))
        .route("/tools", get(rest::list))
        .route("/tools/{name}", post(rest::call))
        .route("/mcp/tools/{name}", post(rest::call))
        .nest_service("/mcp", mcp)
        .fallback(nothing_there)
        .with_state(Arc::clone(shared))
        .merge(webhooks::router(webhooks))
        .layer(from_fn_with_state(Arc::clone(shared), guard::guard))
}

async fn nothing_there(request: Request) -> Response {
    let message = format!(
        "there is nothing at {}: MCP clients use /mcp, programs POST to /tools/NAME, and GET /tools lists the tools",
        request.uri().path()
    );
    answer::refusal(StatusCode::NOT_FOUND, "not_found", &message)
}
