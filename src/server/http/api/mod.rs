//! `/api/v1`: the tools as addresses, with an OpenAPI document that is made from the same structs, and a page that shows it.
//!
//! Document and page are open to whoever reaches the server: a browser has no key to send when an address is typed, and
//! both say nothing but what the program is, which is public.

mod endpoints;
mod formats;
mod openapi;
mod page;
mod parameters;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use super::Shared;
use super::answer::{json_text, refusal};
use super::calling::Calling;
use super::keys::Caller;
use super::rest::object;
use endpoints::Arguments;
pub(super) use endpoints::{ENDPOINTS, Endpoint};

/// What is open.
pub(super) const PAGE: &str = "/api";
pub(super) const DOCUMENT: &str = "/api/v1/openapi.json";
/// The page has a style of its own and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What an address has where its path has names; not all bytes are text.
type InPath = Result<Path<HashMap<String, String>>, PathRejection>;

/// What answers at an endpoint.
pub(super) fn method(endpoint: &'static Endpoint) -> MethodRouter<Arc<Shared>> {
    let query = async move |state: State<Arc<Shared>>, caller: Extension<Caller>, path: InPath, uri: Uri| {
        by_address(endpoint, &state, &caller, path, &uri).await
    };
    let body =
        async move |state: State<Arc<Shared>>, caller: Extension<Caller>, headers: HeaderMap, body: Bytes| {
            by_body(endpoint, &state, &caller, &headers, &body).await
        };
    match endpoint.arguments {
        Arguments::Query => get(query),
        Arguments::Body | Arguments::Rows => post(body),
    }
}

async fn by_address(
    endpoint: &'static Endpoint,
    shared: &Arc<Shared>,
    caller: &Caller,
    path: InPath,
    uri: &Uri,
) -> Response {
    let Some(tool) = endpoint.tool() else { return nothing(endpoint) };
    let Ok(Path(path)) = path else {
        return invalid(
            "the address cannot be read: what stands in it is text in UTF-8, like 215470001234567",
        );
    };
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return invalid("the parameters cannot be read: they are like ?query=refund&limit=10");
    };
    let in_path = endpoint.in_path().and_then(|name| path.get(name)).map(String::as_str);
    let arguments = match parameters::arguments(endpoint, in_path, pairs) {
        Ok(arguments) => arguments,
        Err(message) => return invalid(&message),
    };
    Calling { shared, caller, tool, arguments, not_held: StatusCode::NOT_FOUND }.response().await
}

async fn by_body(
    endpoint: &'static Endpoint,
    shared: &Arc<Shared>,
    caller: &Caller,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let Some(tool) = endpoint.tool() else { return nothing(endpoint) };
    let arguments = match object(body) {
        Ok(arguments) => arguments,
        Err(message) => return invalid(&message),
    };
    let calling = Calling { shared, caller, tool, arguments, not_held: StatusCode::NOT_FOUND };
    match endpoint.arguments {
        Arguments::Rows => rows::response(calling, headers).await,
        Arguments::Query | Arguments::Body => calling.response().await,
    }
}

/// Every endpoint has a tool, which a test sees to.
fn nothing(endpoint: &Endpoint) -> Response {
    refusal(StatusCode::NOT_FOUND, "not_found", &format!("there is nothing at {}", endpoint.path))
}

fn invalid(message: &str) -> Response {
    refusal(StatusCode::BAD_REQUEST, "invalid_arguments", message)
}

/// `GET /api/v1/openapi.json`.
pub(super) async fn document() -> Response {
    json_text(StatusCode::OK, Body::from(openapi::TEXT.as_str()))
}

/// `GET /api`.
pub(super) async fn shown() -> Response {
    let mut response = Response::new(Body::from(page::PAGE.as_str()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
