//! Tools for programs that do not speak MCP: the arguments are the body, and the answer is the answer itself.
//!
//! Older clients know these addresses, and what comes back, by heart; `tests/it/rest.rs` replays them.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::Shared;
use super::answer::{self, refusal};
use super::calling::Calling;
use super::keys::Caller;
use crate::nearest::nearest;
use crate::server::app::NAME;
use crate::server::tools::TOOLS;

/// The tool whose older clients expect more than newer ones.
const SEARCH: &str = "search_conversations";

/// `GET /`: what is here.
pub(super) async fn here() -> Response {
    let here = json!({
        "name": NAME,
        "version": env!("CARGO_PKG_VERSION"),
        "mcp": "/mcp",
        "tools": "/tools",
        "api": "/api",
        "openapi": "/api/v1/openapi.json",
        "health": "/health",
        "ready": "/ready",
    });
    answer::json(StatusCode::OK, &here)
}

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
    name: Result<Path<String>, PathRejection>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Response {
    // What cannot be read is the name of nothing.
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let Some(tool) = TOOLS.iter().find(|tool| tool.name == name) else { return unknown(&name) };
    let mut arguments = match object(&body) {
        Ok(arguments) => arguments,
        Err(message) => return refusal(StatusCode::BAD_REQUEST, "invalid_arguments", &message),
    };
    if tool.name == SEARCH {
        expect_as_before(&mut arguments);
    }
    // Not 404, which older clients take for a tool that is missing.
    let not_held = StatusCode::UNPROCESSABLE_ENTITY;
    Calling { shared: &shared, caller: &caller, tool, arguments, not_held }.response().await
}

/// Older clients of a search expect conversations with their messages, fifty of them, without asking for it.
fn expect_as_before(arguments: &mut Map<String, Value>) {
    for (argument, value) in [("response_format", json!("detailed")), ("limit", json!(50))] {
        arguments.entry(argument).or_insert(value);
    }
}

fn unknown(name: &str) -> Response {
    let names = TOOLS.iter().map(|tool| tool.name);
    let meant = nearest(name, names.clone()).map_or(String::new(), |near| format!("did you mean {near}? "));
    let message =
        format!("there is no tool of that name; {meant}there are {}", names.collect::<Vec<_>>().join(", "));
    refusal(StatusCode::NOT_FOUND, "unknown_tool", &message)
}

/// A body of arguments: an object, or nothing for none.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err("the body is the arguments as one JSON object, like {\"limit\": 10}".to_owned()),
        Err(error) => Err(format!("the body is no JSON: {error}; an example is {{\"limit\": 10}}")),
    }
}
