//! The tables of the earlier tool in SQLite, with its indexes, filled from the lake.
//!
//! It knew two kinds of authors and kept comments, notes and the opening message. It took bots for customers, which
//! would make its answers wrong: their messages are left out here.

use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use fastintercom::engine::{Column, Engine, Output, QueryOptions};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement, params_from_iter};

use crate::figures::float;

/// Its tables and indexes, as far as conversations and messages go.
const SCHEMA: &str = include_str!("earlier_schema.sql");

/// What its columns are in ours, as texts; NULL where it had something of its own.
const CONVERSATIONS: &str = "
    SELECT conversation_id, strftime(created_at, '%Y-%m-%d %H:%M:%S'), strftime(updated_at, '%Y-%m-%d %H:%M:%S'),
        contact_email, to_json(list_distinct([coalesce(tag.name, tag.tag_id) FOR tag IN tags]))::VARCHAR,
        strftime(synced_at, '%Y-%m-%d %H:%M:%S'), (part_count + 1)::VARCHAR,
        CASE WHEN has_thread AND NOT parts_truncated THEN '1' ELSE '0' END
    FROM conversations";
const MESSAGES: &str = "
    SELECT message_id, conversation_id, CASE author_class WHEN 'teammate' THEN 'admin' ELSE 'user' END,
        coalesce(body_text, ''), strftime(created_at, '%Y-%m-%d %H:%M:%S'),
        CASE WHEN position = 0 THEN 'initial' WHEN is_note THEN 'note' ELSE 'comment' END, position::VARCHAR
    FROM messages
    WHERE author_class IN ('customer', 'teammate') AND (position = 0 OR is_visible OR is_note)";

/// Opens the database beside a lake; fills it unless it is there.
pub(crate) fn open(home: &Path, engine: &Engine) -> Connection {
    let path = home.join("earlier.sqlite");
    if !path.exists() {
        let unfinished = home.join("earlier.unfinished");
        let _ = std::fs::remove_file(&unfinished);
        let connection = Connection::open(&unfinished).unwrap();
        connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").unwrap();
        let (tables, indexes) = SCHEMA.split_once("-- Indexes.").unwrap();
        connection.execute_batch(tables).unwrap();
        let columns =
            "id, created_at, updated_at, customer_email, tags, last_synced, message_count, thread_complete";
        fill(&connection, engine, "conversations", columns, CONVERSATIONS);
        let columns = "id, conversation_id, author_type, body, created_at, part_type, sequence_number";
        fill(&connection, engine, "messages", columns, MESSAGES);
        connection.execute_batch(indexes).unwrap();
        connection.execute_batch("ANALYZE").unwrap();
        connection.close().unwrap();
        std::fs::rename(&unfinished, &path).unwrap();
    }
    let connection = Connection::open(&path).unwrap();
    // Warm means in memory, as for the others.
    connection.execute_batch("PRAGMA mmap_size = 68719476736; PRAGMA cache_size = -1000000").unwrap();
    connection
}

fn fill(connection: &Connection, engine: &Engine, table: &str, columns: &str, sql: &str) {
    let values = vec!["?"; columns.split(',').count()].join(", ");
    let statement = format!("INSERT INTO {table} ({columns}) VALUES ({values})");
    connection.execute_batch("BEGIN").unwrap();
    let mut output = Insert(connection.prepare(&statement).unwrap());
    engine.stream(sql, &QueryOptions::default(), &mut output).unwrap();
    connection.execute_batch("COMMIT").unwrap();
}

/// Puts rows of texts into a table.
struct Insert<'a>(Statement<'a>);

impl Output for Insert<'_> {
    fn columns(&mut self, _: &[Column]) -> std::io::Result<()> {
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> std::io::Result<()> {
        for row in 0..batch.num_rows() {
            let texts = batch.columns().iter().map(|column| {
                let texts = column.as_string::<i32>();
                texts.is_valid(row).then(|| texts.value(row))
            });
            self.0.execute(params_from_iter(texts)).unwrap();
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// All rows of an answer as texts.
pub(crate) fn ask(connection: &Connection, sql: &str) -> Vec<Vec<String>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        all.push((0..columns).map(|column| text(row.get_ref(column).unwrap())).collect());
    }
    all
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => float(number),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
    }
}
