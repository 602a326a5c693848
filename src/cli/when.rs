//! Dates and times as people type them. What is not a date is refused with the reason and an example.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// How a date is written, for error messages.
const EXAMPLE: &str = "write a date such as 2026-11-01, or a time such as 2026-11-01T09:30:00Z";

/// A day, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A whole day, in the time zone in use.
    Day(NaiveDate),
    /// A moment.
    Moment(DateTime<Utc>),
}

/// The text is not a date or a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// It is written some other way.
    #[error("{EXAMPLE}")]
    Form,
    /// A time without offset could mean two moments.
    #[error("a time needs its offset: add Z for UTC, or one such as +02:00")]
    NoOffset,
    /// There are twelve months.
    #[error("there is no month {month}; {EXAMPLE}")]
    Month {
        /// The number given.
        month: u32,
    },
    /// The month is not that long.
    #[error("{year}-{month:02} has {days} days; {EXAMPLE}")]
    Day {
        /// The year.
        year: i32,
        /// The month.
        month: u32,
        /// How many days it has.
        days: u32,
    },
}

impl FromStr for When {
    type Err = WhenError;

    fn from_str(text: &str) -> Result<Self, WhenError> {
        let text = text.trim();
        match text.find(['T', 't', ' ']) {
            None => day(text).map(Self::Day),
            Some(at) => {
                day(&text[..at])?;
                moment(text)
            }
        }
    }
}

impl When {
    /// The moment it begins.
    pub fn start(self, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::Day(day) => start_of_day(day, zone),
            Self::Moment(moment) => moment,
        }
    }

    /// The moment it is over: for a day the start of the next, so that the day itself is included.
    pub fn end(self, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::Day(day) => start_of_day(day.checked_add_days(Days::new(1)).unwrap_or(day), zone),
            Self::Moment(moment) => moment,
        }
    }
}

/// A date in the form 2026-11-01.
fn day(text: &str) -> Result<NaiveDate, WhenError> {
    let shape: Vec<usize> = text.split('-').map(str::len).collect();
    if shape != [4, 2, 2] || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(WhenError::Form);
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().map_err(|_| WhenError::Form);
    let (year, month, day) = (number(0..4)?.cast_signed(), number(5..7)?, number(8..10)?);
    if !(1..=12).contains(&month) {
        return Err(WhenError::Month { month });
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| WhenError::Day {
        year,
        month,
        days: days_in(year, month),
    })
}

fn days_in(year: i32, month: u32) -> u32 {
    (28..=31).rev().find(|day| NaiveDate::from_ymd_opt(year, month, *day).is_some()).unwrap_or(28)
}

fn moment(text: &str) -> Result<When, WhenError> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(When::Moment(moment.to_utc()));
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let without_offset = forms.iter().any(|form| NaiveDateTime::parse_from_str(text, form).is_ok());
    Err(if without_offset { WhenError::NoOffset } else { WhenError::Form })
}

/// The first moment of a day in a zone; where clocks jump over midnight, the first that exists.
fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=24)
        .filter_map(|quarters| {
            zone.from_local_datetime(&(midnight + TimeDelta::minutes(15 * quarters))).earliest()
        })
        .next()
        .map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

/// A number of days from 1, for flags.
pub(super) fn days(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(days @ 1..=36_500) => Ok(days),
        _ => Err(String::from("write a number of days from 1 to 36500, such as 7")),
    }
}

/// A date for people: 2026-11-01, or the time where it is not midnight.
pub(super) fn shown(moment: DateTime<Utc>, zone: Tz) -> String {
    let local = moment.with_timezone(&zone);
    if local.time() == NaiveTime::MIN {
        format!("{:04}-{:02}-{:02}", local.year(), local.month(), local.day())
    } else {
        moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> String {
        text.parse::<When>().unwrap_err().to_string()
    }

    #[test]
    fn a_day_covers_itself_in_its_zone() {
        let day: When = "2026-11-01".parse().unwrap();
        assert_eq!(day.start(Tz::Europe__Berlin).to_string(), "2026-10-31 23:00:00 UTC");
        assert_eq!(day.end(Tz::Europe__Berlin).to_string(), "2026-11-01 23:00:00 UTC");
        assert_eq!(shown(day.start(Tz::Europe__Berlin), Tz::Europe__Berlin), "2026-11-01");
    }

    #[test]
    fn where_midnight_does_not_exist_the_day_starts_later() {
        let day: When = "2018-11-04".parse().unwrap();
        assert_eq!(day.start(Tz::America__Sao_Paulo).to_string(), "2018-11-04 03:00:00 UTC");
    }

    #[test]
    fn a_moment_has_an_offset() {
        let moment: When = "2026-11-01T09:30:00+02:00".parse().unwrap();
        assert_eq!(moment.start(Tz::UTC).to_string(), "2026-11-01 07:30:00 UTC");
        assert_eq!(why("2026-11-01T09:30:00"), WhenError::NoOffset.to_string());
        assert_eq!(why("2026-11-01 09:30"), WhenError::NoOffset.to_string());
    }

    #[test]
    fn impossible_dates_say_why() {
        assert!(why("2026-02-30").starts_with("2026-02 has 28 days;"));
        assert!(why("2024-02-30").starts_with("2024-02 has 29 days;"));
        assert!(why("2026-04-31T10:00:00Z").starts_with("2026-04 has 30 days;"));
        assert!(why("2026-13-01").starts_with("there is no month 13;"));
        assert!(why("2026-11-00").starts_with("2026-11 has 30 days;"));
        for other in
            ["", "yesterday", "01.11.2026", "2026-1-1", "11/01/2026", "2026-11-01T25:00:00Z", "२०२६-११-०१"]
        {
            assert_eq!(why(other), WhenError::Form.to_string(), "{other}");
        }
    }
}
