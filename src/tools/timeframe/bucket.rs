//! A timeframe cut into hours, days, weeks, months, quarters or years of a zone.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calendar::{Unit, start_of_day};
use super::hours::Hour;

/// More are never answered.
const MOST: i64 = 10_000;

/// What a timeframe is cut into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bucket {
    /// Hours of local time.
    Hour,
    /// Local days.
    Day,
    /// Weeks from Monday, numbered as in ISO 8601.
    Week,
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
}

/// A bucket, cut off where the timeframe starts or ends within it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BucketSpan {
    /// Its first moment.
    pub start: DateTime<Utc>,
    /// The first moment after it, which is the start of the next.
    pub end: DateTime<Utc>,
    /// Which it is: 2026-11-21 14:00, 2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026.
    ///
    /// Hours that come twice when clocks are set back carry their offset: 2026-10-25 02:00 +02:00.
    pub label: String,
    /// Whether the timeframe starts or ends within it.
    pub is_partial: bool,
}

/// So many buckets would help nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is {count} {bucket} buckets, and at most {MOST} are given: {}", self.advice())]
pub struct TooMany {
    /// How many there would be; of hours about.
    pub count: i64,
    /// Of what.
    pub bucket: Bucket,
    coarser: Option<Bucket>,
}

impl TooMany {
    fn advice(&self) -> String {
        let shorter = "choose a shorter timeframe";
        self.coarser.map_or_else(|| shorter.to_owned(), |bucket| format!("group by {bucket}, or {shorter}"))
    }
}

impl Bucket {
    /// From the finest to the coarsest.
    pub const ALL: [Self; 6] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// Its name, as in parameters.
    pub fn name(self) -> &'static str {
        self.unit().map_or("hour", Unit::noun)
    }

    fn unit(self) -> Option<Unit> {
        match self {
            Self::Hour => None,
            Self::Day => Some(Unit::Day),
            Self::Week => Some(Unit::Week),
            Self::Month => Some(Unit::Month),
            Self::Quarter => Some(Unit::Quarter),
            Self::Year => Some(Unit::Year),
        }
    }

    /// The buckets from a moment up to another, without gap or overlap; none if the end is not after the start.
    pub fn boundaries(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Vec<BucketSpan>, TooMany> {
        let most = usize::try_from(MOST).unwrap_or(usize::MAX);
        let count = self.count(start, end, zone);
        if count > MOST {
            return Err(self.too_many(count, start, end, zone));
        }
        let spans = match self.unit() {
            None => hours(start, end, zone),
            Some(unit) => units(unit, start, end, zone),
        };
        if spans.len() > most {
            return Err(self.too_many(MOST + 1, start, end, zone));
        }
        Ok(spans)
    }

    fn too_many(self, count: i64, start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> TooMany {
        let fits = |bucket: &Self| *bucket != self && bucket.count(start, end, zone) <= MOST;
        TooMany { count, bucket: self, coarser: Self::ALL.into_iter().find(fits) }
    }

    /// How many buckets there are; of hours about, since clocks that change cut some.
    fn count(self, start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> i64 {
        if start >= end {
            return 0;
        }
        let Some(unit) = self.unit() else { return ((end - start).num_seconds() - 1) / 3600 + 1 };
        let first = |moment: DateTime<Utc>| unit.first(moment.with_timezone(&zone).date_naive());
        i64::from(unit.between(first(start), first(end - TimeDelta::nanoseconds(1)))) + 1
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn units(unit: Unit, start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> Vec<BucketSpan> {
    let mut spans = Vec::new();
    let mut first = Some(unit.first(start.with_timezone(&zone).date_naive()));
    while let Some(day) = first {
        let Some(next) = unit.add(day, 1) else { break };
        let (from, to) = (start_of_day(day, zone), start_of_day(next, zone));
        if from >= end {
            break;
        }
        spans.extend(cut(from, to, start, end, || unit.label(day)));
        first = Some(next);
    }
    spans
}

fn hours(start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> Vec<BucketSpan> {
    let mut spans = Vec::new();
    let mut at = start;
    while at < end {
        let hour = Hour::around(at, zone);
        spans.extend(cut(hour.start, hour.end, start, end, || hour.label(zone)));
        at = hour.end;
    }
    spans
}

/// The part within the timeframe, if there is any; a day that a zone's clocks skipped has none.
fn cut(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    label: impl Fn() -> String,
) -> Option<BucketSpan> {
    let (cut_from, cut_to) = (from.max(start), to.min(end));
    let is_partial = (cut_from, cut_to) != (from, to);
    (cut_from < cut_to).then(|| BucketSpan { start: cut_from, end: cut_to, label: label(), is_partial })
}
