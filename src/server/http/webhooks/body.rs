//! Reading the body of a notification: within a size, a time, and the room there is for all of them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::counts::Ending;

/// Bytes of a body at most.
pub(super) const MOST_BODY_BYTES: usize = 4 << 20;
/// How long a body may take: Intercom waits five seconds in all.
pub(super) const BODY_WITHIN: Duration = Duration::from_secs(4);

/// A body in memory; the room it takes is given back when it is dropped.
pub(super) struct Received {
    bytes: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
}

impl Received {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds bytes that came; room is taken for no more than that, so that announcing much takes nothing from others.
    fn push(&mut self, chunk: &[u8], room: &Arc<Semaphore>) -> Result<(), Ending> {
        if self.bytes.len() + chunk.len() > MOST_BODY_BYTES {
            return Err(Ending::TooLarge);
        }
        let permits = u32::try_from(chunk.len()).map_err(|_| Ending::TooLarge)?;
        let more = Arc::clone(room).try_acquire_many_owned(permits).map_err(|_| Ending::Busy)?;
        match &mut self.room {
            Some(held) => held.merge(more),
            None => self.room = Some(more),
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

/// Reads a body, or tells why not.
pub(super) async fn read(headers: &HeaderMap, body: Body, room: &Arc<Semaphore>) -> Result<Received, Ending> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > MOST_BODY_BYTES) {
        return Err(Ending::TooLarge);
    }
    let all = async {
        let mut received = Received { bytes: Vec::new(), room: None };
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            received.push(&chunk.map_err(|_| Ending::Broken)?, room)?;
        }
        Ok(received)
    };
    timeout(BODY_WITHIN, all).await.unwrap_or(Err(Ending::TooSlow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_bodies_together_have_so_much_room_and_give_it_back() {
        let room = Arc::new(Semaphore::new(10));
        let read = |text: &'static str| {
            let room = Arc::clone(&room);
            async move { read(&HeaderMap::new(), Body::from(text), &room).await }
        };
        let first = read("1234567").await.ok().unwrap();
        assert_eq!(read("1234").await.err(), Some(Ending::Busy));
        let second = read("123").await.ok().unwrap();
        assert_eq!((first.bytes(), second.bytes()), (&b"1234567"[..], &b"123"[..]));
        drop(first);
        assert!(read("1234567").await.is_ok());
        drop(second);
        assert_eq!(room.available_permits(), 10);
    }

    #[tokio::test]
    async fn a_body_without_a_length_ends_at_its_most() {
        let room = Arc::new(Semaphore::new(100 << 20));
        let chunk = vec![b' '; 1 << 20];
        let endless = futures::stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
        let outcome = read(&HeaderMap::new(), Body::from_stream(endless), &room).await;
        assert_eq!(outcome.err(), Some(Ending::TooLarge));
    }
}
