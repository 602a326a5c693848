//! The end of a server: when it begins, when answers under way are given up, and what is said then.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::Response;
use futures::future::ready;
use futures::stream::{once, select};
use futures::{FutureExt, Stream, StreamExt};
use tokio::time::sleep;

use super::answer::later;
use crate::cancel::Cancel;

/// How long last words have to be sent.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The end, which may not have begun.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    cancel: Cancel,
    last_answers: Duration,
}

impl Stop {
    pub(super) fn new(cancel: &Cancel, last_answers: Duration) -> Self {
        Self { cancel: cancel.clone(), last_answers }
    }

    /// The end begins: nobody new is listened to.
    pub(super) async fn begun(&self) {
        self.cancel.cancelled().await;
    }

    /// What is still under way had better say that it will come too late.
    pub(super) async fn nearly_late(self) {
        self.cancel.cancelled().await;
        sleep(self.last_answers.saturating_sub(LAST_WORDS)).await;
    }

    /// Answers that are still under way come too late.
    async fn late(self) {
        self.cancel.cancelled().await;
        sleep(self.last_answers).await;
    }
}

/// A body that breaks off at the end of the server: nobody takes what there is of it for all.
fn until(
    data: BodyDataStream,
    late: impl Future<Output = ()> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let broken = late.map(|()| Err(axum::Error::new(std::io::Error::other("the server is being stopped"))));
    let whole = data.map(Some).chain(once(async { None }));
    // The end of the data ends the whole, before the other one does.
    select(whole, once(broken).map(Some)).take_while(|item| ready(item.is_some())).filter_map(ready)
}

/// Gives up what takes longer than the server lives: an error is better than a connection that breaks off.
pub(super) async fn give_up(State(stop): State<Stop>, request: Request, next: Next) -> Response {
    let response = tokio::select! {
        response = next.run(request) => response,
        () = stop.clone().late() => {
            let message = "this server is being stopped; ask again in a moment";
            return later(StatusCode::SERVICE_UNAVAILABLE, "stopping", message, 5);
        }
    };
    if !super::guard::is_stream(&response) {
        return response;
    }
    let is_events = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    response.map(|body| {
        let (data, late) = (body.into_data_stream(), Box::pin(stop.late()));
        match is_events {
            true => Body::from_stream(data.take_until(late)),
            false => Body::from_stream(until(data, late)),
        }
    })
}
