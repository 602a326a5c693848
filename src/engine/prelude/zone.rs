//! `AT TIME ZONE`, which DuckDB turns into calls of `timezone(zone, time)`, on the tz database compiled into `fi`.

use std::error::Error;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use duckdb::vscalar::{ArrowFunctionSignature, VArrowScalar};

use crate::zone::{EXAMPLES, zone_named};

/// `timezone(zone, TIMESTAMP)`: the moment at which the clocks of the zone show that time.
/// `timezone(zone, TIMESTAMP WITH TIME ZONE)`: what they show at that moment.
pub(super) struct AtTimeZone;

impl VArrowScalar for AtTimeZone {
    type State = ();

    fn invoke(_: &(), input: RecordBatch) -> Result<Arc<dyn Array>, Box<dyn Error>> {
        let zones = input.column(0).as_string::<i32>();
        let times = input.column(1).as_primitive::<TimestampMicrosecondType>();
        let has_zone = matches!(times.data_type(), DataType::Timestamp(_, Some(_)));
        let shift = if has_zone { to_local } else { from_local };
        let shifted: TimestampMicrosecondArray = shifted(zones, times, shift)?;
        Ok(Arc::new(shifted.with_timezone_opt((!has_zone).then_some("UTC"))))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        let plain = || DataType::Timestamp(TimeUnit::Microsecond, None);
        let zoned = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        vec![
            ArrowFunctionSignature::exact(vec![DataType::Utf8, plain()], zoned()),
            ArrowFunctionSignature::exact(vec![DataType::Utf8, zoned()], plain()),
        ]
    }
}

type Shift = fn(i64, Tz) -> Option<i64>;

fn shifted(
    zones: &StringArray,
    times: &TimestampMicrosecondArray,
    shift: Shift,
) -> Result<TimestampMicrosecondArray, Box<dyn Error>> {
    // Nearly always all rows name the same zone.
    let mut known: Option<(&str, Tz)> = None;
    let mut out = TimestampMicrosecondArray::builder(times.len());
    for (name, time) in zones.iter().zip(times) {
        let (Some(name), Some(time)) = (name, time) else {
            out.append_null();
            continue;
        };
        let zone = match known {
            Some((of, zone)) if of == name => zone,
            _ => zone(name)?,
        };
        known = Some((name, zone));
        let is_infinite = time == i64::MAX || time == -i64::MAX;
        let value = if is_infinite { Some(time) } else { shift(time, zone) };
        out.append_value(value.ok_or_else(|| format!("a time is too far away for the time zone '{name}'"))?);
    }
    Ok(out.finish())
}

/// What the clocks of a zone show at a moment.
fn to_local(micros: i64, zone: Tz) -> Option<i64> {
    let moment = DateTime::from_timestamp_micros(micros)?;
    let offset = zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc();
    micros.checked_add(i64::from(offset) * 1_000_000)
}

/// The moment at which the clocks of a zone show a time. Shown twice, the later one counts (standard time); never
/// shown, because clocks were put forward, the time counts on from before: as in PostgreSQL and ICU.
fn from_local(micros: i64, zone: Tz) -> Option<i64> {
    let local = DateTime::from_timestamp_micros(micros)?.naive_utc();
    let offset = match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) | LocalResult::Ambiguous(_, offset) => offset,
        LocalResult::None => offset_before_gap(local, zone)?,
    };
    micros.checked_sub(i64::from(offset.fix().local_minus_utc()) * 1_000_000)
}

fn offset_before_gap(local: NaiveDateTime, zone: Tz) -> Option<<Tz as TimeZone>::Offset> {
    // The longest gap on record is a day (islands that changed sides of the date line).
    (1..=25).find_map(|hours| {
        let earlier = local.checked_sub_signed(Duration::hours(hours))?;
        zone.offset_from_local_datetime(&earlier).latest()
    })
}

fn zone(name: &str) -> Result<Tz, Box<dyn Error>> {
    zone_named(name).map_err(|meant| {
        let short: String = name.chars().take(50).collect();
        match meant {
            Some(meant) => format!("there is no time zone '{short}'; did you mean '{meant}'?"),
            None => {
                let examples = EXAMPLES.map(|name| format!("'{name}'")).join(", ");
                format!("there is no time zone '{short}'; write it like {examples}")
            }
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<NaiveDateTime>().unwrap().and_utc().timestamp_micros()
    }

    #[test]
    fn clocks_that_are_put_forward_and_back() {
        let berlin = Tz::Europe__Berlin;
        let utc = |local: &str| from_local(micros(local), berlin).unwrap();
        assert_eq!(utc("2026-01-15T12:00:00"), micros("2026-01-15T11:00:00"));
        assert_eq!(utc("2026-07-15T12:00:00"), micros("2026-07-15T10:00:00"));
        // 02:30 does not exist on this day; counted on from before it is 03:30 in summer time.
        assert_eq!(utc("2026-03-29T02:30:00"), micros("2026-03-29T01:30:00"));
        // 02:30 happens twice on this day; the second one counts.
        assert_eq!(utc("2026-10-25T02:30:00"), micros("2026-10-25T01:30:00"));
        assert_eq!(to_local(micros("2026-10-25T00:30:00"), berlin), Some(micros("2026-10-25T02:30:00")));
        assert_eq!(to_local(micros("2026-10-25T01:30:00"), berlin), Some(micros("2026-10-25T02:30:00")));
        // Samoa left out the whole of 30 December 2011.
        let samoa = from_local(micros("2011-12-30T12:00:00"), Tz::Pacific__Apia).unwrap();
        assert_eq!(samoa, micros("2011-12-30T22:00:00"));
    }

    #[test]
    fn an_unknown_zone_is_told_with_an_example() {
        let error = |name: &str| zone(name).unwrap_err().to_string();
        assert_eq!(error("Berlin"), "there is no time zone 'Berlin'; did you mean 'Europe/Berlin'?");
        assert_eq!(
            error("Europe/Berln"),
            "there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?"
        );
        assert_eq!(error("new york"), "there is no time zone 'new york'; did you mean 'America/New_York'?");
        assert!(error("somewhere over the rainbow").contains("'America/New_York', 'UTC'"));
        assert_eq!(zone("europe/berlin").unwrap(), Tz::Europe__Berlin);
    }
}
