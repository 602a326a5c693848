//! What a client is configured with, checked once: the host it may talk to, the token, its share of the
//! rate limit, its patience. Nothing here makes a request.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::region::{ApiVersion, Region};

/// Everything a [`Client`](super::Client) needs to know.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Root of the API; every request goes to this scheme, host and port.
    pub base_url: Url,
    /// The workspace's access token.
    pub token: SecretString,
    /// Sent as `Intercom-Version`.
    pub version: ApiVersion,
    /// Part of the rate limit this process may use, above 0 and at most 1.
    pub share: f64,
    /// How long to wait for a server that does not answer.
    pub timeouts: Timeouts,
    /// How often and how long to try again.
    pub retry: RetryPolicy,
    /// Largest response accepted, after decompression.
    pub max_response_bytes: usize,
    /// Sent as `User-Agent`.
    pub user_agent: String,
}

impl ClientOptions {
    /// Options with every default for a token and a region.
    #[must_use]
    pub fn new(region: Region, token: SecretString) -> Self {
        Self::at(region.api_base(), token)
    }

    /// Options with every default for a token and a base URL, such as the stand-in server's.
    #[must_use]
    pub fn at(base_url: Url, token: SecretString) -> Self {
        Self {
            base_url,
            token,
            version: ApiVersion::PINNED,
            share: 0.8,
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            max_response_bytes: 64 * 1024 * 1024,
            user_agent: concat!("fi/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Checks what types cannot: host, scheme, share, characters of the token.
    pub(super) fn check(&self) -> Result<(), OptionsError> {
        let host = self.base_url.host_str().unwrap_or_default();
        let encrypted = self.base_url.scheme() == "https";
        if host.is_empty() || !(encrypted || self.base_url.scheme() == "http") {
            return Err(OptionsError::NoHost { url: self.base_url.to_string() });
        }
        if !self.base_url.username().is_empty() || self.base_url.password().is_some() {
            return Err(OptionsError::CredentialsInUrl);
        }
        if !encrypted && !is_loopback(&self.base_url) {
            return Err(OptionsError::NotEncrypted { host: host.to_owned() });
        }
        if !(self.share > 0.0 && self.share <= 1.0) {
            return Err(OptionsError::Share { share: self.share });
        }
        HeaderValue::from_str(&self.user_agent).map_err(|_| OptionsError::UserAgent)?;
        self.authorization().map(drop)
    }

    /// The value of the `Authorization` header, marked so that it is never printed.
    pub(super) fn authorization(&self) -> Result<HeaderValue, OptionsError> {
        let token = self.token.expose_secret().trim();
        if token.is_empty() {
            return Err(OptionsError::EmptyToken);
        }
        let mut value =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| OptionsError::TokenCharacters)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Whether a URL points at this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    match host.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// How long to wait in each phase of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To reach the server, including TLS.
    pub connect: Duration,
    /// From sending the request to the response's head.
    pub head: Duration,
    /// Between two pieces of the body.
    pub body_idle: Duration,
    /// For the whole exchange, however steadily it drips.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(30),
            body_idle: Duration::from_secs(30),
            total: Duration::from_secs(180),
        }
    }
}

/// How a failed request is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, the first included; waiting for the rate limit is not a try.
    pub tries: u32,
    /// Upper bound of the first pause; doubles with every try.
    pub base: Duration,
    /// Upper bound of any pause.
    pub cap: Duration,
    /// After how many failed tries a search asks for smaller pages.
    pub tries_before_smaller_pages: u32,
    /// How long 429 without interruption is waited out.
    pub rate_limited_for: Duration,
    /// Pause before asking again when another companies scroll is open.
    pub scroll_exists_wait: Duration,
    /// How often to ask again when another companies scroll is open.
    pub scroll_exists_tries: u32,
    /// How often a broken companies scroll is begun again.
    pub scroll_restarts: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 8,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(60),
            tries_before_smaller_pages: 3,
            rate_limited_for: Duration::from_secs(30 * 60),
            scroll_exists_wait: Duration::from_secs(65),
            scroll_exists_tries: 5,
            scroll_restarts: 3,
        }
    }
}

/// Options that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The base URL names no host to talk to over HTTP.
    #[error("`{url}` is not the address of an API; write for example https://api.intercom.io")]
    NoHost {
        /// What was given.
        url: String,
    },
    /// The base URL carries a user name or password.
    #[error("the base URL must not contain credentials; the token is configured on its own")]
    CredentialsInUrl,
    /// Plain HTTP to another machine would show the token to everyone in between.
    #[error("refusing to send the access token unencrypted to `{host}`; use https")]
    NotEncrypted {
        /// The host of the base URL.
        host: String,
    },
    /// The share is outside (0, 1].
    #[error("the share of the rate limit must be above 0 and at most 1, not {share}")]
    Share {
        /// What was given.
        share: f64,
    },
    /// No token.
    #[error("the access token is empty")]
    EmptyToken,
    /// The token cannot be sent in a header.
    #[error("the access token contains characters that no token has, such as a line break")]
    TokenCharacters,
    /// The user agent cannot be sent in a header.
    #[error("the user agent contains characters that cannot be sent")]
    UserAgent,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Http(#[source] reqwest::Error),
}
