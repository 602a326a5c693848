//! What holds of timeframes in any zone at any time.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use fastintercom::tools::timeframe::{Bucket, Timeframe};
use proptest::prelude::*;
use proptest::sample::select;

/// Any zone.
fn zones() -> impl Strategy<Value = Tz> {
    select(&TZ_VARIANTS[..])
}

/// Any second from 2000 to 2040, often one near a change of clocks or a day that a zone skipped.
fn times() -> impl Strategy<Value = DateTime<Utc>> {
    let whenever = 949_363_200_i64..2_208_902_400;
    let near_changes = (2001..2040_i32, select(&[3_u32, 4, 9, 10, 11][..]), -3_000_000..3_000_000_i64);
    let near_changes = near_changes.prop_map(|(year, month, seconds)| {
        let date = NaiveDate::from_ymd_opt(year, month, 28).unwrap();
        date.and_time(NaiveTime::MIN).and_utc().timestamp() + seconds
    });
    let samoa_skips_a_day = 1_325_239_200_i64;
    let near_the_skipped_day = samoa_skips_a_day - 200_000..samoa_skips_a_day + 200_000;
    prop_oneof![4 => whenever, 4 => near_changes, 1 => near_the_skipped_day]
        .prop_map(|second| DateTime::from_timestamp(second, 0).unwrap())
}

/// Forms of every kind that are understood whenever they are asked, but for those that start before 2000.
fn texts() -> impl Strategy<Value = String> {
    let fixed = "today|yesterday|this week|last week|this month|last month|ytd|last year|q1|monday|since monday|all\
                 |november|until yesterday|2 weeks ago to now|last quarter|29 february|week 53|monday to friday";
    let fixed: Vec<String> = fixed.split('|').map(String::from).collect();
    let units = select(&["minutes", "hours", "days", "weeks", "months", "quarters"][..]);
    prop_oneof![select(fixed), (1..20_u32, units).prop_map(|(count, unit)| format!("last {count} {unit}"))]
}

/// Pieces of timeframes, in any order.
fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
    let pieces = "last 7 days to - .. / 2026-03-01 P7D pt5h june 1 31 2026 now ago q w53 since until before after monday \
                  09:30 +02:00 t z today this month 2100 99999999999 2000-01-01 feb week between and p9999999y all m é";
    proptest::collection::vec(select(pieces.split(' ').collect::<Vec<&str>>()), 0..6)
}

/// Whether the clocks of a zone show the first moment of a day, however it begins.
fn is_first_of_its_day(moment: DateTime<Utc>, zone: Tz) -> bool {
    let local = |moment: DateTime<Utc>| moment.with_timezone(&zone).naive_local();
    local(moment).time() == NaiveTime::MIN
        || local(moment - TimeDelta::seconds(1)).date() < local(moment).date()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn today_starts_with_the_local_day_and_reaches_now(zone in zones(), now in times()) {
        let today = Timeframe::parse("today", zone, now).unwrap();
        let start = today.start.unwrap();
        prop_assert!(start <= now && now == today.end && today.until_now);
        prop_assert!(now - start < TimeDelta::hours(28), "{today}");
        prop_assert!(is_first_of_its_day(start, zone), "{today}");
    }

    #[test]
    fn yesterday_ends_where_today_starts(zone in zones(), now in times()) {
        let yesterday = Timeframe::parse("yesterday", zone, now).unwrap();
        let today = Timeframe::parse("today", zone, now).unwrap();
        prop_assert_eq!(Some(yesterday.end), today.start);
        prop_assert!(yesterday.start.unwrap() < yesterday.end);
    }

    #[test]
    fn the_period_before_ends_where_the_last_days_start(zone in zones(), now in times(), days in 1..30_u32) {
        let frame = Timeframe::parse(&format!("last {days} days"), zone, now).unwrap();
        let previous = frame.previous().unwrap();
        prop_assert_eq!(Some(previous.end), frame.start);
        prop_assert!(previous.start.unwrap() < previous.end);
        let difference = (frame.end - frame.start.unwrap()) - (previous.end - previous.start.unwrap());
        prop_assert!(difference.abs() <= TimeDelta::hours(26), "{frame} and {previous}");
    }

    #[test]
    fn any_period_before_is_over_before_it_starts(text in texts(), zone in zones(), now in times()) {
        let frame = Timeframe::parse(&text, zone, now);
        prop_assert!(frame.is_ok() || now.timestamp() < 1_110_000_000, "{text}: {frame:?}");
        if let Ok(frame) = frame && let Some(previous) = frame.previous() {
            prop_assert!(previous.end <= frame.start.unwrap(), "{frame} and {previous}");
            prop_assert!(previous.start.unwrap() <= previous.end, "{frame} and {previous}");
        }
    }

    #[test]
    fn an_interval_is_read_back_as_it_was_written(text in texts(), zone in zones(), now in times()) {
        let frame = Timeframe::parse(&text, zone, now);
        prop_assume!(frame.as_ref().is_ok_and(|frame| frame.start != Some(frame.end)));
        let frame = frame.unwrap();
        let again = Timeframe::parse(&frame.to_iso_interval(), zone, now).unwrap();
        prop_assert_eq!((frame.start, frame.end), (again.start, again.end));
    }

    #[test]
    fn buckets_tile_the_timeframe(zone in zones(), now in times(), hours in 1..9_000_i64, kind in 0..6_usize) {
        let (bucket, start) = (Bucket::ALL[kind], now - TimeDelta::hours(hours) - TimeDelta::seconds(hours * 7));
        let spans = bucket.boundaries(start, now, zone).unwrap();
        prop_assert_eq!((spans[0].start, spans[spans.len() - 1].end), (start, now));
        for pair in spans.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
            prop_assert!(bucket == Bucket::Hour || pair[0].label < pair[1].label, "{pair:?}");
        }
        prop_assert!(spans.iter().all(|span| span.start < span.end));
        prop_assert!(spans.iter().skip(1).rev().skip(1).all(|span| !span.is_partial));
    }

    #[test]
    fn no_two_hours_have_the_same_label(zone in zones(), now in times()) {
        let spans = Bucket::Hour.boundaries(now - TimeDelta::days(9), now, zone).unwrap();
        let labels: BTreeSet<&str> = spans.iter().map(|span| span.label.as_str()).collect();
        prop_assert_eq!(labels.len(), spans.len());
    }

    #[test]
    fn any_text_is_understood_or_refused_with_examples(text in "\\PC{0,40}", zone in zones(), now in times()) {
        if let Err(error) = Timeframe::parse(&text, zone, now) {
            prop_assert!(error.to_string().contains("for example: "));
        }
    }

    #[test]
    fn any_pieces_are_understood_as_a_timeframe_or_refused(pieces in pieces(), zone in zones(), now in times()) {
        for text in [pieces.join(" "), pieces.concat()] {
            let Ok(frame) = Timeframe::parse(&text, zone, now) else { continue };
            prop_assert!(frame.start.is_none_or(|start| start <= frame.end && start <= now), "{text}: {frame}");
            prop_assert!(!frame.words().is_empty());
            prop_assert!(frame.previous().is_none_or(|previous| Some(previous.end) <= frame.start));
        }
    }
}
