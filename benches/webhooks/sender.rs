//! Sends notifications at a rate, whatever is answered: each is late from when it was due.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastintercom::intercom::webhook::sign;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::SECRET;

/// Connections that are kept open.
const CONNECTIONS: usize = 64;
/// How long Intercom waits.
const WITHIN: Duration = Duration::from_secs(5);
/// What a payload has in place of the conversation's id, as long as one is.
pub(crate) const ID: &str = "215470000000000";
/// What it has in place of the notification's.
pub(crate) const NOTIFICATION: &str = "notif_000000000000";

/// How much is sent.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    /// Notifications a second.
    pub(crate) rate: usize,
    /// How long.
    pub(crate) seconds: usize,
}

/// What became of one notification.
pub(crate) struct Sent {
    /// The conversation it is about.
    pub(crate) id: u64,
    /// The answer, if there was one.
    pub(crate) status: Option<u16>,
    /// From when it was due.
    pub(crate) took: Duration,
}

/// Sends all of it.
pub(crate) async fn send(
    load: &Load,
    address: SocketAddr,
    ids: &Arc<Vec<u64>>,
    payload: String,
) -> Vec<Sent> {
    let (payload, begun) = (Arc::new(payload), Instant::now() + Duration::from_millis(100));
    let count = load.rate * load.seconds;
    let tasks = (0..CONNECTIONS).map(|first| {
        let (ids, payload, rate) = (Arc::clone(ids), Arc::clone(&payload), load.rate);
        tokio::spawn(async move {
            let mut line = Line { address, stream: None };
            let mut sent = Vec::new();
            for number in (first..count).step_by(CONNECTIONS) {
                let due = begun + Duration::from_secs_f64(number as f64 / rate as f64);
                tokio::time::sleep_until(due.into()).await;
                let id = ids[number % ids.len()];
                let status = line.deliver(&notification(&payload, id, number)).await;
                sent.push(Sent { id, status, took: due.elapsed() });
            }
            sent
        })
    });
    let all = futures::future::join_all(tasks.collect::<Vec<_>>()).await;
    all.into_iter().flat_map(Result::unwrap).collect()
}

/// A whole request.
fn notification(payload: &str, id: u64, number: usize) -> Vec<u8> {
    let body = payload.replace(ID, &id.to_string()).replace(NOTIFICATION, &format!("notif_{number:012}"));
    let signature = sign(body.as_bytes(), &SecretString::from(SECRET));
    let head = format!(
        "POST /webhooks/intercom HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Hub-Signature: \
         {signature}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

/// A connection that is made again when it broke.
struct Line {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Line {
    async fn deliver(&mut self, request: &[u8]) -> Option<u16> {
        let answer = timeout(WITHIN, self.exchange(request)).await.ok().flatten();
        if answer.is_none() {
            self.stream = None;
        }
        answer
    }

    async fn exchange(&mut self, request: &[u8]) -> Option<u16> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await.ok()?;
            stream.set_nodelay(true).ok()?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut()?;
        stream.write_all(request).await.ok()?;
        let mut answer = Vec::new();
        loop {
            let mut part = [0; 1_024];
            let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
            answer.extend(&part[..count]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return head.split(' ').nth(1)?.parse().ok();
            }
        }
    }
}
