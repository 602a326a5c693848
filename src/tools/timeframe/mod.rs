//! Timeframes: one parser for every tool, flag and file, from what people and models write to a half-open UTC range.
//!
//! It knows nothing of conversations, and asks no clock: the zone and `now` are passed in. What it understood is told
//! back in words with every answer; what is wrong or could mean two things is an error with examples, never a default.
//!
//! # What is understood
//!
//! Days begin at local midnight in the zone; weeks start on Monday. An end that is a day, week, month, quarter or year
//! is *included*; an end that is a moment is not. English, in any case; `_` and `-` between words are blanks.
//!
//! [`FORMS`] lists the ways to write one, for people and for `fi help timeframes`.
//!
//! A day of the month that the target month lacks becomes its last: 3 months before 31 May is 28 February.
//! In a range, a side without a year takes its year from the other: `20 December to 5 January 2026` starts in 2025,
//! and after a start without a year the end is the next occurrence.
//!
//! An end after now stays as written ([`Timeframe::until_now`] is false), for a month that is not over yet is still
//! that month; a start after now is refused, and so are years outside 2000 to 2100. A timeframe until now that starts
//! *at* now, as `today` does at the stroke of midnight, is empty and no error.
//!
//! Clocks that change: a local time that does not exist is the first moment after the gap, one that comes twice the
//! earlier; days of 23 or 25 hours have that length. Lengths in days or longer follow the calendar, in hours or
//! shorter the clock of UTC.

mod bucket;
mod calendar;
mod date;
mod duration;
mod edge;
mod error;
mod forms;
mod hours;
mod input;
mod parse;
mod point;
mod previous;
mod range;
mod recurring;
mod relative;
mod words;

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;

pub use bucket::{Bucket, BucketSpan, TooMany};
pub use error::TimeframeError;
pub use forms::{FORMS, Form, RULES};
pub use input::{Bounds, TimeframeInput};

use calendar::{Whole, shown};

/// From a moment up to, not including, another; made only by parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeframe {
    /// The first moment; none is from the beginning.
    pub start: Option<DateTime<Utc>>,
    /// The first moment after it.
    pub end: DateTime<Utc>,
    /// Whether it ends now because it was asked for up to now, and would end later if asked later.
    pub until_now: bool,
    /// The zone whose days were meant.
    pub zone: Tz,
    words: String,
    shape: Shape,
}

/// What the period just before one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// As many units of the calendar.
    Whole(Whole),
    /// The same part of the unit before.
    ToDate(Whole),
    /// As long by calendar and clock, since this starts with a day.
    FromDay(NaiveDate),
    /// Exactly as long.
    Exact,
    /// There is none.
    Open,
}

/// The circumstances a text is read in.
#[derive(Debug, Clone, Copy)]
struct Context {
    zone: Tz,
    now: DateTime<Utc>,
}

impl Context {
    fn today(self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }
}

impl Timeframe {
    /// Reads a text such as `last 7 days`.
    pub fn parse(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<Self, TimeframeError> {
        parse::text(text, Context { zone, now })
    }

    /// From one date or time to, or including, another, as flags `--since` and `--until` give them; a missing start
    /// is the beginning, a missing end is now.
    pub fn between(
        since: Option<&str>,
        until: Option<&str>,
        zone: Tz,
        now: DateTime<Utc>,
    ) -> Result<Self, TimeframeError> {
        parse::bounds(since, until, Context { zone, now })
    }

    /// How it was understood, in words: `last 7 days: the 7 full days before today, plus today until now`.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// As an ISO 8601 interval in UTC, which can be parsed again; a start that is none is written `..`.
    pub fn to_iso_interval(&self) -> String {
        let iso = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        format!("{}/{}", self.start.map_or_else(|| String::from(".."), iso), iso(self.end))
    }

    /// Whether a moment lies in it.
    pub fn contains(&self, moment: DateTime<Utc>) -> bool {
        self.start.is_none_or(|start| start <= moment) && moment < self.end
    }

    /// From a start until now.
    fn until_now(
        start: DateTime<Utc>,
        shape: Shape,
        words: String,
        context: Context,
    ) -> Result<Self, TimeframeError> {
        let Context { zone, now } = context;
        if start > now {
            return Err(TimeframeError::Future { what: shown(start, zone) });
        }
        Self { start: Some(start), end: now, until_now: true, zone, words, shape }.within_years()
    }

    /// From the beginning to an end.
    fn open(end: DateTime<Utc>, until_now: bool, words: String, context: Context) -> Self {
        Self { start: None, end, until_now, zone: context.zone, words, shape: Shape::Open }
    }

    /// From a start to an end that was given.
    fn closed(
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        shape: Shape,
        mut words: String,
        context: Context,
    ) -> Result<Self, TimeframeError> {
        let Context { zone, now } = context;
        if end > now {
            words.push_str(" (not over yet)");
        }
        if start >= end {
            return Err(TimeframeError::Order { start: shown(start, zone), end: shown(end, zone) });
        }
        if start > now || (start == now && shape == Shape::Exact) {
            return Err(TimeframeError::Future { what: shown(start, zone) });
        }
        Self { start: Some(start), end, until_now: false, zone, words, shape }.within_years()
    }

    /// Whole units of the calendar.
    fn whole(whole: Whole, words: String, context: Context) -> Result<Self, TimeframeError> {
        let (start, end) = (whole.start(context.zone), whole.end(context.zone));
        if start == end && whole.count > 0 {
            return Err(TimeframeError::Skipped { day: whole.label(), zone: context.zone });
        }
        Self::closed(start, end, Shape::Whole(whole), words, context)
    }

    /// Computed edges are held to the same years as written ones.
    fn within_years(self) -> Result<Self, TimeframeError> {
        let year = |moment: DateTime<Utc>| moment.with_timezone(&self.zone).year();
        let last = year(self.end - TimeDelta::seconds(1));
        date::within_years(self.start.map_or(last, year), last)?;
        Ok(self)
    }
}

impl fmt::Display for Timeframe {
    /// `2026-11-14 00:00 to 2026-11-21 00:00 (Europe/Berlin)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start.map_or_else(|| String::from("the beginning"), |start| shown(start, self.zone));
        write!(f, "{start} to {} ({})", shown(self.end, self.zone), self.zone)
    }
}
