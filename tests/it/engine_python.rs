//! The lake opened elsewhere: Python's duckdb, pyarrow and polars read it by its globs, with the documented types, also
//! while it is written.
//!
//! Needs a Python with these packages, named by `FI_TEST_PYTHON` (CI makes one); without it the tests say that they
//! are skipped.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::little_lake::{LittleLake, ask, overwrite, put};
use crate::support::rows::{in_month, synced_at, thread};
use crate::support::tree::in_tree;
use fastintercom::engine::{VIEWS, catalog_sql};
use fastintercom::lake::{DataFile, Partitioning};
use fastintercom::model::{Column, Kind, Row, TABLES, Tag};
use serde_json::{Value, json};

fn python(arguments: &[&str]) -> Option<Child> {
    let Some(python) = std::env::var_os("FI_TEST_PYTHON") else {
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: FI_TEST_PYTHON names no Python with duckdb, pyarrow and polars");
        }
        return None;
    };
    let script = in_tree("tests/interop/read_lake.py");
    let mut command = Command::new(python);
    command.arg(script).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command.spawn().expect("FI_TEST_PYTHON runs"))
}

fn finish(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn documented(columns: &[Column]) -> Value {
    columns
        .iter()
        .map(|column| (column.name.to_owned(), kind(column.kind)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Json => json!("text"),
        Kind::Integer => json!("integer"),
        Kind::Float => json!("float"),
        Kind::Boolean => json!("boolean"),
        Kind::Timestamp => json!("timestamp"),
        Kind::TextList => json!(["text"]),
        Kind::StructList(fields) => json!([documented(fields)]),
    }
}

#[test]
fn every_view_of_the_catalog_answers_in_pythons_duckdb_as_it_does_here() {
    let lake = LittleLake::with_threads();
    std::fs::write(
        lake.layout().lake_dir().join("catalog.sql"),
        catalog_sql(&lake.layout(), Partitioning::Month),
    )
    .unwrap();
    let Some(child) = python(&["views", lake.layout().lake_dir().to_str().unwrap()]) else { return };
    let engine = lake.engine();
    let mut names: Vec<&str> = VIEWS.iter().map(|view| view.name).collect();
    names.sort_unstable();
    let here = names.iter().map(|name| {
        format!("{name},{}\n", ask(&engine, &format!("SELECT count(*), count(COLUMNS(*)) FROM {name}")))
    });
    assert_eq!(finish(child), here.collect::<String>());
}

#[test]
fn duckdb_pyarrow_and_polars_see_the_documented_types_and_the_same_rows() {
    for partitioning in [Partitioning::Month, Partitioning::Day] {
        let lake = LittleLake::empty(partitioning);
        let mut first = thread(1, in_month(1, 60), 3, "Grüße 日本語 👋");
        first.0.teammate_ids = vec!["7300101".to_owned(), "7300102".to_owned()];
        put(&lake.writer(), &[first]);
        put(&lake.writer(), &[thread(2, in_month(2, 0), 0, "second")]);
        let tag = Tag::parse(br#"{"type": "tag", "id": "7", "name": "vip"}"#, synced_at()).unwrap();
        overwrite(&lake, &DataFile::whole(Tag::TABLE), &[tag]);
        let directory = lake.layout().lake_dir();
        let Some(child) = python(&["look", directory.to_str().unwrap()]) else { return };
        let seen: Value = serde_json::from_str(&finish(child)).unwrap();
        for table in TABLES {
            let readers = &seen["tables"][table.name];
            for reader in ["duckdb", "pyarrow", "polars"] {
                assert_eq!(
                    readers[reader]["types"],
                    documented(table.columns),
                    "{} with {reader}",
                    table.name
                );
                assert_eq!(
                    readers[reader]["rows"], readers["duckdb"]["rows"],
                    "{} with {reader}",
                    table.name
                );
            }
        }
        let conversations = seen["tables"]["conversations"]["duckdb"]["rows"].as_array().unwrap();
        assert_eq!(conversations.len(), 2);
        let one = conversations.iter().find(|row| row["conversation_id"] == "1").unwrap();
        assert_eq!(one["created_at"], "2026-01-01 00:01:00");
        assert_eq!(one["title"], "Grüße 日本語 👋");
        assert_eq!(one["teammate_ids"], json!(["7300101", "7300102"]));
        assert_eq!(seen["tables"]["messages"]["polars"]["rows"].as_array().unwrap().len(), 4 + 1);
        let expected = match partitioning {
            Partitioning::Month => json!({"duckdb": "VARCHAR", "polars": "String"}),
            Partitioning::Day => json!({"duckdb": "DATE", "polars": "Date"}),
        };
        assert_eq!(seen["partitions"], expected);
    }
}

#[test]
fn readers_in_other_processes_see_whole_rows_without_an_error_while_a_sync_commits_in_a_loop() {
    let lake = LittleLake::empty(Partitioning::Month);
    let writer = lake.writer();
    // Versions differ in the number, the text and the length of their messages, so that no two have a page alike.
    let put_version = |n: i64| {
        for month in [1, 2] {
            let rows = (0..10).map(|id| {
                let note = format!("v{n} {}", "x".repeat((n * 37 % 400) as usize));
                thread(month * 100 + id, in_month(month, id), 2 + n % 3, &note)
            });
            put(&writer, &rows.collect::<Vec<_>>());
        }
    };
    put_version(0);
    let stop = lake.path().join("stop");
    let directory = lake.layout().lake_dir();
    let Some(mut child) = python(&["watch", directory.to_str().unwrap(), stop.to_str().unwrap()]) else {
        return;
    };
    // On a busy machine reads take long: there are enough of them before the time counts.
    let enough = lake.path().join("stop.soon");
    let start = Instant::now();
    let (mut n, mut own_reads) = (1, 0);
    let mut own = query_with_fi(&lake);
    let is_enough = |n: i64, own_reads: u32| n >= 20 && own_reads >= 1 && enough.exists();
    while (start.elapsed() < watched() || !is_enough(n, own_reads)) && child.try_wait().unwrap().is_none() {
        put_version(n);
        n += 1;
        if own.try_wait().unwrap().is_some() {
            check_answer(std::mem::replace(&mut own, query_with_fi(&lake)));
            own_reads += 1;
        }
    }
    check_answer(own);
    std::fs::write(&stop, "").unwrap();
    let reads: u64 = finish(child).trim().parse().unwrap();
    assert!(reads >= 3, "{reads} reads during {n} versions");
    #[expect(clippy::print_stderr, reason = "the long form tells what it did")]
    {
        eprintln!(
            "{reads} reads elsewhere and {own_reads} with fi, all right, during {n} versions of two files"
        );
    }
}

/// For how long readers are watched: `FI_WATCH_SECONDS=600` is the long form.
fn watched() -> Duration {
    let seconds = std::env::var("FI_WATCH_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(6))
}

/// `fi query`, in a process of its own, asked for every conversation and for threads of two versions.
fn query_with_fi(lake: &LittleLake) -> Child {
    let sql = "SELECT count(*) || ' ' || count(DISTINCT conversation_id) || ' ' || \
               (SELECT count(*) FROM (SELECT conversation_id FROM messages GROUP BY 1 \
               HAVING count(DISTINCT regexp_extract(body_text, 'v[0-9]+')) <> 1)) AS seen FROM conversations";
    let mut command = Command::new(env!("CARGO_BIN_EXE_fi"));
    command.env_clear().env("FASTINTERCOM_HOME", lake.home()).env("HOME", lake.path());
    command.args(["query", sql, "--format", "csv"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn check_answer(child: Child) {
    assert_eq!(finish(child), "seen\n20 20 0\n");
}
