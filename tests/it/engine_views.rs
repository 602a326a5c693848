//! The views: one per table, with the documented columns and types, over every lake wherever it lies.

use std::collections::BTreeSet;

use crate::support::little_lake::{LittleLake, ask, put};
use crate::support::rows::{in_month, thread};
use crate::support::tree::in_tree;
use fastintercom::engine::{
    Access, Engine, EngineOptions, Error, Now, QueryOptions, VIEWS, catalog_sql, view,
};
use fastintercom::lake::{Layout, Partitioning};
use fastintercom::model::{Class, Column, Kind, TABLES};

const BOTH: [Partitioning; 2] = [Partitioning::Month, Partitioning::Day];

#[test]
fn every_file_is_a_view_and_every_table_has_one() {
    let of = |directory| {
        let entries = std::fs::read_dir(in_tree(directory)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap())
    };
    let files: BTreeSet<String> = of("views/base").chain(of("views/marts")).collect();
    let views: BTreeSet<String> = VIEWS.iter().map(|view| format!("{}.sql", view.name)).collect();
    assert_eq!(files, views);
    for table in TABLES {
        let view = view(table.name).unwrap_or_else(|| panic!("{} has no view", table.name));
        assert_eq!(view.grain(), table.grain(), "the first line of {}.sql", table.name);
        assert!(view.sql.lines().count() <= 60, "{}.sql is long", table.name);
    }
}

#[test]
fn columns_and_their_types_are_the_documented_ones() {
    for partitioning in BOTH {
        let lake = LittleLake::empty(partitioning);
        let engine = lake.engine_with(Access::Everything);
        for view in VIEWS {
            let documented: Vec<String> = view
                .columns(partitioning)
                .iter()
                .map(|column| format!("{} {}", column.name, column.sql_type.replace(',', ";")))
                .collect();
            // DuckDB quotes names inside types that are also keywords, like "name".
            let plain = r#"column_name || ' ' || replace(replace(column_type, '"', ''), ',', ';')"#;
            let sql = format!("SELECT {plain} FROM (DESCRIBE {})", view.name);
            assert_eq!(ask(&engine, &sql), documented.join("\n"), "{}", view.name);
        }
    }
}

/// Whether a column of the lake, or something inside of it, says something about a person.
fn is_personal(column: &Column) -> bool {
    let inside = if let Kind::StructList(fields) = column.kind { fields } else { &[] };
    column.class != Class::Public || column.kind == Kind::Json || inside.iter().any(is_personal)
}

#[test]
fn no_column_of_a_mart_is_less_protected_than_those_of_its_name_in_the_lake() {
    // What a company calls its teams and tags names no person; the tags of a contact stand beside its companies.
    const NAMES_OF_THINGS: [(&str, &str); 3] =
        [("team_performance", "name"), ("tag_volume", "name"), ("conversation_metrics", "tags")];
    const FREE_TEXT: [&str; 6] = ["_text", "_html", "_remark", "title", "custom_attributes", "extra"];
    let personal: BTreeSet<&str> = TABLES
        .iter()
        .flat_map(|table| table.columns)
        .filter(|column| is_personal(column))
        .map(|column| column.name)
        .collect();
    for view in VIEWS.iter().filter(|view| view.table().is_none()) {
        for column in view.columns(Partitioning::Month) {
            let name = column.name.as_str();
            let must_be = personal.contains(name)
                || FREE_TEXT.iter().any(|end| name.ends_with(end))
                || column.sql_type.contains("JSON")
                || (name.contains("admin") && name.ends_with("name"));
            let must_be = must_be && !NAMES_OF_THINGS.contains(&(view.name, name));
            assert!(!must_be || column.class != Class::Public, "{}.{name} is not personal", view.name);
        }
    }
}

#[test]
fn every_view_answers_on_a_lake_without_rows() {
    for partitioning in BOTH {
        let lake = LittleLake::empty(partitioning);
        let engine = lake.engine();
        for view in VIEWS {
            let table = engine.query(&format!("FROM {}", view.name), &QueryOptions::default()).unwrap();
            assert_eq!(table.summary.rows, 0);
            let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            let documented = view.columns(partitioning);
            assert_eq!(names, documented.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
            let types: Vec<&str> = table.columns.iter().map(|column| column.sql_type.as_str()).collect();
            assert_eq!(types, documented.iter().map(|column| column.sql_type.as_str()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn rows_show_their_partition_and_filters_on_it_skip_files() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    assert_eq!(
        ask(&engine, "SELECT month, count(*) FROM conversations GROUP BY ALL ORDER BY ALL"),
        "2026-01,10\n2026-02,10\n2026-03,10"
    );
    let plan = ask(&engine, "EXPLAIN SELECT count(*) FROM messages WHERE month = '2026-02'");
    assert!(plan.contains("Scanning Files: 1/4"), "{plan}");

    let lake = LittleLake::empty(Partitioning::Day);
    put(&lake.writer(), &[thread(1, in_month(1, 0), 1, "x")]);
    let engine = lake.engine();
    assert_eq!(
        ask(&engine, "SELECT day, day + 1 FROM messages WHERE day > DATE '2025-12-31'"),
        "2026-01-01,2026-01-02\n2026-01-01,2026-01-02"
    );
}

#[test]
fn new_partitions_are_seen_without_opening_anew() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    assert_eq!(ask(&engine, "SELECT count(*) FROM conversations"), "30");
    put(&lake.writer(), &[thread(900, in_month(9, 0), 1, "new")]);
    put(&lake.writer(), &[thread(100, in_month(1, 0), 1, "changed")]);
    assert_eq!(ask(&engine, "SELECT count(*), max(title) FROM conversations"), "31,new");
    assert_eq!(ask(&engine, "SELECT title FROM conversations WHERE conversation_id = '100'"), "changed");
}

#[test]
fn a_lake_may_lie_in_a_directory_of_any_name() {
    for name in ["with space", "quo'te\"s", "[br]ack*ets?{a,b}", "köln 日本", "a=b", "%20"] {
        let lake = LittleLake::named(name, Partitioning::Month);
        put(&lake.writer(), &[thread(1, in_month(1, 0), 1, "x")]);
        let engine = lake.engine();
        assert_eq!(ask(&engine, "SELECT count(*), min(month) FROM messages"), "2,2026-01", "{name}");
        assert_eq!(ask(&engine, "SELECT count(*) FROM tags"), "0", "{name}");
    }
}

#[test]
fn a_table_without_files_is_empty_until_it_has_some() {
    let lake = LittleLake::with_threads();
    let state_file = lake.home().join("state/state.json");
    let state = std::fs::read_to_string(&state_file).unwrap();
    // As an older fi left it, which did not know tags.
    let mut older: serde_json::Value = serde_json::from_str(&state).unwrap();
    older["files"].as_object_mut().unwrap().retain(|name, _| !name.starts_with("tags/"));
    older["generation"] = 0.into();
    std::fs::remove_dir_all(lake.home().join("lake/tags")).unwrap();
    std::fs::write(&state_file, older.to_string()).unwrap();
    let engine = lake.engine();
    assert_eq!(ask(&engine, "SELECT count(*), count(tag_id) FROM tags"), "0,0");
    lake.writer().create_tables(Partitioning::Month).unwrap();
    assert_eq!(ask(&engine, "SELECT count(*) FROM tags"), "0");
    assert!(ask(&engine, "EXPLAIN FROM tags").contains("Read Parquet"), "the view is still the empty one");
}

#[test]
fn without_a_lake_there_is_a_clear_error() {
    let directory = tempfile::tempdir().unwrap();
    let options = EngineOptions::new(Now::new(chrono::Utc::now));
    let error = Engine::open(&Layout::new(directory.path()), options).err().unwrap();
    assert!(matches!(error, Error::NoLake(_)));
    assert_eq!(error.hint().unwrap(), "`fi sync` fetches a workspace, `fi demo` makes one up");
}

#[test]
fn describe_and_show_tables_tell_what_things_mean() {
    let lake = LittleLake::empty(Partitioning::Month);
    let engine = lake.engine();
    let described = ask(&engine, "DESCRIBE conversations");
    assert!(
        described.contains("stat_handling_time_seconds,BIGINT,Time teammates spent on it. Unit: seconds.\n"),
        "{described}"
    );
    assert!(
        described.ends_with(
            "month,VARCHAR,\"The month its conversation or ticket began in (UTC), like 2026-11.\""
        )
    );
    assert_eq!(described, ask(&engine, "SHOW conversations"));
    assert_eq!(described, ask(&engine, "DESCRIBE FROM conversations"));
    let shown = ask(&engine, "SHOW TABLES");
    assert!(
        shown.starts_with(
            "conversations,\"One row per conversation, as Intercom last described it.\"\nmessages,"
        ),
        "{shown}"
    );
    assert_eq!(shown.lines().count(), VIEWS.len());
    assert!(ask(&engine, "SUMMARIZE tags").starts_with("tag_id,VARCHAR,"));
    let lake = LittleLake::empty(Partitioning::Day);
    assert!(
        ask(&lake.engine(), "DESCRIBE messages")
            .ends_with("day,DATE,The day its conversation or ticket began on (UTC).")
    );
}

#[test]
fn stock_duckdb_makes_the_same_views_from_the_catalog() {
    for name in ["home", "[o]dd 'name'"] {
        let lake = LittleLake::named(name, Partitioning::Month);
        put(&lake.writer(), &[thread(1, in_month(1, 0), 3, "x")]);
        let catalog = catalog_sql(&lake.layout(), Partitioning::Month);
        let duckdb = duckdb::Connection::open_in_memory().unwrap();
        // The bundled build has no ICU, whose setting this is.
        duckdb.execute_batch(&catalog.replace("SET TimeZone = 'UTC';", "")).unwrap();
        let one = |sql: &str| duckdb.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(one("SELECT count(*)::VARCHAR FROM messages"), "4");
        assert_eq!(one("SELECT comment FROM duckdb_views() WHERE view_name = 'tags'"), "One row per tag.");
        let column =
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'messages' AND column_name = 'is_note'";
        assert_eq!(one(column), "Whether it is an internal note that customers do not see.");
        assert!(catalog.contains("SET TimeZone = 'UTC';"));
    }
}

#[test]
fn the_catalog_of_a_copy_reads_the_copy_once_it_is_told_where_that_is() {
    let lake = LittleLake::named("home", Partitioning::Month);
    put(&lake.writer(), &[thread(1, in_month(1, 0), 3, "x")]);
    let copy = lake.path().join("moved").join("lake");
    for file in [
        "conversations/month=1970-01",
        "conversations/month=2026-01",
        "messages/month=1970-01",
        "messages/month=2026-01",
    ] {
        std::fs::create_dir_all(copy.join(file)).unwrap();
        let name = format!("{file}/data.parquet");
        std::fs::copy(lake.layout().lake_dir().join(&name), copy.join(&name)).unwrap();
    }
    put(&lake.writer(), &[thread(2, in_month(1, 60), 3, "only in the original")]);
    // Of the copied tables only.
    let catalog = catalog_sql(&lake.layout(), Partitioning::Month).replace("SET TimeZone = 'UTC';", "");
    let catalog = &catalog[..catalog.find("CREATE OR REPLACE VIEW contacts").unwrap()];
    let messages = |first: &str| {
        let duckdb = duckdb::Connection::open_in_memory().unwrap();
        duckdb.execute_batch(&format!("{first}\n{catalog}")).unwrap();
        let another = duckdb.try_clone().unwrap();
        another.query_row("SELECT count(*) FROM messages", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(messages(""), 8);
    assert_eq!(messages(&format!("CREATE MACRO lake_moved_to() AS '{}';", copy.display())), 4);
}
