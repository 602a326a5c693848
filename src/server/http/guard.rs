//! What every request passes: the name it came by, the page it comes from, the key, how much was asked, and its size.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use super::answer::{forbidden, later, refusal, unauthorized};
use super::audited::Audited;
use super::connection::Peer;
use super::kept::Kept;
use super::keys::{Caller, SCOPES, Scope};
use super::limits::TooMuch;
use super::routes::{self, Access};
use super::{Shared, metrics};
use crate::server::asked::Asked;

/// Bytes of a body at most.
const MOST_BODY_BYTES: usize = 1 << 20;
/// The header with the id of a request, as it comes and as it goes.
const REQUEST_ID: &str = "x-request-id";
/// The header with the trace it is part of.
const TRACEPARENT: &str = "traceparent";
/// Headers that proxies add.
const PASSED_ON: &[&str] = &["forwarded", "x-forwarded-for", "x-real-ip", "via"];
/// What pages may send.
const PAGE_METHODS: &str = "GET, POST, OPTIONS";

/// Answers a request or says why not; counts it, and tells its id whatever comes of it.
pub(super) async fn guard(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let (_begun, started) = (shared.requests.begin(), Instant::now());
    let asked = asked(request.headers());
    request.extensions_mut().insert(asked.clone());
    let address = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_canonical());
    let (route, method) = (routes::of(&request), request.method().clone());
    let path = route.map_or("other", |route| route.path.as_str());
    let access = route.map_or(Access::Key, |route| route.access);
    let answered = async {
        let response = let_in(&shared, access, request, next).await;
        log(path, &method, &response, started);
        response
    };
    let mut response = asked.within(answered).await;
    let status = response.status().as_u16();
    shared.requests.answered(path, &method, status);
    if let Ok(id) = HeaderValue::from_str(asked.id()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if asked.noted().key.is_none() || path == metrics::PATH {
        return response;
    }
    let (shared, method) = (Arc::clone(&shared), method.to_string());
    until_sent(response, Audited { shared, asked, address, method, path, status, started })
}

fn asked(headers: &HeaderMap) -> Asked {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    Asked::new(header(REQUEST_ID), header(TRACEPARENT))
}

/// Tells of an answer: nothing that came from outside but the method, and what monitors ask only to those who want
/// every detail.
fn log(path: &str, method: &Method, response: &Response, started: Instant) {
    let status = response.status().as_u16();
    let milliseconds = started.elapsed().as_millis() as u64;
    let key = Asked::current().and_then(|asked| asked.noted().key.clone());
    let key = key.as_deref().unwrap_or("none");
    match path {
        "/health" | "/ready" | metrics::PATH => {
            tracing::debug!(%method, path, status, milliseconds, key, "answered a request");
        }
        _ => tracing::info!(%method, path, status, milliseconds, key, "answered a request"),
    }
}

/// Lets a request in that came by a name and from a page that are allowed.
async fn let_in(shared: &Shared, access: Access, request: Request, next: Next) -> Response {
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
        _ => admitted(shared, access, request, next).await,
    };
    match page {
        Some(page) => for_page(response, page, shared.options.key_header.as_str()),
        None => response,
    }
}

/// Answers who has a key, or asks what takes none.
async fn admitted(shared: &Shared, access: Access, mut request: Request, next: Next) -> Response {
    if matches!(access, Access::Anybody | Access::Signed) || is_near_monitor(shared, access, &request) {
        return next.run(request).await;
    }
    let Some(caller) = caller(shared, request.headers()) else {
        return unauthorized(shared.options.key_header.as_str());
    };
    if let Some(asked) = Asked::current() {
        let mut noted = asked.noted();
        (noted.key, noted.is_admin) = (Some(Arc::clone(&caller.name)), caller.may(Scope::Admin));
    }
    match access {
        Access::Only(scope) if !caller.may(scope) => return forbidden("this address", scope),
        Access::Key | Access::Tool if !caller.may_ask() => return forbidden("this address", Scope::Read),
        _ => {}
    }
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
    let within = shared.options.times.body;
    let body = match timeout(within, to_bytes(body, MOST_BODY_BYTES)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let message = format!("the body of a request has at most {MOST_BODY_BYTES} bytes");
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", &message);
        }
        Err(_) => {
            let message = format!("the body did not come within {} seconds", within.as_secs());
            return refusal(StatusCode::REQUEST_TIMEOUT, "body_too_slow", &message);
        }
    };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    until_sent(response, running)
}

/// Whether a monitor on this machine asks, where the settings let it: what a proxy passes on comes from elsewhere.
fn is_near_monitor(shared: &Shared, access: Access, request: &Request) -> bool {
    let is_near =
        || request.extensions().get::<Peer>().is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    let is_passed_on = || PASSED_ON.iter().any(|name| request.headers().contains_key(*name));
    shared.options.metrics_open && access == Access::Only(Scope::Metrics) && is_near() && !is_passed_on()
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

/// Keeps something until an answer is sent, where it comes bit by bit; others are as good as sent.
fn until_sent<T: Send + Unpin + 'static>(response: Response, kept: T) -> Response {
    match is_stream(&response) {
        true => response.map(|body| Body::new(Kept::new(body, kept))),
        false => response,
    }
}

/// Whether an answer comes bit by bit.
pub(super) fn is_stream(response: &Response) -> bool {
    response.body().size_hint().exact().is_none()
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
        "authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, x-request-id, traceparent, {}",
        key_header.to_ascii_lowercase()
    );
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-request-id, retry-after"));
    headers.insert(VARY, HeaderValue::from_static("origin"));
    response
}
