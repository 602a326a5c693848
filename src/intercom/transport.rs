//! The seam between the client and the network: one request in, one complete response out. Knows HTTP,
//! not Intercom; a test puts a router behind it instead of a socket.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};

/// A request, complete with headers.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// All headers, the credential among them (marked sensitive).
    pub headers: HeaderMap,
    /// The body, if there is one.
    pub body: Option<Bytes>,
}

/// A response whose body has arrived, decompressed and within the limits.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Sends one request and waits for the whole response. Never retries, never follows redirects.
pub trait Transport: Send + Sync {
    /// Makes the exchange.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        (**self).send(request)
    }
}

/// What a transport reports as cause; it must not contain the URL or a header.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The server was not reached, so it has not seen the request.
    #[error("could not connect")]
    Connect(#[source] Source),
    /// The server took too long.
    #[error("timed out {0}")]
    Timeout(TimeoutPhase),
    /// The connection broke before the response was complete.
    #[error("the connection broke before the response was complete")]
    Interrupted(#[source] Source),
    /// The response exceeds the limit.
    #[error("the response is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

/// What was being waited for when time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeoutPhase {
    /// The connection.
    Connect,
    /// The head of the response.
    Head,
    /// The next piece of the body.
    Body,
    /// The end of an exchange that never stopped moving.
    Total,
}

impl std::fmt::Display for TimeoutPhase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Head => "waiting for the response",
            Self::Body => "in the middle of the response",
            Self::Total => "before the response was complete",
        })
    }
}
