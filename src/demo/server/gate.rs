//! The way of a request: token, limit, version, permission, fault, answer, headers.
//!
//! Owns the order of these; each of them is decided elsewhere.

use super::counters::Counters;
use super::endpoints::{Call, Endpoint, Found, find, parse_query};
use super::error::{Answer, ApiError};
use super::faults::{self, Aim, FaultKind};
use super::limiter::Budget;
use super::listen::Peer;
use super::reply::{Content, Reply};
use super::routes::conversations::missing_scope;
use super::state::Inner;
use crate::demo::version::ApiVersion;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::DateTime;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// No request of this API is larger.
const MOST_REQUEST_BYTES: usize = 1 << 20;

/// Marks responses that must not be compressed, because their framing is the point.
#[derive(Clone, Copy)]
pub(crate) struct AsIs;

/// Answers a request.
pub(crate) async fn handle(server: &Inner, request: Request) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let request_id = request_id(server);
    let now_ms = server.options.clock.now_ms();
    server.counters().stats.requests += 1;
    if let Err(error) = authenticate(server, &parts.headers) {
        server.counters().stats.unauthorized += 1;
        return finish(
            error_reply(&error, &request_id).without_rate(),
            &Outgoing { request_id, started, now_ms, budget: None },
        );
    }
    let mut budget = count(server, now_ms);
    if budget.exceeded || server.faults.is_storming(now_ms) {
        server.counters().stats.too_many += 1;
        return finish(
            faults::too_many(server, &request_id),
            &Outgoing { request_id, started, now_ms, budget: Some(budget) },
        );
    }
    delay(server).await;
    let mut date_ms = server.options.clock.now_ms();
    let reply = match admit(server, &parts) {
        Ok((endpoint, path, version)) => {
            *server.counters().stats.by_endpoint.entry(endpoint.name).or_insert(0) += 1;
            let body = to_bytes(body, MOST_REQUEST_BYTES).await.unwrap_or_default();
            let call = Call {
                server,
                version,
                path,
                query: parse_query(parts.uri.query()),
                body,
                base: base(server, &parts),
            };
            serve(endpoint, &call, &request_id, &mut budget, &mut date_ms).await
        }
        Err(error) => error_reply(&error, &request_id),
    };
    if reply.reset
        && let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<Peer>>()
    {
        peer.reset.store(true, Ordering::Relaxed);
    }
    let reply = if parts.method == axum::http::Method::HEAD {
        Reply { content: Content::Bytes(Vec::new()), ..reply }
    } else {
        reply
    };
    finish(reply, &Outgoing { request_id, started, now_ms: date_ms, budget: Some(budget) })
}

fn count(server: &Inner, now_ms: i64) -> Budget {
    let counters: &mut Counters = &mut server.counters();
    counters.arrived(now_ms);
    server.limiter().take(now_ms.div_euclid(1_000))
}

fn authenticate(server: &Inner, headers: &HeaderMap) -> Answer<()> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let token = value.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty());
    match (token, &server.options.token) {
        (Some(given), Some(wanted)) if given == wanted => Ok(()),
        (Some(_), None) => Ok(()),
        _ => Err(ApiError::unauthorized()),
    }
}

/// Version, path, method, permission and media types, in this order.
fn admit(server: &Inner, parts: &Parts) -> Answer<(&'static Endpoint, Vec<String>, ApiVersion)> {
    let version = version(server, &parts.headers)?;
    let (endpoint, path) = match find(parts.method.as_str(), parts.uri.path()) {
        Found::Endpoint(endpoint, path) => (endpoint, path),
        Found::Nothing => return Err(ApiError::not_found()),
        Found::WrongMethod => {
            let message = "This method is not allowed on this resource";
            return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "client_error", message));
        }
    };
    if endpoint.since.is_some_and(|since| version < since) {
        let message = "Requested resource is not available in current API version";
        return Err(ApiError::bad("intercom_version_invalid", message));
    }
    permitted(server, endpoint)?;
    media_types(parts)?;
    Ok((endpoint, path, version))
}

fn version(server: &Inner, headers: &HeaderMap) -> Answer<ApiVersion> {
    let Some(header) = headers.get("intercom-version") else { return Ok(server.options.default_version) };
    let version = header.to_str().ok().and_then(ApiVersion::parse);
    version
        .ok_or_else(|| ApiError::bad("intercom_version_invalid", "The requested version could not be found"))
}

fn permitted(server: &Inner, endpoint: &Endpoint) -> Answer<()> {
    let tickets = endpoint.scope == Some(super::options::Scope::Tickets);
    if tickets && server.options.tickets_restricted {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "api_plan_restricted",
            "Active subscription needed.",
        ));
    }
    match endpoint.scope {
        Some(scope) if server.options.denied.contains(&scope) => Err(missing_scope(scope)),
        _ => Ok(()),
    }
}

fn media_types(parts: &Parts) -> Answer<()> {
    let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(accept) = text(header::ACCEPT)
        && !["json", "*/*", "application/*"].iter().any(|known| accept.contains(known))
    {
        return Err(ApiError::new(
            StatusCode::NOT_ACCEPTABLE,
            "client_error",
            "Only application/json is served here",
        ));
    }
    let sends = text(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    if sends && !text(header::CONTENT_TYPE).is_some_and(|kind| kind.contains("json")) {
        let message = "The request body must be application/json";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "client_error", message));
    }
    Ok(())
}

/// Where the caller reached the server; links in answers lead back there.
fn base(server: &Inner, parts: &Parts) -> String {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.map_or_else(
        || server.world().live.params().region.api_base().to_owned(),
        |host| format!("http://{host}"),
    )
}

async fn delay(server: &Inner) {
    let latency = server.options.latency;
    if latency.fixed.is_zero() && latency.jitter.is_zero() {
        return;
    }
    let share = (server.number().wrapping_add(server.options.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40)
        as u32
        % 1_000;
    tokio::time::sleep(latency.fixed + latency.jitter * share / 1_000).await;
}

/// The endpoint's answer, or what a fault makes of it.
async fn serve(
    endpoint: &Endpoint,
    call: &Call<'_>,
    request_id: &str,
    budget: &mut Budget,
    now_ms: &mut i64,
) -> Reply {
    let server = call.server;
    let plans = !server.options.faults.plans.is_empty();
    let cursor = if plans { cursor_of(call) } else { None };
    let fault = if plans {
        server.faults.choose(Aim { endpoint: endpoint.name, cursor: cursor.is_some() })
    } else {
        None
    };
    if let Some(kind) = fault {
        noted(server, kind);
        if let Some(reply) = faults::replace(server, kind, call.segment(0), request_id).await {
            return reply;
        }
    }
    let reply = match (endpoint.answer)(call) {
        Ok(bytes) => Reply::new(StatusCode::OK, bytes),
        Err(error) => error_reply(&error, request_id),
    };
    match fault {
        Some(kind) => faults::alter(kind, reply, budget, now_ms, cursor.as_deref()),
        None => reply,
    }
}

fn noted(server: &Inner, kind: FaultKind) {
    let counters = &mut server.counters();
    *counters.stats.faults.entry(kind).or_insert(0) += 1;
    if matches!(kind, FaultKind::Storm429 | FaultKind::RetryAfter) {
        counters.stats.too_many += 1;
    }
}

fn cursor_of(call: &Call<'_>) -> Option<String> {
    if let Some(cursor) = call.param("starting_after") {
        return Some(cursor.to_owned());
    }
    let body: serde_json::Value = serde_json::from_slice(&call.body).ok()?;
    body["pagination"]["starting_after"].as_str().map(str::to_owned)
}

fn error_reply(error: &ApiError, request_id: &str) -> Reply {
    let reply = Reply::new(error.status, error.body(request_id));
    match error.link.as_deref().and_then(|link| HeaderValue::from_str(link).ok()) {
        Some(link) => reply.with(header::LINK, link),
        None => reply,
    }
}

/// Twenty characters, as live ones have.
fn request_id(server: &Inner) -> String {
    let number = server.number();
    let mut mixed = number.wrapping_add(server.options.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut id = String::from("000");
    for _ in 0..12 {
        id.push(char::from(b"0123456789abcdefghjkmnpqrstvwxyz"[(mixed & 31) as usize]));
        mixed >>= 5;
    }
    id.push_str(&format!("{:05x}", number & 0xf_ffff));
    id
}

/// What goes into the headers.
struct Outgoing {
    request_id: String,
    started: Instant,
    now_ms: i64,
    budget: Option<Budget>,
}

fn finish(reply: Reply, out: &Outgoing) -> Response {
    const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
    const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
    const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, reply.content_type.to_owned());
    set(HeaderName::from_static("x-request-id"), out.request_id.clone());
    set(HeaderName::from_static("x-intercom-version"), "9e1b0c7d4f2a6b8c3d5e7f9012a4b6c8d0e2f4a6".to_owned());
    set(HeaderName::from_static("x-runtime"), format!("{:.6}", out.started.elapsed().as_secs_f64()));
    set(header::DATE, http_date(out.now_ms));
    if let Some(budget) = out.budget.filter(|_| reply.rate) {
        set(LIMIT, budget.limit.to_string());
        set(REMAINING, budget.remaining.to_string());
        set(RESET, budget.reset.to_string());
    }
    if let Content::Stream { length: Some(length), .. } = &reply.content {
        set(header::CONTENT_LENGTH, length.to_string());
    }
    headers.extend(reply.headers);
    match reply.content {
        Content::Bytes(bytes) => *response.body_mut() = bytes.into(),
        Content::Stream { body, .. } => {
            response.extensions_mut().insert(AsIs);
            *response.body_mut() = body;
        }
    }
    response
}

fn http_date(now_ms: i64) -> String {
    let date = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// How long a graceful end may take.
pub(crate) const GRACE: Duration = Duration::from_millis(500);
