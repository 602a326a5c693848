//! Webhooks: who is told about changes, and what happened when they were told.
//!
//! Owns the target and the log of deliveries; the payload and the sending are next door.

mod payload;
mod send;

use super::DemoServer;
use crate::demo::workspace::{Change, HexId};
use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Brings a request to the receiver; the status of the answer, or none if there was no answer.
pub(crate) type Transport =
    Arc<dyn Fn(Method, HeaderMap, Bytes) -> BoxFuture<'static, Option<u16>> + Send + Sync>;

/// Who is told about changes.
#[derive(Clone)]
pub struct WebhookTarget {
    /// Where the receiver listens.
    pub url: String,
    /// What payloads are signed with.
    pub client_secret: String,
    /// Share of notifications sent twice.
    pub duplicates: f64,
    /// Let every third notification be overtaken by later ones.
    pub reorder: bool,
    /// How long a receiver may take.
    pub timeout: Duration,
    /// After how long a failed delivery is tried once more.
    pub retry_after: Duration,
    transport: Option<Transport>,
}

impl WebhookTarget {
    /// A receiver at an address.
    pub fn new(url: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            client_secret: client_secret.into(),
            duplicates: 0.0,
            reorder: false,
            timeout: Duration::from_secs(5),
            retry_after: Duration::from_secs(60),
            transport: None,
        }
    }

    /// A receiver in this process, called without a socket: it works under paused time as well.
    pub fn local(
        client_secret: impl Into<String>,
        receive: impl Fn(Method, HeaderMap, Bytes) -> BoxFuture<'static, Option<u16>> + Send + Sync + 'static,
    ) -> Self {
        Self { transport: Some(Arc::new(receive)), ..Self::new("local:", client_secret) }
    }
}

impl std::fmt::Debug for WebhookTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookTarget").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Why a target was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The client could not be made.
    #[error("no HTTP client for webhooks")]
    Client(#[from] reqwest::Error),
    /// The receiver did not answer the HEAD request with 200.
    #[error("{url} answered the HEAD request with {}, not with 200", status.map_or_else(|| "nothing".to_owned(), |status| status.to_string()))]
    Probe {
        /// The receiver.
        url: String,
        /// What it answered, if it did.
        status: Option<u16>,
    },
}

/// One attempt to deliver a notification.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// `notif_…`; a retry or a duplicate has the same. None for a ping.
    pub id: Option<String>,
    /// What it is about.
    pub topic: String,
    /// 1, or 2 for the retry.
    pub attempt: u32,
    /// What the receiver answered, if it did in time.
    pub status: Option<u16>,
}

/// The target and the log.
pub(crate) struct Outbox {
    target: Mutex<Option<WebhookTarget>>,
    log: Mutex<Vec<Delivery>>,
    /// What requests changed and nobody was told of yet.
    changes: Mutex<Vec<Change>>,
    seed: u64,
    sent: AtomicU64,
}

impl Outbox {
    pub(crate) fn new(seed: u64) -> Self {
        let (log, changes) = (Mutex::default(), Mutex::default());
        Self { target: Mutex::new(None), log, changes, seed, sent: AtomicU64::new(0) }
    }

    fn target(&self) -> Option<WebhookTarget> {
        self.target.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, target: Option<WebhookTarget>) {
        *self.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    pub(crate) fn note(&self, change: Change) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).push(change);
    }

    fn changes(&self) -> Vec<Change> {
        std::mem::take(&mut *self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn record(&self, delivery: Delivery) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
    }

    /// A number and the chance that comes with it.
    fn draw(&self) -> (u64, u64) {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let mixed = (number + 1).wrapping_add(self.seed).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (number, mixed ^ (mixed >> 31))
    }
}

impl DemoServer {
    /// Asks a receiver with HEAD, greets it with a ping, and tells it about changes from now on.
    ///
    /// # Errors
    /// If the receiver does not answer the HEAD request with 200.
    pub async fn set_webhook(&self, mut target: WebhookTarget) -> Result<(), WebhookError> {
        let transport = match target.transport.take() {
            Some(transport) => transport,
            None => send::http(&target)?,
        };
        let status = transport(Method::HEAD, HeaderMap::new(), Bytes::new()).await;
        if status != Some(200) {
            return Err(WebhookError::Probe { url: target.url, status });
        }
        target.transport = Some(transport);
        let ping = payload::ping(self.inner.options.clock.now());
        send::once(&self.inner.outbox, &target, &ping, 1).await;
        self.inner.outbox.set(Some(target));
        Ok(())
    }

    /// Tells nobody any more.
    pub fn clear_webhook(&self) {
        self.inner.outbox.set(None);
    }

    /// All attempts to deliver so far, in the order they ended.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.outbox.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells the target about what requests changed.
    pub(super) fn announce_all(&self) {
        self.inner.outbox.changes().iter().for_each(|change| self.announce(change));
    }

    /// Tells the target about a change, if there is a target and a topic.
    pub(super) fn announce(&self, change: &Change) {
        let (Some(topic), Some(target)) = (change.topic, self.inner.outbox.target()) else { return };
        let (number, chance) = self.inner.outbox.draw();
        let envelope = payload::Envelope { topic, number, at: self.inner.options.clock.now() };
        let version = self.inner.options.default_version;
        let payload = self.read(|workspace| payload::conversation(workspace, version, &envelope, change));
        send::start(self.clone(), target, payload, chance);
    }

    /// Tells the target that a contact took over another.
    pub(super) fn announce_merge(&self, survivor: HexId) {
        let Some(target) = self.inner.outbox.target() else { return };
        let (number, chance) = self.inner.outbox.draw();
        let envelope =
            payload::Envelope { topic: "contact.merged", number, at: self.inner.options.clock.now() };
        let version = self.inner.options.default_version;
        let payload = self.read(|workspace| payload::contact(workspace, version, &envelope, survivor));
        send::start(self.clone(), target, payload, chance);
    }

    pub(super) fn outbox(&self) -> &Outbox {
        &self.inner.outbox
    }
}
