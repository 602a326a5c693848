//! Hours as the clocks of a zone show them; an hour ends early where clocks change within it.

use chrono::{DateTime, MappedLocalTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// Moments in a row at which clocks show the same hour, and have the same offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hour {
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
}

impl Hour {
    /// The hour that holds a moment.
    pub(super) fn around(moment: DateTime<Utc>, zone: Tz) -> Self {
        let local = moment.with_timezone(&zone).naive_local();
        let past = TimeDelta::seconds((local.minute() * 60 + local.second()).into())
            + TimeDelta::nanoseconds(moment.timestamp_subsec_nanos().into());
        let (start, end) = (moment - past, moment - past + TimeDelta::hours(1));
        Self {
            start: change(start, moment, zone).unwrap_or(start),
            end: change(moment, end, zone).unwrap_or(end),
        }
    }

    /// 2026-11-21 14:00, with the offset if such an hour comes twice.
    pub(super) fn label(self, zone: Tz) -> String {
        let local = self.start.with_timezone(&zone);
        let first = local.naive_local() - TimeDelta::minutes(local.minute().into());
        let twice = [0, 30, 59].into_iter().any(|minute| {
            let shown = first + TimeDelta::minutes(minute); // clocks are set back by half an hour or more
            matches!(zone.from_local_datetime(&shown), MappedLocalTime::Ambiguous(_, _))
        });
        local.format(if twice { "%Y-%m-%d %H:00 %:z" } else { "%Y-%m-%d %H:00" }).to_string()
    }
}

fn offset(moment: DateTime<Utc>, zone: Tz) -> i32 {
    zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc()
}

/// When the offset changes after a moment, and not after another.
fn change(after: DateTime<Utc>, until: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let before = offset(after, zone);
    if before == offset(until, zone) {
        return None;
    }
    let (mut same, mut other) = (after.timestamp(), until.timestamp());
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        let changed = DateTime::from_timestamp(middle, 0).is_none_or(|at| offset(at, zone) != before);
        if changed { other = middle } else { same = middle }
    }
    DateTime::from_timestamp(other, 0)
}
