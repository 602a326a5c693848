//! The table of endpoints: path, method, permission, first version, and who answers.

use super::error::Answer;
use super::options::Scope;
use super::routes::{companies, contacts, conversations, definitions, directory, tickets, writing};
use super::state::Inner;
use crate::demo::version::ApiVersion;
use bytes::Bytes;

/// A request, as far as an endpoint needs to know it.
pub(crate) struct Call<'a> {
    pub(crate) server: &'a Inner,
    pub(crate) version: ApiVersion,
    /// The variable segments of the path, in order.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// Where the server is reached: for lists that link to their next page.
    pub(crate) base: String,
}

impl Call<'_> {
    /// A query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.param(name) == Some("true")
    }

    /// A numeric query parameter.
    pub(crate) fn number(&self, name: &str) -> Answer<Option<i64>> {
        let wrong = || super::error::ApiError::wrong_type(name, "an integer");
        self.param(name)
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().map_err(|_| wrong()))
            .transpose()
    }

    pub(crate) fn segment(&self, n: usize) -> &str {
        self.path.get(n).map_or("", String::as_str)
    }
}

/// The body of a successful answer.
pub(crate) type Body = Answer<Vec<u8>>;

/// One endpoint.
pub(crate) struct Endpoint {
    pub(crate) name: &'static str,
    pub(crate) scope: Option<Scope>,
    pub(crate) since: Option<ApiVersion>,
    pub(crate) answer: fn(&Call<'_>) -> Body,
}

const fn endpoint(name: &'static str, scope: Scope, answer: fn(&Call<'_>) -> Body) -> Endpoint {
    Endpoint { name, scope: Some(scope), since: None, answer }
}

const fn since(version: ApiVersion, endpoint: Endpoint) -> Endpoint {
    Endpoint { since: Some(version), ..endpoint }
}

/// All endpoints; literal segments stand before variable ones.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint("GET /me", Scope::Me, directory::me),
    endpoint("GET /admins", Scope::Admins, directory::admins),
    endpoint("GET /admins/{id}", Scope::Admins, directory::admin),
    endpoint("GET /teams", Scope::Admins, directory::teams),
    endpoint("GET /teams/{id}", Scope::Admins, directory::team),
    endpoint("GET /tags", Scope::Tags, directory::tags),
    endpoint("GET /tags/{id}", Scope::Tags, directory::tag),
    endpoint("GET /segments", Scope::People, directory::segments),
    endpoint("GET /segments/{id}", Scope::People, directory::segment),
    endpoint("GET /conversations", Scope::Conversations, conversations::list),
    endpoint("POST /conversations/search", Scope::Conversations, conversations::search),
    since(
        ApiVersion::V2_16,
        endpoint("GET /conversations/deleted", Scope::Conversations, conversations::deleted),
    ),
    since(
        ApiVersion::V2_16,
        endpoint("GET /conversations/attributes", Scope::Conversations, definitions::conversations),
    ),
    endpoint("GET /conversations/{id}", Scope::Conversations, conversations::retrieve),
    endpoint("DELETE /conversations/{id}", Scope::Conversations, writing::delete),
    endpoint("POST /conversations/{id}/reply", Scope::Conversations, writing::reply),
    endpoint("POST /conversations/{id}/parts", Scope::Conversations, writing::manage),
    endpoint("GET /contacts", Scope::People, contacts::list),
    endpoint("POST /contacts/search", Scope::People, contacts::search),
    endpoint("GET /contacts/{id}", Scope::People, contacts::retrieve),
    endpoint("GET /contacts/{id}/tags", Scope::People, contacts::tags),
    endpoint("GET /contacts/{id}/companies", Scope::People, contacts::companies),
    endpoint("GET /contacts/{id}/segments", Scope::People, contacts::segments),
    endpoint("GET /contacts/{id}/notes", Scope::People, contacts::notes),
    endpoint("GET /contacts/{id}/subscriptions", Scope::People, contacts::subscriptions),
    since(
        ApiVersion::V2_16,
        endpoint("GET /contacts/{id}/merge_history", Scope::People, contacts::merge_history),
    ),
    endpoint("GET /companies/scroll", Scope::People, companies::scroll),
    endpoint("POST /companies/list", Scope::People, companies::list),
    endpoint("GET /companies/{id}", Scope::People, companies::retrieve),
    endpoint("GET /companies/{id}/contacts", Scope::People, companies::contacts),
    endpoint("GET /companies/{id}/segments", Scope::People, companies::segments),
    endpoint("GET /companies/{id}/notes", Scope::People, companies::notes),
    endpoint("GET /subscription_types", Scope::People, contacts::subscription_types),
    endpoint("POST /tickets/search", Scope::Tickets, tickets::search),
    endpoint("GET /tickets/{id}", Scope::Tickets, tickets::retrieve),
    endpoint("GET /ticket_types", Scope::Tickets, tickets::types),
    endpoint("GET /ticket_types/{id}", Scope::Tickets, tickets::kind),
    endpoint("GET /ticket_states", Scope::Tickets, tickets::states),
    endpoint("GET /data_attributes", Scope::People, definitions::data_attributes),
];

/// What a path and method lead to.
pub(crate) enum Found {
    Endpoint(&'static Endpoint, Vec<String>),
    WrongMethod,
    Nothing,
}

/// Finds the endpoint of a request.
pub(crate) fn find(method: &str, path: &str) -> Found {
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut other_method = false;
    for endpoint in ENDPOINTS {
        let (known, pattern) = endpoint.name.split_once(' ').unwrap_or_default();
        let Some(segments) = matches(pattern, path) else { continue };
        if known == method {
            return Found::Endpoint(endpoint, segments);
        }
        other_method = true;
    }
    if other_method { Found::WrongMethod } else { Found::Nothing }
}

fn matches(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        if wanted.starts_with('{') {
            segments.push(decode(part));
        } else if wanted != part {
            return None;
        }
    }
    parts.next().is_none().then_some(segments)
}

/// Query parameters, decoded.
pub(crate) fn parse_query(query: Option<&str>) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
    };
    query.unwrap_or("").split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

/// Percent decoding; what is not valid stays as it is.
fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut n = 0;
    while n < bytes.len() {
        let hex = text.get(n + 1..n + 3).filter(|_| bytes[n] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                n += 3;
            }
            None => {
                decoded.push(bytes[n]);
                n += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
