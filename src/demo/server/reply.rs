//! An answer on its way out, before it is an HTTP response. Owns its parts; decides nothing.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};

/// The body of an answer.
pub(crate) enum Content {
    Bytes(Vec<u8>),
    /// Sent in pieces, under a length that may be a lie.
    Stream {
        length: Option<usize>,
        body: Body,
    },
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) content: Content,
    /// Whether the rate limit headers go with it.
    pub(crate) rate: bool,
    /// Whether the connection is to be reset.
    pub(crate) reset: bool,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, bytes: Vec<u8>) -> Self {
        let content = Content::Bytes(bytes);
        Self {
            status,
            content_type: "application/json; charset=utf-8",
            headers: Vec::new(),
            content,
            rate: true,
            reset: false,
        }
    }

    pub(crate) fn stream(body: Body) -> Self {
        Self { content: Content::Stream { length: None, body }, ..Self::new(StatusCode::OK, Vec::new()) }
    }

    pub(crate) fn typed(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
    }

    pub(crate) fn without_rate(self) -> Self {
        Self { rate: false, ..self }
    }

    pub(crate) fn resetting(self, body: Body) -> Self {
        Self { content: Content::Stream { length: None, body }, reset: true, ..self }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}
