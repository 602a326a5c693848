//! The socket: local only, and able to reset a connection when a fault asks for it.

use super::{DemoServer, gate};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What a request knows about its connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// Set to end the connection with a reset instead of in peace.
    pub(crate) reset: Arc<AtomicBool>,
}

/// A connection that can end with a reset.
pub(crate) struct Connection {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // Closing without lingering sends RST instead of FIN. If that fails, it is an ordinary end.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.reset.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

pub(crate) struct LocalListener(TcpListener);

impl Listener for LocalListener {
    type Io = Connection;
    type Addr = Peer;

    async fn accept(&mut self) -> (Connection, Peer) {
        loop {
            match self.0.accept().await {
                Ok((stream, _)) => {
                    // Small answers should not wait for more; a socket that refuses works all the same.
                    let _ = stream.set_nodelay(true);
                    let reset = Arc::new(AtomicBool::new(false));
                    return (Connection { stream, reset: Arc::clone(&reset) }, Peer { reset });
                }
                // Out of file descriptors, most likely: wait for some to be closed.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        Ok(Peer { reset: Arc::new(AtomicBool::new(false)) })
    }
}

impl Connected<IncomingStream<'_, LocalListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, LocalListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A server that listens on a port of this machine, until it is dropped or shut down.
#[derive(Debug)]
pub struct Running {
    /// Where.
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    /// What to give a client as base URL.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops listening, lets idle connections end, and does not wait long for the others.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // The task may have ended by itself; then there is nothing to stop.
            let _ = stop.send(());
        }
        if tokio::time::timeout(gate::GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listens on a port of this machine only; 0 is any free one.
pub(crate) async fn bind(server: &DemoServer, port: u16) -> io::Result<Running> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let addr = listener.local_addr()?;
    let service = server.router().into_make_service_with_connect_info::<Peer>();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        let signal = async move {
            // Only a message stops the server: without its sender it goes on until the task is aborted.
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        // `axum::serve` never fails: it survives errors of single connections.
        let _ = axum::serve(LocalListener(listener), service).with_graceful_shutdown(signal).await;
    });
    Ok(Running { addr, stop: Some(stop), task })
}
