//! Tools for programs that do not speak MCP: the arguments are the body, and the answer is the answer itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::Shared;
use super::answer::{self, forbidden, later, refusal};
use super::keys::Caller;
use super::scope::scope_of;
use crate::cancel::Cancel;
use crate::nearest::nearest;
use crate::server::asked::Asked;
use crate::server::call::Doing;
use crate::server::reply;
use crate::server::run::{self, Outcome};
use crate::server::tools::{FRESH_WITHIN, TOOLS};
use crate::tools::ToolError;
use crate::tools::conversation::NotHeld;
use crate::worker::{self, FailedKind};
use crate::{engine, index};

/// How long a call waits for its turn before it is sent away.
const TURN_WITHIN: Duration = Duration::from_secs(5);

/// `GET /tools`: which there are, with the schemas of arguments and answers.
pub(super) async fn list() -> Response {
    let tools = TOOLS.iter().map(|tool| {
        json!({
            "name": tool.name,
            "title": tool.title,
            "description": tool.description,
            "inputSchema": tool.input_schema(),
            "outputSchema": tool.output_schema(),
        })
    });
    answer::json(StatusCode::OK, &json!({"tools": tools.collect::<Vec<_>>()}))
}

/// `POST /tools/NAME`.
pub(super) async fn call(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Response {
    let Some(tool) = TOOLS.iter().find(|tool| tool.name == name) else { return unknown(&name) };
    Asked::note_tool(tool.name);
    if !caller.may(scope_of(tool)) {
        return forbidden(tool.name, scope_of(tool));
    }
    let arguments = match arguments(&body) {
        Ok(arguments) => arguments,
        Err(message) => return refusal(StatusCode::BAD_REQUEST, "invalid_arguments", &message),
    };
    let app = &shared.app;
    run::refresh(app, tool, FRESH_WITHIN).await;
    let Ok(turn) = timeout(TURN_WITHIN, app.turn()).await else {
        let message = "more is asked than can be answered at once; try again in a moment";
        return later(StatusCode::SERVICE_UNAVAILABLE, "busy", message, 1);
    };
    // Who hangs up waits for no answer.
    let stopped = StopOnDrop(Cancel::new());
    let started = Instant::now();
    let outcome = run::begin(app, tool, arguments, turn, &stopped.0, &Doing::default()).await;
    match outcome.unwrap_or(Outcome::BrokeOff).noted(tool, started.elapsed(), app) {
        Outcome::Answered(answer) => answer::json(StatusCode::OK, &answer),
        Outcome::Refused(error) => {
            let (status, code) = kind(&error);
            let message = reply::explained(&error);
            match status {
                StatusCode::SERVICE_UNAVAILABLE => later(status, code, &message, 5),
                status => refusal(status, code, &message),
            }
        }
        Outcome::BrokeOff => refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", run::BROKE_OFF),
    }
}

/// A call that is given up when its answer is not wanted any more.
struct StopOnDrop(Cancel);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn unknown(name: &str) -> Response {
    let names = TOOLS.iter().map(|tool| tool.name);
    let meant = nearest(name, names.clone()).map_or(String::new(), |near| format!("did you mean {near}? "));
    let message =
        format!("there is no tool of that name; {meant}there are {}", names.collect::<Vec<_>>().join(", "));
    refusal(StatusCode::NOT_FOUND, "unknown_tool", &message)
}

/// The arguments: an object, or nothing for none.
fn arguments(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err("the body is the arguments as one JSON object, like {\"limit\": 10}".to_owned()),
        Err(error) => Err(format!("the body is no JSON: {error}; an example is {{\"limit\": 10}}")),
    }
}

/// What kind of failure it is, for programs.
fn kind(error: &ToolError) -> (StatusCode, &'static str) {
    match error {
        ToolError::Engine(engine::Error::NoLake(_)) | ToolError::Index(index::Error::NoLake(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "no_data")
        }
        ToolError::Sql(worker::Error::Failed(failed)) if failed.kind == FailedKind::NoLake => {
            (StatusCode::SERVICE_UNAVAILABLE, "no_data")
        }
        ToolError::Index(index::Error::BeingMade { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, "index_being_made")
        }
        ToolError::Engine(engine::Error::TimedOut(_)) => (StatusCode::GATEWAY_TIMEOUT, "timed_out"),
        ToolError::NotHeld(NotHeld::Unknown { .. }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "conversation_not_held")
        }
        error if error.is_in_the_parameters() => (StatusCode::BAD_REQUEST, "invalid_arguments"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
    }
}
