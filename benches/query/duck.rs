//! The same SQL in DuckDB alone: over the files of the lake, and over native tables made of them.

use std::path::Path;

use arrow::array::RecordBatch;
use duckdb::Connection;
use fastintercom::engine::{VIEWS, last_sync_at};

/// The views over the files of a lake, with the settings that matter for speed.
pub(crate) fn on_files(home: &Path) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("SET parquet_metadata_cache = true").unwrap();
    tell_last_sync(&connection, &format!("read_parquet('{}/lake/sync_runs/data.parquet')", home.display()));
    for view in VIEWS {
        let sql = format!("CREATE VIEW {} AS {}", view.name, over(home, &view.over_files()));
        connection.execute_batch(&sql).unwrap();
    }
    connection
}

/// Tables of a database file, kept beside the lake, and the marts as views on them.
pub(crate) fn on_tables(home: &Path) -> Connection {
    let path = home.join("native.duckdb");
    if !path.exists() {
        let unfinished = home.join("native.unfinished");
        let _ = std::fs::remove_file(&unfinished);
        let connection = Connection::open(&unfinished).unwrap();
        for view in VIEWS.iter().filter(|view| view.table().is_some()) {
            if view.name == "conversation_metrics" {
                tell_last_sync(&connection, "sync_runs");
            }
            let sql = format!("CREATE TABLE {} AS {}", view.name, over(home, &view.over_files()));
            connection.execute_batch(&sql).unwrap();
        }
        connection.close().unwrap();
        std::fs::rename(&unfinished, &path).unwrap();
    }
    let connection = Connection::open(&path).unwrap();
    tell_last_sync(&connection, "sync_runs");
    // Tables are kept; marts are those of today.
    for view in VIEWS.iter().filter(|view| view.table().is_none()) {
        connection.execute_batch(&format!("CREATE OR REPLACE VIEW {} AS {}", view.name, view.sql)).unwrap();
    }
    connection
}

/// `fi` tells DuckDB what `last_sync_at()` is before it asks: so it is a constant here.
fn tell_last_sync(connection: &Connection, sync_runs: &str) {
    let query = last_sync_at().replace("sync_runs", sync_runs).replace("last_sync_at()", "computed()");
    let constant = "SET VARIABLE last_sync_at = computed();
        CREATE OR REPLACE MACRO last_sync_at() AS getvariable('last_sync_at');";
    connection.execute_batch(&format!("{query}{constant}")).unwrap();
}

fn over(home: &Path, sql: &str) -> String {
    sql.replace("read_parquet('lake/", &format!("read_parquet('{}/lake/", home.display()))
}

/// All rows of an answer.
pub(crate) fn ask(connection: &Connection, sql: &str) -> Vec<RecordBatch> {
    connection.prepare(sql).unwrap().query_arrow([]).unwrap().collect()
}
