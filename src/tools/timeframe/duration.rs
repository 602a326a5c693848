//! ISO 8601 durations: `P7D`, `P1M`, `PT24H`.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

use super::calendar::{Unit, Whole, first_moment, start_of_day};
use super::edge::Edge;
use super::error::TimeframeError;
use super::words::digits;
use super::{Context, Shape, Timeframe};

/// A length in months and days of the calendar, and seconds of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Duration {
    months: i32,
    days: i64,
    seconds: i64,
}

#[derive(Clone, Copy)]
enum Direction {
    Earlier,
    Later,
}

/// Reads a duration; none if the word is not meant as one.
pub(super) fn parse(word: &str) -> Result<Option<Duration>, TimeframeError> {
    let Some(rest) = word.strip_prefix('p') else { return Ok(None) };
    if !rest.starts_with(|char: char| char.is_ascii_digit() || char == 't') {
        return Ok(None);
    }
    let text = word.to_uppercase();
    let duration = read(rest).ok_or_else(|| TimeframeError::Duration { text: text.clone() })?;
    if duration == (Duration { months: 0, days: 0, seconds: 0 }) {
        return Err(TimeframeError::Zero { text });
    }
    Ok(Some(duration))
}

fn read(text: &str) -> Option<Duration> {
    let (date, time) = text.split_once('t').map_or((text, None), |(date, time)| (date, Some(time)));
    let [years, months, weeks, days] = fields(date, ['y', 'm', 'w', 'd'])?;
    let [hours, minutes, seconds] = match time {
        Some("") => return None,
        time => fields(time.unwrap_or_default(), ['h', 'm', 's'])?,
    };
    Some(Duration {
        months: i32::try_from(years * 12 + months).ok()?,
        days: weeks * 7 + days,
        seconds: hours * 3600 + minutes * 60 + seconds,
    })
}

/// Numbers before their letters, which come in this order.
fn fields<const N: usize>(mut text: &str, letters: [char; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    for (number, letter) in numbers.iter_mut().zip(letters) {
        if let Some((before, after)) = text.split_once(letter) {
            *number = digits(before).filter(|number| *number < 10_000_000)?.into();
            text = after;
        }
    }
    text.is_empty().then_some(numbers)
}

impl Duration {
    /// As long up to now: in days or longer from midnight of the day so long before today.
    pub(super) fn until_now(self, text: &str, context: Context) -> Result<Timeframe, TimeframeError> {
        let text = text.to_uppercase();
        if self.seconds != 0 {
            let start = self.moment(context.now, Direction::Earlier, context);
            let words = format!("{text}: exactly so long, until now");
            return Timeframe::until_now(start.ok_or(too_long(&text))?, Shape::Exact, words, context);
        }
        let day = self.day(context.today(), Direction::Earlier).ok_or(too_long(&text))?;
        let words = format!("{text}: the time from {day} to yesterday, plus today until now");
        Timeframe::until_now(start_of_day(day, context.zone), Shape::FromDay(day), words, context)
    }

    /// As long from the start of something.
    pub(super) fn after(
        self,
        start: Edge,
        text: &str,
        context: Context,
    ) -> Result<Timeframe, TimeframeError> {
        let text = text.to_uppercase();
        let words = format!("{text} from the start of {}", start.label(context));
        if let (Edge::Whole(whole) | Edge::ToDate(whole), 0) = (start, self.seconds) {
            let after = self.day(whole.first, Direction::Later).ok_or(endless(&text))?;
            return Timeframe::whole(days(whole.first, after), words, context);
        }
        let start = start.start(context);
        let end = self.moment(start, Direction::Later, context).ok_or(endless(&text))?;
        Timeframe::closed(start, end, Shape::Exact, words, context)
    }

    /// As long up to the end of something.
    pub(super) fn before(self, end: Edge, text: &str, context: Context) -> Result<Timeframe, TimeframeError> {
        if end.is_now() {
            return self.until_now(text, context);
        }
        let text = text.to_uppercase();
        let words = format!("{text} up to the end of {}", end.label(context));
        if let (Edge::Whole(whole), 0) = (end, self.seconds) {
            let first = self.day(whole.after(), Direction::Earlier).ok_or(too_long(&text))?;
            return Timeframe::whole(days(first, whole.after()), words, context);
        }
        let end = end.end(context);
        let start = self.moment(end, Direction::Earlier, context).ok_or(too_long(&text))?;
        Timeframe::closed(start, end, Shape::Exact, words, context)
    }

    fn day(self, day: NaiveDate, direction: Direction) -> Option<NaiveDate> {
        let months = Months::new(self.months.unsigned_abs());
        match direction {
            Direction::Earlier => {
                day.checked_sub_months(months)?.checked_sub_signed(TimeDelta::days(self.days))
            }
            Direction::Later => {
                day.checked_add_months(months)?.checked_add_signed(TimeDelta::days(self.days))
            }
        }
    }

    fn moment(self, from: DateTime<Utc>, direction: Direction, context: Context) -> Option<DateTime<Utc>> {
        let local = from.with_timezone(&context.zone).naive_local();
        let moved = match (self.months, self.days) {
            (0, 0) => from,
            _ => first_moment(self.day(local.date(), direction)?.and_time(local.time()), context.zone),
        };
        match direction {
            Direction::Earlier => moved.checked_sub_signed(TimeDelta::seconds(self.seconds)),
            Direction::Later => moved.checked_add_signed(TimeDelta::seconds(self.seconds)),
        }
    }
}

fn days(first: NaiveDate, after: NaiveDate) -> Whole {
    Whole { unit: Unit::Day, first, count: Unit::Day.between(first, after) }
}

fn too_long(text: &str) -> TimeframeError {
    TimeframeError::TooLong { text: text.to_owned() }
}

fn endless(text: &str) -> TimeframeError {
    TimeframeError::Endless { text: text.to_owned() }
}
