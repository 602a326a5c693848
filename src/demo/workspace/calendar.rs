//! The company's week: when customers write and when teammates answer.
//!
//! Owns local days, working hours and the rhythm of arrivals; knows nothing of conversations.

use super::draw::Draw;
use chrono::{DateTime, Datelike, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 86_400;

/// How busy each weekday is, Monday first.
const WEEKDAYS: [u64; 7] = [130, 122, 115, 110, 98, 36, 30];
/// How busy each local hour is.
const HOURS: [u64; 24] =
    [6, 4, 3, 3, 4, 8, 18, 38, 72, 98, 104, 96, 78, 84, 98, 100, 92, 74, 52, 40, 34, 28, 20, 11];

/// The local days from some time before the first conversation to some time after the present.
pub(crate) struct Calendar {
    /// The UTC second at which each local day begins.
    starts: Vec<i64>,
    /// Weekday of the first of them, Monday = 0.
    first_weekday: usize,
}

/// A moment as the people in the office see it.
#[derive(Clone, Copy)]
pub(crate) struct Local {
    pub(crate) day: usize,
    pub(crate) second: i64,
}

impl Calendar {
    pub(crate) fn new(zone: Tz, from: i64, until: i64) -> Self {
        let utc = |t: i64| {
            DateTime::<Utc>::from_timestamp(t, 0).unwrap_or_default().with_timezone(&zone).date_naive()
        };
        let first = utc(from - 2 * DAY);
        let count = ((until - from) / DAY + 5).max(1) as u64;
        let starts = (0..count).filter_map(|n| {
            let midnight = (first + Days::new(n)).and_time(NaiveTime::MIN);
            // Where a clock change skips midnight, the day begins an hour later.
            let later = midnight + chrono::Duration::hours(1);
            zone.from_local_datetime(&midnight)
                .earliest()
                .or_else(|| zone.from_local_datetime(&later).earliest())
                .map(|t| t.timestamp())
        });
        Self { starts: starts.collect(), first_weekday: first.weekday().num_days_from_monday() as usize }
    }

    pub(crate) fn local(&self, t: i64) -> Local {
        let guess = ((t - self.starts[0]) / DAY).clamp(0, self.starts.len() as i64 - 1) as usize;
        let mut day = guess;
        while day + 1 < self.starts.len() && self.starts[day + 1] <= t {
            day += 1;
        }
        while day > 0 && self.starts[day] > t {
            day -= 1;
        }
        Local { day, second: t - self.starts[day] }
    }

    fn weekday(&self, day: usize) -> usize {
        (self.first_weekday + day) % 7
    }

    fn start(&self, day: usize) -> i64 {
        let last = self.starts.len() - 1;
        self.starts[day.min(last)] + (day.saturating_sub(last) as i64) * DAY
    }

    /// `t` itself if it lies in the working hours, else the next moment they begin.
    pub(crate) fn next_working(&self, t: i64, hours: Hours) -> i64 {
        let local = self.local(t);
        let works = |day: usize| hours.weekends || self.weekday(day) < 5;
        if works(local.day) && local.second < hours.until {
            return t.max(self.start(local.day) + hours.from);
        }
        let day = (local.day + 1..local.day + 8).find(|day| works(*day)).unwrap_or(local.day + 1);
        self.start(day) + hours.from
    }

    /// When `count` conversations begin between `from` and `until`, in order.
    pub(crate) fn arrivals(&self, draw: &mut Draw, count: usize, from: i64, until: i64) -> Vec<i64> {
        let first = self.local(from).day;
        let last = self.local(until - 1).day;
        let days: Vec<u64> = (first..=last).map(|day| self.busyness(draw, day, first, last)).collect();
        let total: u64 = days.iter().sum();
        let mut cumulative = Vec::with_capacity(days.len());
        let mut sum = 0;
        for weight in &days {
            sum += weight;
            cumulative.push(sum);
        }
        let mut times: Vec<i64> = (0..count)
            .map(|_| {
                let at = draw.below(total.max(1));
                let day = first + cumulative.partition_point(|sum| *sum <= at);
                self.moment(draw, day, from, until)
            })
            .collect();
        times.sort_unstable();
        times
    }

    fn busyness(&self, draw: &mut Draw, day: usize, first: usize, last: usize) -> u64 {
        let growth = 800 + 400 * (day - first) as u64 / (last - first).max(1) as u64;
        let mood = 850 + draw.below(300);
        WEEKDAYS[self.weekday(day)] * growth * mood / 1_000
    }

    /// A moment of a day, by the daily rhythm, but inside the bounds.
    fn moment(&self, draw: &mut Draw, day: usize, from: i64, until: i64) -> i64 {
        for _ in 0..8 {
            let hour = draw.weighted(HOURS.iter().copied()) as i64;
            let t = self.start(day) + hour * HOUR + draw.below(HOUR as u64) as i64;
            if (from..until).contains(&t) {
                return t;
            }
        }
        let low = from.max(self.start(day)).min(until - 1);
        let high = until.min(self.start(day + 1)).max(low + 1);
        draw.between(low, high - 1)
    }
}

/// The hours somebody works, in local seconds of the day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hours {
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) weekends: bool,
}
