//! SQLite's full-text search over the same words: one document for each conversation, with an excerpt for each hit.

use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use fastintercom::engine::{Column, Engine, Output, QueryOptions};
use rusqlite::{Connection, Statement};

/// Every text that words are looked for in, together: the same as the index has.
const DOCUMENTS: &str = "
    WITH texts AS (
        SELECT conversation_id, string_agg(
            concat_ws(' | ', body_text, array_to_string([file.name FOR file IN attachments], ' | ')), ' | '
            ORDER BY position) AS text
        FROM messages WHERE is_visible OR is_note GROUP BY conversation_id)
    SELECT conversation_id, concat_ws(' | ', title, html_to_text(source_subject), contact_name, contact_email,
        company_name, rating_remark, array_to_string([tag.name FOR tag IN tags], ' | '), text) AS text
    FROM conversations LEFT JOIN texts USING (conversation_id)
    ORDER BY created_at";

/// Opens the database beside a lake; fills it unless it is there.
pub(crate) fn open(home: &Path, engine: &Engine) -> Connection {
    let path = home.join("fts5.sqlite");
    if !path.exists() {
        let unfinished = home.join("fts5.unfinished");
        let _ = std::fs::remove_file(&unfinished);
        let connection = Connection::open(&unfinished).unwrap();
        connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").unwrap();
        connection
            .execute_batch(
                "CREATE VIRTUAL TABLE documents USING fts5(
                     conversation_id UNINDEXED, text, tokenize = \"unicode61 remove_diacritics 2\")",
            )
            .unwrap();
        connection.execute_batch("BEGIN").unwrap();
        let insert = connection.prepare("INSERT INTO documents VALUES (?, ?)").unwrap();
        engine.stream(DOCUMENTS, &QueryOptions::default(), &mut Insert(insert)).unwrap();
        connection.execute_batch("COMMIT; INSERT INTO documents(documents) VALUES ('optimize')").unwrap();
        connection.close().unwrap();
        std::fs::rename(&unfinished, &path).unwrap();
    }
    let connection = Connection::open(&path).unwrap();
    // Warm means in memory, as for the others.
    connection.execute_batch("PRAGMA mmap_size = 68719476736; PRAGMA cache_size = -1000000").unwrap();
    connection
}

/// A page of 20 with excerpts, and how many there are in all.
pub(crate) fn ask(connection: &Connection, query: &str) -> u64 {
    let page = "SELECT conversation_id, snippet(documents, 1, '[', ']', '…', 24) FROM documents
        WHERE documents MATCH ? ORDER BY rank LIMIT 20";
    let mut statement = connection.prepare(page).unwrap();
    let mut rows = statement.query([query]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let _: (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
    }
    let mut count = connection.prepare("SELECT count(*) FROM documents WHERE documents MATCH ?").unwrap();
    count.query_row([query], |row| row.get::<_, i64>(0)).unwrap() as u64
}

/// Puts rows of two texts into the table.
struct Insert<'a>(Statement<'a>);

impl Output for Insert<'_> {
    fn columns(&mut self, _: &[Column]) -> std::io::Result<()> {
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch) -> std::io::Result<()> {
        let (ids, texts) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
        for row in 0..batch.num_rows() {
            self.0.execute([ids.value(row), texts.value(row)]).unwrap();
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
