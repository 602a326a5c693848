//! What is no timeframe, or could be several: always an error with examples, never a default.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fastintercom::tools::timeframe::{Timeframe, TimeframeError};

fn parse(text: &str) -> Result<Timeframe, TimeframeError> {
    let now: DateTime<Utc> = "2026-11-21T14:05:00Z".parse().unwrap();
    Timeframe::parse(text, Tz::Europe__Berlin, now)
}

fn why(text: &str) -> String {
    match parse(text) {
        Ok(frame) => panic!("{text} was understood as {frame}"),
        Err(error) => error.to_string(),
    }
}

/// Checks lines such as `text = how the error begins`.
fn assert_refused(lines: &str) {
    for line in lines.trim().lines() {
        let (text, start) = line.split_once(" = ").unwrap();
        let error = why(text.trim());
        assert!(error.starts_with(start.trim()), "{text}: {error}");
    }
}

#[test]
fn what_could_be_two_things_is_refused_with_both() {
    assert_refused(
        "
        03/04/2026        = '03/04/2026' is not in the form year-month-day: write 2026-04-03 or 2026-03-04;
        03/04/26          = '03/04/26' is not in the form year-month-day: write 2026-04-03 or 2026-03-04;
        since 03/04/2026  = '03/04/2026' is not in the form year-month-day: write 2026-04-03 or 2026-03-04;
        13.04.2026        = '13.04.2026' is not in the form year-month-day: write 2026-04-13;
        2026/03/05        = '2026/03/05' is not in the form year-month-day: write 2026-03-05;
        2026-3-5          = '2026-3-5' is not in the form year-month-day: write 2026-03-05;
        03/2026           = '03/2026' is not in the form year-month-day: write 2026-03;
        20260305          = '20260305' is not in the form year-month-day: write 2026-03-05;
        3/4               = '3/4' is not in the form year-month-day: write 3 April or 4 March;
        3m                = '3m' is ambiguous: write 3mo for months or 3min for minutes;
        last 3 m          = '3 m' is ambiguous: write 3mo for months or 3min for minutes;
        past week         = 'past week' is ambiguous: write last week for the whole week before this, or last 1 week;
        last day          = 'last day' is ambiguous: write yesterday, or last 24 hours;
        last november     = 'last november' is ambiguous: write November 2026 or November 2025;
        2 weeks ago       = '2 weeks ago' is ambiguous: write 2026-11-07 for that day, or since 2 weeks ago;
        ",
    );
}

#[test]
fn impossible_dates_say_why() {
    assert_refused(
        "
        2026-02-30                   = there is no day 30 in 2026-02, which has 28 days;
        2024-02-30                   = there is no day 30 in 2024-02, which has 29 days;
        31 June                      = there is no day 31 in June, which has 30 days;
        30 february                  = there is no day 30 in February, which has 29 days;
        29 February 2026             = there is no day 29 in February 2026, which has 28 days;
        2026-13                      = there is no month 13;
        2026-W54                     = there is no week 54 in 2026, which has 53 weeks;
        2025-W53                     = there is no week 53 in 2025, which has 52 weeks;
        week 54                      = there is no week 54: a year has 52 or 53;
        Q5                           = there is no quarter 5;
        since 2026-03-05T25:00Z      = '25:00z' is no time of day;
        since 2026-03-05T09:00+99:00 = '09:00+99:00' is no time of day;
        ",
    );
}

#[test]
fn what_is_too_far_away_or_has_no_length_is_refused() {
    assert_refused(
        "
        1999                       = the year 1999 is not from 2000 to 2100;
        since 2101-01-01           = the year 2101 is not from 2000 to 2100;
        until 1999-12-31T22:59:59Z = the year 1999 is not from 2000 to 2100;
        2026 to 2101               = the year 2101 is not from 2000 to 2100;
        last 27 years              = the year 1999 is not from 2000 to 2100;
        last 4000000000 weeks      = '4000000000 weeks' reaches back before the year 2000: write all time;
        2026-03-01/P999999Y        = 'P999999Y' is no length of time that could be meant;
        last 0 days                = '0 days' has no length: write a number from 1;
        PT0S                       = 'PT0S' has no length: write a number from 1;
        P7X                        = 'P7X' is no ISO 8601 duration in whole numbers;
        P1.5D                      = 'P1.5D' is no ISO 8601 duration in whole numbers;
        ",
    );
}

#[test]
fn a_start_that_is_not_before_the_end_or_after_now_is_refused() {
    assert_refused(
        "
        2026-03-31 to 2026-03-01            = the start, 2026-03-31 00:00, is not before the end, 2026-03-02 00:00;
        2026-03-01T10:00Z/2026-03-01T10:00Z = the start, 2026-03-01 11:00, is not before the end, 2026-03-01 11:00;
        2027-03                             = 2027-03-01 00:00 is in the future, where nothing has happened yet;
        since 2026-12-24                    = 2026-12-24 00:00 is in the future, where nothing has happened yet;
        tomorrow                            = tomorrow is in the future
        next week                           = next week is in the future
        after today                         = after today is in the future
        now/P1D                             = 2026-11-21 15:05 is in the future
        now                                 = 'now' is a moment, not a period;
        2026-03-05T09:30Z                   = '2026-03-05T09:30Z' is a moment, not a period;
        5 hours ago                         = '5 hours ago' is a moment, not a period;
        ",
    );
}

#[test]
fn anything_else_is_refused_and_never_a_default() {
    let texts = "recently|last few days|last 7|7|-7d|last -7 days|last 1.5 days|weekend|p|to|..|/|a / b / c|from\
                 |between 2026-03-01 to 2026-03-31|monday 2026|last 7 dayz|fourteen days|2026-03-01 2026-03-05\
                 |h1 2026|this monday|letzte woche|２０２６|1700000000|past|since|2026-03-01..2026-03-05..2026-03-09\
                 |since tomorrowish|in|quarter|m|week|2026-03-01 to|to 2026-03-01|tuesday 5 march";
    for text in texts.split('|') {
        let error = why(text);
        assert!(error.contains("is not understood as a"), "{text}: {error}");
    }
    assert_eq!(parse(" \n"), Err(TimeframeError::Empty));
}

#[test]
fn an_error_quotes_little_and_only_what_shows() {
    assert!(why(&"last 7 days ".repeat(1000)).len() < 300);
    assert!(why("a\u{202e}b\nc").starts_with("'a\u{fffd}b\u{fffd}c' is not understood"));
}

#[test]
fn every_example_of_an_error_is_understood() {
    let refused = "|recently|since recently|2 weeks ago|03/04/2026|now|tomorrow|2026-03-02 to 2026-03-01|2026-13\
                   |31 june|week 54|q5|since 2026-03-05T25:00|1999|last 0 days|P7X|last 999999999999 days";
    for text in refused.split('|') {
        let error = why(text);
        let (_, examples) = error.split_once("for example: ").unwrap();
        let examples: Vec<&str> = examples.split(", ").collect();
        assert!((3..=5).contains(&examples.len()), "{error}");
        for example in examples {
            let as_a_start = format!("since {example}");
            assert!(parse(example).is_ok() || parse(&as_a_start).is_ok(), "{example} of {error}");
        }
    }
}
