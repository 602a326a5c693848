//! Local time in SQL: the offsets of a zone over a stretch of time, as an expression.
//!
//! DuckDB computes `moment + offset` over whole columns, which is several times faster than joining each moment to
//! its bucket, and right on days when clocks change, since the offsets change where the zone's do.

use chrono::{DateTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::tools::clock::timestamp;

/// How finely changes of the clocks are looked for: none come twice within it.
const STEP: TimeDelta = TimeDelta::hours(12);

/// The offset from UTC in seconds, from the start on and from each change on.
fn offsets(start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> Vec<(DateTime<Utc>, i32)> {
    let offset = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    let mut changes = vec![(start, offset(start))];
    let mut at = start;
    while at < end {
        let next = (at + STEP).min(end);
        if offset(next) != offset(at) {
            // The first second that has the new offset.
            let (mut before, mut after) = (at, next);
            while after - before > TimeDelta::seconds(1) {
                let middle = before + (after - before) / 2;
                if offset(middle) == offset(at) { before = middle } else { after = middle }
            }
            // Clocks change at whole seconds; the search began at any moment.
            let after = after.with_nanosecond(0).unwrap_or(after);
            changes.push((after, offset(after)));
        }
        at = next;
    }
    changes
}

/// The expression of a UTC column's local time, right between two moments.
pub(super) fn local(column: &str, start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz) -> String {
    let changes = offsets(start, end, zone);
    let seconds = |offset: i32| format!("to_seconds({offset})");
    let (first, later) = changes.split_first().map_or((0, &[][..]), |((_, first), later)| (*first, later));
    if later.is_empty() {
        return if first == 0 { column.to_owned() } else { format!("{column} + {}", seconds(first)) };
    }
    // The latest change that is not after the moment counts.
    let cases: String = later
        .iter()
        .rev()
        .map(|(at, offset)| format!("WHEN {column} >= {} THEN {} ", timestamp(*at), seconds(*offset)))
        .collect();
    format!("{column} + CASE {cases}ELSE {} END", seconds(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_changes_of_a_year_are_found_to_the_second() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let found = offsets(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), Tz::America__New_York);
        assert_eq!(
            found,
            [
                (at("2026-01-01T00:00:00Z"), -5 * 3600),
                (at("2026-03-08T07:00:00Z"), -4 * 3600),
                (at("2026-11-01T06:00:00Z"), -5 * 3600),
            ]
        );
        let odd = offsets(at("2026-03-01T11:22:33.456Z"), at("2026-04-01T00:00:00Z"), Tz::America__New_York);
        assert_eq!(odd[1].0, at("2026-03-08T07:00:00Z"));
        assert_eq!(local("t", at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"), Tz::UTC), "t");
    }
}
