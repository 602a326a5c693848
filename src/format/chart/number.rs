//! Numbers, shares, changes and spans of time as people read them. Rounding never says what is not so: something is
//! never shown as nothing, nearly all never as all, and 59.7 seconds are a minute, not 60 seconds.

use super::Style;

/// What stands for a number there is none for.
const NONE: &str = "n/a";
/// Changes are not told apart beyond this many percent.
const LARGEST_CHANGE: f64 = 999_999.0;

/// A whole number with its thousands apart: `1,234,567`.
pub fn count(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Any number, to about three digits where it is not whole: `1,234`, `12.3`, `0.04`, `1.0e-4`.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if !size.is_finite() => String::from(NONE),
        size if size >= 1e15 || (size > 0.0 && size < 0.005) => format!("{value:.1e}"),
        size if value.fract() == 0.0 || size >= 99.95 => count(value.round() as i64),
        size if size >= 0.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A share as percent: `45.7 %`, `<0.1 %`, `>99.9 %`.
pub fn percent(share: f64) -> String {
    let percent = share.abs() * 100.0;
    let sign = if share < 0.0 { "-" } else { "" };
    let tenths = (percent * 10.0).round() as i64;
    match percent {
        _ if !percent.is_finite() => String::from(NONE),
        _ if percent > 0.0 && tenths == 0 => format!("{sign}<0.1 %"),
        _ if percent < 100.0 && tenths == 1_000 => format!("{sign}>99.9 %"),
        _ => format!("{sign}{}.{} %", count(tenths / 10), tenths % 10),
    }
}

/// How much more or less something is than it was: `+12 %`, `−3 %`, `0 %`, `~0 %` for a change too small to say, and
/// `new` where there was nothing.
pub fn delta(now: f64, before: f64, style: Style) -> String {
    if !now.is_finite() || !before.is_finite() {
        return String::from(NONE);
    }
    if now == before {
        return String::from("0 %");
    }
    if before == 0.0 {
        return String::from("new");
    }
    let change = (now - before) / before.abs() * 100.0;
    let sign = match change {
        ..0.0 if style.unicode => '−',
        ..0.0 => '-',
        _ => '+',
    };
    let is_something_left = change < 0.0 && now != 0.0;
    match change.abs() {
        ..0.05 => String::from("~0 %"),
        size @ ..0.95 => format!("{sign}{size:.1} %"),
        size @ 99.5..=100.0 if is_something_left => format!("{sign}{:.1} %", tenths_below(size).min(99.9)),
        size @ ..=LARGEST_CHANGE => format!("{sign}{} %", count(size.round() as i64)),
        _ => format!("{sign}{} % or more", count(LARGEST_CHANGE as i64)),
    }
}

fn tenths_below(value: f64) -> f64 {
    (value * 10.0).floor() / 10.0
}

/// A span of time in its two largest units: `0.4 s`, `45 s`, `12 min 5 s`, `1 h 20 min`, `3 d 4 h`.
pub fn duration_seconds(seconds: f64) -> String {
    let size = seconds.abs();
    if !size.is_finite() {
        return String::from(NONE);
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    format!("{sign}{}", span(size))
}

fn span(seconds: f64) -> String {
    // Rounded once for each pair of units, so that a full unit is carried over.
    let rounded = |unit: f64| (seconds / unit).round() as u64;
    match (rounded(1.0), rounded(60.0), rounded(3_600.0)) {
        _ if seconds > 0.0 && seconds < 0.05 => String::from("<0.1 s"),
        _ if seconds < 9.95 => format!("{} s", (seconds * 10.0).round() / 10.0),
        (whole @ 0..60, ..) => format!("{whole} s"),
        (whole @ 60..3_600, ..) => two(whole, 60, ["min", "s"]),
        (_, minutes @ 0..1_440, _) => two(minutes, 60, ["h", "min"]),
        (_, _, hours) => two(hours, 24, ["d", "h"]),
    }
}

/// A number of small units as large ones and what is left: `2 h 5 min`, `2 h`.
fn two(small: u64, per_large: u64, [large_unit, small_unit]: [&str; 2]) -> String {
    let large = count(small / per_large);
    match small % per_large {
        0 => format!("{large} {large_unit}"),
        rest => format!("{large} {large_unit} {rest} {small_unit}"),
    }
}
