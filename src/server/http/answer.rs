//! Answers of the server itself: JSON, with one shape for whatever goes wrong.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::keys::Scope;

/// A value as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    json_text(status, Body::from(serde_json::to_string(value).unwrap_or_default()))
}

/// JSON that is written already.
pub(super) fn json_text(status: StatusCode, text: Body) -> Response {
    let mut response = Response::new(text);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What went wrong: a short name for programs, and words for people.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let error = ErrorDetails { code: code.to_owned(), message: message.to_owned() };
    json(status, &ErrorBody { error })
}

/// What went wrong.
#[derive(Serialize, JsonSchema)]
pub(super) struct ErrorBody {
    error: ErrorDetails,
}

/// What went wrong.
#[derive(Serialize, JsonSchema)]
struct ErrorDetails {
    /// A short name, for programs.
    code: String,
    /// What is wrong and what would be right, for people and models.
    message: String,
}

/// That no key was given, or none of those there are.
pub(super) fn unauthorized(key_header: &str) -> Response {
    let message = format!(
        "this server needs a key: send it as 'Authorization: Bearer fi_…' or as '{key_header}: fi_…'; whoever runs it \
         makes one with `fi keys add NAME`"
    );
    let mut response = refusal(StatusCode::UNAUTHORIZED, "unauthorized", &message);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"fi\""));
    response
}

/// That a key may not be used for something.
pub(super) fn forbidden(what: &str, scope: Scope) -> Response {
    let scope = scope.name();
    let message = format!(
        "this key may not be used for {what}: that takes the scope {scope}; whoever runs this server makes such a key with \
         `fi keys add NAME --scope {scope}`"
    );
    let mut response = refusal(StatusCode::FORBIDDEN, "insufficient_scope", &message);
    let challenge = format!("Bearer realm=\"fi\", error=\"insufficient_scope\", scope=\"{scope}\"");
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}

/// That it is too much now, and when to come again.
pub(super) fn later(status: StatusCode, code: &str, message: &str, seconds: u64) -> Response {
    let mut response = refusal(status, code, message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}
