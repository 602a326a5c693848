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

use super::Shared;
use super::answer::{forbidden, later, refusal, unauthorized};
use super::calling::busy;
use super::connection::Peer;
use super::kept::Kept;
use super::keys::{Caller, LOCAL, SCOPES, Scope};
use super::limits::TooMuch;
use super::origin::Origins;
use super::record::Record;
use super::routes::{self, Access};
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
    let asked = asked(request.headers());
    request.extensions_mut().insert(asked.clone());
    let route = routes::of(&request);
    let path = route.map_or("other", |route| route.path.as_str());
    let access = route.map_or(Access::Key, |route| route.access);
    let address = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_canonical());
    let mut record = Record::begin(&shared, &asked, address, request.method(), path);
    let mut response = asked.within(let_in(&shared, access, request, next)).await;
    record.answered(response.status());
    if let Ok(id) = HeaderValue::from_str(asked.id()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    until_sent(response, record)
}

fn asked(headers: &HeaderMap) -> Asked {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    Asked::new(header(REQUEST_ID), header(TRACEPARENT))
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
    let Some(caller) = caller(shared, &request) else {
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
    // Answers of MCP begin before it is known whether their turn will come: who would wait long is sent away before.
    let is_mcp = request.uri().path() == routes::MCP;
    let place = is_mcp.then(|| Arc::clone(&shared.mcp_places).try_acquire_owned()).transpose();
    let Ok(place) = place else { return busy() };
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
    until_sent(response, (running, place))
}

/// Whether a monitor on this machine asks, where the settings let it: what a proxy passes on comes from elsewhere.
fn is_near_monitor(shared: &Shared, access: Access, request: &Request) -> bool {
    let is_near =
        || request.extensions().get::<Peer>().is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    shared.options.metrics_open
        && access == Access::Only(Scope::Metrics)
        && is_near()
        && !is_passed_on(request.headers())
}

/// Whether a proxy says that it passes something on.
fn is_passed_on(headers: &HeaderMap) -> bool {
    PASSED_ON.iter().any(|name| headers.contains_key(*name))
}

/// Whose key came with a request; of a server without keys, everybody on this machine is its owner.
fn caller(shared: &Shared, request: &Request) -> Option<Caller> {
    let headers = request.headers();
    let is_near = || Origins::is_of_this_machine(request.uri(), headers) && !is_passed_on(headers);
    if shared.is_open() && is_near() {
        return Some(Caller::new(LOCAL, SCOPES));
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
