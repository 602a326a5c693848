//! Days, weeks, months, quarters and years, and when they begin on the clocks of a zone.

use chrono::{DateTime, Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// A unit of the calendar; weeks start on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// The first day of the unit that holds a day.
    pub(super) fn first(self, day: NaiveDate) -> NaiveDate {
        let month = match self {
            Self::Day => return day,
            Self::Week => {
                let past = Days::new(day.weekday().num_days_from_monday().into());
                return day.checked_sub_days(past).unwrap_or(day);
            }
            Self::Month => day.month(),
            Self::Quarter => day.month0() / 3 * 3 + 1,
            Self::Year => 1,
        };
        NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
    }

    /// A number of units later, or earlier if negative; a day the month does not have becomes its last.
    pub(super) fn add(self, day: NaiveDate, count: i32) -> Option<NaiveDate> {
        let months = match self {
            Self::Day => return day.checked_add_signed(TimeDelta::days(count.into())),
            Self::Week => return day.checked_add_signed(TimeDelta::weeks(count.into())),
            Self::Month => count,
            Self::Quarter => count.checked_mul(3)?,
            Self::Year => count.checked_mul(12)?,
        };
        let distance = Months::new(months.unsigned_abs());
        if months < 0 { day.checked_sub_months(distance) } else { day.checked_add_months(distance) }
    }

    /// How many units lie between the first days of two.
    pub(super) fn between(self, from: NaiveDate, to: NaiveDate) -> i32 {
        let days = || i32::try_from((to - from).num_days()).unwrap_or(i32::MAX);
        let months =
            || (to.year() - from.year()) * 12 + to.month().cast_signed() - from.month().cast_signed();
        match self {
            Self::Day => days(),
            Self::Week => days() / 7,
            Self::Month => months(),
            Self::Quarter => months() / 3,
            Self::Year => to.year() - from.year(),
        }
    }

    /// The unit by the first of its days: 2026-11-21, 2026-W47, 2026-11, 2026-Q4, 2026.
    pub(super) fn label(self, first: NaiveDate) -> String {
        match self {
            Self::Day => first.format("%Y-%m-%d").to_string(),
            Self::Week => first.format("%G-W%V").to_string(),
            Self::Month => first.format("%Y-%m").to_string(),
            Self::Quarter => format!("{}-Q{}", first.format("%Y"), first.month0() / 3 + 1),
            Self::Year => first.format("%Y").to_string(),
        }
    }

    /// Its name.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// One or more whole units in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) unit: Unit,
    pub(super) first: NaiveDate,
    pub(super) count: i32,
}

impl Whole {
    /// The unit that holds a day.
    pub(super) fn holding(unit: Unit, day: NaiveDate) -> Self {
        Self { unit, first: unit.first(day), count: 1 }
    }

    /// The first day after it.
    pub(super) fn after(self) -> NaiveDate {
        self.unit.add(self.first, self.count).unwrap_or(NaiveDate::MAX)
    }

    /// Its last day.
    pub(super) fn last(self) -> NaiveDate {
        self.after().pred_opt().unwrap_or(NaiveDate::MAX)
    }

    pub(super) fn start(self, zone: Tz) -> DateTime<Utc> {
        start_of_day(self.first, zone)
    }

    pub(super) fn end(self, zone: Tz) -> DateTime<Utc> {
        start_of_day(self.after(), zone)
    }

    /// As many units just before; a day that the zone's clocks skipped is passed over.
    pub(super) fn before(self, zone: Tz) -> Option<Self> {
        let mut earlier = Self { first: self.unit.add(self.first, -self.count)?, ..self };
        while earlier.start(zone) == earlier.end(zone) {
            earlier.first = earlier.first.pred_opt()?;
        }
        Some(earlier)
    }

    /// 2026-11, or 2026-11 to 2026-12.
    pub(super) fn label(self) -> String {
        let first = self.unit.label(self.first);
        if self.count == 1 {
            return first;
        }
        format!("{first} to {}", self.unit.label(self.unit.first(self.last())))
    }
}

/// The first moment of a day; where clocks jump over midnight, the first that exists.
pub(super) fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    first_moment(day.and_time(NaiveTime::MIN), zone)
}

/// The moment at which clocks show a time: the earlier of two, and the first after the gap if they jump over it.
pub(super) fn first_moment(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(moment) => moment.to_utc(),
        MappedLocalTime::Ambiguous(one, other) => one.min(other).to_utc(),
        MappedLocalTime::None => GapInfo::new(&local, &zone)
            .and_then(|gap| gap.end)
            .map_or_else(|| local.and_utc(), |end| end.to_utc()),
    }
}

/// A moment as clocks show it: `2026-11-21 09:30`, with seconds unless they are 0, and with the offset if the hour
/// comes twice.
pub(super) fn shown(moment: DateTime<Utc>, zone: Tz) -> String {
    let local = moment.with_timezone(&zone);
    let twice = zone.from_local_datetime(&local.naive_local()).single().is_none();
    let offset = if twice { " %:z" } else { "" };
    let seconds = if moment.timestamp() % 60 == 0 { "" } else { ":%S" };
    local.format(&format!("%Y-%m-%d %H:%M{seconds}{offset}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_earlier_than_the_31st_is_the_last_of_a_shorter_month() {
        assert_eq!(Unit::Month.add(day("2026-03-31"), -1), Some(day("2026-02-28")));
        assert_eq!(Unit::Month.add(day("2024-03-31"), -1), Some(day("2024-02-29")));
        assert_eq!(Unit::Quarter.add(day("2026-05-31"), -1), Some(day("2026-02-28")));
        assert_eq!(Unit::Year.add(day("2024-02-29"), -1), Some(day("2023-02-28")));
    }

    #[test]
    fn weeks_belong_to_the_year_of_their_thursday() {
        assert_eq!(Unit::Week.label(Unit::Week.first(day("2021-01-03"))), "2020-W53");
        assert_eq!(Unit::Week.label(Unit::Week.first(day("2024-12-30"))), "2025-W01");
    }

    #[test]
    fn a_time_in_a_gap_is_the_first_moment_after_it_and_one_that_comes_twice_the_earlier() {
        let at = |text: &str, zone| first_moment(text.parse().unwrap(), zone).to_string();
        assert_eq!(at("2026-03-29T02:30:00", Tz::Europe__Berlin), "2026-03-29 01:00:00 UTC");
        assert_eq!(at("2026-10-25T02:30:00", Tz::Europe__Berlin), "2026-10-25 00:30:00 UTC");
        assert_eq!(at("2011-12-30T12:00:00", Tz::Pacific__Apia), "2011-12-30 10:00:00 UTC");
    }
}
