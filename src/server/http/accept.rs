//! The accept loop: connections up to a number, all in all and of one address, and an end in good order.
//!
//! It is our own because `axum::serve` has no timer, and so waits for a head for ever.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::connection::Connections;
use super::places::Places;
use super::{HttpOptions, Stop};

/// How long to pause when the system has no room for a connection.
const NO_ROOM: Duration = Duration::from_millis(100);
/// What is said to a connection too many.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/// How long it may take to take that, and the last answers.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// Serves until the server is to stop, and then until what is under way has ended, or was ended.
pub(super) async fn accept(
    listener: TcpListener,
    router: Router,
    places: Arc<Places>,
    options: &HttpOptions,
    stop: &Stop,
) {
    let graceful = GracefulShutdown::new();
    let connections = Connections::new(router, options);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause(&error).await;
                    continue;
                }
            },
            () = stop.begun() => break,
        };
        let Some(place) = places.take(plain(peer)) else {
            tokio::spawn(turn_away(stream));
            continue;
        };
        // Answers are small and whole: nothing is gained by waiting for more to send.
        let _ = stream.set_nodelay(true);
        let served = connections.serve(stream, peer, graceful.watcher());
        tokio::spawn(async move {
            if let Err(error) = served.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    let ended = timeout(options.last_answers + GOODBYE_WITHIN, graceful.shutdown()).await;
    if ended.is_err() {
        tracing::warn!("some answers were not taken in time");
    }
}

/// The address of whoever is on the other side; IPv4 is IPv4 on sockets for both, too.
fn plain(peer: SocketAddr) -> IpAddr {
    peer.ip().to_canonical()
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
