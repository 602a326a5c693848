//! `/webhooks/intercom`: notifications of Intercom, let in by their signature and by nothing else.
//!
//! What they say is not used, only what they are about (`sync::hints`), and that is answered once it would survive a
//! power loss. Never 429: Intercom would throttle for up to two hours, and drop what it cannot bring meanwhile.

mod body;
mod counts;
mod sources;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, head};
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::timeout;

pub use counts::WebhookCounts;

use self::counts::{Counts, Ending};
use self::sources::Sources;
use super::Shared;
use super::answer::{json, later, refusal};
use super::connection::Peer;
use super::places::whose;
use crate::intercom::webhook::{
    Notification, SIGNATURE_HEADER, Subject, parse_notification, verify_signature,
};
use crate::sync::Now;
use crate::sync::hints::{Hint, HintLog, NotStored};

/// Where Intercom posts to.
pub const WEBHOOK_PATH: &str = "/webhooks/intercom";

/// Bytes of bodies in memory at most, of all requests together: the senders are not known yet.
const MOST_BYTES_AT_ONCE: usize = 64 << 20;
/// How long storing may take; Intercom waits five seconds in all.
const STORED_WITHIN: Duration = Duration::from_secs(3);
/// In how many seconds it makes sense to come again.
const AGAIN_SECONDS: u64 = 60;

/// Takes notifications.
pub struct Webhooks {
    secrets: Vec<SecretString>,
    log: HintLog,
    now: Now,
    room: Arc<Semaphore>,
    counts: Counts,
    sources: Sources,
}

impl Webhooks {
    /// Takes what is signed with one of these secrets.
    pub fn new(secrets: Vec<SecretString>, log: HintLog, now: Now) -> Self {
        let room = Arc::new(Semaphore::new(MOST_BYTES_AT_ONCE));
        Self { secrets, log, now, room, counts: Counts::default(), sources: Sources::default() }
    }

    /// What came so far.
    pub fn counts(&self) -> WebhookCounts {
        self.counts.now()
    }

    async fn receive(&self, request: Request) -> Result<Ending, Ending> {
        let (parts, body) = request.into_parts();
        let signature = signature(&parts.headers).ok_or(Ending::Forged)?;
        let peer = parts.extensions.get::<Peer>();
        let source = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| whose(peer.0.ip().to_canonical()));
        let body = body::read(&parts.headers, body, &self.room).await?;
        let looking = self.sources.begin(source, Instant::now()).ok_or(Ending::Suspect)?;
        let is_genuine = verify_signature(body.bytes(), &signature, &self.secrets);
        self.sources.judged(source, is_genuine, Instant::now());
        drop(looking);
        if !is_genuine {
            return Err(Ending::Forged);
        }
        let notification = parse_notification(body.bytes()).map_err(|error| {
            tracing::warn!(%error, "a signed delivery is no notification");
            Ending::Unreadable
        })?;
        drop(body);
        self.keep(&notification).await
    }

    /// Stores what a genuine notification hints at.
    async fn keep(&self, notification: &Notification) -> Result<Ending, Ending> {
        if notification.subject == Subject::Ping {
            return Ok(Ending::Ping);
        }
        let hints = Hint::of(notification, (self.now)().timestamp());
        if hints.is_empty() {
            tracing::debug!(topic = notification.topic, "a webhook names nothing that is synced");
            return Ok(Ending::Ignored);
        }
        if notification.id.as_deref().is_some_and(|id| self.log.has(id)) {
            return Ok(Ending::Known);
        }
        match timeout(STORED_WITHIN, self.log.store(&hints)).await {
            Ok(Ok(())) => Ok(Ending::Stored),
            Ok(Err(NotStored::Busy)) | Err(_) => Err(Ending::Busy),
            Ok(Err(NotStored::Full | NotStored::Disk(_))) => Err(Ending::Full),
        }
    }
}

/// What answers there, also where no notifications are taken: then it says what is missing.
pub(super) fn methods() -> MethodRouter<Arc<Shared>> {
    head(probed).post(posted).fallback(only_posts)
}

/// Intercom asks with HEAD when an endpoint is saved.
async fn probed(State(shared): State<Arc<Shared>>) -> StatusCode {
    if shared.webhooks.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

async fn posted(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let Some(webhooks) = &shared.webhooks else { return not_set_up() };
    let (Ok(ending) | Err(ending)) = webhooks.receive(request).await;
    webhooks.counts.add(ending);
    answer(ending)
}

async fn only_posts(State(shared): State<Arc<Shared>>) -> Response {
    if shared.webhooks.is_none() {
        return not_set_up();
    }
    let message = "this is where Intercom posts notifications; `fi webhooks check` tells how to set that up";
    refusal(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}

fn not_set_up() -> Response {
    let message = "this server takes no webhooks: whoever runs it sets webhook_secret, and `fi webhooks check` tells how";
    refusal(StatusCode::SERVICE_UNAVAILABLE, "webhooks_not_set_up", message)
}

fn signature(headers: &HeaderMap) -> Option<String> {
    headers.get(SIGNATURE_HEADER)?.to_str().ok().map(str::to_owned)
}

fn answer(ending: Ending) -> Response {
    let unavailable = |code, message| later(StatusCode::SERVICE_UNAVAILABLE, code, message, AGAIN_SECONDS);
    match ending {
        Ending::Stored | Ending::Known | Ending::Ping | Ending::Ignored => {
            json(StatusCode::OK, &json!({"received": true}))
        }
        Ending::Forged => {
            let message =
                "the signature is missing or wrong: X-Hub-Signature is sha1= and the HMAC of the body";
            refusal(StatusCode::UNAUTHORIZED, "wrong_signature", message)
        }
        Ending::Unreadable => {
            let message = "the body is no notification: a JSON object with a topic, such as \"ping\"";
            refusal(StatusCode::BAD_REQUEST, "no_notification", message)
        }
        Ending::Broken => refusal(StatusCode::BAD_REQUEST, "body_broken", "the body broke off"),
        Ending::TooLarge => {
            let message = format!("a notification has at most {} bytes", body::MOST_BODY_BYTES);
            refusal(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", &message)
        }
        Ending::TooSlow => {
            let message = format!("the body did not come within {} seconds", body::BODY_WITHIN.as_secs());
            refusal(StatusCode::REQUEST_TIMEOUT, "body_too_slow", &message)
        }
        Ending::Suspect => unavailable("busy", "too much from this address had a wrong signature"),
        Ending::Busy => unavailable("busy", "more comes than can be stored"),
        Ending::Full => {
            unavailable("cannot_store", "what comes cannot be stored now; the next syncs bring it")
        }
    }
}
