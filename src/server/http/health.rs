//! Whether the server lives, and whether it can answer: for load balancers and monitors, without a key.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::Shared;
use super::answer::json;
use crate::free_space::free_bytes;
use crate::server::App;
use crate::tools::ToolError;
use crate::tools::data_info::{DataInfo, DataInfoParams};

/// With less room than this a sync will hardly end.
const LITTLE_ROOM: u64 = 50_000_000;

/// `GET /health`: the process answers.
pub(super) async fn live(State(shared): State<Arc<Shared>>) -> Response {
    let timestamp = shared.app.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let live = json!({"status": "healthy", "version": env!("CARGO_PKG_VERSION"), "timestamp": timestamp});
    json(StatusCode::OK, &live)
}

/// `GET /ready`: there is a lake that can be read. How old it is and whether the disk has room, it tells too, and nothing
/// about what is in it: old data and a full disk are for whoever is on call, and no reason to answer nobody.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    let app = Arc::clone(&shared.app);
    let looked = tokio::task::spawn_blocking(move || look(&app));
    let not_ready =
        |reason: &str| json(StatusCode::SERVICE_UNAVAILABLE, &json!({"ready": false, "reason": reason}));
    match looked.await {
        Ok(Ok((info, disk))) if info.has_data => json(StatusCode::OK, &told(&info, disk)),
        Ok(Ok(_)) => not_ready("there is no data yet: the first sync brings it"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the server is not ready");
            not_ready("the lake cannot be read; the log tells why")
        }
        Err(_) => not_ready("the lake cannot be looked at; the log tells why"),
    }
}

fn look(app: &App) -> Result<(DataInfo, &'static str), ToolError> {
    // A replica takes over what has changed before somebody asks, and lets go of what was removed.
    app.index().look();
    let info = app.holdings(app.now()).data_info(&DataInfoParams::default())?;
    let disk = match free_bytes(&app.layout().state_dir()) {
        Some(free) if free < LITTLE_ROOM => "full",
        Some(_) => "ok",
        None => "unknown",
    };
    Ok((info, disk))
}

fn told(info: &DataInfo, disk: &str) -> Value {
    json!({
        "ready": true,
        "last_sync": info.data_as_of,
        "data_age_minutes": info.data_age_minutes,
        "is_stale": info.is_stale,
        "is_syncing": info.is_syncing,
        "disk": disk,
    })
}
