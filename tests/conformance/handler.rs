//! The fixtures before the server's own tools, resources and prompts; whatever is not a fixture is the server's.

// Sampling, logging and subscriptions by address ended with 2025-11-25, whose suite asks for them.
#![expect(deprecated)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastintercom::server::Mcp;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, ClientCapabilities, CompleteRequestParams,
    CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorData, GetPromptRequestParams,
    GetPromptResponse, InputRequest, JsonObject, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, LoggingLevel, LoggingMessageNotificationParam,
    PaginatedRequestParams, ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams,
    ReadResourceResponse, ReadResourceResult, ServerCapabilities, ServerConfig, ServerRequest,
    SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, SubscriptionContext, SubscriptionSink};
use rmcp::{RoleServer, ServerHandler};
use serde_json::json;
use tokio::time::sleep;

use crate::fixtures::{Fixtures, List, ToolFixture, filled};
use crate::input;

/// Between two things a fixture tells.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Clone)]
pub(crate) struct Conformance {
    server: Mcp,
    fixtures: Arc<Fixtures>,
    listening: Arc<Listening>,
}

/// Who wants to know of changes.
#[derive(Default)]
struct Listening {
    next: AtomicU64,
    sinks: Mutex<HashMap<u64, SubscriptionSink>>,
}

impl Conformance {
    pub(crate) fn new(server: Mcp) -> Result<Self, serde_json::Error> {
        Ok(Self { server, fixtures: Arc::new(Fixtures::load()?), listening: Arc::default() })
    }

    async fn called(
        &self,
        fixture: &ToolFixture,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let declared = context.client_capabilities().unwrap_or_default();
        if let Some(needs) = &fixture.needs
            && !has(&declared, needs)
        {
            return Err(ErrorData::missing_required_client_capability(needs.clone()));
        }
        let (state, responses) = (request.request_state.as_deref(), request.input_responses.as_ref());
        if let Some(more) = input::next(&fixture.input, state, responses, &declared)? {
            return Ok(more.into());
        }
        if let Some(list) = fixture.triggers {
            self.listening.tell(list).await;
        }
        log(fixture, context).await;
        progress(fixture, context).await;
        let mut given = request.arguments.clone().unwrap_or_default();
        if let Some(question) = &fixture.asks {
            given.insert("answer".to_owned(), asked(filled(question, &given), context).await.into());
        }
        Ok(filled(&fixture.result, &given).into())
    }
}

impl Listening {
    async fn tell(&self, list: List) {
        let sinks: Vec<_> = self.sinks().values().cloned().collect();
        for sink in sinks {
            // Who is gone, or did not ask for this list, is not told.
            let _ = match list {
                List::Tools => sink.notify_tool_list_changed().await,
                List::Prompts => sink.notify_prompt_list_changed().await,
            };
        }
    }

    fn sinks(&self) -> std::sync::MutexGuard<'_, HashMap<u64, SubscriptionSink>> {
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has(declared: &ClientCapabilities, needs: &ClientCapabilities) -> bool {
    let keys = |capabilities: &ClientCapabilities| serde_json::to_value(capabilities).unwrap_or_default();
    let declared = keys(declared);
    keys(needs).as_object().is_some_and(|needs| needs.keys().all(|key| declared.get(key).is_some()))
}

/// Since 2026-07-28 only who asks for log messages gets some.
async fn log(fixture: &ToolFixture, context: &RequestContext<RoleServer>) {
    let is_modern =
        context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    let level = context.meta.log_level().or((!is_modern).then_some(LoggingLevel::Info));
    let Some(level) = level else { return };
    for message in &fixture.log {
        let message = LoggingMessageNotificationParam::new(level, json!(message)).with_logger("conformance");
        let _ = context.peer.notify_logging_message(message).await;
        sleep(PAUSE).await;
    }
}

async fn progress(fixture: &ToolFixture, context: &RequestContext<RoleServer>) {
    let Some(token) = context.meta.get_progress_token() else { return };
    for done in &fixture.progress {
        let message = ProgressNotificationParam::new(token.clone(), *done).with_total(100.0);
        let _ = context.peer.notify_progress(message).await;
        sleep(PAUSE).await;
    }
}

/// What the client says, or why it says nothing.
async fn asked(question: InputRequest, context: &RequestContext<RoleServer>) -> String {
    let request = match question {
        InputRequest::CreateMessage(request) => ServerRequest::CreateMessageRequest(request),
        InputRequest::Elicitation(request) => ServerRequest::ElicitRequest(request),
        InputRequest::ListRoots(request) => ServerRequest::ListRootsRequest(request),
        _ => return "a question of another kind".to_owned(),
    };
    match context.peer.send_request(request).await {
        Ok(answer) => serde_json::to_string(&answer).unwrap_or_default(),
        Err(error) => error.to_string(),
    }
}

/// What `fi` is capable of, and what only fixtures are.
fn capabilities(of_server: ServerCapabilities) -> ServerCapabilities {
    let fixtures = ServerCapabilities::builder()
        .enable_logging()
        .enable_tools()
        .enable_tool_list_changed()
        .enable_prompts()
        .enable_prompts_list_changed()
        .enable_resources()
        .enable_resources_subscribe()
        .build();
    let mut all = of_server;
    (all.logging, all.tools, all.prompts, all.resources) =
        (fixtures.logging, fixtures.tools, fixtures.prompts, fixtures.resources);
    all
}

impl ServerHandler for Conformance {
    fn get_info(&self) -> ServerConfig {
        let mut info = self.server.get_info();
        info.capabilities = capabilities(info.capabilities);
        info
    }

    /// Arguments that are in headers, too, are checked against this.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        let fixture = self.fixtures.tools.iter().find(|fixture| fixture.tool.name == name);
        fixture.map(|fixture| fixture.tool.clone())
    }

    async fn discover(&self, context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let mut discovered = self.server.discover(context).await?;
        discovered.capabilities = capabilities(discovered.capabilities);
        Ok(discovered)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut list = self.server.list_tools(request, context).await?;
        list.tools.splice(0..0, self.fixtures.tools.iter().map(|fixture| fixture.tool.clone()));
        Ok(list)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        match self.fixtures.tools.iter().find(|fixture| fixture.tool.name == request.name) {
            Some(fixture) => self.called(fixture, &request, &context).await,
            None => self.server.call_tool(request, context).await,
        }
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut list = self.server.list_resources(request, context).await?;
        list.resources.splice(0..0, self.fixtures.resources.iter().map(|fixture| fixture.resource.clone()));
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let mut list = self.server.list_resource_templates(request, context).await?;
        let templates = self.fixtures.templates.iter().map(|fixture| fixture.template.clone());
        list.resource_templates.splice(0..0, templates);
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let Some(contents) = self.fixtures.contents(&request.uri) else {
            return self.server.read_resource(request, context).await;
        };
        let read = ReadResourceResult::new(vec![contents]);
        Ok(read.with_ttl_ms(60_000).with_cache_scope(CacheScope::Private).into())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let mut list = self.server.list_prompts(request, context).await?;
        list.prompts.splice(0..0, self.fixtures.prompts.iter().map(|fixture| fixture.prompt.clone()));
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let Some(fixture) = self.fixtures.prompts.iter().find(|fixture| fixture.prompt.name == request.name)
        else {
            return self.server.get_prompt(request, context).await;
        };
        let (state, responses) = (request.request_state.as_deref(), request.input_responses.as_ref());
        let declared = context.client_capabilities().unwrap_or_default();
        if let Some(more) = input::next(&fixture.input, state, responses, &declared)? {
            return Ok(more.into());
        }
        let given: JsonObject = request.arguments.unwrap_or_default();
        Ok(filled(&fixture.result, &given).into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        self.server.complete(request, context).await
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        self.server.on_custom_request(request, context).await
    }

    async fn set_level(
        &self,
        _: SetLevelRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn subscribe(
        &self,
        _: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(
        &self,
        _: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.supported_by(&self.get_info().capabilities))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let key = self.listening.next.fetch_add(1, Ordering::Relaxed);
        self.listening.sinks().insert(key, context.sink().clone());
        context.cancelled().await;
        self.listening.sinks().remove(&key);
        Ok(())
    }
}
