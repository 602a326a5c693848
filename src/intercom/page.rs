//! One page of a list: its items as raw JSON and the way to the next page, read leniently, because
//! Intercom writes `pages` in half a dozen ways. Pure; the walking is in `walk`.

use std::collections::HashMap;

use futures::stream::BoxStream;
use reqwest::Url;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::Error;
use super::outcome::BodyFault;

/// One object as it came.
pub type Item = Box<RawValue>;

/// Pages of a list, in order; ends after the last page or the first error.
pub type PageStream = BoxStream<'static, Result<Page, Error>>;

/// Where a list goes on. Opaque, and not worth keeping: it does not outlive changes to the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cursor {
    /// Behind the last item of a page.
    After(String),
    /// A page by number.
    Page(u64),
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The objects, complete and unread.
    pub items: Vec<Item>,
    /// How many the list holds, by this page.
    pub total_count: Option<u64>,
    /// How many it held by the first page of the same walk.
    pub first_total: Option<u64>,
    /// Where it goes on.
    pub next: Option<Cursor>,
    /// The place of this page in the walk, from 1.
    pub number: u32,
    /// Entries that are not objects, and were left out.
    pub malformed: u32,
}

impl Page {
    /// Whether the list grew or shrank while it was walked.
    #[must_use]
    pub fn total_moved(&self) -> bool {
        self.first_total.is_some() && self.total_count.is_some() && self.first_total != self.total_count
    }
}

/// Names under which lists carry their items.
const LIST_KEYS: [&str; 7] = ["conversations", "tickets", "data", "contacts", "companies", "admins", "teams"];

/// Reads a page whose items are under `key`, or under any other name lists are known by.
pub(super) fn read(text: &str, key: &'static str) -> Result<Page, BodyFault> {
    let fields = object(text)?;
    let names = std::iter::once(key).chain(LIST_KEYS);
    let list = names.into_iter().find_map(|name| fields.get(name)).ok_or(BodyFault::Lacks(key))?;
    let total_count = fields.get("total_count").and_then(|raw| count(raw));
    let next = match fields.get("pages") {
        Some(pages) => next_of(pages.get())?,
        None => None,
    };
    let mut page = Page { total_count, next, ..Page::default() };
    let entries: Option<Vec<&RawValue>> =
        serde_json::from_str(list.get()).map_err(|_| BodyFault::Lacks(key))?;
    let Some(entries) = entries else {
        // `null` where the list should be is an empty list only if the count agrees.
        return if total_count == Some(0) { Ok(page) } else { Err(BodyFault::Lacks(key)) };
    };
    for entry in entries {
        if entry.get().starts_with('{') {
            page.items.push(entry.to_owned());
        } else {
            page.malformed += 1;
        }
    }
    Ok(page)
}

/// The fields of an object, unread. An error list under a success status is a fault.
pub(super) fn object(text: &str) -> Result<HashMap<String, &RawValue>, BodyFault> {
    let fields: HashMap<String, &RawValue> = serde_json::from_str(text).map_err(BodyFault::NotJson)?;
    match fields.get("type") {
        Some(kind) if kind.get() == "\"error.list\"" => Err(BodyFault::ErrorList),
        _ => Ok(fields),
    }
}

/// A count, as number or text.
fn count(raw: &RawValue) -> Option<u64> {
    match serde_json::from_str(raw.get()).ok()? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `pages` is absent, null, an object, or not there at all on some lists; so is its `next`, which may
/// also be a URL of which only the query matters.
fn next_of(pages: &str) -> Result<Option<Cursor>, BodyFault> {
    let Value::Object(pages) = serde_json::from_str(pages).map_err(BodyFault::NotJson)? else {
        return Ok(None);
    };
    match pages.get("next") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(url)) if url.trim().is_empty() => Ok(None),
        Some(Value::String(url)) => next_in_url(url.trim()).map(Some),
        Some(Value::Object(next)) => next_in_object(next),
        Some(_) => Err(BodyFault::NextPage),
    }
}

fn next_in_object(next: &serde_json::Map<String, Value>) -> Result<Option<Cursor>, BodyFault> {
    match next.get("starting_after") {
        Some(Value::String(after)) if !after.is_empty() => Ok(Some(Cursor::After(after.clone()))),
        Some(Value::Number(after)) => Ok(Some(Cursor::After(after.to_string()))),
        // `{"page": 2, "starting_after": null}` ends a list; sending it back would be refused.
        Some(Value::Null | Value::String(_)) => Ok(None),
        None => match next.get("page").and_then(Value::as_u64) {
            Some(page) => Ok(Some(Cursor::Page(page))),
            None => Ok(None),
        },
        Some(_) => Err(BodyFault::NextPage),
    }
}

/// Takes the cursor or the page number out of a URL whose host is of no interest.
fn next_in_url(text: &str) -> Result<Cursor, BodyFault> {
    let anywhere = Url::parse("https://intercom.invalid/").map_err(|_| BodyFault::NextPage)?;
    let url = anywhere.join(text).map_err(|_| BodyFault::NextPage)?;
    let find = |name: &str| {
        let pair = url.query_pairs().find(|(key, value)| key == name && !value.is_empty());
        pair.map(|(_, value)| value.into_owned())
    };
    if let Some(after) = find("starting_after").or_else(|| find("cursor")) {
        return Ok(Cursor::After(after));
    }
    let page = find("page").and_then(|page| page.parse().ok());
    page.map(Cursor::Page).ok_or(BodyFault::NextPage)
}
