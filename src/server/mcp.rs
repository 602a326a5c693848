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
use super::call::Doing;
use super::http::{Caller, scope_of};
use super::run::{self, Outcome};
use super::tool::{Effect, Tool};
use super::tools::{FRESH_WITHIN, TOOLS};
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
/// How often is told what a long call does.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// The server.
#[derive(Clone)]
pub struct Mcp {
    app: Arc<App>,
}

impl Mcp {
    /// For the lake of `app`.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Answers a call on a thread of its own, telling what it does meanwhile.
    async fn answered(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> CallToolResult {
        if let Some(refused) = refused(tool, context) {
            return reply::failed(&refused);
        }
        let turn = async {
            run::refresh(&self.app, tool, FRESH_WITHIN).await;
            self.app.turn().await
        };
        let turn = tokio::select! {
            turn = turn => turn,
            () = context.ct.cancelled() => return reply::failed(CANCELLED),
        };
        let (cancel, doing) = (Cancel::new(), Doing::default());
        let started = Instant::now();
        let mut work = run::begin(&self.app, tool, arguments, turn, &cancel, &doing);
        let mut beats = interval(HEARTBEAT);
        beats.tick().await;
        let outcome = loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = context.ct.cancelled() => {
                    cancel.cancel();
                    return reply::failed(CANCELLED);
                }
                _ = beats.tick() => tell(context, started.elapsed(), &doing).await,
            }
        };
        match outcome.unwrap_or(Outcome::BrokeOff).noted(tool, started.elapsed(), &self.app) {
            Outcome::Answered(answer) => reply::answered(tool.name, answer),
            Outcome::Refused(error) => reply::failed(&reply::explained(&error)),
            Outcome::BrokeOff => reply::failed(run::BROKE_OFF),
        }
    }
}

/// Why whoever asks may not use a tool: over HTTP a key may be for less than everything.
fn refused(tool: &Tool, context: &RequestContext<RoleServer>) -> Option<String> {
    let caller = context.extensions.get::<Parts>()?.extensions.get::<Caller>()?;
    let scope = scope_of(tool);
    (!caller.may(scope))
        .then(|| format!("this key may not be used for {}: that takes the scope {}", tool.name, scope.name()))
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
        let answered = self.answered(tool, arguments, &context);
        // The protocol's own tasks lie between the network and here.
        let asked = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get::<Asked>());
        let result = match asked {
            Some(asked) => asked.within(answered).await,
            None => answered.await,
        };
        Ok(result.into())
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
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let app = Arc::clone(&self.app);
        off_thread(move || resources::read(&app, &request.uri)).await.map(Into::into)
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
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let app = Arc::clone(&self.app);
        off_thread(move || Ok(completion::complete(&app, &request))).await
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
