//! Queries: limits, order, types, errors with the place and what was meant, and one version of the lake.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::little_lake::{LittleLake, ask, complaint, put, written};
use crate::support::rows::{in_month, thread};
use fastintercom::cancel::Cancel;
use fastintercom::engine::{Column, Cut, Error, Output, QueryOptions};
use fastintercom::format::Format;
use fastintercom::lake::Partitioning;

/// Takes seconds to hours, and looks at the interrupt.
const SLOW: &str = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 7";

#[test]
fn a_deadline_stops_a_query() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let options = QueryOptions { timeout: Duration::from_millis(300), ..QueryOptions::default() };
    let start = Instant::now();
    let error = engine.query(SLOW, &options).unwrap_err();
    assert!(matches!(error, Error::TimedOut(_)), "{error}");
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(ask(&engine, "SELECT 1"), "1");
}

#[test]
fn a_query_can_be_cancelled() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let cancel = Cancel::new();
    let options = QueryOptions { cancel: cancel.clone(), ..QueryOptions::default() };
    let outcome = std::thread::scope(|scope| {
        let query = scope.spawn(|| engine.query(SLOW, &options));
        std::thread::sleep(Duration::from_millis(100));
        cancel.cancel();
        query.join().unwrap()
    });
    assert!(matches!(outcome, Err(Error::Cancelled)));
}

#[test]
fn rows_and_bytes_are_limited_and_the_answer_says_so() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let with = |max_rows, max_bytes| QueryOptions { max_rows, max_bytes, ..QueryOptions::default() };
    let cut = |sql: &str, options: &QueryOptions| {
        let table = engine.query(sql, options).unwrap();
        let rows: usize = table.batches.iter().map(|batch| batch.num_rows()).sum();
        assert_eq!(rows as u64, table.summary.rows);
        (table.summary.rows, table.summary.cut)
    };
    assert_eq!(cut("FROM range(10)", &with(Some(10), None)), (10, None));
    assert_eq!(cut("FROM range(11)", &with(Some(10), None)), (10, Some(Cut::Rows)));
    assert_eq!(cut("FROM range(100000)", &with(Some(5_000), None)), (5_000, Some(Cut::Rows)));
    assert_eq!(cut("FROM range(0)", &with(Some(10), None)), (0, None));
    let (rows, reason) = cut("SELECT repeat('x', 1000) FROM range(100000)", &with(None, Some(5 << 20)));
    assert!(rows < 10_000 && reason == Some(Cut::Bytes), "{rows}");
}

#[test]
fn order_is_kept_across_batches_and_under_a_limit() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    for max_rows in [None, Some(50_000)] {
        let options = QueryOptions { max_rows, ..QueryOptions::default() };
        let table = engine.query("SELECT range AS n FROM range(200000) ORDER BY n DESC", &options).unwrap();
        let text = written(&table, Format::Csv);
        let numbers: Vec<u64> = text.lines().skip(1).map(|line| line.parse().unwrap()).collect();
        assert!(numbers.len() >= 50_000 && numbers.windows(2).all(|pair| pair[0] == pair[1] + 1));
    }
}

#[test]
fn columns_tell_their_types() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let sql = "SELECT 1::HUGEINT a, 1.5::DECIMAL(18,3) b, '{}'::JSON c, uuid() d, INTERVAL 1 month e, 'a'::ENUM('a') f,
        MAP {'a': [1]} g, {'a': 1, 'B c': [DATE '2026-01-01']} h, [1, 2]::INT[2] i, 'x'::BLOB j, TIME '10:00' k,
        now() AT TIME ZONE 'UTC' l, NULL m, '101'::BIT n, 1::UTINYINT o, TIMESTAMP_NS '2026-01-01' p, true q,
        1.5::FLOAT r, 'x' s, s";
    let table = engine.query(sql, &QueryOptions::default()).unwrap();
    let types: Vec<String> = table.columns.iter().map(|c| format!("{} {}", c.name, c.sql_type)).collect();
    assert_eq!(
        types,
        [
            "a HUGEINT",
            "b DECIMAL(18,3)",
            "c JSON",
            "d UUID",
            "e INTERVAL",
            "f ENUM",
            "g MAP(VARCHAR, INTEGER[])",
            "h STRUCT(a INTEGER, \"B c\" DATE[])",
            "i INTEGER[2]",
            "j BLOB",
            "k TIME",
            "l TIMESTAMP WITH TIME ZONE",
            "m \"NULL\"",
            "n BIT",
            "o UTINYINT",
            "p TIMESTAMP_NS",
            "q BOOLEAN",
            "r FLOAT",
            "s VARCHAR",
            "s_1 VARCHAR",
        ]
    );
}

#[test]
fn errors_show_the_place_and_what_was_meant() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    for (sql, expected) in [
        (
            "SELECT titel\nFROM conversations",
            "Referenced column \"titel\" not found in FROM clause!\nline 1: SELECT titel\n               ^^^^^\nhint: did you mean title, state or stat_time_to_last_close_seconds?",
        ),
        (
            "SELECT cont(*) FROM conversations",
            "Scalar Function with name cont does not exist!\nline 1: SELECT cont(*) FROM conversations\n               ^^^^^^^\nhint: did you mean count?",
        ),
        ("SELEC 1", "syntax error at or near \"SELEC\"\nline 1: SELEC 1\n        ^^^^^"),
        (
            "SELECT state FROM conversations GROUP BY",
            "syntax error at or near \"BY\"\nline 1: SELECT state FROM conversations GROUP BY\n                                              ^^",
        ),
        (
            "SELECT 'x'::INTEGER",
            "Could not convert string 'x' to INT32\nline 1: SELECT 'x'::INTEGER\n                  ^^^^^^^^^",
        ),
        (
            "SELECT conversation_id FROM conversations JOIN messages ON true",
            "Ambiguous reference to column name \"conversation_id\" (use: 'conversations.conversation_id' or 'messages.conversation_id')\nline 1: SELECT conversation_id FROM conversations JOIN messages ON true\n               ^^^^^^^^^^^^^^^",
        ),
        ("SELECT 1::VARIANT", "a column of type VARIANT cannot be given out; cast it to VARCHAR"),
    ] {
        let told = ask(&engine, sql);
        assert_eq!(told, format!("error: {expected}"), "{sql}");
    }
}

/// Remembers how it was called.
#[derive(Default)]
struct Calls {
    columns: usize,
    rows: usize,
    ends: usize,
}

impl Output for Calls {
    fn columns(&mut self, _: &[Column]) -> std::io::Result<()> {
        self.columns += 1;
        Ok(())
    }

    fn rows(&mut self, batch: &arrow::array::RecordBatch) -> std::io::Result<()> {
        self.rows += batch.num_rows();
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        self.ends += 1;
        Ok(())
    }
}

#[test]
fn an_output_gets_columns_once_and_an_end_only_on_success() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let mut calls = Calls::default();
    engine
        .stream("SELECT repeat('x', 100) FROM range(500000)", &QueryOptions::default(), &mut calls)
        .unwrap();
    assert_eq!((calls.columns, calls.rows, calls.ends), (1, 500_000, 1));
    let mut calls = Calls::default();
    let failing = "SELECT CASE WHEN range = 4000 THEN error('late') ELSE 'x' END FROM range(5000)";
    assert!(engine.stream(failing, &QueryOptions::default(), &mut calls).is_err());
    assert_eq!((calls.columns, calls.rows, calls.ends), (0, 0, 0), "nothing was handed out before the error");
}

/// Both tables of a conversation always tell of the same version, or the answer says that they may not.
#[test]
fn an_answer_is_of_one_version_of_the_lake_or_says_so() {
    let lake = LittleLake::empty(Partitioning::Month);
    let version = |n: i64| -> Vec<_> {
        (1..=20).map(|id| thread(id, in_month(1, id), 2 + n % 2, &format!("v{n}"))).collect()
    };
    let writer = lake.writer();
    put(&writer, &version(0));
    let engine = lake.engine();
    let stop = AtomicBool::new(false);
    let sql = "SELECT (SELECT string_agg(DISTINCT title, ',') FROM conversations),
        (SELECT string_agg(DISTINCT replace(body_text, ' ' || position, ''), ',') FROM messages),
        (SELECT count(*) FROM conversations), (SELECT count(DISTINCT message_id) - count(*) FROM messages)";
    let (mut stable, mut flagged) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 1;
            while !stop.load(Ordering::Relaxed) {
                put(&writer, &version(n));
                n += 1;
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        for _ in 0..40 {
            let table = match engine.query(sql, &QueryOptions::default()) {
                Ok(table) if !table.summary.lake_changed => table,
                Ok(_) | Err(Error::Unsettled(_)) => {
                    flagged += 1;
                    continue;
                }
                Err(error) => panic!("{}", complaint(&error)),
            };
            stable += 1;
            let text = written(&table, Format::Csv);
            let cells: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
            assert_eq!(cells[2..], ["20", "0"], "a torn or doubled row: {text}");
            assert_eq!(cells[0], cells[1], "of two versions: {text}");
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(stable > 4 * flagged, "{flagged} of {} answers were flagged", stable + flagged);
}

#[test]
fn a_writer_that_died_half_way_delays_queries_only_a_little_and_is_told_of() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    std::fs::write(lake.home().join("state/journal.json"), "{}").unwrap();
    let start = Instant::now();
    let table = engine.query("SELECT count(*) FROM conversations", &QueryOptions::default()).unwrap();
    assert!(table.summary.lake_changed);
    assert!(start.elapsed() < Duration::from_secs(5));
}
