//! What a server answers at which address, and to whom: one ordered list, of which the router and the tests are made.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::routing::{MethodRouter, get, post};
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;

use super::keys::Scope;
use super::{Shared, health, metrics, rest};
use crate::server::mcp::Mcp;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever reaches the server.
    Anybody,
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
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    serves: Serves,
}

/// How it is answered.
enum Serves {
    Handler(fn() -> MethodRouter<Arc<Shared>>),
    Mcp,
}

/// Every address, in the order of all lists of them.
pub const ROUTES: &[Route] = &[
    handled("GET", "/health", Access::Anybody, || get(health::live)),
    handled("GET", "/ready", Access::Anybody, || get(health::ready)),
    handled("GET", "/metrics", Access::Only(Scope::Metrics), || get(metrics::page)),
    handled("GET", "/tools", Access::Key, || get(rest::list)),
    handled("POST", "/tools/{name}", Access::Tool, || post(rest::call)),
    handled("POST", "/mcp/tools/{name}", Access::Tool, || post(rest::call)),
    Route { method: "POST", path: "/mcp", access: Access::Tool, serves: Serves::Mcp },
];

const fn handled(
    method: &'static str,
    path: &'static str,
    access: Access,
    handler: fn() -> MethodRouter<Arc<Shared>>,
) -> Route {
    Route { method, path, access, serves: Serves::Handler(handler) }
}

/// All of them as one router.
pub(super) fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    ROUTES.iter().fold(Router::new(), |router, route| match route.serves {
        Serves::Handler(handler) => router.route(route.path, handler()),
        Serves::Mcp => router.nest_service(route.path, mcp(shared)),
    })
}

fn mcp(shared: &Shared) -> StreamableHttpService<Mcp, LocalSessionManager> {
    let mcp = Mcp::new(Arc::clone(&shared.app));
    // Host, origin and size are the guard's, which knows what was allowed.
    let config =
        StreamableHttpServerConfig::default().disable_allowed_hosts().with_legacy_session_mode(false);
    StreamableHttpService::new(move || Ok(mcp.clone()), LocalSessionManager::default().into(), config)
}

/// The address a request is for; none where there is nothing.
pub(super) fn of(request: &Request) -> Option<&'static Route> {
    if let Some(matched) = request.extensions().get::<MatchedPath>() {
        return ROUTES.iter().find(|route| route.path == matched.as_str());
    }
    // What has addresses of its own below one is not matched by any.
    let path = request.uri().path();
    let is_below = |route: &&Route| {
        let rest = path.strip_prefix(route.path);
        matches!(route.serves, Serves::Mcp)
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    ROUTES.iter().find(is_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tells_whether_the_server_lives_is_for_anybody() {
        let open = ROUTES.iter().filter(|route| route.access == Access::Anybody).map(|route| route.path);
        assert_eq!(open.collect::<Vec<_>>(), ["/health", "/ready"]);
    }
}
