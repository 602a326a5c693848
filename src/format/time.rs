//! Dates, times and intervals as text, for every value DuckDB can hold: far years and infinity included.

use std::fmt::Write;

use arrow::datatypes::{IntervalMonthDayNano, TimeUnit};
use chrono::{DateTime, FixedOffset, Offset};
use chrono_tz::Tz;

/// What stands between date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Between {
    /// A space, as people and spreadsheets read it.
    Space,
    /// A `T`, as ISO 8601 wants it.
    T,
}

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// A date from days since 1970.
pub(super) fn date(out: &mut String, days: i32) {
    match days {
        i32::MAX => out.push_str("infinity"),
        days if days == -i32::MAX => out.push_str("-infinity"),
        days => civil(out, i64::from(days)),
    }
}

/// The proleptic Gregorian date of a day (Howard Hinnant's `civil_from_days`). Chrono's years end earlier.
fn civil(out: &mut String, days: i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if year < 0 {
        out.push('-');
    }
    push_number(out, year.abs(), 4);
    out.push('-');
    push_number(out, month, 2);
    out.push('-');
    push_number(out, day, 2);
}

/// A time of day from a count of units since midnight.
pub(super) fn time(out: &mut String, value: i64, unit: TimeUnit) {
    let (seconds, nanos) = split(value, unit);
    clock(out, seconds, nanos);
}

/// A timestamp without zone.
pub(super) fn timestamp(out: &mut String, value: i64, unit: TimeUnit, between: Between) {
    match value {
        i64::MAX => out.push_str("infinity"),
        value if value == -i64::MAX => out.push_str("-infinity"),
        value => {
            let (seconds, nanos) = split(value, unit);
            moment(out, seconds, nanos, between);
        }
    }
}

/// A timestamp with zone, as local time with its offset.
pub(super) fn timestamp_in(out: &mut String, value: i64, unit: TimeUnit, zone: &str, between: Between) {
    if value == i64::MAX || value == -i64::MAX {
        return timestamp(out, value, unit, between);
    }
    let (seconds, nanos) = split(value, unit);
    let offset = offset_at(seconds, zone);
    moment(out, seconds + i64::from(offset), nanos, between);
    let minutes = offset.abs() / 60;
    let sign = if offset < 0 { '-' } else { '+' };
    push(out, format_args!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
}

/// Seconds east of Greenwich; 0 for zones and years nobody knows.
fn offset_at(seconds: i64, zone: &str) -> i32 {
    let Some(moment) = DateTime::from_timestamp(seconds, 0) else { return 0 };
    if let Ok(zone) = zone.parse::<Tz>() {
        return moment.with_timezone(&zone).offset().fix().local_minus_utc();
    }
    zone.parse::<FixedOffset>().map_or(0, |offset| offset.local_minus_utc())
}

/// An interval, as DuckDB writes it: `1 year 2 months 3 days 04:05:06`.
pub(super) fn interval(out: &mut String, value: IntervalMonthDayNano) {
    let start = out.len();
    let mut part = |count: i32, name: &str| {
        if count != 0 {
            let gap = if out.len() > start { " " } else { "" };
            let plural = if count.abs() == 1 { "" } else { "s" };
            push(out, format_args!("{gap}{count} {name}{plural}"));
        }
    };
    part(value.months / 12, "year");
    part(value.months % 12, "month");
    part(value.days, "day");
    if value.nanoseconds != 0 || out.len() == start {
        if out.len() > start {
            out.push(' ');
        }
        if value.nanoseconds < 0 {
            out.push('-');
        }
        let nanos = value.nanoseconds.unsigned_abs();
        clock(out, (nanos / 1_000_000_000) as i64, (nanos % 1_000_000_000) as u32);
    }
}

/// Whole seconds, and nanoseconds from 0 up.
fn split(value: i64, unit: TimeUnit) -> (i64, u32) {
    let per_second = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => MICROS_PER_SECOND,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    (value.div_euclid(per_second), nanos as u32)
}

fn moment(out: &mut String, seconds: i64, nanos: u32, between: Between) {
    civil(out, seconds.div_euclid(SECONDS_PER_DAY));
    out.push(if between == Between::T { 'T' } else { ' ' });
    clock(out, seconds.rem_euclid(SECONDS_PER_DAY), nanos);
}

fn clock(out: &mut String, seconds: i64, nanos: u32) {
    push_number(out, seconds / 3_600, 2);
    out.push(':');
    push_number(out, seconds / 60 % 60, 2);
    out.push(':');
    push_number(out, seconds % 60, 2);
    if nanos > 0 {
        let fraction = format!("{nanos:09}");
        push(out, format_args!(".{}", fraction.trim_end_matches('0')));
    }
}

/// A whole number with at least so many digits. Millions of them are written, which `format!` is too general for.
pub(super) fn push_number(out: &mut String, number: i64, least_digits: usize) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    let mut rest = number.unsigned_abs();
    while rest > 0 || start + least_digits > digits.len() {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if number < 0 {
        out.push('-');
    }
    // Digits are text.
    out.push_str(std::str::from_utf8(&digits[start..]).unwrap_or_default());
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn whole_numbers_are_written_as_rust_does() {
        for number in [0, 7, -1, 10, 1_234_567, i64::MAX, i64::MIN] {
            assert_eq!(shown(|out| push_number(out, number, 1)), number.to_string());
        }
        assert_eq!(shown(|out| push_number(out, 7, 4)), "0007");
    }

    #[test]
    fn dates_of_all_ages() {
        let text = |days| shown(|out| date(out, days));
        assert_eq!(text(0), "1970-01-01");
        assert_eq!(text(20_778), "2026-11-21");
        assert_eq!(text(-719_529), "-0001-12-31");
        assert_eq!(text(-719_528), "0000-01-01");
        assert_eq!(text(2_932_896), "9999-12-31");
        assert_eq!(text(i32::MAX - 1), "5881580-07-10");
        assert_eq!(text(i32::MAX), "infinity");
        assert_eq!(text(-i32::MAX), "-infinity");
        assert!(text(i32::MIN).starts_with("-58"));
    }

    #[test]
    fn dates_agree_with_chrono() {
        for days in (-200_000..200_000).step_by(37) {
            let expected = chrono::NaiveDate::from_epoch_days(days).unwrap();
            if chrono::Datelike::year(&expected) >= 0 {
                assert_eq!(shown(|out| date(out, days)), expected.to_string());
            }
        }
    }

    #[test]
    fn timestamps_keep_only_the_digits_they_have() {
        let text = |micros| shown(|out| timestamp(out, micros, TimeUnit::Microsecond, Between::Space));
        assert_eq!(text(0), "1970-01-01 00:00:00");
        assert_eq!(text(-1), "1969-12-31 23:59:59.999999");
        assert_eq!(text(1_500_000), "1970-01-01 00:00:01.5");
        assert_eq!(text(i64::MAX), "infinity");
        assert_eq!(
            shown(|out| timestamp(out, i64::MIN, TimeUnit::Second, Between::T)).len(),
            "-292277022657-01-27T08:29:52".len()
        );
    }

    #[test]
    fn zones_show_their_offset() {
        let at = |zone: &str| shown(|out| timestamp_in(out, 0, TimeUnit::Second, zone, Between::T));
        assert_eq!(at("UTC"), "1970-01-01T00:00:00+00:00");
        assert_eq!(at("Europe/Berlin"), "1970-01-01T01:00:00+01:00");
        assert_eq!(at("America/St_Johns"), "1969-12-31T20:30:00-03:30");
        assert_eq!(at("+05:30"), "1970-01-01T05:30:00+05:30");
    }

    #[test]
    fn intervals_read_like_duckdb() {
        let text =
            |months, days, nanos| shown(|out| interval(out, IntervalMonthDayNano::new(months, days, nanos)));
        assert_eq!(text(0, 0, 0), "00:00:00");
        assert_eq!(text(14, 3, 14_706_500_000_000), "1 year 2 months 3 days 04:05:06.5");
        assert_eq!(text(-1, 0, 0), "-1 month");
        assert_eq!(text(0, 0, -1_000_000_000), "-00:00:01");
    }
}
