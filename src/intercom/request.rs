//! One call to the API before it becomes HTTP: endpoint, path, parameters, the body of a search. Owns
//! the rules about what may be sent at all: ids, own host, no empty cursor.

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;

use super::endpoint::Endpoint;
use super::error::{Error, Place};
use super::options::{ClientOptions, OptionsError};
use super::query::{Query, Sort};
use super::transport::HttpRequest;

/// Smallest page a struggling search is reduced to.
const SMALLEST_PAGE: u32 = 20;
/// Good pages in a row after which a reduced page size grows again.
const GOOD_PAGES_TO_GROW: u32 = 5;

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) endpoint: &'static Endpoint,
    segments: Vec<String>,
    params: Vec<(&'static str, String)>,
    search: Option<SearchBody>,
    /// Whether asking again could skip something, as with a scroll that has moved on.
    pub(super) replay: Replay,
}

/// When a call may be repeated after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replay {
    /// Always: it only reads.
    Always,
    /// Only if the server cannot have seen it.
    IfNeverArrived,
}

/// The body of a search but for the page size.
#[derive(Clone, Debug)]
struct SearchBody {
    query: Query,
    sort: Sort,
    starting_after: Option<String>,
}

#[derive(Serialize)]
struct WireSearch<'a> {
    query: &'a Query,
    sort: &'a Sort,
    pagination: WirePagination<'a>,
}

#[derive(Serialize)]
struct WirePagination<'a> {
    per_page: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
}

impl Call {
    /// A call of an endpoint whose path has no placeholder.
    pub(super) fn new(endpoint: &'static Endpoint) -> Self {
        let segments = endpoint.path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { endpoint, segments, params: Vec::new(), search: None, replay: Replay::Always }
    }

    /// A call of an endpoint with one id in its path.
    pub(super) fn with_id(endpoint: &'static Endpoint, id: &str) -> Result<Self, Error> {
        if !is_id(id) {
            return Err(Error::InvalidId { place: Place { endpoint, request_id: None } });
        }
        let mut call = Self::new(endpoint);
        for segment in &mut call.segments {
            if segment == "{id}" {
                id.clone_into(segment);
            }
        }
        Ok(call)
    }

    /// A call of a path found in a payload.
    pub(super) fn at_path(endpoint: &'static Endpoint, segments: Vec<String>) -> Self {
        Self { segments, ..Self::new(endpoint) }
    }

    pub(super) fn param(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    pub(super) fn search(mut self, query: Query, sort: Sort, starting_after: Option<String>) -> Self {
        self.search = Some(SearchBody { query, sort, starting_after });
        self
    }

    /// The URL, on the configured host and nowhere else.
    fn url(&self, base: &Url, size: Option<&PageSize>) -> Result<Url, Error> {
        let foreign = || Error::ForeignHost { place: Place { endpoint: self.endpoint, request_id: None } };
        let mut url = base.clone();
        url.path_segments_mut().map_err(|()| foreign())?.pop_if_empty().extend(&self.segments);
        url.set_query(None);
        let per_page =
            size.filter(|_| self.search.is_none()).map(|size| ("per_page", size.get().to_string()));
        let params = self.params.iter().map(|(name, value)| (*name, value.clone())).chain(per_page);
        let params: Vec<_> = params.collect();
        if !params.is_empty() {
            url.query_pairs_mut().extend_pairs(params);
        }
        if url.origin() == base.origin() { Ok(url) } else { Err(foreign()) }
    }

    fn body(&self, size: Option<&PageSize>) -> Option<Bytes> {
        let search = self.search.as_ref()?;
        let wire = WireSearch {
            query: &search.query,
            sort: &search.sort,
            pagination: WirePagination {
                per_page: size.map_or(SMALLEST_PAGE, PageSize::get),
                starting_after: search.starting_after.as_deref(),
            },
        };
        let text = serde_json::to_vec(&wire).expect("strings and numbers always serialise");
        Some(text.into())
    }

    /// The call as HTTP.
    pub(super) fn http(
        &self,
        base: &Url,
        headers: &HeaderMap,
        size: Option<&PageSize>,
    ) -> Result<HttpRequest, Error> {
        let body = self.body(size);
        let mut headers = headers.clone();
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let method = if self.endpoint.method == "POST" { Method::POST } else { Method::GET };
        Ok(HttpRequest { method, url: self.url(base, size)?, headers, body })
    }
}

/// The headers every request carries.
pub(super) fn headers(options: &ClientOptions) -> Result<HeaderMap, OptionsError> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, options.authorization()?);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let version = HeaderValue::from_str(&options.version.to_string()).expect("a version is plain ASCII");
    headers.insert(HeaderName::from_static("intercom-version"), version);
    Ok(headers)
}

/// Whether a text can be one of Intercom's ids, and so stand in a path.
pub(super) fn is_id(text: &str) -> bool {
    (1..=80).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// How many items a page asks for: fewer after failures, more again when it goes well.
#[derive(Clone, Debug)]
pub(super) struct PageSize {
    wanted: u32,
    now: u32,
    good: u32,
}

impl PageSize {
    pub(super) fn new(wanted: u32) -> Self {
        let wanted = wanted.clamp(1, 150);
        Self { wanted, now: wanted, good: 0 }
    }

    pub(super) fn get(&self) -> u32 {
        self.now
    }

    /// Halves the page. `false` when it is as small as it gets.
    pub(super) fn shrink(&mut self) -> bool {
        self.good = 0;
        let smaller = (self.now / 2).max(SMALLEST_PAGE).min(self.now);
        let shrunk = smaller < self.now;
        self.now = smaller;
        shrunk
    }

    pub(super) fn page_went_well(&mut self) {
        self.good += 1;
        if self.good >= GOOD_PAGES_TO_GROW && self.now < self.wanted {
            self.now = (self.now * 2).min(self.wanted);
            self.good = 0;
        }
    }
}
