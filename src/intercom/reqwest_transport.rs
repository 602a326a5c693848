//! The transport over the network: reqwest with rustls. Owns the time limits of each phase and the size
//! limit of a decompressed body; follows no redirect and retries nothing.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use tokio::time::timeout;

use super::options::{ClientOptions, OptionsError, Timeouts, is_loopback};
use super::transport::{HttpRequest, HttpResponse, TimeoutPhase, Transport, TransportError};

/// Sends requests over TCP and TLS.
#[derive(Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    timeouts: Timeouts,
    max_response_bytes: usize,
}

impl ReqwestTransport {
    /// A transport with the limits of these options.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(options: &ClientOptions) -> Result<Self, OptionsError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(options.user_agent.clone())
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .gzip(true)
            .connect_timeout(options.timeouts.connect)
            .pool_idle_timeout(Duration::from_secs(50));
        if is_loopback(&options.base_url) {
            builder = builder.no_proxy();
        }
        Ok(Self {
            client: builder.build().map_err(OptionsError::Http)?,
            timeouts: options.timeouts.clone(),
            max_response_bytes: options.max_response_bytes,
        })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut outgoing = self.client.request(request.method, request.url).headers(request.headers);
        if let Some(body) = request.body {
            outgoing = outgoing.body(body);
        }
        let head_limit = self.timeouts.connect + self.timeouts.head;
        let response = match timeout(head_limit, outgoing.send()).await {
            Ok(answer) => answer.map_err(from_reqwest)?,
            Err(_) => return Err(TransportError::Timeout(TimeoutPhase::Head)),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.read_body(response).await?;
        Ok(HttpResponse { status, headers, body })
    }

    async fn read_body(&self, mut response: reqwest::Response) -> Result<Bytes, TransportError> {
        let limit = self.max_response_bytes;
        let mut body = BytesMut::new();
        loop {
            let piece = match timeout(self.timeouts.body_idle, response.chunk()).await {
                Ok(piece) => piece.map_err(from_reqwest)?,
                Err(_) => return Err(TransportError::Timeout(TimeoutPhase::Body)),
            };
            match piece {
                Some(piece) if body.len() + piece.len() > limit => {
                    return Err(TransportError::TooLarge { limit });
                }
                Some(piece) => body.extend_from_slice(&piece),
                None => return Ok(body.freeze()),
            }
        }
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            match timeout(self.timeouts.total, self.exchange(request)).await {
                Ok(answer) => answer,
                Err(_) => Err(TransportError::Timeout(TimeoutPhase::Total)),
            }
        })
    }
}

/// Names the outcome and drops the URL, which may carry ids.
fn from_reqwest(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if error.is_connect() && error.is_timeout() {
        TransportError::Timeout(TimeoutPhase::Connect)
    } else if error.is_connect() {
        TransportError::Connect(Box::new(error))
    } else if error.is_timeout() {
        TransportError::Timeout(TimeoutPhase::Body)
    } else {
        TransportError::Interrupted(Box::new(error))
    }
}
