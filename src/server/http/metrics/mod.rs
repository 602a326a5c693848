//! `GET /metrics`: figures about the server for monitors, in Prometheus' text format. Names and numbers only: nothing of
//! customers, no key and no argument.

mod families;
mod requests;
mod text;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

pub(super) use requests::Requests;

use super::Shared;
use super::answer::refusal;
use text::Family;

/// The address.
pub(super) const PATH: &str = "/metrics";
/// What the format is called.
const FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Where figures come from, in the order of the page. Whoever counts something else adds it here.
const SOURCES: &[fn(&Shared) -> Vec<Family>] = &[
    families::server,
    families::requests,
    families::connections,
    families::calls,
    families::sync,
    families::rate,
    families::lake,
    families::disk,
    families::workers,
    families::audit,
];

/// The page.
pub(super) async fn page(State(shared): State<Arc<Shared>>) -> Response {
    // The lake's state and lock are looked at.
    let text =
        tokio::task::spawn_blocking(move || text::page(SOURCES.iter().flat_map(|source| source(&shared))));
    match text.await {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            response.headers_mut().insert(CONTENT_TYPE, FORMAT);
            response
        }
        Err(_) => {
            let message = "the figures cannot be gathered; the log tells why";
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
        }
    }
}
