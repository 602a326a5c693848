//! A connection that may not be slow: so long for the wait between two questions, so long for the head of one that has
//! begun, and so long without an answer being taken.
//!
//! The time for a body is the guard's, who knows when it is read. hyper's own limit knows no difference between a head
//! that has begun and none, so that it either closes idle connections early or waits long for slow heads.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// How long things may take on a connection.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The wait for a question, also for the first.
    pub idle: Duration,
    /// A head, from its first byte; and what comes before the first, of a connection that is encrypted.
    pub head: Duration,
    /// A body.
    pub body: Duration,
    /// The wait for an answer to be taken. Whoever takes 16 KiB of it gets as long again.
    pub write: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { idle: seconds(75), head: seconds(5), body: seconds(10), write: seconds(30) }
    }
}

/// What has to be taken of an answer in the time for it.
const ENOUGH_BYTES: f64 = 16_384.0;

/// Whose turn it is on a connection: the client's while the count is even, ours while it is odd.
#[derive(Debug, Default)]
pub(super) struct Turns {
    count: AtomicU64,
    /// Who waits to read: when our turn ends, the time for the next head begins.
    reader: AtomicWaker,
}

/// Our turn; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct OurTurn(Arc<Turns>);

impl Turns {
    /// A head is there.
    pub(super) fn ours(self: &Arc<Self>) -> OurTurn {
        self.count.fetch_add(1, Ordering::AcqRel);
        OurTurn(Arc::clone(self))
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }
}

impl Drop for OurTurn {
    fn drop(&mut self) {
        self.0.count.fetch_add(1, Ordering::AcqRel);
        self.0.reader.wake();
    }
}

/// A stream within limits.
pub(super) struct Paced<S> {
    stream: S,
    times: Times,
    turns: Arc<Turns>,
    head: Head,
    taking: Taking,
}

/// The wait for a head.
struct Head {
    /// The turn it is of.
    turn: Option<u64>,
    has_begun: bool,
    due: Pin<Box<Sleep>>,
}

/// The wait for an answer to be taken.
struct Taking {
    left: Duration,
    since: Option<Instant>,
    due: Pin<Box<Sleep>>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, times: Times, turns: Arc<Turns>) -> Self {
        let due = || Box::pin(sleep(Duration::ZERO));
        let head = Head { turn: None, has_begun: false, due: due() };
        Self { stream, times, turns, head, taking: Taking { left: times.write, since: None, due: due() } }
    }

    /// Fails what is not taken for too long.
    fn watched<T>(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
        bytes: impl Fn(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        match &polled {
            Poll::Pending => {
                ready!(self.taking.poll(context));
                Poll::Ready(Err(too_slow("an answer was not taken")))
            }
            Poll::Ready(Ok(done)) => {
                self.taking.moved(bytes(done), self.times.write);
                polled
            }
            Poll::Ready(Err(_)) => polled,
        }
    }
}

impl Head {
    /// Sees to it that the time is that of this turn.
    fn is_of(&mut self, turn: u64, idle: Duration) {
        if self.turn != Some(turn) {
            (self.turn, self.has_begun) = (Some(turn), false);
            self.due.as_mut().reset(Instant::now() + idle);
        }
    }

    fn begin(&mut self, within: Duration) {
        if !self.has_begun {
            self.has_begun = true;
            self.due.as_mut().reset(Instant::now() + within);
        }
    }
}

impl Taking {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.since.is_none() {
            let now = Instant::now();
            self.since = Some(now);
            self.due.as_mut().reset(now + self.left);
        }
        self.due.as_mut().poll(context)
    }

    fn moved(&mut self, bytes: usize, most: Duration) {
        let waited = self.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        let earned = most.mul_f64(bytes as f64 / ENOUGH_BYTES);
        self.left = (self.left.saturating_sub(waited) + earned).min(most);
    }
}

fn too_slow(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("{what} in time"))
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.turns.reader.register(context.waker());
        let turn = this.turns.count();
        let is_ours = turn % 2 == 1;
        if !is_ours {
            this.head.is_of(turn, this.times.idle);
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        match polled {
            Poll::Ready(_) if buffer.filled().len() > before && !is_ours => this.head.begin(this.times.head),
            Poll::Pending if !is_ours => {
                ready!(this.head.due.as_mut().poll(context));
                return Poll::Ready(Err(too_slow("no question came")));
            }
            _ => {}
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.watched(context, polled, |written| *written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.watched(context, polled, |written| *written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_flush(context);
        this.watched(context, polled, |()| 0)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_shutdown(context);
        this.watched(context, polled, |()| 0)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    fn pair(room: usize) -> (DuplexStream, Paced<DuplexStream>, Arc<Turns>) {
        let (client, server) = duplex(room);
        let turns = Arc::new(Turns::default());
        (client, Paced::new(server, Times::default(), Arc::clone(&turns)), turns)
    }

    async fn seconds_until_closed(server: &mut Paced<DuplexStream>) -> u64 {
        let start = Instant::now();
        while server.read_u8().await.is_ok() {}
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_kept_longer_than_a_head_that_has_begun() {
        let (_client, mut server, _) = pair(1_024);
        assert_eq!(seconds_until_closed(&mut server).await, 75);
        let (mut client, mut server, _) = pair(1_024);
        client.write_all(b"GET").await.unwrap();
        assert_eq!(seconds_until_closed(&mut server).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_in_drops_gets_no_more_time() {
        let (mut client, mut server, _) = pair(1_024);
        tokio::spawn(async move {
            loop {
                let _ = client.write_all(b"x").await;
                sleep(Duration::from_secs(1)).await;
            }
        });
        assert_eq!(seconds_until_closed(&mut server).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_used_again_is_as_good_as_new() {
        let (mut client, mut server, turns) = pair(1_024);
        for _ in 0..3 {
            client.write_all(b"head").await.unwrap();
            server.read_exact(&mut [0; 4]).await.unwrap();
            let ours = turns.ours();
            sleep(Duration::from_secs(60)).await;
            drop(ours);
        }
        assert_eq!(seconds_until_closed(&mut server).await, 75);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waited_for_more_while_it_was_our_turn_waits_no_longer_than_others() {
        let (_client, mut server, turns) = pair(1_024);
        let ours = turns.ours();
        let waiting = tokio::spawn(async move { seconds_until_closed(&mut server).await });
        sleep(Duration::from_secs(10)).await;
        drop(ours);
        assert_eq!(waiting.await.unwrap(), 85);
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_is_our_turn_nothing_has_to_come() {
        let (mut client, mut server, turns) = pair(1_024);
        let _ours = turns.ours();
        tokio::spawn(async move {
            sleep(Duration::from_secs(300)).await;
            client.write_all(b"body").await.unwrap();
            client
        });
        server.read_exact(&mut [0; 4]).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_takes_is_given_up_and_one_that_is_taken_slowly_is_not() {
        let (_client, mut server, _) = pair(1_024);
        let start = Instant::now();
        let failed = server.write_all(&[0; 4_096]).await.unwrap_err();
        assert_eq!((failed.kind(), start.elapsed().as_secs()), (io::ErrorKind::TimedOut, 30));

        let taken = |bytes: usize, every: u64| async move {
            let (mut client, mut server, _) = pair(1_024);
            tokio::spawn(async move {
                let mut buffer = vec![0; bytes];
                while client.read_exact(&mut buffer).await.is_ok() {
                    sleep(Duration::from_secs(every)).await;
                }
            });
            server.write_all(&[0; 100_000]).await
        };
        assert!(taken(1_024, 1).await.is_ok());
        assert!(taken(1, 1).await.is_err(), "a byte a second is no taking");
    }
}
