//! Months and days of a lake: how many conversations began in each, and whether all of them are held.

use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::cli::when::When;
use crate::lake::{DataFile, Disk, Layout, Reader, State};
use crate::model::{ConversationMetrics, Row};
use crate::sync::Coverage;

/// Days that are told one by one.
const DAYS: u64 = 60;
/// A lake this fresh is up to date: what is missing at its end has only just begun.
const FRESH_SECONDS: i64 = 86_400;

/// Months and days, oldest first; none before anything was fetched.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    pub(super) months: Vec<Stretch>,
    pub(super) days: Vec<Stretch>,
}

/// A month or a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Stretch {
    /// Its first day.
    pub(super) starts_on: NaiveDate,
    /// Conversations that began in it, of those held; unknown where they cannot be counted.
    pub(super) conversations: Option<u64>,
    /// Whether that is all of them.
    pub(super) coverage: Completeness,
}

/// How much of a stretch of time is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Completeness {
    /// All of it, up to the last sync.
    Complete,
    /// Some of it.
    Partial,
    /// Nothing of it.
    None,
}

impl Calendar {
    /// The calendar of a lake.
    pub(super) fn new(
        layout: &Layout,
        state: &State,
        coverage: &Coverage,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> Self {
        // Damage is what `fi verify` tells of; here the numbers are left out.
        let times = begun(layout, state).ok();
        let held = state.files_of("conversations").filter_map(|(_, entry)| entry.first_created_at).min();
        let covered = coverage.spans().iter().map(|span| span.from_seconds).find(|from| *from != i64::MIN);
        let first = held.map(|micros| micros.div_euclid(1_000_000)).into_iter().chain(covered).min();
        let Some(first) = first.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) else {
            return Self::default();
        };
        let today = now.with_timezone(&zone).date_naive();
        let first = first.with_timezone(&zone).date_naive().min(today);
        let first_day = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(first).max(first);
        let first_month = first.with_day(1).unwrap_or(first);
        let next_day = |day: NaiveDate| day.checked_add_days(Days::new(1));
        let next_month = |day: NaiveDate| day.checked_add_months(Months::new(1));
        let view = View { times: times.as_deref(), coverage, now: now.timestamp(), zone };
        Self {
            months: view.stretches(first_month, today, next_month),
            days: view.stretches(first_day, today, next_day),
        }
    }
}

/// When each conversation began, in seconds since 1970, in order.
fn begun(layout: &Layout, state: &State) -> Result<Vec<i64>, crate::lake::Error> {
    let file = DataFile::whole(ConversationMetrics::TABLE);
    if !state.files.contains_key(&file.name()) {
        return Ok(Vec::new());
    }
    let disk = Disk::default();
    let mut times = Vec::new();
    for batch in Reader::new(&disk, layout).columns::<ConversationMetrics>(&file, &["created_at"])? {
        let batch = batch?;
        let micros = batch.column(0).as_primitive::<TimestampMicrosecondType>();
        times.extend(micros.values().iter().map(|micros| micros.div_euclid(1_000_000)));
    }
    times.sort_unstable();
    Ok(times)
}

/// What stretches are looked at with.
struct View<'a> {
    times: Option<&'a [i64]>,
    coverage: &'a Coverage,
    now: i64,
    zone: Tz,
}

impl View<'_> {
    /// Stretches from the one that starts on a day to the one that has today in it.
    fn stretches(
        &self,
        first: NaiveDate,
        today: NaiveDate,
        next: impl Fn(NaiveDate) -> Option<NaiveDate>,
    ) -> Vec<Stretch> {
        let starts = std::iter::successors(Some(first), |day| next(*day)).take_while(|day| *day <= today);
        let stretch = |starts_on: NaiveDate| {
            let start = self.moment(starts_on);
            let end = next(starts_on).map_or(i64::MAX, |day| self.moment(day));
            Stretch {
                starts_on,
                conversations: self.times.map(|times| {
                    let before = |moment: i64| times.partition_point(|time| *time < moment) as u64;
                    before(end) - before(start)
                }),
                coverage: self.completeness(start, end),
            }
        };
        starts.map(stretch).collect()
    }

    fn moment(&self, day: NaiveDate) -> i64 {
        When::Day(day).start(self.zone).timestamp()
    }

    fn completeness(&self, start: i64, end: i64) -> Completeness {
        let known = self.coverage.spans().last().map_or(i64::MIN, |span| span.to_seconds);
        let is_fresh = self.now.saturating_sub(known) <= FRESH_SECONDS;
        let latest = if is_fresh && known > start { known } else { self.now };
        let end = end.min(latest.max(start + 1));
        let gaps = self.coverage.gaps(start, end);
        let missing: i64 = gaps.iter().map(|(from, to)| to - from).sum();
        match missing {
            0 => Completeness::Complete,
            missing if missing >= end - start => Completeness::None,
            _ => Completeness::Partial,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::Span;

    const DAY: i64 = 86_400;

    fn at(text: &str) -> i64 {
        text.parse::<DateTime<Utc>>().unwrap().timestamp()
    }

    fn days(spans: &[(i64, i64)], now: i64, count: usize) -> Vec<Completeness> {
        let mut coverage = Coverage::default();
        for (from_seconds, to_seconds) in spans {
            coverage.add(Span {
                from_seconds: *from_seconds,
                to_seconds: *to_seconds,
                as_of_seconds: *to_seconds,
            });
        }
        let view = View { times: Some(&[]), coverage: &coverage, now, zone: Tz::UTC };
        let today = DateTime::from_timestamp(now, 0).unwrap().date_naive();
        let first = today.checked_sub_days(Days::new(count as u64 - 1)).unwrap();
        let next = |day: NaiveDate| day.checked_add_days(Days::new(1));
        view.stretches(first, today, next).into_iter().map(|day| day.coverage).collect()
    }

    #[test]
    fn a_day_is_complete_up_to_a_sync_of_today_and_not_up_to_one_of_last_week() {
        use Completeness::{Complete, None, Partial};
        let noon = at("2026-11-21T12:00:00Z");
        assert_eq!(days(&[(i64::MIN, noon - 600)], noon, 2), [Complete, Complete]);
        assert_eq!(days(&[(i64::MIN, noon - 2 * DAY)], noon, 4), [Complete, Partial, None, None]);
        assert_eq!(days(&[(noon - DAY, noon)], noon, 3), [None, Partial, Complete]);
        assert_eq!(days(&[], noon, 2), [None, None]);
    }

    #[test]
    fn conversations_are_counted_by_the_days_of_the_zone() {
        let zone = Tz::Europe__Berlin;
        // 23:30 in UTC is the next day in Berlin; clocks change on 25 October.
        let times = [at("2026-10-24T21:59:59Z"), at("2026-10-24T22:00:00Z"), at("2026-10-25T22:59:59Z")];
        let coverage = Coverage::default();
        let view = View { times: Some(&times), coverage: &coverage, now: at("2026-10-26T12:00:00Z"), zone };
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
        let next = |day: NaiveDate| day.checked_add_days(Days::new(1));
        let counts = view.stretches(day(24), day(26), next).into_iter().map(|day| day.conversations.unwrap());
        assert_eq!(counts.collect::<Vec<_>>(), [1, 2, 0]);
    }
}
