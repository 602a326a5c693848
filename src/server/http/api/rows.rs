//! `POST /query`: rows in the form that is accepted. All but JSON are sent as they come, so memory does not grow with
//! them; whoever takes them too slowly is left.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use chrono::SecondsFormat;
use futures::stream::unfold;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::super::answer::{forbidden, later, refusal};
use super::super::calling::{Calling, StopOnDrop, busy, refused};
use super::super::keys::Scope;
use super::super::scope::scope_of;
use super::formats::{Accepted, RowsAs, accepted};
use crate::cancel::Cancel;
use crate::server::asked::Asked;
use crate::server::run::{self, Patience};
use crate::server::{App, arguments};
use crate::tools::ToolError;
use crate::tools::query::{Querier, QueryParams, data_as_of};
use crate::worker::StreamEnd;

/// Pieces that wait to be taken.
const PIECES: usize = 2;
/// How long a piece may wait: then nobody takes it any more.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// When what is held was known, of rows without words about them.
const DATA_AS_OF: HeaderName = HeaderName::from_static("x-data-as-of");

/// What comes of a query.
enum Event {
    Piece(Bytes),
    End(Result<StreamEnd, ToolError>),
}

/// Rows, in the form that the request accepts.
pub(super) async fn response(calling: Calling<'_>, headers: &HeaderMap) -> Response {
    let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>();
    match accepted(Some(&accept.join(","))) {
        Ok(Accepted::Json) => calling.response().await,
        Ok(Accepted::Rows(rows)) => streamed(calling, rows).await,
        Err(message) => refusal(StatusCode::NOT_ACCEPTABLE, "not_acceptable", &message),
    }
}

async fn streamed(calling: Calling<'_>, rows: &'static RowsAs) -> Response {
    let Calling { shared, caller, tool, arguments, not_held } = calling;
    run::note_arguments(&arguments);
    Asked::note_tool(tool.name);
    let asked = Asked::current();
    let is_admin = caller.may(Scope::Admin);
    let scope = scope_of(tool);
    if !caller.may(scope) {
        return forbidden(tool.name, scope);
    }
    let schema = Value::Object(tool.input_schema());
    let params: QueryParams = match arguments::read(tool.name, arguments, &schema) {
        Ok(params) => params,
        Err(error) => return refused(&error, not_held),
    };
    let app = &shared.app;
    run::refresh(app, tool).await;
    let within = Patience::OF_NETWORK.within;
    let Ok(turn) = timeout(within, app.turn_for_rows()).await else { return busy() };
    let stopped = StopOnDrop(Cancel::new());
    let (events, mut coming) = channel(PIECES);
    let (of_app, cancel) = (Arc::clone(app), stopped.0.clone());
    spawn_blocking(move || {
        let _turn = turn;
        let started = Instant::now();
        let querier = of_app.row_querier(&params.sql, is_admin);
        let end = querier
            .and_then(|querier| run_into(&of_app, &Querier { cancel, ..querier }, &params, rows, &events));
        let outcome = match &end {
            Ok(_) => "answered",
            Err(_) if events.is_closed() => "given_up",
            Err(_) => "refused",
        };
        of_app.counts().ended(tool.name, outcome, started.elapsed());
        note(asked.as_ref(), outcome, &end);
        // Who is gone need not be told.
        let _ = Handle::current().block_on(timeout(TAKEN_WITHIN, events.send(Event::End(end))));
    });
    match coming.recv().await {
        Some(Event::Piece(first)) => {
            whole(app, rows, Body::from_stream(unfold(Some((Some(first), coming, stopped)), next))).await
        }
        Some(Event::End(Ok(end))) if end.lake_changed => {
            later(StatusCode::SERVICE_UNAVAILABLE, "data_changed", "a sync changed the data meanwhile", 1)
        }
        Some(Event::End(Ok(_))) => whole(app, rows, Body::empty()).await,
        Some(Event::End(Err(error))) => refused(&error, not_held),
        None => refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", run::BROKE_OFF),
    }
}

/// Notes how it ended, before whoever asked hears of it.
fn note(asked: Option<&Asked>, outcome: &'static str, end: &Result<StreamEnd, ToolError>) {
    if let Some(asked) = asked {
        let mut noted = asked.noted();
        noted.outcome = Some(outcome);
        noted.row_count = end.as_ref().ok().map(|end| end.rows);
    }
}

/// Runs a query on this thread, which waits while its rows are not taken.
fn run_into(
    app: &App,
    querier: &Querier<'_>,
    params: &QueryParams,
    rows: &RowsAs,
    events: &Sender<Event>,
) -> Result<StreamEnd, ToolError> {
    app.sync().note_question(app.now());
    let runtime = Handle::current();
    let mut take = |piece: Vec<u8>| {
        let sent = runtime.block_on(timeout(TAKEN_WITHIN, events.send(Event::Piece(piece.into()))));
        match sent {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    };
    let end = querier.stream(params, rows.format, &mut take);
    tracing::info!(is_whole = end.is_ok(), "answered a query with rows");
    end
}

async fn whole(app: &Arc<App>, rows: &RowsAs, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(rows.media_type));
    let app = Arc::clone(app);
    let as_of = spawn_blocking(move || data_as_of(app.state().ok()?.as_deref()).ok()?).await.ok().flatten();
    let as_of = as_of.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    if let Some(as_of) = as_of.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(DATA_AS_OF, as_of);
    }
    response
}

type Coming = Option<(Option<Bytes>, Receiver<Event>, StopOnDrop)>;

/// The next piece. What is not whole breaks off, so that nobody takes it for all there is.
async fn next(coming: Coming) -> Option<(io::Result<Bytes>, Coming)> {
    let (first, mut coming, stopped) = coming?;
    if let Some(first) = first {
        return Some((Ok(first), Some((None, coming, stopped))));
    }
    match coming.recv().await {
        Some(Event::Piece(piece)) => Some((Ok(piece), Some((None, coming, stopped)))),
        Some(Event::End(Ok(end))) if !end.lake_changed => None,
        Some(Event::End(Ok(_))) => Some((Err(io::Error::other("the data changed meanwhile")), None)),
        Some(Event::End(Err(error))) => Some((Err(io::Error::other(error.to_string())), None)),
        None => Some((Err(io::Error::other(run::BROKE_OFF)), None)),
    }
}
