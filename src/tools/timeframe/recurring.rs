//! Units that come again: `monday`, `1 June`, `november`, `Q3`, `week 46`, of one year or of whichever is nearest.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::calendar::{Unit, Whole};
use super::date::days_in;
use super::error::TimeframeError;
use super::words::{day_number, digits, month, month_name, weekday};

/// 29 February may be eight years away.
const FARTHEST: i32 = 9;

/// A unit that comes every week or every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recurring {
    Weekday(Weekday),
    Day { month: u32, day: u32 },
    Week(u32),
    Month(u32),
    Quarter(u32),
}

impl Recurring {
    /// Reads its name.
    pub(super) fn parse(words: &[&str]) -> Option<Self> {
        match words {
            ["week", number] => digits(number).map(Self::Week),
            ["quarter", number] => digits(number).map(Self::Quarter),
            [one, other] => Self::day_of_month(one, other).or_else(|| Self::day_of_month(other, one)),
            [word] => {
                let after = |letter| word.strip_prefix(letter).and_then(digits);
                after('w')
                    .map(Self::Week)
                    .or_else(|| after('q').map(Self::Quarter))
                    .or_else(|| month(word).map(Self::Month).or_else(|| weekday(word).map(Self::Weekday)))
            }
            _ => None,
        }
    }

    fn day_of_month(day: &str, month_word: &str) -> Option<Self> {
        Some(Self::Day { day: day_number(day)?, month: month(month_word)? })
    }

    /// The one of a year; an error tells why it has none.
    pub(super) fn of_year(self, year: i32) -> Result<Whole, TimeframeError> {
        self.in_year(year).ok_or_else(|| self.impossible(Some(year)))
    }

    /// Refuses what no year has.
    pub(super) fn possible(self) -> Result<Self, TimeframeError> {
        let leap_and_long = 2004..=2032; // a range in which every day and week occurs
        let occurs = matches!(self, Self::Weekday(_))
            || leap_and_long.into_iter().any(|year| self.in_year(year).is_some());
        if occurs { Ok(self) } else { Err(self.impossible(None)) }
    }

    fn in_year(self, year: i32) -> Option<Whole> {
        let (unit, first) = match self {
            Self::Weekday(_) => return None,
            Self::Day { month, day } => (Unit::Day, NaiveDate::from_ymd_opt(year, month, day)?),
            Self::Week(week) => (Unit::Week, NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?),
            Self::Month(month) => (Unit::Month, NaiveDate::from_ymd_opt(year, month, 1)?),
            Self::Quarter(quarter @ 1..=4) => {
                (Unit::Quarter, NaiveDate::from_ymd_opt(year, quarter * 3 - 2, 1)?)
            }
            Self::Quarter(_) => return None,
        };
        Some(Whole { unit, first, count: 1 })
    }

    fn impossible(self, year: Option<i32>) -> TimeframeError {
        match self {
            Self::Week(week) => {
                let weeks = year.map_or(53, |year| {
                    if NaiveDate::from_isoywd_opt(year, 53, Weekday::Mon).is_some() { 53 } else { 52 }
                });
                TimeframeError::Week { week, year, weeks }
            }
            Self::Quarter(quarter) => TimeframeError::Quarter { quarter },
            Self::Day { month, day } => {
                let name = month_name(month);
                let days = days_in(year.unwrap_or(2000), month);
                let month = year.map_or_else(|| name.to_owned(), |year| format!("{name} {year}"));
                TimeframeError::Day { day, month, days }
            }
            Self::Month(month) => TimeframeError::Month { month },
            Self::Weekday(weekday) => TimeframeError::Unknown { text: weekday.to_string() },
        }
    }

    /// The last that begins on a day or before it.
    pub(super) fn latest(self, limit: NaiveDate) -> Option<Whole> {
        let year = limit.year();
        if let Self::Weekday(weekday) = self {
            let back = weekday_distance(weekday, limit.weekday());
            return Some(Whole::holding(Unit::Day, limit - Days::new(back)));
        }
        (year - FARTHEST..=year + 1)
            .rev()
            .filter_map(|year| self.in_year(year))
            .find(|whole| whole.first <= limit)
    }

    /// The first that ends on a day or after it.
    pub(super) fn earliest(self, limit: NaiveDate) -> Option<Whole> {
        let year = limit.year();
        if let Self::Weekday(weekday) = self {
            let ahead = weekday_distance(limit.weekday(), weekday);
            return Some(Whole::holding(Unit::Day, limit + Days::new(ahead)));
        }
        (year - 1..=year + FARTHEST).filter_map(|year| self.in_year(year)).find(|whole| whole.last() >= limit)
    }
}

/// How many days after one day of the week the other is.
fn weekday_distance(from: Weekday, to: Weekday) -> u64 {
    u64::from((7 + to.num_days_from_monday() - from.num_days_from_monday()) % 7)
}
