//! The Model Context Protocol, in both of its eras: with `initialize` and without. Knows nothing of transports.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
    CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorCode, ErrorData,
    GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProgressNotificationParam, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Map, Value};
use tokio::time::interval;

use super::app::{App, NAME};
use super::asked::Asked;
use super::call::{Doing, Reader};
use super::http::{Caller, Scope, scope_of};
use super::run::{self, Ask, Outcome, Patience};
use super::tool::{Effect, Tool};
use super::tools::TOOLS;
use super::{completion, prompts, reply, resources};
use crate::cancel::Cancel;
use crate::nearest::nearest;
use crate::program;

/// What a client is told when it connects.
const INSTRUCTIONS: &str = include_str!("instructions.txt");
/// How long lists stay as they are: as long as the program runs.
const LISTS_TTL_MS: u64 = 3_600_000;
/// What is said to nobody, since who cancels a call waits for no answer.
const CANCELLED: &str = "the call was cancelled";
/// Methods with parameters that can be wrong. Not `initialize`, which without its own is a method that was removed.
const METHODS: &[&str] = &[
    "completion/complete",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "tools/call",
    "tools/list",
];
/// What is said to whoever waits when the server ends.
const STOPPING: &str = "this server is being stopped; ask again in a moment";
const BUSY: &str = "more is asked than can be answered; try again in a moment";
/// How often is told what a long call does.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The server.
#[derive(Clone)]
pub struct Mcp {
    app: Arc<App>,
    /// Raised when whoever still waits for an answer had better be told that there will be none.
    ending: Cancel,
}

impl Mcp {
    /// For the lake of `app`.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, ending: Cancel::new() }
    }

    /// Tells those who still wait that the server ends once that is raised.
    pub(super) fn until(self, ending: &Cancel) -> Self {
        Self { ending: ending.clone(), ..self }
    }

    /// Answers a call on a thread of its own, telling what it does meanwhile.
    async fn answered(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> CallToolResult {
        Asked::note_tool(tool.name);
        if let Some(refused) = refused(tool.name, scope_of(tool), context) {
            return reply::failed(&refused);
        }
        let (cancel, doing) = (Cancel::new(), Doing::default());
        let started = Instant::now();
        let ask = Ask { tool, arguments, reader: Reader::Model, patience: patience(context) };
        let mut work = std::pin::pin!(run::answer(&self.app, ask, &cancel, &doing));
        let mut beats = interval(HEARTBEAT);
        beats.tick().await;
        let outcome = loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = context.ct.cancelled() => {
                    cancel.cancel();
                    return reply::failed(CANCELLED);
                }
                () = self.ending.cancelled() => {
                    cancel.cancel();
                    return reply::failed(STOPPING);
                }
                _ = beats.tick() => tell(context, started.elapsed(), &doing).await,
            }
        };
        match outcome {
            Outcome::Answered(given) => reply::answered(tool.name, given),
            Outcome::Refused(error) => reply::failed(&reply::explained(&error)),
            Outcome::BrokeOff => reply::failed(run::BROKE_OFF),
            Outcome::Busy => reply::failed(BUSY),
        }
    }
}

impl Mcp {
    /// Does blocking work that is no tool's in its turn, for whoever may read.
    async fn in_turn<T: Send + 'static>(
        &self,
        what: &'static str,
        context: &RequestContext<RoleServer>,
        work: impl FnOnce(&App) -> Result<T, ErrorData> + Send + 'static,
    ) -> Result<T, ErrorData> {
        let done = async {
            Asked::note_tool(what);
            if let Some(refused) = refused(what, Scope::Read, context) {
                return Err(ErrorData::invalid_request(refused, None));
            }
            let Some(turn) = run::turn(&self.app, patience(context)).await else {
                return Err(ErrorData::internal_error(BUSY, None));
            };
            let app = Arc::clone(&self.app);
            let work = move || {
                let _turn = turn;
                work(&app)
            };
            let done = off_thread(work).await;
            note_outcome(if done.is_ok() { "answered" } else { "refused" });
            done
        };
        within(context, done).await
    }
}

/// Does work for a request that came over the network: the protocol's own tasks lie between it and here.
async fn within<F: Future>(context: &RequestContext<RoleServer>, work: F) -> F::Output {
    let asked = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Asked>());
    match asked {
        Some(asked) => asked.within(work).await,
        None => work.await,
    }
}

/// How long a call waits for its turn: over the network, nobody knows how many others do.
fn patience(context: &RequestContext<RoleServer>) -> Patience {
    match context.extensions.get::<Parts>() {
        // How many may wait, places are for.
        Some(_) => Patience { most_waiting: usize::MAX, ..Patience::OF_NETWORK },
        None => Patience::OF_CLIENT,
    }
}

/// Why whoever asks may not have something: over HTTP a key may be for less than everything.
fn refused(what: &str, scope: Scope, context: &RequestContext<RoleServer>) -> Option<String> {
    let caller = context.extensions.get::<Parts>()?.extensions.get::<Caller>()?;
    if caller.may(scope) {
        return None;
    }
    note_outcome("refused");
    Some(format!("this key may not be used for {what}: that takes the scope {}", scope.name()))
}

fn note_outcome(outcome: &'static str) {
    if let Some(asked) = Asked::current() {
        asked.noted().outcome = Some(outcome);
    }
}

/// Tells how a call is getting on, if the client wants to know.
async fn tell(context: &RequestContext<RoleServer>, elapsed: Duration, doing: &Doing) {
    let Some(token) = context.meta.get_progress_token() else { return };
    let message = doing.words().unwrap_or_else(|| format!("working for {} s", elapsed.as_secs()));
    let progress = ProgressNotificationParam::new(token, elapsed.as_secs_f64()).with_message(message);
    // Who is gone need not be told.
    let _ = context.peer.notify_progress(progress).await;
}

fn described(tool: &Tool) -> rmcp::model::Tool {
    let is_local = matches!(tool.effect, Effect::Answers | Effect::Reads);
    let annotations = ToolAnnotations::with_title(tool.title)
        .read_only(tool.effect != Effect::Syncs)
        .destructive(false)
        .idempotent(true)
        .open_world(!is_local);
    rmcp::model::Tool::new(tool.name, tool.description, Arc::new(tool.input_schema()))
        .with_title(tool.title)
        .with_raw_output_schema(Arc::new(tool.output_schema()))
        .with_annotations(annotations)
}

fn unknown_tool(name: &str) -> ErrorData {
    let names = TOOLS.iter().map(|tool| tool.name);
    let meant = nearest(name, names.clone()).map_or(String::new(), |near| format!("did you mean {near}? "));
    let names = names.collect::<Vec<_>>().join(", ");
    ErrorData::invalid_params(format!("there is no tool '{name}'; {meant}There are {names}"), None)
}

/// Every list is one page, so no cursor was ever given.
fn only_page(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor.as_deref()) {
        None | Some("") => Ok(()),
        Some(_) => Err(ErrorData::invalid_params("this list has one page: there is no such cursor", None)),
    }
}

impl ServerHandler for Mcp {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_prompts()
            .enable_completions()
            .build();
        let implementation = Implementation::new(NAME, env!("CARGO_PKG_VERSION")).with_title("FastIntercom");
        ServerConfig::new(capabilities)
            .with_server_info(implementation)
            .with_instructions(INSTRUCTIONS.trim_end())
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let discovered = DiscoverResult::from_server_info(versions, self.get_info());
        Ok(discovered.with_ttl_ms(LISTS_TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        only_page(request.as_ref())?;
        let tools = TOOLS.iter().map(described).collect();
        let list = ListToolsResult::with_all_items(tools);
        Ok(list.with_ttl_ms(LISTS_TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = TOOLS.iter().find(|tool| tool.name == request.name);
        let tool = tool.ok_or_else(|| unknown_tool(&request.name))?;
        let arguments = request.arguments.unwrap_or_default();
        Ok(within(&context, self.answered(tool, arguments, &context)).await.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        only_page(request.as_ref())?;
        let list = ListResourcesResult::with_all_items(resources::all());
        Ok(list.with_ttl_ms(LISTS_TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        only_page(request.as_ref())?;
        let list = ListResourceTemplatesResult::with_all_items(resources::templates());
        Ok(list.with_ttl_ms(LISTS_TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = move |app: &App| resources::read(app, &request.uri);
        self.in_turn("resources/read", &context, read).await.map(Into::into)
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        only_page(request.as_ref())?;
        let list = ListPromptsResult::with_all_items(prompts::all());
        Ok(list.with_ttl_ms(LISTS_TTL_MS).with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request.name, &request.arguments.unwrap_or_default()).map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let complete = move |app: &App| Ok(completion::complete(app, &request));
        self.in_turn("completion/complete", &context, complete).await
    }

    /// What is known by no name, or came with parameters that cannot be read.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method = request.method;
        if METHODS.contains(&method.as_str()) {
            let words =
                format!("the parameters of {method} cannot be read: they are not of the types it takes");
            return Err(ErrorData::invalid_params(words, None));
        }
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None))
    }
}

/// Blocking work that is no tool's.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ErrorData> + Send + 'static,
) -> Result<T, ErrorData> {
    let done = tokio::task::spawn_blocking(move || catch_unwind(AssertUnwindSafe(work))).await;
    match done {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) | Err(_) => Err(ErrorData::internal_error(
            program::typed("this is a mistake in fi; `fi logs` tells more"),
            None,
        )),
    }
}
