//! Whether the server lives, and whether it can answer: for load balancers and monitors, without a key.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::SecondsFormat;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::Shared;
use super::answer::json;
use crate::free_space::free_bytes;
use crate::model::{Conversation, Row};
use crate::server::App;
use crate::tools::ToolError;
use crate::tools::data_info::{DataInfo, DataInfoParams};

/// How Parquet files end.
const PARQUET: &[u8; 4] = b"PAR1";
/// How long what was seen is told again.
const SAME_FOR: Duration = Duration::from_millis(500);
/// With less room than this a sync will hardly end.
const LITTLE_ROOM: u64 = 50_000_000;

/// Whether it was ready when somebody asked last.
#[derive(Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, StatusCode, Value)>>);

/// `GET /health`: the process answers.
pub(super) async fn live(State(shared): State<Arc<Shared>>) -> Response {
    let timestamp = shared.app.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let live = json!({"status": "healthy", "version": env!("CARGO_PKG_VERSION"), "timestamp": timestamp});
    json(StatusCode::OK, &live)
}

/// `GET /ready`: there is a lake whose files can be read. How old it is and whether the disk has room, it tells too, and nothing
/// about what is in it: old data and a full disk are for whoever is on call, and no reason to answer nobody.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    // Anybody may ask: whoever comes while it is looked, or just after, hears the same.
    let mut seen = shared.readiness.0.lock().await;
    if let Some((_, status, told)) = seen.as_ref().filter(|(at, ..)| at.elapsed() < SAME_FOR) {
        return json(*status, told);
    }
    let app = Arc::clone(&shared.app);
    let looked = tokio::task::spawn_blocking(move || look(&app)).await;
    let not_ready =
        |reason: &str| (StatusCode::SERVICE_UNAVAILABLE, json!({"ready": false, "reason": reason}));
    let (status, told) = match looked {
        Ok(Ok((info, disk))) if info.has_data => (StatusCode::OK, told(&info, disk)),
        Ok(Ok(_)) => not_ready("there is no data yet: the first sync brings it"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the server is not ready");
            not_ready("the lake cannot be read; the log tells why")
        }
        Err(_) => not_ready("the lake cannot be looked at; the log tells why"),
    };
    let response = json(status, &told);
    *seen = Some((Instant::now(), status, told));
    response
}

fn look(app: &App) -> Result<(DataInfo, &'static str), ToolError> {
    // A replica takes over what has changed before somebody asks, and lets go of what was removed.
    app.index().look();
    let info = app.holdings(app.now()).data_info(&DataInfoParams::default())?;
    readable(app).map_err(|(path, error)| ToolError::Refused(format!("{}: {error}", path.display())))?;
    let disk = match free_bytes(&app.layout().state_dir()) {
        Some(free) if free < LITTLE_ROOM => "full",
        Some(_) => "ok",
        None => "unknown",
    };
    Ok((info, disk))
}

/// Whether the latest file of conversations is one.
fn readable(app: &App) -> Result<(), (PathBuf, io::Error)> {
    let state = app.state().ok().flatten();
    let latest = state.as_ref().and_then(|state| state.files_of(Conversation::TABLE.name).next_back());
    let Some((file, _)) = latest else { return Ok(()) };
    let path = app.layout().data_file(&file);
    let read = || {
        let mut end = [0; PARQUET.len()];
        let mut opened = File::open(&path)?;
        opened.seek(SeekFrom::End(-(PARQUET.len() as i64)))?;
        opened.read_exact(&mut end)?;
        if end == *PARQUET { Ok(()) } else { Err(io::Error::other("it is no Parquet file")) }
    };
    read().map_err(|error| (path.clone(), error))
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
