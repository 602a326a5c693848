//! Exports opened elsewhere: Python's duckdb, pyarrow and polars read them, with the meaning of each column.
//!
//! Needs a Python with these packages, named by `FI_TEST_PYTHON` (CI makes one); without it the test says that it is
//! skipped.

use std::process::Command;

use fastintercom::engine::VIEWS;
use fastintercom::export::{ExportLayout, ExportParams};
use fastintercom::lake::Partitioning;
use serde_json::{Value, json};

use crate::support::company::company;
use crate::support::exported::{everything, export};
use crate::support::tree::in_tree;

#[test]
fn duckdb_pyarrow_and_polars_read_every_table_of_an_export_with_descriptions() {
    let Some(python) = std::env::var_os("FI_TEST_PYTHON") else {
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: FI_TEST_PYTHON names no Python with duckdb, pyarrow and polars");
        }
        return;
    };
    let (lake, engine) = company();
    for layout in [ExportLayout::Single, ExportLayout::Hive] {
        let path = lake.path().join(format!("{layout:?}"));
        let done = export(&engine, &ExportParams { layout, ..everything() }, &path);
        let script = in_tree("tests/interop/read_export.py");
        let output = Command::new(&python).arg(script).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(seen.as_object().unwrap().len(), VIEWS.len());
        for (view, entry) in VIEWS.iter().zip(&done.manifest.tables) {
            let table = &seen[view.name];
            let (rows, name) = (entry.rows, view.name);
            assert_eq!(table["rows"], json!({"duckdb": rows, "pyarrow": rows, "polars": rows}), "{name}");
            if rows > 0 {
                assert_eq!(
                    (&table["codec"], &table["has_statistics"]),
                    (&json!("ZSTD"), &json!(true)),
                    "{name}"
                );
            }
            let columns = view.columns(Partitioning::Month).into_iter();
            let described: serde_json::Map<String, Value> = columns
                .filter(|column| layout == ExportLayout::Single || column.name != "month")
                .map(|column| (column.name, Value::from(column.description)))
                .collect();
            assert_eq!(table["descriptions"], Value::Object(described), "{name}");
        }
    }
}
