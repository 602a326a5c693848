//! Answers a call: with what is kept, or on a thread of its own. The same for every transport.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::app::App;
use super::asked::Asked;
use super::cache::{Found, Given, Place, Question};
use super::call::{Call, Doing, Reader};
use super::tool::{Effect, Tool};
use super::tools::{FRESH_WITHIN, TOOLS};
use crate::cancel::Cancel;
use crate::tools::ToolError;

/// What is said of a call that panicked.
pub(super) const BROKE_OFF: &str = "this is a mistake in fi, not in the question: the call broke off. The server goes on; \
                                    `fi logs` tells more";

/// A call as it comes.
pub(super) struct Ask {
    pub(super) tool: &'static Tool,
    pub(super) arguments: Map<String, Value>,
    pub(super) reader: Reader,
    /// How long it waits for its turn.
    pub(super) patience: Patience,
}

/// How long a call waits for its turn, and behind how many others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) within: Duration,
    pub(super) most_waiting: usize,
}

impl Patience {
    /// Of calls over a network: who waits longer is better told to come again.
    pub(super) const OF_NETWORK: Self = Self { within: Duration::from_secs(5), most_waiting: 64 };
    /// Of a client of one's own: longer than it waits itself.
    pub(super) const OF_CLIENT: Self = Self { within: Duration::from_secs(600), most_waiting: usize::MAX };
}

/// A call that is counted as given up if it is dropped before it is over.
struct Underway<'a> {
    app: &'a App,
    tool: &'static Tool,
    started: Instant,
    is_over: bool,
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.app.counts().ended(self.tool.name, "given_up", self.started.elapsed());
        if let Some(asked) = Asked::current() {
            asked.noted().outcome = Some("given_up");
        }
    }
}

/// What came of a call.
pub(super) enum Outcome {
    Answered(Given),
    Refused(ToolError),
    /// It panicked, which a client must hear of like of any other failure.
    BrokeOff,
    /// Its turn did not come.
    Busy,
}

/// Answers a call; stops where `cancel` is raised.
pub(super) async fn answer(app: &Arc<App>, ask: Ask, cancel: &Cancel, doing: &Doing) -> Outcome {
    let tool = ask.tool;
    let mut underway = Underway { app, tool, started: Instant::now(), is_over: false };
    note_arguments(&ask.arguments);
    refresh(app, tool).await;
    let outcome = obtained(app, ask, cancel, doing).await;
    underway.is_over = true;
    outcome.noted(tool, underway.started.elapsed(), app)
}

/// Waits for fresh data before a tool that needs it, if the user set a bound on how old data may be.
pub(super) async fn refresh(app: &App, tool: &Tool) {
    if tool.effect == Effect::Answers {
        app.sync().refresh_if_stale(FRESH_WITHIN).await;
    }
}

async fn obtained(app: &Arc<App>, ask: Ask, cancel: &Cancel, doing: &Doing) -> Outcome {
    let place = match Question::of(ask.tool, &ask.arguments, ask.reader) {
        Some(question) => match kept(app, question).await {
            Ok(given) => return Outcome::Answered(given),
            Err(place) => place,
        },
        None => None,
    };
    let Some(turn) = turn(app, ask.patience).await else { return Outcome::Busy };
    let (app, cancel, doing) = (Arc::clone(app), cancel.clone(), doing.clone());
    let span = tracing::Span::current();
    let is_admin = Asked::current().is_some_and(|asked| asked.noted().is_admin);
    let work = spawn_blocking(move || {
        let (_turn, _within) = (turn, span.entered());
        let call = Call { app: &app, now: app.now(), reader: ask.reader, cancel, doing, is_admin };
        put(place, &call, || caught(ask.tool, &call, ask.arguments))
    });
    work.await.unwrap_or(Outcome::BrokeOff)
}

/// The turn of a call; none if it does not come in time, or too many wait for theirs.
pub(super) async fn turn(app: &App, patience: Patience) -> Option<OwnedSemaphorePermit> {
    if app.counts().waiting() >= patience.most_waiting {
        return None;
    }
    timeout(patience.within, app.turn()).await.ok().flatten()
}

/// Notes what a tool is called with: the names of its arguments.
pub(super) fn note_arguments(arguments: &Map<String, Value>) {
    if let Some(asked) = Asked::current() {
        asked.noted().arguments = arguments.keys().filter(|name| is_argument(name)).cloned().collect();
    }
}

/// The answer that is kept, else where to put it once it is found. Waits, once, while somebody is being answered the same.
async fn kept(app: &Arc<App>, question: Question) -> Result<Given, Option<Place>> {
    let mut has_waited = false;
    loop {
        let (app, question) = (Arc::clone(app), question.clone());
        let looked = spawn_blocking(move || app.find(&question, has_waited));
        match looked.await.ok().flatten() {
            Some(Found::Kept(given)) => return Ok(given),
            Some(Found::Nothing(place)) => return Err(place),
            Some(Found::UnderWay(mut other)) => {
                // It never changes: it ends.
                let _ = other.changed().await;
                has_waited = true;
            }
            None => return Err(None),
        }
    }
}

/// Puts what comes of a call in its place, if it is of the state that the place is for, and nothing lagged behind.
fn put(place: Option<Place>, call: &Call<'_>, run: impl FnOnce() -> Outcome) -> Outcome {
    let Some(place) = place else { return run() };
    let was_steady = call.app.is_steady(place.state());
    let outcome = run();
    if let Outcome::Answered(given) = &outcome
        && was_steady
        && call.app.is_steady(place.state())
    {
        place.keep(given, call.now);
    }
    outcome
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
        Ok(Ok(answer)) => Outcome::Answered(Given::made(answer)),
        Ok(Err(error)) => Outcome::Refused(error),
        Err(_) => Outcome::BrokeOff,
    }
}

impl Outcome {
    /// Logs and counts it, and adds to an answer what whoever asks should hear once.
    fn noted(self, tool: &'static Tool, took: Duration, app: &App) -> Self {
        let milliseconds = took.as_millis() as u64;
        app.counts().ended(tool.name, self.name(), took);
        if let Some(asked) = Asked::current() {
            let mut noted = asked.noted();
            (noted.tool, noted.outcome, noted.row_count) = (Some(tool.name), Some(self.name()), self.rows());
        }
        match self {
            Self::Answered(given) => {
                tracing::info!(
                    tool = tool.name,
                    milliseconds,
                    is_kept = given.age.is_some(),
                    "answered a call"
                );
                let news = given.has_notes().then(|| app.news()).flatten();
                Self::Answered(news.into_iter().fold(given, Given::note))
            }
            Self::Refused(error) => {
                // What it says may quote customers, who are nobody's to keep in a log.
                let is_the_callers = error.is_in_the_parameters();
                tracing::info!(tool = tool.name, milliseconds, is_the_callers, "could not answer a call");
                Self::Refused(error)
            }
            Self::BrokeOff => {
                tracing::error!(tool = tool.name, milliseconds, "a call broke off");
                Self::BrokeOff
            }
            Self::Busy => {
                tracing::info!(tool = tool.name, milliseconds, "a call did not get its turn");
                Self::Busy
            }
        }
    }

    /// How it ended, in a word.
    fn name(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Refused(_) => "refused",
            Self::BrokeOff => "broke_off",
            Self::Busy => "busy",
        }
    }

    /// Rows of an answer, or whatever it is a list of.
    fn rows(&self) -> Option<u64> {
        let Self::Answered(given) = self else { return None };
        given.row_count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::app::tests::nowhere;

    #[test]
    fn a_call_that_panics_is_told_like_any_other_failure() {
        let known = crate::server::TOOLS.iter().find(|tool| tool.name == "get_data_info").unwrap();
        let tool: &'static Tool = Box::leak(Box::new(Tool { run: |_, _| panic!("a mistake"), ..*known }));
        let app = nowhere();
        let call = Call {
            app: &app,
            now: app.now(),
            reader: Reader::Model,
            cancel: Cancel::new(),
            doing: Doing::default(),
            is_admin: false,
        };
        let outcome = caught(tool, &call, Map::new()).noted(tool, Duration::ZERO, &app);
        assert!(matches!(outcome, Outcome::BrokeOff));
    }

    #[tokio::test]
    async fn where_too_many_wait_who_comes_is_sent_away_at_once() {
        let app = Arc::new(nowhere());
        let mut running = Vec::new();
        while let Ok(turn) = timeout(Duration::from_millis(10), app.turn()).await {
            running.push(turn);
        }
        let wait = || {
            let app = Arc::clone(&app);
            tokio::spawn(async move { turn(&app, Patience::OF_CLIENT).await.is_some() })
        };
        let waiting: Vec<_> = (0..Patience::OF_NETWORK.most_waiting).map(|_| wait()).collect();
        while app.counts().waiting() < waiting.len() {
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        assert!(turn(&app, Patience::OF_NETWORK).await.is_none());
        assert!(begun.elapsed() < Patience::OF_NETWORK.within / 2);
        drop(running);
        for one in waiting {
            assert!(one.await.unwrap());
        }
    }
}
