//! One connection: its stream within limits, and the requests that come on it.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;

use super::HttpOptions;
use super::kept::Kept;
use super::pace::{OurTurn, Paced, Times, Turns};
use super::tls::{Stream, TlsFiles};

/// Bytes of a head at most.
const MOST_HEAD_BYTES: usize = 64 << 10;
/// Header fields at most.
const MOST_HEADERS: usize = 100;

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// How every connection is served.
pub(super) struct Connections {
    http: http1::Builder,
    router: TowerToHyperService<Router>,
    times: Times,
    tls: Option<Arc<TlsFiles>>,
}

impl Connections {
    pub(super) fn new(router: Router, options: &HttpOptions) -> Self {
        let mut http = http1::Builder::new();
        http.max_buf_size(MOST_HEAD_BYTES).max_headers(MOST_HEADERS);
        Self {
            http,
            router: TowerToHyperService::new(router),
            times: options.times,
            tls: options.tls.clone(),
        }
    }

    /// Serves one until it ends.
    pub(super) fn serve(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        watcher: Watcher,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + use<> {
        let (http, router, times) = (self.http.clone(), self.router.clone(), self.times);
        let tls = self.tls.clone();
        async move {
            let stream: Box<dyn Stream> = match tls {
                Some(tls) => Box::new(tls.secure(stream, times.head).await?),
                None => Box::new(stream),
            };
            let turns = Arc::new(Turns::default());
            let stream = TokioIo::new(Paced::new(stream, times, Arc::clone(&turns)));
            let service = service(router, peer, turns);
            Ok(watcher.watch(http.serve_connection(stream, service)).await?)
        }
    }
}

/// Answers the requests of a connection; from the end of a head to that of the answer it is our turn.
fn service(
    router: TowerToHyperService<Router>,
    peer: SocketAddr,
    turns: Arc<Turns>,
) -> impl Service<
    hyper::Request<Incoming>,
    Response = hyper::Response<Kept<OurTurn>>,
    Error = Infallible,
    Future: Send,
> {
    service_fn(move |mut request: hyper::Request<Incoming>| {
        let ours = turns.ours();
        request.extensions_mut().insert(Peer(peer));
        let answer = router.call(request);
        async move {
            let Ok(response) = answer.await;
            Ok(response.map(|body| Kept::new(body, ours)))
        }
    })
}
