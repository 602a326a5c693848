//! What every request passes: the name it came by, the page it comes from, the key, how much was asked, and its size.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION,
    CONTENT_TYPE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;
use tokio::time::timeout;

use super::Shared;
use super::answer::{later, refusal, unauthorized};
use super::keys::{Caller, SCOPES};
use super::limits::{Running, TooMuch};
use super::webhooks::WEBHOOK_PATH;

/// Bytes of a body at most.
const MOST_BODY_BYTES: usize = 1 << 20;
/// How long a body may take.
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// What takes no key: whether the server lives and is ready, and what Intercom signed.
const OPEN: &[&str] = &["/health", "/ready", WEBHOOK_PATH];
/// What pages may send.
const PAGE_METHODS: &str = "GET, POST, OPTIONS";

/// Lets a request through or says why not.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let origins = &shared.options.origins;
    if !origins.allows_host(request.uri(), request.headers()) {
        let message = "this server is not known by that name: --allowed-host NAME allows it";
        return refusal(StatusCode::FORBIDDEN, "host_not_allowed", message);
    }
    if !origins.allows_page(request.headers()) {
        let message = "pages of that origin may not ask this server: --allowed-origin https://… allows it";
        return refusal(StatusCode::FORBIDDEN, "origin_not_allowed", message);
    }
    let page = request.headers().get(ORIGIN).cloned();
    let response = match request.method() {
        &Method::OPTIONS if page.is_some() => no_content(),
        _ => admitted(&shared, request, next).await,
    };
    match page {
        Some(page) => for_page(response, page, shared.options.key_header.as_str()),
        None => response,
    }
}

/// Answers who has a key, or asks what takes none.
async fn admitted(shared: &Shared, mut request: Request, next: Next) -> Response {
    if OPEN.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let Some(caller) = caller(shared, request.headers()) else {
        tracing::info!(path = request.uri().path(), "refused a request without a key that is known");
        return unauthorized(shared.options.key_header.as_str());
    };
    let running = match shared.callers.begin(&caller.name, Instant::now()) {
        Ok(running) => running,
        Err(TooMuch::Often(wait)) => {
            let seconds = wait.as_secs_f64().ceil() as u64;
            let message = "this key asked too often within a minute";
            return later(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message, seconds);
        }
        Err(TooMuch::AtOnce) => {
            let message = "this key asks too much at the same time";
            return later(StatusCode::TOO_MANY_REQUESTS, "too_many_at_once", message, 1);
        }
    };
    request.extensions_mut().insert(caller);
    let (parts, body) = request.into_parts();
    let body = match timeout(BODY_WITHIN, to_bytes(body, MOST_BODY_BYTES)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let message = format!("the body of a request has at most {MOST_BODY_BYTES} bytes");
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", &message);
        }
        Err(_) => {
            let message = format!("the body did not come within {} seconds", BODY_WITHIN.as_secs());
            return refusal(StatusCode::REQUEST_TIMEOUT, "body_too_slow", &message);
        }
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    counted_until_sent(response, running)
}

/// Whose key came with a request; of a server without keys, which only this machine reaches, everybody is its owner.
fn caller(shared: &Shared, headers: &HeaderMap) -> Option<Caller> {
    if shared.is_open() {
        return Some(Caller::new("local", SCOPES));
    }
    let bearer = || {
        let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    };
    let named = || headers.get(&shared.options.key_header)?.to_str().ok().map(str::trim);
    shared.keys.caller(bearer().or_else(named)?)
}

/// An answer that comes bit by bit is under way until its last.
fn counted_until_sent(response: Response, running: Running) -> Response {
    let is_a_stream = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    if !is_a_stream {
        return response;
    }
    let (parts, body) = response.into_parts();
    let stream = body.into_data_stream().map(move |chunk| {
        let _until_the_last = &running;
        chunk
    });
    Response::from_parts(parts, Body::from_stream(stream))
}

fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Lets a page that may ask see the answer.
fn for_page(mut response: Response, page: HeaderValue, key_header: &str) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, page);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(PAGE_METHODS));
    let allowed = format!(
        "authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, {}",
        key_header.to_ascii_lowercase()
    );
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    headers.insert(VARY, HeaderValue::from_static("origin"));
    response
}
