//! Exports: the same rows, types and meanings in every format, and of some conversations exactly theirs.

use std::collections::HashSet;
use std::sync::Arc;

use chrono_tz::Tz;
use fastintercom::engine::{Engine, QueryOptions, VIEWS};
use fastintercom::export::{Error, ExportFormat, ExportLayout, ExportParams};
use fastintercom::lake::{DataFile, Partitioning};
use fastintercom::model::{Company, Contact, Conversation, Message, Row, Ticket};
use fastintercom::tools::analyze::{Analyst, AnalyzeParams};
use serde_json::{Value, json};

use crate::support::cli::files_below;
use crate::support::company::company;
use crate::support::exported::{FORMS, Opened, Unwatched, everything, export, now, selection, try_export};
use crate::support::little_lake::{LittleLake, overwrite, put};
use crate::support::rows::{in_month, synced_at, thread};
use crate::support::told::told;

#[test]
fn every_format_holds_the_rows_types_and_descriptions_of_the_lake() {
    let (lake, engine) = company();
    let held = Opened::lake(&lake.layout());
    let tables: Vec<_> =
        VIEWS.iter().map(|view| (view.name, held.columns(view.name), held.rows(view.name))).collect();
    for (name, format, layout) in FORMS {
        let path = lake.path().join(name);
        let done = export(&engine, &ExportParams { format, layout, ..everything() }, &path);
        let exported = Opened::export(&path);
        assert_eq!(exported.tables(), held.tables(), "{name}");
        for ((table, columns, rows), entry) in tables.iter().zip(&done.manifest.tables) {
            assert_eq!(exported.columns(table), *columns, "{name} {table}");
            assert_eq!(exported.rows(table), *rows, "{name} {table}");
            assert_eq!((entry.name, entry.rows), (*table, rows.len() as u64));
        }
        let comment =
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'messages' AND column_name = 'is_note'";
        assert_eq!(exported.texts(comment), ["Whether it is an internal note that customers do not see."]);
    }
}

#[test]
fn a_lake_without_rows_exports_its_columns() {
    let month = LittleLake::empty(Partitioning::Month);
    let day = LittleLake::empty(Partitioning::Day);
    for (lake, forms) in [(&month, &FORMS[..]), (&day, &FORMS[1..2])] {
        for (name, format, layout) in forms {
            let (format, layout) = (*format, *layout);
            let path = lake.path().join(name);
            let done = export(&lake.engine(), &ExportParams { format, layout, ..everything() }, &path);
            assert_eq!((done.rows, done.manifest.tables.len()), (0, VIEWS.len()));
            let exported = Opened::export(&path);
            for view in VIEWS {
                let rows = exported.texts(&format!("SELECT count(*)::VARCHAR FROM {}", view.name));
                assert_eq!(rows, ["0"], "{name} {}", view.name);
            }
        }
    }
}

/// Removes conversations from a lake.
fn remove(lake: &LittleLake, ids: &[&str]) {
    let writer = lake.writer();
    let ids: Arc<HashSet<String>> = Arc::new(ids.iter().map(|id| (*id).to_owned()).collect());
    for month in [3, 4] {
        let mut commit = writer.begin().unwrap();
        let partition = commit.state().partitioning.partition(in_month(month, 0));
        let file = DataFile::part(Conversation::TABLE, partition.clone());
        let edit = commit.edit::<Conversation>(file, Arc::clone(&ids)).unwrap();
        commit.add(edit).unwrap();
        let edit =
            commit.edit::<Message>(DataFile::part(Message::TABLE, partition), Arc::clone(&ids)).unwrap();
        commit.add(edit).unwrap();
        commit.finish(|_| {}).unwrap();
    }
}

#[test]
fn tables_and_marts_of_some_conversations_are_those_of_a_lake_that_holds_no_others() {
    let cases = [
        (None, json!({"team": ["Support"]}), ["3", "4", "5"].as_slice()),
        (Some("2026-03"), json!({}), &["5"]),
        (Some("2026-03"), json!({"tags": ["invoices"]}), &["3", "4", "5"]),
        (None, json!({"company": ["acme"], "has_fin": true}), &["1", "2", "3", "5"]),
    ];
    for (timeframe, filters, others) in cases {
        let (lake, engine) = company();
        let selection = selection(timeframe, filters.clone());
        let (pruned, _) = company();
        remove(&pruned, others);
        let expected = Opened::lake(&pruned.layout());
        // A period shows whether the layouts place conversations alike.
        let forms = if timeframe.is_some() { &FORMS[..2] } else { &FORMS[..1] };
        for (name, format, layout) in forms {
            let selection = selection.clone();
            let params = ExportParams { format: *format, layout: *layout, selection, ..everything() };
            let done = export(&engine, &params, &lake.path().join(name));
            assert_eq!(done.manifest.conversation_count, Some(5 - others.len() as u64), "{filters}");
            let exported = Opened::export(&lake.path().join(name));
            assert!(!exported.tables().contains(&"deleted_conversations".to_owned()));
            for table in exported.tables() {
                assert_eq!(exported.rows(&table), expected.rows(&table), "{table} of {filters} in {name}");
            }
        }
    }
}

#[test]
fn the_days_of_daily_volume_are_those_of_analyze_with_the_same_filters() {
    let (lake, engine) = company();
    let path = lake.path().join("export");
    let tables = vec!["daily_volume".to_owned()];
    let selection = selection(Some("2026-03"), json!({"direction": "inbound"}));
    export(&engine, &ExportParams { tables, selection, ..everything() }, &path);
    let exported = Opened::export(&path)
        .texts("SELECT day || ' ' || created_count FROM daily_volume WHERE created_count > 0 ORDER BY day");
    let question = json!({"group_by": ["day"], "timeframe": "2026-03", "filters": {"direction": "inbound"}});
    assert_eq!(exported, days(&engine, &question));
    assert_eq!(exported, ["2026-03-01 2", "2026-03-03 1"]);
}

/// The days of an answer on which conversations were counted.
fn days(engine: &Engine, question: &Value) -> Vec<String> {
    let params: AnalyzeParams = serde_json::from_value(question.clone()).unwrap();
    let analyst = Analyst { engine, zone: Tz::UTC, now: now(), options: QueryOptions::default() };
    let answer = analyst.answer(&params).unwrap();
    let groups = answer.groups.iter().filter(|group| group.conversation_count > 0);
    groups.map(|group| format!("{} {}", group.keys[0].name, group.conversation_count)).collect()
}

/// A lake with two conversations, each with a contact, a company and a ticket of its own.
fn two_worlds() -> LittleLake {
    let lake = LittleLake::empty(Partitioning::Month);
    let of = |contact: &str, company: &str, team: i64| {
        json!({"contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": contact}]},
            "company": {"type": "company", "id": company, "name": company}, "team_assignee_id": team})
    };
    put(&lake.writer(), &[told(1, in_month(3, 0), "0 customer: One", &of("p1", "c1", 70))]);
    put(&lake.writer(), &[told(2, in_month(4, 0), "0 customer: Two", &of("p2", "c2", 71))]);
    let contact = |id: &str| {
        let json = json!({"type": "contact", "id": id, "name": id,
            "companies": {"type": "list", "data": [{"type": "company", "id": "c9", "name": "Acme"}], "total_count": 1}});
        Contact::parse(json.to_string().as_bytes(), synced_at()).unwrap()
    };
    overwrite_recorded(
        &lake,
        &DataFile::whole(Contact::TABLE),
        &[contact("p1"), contact("p2"), contact("p3")],
    );
    let company = |id: &str| {
        let json = json!({"type": "company", "id": id, "company_id": id, "name": id});
        Company::parse(json.to_string().as_bytes(), synced_at()).unwrap()
    };
    overwrite_recorded(
        &lake,
        &DataFile::whole(Company::TABLE),
        &[company("c1"), company("c2"), company("c3")],
    );
    let ticket = |id: i64, month: i64| {
        let created_at = in_month(month, 5).seconds();
        let json = json!({"type": "ticket", "id": id.to_string(), "created_at": created_at});
        Ticket::parse(json.to_string().as_bytes(), synced_at()).unwrap()
    };
    // The ticket of the first conversation was made a month after it began.
    let april = Partitioning::Month.partition(in_month(4, 0));
    let tickets = [ticket(1, 4), ticket(2, 4), ticket(3, 4)];
    overwrite_recorded(&lake, &DataFile::part(Ticket::TABLE, april), &tickets);
    lake
}

/// Puts rows into the lake as a sync would.
fn overwrite_recorded<R: Row>(lake: &LittleLake, file: &DataFile, rows: &[R]) {
    let writer = lake.writer();
    let mut commit = writer.begin().unwrap();
    let mut edit = commit.edit::<R>(file.clone(), Arc::default()).unwrap();
    rows.iter().try_for_each(|row| edit.push(row)).unwrap();
    commit.add(edit).unwrap();
    commit.finish(|_| {}).unwrap();
}

#[test]
fn people_companies_and_tickets_follow_the_conversations() {
    let lake = two_worlds();
    let engine = lake.engine();
    let path = lake.path().join("export");
    let done = export(
        &engine,
        &ExportParams { selection: selection(Some("2026-03"), json!({})), ..everything() },
        &path,
    );
    let exported = Opened::export(&path);
    assert_eq!(exported.texts("SELECT contact_id FROM contacts"), ["p1"]);
    assert_eq!(exported.texts("SELECT company_id FROM companies"), ["c1"]);
    assert_eq!(exported.texts("SELECT ticket_id FROM tickets"), ["1"]);
    assert_eq!(exported.texts("SELECT contact_id FROM contact_activity"), ["p1"]);
    let notes = done.manifest.notes.join(" ");
    assert!(notes.contains("deleted_conversations is left out"), "{notes}");
    let all = export(&engine, &everything(), &path);
    assert_eq!(Opened::export(&path).texts("SELECT contact_id FROM contacts ORDER BY 1"), ["p1", "p2", "p3"]);
    assert_eq!(all.manifest.notes, Vec::<String>::new());
}

#[test]
fn months_are_those_the_conversation_began_in_also_of_later_messages() {
    let lake = LittleLake::empty(Partitioning::Day);
    let story = "0 customer: In March\n3000000 teammate 7: In April";
    put(&lake.writer(), &[told(1, in_month(3, 0), story, &json!({}))]);
    put(&lake.writer(), &[told(2, in_month(5, 0), "0 customer: In May\n9 teammate 7 close", &json!({}))]);
    let path = lake.path().join("export");
    let params = ExportParams { layout: ExportLayout::Hive, ..everything() };
    export(&lake.engine(), &params, &path);
    let files: Vec<String> = files_below(&path)
        .iter()
        .map(|file| file.strip_prefix(&path).unwrap().to_string_lossy().into_owned())
        .filter(|name| name.contains('/'))
        .collect();
    assert_eq!(
        files,
        [
            "backlog/month=2026-03/data.parquet",
            "conversation_metrics/month=2026-03/data.parquet",
            "conversation_metrics/month=2026-05/data.parquet",
            "conversations/month=2026-03/data.parquet",
            "conversations/month=2026-05/data.parquet",
            "message_timeline/month=2026-03/data.parquet",
            "message_timeline/month=2026-05/data.parquet",
            "messages/month=2026-03/data.parquet",
            "messages/month=2026-05/data.parquet",
            "tickets/month=1970-01/data.parquet",
        ]
    );
    let exported = Opened::export(&path);
    assert_eq!(
        exported.texts("SELECT month || ' ' || count(*) FROM messages GROUP BY month ORDER BY 1"),
        ["2026-03 2", "2026-05 2"]
    );
    assert_eq!(exported.texts("SELECT count(*)::VARCHAR FROM message_timeline"), ["4"]);
}

#[test]
fn the_manifest_says_what_of_when_and_how_fresh() {
    let (lake, engine) = company();
    let path = lake.path().join("export");
    let selection = selection(Some("2026-03"), json!({"team": ["Support"], "email": []}));
    let tables = vec!["daily_volume".to_owned(), "conversations".to_owned()];
    let done = export(&engine, &ExportParams { tables, selection, ..everything() }, &path);
    let manifest: Value =
        serde_json::from_str(&std::fs::read_to_string(path.join("export.json")).unwrap()).unwrap();
    assert_eq!(manifest["made_by"], "fi export");
    assert_eq!(manifest["exported_at"], "2026-11-21T12:00:00Z");
    assert_eq!(manifest["generation"], engine.state().unwrap().generation);
    assert_eq!(manifest["timeframe"]["start"], "2026-03-01T00:00:00Z");
    assert_eq!(manifest["timeframe"]["clock"], "created");
    assert_eq!(manifest["filters"], json!({"team": ["Support"]}));
    assert_eq!(manifest["conversation_count"], 2);
    assert_eq!((&manifest["coverage"], &manifest["data_as_of"]), (&json!("none"), &Value::Null));
    let names: Vec<&str> =
        manifest["tables"].as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["conversations", "daily_volume"]);
    let bytes = std::fs::metadata(path.join("conversations.parquet")).unwrap().len();
    assert_eq!(manifest["tables"][0]["files"], json!([{"path": "conversations.parquet", "bytes": bytes}]));
    let all: u64 = files_below(&path).iter().map(|file| std::fs::metadata(file).unwrap().len()).sum();
    assert_eq!((done.bytes, done.rows), (all, 2 + manifest["tables"][1]["rows"].as_u64().unwrap()));
    let database = lake.path().join("x.duckdb");
    export(&engine, &ExportParams { format: ExportFormat::Duckdb, ..everything() }, &database);
    let version = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'x'";
    assert_eq!(Opened::export(&database).texts(version), ["v1.2.0+"]);
    let inside = Opened::export(&database).texts("SELECT manifest FROM fi_export");
    assert_eq!(serde_json::from_str::<Value>(&inside[0]).unwrap()["made_by"], "fi export");
}

#[test]
fn rows_that_are_missing_from_the_lake_are_no_export() {
    let lake = LittleLake::with_threads();
    let january = Partitioning::Month.partition(in_month(1, 0));
    let only = thread(101, in_month(1, 0), 2, "Hello").0;
    overwrite(&lake, &DataFile::part(Conversation::TABLE, january), &[only]);
    let path = lake.path().join("export");
    let error = try_export(&lake.engine(), &everything(), &path, &Unwatched, QueryOptions::default());
    assert!(
        matches!(error, Err(Error::Count { table: "conversations", expected: 30, found: 21 })),
        "{error:?}"
    );
    assert!(!path.exists());
}
