//! The tables' own description, from which schema, help and docs are derived: complete and sane.

use std::collections::BTreeSet;

use fastintercom::lake::arrow_schema;
use fastintercom::model::{Column, Kind, TABLES, table};

/// Every column, also those inside of lists, with a name to show.
fn all_columns() -> Vec<(String, &'static Column)> {
    fn add(name: &str, columns: &'static [Column], all: &mut Vec<(String, &'static Column)>) {
        for column in columns {
            let name = format!("{name}.{}", column.name);
            if let Kind::StructList(fields) = column.kind {
                add(&name, fields, all);
            }
            all.push((name, column));
        }
    }
    let mut all = Vec::new();
    TABLES.iter().for_each(|table| add(table.name, table.columns, &mut all));
    all
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.contains("__")
        && !name.ends_with('_')
}

#[test]
fn every_table_of_the_design_is_listed_once_and_found_by_name() {
    let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
    let wanted = [
        "admins",
        "companies",
        "contacts",
        "conversation_attributes",
        "conversation_metrics",
        "contact_activity",
        "company_activity",
        "conversations",
        "deleted_conversations",
        "messages",
        "segments",
        "sync_runs",
        "tags",
        "teams",
        "ticket_types",
        "tickets",
    ];
    assert_eq!(names.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::from(wanted));
    assert_eq!(names.len(), wanted.len());
    assert!(TABLES.iter().all(|spec| table(spec.name).is_some_and(|found| found.columns == spec.columns)));
    assert!(table("conversation").is_none());
}

#[test]
fn every_description_is_one_clean_line() {
    let tables = TABLES.iter().map(|table| (table.name.to_owned(), table.grain()));
    let columns = all_columns().into_iter().map(|(name, column)| (name, column.description()));
    for (name, text) in tables.chain(columns) {
        assert!(text.len() > 5, "{name}: {text:?}");
        assert_eq!(text.trim(), text, "{name}");
        assert!(!text.contains("  ") && !text.contains('\n'), "{name}: {text:?}");
        assert!(text.ends_with('.') || text.ends_with('…'), "{name}: {text:?}");
    }
    assert!(TABLES.iter().all(|table| table.grain().starts_with("One row per ")));
}

#[test]
fn names_are_in_snake_case_and_unique() {
    for spec in TABLES {
        assert!(is_name(spec.name), "{}", spec.name);
        let names: BTreeSet<_> = spec.columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), spec.columns.len(), "{}", spec.name);
    }
    all_columns().iter().for_each(|(name, column)| assert!(is_name(column.name), "{name}"));
}

#[test]
fn names_tell_the_unit_and_the_kind() {
    for (name, column) in all_columns() {
        let has = |suffix: &str| column.name.ends_with(suffix);
        assert_eq!(has("_at"), column.kind == Kind::Timestamp, "{name} is {:?}", column.kind);
        assert_eq!(has("_seconds"), column.unit == Some("seconds"), "{name}: {:?}", column.unit);
        if column.name.starts_with("is_") || column.name.starts_with("has_") {
            assert_eq!(column.kind, Kind::Boolean, "{name}");
        }
        if has("_count") {
            assert_eq!(column.kind, Kind::Integer, "{name}");
        }
        assert!(column.unit.is_none_or(|unit| !unit.trim().is_empty()), "{name}");
    }
}

#[test]
fn keys_are_columns_that_are_always_there() {
    for spec in TABLES {
        assert!(!spec.key.is_empty(), "{}", spec.name);
        for key in spec.key {
            let column = spec.column_index(key).map(|index| &spec.columns[index]);
            assert!(column.is_some_and(|column| !column.nullable), "{}.{key}", spec.name);
        }
        if spec.is_partitioned {
            let time =
                ["conversation_created_at", "created_at"].iter().find_map(|name| spec.column_index(name));
            assert!(time.is_some_and(|index| !spec.columns[index].nullable), "{}", spec.name);
        }
        assert!(spec.version >= 1);
        assert_eq!(spec.column_index("no such column"), None);
    }
}

#[test]
fn what_people_wrote_and_who_they_are_is_personal() {
    let personal = [
        "body_html",
        "body_text",
        "author_name",
        "author_email",
        "contact_name",
        "contact_email",
        "custom_attributes",
        "email",
        "phone",
        "rating_remark",
        "event_details",
        "title",
        "description",
        "ticket_parts",
        "url",
    ];
    for (name, column) in all_columns() {
        let is_definition = name.starts_with("conversation_attributes") || name.starts_with("ticket_types");
        let is_source = name.contains("ai_agent_content_sources");
        if personal.contains(&column.name) && !is_definition && !is_source {
            assert_eq!(format!("{:?}", column.class), "Personal", "{name}");
        }
    }
}

#[test]
fn the_arrow_schema_has_the_same_columns() {
    for spec in TABLES {
        let schema = arrow_schema(spec);
        let fields: Vec<_> =
            schema.fields().iter().map(|field| (field.name().as_str(), field.is_nullable())).collect();
        let columns: Vec<_> = spec.columns.iter().map(|column| (column.name, column.nullable)).collect();
        assert_eq!(fields, columns, "{}", spec.name);
    }
}
