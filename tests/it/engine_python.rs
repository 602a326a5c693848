//! The lake opened elsewhere: Python's duckdb, pyarrow and polars read it by its globs, with the documented types, also
//! while it is written.
//!
//! Needs a Python with these packages, named by `FI_TEST_PYTHON` (CI makes one); without it the tests say that they
//! are skipped.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::little_lake::{LittleLake, overwrite, put};
use crate::support::rows::{in_month, synced_at, thread};
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
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/read_lake.py");
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
fn readers_in_another_process_that_look_at_the_version_see_whole_rows_while_the_lake_is_written() {
    let lake = LittleLake::empty(Partitioning::Month);
    let writer = lake.writer();
    let version = |n: i64| -> Vec<_> {
        (1..=20).map(|id| thread(id, in_month(1 + id % 2, id), 2 + n % 3, &format!("v{n}"))).collect()
    };
    let put_version = |n: i64| {
        let (odd, even): (Vec<_>, Vec<_>) =
            version(n).into_iter().partition(|(row, _)| row.created_at >= in_month(2, 0));
        put(&writer, &odd);
        put(&writer, &even);
    };
    put_version(0);
    let stop = lake.path().join("stop");
    let directory = lake.layout().lake_dir();
    let Some(mut child) = python(&["watch", directory.to_str().unwrap(), stop.to_str().unwrap()]) else {
        return;
    };
    let start = Instant::now();
    let mut n = 1;
    while start.elapsed() < Duration::from_secs(8) && child.try_wait().unwrap().is_none() {
        put_version(n);
        n += 1;
        // A sync commits in batches, with time in between.
        std::thread::sleep(Duration::from_millis(150));
    }
    std::fs::write(&stop, "").unwrap();
    let reads: Value = serde_json::from_str(&finish(child)).unwrap();
    assert!(reads["right"].as_u64().unwrap() >= 3 && n >= 5, "{reads} during {n} versions");
}
