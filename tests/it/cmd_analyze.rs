//! `fi analyze` as it is typed: tables and charts for people, JSON and CSV for programs, and how it ends.

use crate::support::cli::TestEnv;
use crate::support::little_lake::put;
use crate::support::rows::{in_month, thread};
use crate::support::told::told;
use fastintercom::lake::{Disk, Layout, Partitioning, Writer};
use serde_json::json;

/// A world whose home holds twelve conversations of January 2026, one an hour.
fn world() -> TestEnv {
    let env = TestEnv::new();
    let layout = Layout::new(&env.home());
    let writer = Writer::open(std::sync::Arc::new(Disk::default()), layout, None).unwrap();
    writer.create_tables(Partitioning::Month).unwrap();
    let threads: Vec<_> = (1..=12).map(|id| thread(id, in_month(1, id * 3_600), 2, "Hi")).collect();
    put(&writer, &threads);
    env
}

const JANUARY: &[&str] = &["analyze", "--timeframe", "2026-01-01", "--tz", "UTC"];

#[test]
fn people_get_a_table_a_chart_and_what_the_figures_mean() {
    let run =
        world()
            .fi(&[JANUARY, &["--by", "state", "-m", "first_response_seconds", "-m", "response_rate"]]
                .concat());
    assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
    insta::assert_snapshot!(run.stdout, @"
    state  first response p50   n       response rate
    open                2 min  12  100.0 % (12 of 12)
    total               2 min  12  100.0 % (12 of 12)

    Period: conversations created from 2026-01-01 00:00 to 2026-01-02 00:00 (UTC); 2026-01-01
    first_response_seconds: Calendar time from the first customer message to the first teammate's reply,
      of inbound conversations; those without one are left out, so read response_rate beside it.
    response_rate: Inbound conversations with a teammate's reply, of all inbound ones.
    state: open, closed or snoozed, now.
    INCOMPLETE: none of this period was synced completely; run `fi sync`
    ");
}

#[test]
fn figures_that_do_not_fit_beside_the_others_come_below_them() {
    let env = world().with("COLUMNS", "50");
    let metrics =
        ["-m", "conversations", "-m", "response_rate", "-m", "resolution_rate", "-m", "reopen_rate"];
    let run = env.fi(&[JANUARY, &["--by", "state"], &metrics].concat());
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 50), "{}", run.stdout);
    assert_eq!(run.stdout.lines().filter(|line| line.starts_with("state ")).count(), 2, "{}", run.stdout);
    assert_eq!(run.stdout.lines().filter(|line| line.starts_with("total ")).count(), 2, "{}", run.stdout);
}

#[test]
fn programs_get_numbers_without_units() {
    let env = world();
    let run = env.fi(&[JANUARY, &["--by", "day", "-m", "first_response_seconds:p90,p50", "--csv"]].concat());
    assert_eq!(
        run.stdout,
        "day,day_id,conversation_count,first_response_seconds_n,first_response_seconds_p90,\
         first_response_seconds_p50\n2026-01-01,2026-01-01,12,12,120,120\n"
    );
    let answer = env.fi(&[JANUARY, &["--json", "--by", "hour_of_day"]].concat()).json();
    assert_eq!(answer["groups"].as_array().unwrap().len(), 24);
    assert_eq!(answer["groups"][1]["values"]["conversations"]["value"], 1);
    assert_eq!(answer["total"]["conversation_count"], 12);
    assert_eq!(answer["period"]["start"], "2026-01-01T00:00:00Z");
    assert_eq!(answer["freshness"]["coverage"], "none");
}

#[test]
fn nonsense_ends_with_a_usage_error_that_says_what_is_right() {
    let env = world();
    let run = env.fi(&["analyze", "--by", "weak"]);
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(2)));
    assert!(run.stderr.contains("there is no dimension 'weak'; did you mean week?"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: `fi help metrics` tells what can be written"), "{}", run.stderr);
    let run = env.fi(&["analyze", "--timeframe", "03/04/2026"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("hint: `fi help timeframes` tells what can be written"), "{}", run.stderr);
    assert_eq!(env.fi(&["analyze", "--attribute", "Plan"]).code, Some(2));
    assert_eq!(TestEnv::new().fi(&["analyze"]).code, Some(3));
}

#[test]
fn everything_that_can_be_asked_is_listed_without_any_data() {
    let run = TestEnv::new().fi(&["analyze", "--list"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
    for name in ["first_contact_resolution_rate", "hour_of_day", "attribute:NAME"] {
        assert!(run.stdout.contains(&format!("  {name}")), "{name}");
    }
}

#[test]
fn a_timeframe_after_since_is_understood() {
    let env = world();
    let count = |arguments: &[&str]| {
        let run = env.fi(&[&["analyze", "--tz", "UTC", "--csv"], arguments].concat());
        run.stdout.lines().nth(1).unwrap_or(&run.stderr).to_owned()
    };
    assert_eq!(count(&["--since", "2026-01-01"]), "12,12");
    assert_eq!(count(&["--since", "2026-01-01T06:00:00Z"]), "7,7");
    assert_eq!(count(&["--until", "2025-12-31"]), "0,0");
    assert_eq!(count(&["--since", "january 2026"]), "12,12");
    assert_eq!(count(&["--since", "last 5 years"]), "12,12");
}

/// A world with forty complaints of January and forty rated thanks of February 2026.
fn rated_world() -> TestEnv {
    let env = TestEnv::new();
    let layout = Layout::new(&env.home());
    let writer = Writer::open(std::sync::Arc::new(Disk::default()), layout, None).unwrap();
    writer.create_tables(Partitioning::Month).unwrap();
    for (month, opening, rating, remark) in [
        (1, "The invoice is wrong and I am very disappointed", 1, "Bad\u{202e} answer"),
        (2, "Great, the new dashboard is wonderful, I love it", 5, ""),
    ] {
        let threads: Vec<_> = (0..40)
            .map(|n| {
                let at = in_month(month, n * 3_600);
                let rating = json!({"rating": rating, "remark": remark, "created_at": at.seconds() + 60});
                told(
                    month * 1_000 + n,
                    at,
                    &format!("0 customer: {opening}"),
                    &json!({"conversation_rating": rating}),
                )
            })
            .collect();
        put(&writer, &threads);
    }
    env
}

#[test]
fn an_analysis_shows_what_figures_cannot_tell() {
    let env = rated_world();
    let run = |analysis: &str, timeframe: &str| {
        let run = env.fi(&["analyze", "-a", analysis, "--timeframe", timeframe, "--tz", "UTC", "--no-chart"]);
        assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
        run.stdout
    };
    let satisfaction = run("satisfaction", "2026-01");
    assert!(satisfaction.contains("Ratings of 40 conversations\nrated 5     0 (0.0 %)"), "{satisfaction}");
    assert!(
        satisfaction.contains("Remarks with ratings, 10 of 40, the worst ratings first\n"),
        "{satisfaction}"
    );
    assert!(satisfaction.contains("  1  2026-01-02  1039    Bad answer\n"), "{satisfaction}");

    let topics = run("topic_analysis", "2026-02");
    assert!(topics.contains("Read: 40 conversations of the period\n  and 40 of the rest."), "{topics}");
    assert!(topics.contains("100.0 % here,   0.0 % else  2039 “Great, the new"), "{topics}");
    assert!(topics.contains("Topics: Intercom recognised none"), "{topics}");

    let sentiment = run("sentiment", "2026-01 to 2026-02");
    assert!(sentiment.contains("50.0 % (40 of 80)"), "{sentiment}");
    assert!(sentiment.contains("English (en): 80 conversations; VADER"), "{sentiment}");
    assert!(run("performance", "2026-01").contains("unanswered conversations"), "figures alone");
}

#[test]
fn an_analysis_fits_a_narrow_terminal_and_needs_no_unicode() {
    let env = rated_world().with("COLUMNS", "60").with("LC_ALL", "C");
    for analysis in ["performance", "satisfaction", "topics", "sentiment"] {
        let run = env.fi(&["analyze", "-a", analysis, "--timeframe", "2026-02", "--tz", "UTC"]);
        let widest = run.stdout.lines().map(|line| line.chars().count()).max();
        assert!(run.code == Some(0) && widest <= Some(60), "{widest:?}: {}", run.stdout);
    }
    let run = env.fi(&["analyze", "-a", "moods"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("performance, satisfaction, topics, sentiment"), "{}", run.stderr);
}
