//! Error answers in the one shape the API has: `error.list`.
//!
//! Owns codes and messages; what led to them is decided where they are made.

use axum::http::StatusCode;
use serde_json::json;

/// An error answer.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) field: Option<String>,
    /// The `Link` header of a merged contact.
    pub(crate) link: Option<String>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, link: None }
    }

    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Resource Not Found")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Access Token Invalid")
    }

    pub(crate) fn bad_cursor() -> Self {
        Self::bad(
            "client_error",
            "Invalid starting_after param. Please try again using a starting_after value from a paginated response",
        )
    }

    pub(crate) fn wrong_type(field: &str, wanted: &str) -> Self {
        let message = format!("The value of {field} has to be {wanted}");
        Self { field: Some(field.to_owned()), ..Self::bad("type_mismatch", message) }
    }

    pub(crate) fn body(&self, request_id: &str) -> Vec<u8> {
        let body = json!({
            "type": "error.list",
            "request_id": request_id,
            "errors": [{"code": self.code, "message": self.message, "field": self.field}],
        });
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

pub(crate) type Answer<T> = Result<T, ApiError>;
