//! Delivers notifications the way Intercom does: signed, impatient, with one retry, sometimes twice and
//! not always in order.

use super::payload::Payload;
use super::{Delivery, Outbox, Transport, WebhookTarget};
use crate::demo::server::DemoServer;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature");
/// How long a throttled receiver is asked again.
const THROTTLED_FOR: Duration = Duration::from_secs(2 * 3_600);
/// How far a notification falls back if it is to be overtaken.
const DETOUR: Duration = Duration::from_millis(1_500);

/// Requests over the network.
pub(crate) fn http(target: &WebhookTarget) -> Result<Transport, reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().timeout(target.timeout).build()?;
    let url = target.url.clone();
    Ok(Arc::new(move |method, headers, body| {
        let request = client.request(method, &url).headers(headers).body(body);
        Box::pin(async move { request.send().await.ok().map(|response| response.status().as_u16()) })
    }))
}

/// `sha1=` and the HMAC of the raw body.
fn signature(secret: &str, body: &[u8]) -> String {
    let mut signature = String::from("sha1=");
    if let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) {
        mac.update(body);
        for byte in mac.finalize().into_bytes() {
            // Writing to a String cannot fail.
            let _ = write!(signature, "{byte:02x}");
        }
    }
    signature
}

/// Sends a notification in the background, with all that can come of it.
pub(crate) fn start(server: DemoServer, target: WebhookTarget, payload: Payload, chance: u64) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let twice = (chance % 1_000) as f64 / 1_000.0 < target.duplicates;
    let late = target.reorder && (chance / 1_000).is_multiple_of(3);
    if twice {
        runtime.spawn(deliver(server.clone(), target.clone(), payload.clone(), false));
    }
    runtime.spawn(deliver(server, target, payload, late));
}

async fn deliver(server: DemoServer, target: WebhookTarget, payload: Payload, late: bool) {
    if late {
        tokio::time::sleep(DETOUR).await;
    }
    let status = once(server.outbox(), &target, &payload, 1).await;
    match status {
        Some(200..300) => {}
        Some(410) => server.clear_webhook(),
        Some(429) => throttled(&server, &target, &payload).await,
        _ => {
            tokio::time::sleep(target.retry_after).await;
            if once(server.outbox(), &target, &payload, 2).await == Some(410) {
                server.clear_webhook();
            }
        }
    }
}

/// A receiver that asks for patience is asked again, ever more rarely, for two hours.
async fn throttled(server: &DemoServer, target: &WebhookTarget, payload: &Payload) {
    let (mut pause, mut waited, mut attempt) = (target.retry_after, Duration::ZERO, 1);
    while waited < THROTTLED_FOR {
        tokio::time::sleep(pause).await;
        waited += pause;
        pause *= 2;
        attempt += 1;
        if once(server.outbox(), target, payload, attempt).await != Some(429) {
            return;
        }
    }
}

/// One attempt, noted in the log.
pub(crate) async fn once(
    outbox: &Outbox,
    target: &WebhookTarget,
    payload: &Payload,
    attempt: u32,
) -> Option<u16> {
    let transport = target.transport.as_ref()?;
    let body = payload.bytes(attempt);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("intercom-parrot-service-client/1.0"));
    if let Ok(value) = HeaderValue::from_str(&signature(&target.client_secret, &body)) {
        headers.insert(SIGNATURE, value);
    }
    let answer =
        tokio::time::timeout(target.timeout, transport(Method::POST, headers, Bytes::from(body))).await;
    let status = answer.ok().flatten();
    outbox.record(Delivery { id: payload.id.clone(), topic: payload.topic.clone(), attempt, status });
    status
}
