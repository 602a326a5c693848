//! Days of odd lengths, the period before one, and buckets.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fastintercom::tools::timeframe::{Bucket, BucketSpan, Timeframe};

const BERLIN: Tz = Tz::Europe__Berlin;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn in_zone(text: &str, zone: Tz, now: &str) -> Timeframe {
    Timeframe::parse(text, zone, at(now)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn frame(text: &str) -> Timeframe {
    in_zone(text, BERLIN, "2026-11-21T14:05:00Z")
}

fn shown(frame: &Timeframe) -> String {
    frame.to_string().replace(" (Europe/Berlin)", "")
}

#[test]
fn days_on_which_clocks_change_have_their_length() {
    let hours = |day: &str, zone| {
        let frame = in_zone(day, zone, "2026-11-21T14:05:00Z");
        (frame.end - frame.start.unwrap()).num_hours()
    };
    assert_eq!(hours("2026-03-29", BERLIN), 23);
    assert_eq!(hours("2026-10-25", BERLIN), 25);
    assert_eq!(hours("2018-11-04", Tz::America__Sao_Paulo), 23);
    assert_eq!(hours("2023-03-26", Tz::Asia__Beirut), 23);
    assert_eq!(hours("2023-04-28", Tz::Africa__Cairo), 23);
    assert_eq!(hours("2026-10-25", Tz::UTC), 24);
}

#[test]
fn where_midnight_does_not_exist_the_day_starts_after_the_gap_and_where_it_comes_twice_at_the_earlier() {
    for (day, zone, meaning) in [
        ("2018-11-04", Tz::America__Sao_Paulo, "2018-11-04 01:00 to 2018-11-05 00:00 (America/Sao_Paulo)"),
        ("2023-03-26", Tz::Asia__Beirut, "2023-03-26 01:00 to 2023-03-27 00:00 (Asia/Beirut)"),
        ("2023-04-28", Tz::Africa__Cairo, "2023-04-28 01:00 to 2023-04-29 00:00 (Africa/Cairo)"),
        ("2026-11-01", Tz::America__Havana, "2026-11-01 00:00 -04:00 to 2026-11-02 00:00 (America/Havana)"),
    ] {
        assert_eq!(in_zone(day, zone, "2026-11-21T14:05:00Z").to_string(), meaning);
    }
}

#[test]
fn a_day_that_a_zone_skipped_is_refused_when_named_and_passed_over_otherwise() {
    let (zone, now) = (Tz::Pacific__Apia, "2011-12-31T02:00:00Z"); // 16:00 on the 31st, whose eve was the 29th
    let skipped = Timeframe::parse("2011-12-30", zone, at(now)).unwrap_err().to_string();
    assert!(
        skipped.starts_with("2011-12-30 never was in Pacific/Apia, whose clocks skipped it;"),
        "{skipped}"
    );
    let yesterday = in_zone("yesterday", zone, now);
    assert_eq!(
        (yesterday.start, yesterday.end),
        (Some(at("2011-12-29T10:00:00Z")), at("2011-12-30T10:00:00Z"))
    );
    assert_eq!(yesterday.words(), "yesterday: 2011-12-29");
    let before = in_zone("2011-12-31", zone, now).previous().unwrap();
    assert_eq!((before.start, before.end), (yesterday.start, yesterday.end));
    let days = Bucket::Day.boundaries(at("2011-12-29T00:00:00Z"), at("2012-01-01T00:00:00Z"), zone).unwrap();
    let labels: Vec<&str> = days.iter().map(|day| day.label.as_str()).collect();
    assert_eq!(labels, ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]);
}

#[test]
fn the_last_seven_days_start_at_midnight_across_a_change_of_clocks() {
    let frame = in_zone("last 7 days", BERLIN, "2026-03-31T10:00:00Z");
    assert_eq!(shown(&frame), "2026-03-24 00:00 to 2026-03-31 12:00");
    assert_eq!(shown(&frame.previous().unwrap()), "2026-03-16 12:00 to 2026-03-24 00:00");
}

#[test]
fn the_period_before_is_of_the_same_kind() {
    for (text, before) in [
        ("yesterday", "2026-11-19 00:00 to 2026-11-20 00:00"),
        ("last week", "2026-11-02 00:00 to 2026-11-09 00:00"),
        ("last month", "2026-09-01 00:00 to 2026-10-01 00:00"),
        ("2026-03", "2026-02-01 00:00 to 2026-03-01 00:00"),
        ("Q1 2026", "2025-10-01 00:00 to 2026-01-01 00:00"),
        ("2026-01 to 2026-03", "2025-10-01 00:00 to 2026-01-01 00:00"),
        ("2026-03-01 to 2026-03-31", "2026-01-29 00:00 to 2026-03-01 00:00"),
        ("today", "2026-11-20 00:00 to 2026-11-20 15:05"),
        ("this week", "2026-11-09 00:00 to 2026-11-14 15:05"),
        ("this month", "2026-10-01 00:00 to 2026-10-21 15:05"),
        ("this quarter", "2026-07-01 00:00 to 2026-08-21 15:05"),
        ("last 7 days", "2026-11-06 08:55 to 2026-11-14 00:00"),
        ("last 24 hours", "2026-11-19 15:05 to 2026-11-20 15:05"),
        ("2026-03-01T09:30Z/PT1H", "2026-03-01 09:30 to 2026-03-01 10:30"),
    ] {
        let previous = frame(text).previous().unwrap();
        assert_eq!(shown(&previous), before, "{text}");
        assert!(!previous.until_now);
    }
    assert_eq!(frame("all time").previous(), None);
    assert_eq!(frame("until 3 March").previous(), None);
}

#[test]
fn the_same_part_of_a_shorter_month_stops_at_its_end() {
    let frame = in_zone("this month", BERLIN, "2026-03-31T10:00:00Z");
    assert_eq!(shown(&frame.previous().unwrap()), "2026-02-01 00:00 to 2026-03-01 00:00");
}

#[test]
fn a_month_before_the_31st_is_the_last_day_of_february() {
    let last = |length: &str, now| shown(&in_zone(&format!("last 1 {length}"), BERLIN, now));
    assert_eq!(last("month", "2026-03-31T10:00:00Z"), "2026-02-28 00:00 to 2026-03-31 12:00");
    assert_eq!(last("month", "2024-03-31T10:00:00Z"), "2024-02-29 00:00 to 2024-03-31 12:00");
    assert_eq!(last("year", "2024-02-29T10:00:00Z"), "2023-02-28 00:00 to 2024-02-29 11:00");
}

#[test]
fn at_the_stroke_of_midnight_today_is_empty() {
    let today = in_zone("today", BERLIN, "2026-11-20T23:00:00Z");
    assert_eq!(today.start, Some(today.end));
}

fn buckets(bucket: Bucket, text: &str) -> Vec<BucketSpan> {
    let frame = frame(text);
    bucket.boundaries(frame.start.unwrap(), frame.end, frame.zone).unwrap()
}

fn labels(bucket: Bucket, text: &str) -> Vec<String> {
    buckets(bucket, text).into_iter().map(|span| span.label).collect()
}

#[test]
fn buckets_are_named_by_their_calendar() {
    assert_eq!(labels(Bucket::Day, "2026-10-31 to 2026-11-02"), ["2026-10-31", "2026-11-01", "2026-11-02"]);
    assert_eq!(labels(Bucket::Week, "2020-12-28 to 2021-01-10"), ["2020-W53", "2021-W01"]);
    assert_eq!(labels(Bucket::Month, "2025-12 to 2026-01"), ["2025-12", "2026-01"]);
    assert_eq!(labels(Bucket::Quarter, "2025-12 to 2026-04"), ["2025-Q4", "2026-Q1", "2026-Q2"]);
    assert_eq!(labels(Bucket::Year, "2024 to 2026"), ["2024", "2025", "2026"]);
    assert_eq!(labels(Bucket::Hour, "last 1 hour"), ["2026-11-21 14:00", "2026-11-21 15:00"]);
}

#[test]
fn an_hour_that_comes_twice_carries_its_offset() {
    let autumn = labels(Bucket::Hour, "2026-10-25");
    assert_eq!(autumn.len(), 25);
    assert_eq!(autumn[1..3], ["2026-10-25 01:00", "2026-10-25 02:00 +02:00"]);
    assert_eq!(autumn[3..5], ["2026-10-25 02:00 +01:00", "2026-10-25 03:00"]);
    let spring = labels(Bucket::Hour, "2026-03-29");
    assert_eq!(spring.len(), 23);
    assert_eq!(spring[1..3], ["2026-03-29 01:00", "2026-03-29 03:00"]);
}

#[test]
fn an_hour_that_clocks_cut_in_half_is_whole_by_them() {
    let (from, to) = (at("2026-04-04T14:00:00Z"), at("2026-04-04T16:30:00Z"));
    let spans = Bucket::Hour.boundaries(from, to, Tz::Australia__Lord_Howe).unwrap();
    let shown: Vec<(&str, i64)> =
        spans.iter().map(|span| (span.label.as_str(), (span.end - span.start).num_minutes())).collect();
    assert_eq!(
        shown,
        [("2026-04-05 01:00 +11:00", 60), ("2026-04-05 01:00 +10:30", 30), ("2026-04-05 02:00", 60),]
    );
    assert!(spans.iter().all(|span| !span.is_partial));
}

#[test]
fn a_bucket_that_the_timeframe_cuts_is_partial() {
    let partial = |bucket, text: &str| -> Vec<bool> {
        buckets(bucket, text).iter().map(|span| span.is_partial).collect()
    };
    assert_eq!(partial(Bucket::Day, "last 2 days"), [false, false, true]);
    assert_eq!(partial(Bucket::Week, "2026-11-04 to 2026-11-17"), [true, false, true]);
    assert_eq!(partial(Bucket::Month, "2026-03"), [false]);
    assert_eq!(partial(Bucket::Year, "2026-03"), [true]);
}

#[test]
fn too_many_buckets_are_refused_with_a_coarser_one() {
    let frame = frame("2016 to 2025");
    let refused = Bucket::Hour.boundaries(frame.start.unwrap(), frame.end, BERLIN).unwrap_err();
    let message = "that is 87672 hour buckets, and at most 10000 are given: group by day, or choose a shorter timeframe";
    assert_eq!(refused.to_string(), message);
    let refused =
        Bucket::Month.boundaries(DateTime::<Utc>::MIN_UTC, frame.end, BERLIN).unwrap_err().to_string();
    assert!(refused.ends_with("are given: choose a shorter timeframe"), "{refused}");
    assert_eq!(Bucket::Hour.boundaries(frame.end, frame.end, BERLIN), Ok(vec![]));
}

#[test]
fn ten_thousand_hours_are_given_and_one_more_is_not() {
    let (start, hour) = (at("2026-01-01T00:00:00Z"), chrono::TimeDelta::hours(1));
    let count = |start, end| Bucket::Hour.boundaries(start, end, Tz::UTC).map(|spans| spans.len());
    assert_eq!(count(start, start + hour * 10_000), Ok(10_000));
    assert_eq!(count(start, start + hour * 10_001).unwrap_err().count, 10_001);
    let half = hour / 2;
    assert_eq!(count(start + half, start + half + hour * 10_000).unwrap_err().count, 10_001);
}
