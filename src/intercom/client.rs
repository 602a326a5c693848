//! The client: options, transport, limiter and counters in one handle that is cheap to clone. The calls
//! themselves are in the files named after what they fetch; the request loop is in `exchange`.

use std::sync::Arc;

use reqwest::header::HeaderMap;
use secrecy::ExposeSecret;

use super::limit::{Limiter, LimiterState};
use super::options::{ClientOptions, OptionsError, is_loopback};
use super::region::ApiVersion;
use super::request;
use super::reqwest_transport::ReqwestTransport;
use super::stats::{Recorder, Stats};
use super::transport::Transport;

/// Talks to one workspace. Clones share the connection pool, the rate limit and the counters.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) options: ClientOptions,
    pub(super) headers: HeaderMap,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) limiter: Arc<Limiter>,
    pub(super) stats: Recorder,
    /// Intercom allows one open companies scroll per workspace.
    pub(super) scroll: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = self.inner.options.base_url.host_str();
        f.debug_struct("Client").field("host", &host).finish_non_exhaustive()
    }
}

impl Client {
    /// A client over the network.
    ///
    /// # Errors
    /// When the options cannot work.
    pub fn new(options: ClientOptions) -> Result<Self, OptionsError> {
        options.check()?;
        let transport = Arc::new(ReqwestTransport::new(&options)?);
        Self::with_transport(options, transport)
    }

    /// A client over any transport.
    ///
    /// # Errors
    /// When the options cannot work.
    pub fn with_transport(
        options: ClientOptions,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, OptionsError> {
        let limiter = Arc::new(Limiter::new(options.share, options.retry.rate_limited_for));
        Self::with_limiter(options, transport, limiter)
    }

    /// A client that shares the rate limit of other clients with the same token.
    ///
    /// # Errors
    /// When the options cannot work.
    pub fn with_limiter(
        options: ClientOptions,
        transport: Arc<dyn Transport>,
        limiter: Arc<Limiter>,
    ) -> Result<Self, OptionsError> {
        options.check()?;
        let headers = request::headers(&options)?;
        let (stats, scroll) = (Recorder::new(), tokio::sync::Mutex::new(()));
        let inner = Inner { options, headers, transport, limiter, stats, scroll };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What was done so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.stats.snapshot()
    }

    /// What the rate limit is doing now.
    #[must_use]
    pub fn limiter(&self) -> LimiterState {
        self.inner.limiter.state()
    }

    /// Where it asks, if that is on this machine.
    #[must_use]
    pub fn local_address(&self) -> Option<String> {
        is_loopback(&self.inner.options.base_url).then(|| self.inner.host())
    }

    /// The version every request asks for.
    #[must_use]
    pub fn version(&self) -> ApiVersion {
        self.inner.options.version
    }
}

impl Inner {
    pub(super) fn secret(&self) -> &str {
        self.options.token.expose_secret().trim()
    }

    pub(super) fn host(&self) -> String {
        let url = &self.options.base_url;
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}
