//! What a server answers at which address, and to whom: one ordered list, of which the router and the tests are made.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::routing::{MethodRouter, any, get, post};
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;

use super::keys::Scope;
use super::scope::scope_of;
use super::webhooks::WEBHOOK_PATH;
use super::{Shared, api, health, metrics, rest, webhooks};
use crate::server::mcp::Mcp;

/// Where MCP is spoken.
pub(super) const MCP: &str = "/mcp";

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever reaches the server.
    Anybody,
    /// Whoever signs with the secret of the Intercom app.
    Signed,
    /// Whoever has a key.
    Key,
    /// Whoever has a key with the scope of the tool that is named, in the address or in the question.
    Tool,
    /// Whoever has a key with this scope.
    Only(Scope),
}

/// One address.
pub struct Route {
    /// The method; MCP takes what its clients send.
    pub method: &'static str,
    /// The address, with `{names}` for what differs.
    pub path: String,
    /// Who may ask.
    pub access: Access,
    serves: Serves,
}

/// How it is answered.
enum Serves {
    Handler(fn() -> MethodRouter<Arc<Shared>>),
    Endpoint(&'static api::Endpoint),
    Mcp,
}

/// Method, address, who may ask, and what answers.
type Named = (&'static str, &'static str, Access, fn() -> MethodRouter<Arc<Shared>>);

/// Those with a name of their own.
const NAMED: &[Named] = &[
    ("GET", "/health", Access::Anybody, || get(health::live)),
    ("GET", "/ready", Access::Anybody, || get(health::ready)),
    ("GET", metrics::PATH, Access::Only(Scope::Metrics), || get(metrics::page)),
    ("GET", "/", Access::Key, || get(rest::here)),
    ("GET", "/tools", Access::Key, || get(rest::list)),
    ("POST", "/tools/{name}", Access::Tool, || post(rest::call)),
    ("POST", "/mcp/tools/{name}", Access::Tool, || post(rest::call)),
    ("GET", api::PAGE, Access::Anybody, || get(api::shown)),
    ("GET", api::DOCUMENT, Access::Anybody, || get(api::document)),
    ("POST", WEBHOOK_PATH, Access::Signed, webhooks::methods),
];

/// Every address, in the order of all lists of them.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let named = NAMED.iter().map(|&(method, path, access, handler)| Route {
        method,
        path: path.to_owned(),
        access,
        serves: Serves::Handler(handler),
    });
    let mcp = Route { method: "POST", path: MCP.to_owned(), access: Access::Tool, serves: Serves::Mcp };
    // Each has a tool, which a test sees to; what has none is for nobody but those who may everything.
    let endpoints = api::ENDPOINTS.iter().map(|endpoint| Route {
        method: endpoint.method(),
        path: endpoint.address(),
        access: Access::Only(endpoint.tool().map_or(Scope::Admin, scope_of)),
        serves: Serves::Endpoint(endpoint),
    });
    named.chain([mcp]).chain(endpoints).collect()
});

/// All of them as one router.
pub(super) fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    ROUTES.iter().fold(Router::new(), |router, route| match &route.serves {
        Serves::Handler(handler) => router.route(&route.path, handler()),
        Serves::Endpoint(endpoint) => router.route(&route.path, api::method(endpoint)),
        Serves::Mcp => router.route(&route.path, mcp(shared)),
    })
}

/// MCP, with answers as events. Programs of before do not accept these, or say nothing of it: they get JSON.
fn mcp(shared: &Shared) -> MethodRouter<Arc<Shared>> {
    let mcp = Mcp::new(Arc::clone(&shared.app)).until(&shared.ending);
    let service = |is_json| {
        let mcp = mcp.clone();
        // Host, origin and size are the guard's, which knows what was allowed.
        let config = StreamableHttpServerConfig::default()
            .disable_allowed_hosts()
            .with_legacy_session_mode(false)
            .with_json_response(is_json);
        StreamableHttpService::new(move || Ok(mcp.clone()), LocalSessionManager::default().into(), config)
    };
    let (events, json) = (service(false), service(true));
    any(async move |mut request: Request| {
        if request.method() != Method::POST || accepts_events(request.headers()) {
            return events.handle(request).await;
        }
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        json.handle(request).await
    })
}

fn accepts_events(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .any(|value| value.to_str().unwrap_or_default().contains("text/event-stream"))
}

/// The address a request is for; none where there is nothing.
pub(super) fn of(request: &Request) -> Option<&'static Route> {
    let matched = request.extensions().get::<MatchedPath>()?;
    let mut all = ROUTES.iter().filter(|route| route.path == matched.as_str());
    // Methods of one address may be for different people; another method is answered by none.
    all.clone().find(|route| request.method() == route.method).or_else(|| all.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tells_whether_the_server_lives_and_how_it_is_asked_is_for_anybody() {
        let open = ROUTES.iter().filter(|route| route.access == Access::Anybody);
        let open: Vec<_> = open.map(|route| route.path.as_str()).collect();
        assert_eq!(open, ["/health", "/ready", api::PAGE, api::DOCUMENT]);
    }
}
