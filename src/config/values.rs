//! The types of the settings, each made only by parsing text.
//!
//! A parser's error says what is allowed, never what was given: the caller adds that, except for secrets.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderName;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use reqwest::Url;
use secrecy::SecretString;

use crate::intercom::Region;
use crate::zone::zone_named;

/// What a setting accepts, for the error about a value it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAllowed(pub String);

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAllowed {}

fn not_allowed<T>(allowed: impl Into<String>) -> Result<T, NotAllowed> {
    Err(NotAllowed(allowed.into()))
}

/// Declares an enum of names with its list, its text form and its parser.
macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal $(| $alias:literal)*),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $type { $($(#[$doc])* $variant),+ }

        impl $type {
            /// All names, in order.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name in `config.toml` and on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = NotAllowed;

            fn from_str(text: &str) -> Result<Self, NotAllowed> {
                match text.to_ascii_lowercase().as_str() {
                    $($name $(| $alias)* => Ok(Self::$variant),)+
                    _ => not_allowed(format!("one of {}", Self::NAMES.join(", "))),
                }
            }
        }
    };
}

named! {
    /// Which contacts are fetched.
    Contacts {
        /// Those that appear in conversations.
        Referenced = "referenced",
        /// Every contact of the workspace.
        All = "all",
        /// None; their names and addresses are known from conversations only.
        None = "none",
    }
}

named! {
    /// How much is logged; each level includes those before it.
    LogLevel {
        /// Nothing.
        Off = "off",
        /// What failed.
        Error = "error" | "critical" | "fatal",
        /// What is odd.
        Warn = "warn" | "warning",
        /// What was done.
        Info = "info",
        /// How it was done.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

/// How far back the first sync goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InitialSync {
    /// The whole history.
    Everything,
    /// The last so many days.
    Days(u32),
}

impl fmt::Display for InitialSync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("all"),
            Self::Days(days) => days.fmt(f),
        }
    }
}

impl FromStr for InitialSync {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        match text.parse() {
            Ok(days @ 1..=36_500) => Ok(Self::Days(days)),
            _ if text.eq_ignore_ascii_case("all") => Ok(Self::Everything),
            _ => not_allowed("a number of days from 1 to 36500, or all"),
        }
    }
}

/// Where the workspace is hosted.
pub fn region(text: &str) -> Result<Region, NotAllowed> {
    text.parse().or_else(|_| not_allowed(format!("one of {}", Region::ALL.map(Region::as_str).join(", "))))
}

/// The base URL of an Intercom API. Its path ends with a slash, so that paths can be joined to it.
pub fn api_url(text: &str) -> Result<Url, NotAllowed> {
    const ALLOWED: &str =
        "an https URL, or an http URL on this machine, without user name, query or fragment";
    let Ok(url) = Url::parse(&format!("{}/", text.trim_end_matches('/'))) else {
        return not_allowed(ALLOWED);
    };
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_here(&url));
    let plain = url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    if safe && plain && anonymous && url.has_host() { Ok(url) } else { not_allowed(ALLOWED) }
}

/// Whether a URL points at this machine, where nobody can read the token on its way.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// The part of Intercom's rate limit that may be used, from 0.05 to 1.
pub fn rate_share(text: &str) -> Result<f64, NotAllowed> {
    match text.parse::<f64>() {
        Ok(share) if (0.05..=1.0).contains(&share) => Ok(share),
        _ => not_allowed("a number from 0.05 to 1.0, where 0.8 means 80 %"),
    }
}

/// Minutes between background syncs, up to a day.
pub fn sync_interval(text: &str) -> Result<u32, NotAllowed> {
    whole::<1, 1440>(text)
}

/// Minutes after which data counts as stale, up to a year.
pub fn staleness(text: &str) -> Result<u32, NotAllowed> {
    whole::<1, 525_600>(text)
}

/// Requests in flight at once.
pub fn concurrency(text: &str) -> Result<u32, NotAllowed> {
    whole::<1, 64>(text)
}

/// Seconds a request may take, up to an hour.
pub fn api_timeout(text: &str) -> Result<u32, NotAllowed> {
    whole::<1, 3600>(text)
}

/// An address to listen on.
pub fn address(text: &str) -> Result<IpAddr, NotAllowed> {
    let text = if text.eq_ignore_ascii_case("localhost") { "127.0.0.1" } else { text };
    text.parse().or_else(|_| not_allowed("an address like 127.0.0.1, ::1 or 0.0.0.0"))
}

/// A port to listen on.
pub fn port(text: &str) -> Result<u16, NotAllowed> {
    text.parse().or_else(|_| not_allowed("a number from 0 to 65535"))
}

/// Names of a server, with commas between.
pub fn hosts(text: &str) -> Result<Vec<String>, NotAllowed> {
    let hosts = listed(text);
    let is_host = |host: &String| {
        host.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    match hosts.iter().all(is_host) {
        true => Ok(hosts),
        false => not_allowed("names without scheme and port, like fi.example.com"),
    }
}

/// Origins of pages, with commas between.
pub fn origins(text: &str) -> Result<Vec<String>, NotAllowed> {
    let origins = listed(text);
    let is_origin = |origin: &String| {
        let is_page = || Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == *origin);
        origin == "*" || is_page()
    };
    match origins.iter().all(is_origin) {
        true => Ok(origins),
        false => not_allowed("origins like https://support.example.com, without a path, or *"),
    }
}

fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// A key given in text: long enough not to be guessed.
pub fn api_key(text: &str) -> Result<SecretString, NotAllowed> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    match is_plain && text.len() >= 16 {
        true => Ok(SecretString::from(text)),
        false => not_allowed("at least 16 letters, digits and signs without spaces"),
    }
}

/// The name of a header.
pub fn header(text: &str) -> Result<HeaderName, NotAllowed> {
    text.parse().or_else(|_| not_allowed("the name of a header, like X-API-Key"))
}

/// Connections held at once.
pub fn connections(text: &str) -> Result<u32, NotAllowed> {
    whole::<1, 100_000>(text)
}

/// Days for which the audit log is kept.
pub fn audit_days(text: &str) -> Result<u32, NotAllowed> {
    whole::<0, 3_650>(text)
}

/// A number of requests.
pub fn requests(text: &str) -> Result<u32, NotAllowed> {
    whole::<1, 1_000_000>(text)
}

/// A path. Bytes that are not UTF-8 arrive as replacement characters, and would name another file.
pub fn path(text: &str) -> Result<String, NotAllowed> {
    let broken = text.contains(char::REPLACEMENT_CHARACTER);
    if broken { not_allowed("a path in UTF-8; give other paths with --home") } else { Ok(text.to_owned()) }
}

/// A moment with its offset from UTC.
pub fn moment(text: &str) -> Result<DateTime<Utc>, NotAllowed> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => Ok(moment.to_utc()),
        Err(_) => not_allowed("a date and time with its offset, such as 2026-11-21T12:00:00Z"),
    }
}

/// A whole number between two bounds.
fn whole<const MIN: u32, const MAX: u32>(text: &str) -> Result<u32, NotAllowed> {
    match text.parse() {
        Ok(number) if (MIN..=MAX).contains(&number) => Ok(number),
        _ => not_allowed(format!("a whole number from {MIN} to {MAX}")),
    }
}

/// Yes or no.
pub fn switch(text: &str) -> Result<bool, NotAllowed> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => not_allowed("true or false"),
    }
}

/// A time zone by its IANA name, in any letter case.
pub fn timezone(text: &str) -> Result<Tz, NotAllowed> {
    zone_named(text).or_else(|meant| {
        let meant = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        not_allowed(format!("an IANA time zone name such as Europe/Berlin or UTC{meant}"))
    })
}

/// The code of a workspace as its URLs show it, such as `abc12def`.
pub fn workspace_id(text: &str) -> Result<String, NotAllowed> {
    let code = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if code && (1..=64).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    not_allowed("the workspace code in the address of your inbox: letters, digits, - and _")
}

/// An Intercom access token: the text itself, as it goes into the `Authorization` header.
pub fn token(text: &str) -> Result<SecretString, NotAllowed> {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("bearer ") {
        return not_allowed("the token alone, without the word Bearer");
    }
    if lower.starts_with("your_") || text.starts_with(['<', '$', '"', '\'']) {
        return not_allowed("your own token in place of the example, without quotes");
    }
    if text.is_empty() || text.len() > 4096 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return not_allowed("one line of printable ASCII characters without spaces");
    }
    Ok(SecretString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_older_log_levels_are_known() {
        assert_eq!(region("EU"), Ok(Region::Eu));
        assert_eq!("WARNING".parse(), Ok(LogLevel::Warn));
        assert_eq!("CRITICAL".parse(), Ok(LogLevel::Error));
        assert_eq!(region("uk"), not_allowed("one of us, eu, au"));
    }

    #[test]
    fn an_api_url_can_be_joined_to_and_has_no_credentials() {
        let text = |url| api_url(url).map(|url| url.to_string());
        assert_eq!(text("http://127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080/"));
        assert_eq!(text("https://proxy.example/intercom/").as_deref(), Ok("https://proxy.example/intercom/"));
        for bad in ["api.intercom.io", "ftp://x", "https://user:pw@x", "https://x?token=1", "https://", "x"] {
            assert!(api_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for here in ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"] {
            assert!(api_url(here).is_ok(), "{here}");
        }
        for elsewhere in ["http://demo:8080", "http://api.intercom.io", "http://192.168.1.4"] {
            assert!(api_url(elsewhere).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn a_token_is_one_printable_word() {
        assert!(token("dG9rOmFiYw==").is_ok());
        for bad in
            ["", "a b", "a\nb", "Bearer abc", "your_token_here", "<token>", "$TOKEN", "\"abc\"", "tökn"]
        {
            assert!(token(bad).is_err(), "{bad}");
        }
        assert!(!format!("{:?}", token("canary").unwrap()).contains("canary"));
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(rate_share("0.8"), Ok(0.8));
        assert!(["0", "1.01", "80%", "NaN", ""].iter().all(|bad| rate_share(bad).is_err()));
        assert_eq!(whole::<1, 5>("5"), Ok(5));
        assert!(["0", "6", "-1", "1.5", "x"].iter().all(|bad| whole::<1, 5>(bad).is_err()));
        assert_eq!("all".parse(), Ok(InitialSync::Everything));
        assert_eq!("30".parse(), Ok(InitialSync::Days(30)));
        assert!("0".parse::<InitialSync>().is_err());
    }

    #[test]
    fn a_time_zone_is_an_iana_name() {
        assert_eq!(timezone("europe/berlin"), Ok(Tz::Europe__Berlin));
        let error = timezone("Europe/Berln").unwrap_err();
        assert_eq!(
            error.0,
            "an IANA time zone name such as Europe/Berlin or UTC; did you mean Europe/Berlin?"
        );
    }
}
