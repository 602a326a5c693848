//! Where a workspace lives and which version of the API is spoken. Owns the three hosts Intercom
//! documents and the comparison of versions; knows nothing about requests.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// One of the three places Intercom keeps workspaces in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Region {
    /// United States, the default.
    #[default]
    Us,
    /// Europe.
    Eu,
    /// Australia.
    Au,
}

impl Region {
    /// All regions, in the order they are tried.
    pub const ALL: [Self; 3] = [Self::Us, Self::Eu, Self::Au];

    /// The short name used in configuration: `us`, `eu` or `au`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Eu => "eu",
            Self::Au => "au",
        }
    }

    /// The root of the REST API, for example `https://api.eu.intercom.io/`.
    #[must_use]
    pub fn api_base(self) -> Url {
        let text = match self {
            Self::Us => "https://api.intercom.io/",
            Self::Eu => "https://api.eu.intercom.io/",
            Self::Au => "https://api.au.intercom.io/",
        };
        Url::parse(text).expect("the three documented hosts are valid URLs")
    }

    /// The root of the web application, for links back to a conversation.
    #[must_use]
    pub fn app_base(self) -> &'static str {
        match self {
            Self::Us => "https://app.intercom.com",
            Self::Eu => "https://app.eu.intercom.com",
            Self::Au => "https://app.au.intercom.com",
        }
    }

    /// The region whose API answers on this host, if it is one of Intercom's.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.api_base().host_str() == Some(host))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an Intercom region; write `us`, `eu` or `au`")]
pub struct ParseRegionError(String);

impl FromStr for Region {
    type Err = ParseRegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim();
        Self::ALL
            .into_iter()
            .find(|region| region.as_str().eq_ignore_ascii_case(wanted))
            .ok_or_else(|| ParseRegionError(text.to_owned()))
    }
}

/// A version of the API as sent in `Intercom-Version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApiVersion {
    /// A numbered version such as 2.16.
    Numbered {
        /// The part before the dot.
        major: u16,
        /// The part after the dot; 2.16 is newer than 2.9.
        minor: u16,
    },
    /// The moving preview, newer than any number.
    Preview,
}

impl ApiVersion {
    /// The version `fi` is built and tested against.
    pub const PINNED: Self = Self::v2(16);

    /// A version 2.x.
    #[must_use]
    pub const fn v2(minor: u16) -> Self {
        Self::Numbered { major: 2, minor }
    }
}

impl Default for ApiVersion {
    fn default() -> Self {
        Self::PINNED
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered { major, minor } => write!(f, "{major}.{minor}"),
            Self::Preview => f.write_str("Preview"),
        }
    }
}

/// The text is not a version of the API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version of Intercom's API; write for example `2.16`")]
pub struct ParseVersionError(String);

impl FromStr for ApiVersion {
    type Err = ParseVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || ParseVersionError(text.to_owned());
        let wanted = text.trim();
        if wanted.eq_ignore_ascii_case("preview") || wanted.eq_ignore_ascii_case("unstable") {
            return Ok(Self::Preview);
        }
        let (major, minor) = wanted.split_once('.').ok_or_else(fail)?;
        let major = major.parse().map_err(|_| fail())?;
        let minor = minor.parse().map_err(|_| fail())?;
        Ok(Self::Numbered { major, minor })
    }
}
