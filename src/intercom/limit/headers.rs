//! Reads the rate limit out of a response's head, tolerating anything. Keeps no state.

use std::time::Duration;

use chrono::DateTime;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Longest wait taken from `Retry-After`.
const LONGEST_RETRY_AFTER: u64 = 300;
/// Above this a limit is nonsense.
const LARGEST_LIMIT: i64 = 1_000_000;

/// What one response says about the rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::intercom) struct RateHeaders {
    /// Requests allowed per window.
    pub(super) limit: Option<u32>,
    /// Requests left in the window.
    pub(super) remaining: Option<u32>,
    /// When the window ends, in unix seconds of the server.
    pub(super) reset: Option<i64>,
    /// The server's clock, in unix seconds.
    pub(super) date: Option<i64>,
    /// How long to wait, if the server says so outright.
    retry_after: Option<Duration>,
    /// Whether the status is 429.
    pub(super) limited: bool,
}

impl RateHeaders {
    pub(in crate::intercom) fn read(status: StatusCode, headers: &HeaderMap) -> Self {
        let number =
            |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok().and_then(whole);
        let retry_after = number(RETRY_AFTER.as_str()).and_then(|seconds| u64::try_from(seconds).ok());
        Self {
            limit: number("x-ratelimit-limit")
                .filter(|limit| (1..=LARGEST_LIMIT).contains(limit))
                .and_then(|limit| u32::try_from(limit).ok()),
            remaining: number("x-ratelimit-remaining").and_then(|left| u32::try_from(left.max(0)).ok()),
            reset: number("x-ratelimit-reset").map(seconds),
            date: headers.get(DATE).and_then(|date| date.to_str().ok()).and_then(date_seconds),
            retry_after: retry_after.map(|seconds| Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER))),
            limited: status == StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// `Retry-After`, within reason.
    pub(in crate::intercom) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Seconds until the window ends by the server's own clock, when that makes sense. Truncation of
    /// `Date` makes it up to a second too long, never too short.
    pub(super) fn until_reset(&self) -> Option<i64> {
        let left = self.reset?.checked_sub(self.date?)?;
        (0..=60).contains(&left).then_some(left)
    }
}

#[allow(clippy::cast_possible_truncation)] // checked: far inside the range of i64
fn whole(number: f64) -> Option<i64> {
    (number.is_finite() && number.abs() < 1e15).then_some(number as i64)
}

/// Milliseconds, should a server send them, become seconds.
fn seconds(number: i64) -> i64 {
    if crate::intercom::time::is_seconds(number) { number } else { number / 1000 }
}

fn date_seconds(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.timestamp())
}
