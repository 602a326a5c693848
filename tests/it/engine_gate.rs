//! SQL from outside reads the views and nothing else; whatever it tries, no file but the lake's is read, nothing is
//! written, and no other query is affected.

use std::path::{Path, PathBuf};

use crate::support::little_lake::{LittleLake, ask, complaint};
use fastintercom::engine::{Access, Error, QueryOptions};

/// Attacks that are refused before anything runs: those of the experiments, and more. `{dir}` stands for a directory with
/// a lake, a secret and room to write; nothing may change in it.
const REFUSED: &str = include_str!("../data/attacks.sql");

/// Queries that must go on working.
const ALLOWED: &[&str] = &[
    "SELECT month, count(*) FROM conversations GROUP BY 1 ORDER BY 1",
    "FROM conversations LIMIT 1",
    "FROM main.conversations SELECT count(*)",
    "SELECT count(*) FROM memory.main.Conversations AS c",
    "VALUES (1), (2)",
    "TABLE tags",
    "SELECT 1;",
    "/* a */ SELECT 1 -- b",
    "WITH conversations AS (SELECT * FROM conversations WHERE state = 'open') SELECT count(*) FROM conversations",
    "WITH a AS (SELECT 1 AS x), b AS MATERIALIZED (SELECT x + 1 AS y FROM a) SELECT * FROM a, b",
    "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < 5) SELECT sum(i) FROM t",
    "WITH A AS (SELECT 1) SELECT (SELECT count(*) FROM a)",
    "SELECT * FROM (WITH a AS (SELECT 1) FROM a) UNION ALL SELECT 2 ORDER BY 1 LIMIT 50%",
    "SELECT state, count(*) FILTER (is_open), rank() OVER (ORDER BY count(*)) FROM conversations GROUP BY state",
    "SELECT c.title, m.body_text FROM conversations c JOIN messages m USING (conversation_id) ORDER BY m.position",
    "SELECT t.tag_id FROM conversations, unnest(tags) AS u(t)",
    "SELECT unnest(tags).name FROM conversations",
    "SELECT * FROM conversations ASOF JOIN messages USING (conversation_id, created_at)",
    "SELECT list_transform([1, 2], lambda x: x + 1), [x * 2 for x in [1, 2] if x > 1]",
    "SELECT CASE WHEN 1 = 1 THEN DATE '2026-01-01' END, INTERVAL 3 days, {'a': 1}.a, MAP {'k': [1]}['k'] ORDER BY #1",
    "SELECT * EXCLUDE (extra) REPLACE (upper(state) AS state) FROM conversations",
    "SELECT COLUMNS('stat_.*_seconds') FROM conversations",
    "SELECT * FROM range(3), generate_series(1, 2), json_each('[1,2]')",
    "SELECT custom_attributes->>'$.plan', json_extract_string(extra, '$.a') FROM conversations",
    "SELECT state, quantile_cont(stat_handling_time_seconds, 0.5) FROM conversations GROUP BY CUBE (state)",
    "SELECT DISTINCT ON (state) state, title FROM conversations QUALIFY row_number() OVER () < 5",
    "PIVOT conversations ON state IN ('open', 'closed') USING count(*) GROUP BY month",
    "UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b INTO NAME n VALUE v",
    "SELECT count(*) FROM messages TABLESAMPLE 10%",
    "SELECT 'a; DROP VIEW conversations' AS text, $$read_text('/etc/passwd')$$ AS other",
    "DESCRIBE conversations",
    "DESCRIBE SELECT state, count(*) FROM conversations GROUP BY 1",
    "SHOW TABLES",
    "SHOW conversations",
    "SUMMARIZE tags",
    "SELECT column_name FROM (DESCRIBE conversations)",
    "EXPLAIN SELECT * FROM conversations",
    "explain /* why */ from conversations;",
];

fn attacks() -> impl Iterator<Item = &'static str> {
    REFUSED.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("---"))
}

/// Every file below a directory with its content.
fn content_of(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path)
            } else {
                files.push((path.clone(), std::fs::read(path).unwrap()))
            }
        }
    }
    files.sort();
    files
}

#[test]
fn attacks_are_refused_and_change_nothing() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    std::fs::create_dir(lake.path().join("secret")).unwrap();
    std::fs::write(lake.path().join("secret/token.txt"), "canary").unwrap();
    let base = lake.path().to_string_lossy().into_owned();
    let before = content_of(lake.path());
    let mut passed = Vec::new();
    for attack in attacks() {
        let sql = attack.replace("{dir}", &base);
        match engine.query(&sql, &QueryOptions::default()) {
            Err(Error::Refused(_)) => {}
            // Not even SQL.
            Err(Error::Sql(error)) if error.kind == fastintercom::engine::SqlErrorKind::Syntax => {}
            Err(error) => passed.push(format!("{attack}\n    {}", complaint(&error))),
            Ok(table) => passed.push(format!("{attack}\n    gave {} rows", table.summary.rows)),
        }
    }
    assert!(passed.is_empty(), "{} attacks got past the gate:\n{}", passed.len(), passed.join("\n"));
    assert!(before == content_of(lake.path()), "an attack changed a file");
    assert_eq!(ask(&engine, "SELECT count(*) FROM conversations"), "30");
}

/// The gate is not the only lock: with it out of the way DuckDB itself still reads and writes nothing outside.
#[test]
fn files_outside_the_lake_stay_closed_without_the_gate() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let secret = lake.path().join("token.txt");
    std::fs::write(&secret, "canary").unwrap();
    // What the gate allows can name no file; a cast, a comment and a constant are as near as it gets.
    for sql in [
        format!("SELECT '{}'::VARCHAR", secret.display()),
        format!("SELECT parse_path('{}')", secret.display()),
    ] {
        assert!(!ask(&engine, &sql).contains("canary"));
    }
}

#[test]
fn ordinary_queries_pass() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    for sql in ALLOWED {
        if let Err(error) = engine.query(sql, &QueryOptions::default()) {
            panic!("{sql}\n{}", complaint(&error));
        }
    }
}

#[test]
fn deep_and_long_sql_is_refused_without_harm() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let deep = |n: usize| format!("SELECT {}1{}", "(".repeat(n), ")".repeat(n));
    let sums = |n: usize| format!("SELECT {}", vec!["1"; n].join(" + "));
    let selects = |n: usize| format!("{}SELECT 1{}", "SELECT * FROM (".repeat(n), ")".repeat(n));
    let ctes = |n: usize| {
        let chain: Vec<String> = (1..n).map(|i| format!("t{i} AS (SELECT * FROM t{})", i - 1)).collect();
        format!("WITH t0 AS (SELECT 1), {} SELECT * FROM t{}", chain.join(", "), n - 1)
    };
    assert_eq!(ask(&engine, &sums(200)), "200");
    assert_eq!(ask(&engine, &deep(200)), "1");
    assert_eq!(ask(&engine, &ctes(50)), "1");
    for sql in [deep(5_000), sums(20_000), selects(3_000), deep(45_000)] {
        assert!(ask(&engine, &sql).starts_with("error: "), "{}", &sql[..60]);
    }
    // Either answer is right; what matters is that there is one.
    ask(&engine, &ctes(900));
    let long = format!("SELECT 1 -- {}", "x".repeat(100_000));
    assert_eq!(ask(&engine, &long), "error: the SQL has 100012 bytes; at most 100000 are allowed");
    assert_eq!(ask(&engine, "SELECT 1"), "1");
}

#[test]
fn refusals_say_what_why_and_what_to_do() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    for (sql, expected) in [
        (
            "",
            "there is no SQL to run\nhint: write a query, like: SELECT state, count(*) FROM conversations GROUP BY state",
        ),
        (
            " -- nothing",
            "there is no SQL to run\nhint: write a query, like: SELECT state, count(*) FROM conversations GROUP BY state",
        ),
        ("SELECT 1; SELECT 2", "only one statement at a time may run\nhint: send them one at a time"),
        (
            "DROP VIEW conversations",
            "DROP VIEW may not run: only queries may, which change nothing\nhint: `fi query --unsafe` runs any SQL with your own rights",
        ),
        (
            "SELECT *\nFROM conversation",
            "there is no view 'conversation'\nline 2: FROM conversation\n             ^^^^^^^^^^^^\nhint: did you mean conversations?",
        ),
        (
            "FROM 'a.parquet'",
            "the file 'a.parquet' may not be read\nline 1: FROM 'a.parquet'\n             ^^^^^^^^^^^\nhint: `fi query --unsafe` runs any SQL with your own rights",
        ),
        (
            "FROM read_csv('x.csv')",
            "the table function read_csv() may not be called\nline 1: FROM read_csv('x.csv')\n             ^^^^^^^^^^^^^^^^^\nhint: `fi query --unsafe` runs any SQL with your own rights",
        ),
        (
            "WITH t AS (COPY (SELECT 1) TO 'x') FROM t",
            "COPY inside WITH may not run: only queries may\nhint: `fi query --unsafe` runs any SQL with your own rights",
        ),
        (
            "EXPLAIN ANALYZE SELECT 1",
            "EXPLAIN takes no options here, and ANALYZE would run the query\nhint: write EXPLAIN SELECT …",
        ),
        (
            "PIVOT conversations ON state USING count(*)",
            "PIVOT needs its values listed\nhint: list the values, like: PIVOT conversations ON state IN ('open', 'closed') USING count(*)",
        ),
        (
            "SELECT * FROM conversations WHERE state = $1",
            "the query has a parameter (? or $1), and no value for it\nline 1: SELECT * FROM conversations WHERE state = $1\n                                                  ^^",
        ),
        (
            "SELECT getvariable('x')",
            "the function getvariable() may not be called\nline 1: SELECT getvariable('x')\n               ^^^^^^^^^^^^^^^^\nhint: `fi query --unsafe` runs any SQL with your own rights",
        ),
        (
            "SELECT * FROM information_schema.tables",
            "'information_schema.tables' is outside the views\nline 1: SELECT * FROM information_schema.tables\n                      ^^^^^^^^^^^^^^^^^^^^^^^^^\nhint: SHOW TABLES lists the views, DESCRIBE conversations one's columns",
        ),
    ] {
        assert_eq!(ask(&engine, sql), format!("error: {expected}"), "{sql}");
    }
}

#[test]
fn unsafe_is_plain_duckdb_with_the_views_in_it() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine_with(Access::Everything);
    let file = lake.path().join("out.csv");
    let copy = format!("COPY (SELECT count(*) AS n FROM conversations) TO '{}' (HEADER)", file.display());
    ask(&engine, &copy);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "n\n30\n");
    assert_eq!(ask(&engine, "CREATE TABLE t AS SELECT 42 AS x; SELECT * FROM t"), "42");
    assert_eq!(ask(&engine, "SELECT * FROM t"), "42");
    assert_eq!(ask(&engine, &format!("FROM read_csv('{}')", file.display())), "30");
    assert!(ask(&engine, "-- nothing").starts_with("error: "));
    assert_eq!(
        ask(&engine, "SELECT comment FROM duckdb_views() WHERE view_name = 'tags'"),
        "One row per tag."
    );
}
