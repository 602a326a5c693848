//! The accept loop: connections up to a number, a bound on how long a head may take, and an end in good order.
//!
//! It is our own because `axum::serve` has no timer, and so waits for a head for ever.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::cancel::Cancel;

/// How long the head of a request may take, the wait for it included.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// Bytes of a head at most.
const MOST_HEAD_BYTES: usize = 64 << 10;
/// Header fields at most.
const MOST_HEADERS: usize = 100;
/// How long to pause when the system has no room for a connection.
const NO_ROOM: Duration = Duration::from_millis(100);
/// What is said to a connection too many.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/// How long it may take to take that.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// Serves until `stop` is raised, and then until what is under way has ended or `last` is over.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    most_connections: usize,
    stop: &Cancel,
    last: Duration,
) {
    let room = Arc::new(Semaphore::new(most_connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MOST_HEAD_BYTES)
        .max_headers(MOST_HEADERS);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    pause(&error).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            tokio::spawn(turn_away(stream));
            continue;
        };
        // Answers are small and whole: nothing is gained by waiting for more to send.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    if timeout(last, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers did not end in time");
    }
}

/// Of what is wrong with one connection the next is free; of what is wrong with the system it is not.
async fn pause(error: &io::Error) {
    let is_of_one = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !is_of_one {
        tracing::warn!(%error, "no connection can be accepted");
        sleep(NO_ROOM).await;
    }
}

async fn turn_away(mut stream: TcpStream) {
    let said = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    };
    // Who does not take it is gone, or too slow to matter.
    let _ = timeout(GOODBYE_WITHIN, said).await;
}
