//! The endpoints, one file per group. Each turns a call into the bytes of an answer, or an error.

pub(crate) mod companies;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod definitions;
pub(crate) mod directory;
pub(crate) mod tickets;
pub(crate) mod writing;

use super::endpoints::{Body, Call};
use super::error::Answer;
use super::search::Page;
use crate::demo::wire::View;
use crate::demo::workspace::Workspace;
use serde::Serialize;
use serde_json::{Value, json};

/// Serialises an answer.
pub(crate) fn json_body(value: &impl Serialize) -> Body {
    let error = |error: serde_json::Error| {
        super::error::ApiError::new(
            axum::http::StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            error.to_string(),
        )
    };
    let mut bytes = Vec::with_capacity(16 * 1_024);
    serde_json::to_writer(&mut bytes, value).map_err(error)?;
    Ok(bytes)
}

/// How objects are rendered for a call.
pub(crate) fn view<'a>(call: &Call<'_>, workspace: &'a Workspace) -> View<'a> {
    let options = &call.server.options;
    View {
        nonce: call.server.number(),
        count_returned: options.count_returned_parts,
        monitors: call.flag("include_monitors"),
        scorecards: call.flag("include_scorecards"),
        merge_history: call.flag("include_merge_history"),
        ..View::new(workspace, call.version, options.clock.now())
    }
}

#[derive(Serialize)]
struct Next<'a> {
    page: u64,
    starting_after: &'a str,
}

/// The `pages` of a list with cursors; `next` is absent on the last page.
#[derive(Serialize)]
pub(crate) struct Pages<'a> {
    r#type: &'static str,
    page: u64,
    per_page: usize,
    total_pages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next<'a>>,
}

pub(crate) fn pages<D>(page: &Page<D>) -> Pages<'_> {
    Pages {
        r#type: "pages",
        page: page.page,
        per_page: page.per_page,
        total_pages: page.total.div_ceil(page.per_page),
        next: page.next.as_deref().map(|starting_after| Next { page: page.page + 1, starting_after }),
    }
}

/// One page of a list with page numbers and the address of the next.
pub(crate) struct Numbered {
    pub(crate) pages: Value,
    pub(crate) range: std::ops::Range<usize>,
}

/// Cuts a list with page numbers; `next` is null at the end. `link` makes the address of a page.
pub(crate) fn numbered(
    call: &Call<'_>,
    total: usize,
    default: usize,
    most: usize,
    link: impl Fn(usize, usize) -> String,
) -> Answer<Numbered> {
    let invalid =
        |what| super::error::ApiError::bad("parameter_invalid", format!("{what} must be at least 1"));
    let page = call.number("page")?.unwrap_or(1);
    let per_page = call.number("per_page")?.unwrap_or(default as i64);
    if page < 1 {
        return Err(invalid("page"));
    }
    if per_page < 1 {
        return Err(invalid("per_page"));
    }
    let (page, per_page) = (page as usize, (per_page as usize).min(most));
    let start = ((page - 1).saturating_mul(per_page)).min(total);
    let end = (start + per_page).min(total);
    let next = (end < total).then(|| link(page + 1, per_page));
    let pages = json!({
        "type": "pages", "next": next, "page": page, "per_page": per_page, "total_pages": total.div_ceil(per_page),
    });
    Ok(Numbered { pages, range: start..end })
}
