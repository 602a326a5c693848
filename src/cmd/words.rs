//! Numbers, sizes and spans of time as people read them.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

pub(super) use crate::format::chart::count;

/// A number of things: `1 message`, `2 messages`, `2 companies`.
pub(super) fn many(number: u64, thing: &str) -> String {
    let thing = match thing.strip_suffix('y') {
        _ if number == 1 => thing.to_owned(),
        Some(stem) if !thing.ends_with("ay") => format!("{stem}ies"),
        _ => format!("{thing}s"),
    };
    format!("{} {thing}", count(number))
}

/// A size: `812 bytes`, `8.1 MB`.
pub(super) fn bytes(number: u64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let size = number as f64;
    match units.iter().find(|(unit, _)| size >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", size / unit),
        None => many(number, "byte"),
    }
}

/// A span of time in its two largest units: `0.4 s`, `12 s`, `2 min 5 s`, `3 h 4 min`, `5 days`.
pub(super) fn span(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 => format!("{} min {} s", whole / 60, whole % 60),
        3_600..172_800 => format!("{} h {} min", whole / 3_600, whole % 3_600 / 60),
        _ => many(whole / 86_400, "day"),
    }
}

/// A span of time somebody waited for: in milliseconds while it is short.
pub(super) fn short_span(took: Duration) -> String {
    match took.as_millis() {
        millis @ 0..1_000 => format!("{millis} ms"),
        _ => span(took.as_secs_f64()),
    }
}

/// A whole number of seconds as a span of time.
pub(super) fn whole_span(seconds: i64) -> String {
    match seconds {
        ..1 => String::from("0 s"),
        1..10 => format!("{seconds} s"),
        _ => span(seconds as f64),
    }
}

/// A moment in seconds since 1970 as ISO 8601, in UTC.
pub(super) fn moment(seconds: i64) -> String {
    at(seconds).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A moment to the minute, for lines people read.
pub(super) fn minute(seconds: i64) -> String {
    at(seconds).format("%Y-%m-%d %H:%M").to_string()
}

/// The day of a moment, in UTC.
pub(super) fn day(seconds: i64) -> String {
    at(seconds).format("%Y-%m-%d").to_string()
}

/// The time at these seconds since 1970; what no calendar has becomes 1970.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_things_have_another_name_than_one() {
        assert_eq!((many(1, "day"), many(2, "day")), ("1 day".to_owned(), "2 days".to_owned()));
        assert_eq!(
            (many(1, "company"), many(0, "company")),
            ("1 company".to_owned(), "0 companies".to_owned())
        );
    }

    #[test]
    fn sizes_and_spans_take_the_fitting_unit() {
        assert_eq!([1, 999, 1_500, 8_123_456].map(bytes), ["1 byte", "999 bytes", "1.5 kB", "8.1 MB"]);
        let spans = [0.44, 12.3, 125.0, 11_045.0, 500_000.0].map(span);
        assert_eq!(spans, ["0.4 s", "12 s", "2 min 5 s", "3 h 4 min", "5 days"]);
        assert_eq!(
            [7, 999, 1_250].map(|millis| short_span(Duration::from_millis(millis))),
            ["7 ms", "999 ms", "1.2 s"]
        );
        assert_eq!([-3, 0, 5, 59].map(whole_span), ["0 s", "0 s", "5 s", "59 s"]);
    }

    #[test]
    fn moments_are_in_utc() {
        assert_eq!(moment(1_795_176_000), "2026-11-20T12:00:00Z");
        assert_eq!(
            (minute(1_795_176_000), day(i64::MIN)),
            ("2026-11-20 12:00".to_owned(), "1970-01-01".to_owned())
        );
    }
}
