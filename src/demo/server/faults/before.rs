//! Faults that take the place of the answer.

use super::streams;
use super::{FaultKind, bomb};
use crate::demo::server::error::ApiError;
use crate::demo::server::reply::Reply;
use crate::demo::server::state::Inner;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use std::time::Duration;

/// What a proxy says when the application behind it does not.
fn html(status: StatusCode) -> Reply {
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    Reply::new(status, page.into_bytes()).typed("text/html").without_rate()
}

/// The answer of a fault that needs no real one; `None` for faults that spoil the real one.
pub(crate) async fn answer(
    server: &Inner,
    kind: FaultKind,
    segment: &str,
    request_id: &str,
) -> Option<Reply> {
    let json = |error: ApiError| Reply::new(error.status, error.body(request_id));
    Some(match kind {
        FaultKind::Http500 => html(StatusCode::INTERNAL_SERVER_ERROR),
        FaultKind::Http502 => html(StatusCode::BAD_GATEWAY),
        FaultKind::Http503 => html(StatusCode::SERVICE_UNAVAILABLE),
        FaultKind::Http504 => {
            tokio::time::sleep(Duration::from_secs(10)).await;
            Reply::new(StatusCode::GATEWAY_TIMEOUT, Vec::new()).without_rate()
        }
        FaultKind::Http500Json => json(ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "An unexpected error occurred.",
        )),
        FaultKind::Http408 => {
            json(ApiError::new(StatusCode::REQUEST_TIMEOUT, "server_error", "Request timeout"))
        }
        FaultKind::Timeout => std::future::pending().await,
        FaultKind::Empty200 => Reply::new(StatusCode::OK, Vec::new()),
        FaultKind::Html200 => Reply { status: StatusCode::OK, ..html(StatusCode::SERVICE_UNAVAILABLE) },
        FaultKind::EndlessBody => Reply::stream(streams::endless()),
        FaultKind::GzipBomb => {
            Reply::stream(bomb::stream()).with(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))
        }
        FaultKind::ExpiredCursor => json(ApiError::bad_cursor()),
        FaultKind::DeletedMeanwhile => {
            server.delete_for_good(segment);
            json(ApiError::not_found())
        }
        FaultKind::Transient404 => json(ApiError::not_found()),
        FaultKind::Storm429 => {
            server.faults.storm(server.options.clock.now_ms());
            too_many(server, request_id)
        }
        FaultKind::RetryAfter => too_many(server, request_id)
            .with(HeaderName::from_static("retry-after"), HeaderValue::from_static("7")),
        FaultKind::ScrollExists => {
            json(ApiError::bad("scroll_exists", "scroll already exists for this workspace"))
        }
        FaultKind::ScrollExpired => {
            *server.scroll() = None;
            json(ApiError::new(StatusCode::NOT_FOUND, "not_found", "scroll parameter not found"))
        }
        FaultKind::Scroll500 => {
            *server.scroll() = None;
            let message =
                "Request failed due to an internal network error. Please restart the scroll operation.";
            json(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message))
        }
        _ => return None,
    })
}

/// The answer to a request too many.
pub(crate) fn too_many(server: &Inner, request_id: &str) -> Reply {
    let limit = server.limiter().limit();
    let message = format!("Exceeded rate limit of {limit} in 10_seconds");
    let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message);
    Reply::new(error.status, error.body(request_id))
}
