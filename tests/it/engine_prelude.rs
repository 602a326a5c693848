//! Everyday SQL about time and text works in the bundled DuckDB, which has no ICU.

use crate::support::little_lake::{LittleLake, ask};
use fastintercom::lake::Partitioning;

#[test]
fn the_present_is_the_injected_time_in_utc_and_without_zone() {
    let lake = LittleLake::empty(Partitioning::Month);
    let engine = lake.engine();
    for (sql, expected) in [
        ("SELECT now()", "2026-11-21 12:00:00"),
        ("SELECT current_timestamp", "2026-11-21 12:00:00"),
        ("SELECT localtimestamp", "2026-11-21 12:00:00"),
        ("SELECT transaction_timestamp()", "2026-11-21 12:00:00"),
        ("SELECT current_date", "2026-11-21"),
        ("SELECT today()", "2026-11-21"),
        ("SELECT current_time", "12:00:00"),
        ("SELECT localtime", "12:00:00"),
        ("SELECT typeof(now()), typeof(current_date)", "TIMESTAMP,DATE"),
        ("SELECT now() - interval 7 day", "2026-11-14 12:00:00"),
        ("SELECT current_timestamp - interval '7 days'", "2026-11-14 12:00:00"),
        ("SELECT current_date - 7, today() - interval 1 month", "2026-11-14,2026-10-21 00:00:00"),
        ("SELECT date_trunc('month', now())", "2026-11-01 00:00:00"),
        ("SELECT age(TIMESTAMP '2026-11-01')", "20 days"),
        ("SELECT age(DATE '2026-11-01')", "20 days"),
        ("SELECT age(TIMESTAMP '2026-11-01', TIMESTAMP '2025-10-01 06:00:00')", "1 year 30 days 18:00:00"),
        ("SELECT to_timestamp(1793534400), to_timestamp(0.5)", "2026-11-01 12:00:00,1970-01-01 00:00:00.5"),
        (
            "SELECT strftime(now(), '%Y-%m-%d %H:%M'), strptime('2026-11-01', '%Y-%m-%d')",
            "2026-11-21 12:00,2026-11-01 00:00:00",
        ),
        ("SELECT epoch(now()), date_diff('day', TIMESTAMP '2026-11-01', now())", "1795262400.0,20"),
        ("SELECT extract(dow FROM now()), dayname(now())", "6,Saturday"),
    ] {
        assert_eq!(ask(&engine, sql), expected, "{sql}");
    }
}

#[test]
fn times_move_between_zones() {
    let lake = LittleLake::empty(Partitioning::Month);
    let engine = lake.engine();
    for (sql, expected) in [
        (
            "SELECT TIMESTAMP '2026-07-01 12:00:00' AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin'",
            "2026-07-01 14:00:00",
        ),
        (
            "SELECT TIMESTAMP '2026-07-01 12:00:00' AT TIME ZONE 'Europe/Berlin' AT TIME ZONE 'UTC'",
            "2026-07-01 10:00:00",
        ),
        ("SELECT TIMESTAMP '2026-07-01 12:00:00' AT TIME ZONE 'Europe/Berlin'", "2026-07-01 10:00:00+00:00"),
        ("SELECT to_local(TIMESTAMP '2026-12-01 12:00:00', 'America/New_York')", "2026-12-01 07:00:00"),
        ("SELECT to_local(now(), 'asia/kolkata')", "2026-11-21 17:30:00"),
        (
            "SELECT date_trunc('week', TIMESTAMP '2026-11-15 23:30:00' AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin')",
            "2026-11-16 00:00:00",
        ),
        ("SELECT to_local(NULL, 'UTC'), to_local(now(), NULL), NULL::TIMESTAMP AT TIME ZONE 'UTC'", ",,"),
        ("SELECT to_local(TIMESTAMP 'infinity', 'UTC')", "infinity"),
        (
            "SELECT count(*) FROM range(5000) t(i) WHERE to_local(now() + to_hours(i::INTEGER), if(i % 2 = 0, 'UTC', 'Asia/Tokyo')) > now()",
            "4999",
        ),
        (
            "SELECT timezone('UTC', timezone('Europe/Berlin', TIMESTAMP '2026-03-29 02:30:00'))",
            "2026-03-29 01:30:00",
        ),
    ] {
        assert_eq!(ask(&engine, sql), expected, "{sql}");
    }
    assert_eq!(
        ask(&engine, "SELECT to_local(now(), 'Berlin')"),
        "error: there is no time zone 'Berlin'; did you mean 'Europe/Berlin'?"
    );
    assert_eq!(
        ask(&engine, "SELECT now() AT TIME ZONE 'CEST'"),
        "error: there is no time zone 'CEST'; did you mean 'CET'?"
    );
    assert_eq!(
        ask(&engine, "SELECT to_local(TIMESTAMP '294246-01-01', 'Asia/Tokyo')"),
        "error: a time is too far away for the time zone 'UTC'"
    );
}

#[test]
fn html_becomes_text() {
    let lake = LittleLake::empty(Partitioning::Month);
    let engine = lake.engine();
    assert_eq!(ask(&engine, "SELECT html_to_text('<p>Grüße &amp; <b>Küsse</b></p>')"), "Grüße & Küsse");
    assert_eq!(ask(&engine, "SELECT html_to_text(NULL) IS NULL, html_to_text('')"), "true,\"\"");
}

#[test]
fn the_present_is_the_same_for_all_rows_and_all_queries_at_once() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let sql = "SELECT count(DISTINCT now()), min(now() - created_at) > interval 1 day FROM messages";
                    assert_eq!(ask(&engine, sql), "1,true");
                }
            });
        }
    });
}
