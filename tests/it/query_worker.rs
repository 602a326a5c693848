//! The tool `query`: what its answers look like, what its errors say, and that workers are kept and let go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fastintercom::cancel::Cancel;
use fastintercom::lake::Partitioning;
use fastintercom::tools::query::{CHARS_FOR_MODELS, Querier, QueryParams, TruncatedBy};
use fastintercom::worker::{Limits, RowFormat, SqlWorkers, WorkerOptions};
use serde_json::json;

use crate::support::arena::{Finds, answer, ask, is_there, options, rows};
use crate::support::cli::files_below;
use crate::support::little_lake::{LittleLake, put};
use crate::support::rows::{in_month, thread};

fn workers(lake: &LittleLake) -> SqlWorkers {
    SqlWorkers::new(options(&lake.layout()))
}

fn limited(sql: &str, limit: usize) -> QueryParams {
    QueryParams { sql: sql.to_owned(), limit: Some(limit), timeout_seconds: None }
}

#[test]
fn an_answer_tells_columns_types_rows_and_how_fresh_they_are() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    let answer =
        ask(&workers, "SELECT month, count(*) AS n FROM conversations GROUP BY 1 ORDER BY 1", 10).unwrap();
    let mut told = serde_json::to_value(&answer).unwrap();
    assert!(told["elapsed_ms"].take().as_u64().unwrap() < 5_000);
    assert_eq!(
        told,
        json!({
            "columns": [{"name": "month", "type": "VARCHAR"}, {"name": "n", "type": "BIGINT"}],
            "rows": [["2026-01", 10], ["2026-02", 10], ["2026-03", 10]],
            "row_count": 3, "is_untrusted": true, "is_truncated": false, "truncated_by": null, "elapsed_ms": null,
            "data_as_of": null, "generation": lake.engine().state().unwrap().generation, "notes": [],
        })
    );
}

#[test]
fn values_keep_every_digit_and_nothing_that_cannot_be_seen() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    for (sql, expected) in [
        (
            "SELECT now(), DATE '2026-11-21', INTERVAL 3 days",
            json!(["2026-11-21T12:00:00", "2026-11-21", "3 days"]),
        ),
        (
            "SELECT 9007199254740992, 9007199254740993, 2::HUGEINT ** 100",
            json!([9_007_199_254_740_992_u64, "9007199254740993", 1.2676506002282294e30]),
        ),
        (
            "SELECT 170141183460469231731687303715884105727::HUGEINT",
            json!(["170141183460469231731687303715884105727"]),
        ),
        (
            "SELECT 12.50, 12345678901234567.89, 0.1::DOUBLE, 'nan'::DOUBLE",
            json!([12.5, "12345678901234567.89", 0.1, "NaN"]),
        ),
        (
            "SELECT {'a': [1, NULL], 'b': 'x'}, MAP {'k': 2}, true, NULL",
            json!([{"a": [1, null], "b": "x"}, {"k": 2}, true, null]),
        ),
        ("SELECT '{\"a\": [1, 99999999999999999999]}'::JSON", json!([{"a": [1, "99999999999999999999"]}])),
        (
            "SELECT 'a' || chr(8238) || 'b' || chr(8203) || chr(27) || '[31m' || chr(10) || 'c'",
            json!(["ab[31m\nc"]),
        ),
        (
            "SELECT ('[' || repeat('[', 90) || repeat(']', 90) || ']')::JSON",
            json!([format!("{}{}", "[".repeat(91), "]".repeat(91))]),
        ),
        (
            "SELECT '\\x00\\xFF'::BLOB, uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            json!(["\\x00\\xFF", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
        ),
    ] {
        assert_eq!(rows(&workers, sql), json!([expected]).to_string(), "{sql}");
    }
}

#[test]
fn what_is_missing_is_told_with_how_to_get_it() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    let all = |sql: &str, limit| answer(&workers, &limited(sql, limit)).unwrap();

    let few = all("FROM range(500)", 10);
    assert_eq!((few.row_count, few.truncated_by), (10, Some(TruncatedBy::Rows)));
    assert!(few.notes[0].starts_with("There are more than these 10 rows: aggregate"), "{:?}", few.notes);
    assert_eq!(ask(&workers, "FROM range(500)", 10).unwrap().row_count, 200);
    let exactly = all("FROM range(10)", 10);
    assert_eq!((exactly.row_count, exactly.is_truncated, exactly.notes.len()), (10, false, 0));

    let long = all("SELECT repeat('x', 300) AS x FROM range(900)", 1_000);
    assert!(long.row_count > 50 && long.row_count < 200, "{}", long.row_count);
    assert_eq!(long.truncated_by, Some(TruncatedBy::Chars));
    assert!(serde_json::to_string(&long).unwrap().chars().count() <= 36_000);

    let bytes = all("SELECT repeat('日', 2000) AS x FROM range(1000)", 1_000);
    assert_eq!(bytes.truncated_by, Some(TruncatedBy::Chars));

    let cell = all("SELECT repeat('x', 50000000) AS x, [repeat('y', 9000)] AS y", 1);
    assert_eq!(cell.rows[0][0].as_str().unwrap().chars().count(), 2_001);
    assert!(cell.rows[0][1].as_str().unwrap().starts_with("[\"yyy"));
    assert!(cell.notes[0].starts_with("Values of more than 2000 characters end in …"), "{:?}", cell.notes);

    let wide = all("FROM conversations", 1_000);
    assert!(wide.row_count > 0 && wide.columns.len() > 100);
    assert!(serde_json::to_string(&wide).unwrap().chars().count() <= 36_000);
}

#[test]
fn errors_name_what_was_meant_and_where() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    for (sql, expected) in [
        (
            "SELECT * FROM conversation",
            vec!["there is no view 'conversation'", "did you mean conversations?"],
        ),
        ("SELECT stat FROM conversations", vec!["\"stat\" not found", "line 1:", "did you mean"]),
        ("SELEC 1", vec!["syntax error", "line 1: SELEC 1"]),
        ("DROP VIEW conversations", vec!["DROP VIEW may not run", "describe_data"]),
        ("FROM read_csv('x.csv')", vec!["read_csv() may not be called", "describe_data"]),
        ("FROM 'x.parquet'", vec!["may not be read", "describe_data"]),
        ("SELECT 'x'::INT", vec!["Could not convert string 'x'"]),
        ("", vec!["there is no SQL to run"]),
        ("FROM search('x')", vec!["search"]),
    ] {
        let error = ask(&workers, sql, 10).unwrap_err();
        assert!(expected.iter().all(|part| error.contains(part)), "{sql}\n{error}");
        assert!(!error.contains("unsafe") && !error.contains("--"), "{sql}\n{error}");
    }
    let wrong =
        ask(&workers, "SELECT ('x' || chr(8238) || chr(27) || repeat('y', 9000))::INT", 10).unwrap_err();
    assert!(wrong.contains("'xyyy") && wrong.chars().count() < 2_100, "{wrong}");
    let long = format!("SELECT 1 -- {}", "x".repeat(100_000));
    assert!(ask(&workers, &long, 10).unwrap_err().starts_with("the SQL has 100012 bytes; at most 100000"));
    assert!(
        answer(&workers, &limited("SELECT 1", 0)).unwrap_err().starts_with("limit is 0; it can be 1 to 1000")
    );
    assert!(
        ask(&workers, "SELECT 1", 61).unwrap_err().starts_with("timeout_seconds is 61; it can be 1 to 60")
    );
}

#[test]
fn search_is_asked_of_the_parent() {
    let lake = LittleLake::with_threads();
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let find = move |words: &str| {
        count.fetch_add(1, Ordering::Relaxed);
        match words {
            "hello" => Ok(vec![("100".to_owned(), 2.5_f32), ("101".to_owned(), 1.0), ("9".to_owned(), 0.5)]),
            "many" => Ok((0..200_000).map(|n| (n.to_string(), 1.0_f32)).collect()),
            words => Err(format!("{words} cannot be read")),
        }
    };
    let search = Some(Arc::new(Finds(find)) as _);
    let workers = SqlWorkers::new(WorkerOptions { search, ..options(&lake.layout()) });
    let sql = "SELECT c.conversation_id, s.score FROM search('hello') s JOIN conversations c USING (conversation_id) ORDER BY 2 DESC";
    assert_eq!(rows(&workers, sql), "[[\"100\",2.5],[\"101\",1.0]]");
    assert_eq!(rows(&workers, "SELECT count(*) FROM search('many')"), "[[200000]]");
    assert!(rows(&workers, "FROM search('\"')").contains("\" cannot be read"));
    let unions = vec!["SELECT count(*) AS n FROM search('hello')"; 20].join(" UNION ALL ");
    assert_eq!(rows(&workers, &format!("SELECT sum(n)::INT FROM ({unions})")), "[[60]]");
    assert!(asked.load(Ordering::Relaxed) >= 20);
}

#[test]
fn a_search_that_takes_long_ends_with_its_query() {
    let lake = LittleLake::with_threads();
    let find = |_: &str| {
        std::thread::sleep(Duration::from_secs(8));
        Ok(Vec::new())
    };
    let search = Some(Arc::new(Finds(find)) as _);
    let workers = SqlWorkers::new(WorkerOptions { search, ..options(&lake.layout()) });
    let start = Instant::now();
    assert!(ask(&workers, "FROM search('x')", 1).is_err());
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(rows(&workers, "SELECT 1"), "[[1]]");
}

#[test]
fn nothing_is_started_before_the_first_query_and_nothing_is_left_behind() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    assert!(workers.idle_ids().is_empty());
    let start = Instant::now();
    assert_eq!(rows(&workers, "SELECT 1"), "[[1]]");
    eprintln!("the first answer took {:?}", start.elapsed());
    let start = Instant::now();
    assert_eq!(rows(&workers, "SELECT count(*) FROM messages"), "[[90]]");
    eprintln!("the second took {:?}", start.elapsed());
    let ids = workers.idle_ids();
    assert_eq!(ids.len(), 1);
    drop(workers);
    assert!(!is_there(ids[0]));
}

#[test]
fn a_lake_that_is_not_there_yet_is_found_when_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let layout = fastintercom::lake::Layout::new(directory.path());
    let workers = SqlWorkers::new(options(&layout));
    assert!(ask(&workers, "SELECT 1", 5).unwrap_err().starts_with("there is no data in "));
    let writer =
        fastintercom::lake::Writer::open(Arc::new(fastintercom::lake::Disk::default()), layout, None);
    std::fs::create_dir_all(directory.path().join("state")).unwrap();
    writer.unwrap().create_tables(Partitioning::Month).unwrap();
    assert_eq!(rows(&workers, "SELECT count(*) FROM conversations"), "[[0]]");
}

#[test]
fn new_data_is_seen_at_once_also_of_a_lake_made_anew() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    let count = "SELECT count(*) FROM conversations";
    let before = ask(&workers, count, 10).unwrap();
    put(&lake.writer(), &[thread(9_000, in_month(4, 0), 2, "New")]);
    let after = ask(&workers, count, 10).unwrap();
    assert_eq!((before.rows[0][0].clone(), after.rows[0][0].clone()), (json!(30), json!(31)));
    assert!(after.generation > before.generation);
    // A worker cannot see directories that were made after it began.
    for name in ["lake", "state"] {
        let (there, away) = (lake.home().join(name), lake.home().join(format!("{name}.old")));
        std::fs::rename(&there, away).unwrap();
    }
    std::fs::create_dir_all(lake.layout().state_dir()).unwrap();
    let writer = lake.writer();
    writer.create_tables(Partitioning::Day).unwrap();
    put(&writer, &[thread(1, in_month(4, 0), 2, "Again")]);
    assert_eq!(rows(&workers, count), "[[1]]");
}

#[test]
fn many_files_do_not_need_many_open_ones() {
    let lake = LittleLake::empty(Partitioning::Day);
    put(&lake.writer(), &[thread(1, in_month(1, 0), 1, "Hi")]);
    let day = |n: i64| format!("day={}", in_month(1, n * 86_400).to_utc().format("%Y-%m-%d"));
    for table in ["conversations", "messages"] {
        let directory = lake.layout().lake_dir().join(table);
        for n in 1..300 {
            std::fs::create_dir(directory.join(day(n))).unwrap();
            let name = |n: i64| directory.join(day(n)).join("data.parquet");
            std::fs::copy(name(0), name(n)).unwrap();
        }
    }
    let workers = workers(&lake);
    let sql = "SELECT (SELECT count(*) FROM conversations), (SELECT count(DISTINCT day) FROM messages)";
    assert_eq!(rows(&workers, sql), "[[300,300]]");
    let sorted = "SELECT count(*) FROM (FROM messages ORDER BY body_text, message_id, day LIMIT 700)";
    assert_eq!(rows(&workers, sorted), "[[600]]");
}

#[test]
fn queries_at_the_same_time_share_the_workers() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    std::thread::scope(|scope| {
        for n in 0..12 {
            let workers = &workers;
            scope.spawn(move || {
                assert_eq!(rows(workers, &format!("SELECT {n} + count(*) FROM tags")), format!("[[{n}]]"));
            });
        }
    });
    assert!((1..=2).contains(&workers.idle_ids().len()), "{:?}", workers.idle_ids());
}

#[test]
fn who_does_not_want_the_answer_any_more_need_not_wait_for_it() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    assert_eq!(rows(&workers, "SELECT 1"), "[[1]]");
    for sql in [
        "SELECT count(*) FROM range(1000000000000::BIGINT)",
        "SELECT levenshtein(repeat('a',200000),repeat('b',200000))",
    ] {
        let cancel = Cancel::new();
        let querier = Querier { workers: &workers, cancel: cancel.clone(), most_chars: CHARS_FOR_MODELS };
        let params = QueryParams { sql: sql.to_owned(), ..QueryParams::default() };
        let start = Instant::now();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(300));
                cancel.cancel();
            });
            assert_eq!(querier.answer(&params).unwrap_err().to_string(), "the query was stopped");
        });
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
        assert_eq!(rows(&workers, "SELECT 1"), "[[1]]");
    }
}

#[test]
fn callers_may_set_limits_of_their_own() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    let limits = Limits { max_rows: 5_000, max_bytes: 10_000, max_cell_chars: 10, ..Limits::default() };
    let answer =
        workers.query("SELECT range, repeat('x', 20) FROM range(9000)", &limits, &Cancel::new()).unwrap();
    assert_eq!(answer.cut, Some(fastintercom::engine::Cut::Bytes));
    assert!(answer.rows.len() > 100 && answer.rows.len() < 1_000, "{}", answer.rows.len());
    assert_eq!(answer.rows[7], vec![json!(7), json!("xxxxxxxxxx…")]);
}

#[test]
fn rows_that_were_given_are_not_given_again() {
    let lake = LittleLake::with_threads();
    let workers = workers(&lake);
    assert_eq!(rows(&workers, "SELECT count(*) FROM messages"), "[[90]]");
    let months = files_below(&lake.layout().lake_dir().join("messages"));
    std::fs::write(months.last().unwrap(), "no Parquet").unwrap();
    let sql = "SELECT range AS n FROM range(3000000) UNION ALL SELECT position FROM messages";
    let limits = Limits { max_rows: u64::MAX, ..Limits::default() };
    let mut given = Vec::new();
    let end = workers.stream(sql, &limits, &Cancel::new(), RowFormat::Csv, &mut |piece| {
        given.extend(piece);
        Ok(())
    });
    assert!(end.is_err(), "{end:?}");
    let text = String::from_utf8(given).unwrap();
    assert_eq!(text.lines().filter(|line| *line == "n").count(), 1, "it began, and broke off");
}
