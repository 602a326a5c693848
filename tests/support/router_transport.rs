//! Puts an `axum::Router` behind the client's transport, in process and without sockets, so that whole
//! syncs run in tokio's paused time. Knows nothing of what the routes answer.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use fastintercom::intercom::{HttpRequest, HttpResponse, TimeoutPhase, Transport, TransportError};
use futures::StreamExt;
use futures::future::BoxFuture;
use reqwest::header::HOST;
use tokio::time::{sleep, timeout};

/// Calls a router as if over the network.
#[derive(Clone)]
pub(crate) struct RouterTransport {
    router: Router,
    latency: Duration,
    patience: Duration,
    max_response_bytes: usize,
}

impl RouterTransport {
    /// A transport to this router, without delay and with the client's usual limits.
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            latency: Duration::ZERO,
            patience: Duration::from_secs(30),
            max_response_bytes: 64 * 1024 * 1024,
        }
    }

    /// The same with a delay of (virtual) time, half on the way there and half on the way back.
    #[must_use]
    pub(crate) fn with_latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// The same with another size limit.
    #[must_use]
    pub(crate) fn with_max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        sleep(self.latency / 2).await;
        let response = match timeout(self.patience, call(self.router.clone(), incoming(request))).await {
            Ok(response) => response,
            Err(_) => return Err(TransportError::Timeout(TimeoutPhase::Head)),
        };
        let (head, body) = response.into_parts();
        let body = self.read(body).await?;
        sleep(self.latency / 2).await;
        Ok(HttpResponse { status: head.status, headers: head.headers, body })
    }

    async fn read(&self, body: Body) -> Result<Bytes, TransportError> {
        let (mut pieces, mut whole) = (body.into_data_stream(), BytesMut::new());
        loop {
            match timeout(self.patience, pieces.next()).await {
                Err(_) => return Err(TransportError::Timeout(TimeoutPhase::Body)),
                Ok(None) => return Ok(whole.freeze()),
                Ok(Some(Err(error))) => return Err(TransportError::Interrupted(Box::new(error))),
                Ok(Some(Ok(piece))) => whole.extend_from_slice(&piece),
            }
            let limit = self.max_response_bytes;
            if whole.len() > limit {
                return Err(TransportError::TooLarge { limit });
            }
        }
    }
}

impl Transport for RouterTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            match timeout(6 * self.patience, self.exchange(request)).await {
                Ok(answer) => answer,
                Err(_) => Err(TransportError::Timeout(TimeoutPhase::Total)),
            }
        })
    }
}

/// The request as a server sees it: path and query in the URI, the host in a header.
fn incoming(request: HttpRequest) -> Request {
    let url = &request.url;
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let body = request.body.map_or_else(Body::empty, Body::from);
    let mut incoming = Request::new(body);
    *incoming.method_mut() = request.method;
    *incoming.uri_mut() = target.parse().expect("a URL's path and query are a URI");
    *incoming.headers_mut() = request.headers;
    if let Some(host) = url.host_str().and_then(|host| host.parse().ok()) {
        incoming.headers_mut().insert(HOST, host);
    }
    incoming
}

/// `Service::call` reached through axum's extension trait, which spares a dependency on tower.
async fn call<S>(mut service: S, request: Request) -> Response
where
    S: axum::ServiceExt<Request, Response = Response, Error = std::convert::Infallible>,
{
    match service.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
