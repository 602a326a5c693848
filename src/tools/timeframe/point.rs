//! The names of units and moments: `yesterday`, `last month`, `2026-W46`, `1 June`, `3 days ago`, `now`.

use chrono::{Datelike, Days};

use super::Context;
use super::calendar::{Unit, Whole};
use super::date;
use super::edge::Edge;
use super::error::TimeframeError;
use super::recurring::Recurring;
use super::relative::{self, Amount};
use super::words::{Measure, digits, measure, month, month_name, weekday};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// One place in time.
    Fixed(Edge),
    /// One of several; which, depends on what it stands next to.
    Recurring(Recurring),
}

impl Point {
    /// The place in time; of several the most recent that has begun, of weekdays the most recent before today.
    pub(super) fn fixed(self, context: Context) -> Result<Edge, TimeframeError> {
        match self {
            Self::Fixed(edge) => Ok(edge),
            Self::Recurring(recurring) => latest(recurring, context).map(Edge::Whole),
        }
    }
}

fn latest(recurring: Recurring, context: Context) -> Result<Whole, TimeframeError> {
    let limit = match recurring {
        Recurring::Weekday(_) => context.today() - Days::new(1),
        _ => context.today(),
    };
    recurring.latest(limit).ok_or_else(|| TimeframeError::Edge { text: format!("{recurring:?}") })
}

/// Reads a name; none if it is not one.
pub(super) fn parse(words: &[&str], context: Context) -> Result<Option<Point>, TimeframeError> {
    if let Some(edge) = from_today(words, context)? {
        return Ok(Some(Point::Fixed(edge)));
    }
    if let Some(moment) = date::moment(words, context)? {
        return Ok(Some(Point::Fixed(Edge::Moment(moment))));
    }
    if let [word] = words {
        if let Some(whole) = date::iso(word)? {
            return Ok(Some(Point::Fixed(Edge::Whole(whole))));
        }
        date::refuse_other_forms(word)?;
    }
    of_year(words)
}

/// Names that count from today.
fn from_today(words: &[&str], context: Context) -> Result<Option<Edge>, TimeframeError> {
    let holding = |unit| Whole::holding(unit, context.today());
    let before = |unit| holding(unit).before(context.zone).map(Edge::Whole);
    Ok(match words {
        ["now"] => Some(Edge::Now),
        ["today"] => Some(Edge::ToDate(holding(Unit::Day))),
        ["yesterday"] => before(Unit::Day),
        ["tomorrow"] | ["next", _] => return Err(TimeframeError::Future { what: words.join(" ") }),
        ["wtd"] => Some(Edge::ToDate(holding(Unit::Week))),
        ["mtd"] => Some(Edge::ToDate(holding(Unit::Month))),
        ["qtd"] => Some(Edge::ToDate(holding(Unit::Quarter))),
        ["ytd"] => Some(Edge::ToDate(holding(Unit::Year))),
        ["this" | "current", unit] | [unit, "to", "date"] => {
            named_unit(unit).map(|unit| Edge::ToDate(holding(unit)))
        }
        ["last" | "previous", "day"] => {
            return Err(ambiguous(words, "yesterday, or last 24 hours"));
        }
        ["last" | "previous", name] => match named_unit(name) {
            Some(unit) => before(unit),
            None => last_named(words, name, context)?,
        },
        [amount @ .., "ago"] => match amount {
            ["a" | "an", noun] => ago(relative::amount(&["1", noun])?, context)?,
            _ => ago(relative::amount(amount)?, context)?,
        },
        [_] => ago(relative::amount(words)?, context)?,
        _ => None,
    })
}

/// A unit by its full name, for names without number.
fn named_unit(word: &str) -> Option<Unit> {
    match measure(word) {
        Some(Measure::Calendar(unit)) if word == unit.noun() => Some(unit),
        _ => None,
    }
}

/// `last monday`; `last november` could be two.
fn last_named(words: &[&str], name: &str, context: Context) -> Result<Option<Edge>, TimeframeError> {
    if let Some(weekday) = weekday(name) {
        return latest(Recurring::Weekday(weekday), context).map(|whole| Some(Edge::Whole(whole)));
    }
    let Some(number) = month(name) else { return Ok(None) };
    let recent = latest(Recurring::Month(number), context)?;
    let year = recent.first.year();
    let name = month_name(number);
    Err(ambiguous(words, &format!("{name} {year} or {name} {}", year - 1)))
}

fn ago(amount: Option<Amount>, context: Context) -> Result<Option<Edge>, TimeframeError> {
    amount.map(|amount| amount.ago(context)).transpose()
}

/// `november`, `november 2026`, `2026 w46`.
fn of_year(words: &[&str]) -> Result<Option<Point>, TimeframeError> {
    let year = |word: &str| digits(word).filter(|_| word.len() == 4);
    let (name, year) = match words {
        [name @ .., last] if !name.is_empty() && year(last).is_some() => (name, year(last)),
        [first, name @ ..] if !name.is_empty() && year(first).is_some() => (name, year(first)),
        _ => (words, None),
    };
    match (Recurring::parse(name), year) {
        (None, _) | (Some(Recurring::Weekday(_)), Some(_)) => Ok(None),
        (Some(recurring), None) => Ok(Some(Point::Recurring(recurring.possible()?))),
        (Some(recurring), Some(year)) => {
            let whole = recurring.of_year(date::year(year)?)?;
            Ok(Some(Point::Fixed(Edge::Whole(whole))))
        }
    }
}

fn ambiguous(words: &[&str], choices: &str) -> TimeframeError {
    TimeframeError::Ambiguous { text: words.join(" "), choices: choices.to_owned() }
}
