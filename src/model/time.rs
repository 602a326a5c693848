//! The one time type of the rows: an instant in UTC, as Parquet and DuckDB keep it (microseconds).
//!
//! Owns the tolerant reading of Intercom's times: seconds, milliseconds, numeric strings and ISO 8601 all
//! occur in practice (API sections 5.5 and 8, numbers 20 and 25).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

/// An instant in UTC, in microseconds since 1970; may lie before 1970 or far in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Unix times above this are milliseconds: as seconds they would lie after the year 5138.
const SMALLEST_MILLISECONDS: f64 = 1e11;

/// The years `TIMESTAMP` columns, `chrono` and calendars agree on.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

impl Timestamp {
    /// From whole seconds since 1970; what no column could hold becomes the nearest that it can.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// From microseconds since 1970, the unit of the lake.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The same instant for calendars.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// Reads a JSON value the way Intercom may write a time; `None` when it is none.
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Self::from_number(number.as_f64()?, number.as_i64()),
            Value::String(text) => Self::from_text(text.trim()),
            _ => None,
        }
    }

    fn from_number(float: f64, whole: Option<i64>) -> Option<Self> {
        let divisor = if float.abs() >= SMALLEST_MILLISECONDS { 1_000 } else { 1 };
        let micros = match whole {
            Some(whole) => whole.checked_mul(1_000_000 / divisor)?,
            None => (float * (1_000_000 / divisor) as f64).round() as i64,
        };
        YEARS.contains(&micros.div_euclid(1_000_000)).then_some(Self(micros))
    }

    fn from_text(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse::<i64>() {
            return Self::from_number(number as f64, Some(number));
        }
        let instant = DateTime::parse_from_rfc3339(text).ok()?;
        let micros = instant.timestamp_micros();
        YEARS.contains(&instant.timestamp()).then_some(Self(micros))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant.timestamp_micros())
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}
