//! Whether the server lives, and whether it can answer: for load balancers and monitors, without a key.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::SecondsFormat;
use serde_json::json;

use super::Shared;
use super::answer::json;
use crate::tools::data_info::DataInfoParams;

/// `GET /health`: the process answers.
pub(super) async fn live(State(shared): State<Arc<Shared>>) -> Response {
    let timestamp = shared.app.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let live = json!({"status": "healthy", "version": env!("CARGO_PKG_VERSION"), "timestamp": timestamp});
    json(StatusCode::OK, &live)
}

/// `GET /ready`: there is a lake that can be read. How old it is, it tells too, and nothing about what is in it.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    let app = Arc::clone(&shared.app);
    let looked = tokio::task::spawn_blocking(move || {
        let now = app.now();
        // A replica takes over what has changed before somebody asks, and lets go of what was removed.
        app.index().look();
        app.holdings(now).data_info(&DataInfoParams::default())
    });
    let not_ready =
        |reason: &str| json(StatusCode::SERVICE_UNAVAILABLE, &json!({"ready": false, "reason": reason}));
    match looked.await {
        Ok(Ok(info)) if info.has_data => {
            json(StatusCode::OK, &json!({"ready": true, "data_age_minutes": info.data_age_minutes}))
        }
        Ok(Ok(_)) => not_ready("there is no data yet: the first sync brings it"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the server is not ready");
            not_ready("the lake cannot be read; the log tells why")
        }
        Err(_) => not_ready("the lake cannot be looked at; the log tells why"),
    }
}
