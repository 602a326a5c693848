//! Runs a call on a thread of its own: the same for every transport.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinHandle;

use super::app::App;
use super::asked::Asked;
use super::call::{Call, Doing};
use super::tool::{Effect, Tool};
use super::tools::TOOLS;
use crate::cancel::Cancel;
use crate::tools::ToolError;

/// What is said of a call that panicked.
pub(super) const BROKE_OFF: &str = "this is a mistake in fi, not in the question: the call broke off. The server goes on; \
                                    `fi logs` tells more";

/// What answers are lists of, the first that is there.
const LISTS: &[&str] = &["rows", "conversations", "groups", "messages", "views"];

/// What came of a call.
pub(super) enum Outcome {
    Answered(Value),
    Refused(ToolError),
    /// It panicked, which a client must hear of like of any other failure.
    BrokeOff,
}

/// Waits for fresh data before a tool that needs it, if the user set a bound on how old data may be.
pub(super) async fn refresh(app: &App, tool: &Tool, within: Duration) {
    if tool.effect == Effect::Answers {
        app.sync().refresh_if_stale(within).await;
    }
}

/// Begins a call.
pub(super) fn begin(
    app: &Arc<App>,
    tool: &'static Tool,
    arguments: Map<String, Value>,
    turn: Option<OwnedSemaphorePermit>,
    cancel: &Cancel,
    doing: &Doing,
) -> JoinHandle<Outcome> {
    let (app, cancel, doing) = (Arc::clone(app), cancel.clone(), doing.clone());
    let span = tracing::Span::current();
    let is_admin = Asked::current().is_some_and(|asked| {
        let mut noted = asked.noted();
        noted.arguments = arguments.keys().filter(|name| is_argument(name)).cloned().collect();
        noted.is_admin
    });
    tokio::task::spawn_blocking(move || {
        let (_turn, _within) = (turn, span.entered());
        caught(tool, &Call { app: &app, now: app.now(), cancel, doing, is_admin }, arguments)
    })
}

/// Whether some tool has an argument of this name: others may be anything.
fn is_argument(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let properties =
            |tool: &Tool| tool.input_schema().get("properties").and_then(Value::as_object).cloned();
        TOOLS.iter().filter_map(properties).flatten().map(|(name, _)| name).collect()
    });
    NAMES.contains(name)
}

/// Runs a tool.
fn caught(tool: &Tool, call: &Call<'_>, arguments: Map<String, Value>) -> Outcome {
    match catch_unwind(AssertUnwindSafe(|| (tool.run)(call, arguments))) {
        Ok(Ok(answer)) => Outcome::Answered(answer),
        Ok(Err(error)) => Outcome::Refused(error),
        Err(_) => Outcome::BrokeOff,
    }
}

impl Outcome {
    /// Logs and counts it, and adds to an answer what whoever asks should hear once.
    pub(super) fn noted(mut self, tool: &'static Tool, took: Duration, app: &App) -> Self {
        let milliseconds = took.as_millis() as u64;
        match &mut self {
            Self::Answered(answer) => {
                tracing::info!(tool = tool.name, milliseconds, "answered a call");
                if let Some(notes) = answer.get_mut("notes").and_then(Value::as_array_mut) {
                    notes.extend(app.news().map(Value::from));
                }
            }
            Self::Refused(error) => {
                // What it says may quote customers, who are nobody's to keep in a log.
                let is_the_callers = error.is_in_the_parameters();
                tracing::info!(tool = tool.name, milliseconds, is_the_callers, "could not answer a call");
            }
            Self::BrokeOff => tracing::error!(tool = tool.name, milliseconds, "a call broke off"),
        }
        app.counts().ended(tool.name, self.name(), took);
        if let Some(asked) = Asked::current() {
            let mut noted = asked.noted();
            (noted.tool, noted.outcome, noted.row_count) = (Some(tool.name), Some(self.name()), self.rows());
        }
        self
    }

    /// How it ended, in a word.
    fn name(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Refused(_) => "refused",
            Self::BrokeOff => "broke_off",
        }
    }

    /// Rows of an answer, or whatever it is a list of.
    fn rows(&self) -> Option<u64> {
        let Self::Answered(answer) = self else { return None };
        let listed = |name: &&str| answer.get(name)?.as_array().map(|items| items.len() as u64);
        LISTS.iter().find_map(|name| listed(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::app::tests::nowhere;

    #[test]
    fn a_call_that_panics_is_told_like_any_other_failure() {
        let tool: &'static Tool = &Tool {
            name: "breaks",
            title: "",
            description: "",
            effect: Effect::Reads,
            input: Map::new,
            output: Map::new,
            run: |_, _| panic!("a mistake"),
        };
        let app = nowhere();
        let (cancel, doing) = (Cancel::new(), Doing::default());
        let call = Call { app: &app, now: app.now(), cancel, doing, is_admin: false };
        let outcome = caught(tool, &call, Map::new()).noted(tool, Duration::ZERO, &app);
        assert!(matches!(outcome, Outcome::BrokeOff));
    }
}
