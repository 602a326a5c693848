//! Why a timeframe is refused, each time with examples of what is understood.

use chrono_tz::Tz;

use super::words::quoted;

const GENERAL: &str = "for example: last 7 days, this month, 2026-03, since 1 June, 2026-03-01 to 2026-03-31";
const EDGES: &str = "for example: 2026-03-05, 1 June, last monday, 3 days ago, 2026-03-05T09:30:00Z";
const DATES: &str = "for example: 2026-03-05, 5 March 2026, 2026-03, 2026-W10, Q1 2026";
const PAST: &str = "for example: today, last 7 days, this month, year to date";
const RANGES: &str = "for example: 2026-03-01 to 2026-03-31, 2026-03, since 2026-03-01, 2026-03-01/P7D";
const LENGTHS: &str = "for example: last 24 hours, last 7 days, last 2 weeks, last 3 months, 1y";
const ISO_LENGTHS: &str = "for example: PT24H, P7D, 2026-03-01/P1M, P30D/2026-03-31";
const FIELDS: &str = "for example: {\"start\": \"2026-03-01\", \"end\": \"2026-03-31\"}, \
                      {\"start\": \"2026-03\"}, {\"relative\": \"last_7_days\"}";

/// The text or object is no timeframe, or could be several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeframeError {
    /// Nothing is written there.
    #[error("the timeframe is empty; {GENERAL}")]
    Empty,
    /// No form fits.
    #[error("{} is not understood as a timeframe; {GENERAL}", quoted(text))]
    Unknown {
        /// What was written.
        text: String,
    },
    /// A timeframe would start or end there, but it is no date.
    #[error("{} is not understood as a date or time to start or end at; {EDGES}", quoted(text))]
    Edge {
        /// What was written.
        text: String,
    },
    /// It could mean several things.
    #[error("{} is ambiguous: write {choices}; {GENERAL}", quoted(text))]
    Ambiguous {
        /// What was written.
        text: String,
        /// How to write each of the things it could mean.
        choices: String,
    },
    /// The numbers of a date stand in another order, or between other signs.
    #[error("{} is not in the form year-month-day: write {choices}; {DATES}", quoted(text))]
    Numeric {
        /// What was written.
        text: String,
        /// The dates it could be.
        choices: String,
    },
    /// It is a moment, and has no length.
    #[error("{} is a moment, not a period; {GENERAL}", quoted(text))]
    Moment {
        /// What was written.
        text: String,
    },
    /// It starts after now.
    #[error("{what} is in the future, where nothing has happened yet; {PAST}")]
    Future {
        /// The start, or the words for it.
        what: String,
    },
    /// It starts when it is over, or after that.
    #[error("the start, {start}, is not before the end, {end}; {RANGES}")]
    Order {
        /// The start.
        start: String,
        /// The end, exclusive.
        end: String,
    },
    /// The clocks of the zone left the day out.
    #[error("{day} never was in {zone}, whose clocks skipped it; {RANGES}")]
    Skipped {
        /// The day.
        day: String,
        /// The zone.
        zone: Tz,
    },
    /// There are twelve months.
    #[error("there is no month {month}; {DATES}")]
    Month {
        /// The number given.
        month: u32,
    },
    /// The month is not that long.
    #[error("there is no day {day} in {month}, which has {days} days; {DATES}")]
    Day {
        /// The number given.
        day: u32,
        /// The month, with its year if one was given.
        month: String,
        /// How many days it has.
        days: u32,
    },
    /// The year has not that many weeks.
    #[error("there is no week {week}{}; {DATES}", of_year(*year, *weeks))]
    Week {
        /// The number given.
        week: u32,
        /// The year, if given.
        year: Option<i32>,
        /// How many weeks it has.
        weeks: u32,
    },
    /// There are four quarters.
    #[error("there is no quarter {quarter}; {DATES}")]
    Quarter {
        /// The number given.
        quarter: u32,
    },
    /// It is no time of day, or no offset from UTC.
    #[error("{} is no time of day; write 09:30, 09:30:00Z or 09:30+02:00; {EDGES}", quoted(text))]
    Time {
        /// What was written.
        text: String,
    },
    /// Too far away to be meant.
    #[error("the year {year} is not from 2000 to 2100; {DATES}")]
    Year {
        /// The year.
        year: i32,
    },
    /// Longer ago than the year 2000.
    #[error("{} reaches back before the year 2000: write all time; {LENGTHS}", quoted(text))]
    TooLong {
        /// What was written.
        text: String,
    },
    /// Longer than the calendar.
    #[error("{} is no length of time that could be meant; {ISO_LENGTHS}", quoted(text))]
    Endless {
        /// What was written.
        text: String,
    },
    /// A length of nothing.
    #[error("{} has no length: write a number from 1; {LENGTHS}", quoted(text))]
    Zero {
        /// What was written.
        text: String,
    },
    /// It begins as an ISO 8601 duration, and does not go on as one.
    #[error("{} is no ISO 8601 duration in whole numbers; {ISO_LENGTHS}", quoted(text))]
    Duration {
        /// What was written.
        text: String,
    },
    /// Two fields of the object say the same, or different things.
    #[error("give either {one} or {other}, not both; {FIELDS}")]
    Conflict {
        /// One.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// No field of the object says anything.
    #[error("the timeframe has neither start nor end; {FIELDS}")]
    NoFields,
}

fn of_year(year: Option<i32>, weeks: u32) -> String {
    match year {
        Some(year) => format!(" in {year}, which has {weeks} weeks"),
        None => String::from(": a year has 52 or 53"),
    }
}
