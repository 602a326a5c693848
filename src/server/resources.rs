//! Resources: the schema of the data, view by view, and single conversations.

use rmcp::model::{CacheScope, ErrorData, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde::Serialize;
use serde_json::json;

use super::app::App;
use super::reply;
use crate::engine::{VIEWS, View};
use crate::tools::ToolError;
use crate::tools::conversation::{GetConversationParams, Reading};
use crate::tools::describe::{DescribeParams, describe};

const SCHEMA: &str = "fi://schema";
const CONVERSATION: &str = "fi://conversation/";
const JSON: &str = "application/json";
/// How long what was read stays as it is: until the next sync at the earliest.
const TTL_MS: u64 = 60_000;

/// All resources that have an address of their own.
pub(super) fn all() -> Vec<Resource> {
    let whole = Resource::new(SCHEMA, "schema")
        .with_title("The views")
        .with_description("Every view that SQL can ask, and what a row of it is")
        .with_mime_type(JSON);
    let one = |view: &View| {
        Resource::new(format!("{SCHEMA}/{}", view.name), view.name)
            .with_title(format!("The view {}", view.name))
            .with_description(view.grain())
            .with_mime_type(JSON)
    };
    std::iter::once(whole).chain(VIEWS.iter().map(one)).collect()
}

/// Resources whose addresses are made of a name or an id.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{CONVERSATION}{{id}}"), "conversation")
            .with_title("A conversation")
            .with_description("One conversation with its messages, by its id")
            .with_mime_type(JSON),
        ResourceTemplate::new(format!("{SCHEMA}/{{view}}"), "view")
            .with_title("A view")
            .with_description("The columns of a view, what they mean, and example queries")
            .with_mime_type(JSON),
    ]
}

/// Reads a resource.
pub(super) fn read(app: &App, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let views = match uri.strip_prefix(SCHEMA) {
        Some("") => Some(Vec::new()),
        Some(view) => view.strip_prefix('/').map(|view| vec![view.to_owned()]),
        None => None,
    };
    if let Some(views) = views {
        return described(app, views)
            .map_err(|error| failed(uri, &error))
            .and_then(|answer| contents(uri, &answer));
    }
    let Some(id) = uri.strip_prefix(CONVERSATION) else {
        let words =
            format!("there is no resource {uri}: there are {SCHEMA}, {SCHEMA}/VIEW and {CONVERSATION}ID");
        return Err(not_found(uri, words));
    };
    let reading = Reading { fetch: app.fetch(), ..Reading::default() };
    let answer = app.conversations().get(&GetConversationParams::of(id), &reading);
    answer.map_err(|error| failed(uri, &error)).and_then(|answer| contents(uri, &answer))
}

fn described(app: &App, views: Vec<String>) -> Result<crate::tools::describe::DescribeAnswer, ToolError> {
    describe(&*app.engine()?, &DescribeParams { views }, app.now())
}

fn contents(uri: &str, answer: &impl Serialize) -> Result<ReadResourceResult, ErrorData> {
    let text =
        serde_json::to_string(answer).map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    let contents = ResourceContents::text(text, uri).with_mime_type(JSON);
    Ok(ReadResourceResult::new(vec![contents]).with_ttl_ms(TTL_MS).with_cache_scope(CacheScope::Private))
}

fn failed(uri: &str, error: &ToolError) -> ErrorData {
    let words = format!("{uri} cannot be read: {}", reply::explained(error));
    match error {
        ToolError::Unknown { .. } | ToolError::NotHeld(_) | ToolError::Refused(_) => not_found(uri, words),
        _ => ErrorData::internal_error(words, None),
    }
}

/// The error's code is that of the client's revision; its data says which resource it is about.
fn not_found(uri: &str, words: String) -> ErrorData {
    ErrorData::resource_not_found(words, Some(json!({ "uri": uri })))
}
