//! The outcomes a call to Intercom can have other than success. Each says what failed, on which endpoint
//! and why; [`Error::hint`] says what to do next. Never a token, an id, a query or a body.

use std::fmt;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::outcome::BodyFault;
use super::query::QueryError;
use super::transport::{Source, TimeoutPhase};

/// Where a call failed: the endpoint's template and the request id Intercom's support asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The endpoint.
    pub endpoint: &'static Endpoint,
    /// Intercom's id of the request, when there was a response.
    pub request_id: Option<Box<str>>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.request_id {
            Some(id) => write!(f, "{} (request {id})", self.endpoint),
            None => write!(f, "{}", self.endpoint),
        }
    }
}

/// What came of a call that did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401: the token is not accepted.
    #[error("Intercom did not accept the access token: {code} on {place}")]
    Unauthorized {
        /// Where.
        place: Place,
        /// Intercom's code, such as `token_revoked`.
        code: Box<str>,
    },
    /// 403: the token is good but lacks a permission.
    #[error("the access token lacks a permission: {code} on {place}")]
    MissingScope {
        /// Where.
        place: Place,
        /// Intercom's code.
        code: Box<str>,
        /// The scope's machine name, when the answer names it.
        scope: Option<Box<str>>,
    },
    /// 402 or 403: the workspace's plan does not include this.
    #[error("the workspace's plan does not include {place}")]
    PlanRestricted {
        /// Where.
        place: Place,
    },
    /// 401, 403 or 404 without Intercom's error format: something in between answered.
    #[error("something other than Intercom's API answered {status} to {place}")]
    Blocked {
        /// Where.
        place: Place,
        /// The HTTP status.
        status: u16,
    },
    /// 3xx: the API never redirects, so this is another server.
    #[error("{place} was redirected with status {status}, which is not followed")]
    Redirected {
        /// Where.
        place: Place,
        /// The HTTP status.
        status: u16,
    },
    /// 404: deleted, or never there.
    #[error("not found: {place}")]
    NotFound {
        /// Where.
        place: Place,
    },
    /// 410: the contact was merged into another.
    #[error("the contact was merged into another: {place}")]
    ContactMerged {
        /// Where.
        place: Place,
        /// The surviving contact, when the `Link` header names it.
        canonical: Option<Box<str>>,
    },
    /// 400, 405, 406, 409, 415, 422 and other refusals of the request itself.
    #[error("Intercom refused the request with {status} {code}: {message} on {place}")]
    BadRequest {
        /// Where.
        place: Place,
        /// The HTTP status.
        status: u16,
        /// Intercom's code.
        code: Box<str>,
        /// Intercom's words, shortened.
        message: Box<str>,
    },
    /// 400: the cursor is expired or damaged.
    #[error("Intercom no longer accepts the page cursor of {place}")]
    InvalidCursor {
        /// Where.
        place: Place,
    },
    /// 400: this endpoint or version does not exist in the version asked for.
    #[error("{place} is not available in this version of the API")]
    VersionUnavailable {
        /// Where.
        place: Place,
    },
    /// 400: another companies scroll stayed open.
    #[error("another companies scroll is open in this workspace, after {tries} tries of {place}")]
    ScrollExists {
        /// Where.
        place: Place,
        /// How often it was tried.
        tries: u32,
    },
    /// The companies scroll broke as often as it may be begun again.
    #[error("the companies scroll broke {breaks} times")]
    ScrollInterrupted {
        /// How often it broke.
        breaks: u32,
        /// What broke it the last time.
        #[source]
        source: Box<Error>,
    },
    /// 429 without interruption for too long.
    #[error("rate limited without interruption for {} seconds on {place}", waited.as_secs())]
    RateLimitedTooLong {
        /// Where.
        place: Place,
        /// For how long.
        waited: Duration,
    },
    /// 408, 5xx: the server kept failing.
    #[error("Intercom answered {status} to {place}, after {attempts} tries")]
    Unavailable {
        /// Where.
        place: Place,
        /// The last HTTP status.
        status: u16,
        /// How often it was tried.
        attempts: u32,
    },
    /// The server kept being too slow.
    #[error("{place} timed out {phase}, after {attempts} tries")]
    Timeout {
        /// Where.
        place: Place,
        /// What was being waited for.
        phase: TimeoutPhase,
        /// How often it was tried.
        attempts: u32,
    },
    /// The server cannot be reached.
    #[error("could not connect to {host} for {place}, after {attempts} tries")]
    Connect {
        /// Where.
        place: Place,
        /// The host, and the port when it is unusual.
        host: Box<str>,
        /// How often it was tried.
        attempts: u32,
        /// Why.
        #[source]
        source: Source,
    },
    /// Connections kept breaking.
    #[error("the connection broke during {place}, after {attempts} tries")]
    Interrupted {
        /// Where.
        place: Place,
        /// How often it was tried.
        attempts: u32,
        /// Why.
        #[source]
        source: Source,
    },
    /// A success whose body makes no sense.
    #[error("the response of {place} is unusable, after {attempts} tries")]
    InvalidBody {
        /// Where.
        place: Place,
        /// How often it was tried.
        attempts: u32,
        /// What is wrong with it.
        #[source]
        source: BodyFault,
    },
    /// The response exceeds the size limit.
    #[error("the response of {place} is larger than {limit} bytes")]
    TooLarge {
        /// Where.
        place: Place,
        /// The limit in bytes.
        limit: usize,
    },
    /// The server led the pager in a circle.
    #[error("the pages of {place} repeat: page {page} leads back to an earlier one")]
    CursorLoop {
        /// Where.
        place: Place,
        /// The page whose cursor was seen before.
        page: u32,
    },
    /// A URL leaves the configured host.
    #[error("refusing to follow a URL of {place} to another host")]
    ForeignHost {
        /// Where.
        place: Place,
    },
    /// An id that cannot be one of Intercom's.
    #[error("not an Intercom id, so {place} was not asked")]
    InvalidId {
        /// Where.
        place: Place,
    },
    /// The query cannot be asked.
    #[error("the search cannot be expressed")]
    Query(#[from] QueryError),
}

impl Error {
    /// Where the call failed, when it got as far as an endpoint.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Unauthorized { place, .. }
            | Self::MissingScope { place, .. }
            | Self::PlanRestricted { place }
            | Self::Blocked { place, .. }
            | Self::Redirected { place, .. }
            | Self::NotFound { place }
            | Self::ContactMerged { place, .. }
            | Self::BadRequest { place, .. }
            | Self::InvalidCursor { place }
            | Self::VersionUnavailable { place }
            | Self::ScrollExists { place, .. }
            | Self::RateLimitedTooLong { place, .. }
            | Self::Unavailable { place, .. }
            | Self::Timeout { place, .. }
            | Self::Connect { place, .. }
            | Self::Interrupted { place, .. }
            | Self::InvalidBody { place, .. }
            | Self::TooLarge { place, .. }
            | Self::CursorLoop { place, .. }
            | Self::ForeignHost { place }
            | Self::InvalidId { place } => Some(place),
            Self::ScrollInterrupted { source, .. } => source.place(),
            Self::Query(_) => None,
        }
    }

    /// Whether every further call will fail the same way, so that the run should stop.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Unauthorized { .. } | Self::Redirected { .. } => true,
            Self::Blocked { status, .. } => !is_object_status(*status),
            _ => false,
        }
    }

    /// Whether this stream of objects is not to be had with this token, plan or version, while others are.
    #[must_use]
    pub fn is_unavailable_here(&self) -> bool {
        matches!(
            self,
            Self::MissingScope { .. } | Self::PlanRestricted { .. } | Self::VersionUnavailable { .. }
        )
    }

    /// Whether the object does not exist any more.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::ContactMerged { canonical: None, .. })
    }

    /// Whether the same call may succeed in a later run.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Blocked { status, .. } => is_object_status(*status),
            Self::Unavailable { .. }
            | Self::Timeout { .. }
            | Self::Connect { .. }
            | Self::Interrupted { .. }
            | Self::InvalidBody { .. }
            | Self::TooLarge { .. }
            | Self::RateLimitedTooLong { .. }
            | Self::InvalidCursor { .. }
            | Self::CursorLoop { .. }
            | Self::ScrollExists { .. }
            | Self::ScrollInterrupted { .. } => true,
            _ => false,
        }
    }

    /// What the user can do about it, when there is something.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unauthorized { place, code } if &**code == "token_unauthorized" => format!(
                "the token may lack the permission \"{}\" (Developer Hub, your app, Authentication), \
                 or belong to another region: try `fi init --region eu` or `au`",
                place.endpoint.permission
            ),
            Self::Unauthorized { .. } => {
                "check the token (Developer Hub, your app, Authentication); if it is right, the \
                 workspace is in another region: try `fi init --region eu` or `au`"
                    .to_owned()
            }
            Self::MissingScope { place, scope, .. } => format!(
                "in the Developer Hub, your app, Authentication, tick \"{}\"{} and use the token again",
                place.endpoint.permission,
                scope.as_deref().map(|name| format!(" ({name})")).unwrap_or_default()
            ),
            Self::Blocked { .. } | Self::Redirected { .. } => {
                "check the configured address of the API, and any proxy or firewall on the way".to_owned()
            }
            Self::PlanRestricted { .. } => {
                "this part of the workspace is left out; the rest is synced".to_owned()
            }
            Self::VersionUnavailable { .. } => {
                "use version 2.16 of the API (`version` in config.toml)".to_owned()
            }
            Self::ScrollExists { .. } => {
                "another program walks the companies of this workspace; try again when it is done".to_owned()
            }
            Self::Connect { .. } => {
                "check the network connection, and the proxy settings if there are any".to_owned()
            }
            Self::RateLimitedTooLong { .. } => {
                "other apps use up the workspace's rate limit; run again later, or lower their share"
                    .to_owned()
            }
            Self::Unavailable { .. } | Self::Timeout { .. } | Self::Interrupted { .. } => {
                "run again later; what is already stored stays (https://www.intercomstatus.com)".to_owned()
            }
            _ => return None,
        })
    }
}

/// A status about one object, which a proxy's hiccup can fake: no reason to stop everything.
fn is_object_status(status: u16) -> bool {
    matches!(status, 404 | 410)
}
