//! One reader for Intercom's times: unix seconds, milliseconds, numbers as text and ISO 8601, before
//! 1970 or far ahead. Pure; asks no clock.

use chrono::{DateTime, NaiveDateTime};
use serde_json::Value;

/// From here on a number is taken for milliseconds: as seconds it would be the year 5138.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// Whether a number can be a time in unix seconds rather than milliseconds.
#[must_use]
pub fn is_seconds(value: i64) -> bool {
    value.unsigned_abs() <= MILLISECONDS_FROM
}

/// Unix seconds of a JSON value in any of Intercom's forms; `None` for anything else.
#[must_use]
pub fn parse_seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_f64().and_then(from_number),
        Value::String(text) => from_text(text.trim()),
        _ => None,
    }
}

fn from_number(number: f64) -> Option<i64> {
    let seconds = if number.abs() > MILLISECONDS_FROM as f64 { number / 1000.0 } else { number };
    let in_range = seconds.is_finite() && seconds.abs() < 8e12;
    // Truncation is what is wanted here: the part below a second carries nothing.
    #[allow(clippy::cast_possible_truncation)]
    in_range.then(|| seconds.floor() as i64)
}

fn from_text(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number);
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp());
    }
    let without_zone = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f UTC"];
    without_zone.iter().find_map(|form| {
        let time = NaiveDateTime::parse_from_str(text, form).ok()?;
        Some(time.and_utc().timestamp())
    })
}
