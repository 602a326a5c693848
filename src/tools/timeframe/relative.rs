//! Lengths up to now: `last 7 days`, `past two weeks`, `24h`.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::calendar::{Unit, Whole, start_of_day};
use super::edge::Edge;
use super::error::TimeframeError;
use super::words::{Measure, counted, measure, number};
use super::{Context, Shape, Timeframe};

/// A number of units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    count: u32,
    measure: Measure,
}

/// `7 days`, `seven days` or `7d`; none if it is not of this form.
pub(super) fn amount(words: &[&str]) -> Result<Option<Amount>, TimeframeError> {
    let (count, name) = match words {
        [count, name] => (*count, *name),
        [word] => word.split_at(word.find(|char: char| !char.is_ascii_digit()).unwrap_or(word.len())),
        _ => return Ok(None),
    };
    let Some(number) = number(count) else { return Ok(None) };
    if name == "m" {
        let choices = format!("{number}mo for months or {number}min for minutes");
        return Err(TimeframeError::Ambiguous { text: words.join(" "), choices });
    }
    match measure(name) {
        Some(_) if number == 0 => Err(TimeframeError::Zero { text: words.join(" ") }),
        Some(measure) => Ok(Some(Amount { count: number, measure })),
        None => Ok(None),
    }
}

/// A length up to now; none if it is not of this form.
pub(super) fn window(words: &[&str], context: Context) -> Result<Option<Timeframe>, TimeframeError> {
    let amount = match words {
        ["last" | "past", name @ ("hour" | "minute")] => self::amount(&["1", name])?,
        ["past", "day"] => return Err(ambiguous(words, "yesterday, or last 24 hours")),
        ["past", name @ ("week" | "month" | "quarter" | "year")] => {
            let choices = format!("last {name} for the whole {name} before this, or last 1 {name}");
            return Err(ambiguous(words, &choices));
        }
        ["last" | "past", rest @ ..] => self::amount(rest)?,
        _ => self::amount(words)?,
    };
    amount.map(|amount| amount.until_now(context)).transpose()
}

fn ambiguous(words: &[&str], choices: &str) -> TimeframeError {
    TimeframeError::Ambiguous { text: words.join(" "), choices: choices.to_owned() }
}

impl Amount {
    /// The day, or the moment, so long ago.
    pub(super) fn ago(self, context: Context) -> Result<Edge, TimeframeError> {
        match self.measure {
            Measure::Calendar(unit) => {
                self.day(unit, context).map(|day| Edge::Whole(Whole::holding(Unit::Day, day)))
            }
            Measure::Hours => self.moment(3600, context).map(Edge::Moment),
            Measure::Minutes => self.moment(60, context).map(Edge::Moment),
        }
    }

    /// Whether it is counted in days, so that so long ago is one day and not a longer unit.
    pub(super) fn is_days(self) -> bool {
        self.measure == Measure::Calendar(Unit::Day)
    }

    fn until_now(self, context: Context) -> Result<Timeframe, TimeframeError> {
        let last = format!("last {}", self.words());
        let (start, shape, words) = match self.measure {
            Measure::Calendar(unit) => {
                let day = self.day(unit, context)?;
                let start = start_of_day(day, context.zone);
                (start, Shape::FromDay(day), format!("{last}: {}", self.explained(unit, day)))
            }
            Measure::Hours => {
                (self.moment(3600, context)?, Shape::Exact, format!("{last}: exactly so long, until now"))
            }
            Measure::Minutes => {
                (self.moment(60, context)?, Shape::Exact, format!("{last}: exactly so long, until now"))
            }
        };
        Timeframe::until_now(start, shape, words, context)
    }

    fn explained(self, unit: Unit, day: NaiveDate) -> String {
        match (unit, self.count) {
            (Unit::Day, 1) => String::from("the full day before today, plus today until now"),
            (Unit::Day, count) => format!("the {count} full days before today, plus today until now"),
            _ => format!("from {day}, {} before today, until now", self.words()),
        }
    }

    fn words(self) -> String {
        let noun = match self.measure {
            Measure::Minutes => "minute",
            Measure::Hours => "hour",
            Measure::Calendar(unit) => unit.noun(),
        };
        counted(self.count, noun)
    }

    fn day(self, unit: Unit, context: Context) -> Result<NaiveDate, TimeframeError> {
        let count = i32::try_from(self.count).ok();
        count.and_then(|count| unit.add(context.today(), -count)).ok_or_else(|| self.too_long())
    }

    fn moment(self, seconds: i64, context: Context) -> Result<DateTime<Utc>, TimeframeError> {
        let length = TimeDelta::try_seconds(i64::from(self.count) * seconds);
        length.and_then(|length| context.now.checked_sub_signed(length)).ok_or_else(|| self.too_long())
    }

    fn too_long(self) -> TimeframeError {
        TimeframeError::TooLong { text: self.words() }
    }
}
