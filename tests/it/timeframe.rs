//! What timeframes mean, asked on a Saturday afternoon in Berlin.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use fastintercom::tools::timeframe::{Timeframe, TimeframeError, TimeframeInput};

const BERLIN: Tz = Tz::Europe__Berlin;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A Saturday in week 47.
fn now() -> DateTime<Utc> {
    at("2026-11-21T14:05:00Z")
}

fn frame(text: &str) -> Timeframe {
    Timeframe::parse(text, BERLIN, now()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Without the zone.
fn shown(frame: &Timeframe) -> String {
    frame.to_string().replace(" (Europe/Berlin)", "")
}

/// Checks lines such as `one text | another text = what both mean`.
fn assert_meanings(lines: &str) {
    for line in lines.trim().lines() {
        let (texts, meaning) = line.split_once(" = ").unwrap();
        for text in texts.split('|') {
            assert_eq!(shown(&frame(text)), meaning.trim(), "{text}");
        }
    }
}

#[test]
fn lengths_in_days_or_longer_start_at_a_midnight_and_end_now() {
    assert_meanings(
        "
        last 7 days | past 7 days | Last  Seven Days | in the last 7 days   = 2026-11-14 00:00 to 2026-11-21 15:05
        last_7_days | last-7-days | 7d | 7 days | P7D | P1W | 1w | P7D/now  = 2026-11-14 00:00 to 2026-11-21 15:05
        since 7 days ago | since 7d | since last 7 days | 7d ago to now     = 2026-11-14 00:00 to 2026-11-21 15:05
        last_30_days | last 30 days | over the past 30 days                 = 2026-10-22 00:00 to 2026-11-21 15:05
        last_90_days | 90d                                                  = 2026-08-23 00:00 to 2026-11-21 15:05
        last two weeks | 2w | past 2 wks                                    = 2026-11-07 00:00 to 2026-11-21 15:05
        last 3 months | 3mo | P3M | last 1 quarter                          = 2026-08-21 00:00 to 2026-11-21 15:05
        last 2 quarters | 2q                                                = 2026-05-21 00:00 to 2026-11-21 15:05
        last 1 year | 1y | last twelve months | P1Y                         = 2025-11-21 00:00 to 2026-11-21 15:05
        last 1 day | 1d                                                     = 2026-11-20 00:00 to 2026-11-21 15:05
        ",
    );
    assert!(frame("last 7 days").until_now);
}

#[test]
fn lengths_in_hours_or_shorter_are_exact() {
    assert_meanings(
        "
        last 24 hours | 24h | PT24H | 24 hrs | since 24 hours ago        = 2026-11-20 15:05 to 2026-11-21 15:05
        last hour | past hour | 60min | PT1H | since an hour ago         = 2026-11-21 14:05 to 2026-11-21 15:05
        P1DT1H                                                           = 2026-11-20 14:05 to 2026-11-21 15:05
        ",
    );
    let spring = Timeframe::parse("last 24 hours", BERLIN, at("2026-03-29T10:00:00Z")).unwrap();
    assert_eq!(shown(&spring), "2026-03-28 11:00 to 2026-03-29 12:00");
}

#[test]
fn this_unit_is_up_to_now_and_the_last_one_is_whole() {
    assert_meanings(
        "
        today | TODAY | this day | day to date                           = 2026-11-21 00:00 to 2026-11-21 15:05
        this week | week to date | wtd | current week                    = 2026-11-16 00:00 to 2026-11-21 15:05
        this month | month to date | month-to-date | mtd                 = 2026-11-01 00:00 to 2026-11-21 15:05
        this quarter | quarter to date | qtd                             = 2026-10-01 00:00 to 2026-11-21 15:05
        this year | year to date | ytd | year_to_date                    = 2026-01-01 00:00 to 2026-11-21 15:05
        yesterday | 1 day ago                                            = 2026-11-20 00:00 to 2026-11-21 00:00
        last week | previous week | the last week                        = 2026-11-09 00:00 to 2026-11-16 00:00
        last month                                                       = 2026-10-01 00:00 to 2026-11-01 00:00
        last quarter                                                     = 2026-07-01 00:00 to 2026-10-01 00:00
        last year                                                        = 2025-01-01 00:00 to 2026-01-01 00:00
        ",
    );
    assert!(frame("this week").until_now);
    assert!(!frame("last week").until_now);
}

#[test]
fn a_unit_has_many_names() {
    assert_meanings(
        "
        2026-03-05 | 5 March 2026 | March 5, 2026 | march 5th 2026       = 2026-03-05 00:00 to 2026-03-06 00:00
        the 5th of March 2026 | 5-Mar-2026 | 2026 march 5 | on 5 mar     = 2026-03-05 00:00 to 2026-03-06 00:00
        2026-03 | March 2026 | mar 2026 | march                          = 2026-03-01 00:00 to 2026-04-01 00:00
        2026-W46 | W46 2026 | week 46 | week 46 2026 | w46 | 2026w46     = 2026-11-09 00:00 to 2026-11-16 00:00
        2026-Q3 | Q3 2026 | q3 | 2026Q3 | quarter 3 | Q3-2026            = 2026-07-01 00:00 to 2026-10-01 00:00
        2025                                                             = 2025-01-01 00:00 to 2026-01-01 00:00
        ",
    );
}

#[test]
fn without_a_year_it_is_the_most_recent_that_has_begun() {
    assert_meanings(
        "
        november | nov                                                   = 2026-11-01 00:00 to 2026-12-01 00:00
        december                                                         = 2025-12-01 00:00 to 2026-01-01 00:00
        1 June | June 1 | june 1st                                       = 2026-06-01 00:00 to 2026-06-02 00:00
        22 november                                                      = 2025-11-22 00:00 to 2025-11-23 00:00
        21 november                                                      = 2026-11-21 00:00 to 2026-11-22 00:00
        29 february                                                      = 2024-02-29 00:00 to 2024-03-01 00:00
        week 53                                                          = 2020-12-28 00:00 to 2021-01-04 00:00
        week 48                                                          = 2025-11-24 00:00 to 2025-12-01 00:00
        q4                                                               = 2026-10-01 00:00 to 2027-01-01 00:00
        monday | last monday | Mon                                       = 2026-11-16 00:00 to 2026-11-17 00:00
        saturday | last saturday                                         = 2026-11-14 00:00 to 2026-11-15 00:00
        ",
    );
}

#[test]
fn ranges_include_an_end_that_is_a_day_or_longer() {
    assert_meanings(
        "
        2026-03-01 to 2026-03-31 | 2026-03-01 - 2026-03-31               = 2026-03-01 00:00 to 2026-04-01 00:00
        2026-03-01..2026-03-31 | 2026-03-01–2026-03-31                   = 2026-03-01 00:00 to 2026-04-01 00:00
        from 2026-03-01 to 2026-03-31 | 2026-03-01/2026-03-31            = 2026-03-01 00:00 to 2026-04-01 00:00
        between 2026-03-01 and 2026-03-31 | since 1 march until 31 march = 2026-03-01 00:00 to 2026-04-01 00:00
        2026-03-01/P1M | 2026-03-01/P31D | P31D/2026-03-31 | P1M/2026-03 = 2026-03-01 00:00 to 2026-04-01 00:00
        2026-03 to 2026-W19                                              = 2026-03-01 00:00 to 2026-05-11 00:00
        P30D/2026-03-31                                                  = 2026-03-02 00:00 to 2026-04-01 00:00
        yesterday to today | yesterday - now                             = 2026-11-20 00:00 to 2026-11-21 15:05
        4 weeks ago to 2 weeks ago                                       = 2026-10-24 00:00 to 2026-11-08 00:00
        last month to this month                                         = 2026-10-01 00:00 to 2026-11-21 15:05
        ",
    );
}

#[test]
fn ranges_stop_at_an_end_that_is_a_moment() {
    assert_meanings(
        "
        2026-03-01 09:30 to 2026-03-01 17:00                             = 2026-03-01 09:30 to 2026-03-01 17:00
        2026-03-01 09:30 - 2026-03-01 17:00 UTC                          = 2026-03-01 09:30 to 2026-03-01 18:00
        2026-03-01T09:30:15+02:00/2026-03-02                             = 2026-03-01 08:30:15 to 2026-03-03 00:00
        2026-03-01T00:00Z/P7D                                            = 2026-03-01 01:00 to 2026-03-08 01:00
        2026-03-25T12:00/P7D                                             = 2026-03-25 12:00 to 2026-04-01 12:00
        2026-03-25T12:00/PT168H                                          = 2026-03-25 12:00 to 2026-04-01 13:00
        2026/2100-12-31T23:00:00Z | 2026 to 2100                         = 2026-01-01 00:00 to 2101-01-01 00:00
        PT2H/2026-03-01T12:00-0500                                       = 2026-03-01 16:00 to 2026-03-01 18:00
        ",
    );
}

#[test]
fn a_side_without_a_year_takes_it_from_the_other() {
    assert_meanings(
        "
        20 December to 5 January 2026 | 20 December to 5 January         = 2025-12-20 00:00 to 2026-01-06 00:00
        1 November to 30 November                                        = 2026-11-01 00:00 to 2026-12-01 00:00
        june to august                                                   = 2026-06-01 00:00 to 2026-09-01 00:00
        november 2024 to february                                        = 2024-11-01 00:00 to 2025-03-01 00:00
        q1 to q2                                                         = 2026-01-01 00:00 to 2026-07-01 00:00
        monday to friday                                                 = 2026-11-16 00:00 to 2026-11-21 00:00
        thursday to tuesday                                              = 2026-11-19 00:00 to 2026-11-25 00:00
        ",
    );
}

#[test]
fn a_range_may_be_open_on_either_side() {
    assert_meanings(
        "
        since 1 June | from 1 June | 1 June.. | 2026-06-01/..            = 2026-06-01 00:00 to 2026-11-21 15:05
        after 1 June                                                     = 2026-06-02 00:00 to 2026-11-21 15:05
        since last week                                                  = 2026-11-09 00:00 to 2026-11-21 15:05
        since monday                                                     = 2026-11-16 00:00 to 2026-11-21 15:05
        before 3 March                                                   = the beginning to 2026-03-03 00:00
        until 3 March | till 3 march | ..3 March | ../2026-03-03         = the beginning to 2026-03-04 00:00
        before 2026-03-03T12:00Z | until 2026-03-03T12:00Z               = the beginning to 2026-03-03 13:00
        all | all time | all-time | everything | ever | until now        = the beginning to 2026-11-21 15:05
        ",
    );
    assert_eq!((frame("all time").start, frame("all time").until_now), (None, true));
    assert!(!frame("until 3 March").until_now);
}

#[test]
fn two_flags_are_the_two_sides() {
    let between = |since, until| Timeframe::between(since, until, BERLIN, now()).map(|frame| shown(&frame));
    let meant = |text: &str| Ok(text.to_owned());
    assert_eq!(between(Some("2026-03-01"), Some("2026-03")), meant("2026-03-01 00:00 to 2026-04-01 00:00"));
    assert_eq!(between(Some("7d"), Some("yesterday")), meant("2026-11-14 00:00 to 2026-11-21 00:00"));
    assert_eq!(between(Some("7d"), None), meant("2026-11-14 00:00 to 2026-11-21 15:05"));
    assert_eq!(between(None, Some("2026-03")), meant("the beginning to 2026-04-01 00:00"));
    assert_eq!(between(None, None), Err(TimeframeError::NoFields));
    assert_eq!(between(Some(" "), None), Err(TimeframeError::Empty));
}

#[test]
fn an_end_after_now_stays_as_written() {
    let november = frame("november");
    assert_eq!((november.end, november.until_now), (at("2026-11-30T23:00:00Z"), false));
    assert_eq!(november.words(), "november: 2026-11 (not over yet)");
    assert_meanings("2026-11-01 to 2027-01-31 = 2026-11-01 00:00 to 2027-02-01 00:00");
}

#[test]
fn what_was_understood_is_told_in_words() {
    for (text, words) in [
        ("7d", "last 7 days: the 7 full days before today, plus today until now"),
        ("last 1 day", "last 1 day: the full day before today, plus today until now"),
        ("past two weeks", "last 2 weeks: from 2026-11-07, 2 weeks before today, until now"),
        ("24h", "last 24 hours: exactly so long, until now"),
        ("P7D", "P7D: the time from 2026-11-14 to yesterday, plus today until now"),
        ("this month", "this month: 2026-11 from its start until now"),
        ("Last  Quarter", "last quarter: 2026-Q3"),
        ("2026-w46", "2026-W46"),
        ("2026-03-01..2026-03-05", "2026-03-01 to 2026-03-05, both included"),
        ("2026-03-01..2026-03-05 12:00", "from 2026-03-01 to 2026-03-05 12:00, the end not included"),
        ("since 1 june", "since 2026-06-01, until now"),
        ("until 3 March", "everything until 2026-03-03, included"),
        ("P1M/2026-03", "P1M up to the end of 2026-03"),
        ("all", "all time: from the beginning until now"),
    ] {
        assert_eq!(frame(text).words(), words, "{text}");
    }
    assert_eq!(frame("last week").to_string(), "2026-11-09 00:00 to 2026-11-16 00:00 (Europe/Berlin)");
    assert_eq!(frame("last week").to_iso_interval(), "2026-11-08T23:00:00Z/2026-11-15T23:00:00Z");
    assert_eq!(frame("before 2026").to_iso_interval(), "../2025-12-31T23:00:00Z");
}

fn input(json: &str) -> Result<TimeframeInput, serde_json::Error> {
    serde_json::from_str(json)
}

fn from_json(json: &str) -> Result<String, String> {
    let frame = input(json).unwrap().resolve(BERLIN, now());
    frame.map(|frame| shown(&frame)).map_err(|error| error.to_string())
}

#[test]
fn a_parameter_is_text_or_an_object_in_new_or_older_names() {
    let march = Ok(String::from("2026-03-01 00:00 to 2026-04-01 00:00"));
    for json in [
        r#""2026-03""#,
        r#"{"start": "2026-03-01", "end": "2026-03-31"}"#,
        r#"{"start": "2026-03", "end": "2026-03"}"#,
        r#"{"start_date": "2026-03-01", "end_date": "2026-03-31", "relative": null}"#,
        r#"{"start": "2026-03-01T00:00:00+01:00", "end": "2026-04-01T00:00:00"}"#,
        r#"{"relative": "2026-03"}"#,
    ] {
        assert_eq!(from_json(json), march, "{json}");
    }
    for relative in ["today", "yesterday", "last_7_days", "last_30_days", "last_90_days"] {
        let json = format!(r#"{{"relative": "{relative}"}}"#);
        assert_eq!(from_json(&json), Ok(shown(&frame(&relative.replace('_', " ")))));
    }
    assert_eq!(from_json(r#"{"start": "2026-11-20"}"#), Ok(shown(&frame("since 2026-11-20"))));
    assert_eq!(from_json(r#"{"end": "2026-11-20"}"#), Ok(shown(&frame("until 2026-11-20"))));
}

#[test]
fn an_object_that_says_nothing_or_two_things_is_refused() {
    for (json, start) in [
        ("{}", "the timeframe has neither start nor end;"),
        (r#"{"start": "2026-03-01", "relative": "today"}"#, "give either relative or start, not both;"),
        (
            r#"{"start": "2026-03-01", "start_date": "2026-03-01"}"#,
            "give either start or start_date, not both;",
        ),
        (r#"{"start": ""}"#, "the timeframe is empty;"),
        (r#"{"start": "soon"}"#, "'soon' is not understood as a date or time to start or end at;"),
    ] {
        let error = from_json(json).unwrap_err();
        assert!(error.starts_with(start), "{json}: {error}");
    }
    let unknown = input(r#"{"from": "2026-03-01"}"#).unwrap_err().to_string();
    assert!(unknown.starts_with("unknown field `from`, expected one of `start`, `end`"), "{unknown}");
    let number = input("7").unwrap_err().to_string();
    assert!(number.contains("expected a timeframe: text such as"), "{number}");
}

#[test]
fn the_schema_offers_text_and_an_object_and_its_examples_are_understood() {
    let schema = serde_json::to_value(schemars::schema_for!(TimeframeInput)).unwrap();
    assert_eq!(schema["anyOf"][0]["type"], "string");
    let fields: Vec<&String> = schema["anyOf"][1]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["end", "start"]);
    for example in schema["examples"].as_array().unwrap() {
        from_json(&example.to_string()).unwrap();
    }
}
