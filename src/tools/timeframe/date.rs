//! Dates and times in numbers: `2026-03-05`, `2026-03-05T09:30Z`; those in another order are refused.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::Context;
use super::calendar::{Unit, Whole, first_moment};
use super::error::TimeframeError;
use super::words::{digits, month_name};

/// A year that could be meant.
pub(super) fn year(number: u32) -> Result<i32, TimeframeError> {
    let year = number.cast_signed();
    within_years(year, year).map(|()| year)
}

/// Refuses years that cannot be meant.
pub(super) fn within_years(first: i32, last: i32) -> Result<(), TimeframeError> {
    match (first, last) {
        (year @ ..2000, _) | (_, year @ 2101..) => Err(TimeframeError::Year { year }),
        _ => Ok(()),
    }
}

/// `2026`, `2026-03` or `2026-03-05`.
pub(super) fn iso(word: &str) -> Result<Option<Whole>, TimeframeError> {
    let whole = iso_of_any_year(word)?;
    whole.map_or(Ok(()), |whole| within_years(whole.first.year(), whole.first.year()))?;
    Ok(whole)
}

fn iso_of_any_year(word: &str) -> Result<Option<Whole>, TimeframeError> {
    let parts: Vec<&str> = word.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let Some(numbers) = parts.iter().map(|part| digits(part)).collect::<Option<Vec<u32>>>() else {
        return Ok(None);
    };
    let (unit, day) = match (lengths.as_slice(), numbers.as_slice()) {
        ([4], [y]) => (Unit::Year, day(*y, 1, 1)?),
        ([4, 2], [y, m]) => (Unit::Month, day(*y, *m, 1)?),
        ([4, 2, 2], [y, m, d]) => (Unit::Day, day(*y, *m, *d)?),
        _ => return Ok(None),
    };
    Ok(Some(Whole::holding(unit, day)))
}

fn day(year: u32, month: u32, day: u32) -> Result<NaiveDate, TimeframeError> {
    let year = year.cast_signed();
    if !(1..=12).contains(&month) {
        return Err(TimeframeError::Month { month });
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| TimeframeError::Day {
        day,
        month: format!("{year}-{month:02}"),
        days: days_in(year, month),
    })
}

/// The length of a month.
pub(super) fn days_in(year: i32, month: u32) -> u32 {
    (28..=31).rev().find(|day| NaiveDate::from_ymd_opt(year, month, *day).is_some()).unwrap_or(28)
}

/// `2026-03-05T09:30`, `2026-03-05 09:30:15`, each with or without an offset; without, it is local.
pub(super) fn moment(words: &[&str], context: Context) -> Result<Option<DateTime<Utc>>, TimeframeError> {
    let (date, rest) = match words {
        [first, rest @ ..] if first.contains('t') => {
            let (date, time) = first.split_once('t').unwrap_or((first, ""));
            (date, [&[time], rest].concat())
        }
        [date, time, rest @ ..] if time.contains(':') => (*date, [&[*time], rest].concat()),
        _ => return Ok(None),
    };
    let clock = match rest.as_slice() {
        [time] => (*time).to_owned(),
        [time, offset] if looks_like_offset(offset) => format!("{time}{offset}"),
        _ => return Ok(None),
    };
    let Some(Whole { unit: Unit::Day, first, .. }) = iso_of_any_year(date)? else { return Ok(None) };
    let moment = at(first, &clock, context)?;
    let year = |moment: DateTime<Utc>| moment.with_timezone(&context.zone).year();
    within_years(year(moment), year(moment - TimeDelta::seconds(1)))?;
    Ok(Some(moment))
}

fn looks_like_offset(word: &str) -> bool {
    ["z", "utc", "gmt"].contains(&word) || (word.len() > 1 && word.starts_with(['+', '-']))
}

fn at(date: NaiveDate, clock: &str, context: Context) -> Result<DateTime<Utc>, TimeframeError> {
    let wrong = || TimeframeError::Time { text: clock.to_owned() };
    let (time, offset) = clock.split_at(clock.find(['z', 'u', 'g', '+', '-']).unwrap_or(clock.len()));
    let read = |form| NaiveTime::parse_from_str(time, form).ok();
    let time = read("%H:%M").or_else(|| read("%H:%M:%S%.f")).ok_or_else(wrong)?;
    let local: NaiveDateTime = date.and_time(time);
    if offset.is_empty() {
        return Ok(first_moment(local, context.zone));
    }
    let offset = self::offset(offset).ok_or_else(wrong)?;
    Ok(local.and_utc() - offset)
}

/// `z`, `+02:00`, `+0200` or `+02`.
fn offset(text: &str) -> Option<FixedOffset> {
    if ["z", "utc", "gmt"].contains(&text) {
        return FixedOffset::east_opt(0);
    }
    let bare = text[1..].replace(':', "");
    let number = digits(&bare)?.cast_signed();
    let (hours, minutes) = match bare.len() {
        2 => (number, 0),
        4 => (number / 100, number % 100),
        _ => return None,
    };
    let seconds = hours * 3600 + minutes * 60;
    let fits = hours <= 15 && minutes < 60;
    FixedOffset::east_opt(if text.starts_with('-') { -seconds } else { seconds }).filter(|_| fits)
}

/// Refuses numbers that are a date in some other form, such as `03/04/2026`, and tells what they could be.
pub(super) fn refuse_other_forms(word: &str) -> Result<(), TimeframeError> {
    let parts: Vec<&str> = match digits(word) {
        Some(_) if word.len() == 8 => vec![&word[..4], &word[4..6], &word[6..]],
        _ => word.split(['/', '.', '-']).collect(),
    };
    let choices = choices(&parts).unwrap_or_default();
    if choices.is_empty() {
        return Ok(());
    }
    Err(TimeframeError::Numeric { text: word.to_owned(), choices: choices.join(" or ") })
}

fn choices(parts: &[&str]) -> Option<Vec<String>> {
    let numbers = parts.iter().map(|part| digits(part)).collect::<Option<Vec<u32>>>()?;
    let full = |part: &str, year: u32| if part.len() == 2 { 2000 + year } else { year };
    let day = |y, m, d| day(y, m, d).ok().map(|day| Unit::Day.label(day));
    let month = |y, m| self::day(y, m, 1).ok().map(|day| Unit::Month.label(day));
    let named = |d, m| self::day(2000, m, d).ok().map(|_| format!("{d} {}", month_name(m)));
    let found = match (parts, numbers.as_slice()) {
        ([first, _, _], [y, m, d]) if first.len() == 4 => [day(*y, *m, *d), None],
        ([_, _, last], [a, b, y]) => [day(full(last, *y), *b, *a), day(full(last, *y), *a, *b)],
        ([first, _], [y, m]) if first.len() == 4 => [month(*y, *m), None],
        ([_, last], [m, y]) if last.len() == 4 => [month(*y, *m), None],
        ([_, _], [a, b]) => [named(*a, *b), named(*b, *a)],
        _ => return None,
    };
    let mut found: Vec<String> = found.into_iter().flatten().collect();
    found.dedup();
    Some(found)
}
