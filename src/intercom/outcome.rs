//! What a response means: a pure function from status, headers and body to a verdict. The one place that
//! knows Intercom's error codes; knows nothing about time, retries in progress or the network.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::endpoint::Endpoint;
use super::error::{Error, Place};
use super::transport::{Source, TimeoutPhase, TransportError};

/// What is wrong with the body of a successful response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyFault {
    /// Nothing at all.
    #[error("the body is empty")]
    Empty,
    /// Bytes that are not text, such as half a character.
    #[error("the body is not UTF-8")]
    NotUtf8(#[source] std::str::Utf8Error),
    /// Text that is not JSON: cut short, or a proxy's HTML.
    #[error("the body is not complete JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON without what must be there.
    #[error("the body lacks `{0}`")]
    Lacks(&'static str),
    /// The object has another id than the one asked for.
    #[error("the body is another object than the one asked for")]
    OtherObject,
    /// A link to the next page that cannot be understood.
    #[error("the link to the next page makes no sense")]
    NextPage,
    /// The error format under a success status.
    #[error("the body is an error although the status is a success")]
    ErrorList,
}

/// What to do with an answer.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The body is worth reading.
    Success,
    /// Wait for the rate limit.
    RateLimited,
    /// Try again.
    Retry(Cause),
    /// Give up.
    Fail(Error),
}

/// Why a request is tried again.
#[derive(Debug)]
pub(super) enum Cause {
    Status(StatusCode),
    Timeout(TimeoutPhase),
    Connect(Source),
    Interrupted(Source),
    Body(BodyFault),
    TooLarge { limit: usize },
}

impl Cause {
    /// A word for logs.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Timeout(_) => "timeout",
            Self::Connect(_) => "connect",
            Self::Interrupted(_) => "interrupted",
            Self::Body(_) => "body",
            Self::TooLarge { .. } => "too_large",
        }
    }

    /// Whether a smaller page may help: the server was slow, failed, or sent too much.
    pub(super) fn may_be_size(&self) -> bool {
        match self {
            Self::Status(status) => status.is_server_error() || *status == StatusCode::REQUEST_TIMEOUT,
            Self::Timeout(phase) => *phase != TimeoutPhase::Connect,
            Self::Interrupted(_) | Self::TooLarge { .. } => true,
            Self::Connect(_) | Self::Body(_) => false,
        }
    }

    /// Whether the server cannot have acted on the request.
    pub(super) fn never_arrived(&self) -> bool {
        matches!(self, Self::Connect(_) | Self::Timeout(TimeoutPhase::Connect))
    }

    /// The outcome once the tries are used up.
    pub(super) fn into_error(self, place: Place, host: &str, attempts: u32) -> Error {
        match self {
            Self::Status(status) if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT => {
                Error::Blocked { place, status: status.as_u16() }
            }
            Self::Status(status) => Error::Unavailable { place, status: status.as_u16(), attempts },
            Self::Timeout(phase) => Error::Timeout { place, phase, attempts },
            Self::Connect(source) => Error::Connect { place, host: host.into(), attempts, source },
            Self::Interrupted(source) => Error::Interrupted { place, attempts, source },
            Self::Body(source) => Error::InvalidBody { place, attempts, source },
            Self::TooLarge { limit } => Error::TooLarge { place, limit },
        }
    }
}

impl From<TransportError> for Cause {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Connect(source) => Self::Connect(source),
            TransportError::Timeout(phase) => Self::Timeout(phase),
            TransportError::Interrupted(source) => Self::Interrupted(source),
            TransportError::TooLarge { limit } => Self::TooLarge { limit },
        }
    }
}

/// Intercom's error format; anything else did not come from Intercom.
#[derive(Debug, Default, Deserialize)]
struct ErrorList {
    #[serde(default)]
    request_id: Option<String>,
    errors: Vec<ErrorItem>,
}

#[derive(Debug, Default, Deserialize)]
struct ErrorItem {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

/// The parts of an error body that decide.
struct Refusal {
    place: Place,
    status: u16,
    code: Box<str>,
    message: Box<str>,
}

/// Judges a response. `secret` is cut out of whatever text the server sent back.
pub(super) fn judge(
    endpoint: &'static Endpoint,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    secret: &str,
) -> Verdict {
    if status.is_success() {
        return Verdict::Success;
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Verdict::RateLimited;
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return Verdict::Retry(Cause::Status(status));
    }
    let list = serde_json::from_slice::<ErrorList>(body).ok();
    let request_id = request_id(headers).or_else(|| clean_id(list.as_ref()?.request_id.as_deref()?));
    let place = Place { endpoint, request_id };
    if status.is_redirection() || status.is_informational() {
        return Verdict::Fail(Error::Redirected { place, status: status.as_u16() });
    }
    match list {
        Some(list) => {
            let first = list.errors.into_iter().next().unwrap_or_default();
            let text = |text: Option<String>, longest| shorten(&text.unwrap_or_default(), longest, secret);
            let code = text(first.code, 60);
            let message = text(first.message, 300);
            refused(Refusal { place, status: status.as_u16(), code, message }, headers)
        }
        None => not_intercom(place, status),
    }
}

/// A refusal that is not in Intercom's format. A 404 of this kind must never pass for a deletion.
fn not_intercom(place: Place, status: StatusCode) -> Verdict {
    let number = status.as_u16();
    match number {
        404 => Verdict::Retry(Cause::Status(status)),
        402 => Verdict::Fail(Error::PlanRestricted { place }),
        401 | 403 | 407 => Verdict::Fail(Error::Blocked { place, status: number }),
        410 => Verdict::Retry(Cause::Status(status)),
        _ => Verdict::Fail(Error::BadRequest { place, status: number, code: "".into(), message: "".into() }),
    }
}

fn refused(refusal: Refusal, headers: &HeaderMap) -> Verdict {
    let Refusal { place, status, code, message } = refusal;
    Verdict::Fail(match (status, &*code) {
        (401, _) => Error::Unauthorized { place, code },
        (402, _) | (403, "api_plan_restricted") => Error::PlanRestricted { place },
        (403, _) => Error::MissingScope { place, code, scope: scope_in(&message) },
        (404, _) => Error::NotFound { place },
        (410, _) => Error::ContactMerged { place, canonical: canonical(headers) },
        (_, "intercom_version_invalid") => Error::VersionUnavailable { place },
        (_, "scroll_exists") => Error::ScrollExists { place, tries: 1 },
        (400, _) if message.contains("starting_after") => Error::InvalidCursor { place },
        _ => Error::BadRequest { place, status, code, message },
    })
}

/// `… do not have the required scope (read_conversations) to …`
fn scope_in(message: &str) -> Option<Box<str>> {
    let (_, rest) = message.split_once("scope (")?;
    let (scope, _) = rest.split_once(')')?;
    let is_name = !scope.is_empty() && scope.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| scope.into())
}

/// The contact in `Link: </contacts/{id}>; rel="canonical"`.
fn canonical(headers: &HeaderMap) -> Option<Box<str>> {
    let values = headers.get_all(reqwest::header::LINK);
    let links = values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let link = links.into_iter().find(|link| link.contains("canonical"))?;
    let (target, _) = link.split_once('<')?.1.split_once('>')?;
    let path = target.split(['?', '#']).next()?;
    let id = path.trim_end_matches('/').rsplit_once("contacts/")?.1;
    clean_id(id)
}

/// The request id of the headers.
pub(super) fn request_id(headers: &HeaderMap) -> Option<Box<str>> {
    clean_id(headers.get("x-request-id")?.to_str().ok()?)
}

fn clean_id(text: &str) -> Option<Box<str>> {
    let is_id = !text.is_empty()
        && text.len() <= 80
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    is_id.then(|| text.into())
}

fn shorten(text: &str, longest: usize, secret: &str) -> Box<str> {
    let text = if secret.is_empty() { text.to_owned() } else { text.replace(secret, "[token]") };
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect();
    plain.into_boxed_str()
}
