//! The end of a server: when it begins, when answers under way are given up, and what is said then.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;
use tokio::time::sleep;

use super::answer::later;
use crate::cancel::Cancel;

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

    /// Answers that are still under way come too late.
    async fn is_late(self) {
        self.cancel.cancelled().await;
        sleep(self.last_answers).await;
    }
}

/// Gives up what takes longer than the server lives: an error is better than a connection that breaks off.
pub(super) async fn give_up(State(stop): State<Stop>, request: Request, next: Next) -> Response {
    let response = tokio::select! {
        response = next.run(request) => response,
        () = stop.clone().is_late() => {
            let message = "this server is being stopped; ask again in a moment";
            return later(StatusCode::SERVICE_UNAVAILABLE, "stopping", message, 5);
        }
    };
    if !super::guard::is_stream(&response) {
        return response;
    }
    response.map(|body| {
        axum::body::Body::from_stream(body.into_data_stream().take_until(Box::pin(stop.is_late())))
    })
}
