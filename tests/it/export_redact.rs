//! Redaction: nothing personal survives, in any format, and what is hashed still joins.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fastintercom::export::{ExportParams, Redaction};
use serde_json::json;

use crate::support::cli::{TestEnv, files_below};
use crate::support::company::company;
use crate::support::exported::{FORMS, Opened, everything, export, hash, selection};
use fastintercom::engine::{Engine, EngineOptions, Now, VIEWS};
use fastintercom::lake::{Layout, Partitioning};
use fastintercom::model::Class;

/// A made-up company of some size, with people, files, remarks and all.
fn demo() -> (TestEnv, Layout) {
    let env = TestEnv::new();
    let run = env.fi(&["demo", "--conversations", "60", "--days", "25", "--json"]);
    assert_eq!(run.code, Some(0), "{run}");
    let layout = Layout::new(&env.home().join("demo"));
    (env, layout)
}

fn engine(layout: &Layout) -> Engine {
    let now = Now::fixed(crate::support::exported::now());
    Engine::open(layout, EngineOptions::new(now)).unwrap()
}

/// What must not be found: every personal text of the lake, but those that also stand in a public column.
fn personal_texts(lake: &Opened) -> Vec<String> {
    let mut personal = BTreeSet::new();
    let mut public = BTreeSet::new();
    for view in VIEWS.iter().filter(|view| view.table().is_some()) {
        let texts = |is_public: bool| {
            let is_text = |kind: &str, class| kind == "VARCHAR" && (class == Class::Public) == is_public;
            let columns = view.columns(Partitioning::Month).into_iter();
            let columns = columns.filter(|column| is_text(&column.sql_type, column.class));
            let columns = columns.map(|column| column.name).collect::<Vec<_>>().join(", ");
            lake.texts(&format!("SELECT DISTINCT unnest([{columns}]::VARCHAR[]) FROM {}", view.name))
        };
        personal.extend(texts(false));
        public.extend(texts(true));
    }
    public.extend(["NULL".to_owned(), String::new()]);
    personal.into_iter().filter(|text| !public.contains(text)).collect()
}

/// Every value of an export, lists and structs as texts of theirs.
fn values(exported: &Opened) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for table in exported.tables() {
        let columns = exported.columns(&table).into_iter().map(|(name, _)| format!("{name}::VARCHAR"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        values.extend(exported.texts(&format!("SELECT DISTINCT unnest([{columns}]) FROM {table}")));
    }
    values
}

#[test]
fn nothing_personal_survives_in_any_format() {
    let (env, layout) = demo();
    let engine = engine(&layout);
    let personal = personal_texts(&Opened::lake(&layout));
    // Texts no other value has within it by chance, and those it would hurt most to find anywhere.
    let long: Vec<&String> = personal.iter().filter(|text| text.chars().count() >= 8).collect();
    let worst: Vec<&&String> = long.iter().filter(|text| text.contains('@') || text.len() > 60).collect();
    assert!(personal.len() > 500 && long.len() > 400 && worst.len() > 100, "{}", personal.len());
    // What is written is the same for both ways; that files keep nothing more shows in each format once.
    for (redaction, forms) in [(hash(), &FORMS[..]), (Redaction::Drop, &FORMS[2..3])] {
        for (name, format, layout) in forms.iter().copied().filter(|(name, ..)| *name != "hive") {
            let path = env.path().join(name);
            let params = ExportParams { format, layout, redaction: Some(redaction.clone()), ..everything() };
            export(&engine, &params, &path);
            let values = values(&Opened::export(&path));
            for text in &personal {
                assert!(!values.contains(text), "{name} has {text:?}");
            }
            let all = values.into_iter().collect::<Vec<_>>().join("\n");
            for text in &long {
                assert!(!all.contains(text.as_str()), "{name} has {text:?} within a value");
            }
            let raw = raw(&path);
            let raw = String::from_utf8_lossy(&raw);
            for text in &worst {
                assert!(!raw.contains(text.as_str()), "{name} has {text:?} in a file");
            }
        }
    }
}

/// The bytes of all files.
fn raw(path: &Path) -> Vec<u8> {
    match path.is_dir() {
        true => files_below(path).iter().flat_map(|file| fs::read(file).unwrap()).collect(),
        false => fs::read(path).unwrap(),
    }
}

#[test]
fn hashes_are_the_same_in_all_tables_and_depend_on_the_key() {
    let (env, layout) = demo();
    let engine = engine(&layout);
    let path = env.path().join("hashed");
    let params = ExportParams { redaction: Some(hash()), ..everything() };
    export(&engine, &params, &path);
    let hashed = Opened::export(&path);
    let lake = Opened::lake(&layout);
    for (join, count) in [
        ("conversations JOIN contacts ON contact_email = email", 30),
        ("conversations JOIN contacts USING (contact_id)", 30),
        ("messages JOIN admins ON author_email = email", 30),
        ("conversations JOIN companies ON company_name = name", 5),
        ("contact_activity JOIN contacts USING (contact_id, name, email)", 10),
    ] {
        let sql = format!("SELECT count(*)::VARCHAR FROM {join}");
        let rows = lake.texts(&sql);
        assert_eq!(hashed.texts(&sql), rows, "{join}");
        assert!(rows[0].parse::<u32>().unwrap() > count, "{join} gives {rows:?}");
    }
    let emails = "SELECT DISTINCT email FROM contacts WHERE email IS NOT NULL ORDER BY email";
    let hashes = hashed.texts(emails);
    assert!(hashes.iter().all(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())));
    export(&engine, &params, &path);
    assert_eq!(Opened::export(&path).texts(emails), hashes);
    let redaction = Redaction::Hash { key: b"another key, also for tests".to_vec(), is_given: true };
    export(&engine, &ExportParams { redaction: Some(redaction), ..everything() }, &path);
    assert!(Opened::export(&path).texts(emails).iter().all(|hash| !hashes.contains(hash)));

    // From the command line: a key of its own each time, unless a file gives it.
    env.write("salt", "0123456789abcdef0123456789abcdef");
    let home = env.home().join("demo");
    let home = home.to_str().unwrap();
    let once = |more: &[&str]| {
        let base =
            ["--home", home, "export", "out", "--force", "-q", "--redact", "hash", "--table", "contacts"];
        let run = env.fi(&[&base, more].concat());
        assert_eq!(run.code, Some(0), "{run}");
        Opened::export(&env.path().join("out")).texts(emails)
    };
    assert_ne!(once(&[]), once(&[]));
    assert_eq!(once(&["--salt-file", "salt"]), once(&["--salt-file", "salt"]));
}

#[test]
fn every_column_that_changed_is_told_with_the_reason() {
    let (lake, engine) = company();
    let path = lake.path().join("redacted");
    let selection = selection(None, json!({"company": ["Acme"], "state": ["closed"]}));
    let params = ExportParams { redaction: Some(hash()), selection, ..everything() };
    let done = export(&engine, &params, &path);
    let manifest = serde_json::to_value(&done.manifest).unwrap();
    assert_eq!(manifest["filters"], json!({"company": "not told", "state": ["closed"]}));
    assert_eq!(manifest["redaction"]["mode"], "hash");
    let told = |table: &str, column: &str| {
        let tables = manifest["tables"].as_array().unwrap();
        let columns =
            tables.iter().find(|entry| entry["name"] == table).unwrap()["redacted"].as_array().unwrap();
        let entry = columns.iter().find(|entry| entry["column"] == column).unwrap();
        format!("{}: {}", entry["done"].as_str().unwrap(), entry["why"].as_str().unwrap())
    };
    assert_eq!(told("contacts", "email"), "hashed: names somebody or something");
    assert_eq!(told("contacts", "companies"), "reduced: of each item only id is kept");
    assert_eq!(told("contacts", "custom_attributes"), "dropped: free text: JSON may hold anything");
    assert_eq!(told("message_timeline", "body_text"), "dropped: free text: a hash of it would be of no use");
    let exported = Opened::export(&path);
    for table in manifest["tables"].as_array().unwrap() {
        let name = table["name"].as_str().unwrap();
        let held: BTreeSet<String> = exported.columns(name).into_iter().map(|(name, _)| name).collect();
        let view = fastintercom::engine::view(name).unwrap();
        let all = view.columns(Partitioning::Month);
        let told: BTreeSet<&str> = table["redacted"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| entry["done"] == "dropped")
            .map(|entry| entry["column"].as_str().unwrap())
            .collect();
        for column in &all {
            assert_ne!(
                held.contains(&column.name),
                told.contains(column.name.as_str()),
                "{name}.{}",
                column.name
            );
        }
    }
}
