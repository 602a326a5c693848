//! A tool called by a program: who may, when it is answered, and what comes of it as a status and a body.

use axum::body::Body;
use axum::http::header::AGE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value};

use super::Shared;
use super::answer::{forbidden, json_text, later, refusal};
use super::keys::Caller;
use super::scope::scope_of;
use crate::cancel::Cancel;
use crate::server::asked::Asked;
use crate::server::cache::Given;
use crate::server::call::{Doing, Reader};
use crate::server::reply;
use crate::server::run::{self, Ask, Outcome, Patience};
use crate::server::tool::Tool;
use crate::tools::ToolError;
use crate::tools::conversation::NotHeld;
use crate::worker::{self, FailedKind};
use crate::{engine, index};

/// A call of a tool by somebody.
pub(super) struct Calling<'a> {
    pub(super) shared: &'a Shared,
    pub(super) caller: &'a Caller,
    pub(super) tool: &'static Tool,
    pub(super) arguments: Map<String, Value>,
    /// What is said of a conversation that is not held.
    pub(super) not_held: StatusCode,
}

impl Calling<'_> {
    /// The answer, or why there is none.
    pub(super) async fn response(self) -> Response {
        Asked::note_tool(self.tool.name);
        let scope = scope_of(self.tool);
        if !self.caller.may(scope) {
            return forbidden(self.tool.name, scope);
        }
        let ask = Ask {
            tool: self.tool,
            arguments: self.arguments,
            reader: Reader::Program,
            patience: Patience::OF_NETWORK,
        };
        // Who hangs up waits for no answer.
        let stopped = StopOnDrop(Cancel::new());
        match run::answer(&self.shared.app, ask, &stopped.0, &Doing::default()).await {
            Outcome::Answered(given) => answered(given),
            Outcome::Refused(error) => refused(&error, self.not_held),
            Outcome::BrokeOff => refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", run::BROKE_OFF),
            Outcome::Busy => busy(),
        }
    }
}

/// A call that is given up when its answer is not wanted any more.
pub(super) struct StopOnDrop(pub(super) Cancel);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// An answer; of one that was made before, its age is told, too.
fn answered(given: Given) -> Response {
    let age = given.age;
    let mut response = json_text(StatusCode::OK, Body::from(given.text.as_bytes().to_vec()));
    if let Some(age) = age {
        response.headers_mut().insert(AGE, HeaderValue::from(age.as_secs()));
    }
    response
}

/// That more is asked than can be answered.
pub(super) fn busy() -> Response {
    let message = "more is asked than can be answered at once; try again in a moment";
    later(StatusCode::SERVICE_UNAVAILABLE, "busy", message, 1)
}

/// Why a call has no answer.
pub(super) fn refused(error: &ToolError, not_held: StatusCode) -> Response {
    let (status, code) = kind(error, not_held);
    let message = reply::explained(error);
    match status {
        StatusCode::SERVICE_UNAVAILABLE => later(status, code, &message, 5),
        status => refusal(status, code, &message),
    }
}

/// What kind of failure it is, for programs.
fn kind(error: &ToolError, not_held: StatusCode) -> (StatusCode, &'static str) {
    match error {
        ToolError::Engine(engine::Error::NoLake(_)) | ToolError::Index(index::Error::NoLake(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "no_data")
        }
        ToolError::Sql(worker::Error::Failed(failed)) if failed.kind == FailedKind::NoLake => {
            (StatusCode::SERVICE_UNAVAILABLE, "no_data")
        }
        ToolError::Sql(worker::Error::Busy(_)) => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
        ToolError::Index(index::Error::BeingMade { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, "index_being_made")
        }
        ToolError::Engine(engine::Error::TimedOut(_)) => (StatusCode::GATEWAY_TIMEOUT, "timed_out"),
        ToolError::NotHeld(NotHeld::Unsettled { .. } | NotHeld::NotFetched { .. }) => {
            (StatusCode::SERVICE_UNAVAILABLE, "conversation_not_reached")
        }
        ToolError::NotHeld(_) => (not_held, "conversation_not_held"),
        error if error.is_in_the_parameters() => (StatusCode::BAD_REQUEST, "invalid_arguments"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
    }
}
