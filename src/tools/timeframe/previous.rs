//! The period just before one, to compare with.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::calendar::{Whole, first_moment};
use super::{Shape, Timeframe};

impl Timeframe {
    /// The period of the same kind just before; none for one from the beginning.
    ///
    /// Before whole units of the calendar: as many units. Before a unit until now: the unit before, as far as this one
    /// has gone by the clock on the wall, and no further than its end. Before anything else: as long, up to the start;
    /// if that is the start of a day, as many days and hours by the calendar, otherwise exactly.
    pub fn previous(&self) -> Option<Self> {
        let start = self.start?;
        match self.shape {
            Shape::Open => None,
            Shape::Whole(whole) => self.units_before(whole),
            Shape::ToDate(whole) => self.same_part_before(whole),
            Shape::FromDay(first) => {
                let local = first.and_time(NaiveTime::MIN).checked_sub_signed(self.since_midnight(first))?;
                let earlier = first_moment(local, self.zone);
                if earlier < start {
                    Some(self.just_before(earlier, start))
                } else {
                    self.as_long_before(start)
                }
            }
            Shape::Exact => self.as_long_before(start),
        }
    }

    fn units_before(&self, whole: Whole) -> Option<Self> {
        let earlier = whole.before(self.zone)?;
        let words = format!("{}, just before {}", earlier.label(), whole.label());
        let (start, end) = (earlier.start(self.zone), earlier.end(self.zone));
        Some(self.earlier(start, end, Shape::Whole(earlier), words))
    }

    fn same_part_before(&self, whole: Whole) -> Option<Self> {
        let earlier = whole.before(self.zone)?;
        let (start, limit) = (earlier.start(self.zone), earlier.end(self.zone));
        let local = earlier.first.and_time(NaiveTime::MIN) + self.since_midnight(whole.first);
        let end = first_moment(local, self.zone).clamp(start, limit);
        let words = format!("{} as far as {} has gone", earlier.label(), whole.label());
        Some(self.earlier(start, end, Shape::ToDate(earlier), words))
    }

    fn as_long_before(&self, start: DateTime<Utc>) -> Option<Self> {
        Some(self.just_before(start.checked_sub_signed(self.end - start)?, start))
    }

    fn just_before(&self, earlier: DateTime<Utc>, start: DateTime<Utc>) -> Self {
        self.earlier(earlier, start, Shape::Exact, format!("as long, just before: {}", self.words))
    }

    /// How far the clock on the wall has gone from midnight of a day to the end.
    fn since_midnight(&self, day: NaiveDate) -> TimeDelta {
        let end = self.end.with_timezone(&self.zone).naive_local();
        (end - day.and_time(NaiveTime::MIN)).max(TimeDelta::zero())
    }

    fn earlier(&self, start: DateTime<Utc>, end: DateTime<Utc>, shape: Shape, words: String) -> Self {
        Self { start: Some(start), end, until_now: false, zone: self.zone, words, shape }
    }
}
