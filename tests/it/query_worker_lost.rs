//! Queries that want too much: each ends within two seconds of its time, whatever it takes, and the next is answered.
//!
//! `FI_WORKER_ATTACKS=all cargo test --release --test it query_worker_lost` runs the whole list, which takes minutes;
//! otherwise those run that nothing but the end of their process stops, and one of each other kind.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fastintercom::worker::{SqlWorkers, WorkerOptions};

use crate::support::arena::{ask, is_there, options, private_dir, rows};
use crate::support::little_lake::LittleLake;

/// Seconds a query of an attack may take.
const SECONDS: u64 = 1;
/// Until when it must have ended, on a machine that does something else as well.
const BOUND: Duration = Duration::from_secs(SECONDS + 2 + 4);

/// Resource attacks (reliability notes, appendix B), those first that no setting stops.
fn attacks() -> Vec<(&'static str, String)> {
    let repeated =
        |start: &str, piece: &str, times: usize, end: &str| format!("{start}{}{end}", piece.repeat(times));
    let chain = |n: usize, how: &str| {
        let body = |i: usize| {
            format!("t{i} AS NOT MATERIALIZED (SELECT * FROM t{0} {how} SELECT * FROM t{0})", i - 1)
        };
        let steps: Vec<String> = (1..=n).map(body).collect();
        format!(
            "WITH t0 AS NOT MATERIALIZED (SELECT * FROM range(1)),{} SELECT count(*) FROM t{n}",
            steps.join(",")
        )
    };
    let lambdas = |n: usize| {
        let open: String = (0..n).map(|i| format!("list_transform(range(9), lambda x{i}: ")).collect();
        format!("SELECT {open}1{}", ")".repeat(n))
    };
    let linear: Vec<String> = (1..900).map(|i| format!("t{i} AS (SELECT * FROM t{})", i - 1)).collect();
    vec![
        ("lpad", "SELECT length(lpad('x',2000000000,'y'))".into()),
        ("repeat_2e9", "SELECT length(repeat('x',2000000000))".into()),
        ("levenshtein_big", "SELECT levenshtein(repeat('a',200000),repeat('b',200000))".into()),
        ("regexp_extract_all", "SELECT len(regexp_extract_all(repeat('a',50000000),'a'))".into()),
        ("json_contains_deep", "SELECT json_contains(repeat('[',5000000)||repeat(']',5000000), '1')".into()),
        ("variant_deep", "SELECT length((repeat('[',500000)||repeat(']',500000))::JSON::VARIANT::VARCHAR)".into()),
        ("exp_cte_20", chain(20, "UNION ALL")),
        ("lambdas_20", lambdas(20)),
        ("list_distinct", "SELECT len(list_distinct(range(50000000)))".into()),
        ("timebucket", "SELECT len(generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 second))".into()),
        ("deep_union_all", repeated("SELECT 1", " UNION ALL SELECT 1", 4_900, "")),
        ("range_1e12", "SELECT count(*) FROM range(1000000000000::BIGINT)".into()),
        ("list_agg", "SELECT len(list(i)) FROM range(1000000000) t(i)".into()),
        ("sleep", "SELECT sleep_ms(100000) FROM range(10)".into()),
        ("result_huge_vals", "SELECT repeat('x',50000000) FROM range(20)".into()),
        ("sorted", "SELECT count(*) FROM (SELECT i, random() r FROM range(100000000) t(i) ORDER BY r)".into()),
        ("sum_range", "SELECT sum(hash(i)) FROM range(1000000000000::BIGINT) t(i)".into()),
        ("cross_join", "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range+b.range=7".into()),
        ("cross_join_views", "SELECT count(*) FROM messages a, messages b, messages c, messages d, messages e, messages f WHERE a.position+b.position+c.position+d.position+e.position+f.position=-1".into()),
        ("rec_cte_inf", "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM t) SELECT count(*) FROM t".into()),
        ("rec_cte_exp", "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM t, range(10)) SELECT count(*) FROM t".into()),
        ("rec_cte_str", "WITH RECURSIVE t(s) AS (SELECT 'xxxxxxxxxx' UNION ALL SELECT s||s FROM t) SELECT max(length(s)) FROM t".into()),
        ("repeat_4e9", "SELECT length(repeat('x',4000000000))".into()),
        ("repeat_rows", "SELECT sum(length(repeat('x',10000000+i::INT))) FROM range(100000) t(i)".into()),
        ("format_w", "SELECT length(format('{:>2000000000}','x'))".into()),
        ("printf_w", "SELECT length(printf('%2000000000d',1))".into()),
        ("list_range_1e9", "SELECT len(range(0,1000000000))".into()),
        ("list_resize", "SELECT len(list_resize([1],2000000000))".into()),
        ("string_agg", "SELECT length(string_agg(i::VARCHAR,',')) FROM range(1000000000) t(i)".into()),
        ("hist", "SELECT histogram(i) FROM range(1000000000) t(i)".into()),
        ("quantile", "SELECT quantile_cont(i,0.5) FROM range(10000000000) t(i)".into()),
        ("count_distinct", "SELECT count(DISTINCT i) FROM range(10000000000) t(i)".into()),
        ("group_by", "SELECT count(*) FROM (SELECT i,count(*) FROM range(10000000000) t(i) GROUP BY i)".into()),
        ("window", "SELECT max(s) FROM (SELECT sum(i) OVER (ORDER BY hash(i) ROWS BETWEEN 100000 PRECEDING AND CURRENT ROW) s FROM range(100000000) t(i))".into()),
        ("order_by", "SELECT * FROM range(1000000000) t(i) ORDER BY hash(i) OFFSET 999999999".into()),
        ("damerau_big", "SELECT damerau_levenshtein(repeat('a',30000),repeat('b',30000))".into()),
        ("damerau_huge", "SELECT damerau_levenshtein(repeat('a',200000),repeat('b',200000))".into()),
        ("jaro", "SELECT jaro_winkler_similarity(repeat('ab',500000),repeat('ba',500000))".into()),
        ("variant_20k", "SELECT length((repeat('[',20000)||repeat(']',20000))::JSON::VARIANT::VARCHAR)".into()),
        ("ctes_900", format!("WITH t0 AS (SELECT 1),{} SELECT * FROM t899", linear.join(","))),
        ("many_joins", format!("SELECT count(*) FROM {}", (0..60).map(|i| format!("conversations c{i}")).collect::<Vec<_>>().join(","))),
        ("in_list", format!("SELECT 1 WHERE 5 IN ({})", (0..16_000).map(|i| i.to_string()).collect::<Vec<_>>().join(","))),
        ("unnest_bomb", "SELECT count(*) FROM (SELECT unnest(range(1000000)) FROM range(1000000))".into()),
        ("md5_loop", "SELECT max(md5(repeat('x',100000000)||i::VARCHAR)) FROM range(100) t(i)".into()),
        ("generate_ts", "SELECT count(*) FROM generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 second)".into()),
        ("sample_reservoir", "SELECT count(*) FROM (SELECT * FROM range(10000000000) USING SAMPLE 1000000000 ROWS)".into()),
        ("exp_cte_14", chain(14, "UNION ALL")),
        ("exp_cte_joins", chain(12, "a CROSS JOIN").replace("CROSS JOIN SELECT * FROM", "CROSS JOIN")),
        ("cube12", "SELECT count(*) FROM messages GROUP BY CUBE(position+0,position+1,position+2,position+3,position+4,position+5,position+6,position+7,position+8,position+9,position+10,position+11)".into()),
        ("json_keys_deep", "SELECT count(*) FROM json_tree((repeat('[',100000)||repeat(']',100000)))".into()),
        ("json_extract_deep", "SELECT json_extract((repeat('[',100000)||repeat(']',100000)), '$..*')".into()),
        ("json_pretty_deep", "SELECT length(json_pretty((repeat('[',100000)||repeat(']',100000))))".into()),
        ("regexp_replace_grow", "SELECT length(regexp_replace(repeat('a',1000000),'a',repeat('b',1000),'g'))".into()),
        ("replace_grow", "SELECT length(replace(repeat('a',100000),'a',repeat('b',40000)))".into()),
        ("str_split", "SELECT len(string_split(repeat('a,',20000000),','))".into()),
        ("translate", "SELECT length(translate(repeat('a',100000000),'a','b'))".into()),
        ("array_product", "SELECT list_product(range(1,10000000))".into()),
        ("list_sort", "SELECT len(list_sort(range(20000000,0,-1)))".into()),
        ("list_cross", "SELECT len(flatten(list_transform(range(5000), lambda x: range(5000))))".into()),
        ("lambda_nested", "SELECT list_sum(list_transform(range(20000), lambda x: list_sum(list_transform(range(20000), lambda y: x + y))))".into()),
        ("lambdas_60", lambdas(60)),
        ("list_zip", "SELECT len(list_zip(range(30000000),range(30000000)))".into()),
        ("gen_subscripts", "SELECT count(*) FROM (SELECT generate_subscripts(range(50000000),1))".into()),
        ("strftime_long", "SELECT length(strftime(DATE '2020-01-01', repeat('%Y',10000000)))".into()),
        ("decode_blob", "SELECT octet_length(from_base64(repeat('AAAA',100000000)))".into()),
        ("edit_rows", "SELECT max(levenshtein(a.body_text||repeat('x',500),b.body_text||repeat('y',500))) FROM messages a, messages b, messages c".into()),
        ("deep_not", repeated("SELECT ", "NOT ", 20_000, "true")),
        ("wide_structs", format!("WITH t0 AS (SELECT 1 AS a){} SELECT * FROM t16", (1..=16).map(|i| format!(",t{i} AS (SELECT {{'l': a, 'r': a}} AS a FROM t{})", i - 1)).collect::<String>())),
        ("many_columns", format!("WITH t0 AS (SELECT 1 AS a){} SELECT * FROM t17", (1..=17).map(|i| format!(",t{i} AS (SELECT x.*, y.* FROM t{0} x, t{0} y)", i - 1)).collect::<String>())),
    ]
}

/// Those that run when not all are asked for: three that nothing but the end of the process stops, two that crash it,
/// and one each of those that time, memory and the gate end.
const SHORT: &[&str] = &[
    "levenshtein_big",
    "json_contains_deep",
    "exp_cte_20",
    "variant_deep",
    "list_distinct",
    "range_1e12",
    "list_agg",
    "sleep",
];

#[test]
fn whatever_a_query_takes_it_ends_and_the_next_is_answered() {
    let lake = LittleLake::with_threads();
    let is_whole = std::env::var("FI_WORKER_ATTACKS").is_ok_and(|value| value == "all");
    let chosen: Vec<_> = attacks().into_iter().filter(|(name, _)| is_whole || SHORT.contains(name)).collect();
    std::thread::scope(|scope| {
        for half in chosen.chunks(chosen.len().div_ceil(2)) {
            let layout = lake.layout();
            scope.spawn(move || {
                let workers = SqlWorkers::new(WorkerOptions { workers: 1, ..options(&layout) });
                half.iter().for_each(|(name, sql)| attack(&workers, name, sql));
            });
        }
    });
}

fn attack(workers: &SqlWorkers, name: &str, sql: &str) {
    assert_eq!(rows(workers, "SELECT 1"), "[[1]]");
    let id = workers.idle_ids();
    let start = Instant::now();
    let outcome = match ask(workers, sql, SECONDS) {
        Ok(answer) => format!("answered {} rows", answer.row_count),
        Err(error) => error.lines().next().unwrap_or_default().chars().take(80).collect(),
    };
    let took = start.elapsed();
    let start = Instant::now();
    assert_eq!(rows(workers, "SELECT count(*) FROM conversations"), "[[30]]", "after {name}");
    let other = if workers.idle_ids() == id { "" } else { " (another worker)" };
    eprintln!("{name:20} {took:8.2?}, next {:8.2?}{other:17}  {outcome}", start.elapsed());
    assert!(took < BOUND, "{name} took {took:?}");
}

#[test]
fn a_crash_is_an_error_of_that_query_alone() {
    let lake = LittleLake::with_threads();
    let workers = SqlWorkers::new(options(&lake.layout()));
    let crash = "SELECT json_contains(repeat('[',5000000)||repeat(']',5000000), '1')";
    std::thread::scope(|scope| {
        let crashed = scope.spawn(|| ask(&workers, crash, 10).unwrap_err());
        for _ in 0..5 {
            assert_eq!(rows(&workers, "SELECT count(*) FROM messages"), "[[90]]");
        }
        let error = crashed.join().unwrap();
        assert!(error.starts_with("the query crashed the SQL worker; nothing else is affected"), "{error}");
        assert!(error.contains("\nhint: "), "{error}");
    });
}

#[test]
fn a_worker_that_dies_while_it_waits_is_replaced_unseen() {
    let lake = LittleLake::with_threads();
    let workers = SqlWorkers::new(options(&lake.layout()));
    assert_eq!(rows(&workers, "SELECT 1"), "[[1]]");
    let id = workers.idle_ids()[0];
    assert!(Command::new("kill").args(["-9", &id.to_string()]).status().unwrap().success());
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(rows(&workers, "SELECT 2"), "[[2]]");
    assert_ne!(workers.idle_ids()[0], id);
    std::thread::sleep(Duration::from_millis(200));
    assert!(!is_there(id), "a zombie is left");
}

#[cfg(target_os = "linux")]
#[test]
fn killed_workers_leave_no_process_and_no_directory() {
    let lake = LittleLake::with_threads();
    let workers = SqlWorkers::new(WorkerOptions { workers: 1, ..options(&lake.layout()) });
    assert_eq!(rows(&workers, "SELECT 1"), "[[1]]");
    let id = workers.idle_ids()[0];
    let directory = private_dir(id);
    assert!(directory.is_dir());
    let error = ask(&workers, "SELECT levenshtein(repeat('a',200000),repeat('b',200000))", 1).unwrap_err();
    assert!(
        error.starts_with("the query was stopped after 1 seconds\nhint: narrow it by created_at"),
        "{error}"
    );
    assert_eq!(rows(&workers, "SELECT 1"), "[[1]]");
    for _ in 0..100 {
        if !is_there(id) && !directory.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!is_there(id) && !directory.exists());
    let last = private_dir(workers.idle_ids()[0]);
    drop(workers);
    assert!(!last.exists());
}

/// What the kernel says of a worker: limits, environment, open files.
#[cfg(target_os = "linux")]
#[test]
fn a_worker_has_next_to_nothing() {
    let lake = LittleLake::with_threads();
    // An engine in this process has files open that a child must not get.
    let engine = lake.engine();
    engine.query("FROM conversations", &fastintercom::engine::QueryOptions::default()).unwrap();
    let workers = SqlWorkers::new(options(&lake.layout()));
    assert_eq!(rows(&workers, "SELECT count(*) FROM messages"), "[[90]]");
    let id = workers.idle_ids()[0];
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{id}/{name}")).unwrap();
    assert_eq!(read("environ"), "MALLOC_CONF=retain:false\0");
    let limits = read("limits");
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(limit("Max address space"), "4294967296");
    assert_eq!(limit("Max core file size"), "0");
    assert_eq!(limit("Max file size"), "536870912");
    assert_eq!(limit("Max open files"), "256");
    assert_eq!(limit("Max stack size"), "67108864");
    assert!(read("status").contains("NoNewPrivs:\t1\n"));
    for entry in std::fs::read_dir(format!("/proc/{id}/fd")).unwrap() {
        let target = std::fs::read_link(entry.unwrap().path()).unwrap_or_default();
        let target = target.to_string_lossy().into_owned();
        let is_known = target.starts_with("pipe:") || target == "/dev/null" || target.contains("/home/lake/");
        assert!(is_known, "{target}");
    }
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(private_dir(id).metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

/// A worker whose parent is gone ends, also in the middle of a query.
#[test]
fn a_worker_ends_with_its_parent() {
    let lake = LittleLake::with_threads();
    let spill = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fi"))
        .arg("__worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut say = |text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        input.write_all(&[&length, text.as_bytes()].concat()).unwrap();
    };
    say(&serde_json::json!({"Start": {
        "home": lake.home(), "private_dir": spill.path(), "memory_bytes": 256 << 20, "threads": 1,
        "longest": {"secs": 60, "nanos": 0}, "has_search": false, "is_confined": true,
        "layers": {"gate": true, "wrapper": true, "settings": true},
    }})
    .to_string());
    say(&serde_json::json!({"Query": {
        "id": 7, "sql": "SELECT levenshtein(repeat('a',200000),repeat('b',200000))", "now": "2026-11-21T12:00:00Z",
        "limits": {"timeout": {"secs": 60, "nanos": 0}, "max_rows": 1, "max_bytes": 100, "max_cell_chars": 10},
        "form": "Answer",
    }}).to_string());
    std::thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none(), "it ended too soon");
    let start = Instant::now();
    drop(input);
    child.wait().unwrap();
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_is_no_message_ends_a_worker_and_nothing_else() {
    for input in [&b""[..], b"hello, who is there?", b"\xff\xff\xff\xff{}", b"\x04\0\0\0null"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fi"))
            .arg("__worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It may have ended before all is written.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success() && output.stdout.is_empty());
    }
}
