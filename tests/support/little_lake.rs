//! A small lake in a temporary directory, an engine over it, and answers as text.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use fastintercom::engine::{Access, Engine, EngineOptions, Error, Now, QueryOptions, Table};
use fastintercom::format::Format;
use fastintercom::lake::{DataFile, Disk, Layout, Partitioning, Writer, encode};
use fastintercom::model::{Conversation, Message, Row};
use tempfile::TempDir;

use super::rows::{in_month, thread};

/// A lake of its own for one test.
pub(crate) struct LittleLake {
    directory: TempDir,
    name: &'static str,
}

impl LittleLake {
    /// With tables and no rows.
    pub(crate) fn empty(partitioning: Partitioning) -> Self {
        Self::named("home", partitioning)
    }

    /// In a directory of this name.
    pub(crate) fn named(name: &'static str, partitioning: Partitioning) -> Self {
        let lake = Self { directory: tempfile::tempdir().expect("a temporary directory"), name };
        std::fs::create_dir_all(lake.home()).expect("a directory");
        lake.writer().create_tables(partitioning).expect("tables");
        lake
    }

    /// With 30 conversations of 3 messages each, ten a month from January to March 2026.
    pub(crate) fn with_threads() -> Self {
        let lake = Self::empty(Partitioning::Month);
        let writer = lake.writer();
        for month in 1..=3 {
            let rows: Vec<_> =
                (0..10).map(|n| thread(month * 100 + n, in_month(month, n * 3_600), 2, "Hello")).collect();
            put(&writer, &rows);
        }
        lake
    }

    pub(crate) fn home(&self) -> std::path::PathBuf {
        self.directory.path().join(self.name)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn layout(&self) -> Layout {
        Layout::new(&self.home())
    }

    pub(crate) fn writer(&self) -> Writer {
        Writer::open(Arc::new(Disk::default()), self.layout(), None).expect("a writer")
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine_with(Access::ViewsOnly)
    }

    pub(crate) fn engine_with(&self, access: Access) -> Engine {
        let options = EngineOptions { access, ..EngineOptions::new(Now::fixed(noon())) };
        Engine::open(&self.layout(), options).expect("an engine")
    }
}

/// The time it is for queries in tests.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-11-21T12:00:00Z".parse().expect("a time")
}

/// Puts conversations of one partition and their messages into the lake, in one commit.
pub(crate) fn put(writer: &Writer, threads: &[(Conversation, Vec<Message>)]) {
    let mut commit = writer.begin().expect("a commit");
    let partitioning = commit.state().partitioning;
    let partition = partitioning.partition(threads[0].0.created_at);
    let mut conversations: Vec<&Conversation> =
        threads.iter().map(|(conversation, _)| conversation).collect();
    conversations.sort_by_key(|row| (row.created_at, row.conversation_id.to_string()));
    let ids: Arc<HashSet<String>> =
        Arc::new(conversations.iter().map(|row| row.conversation_id.to_string()).collect());
    let file = DataFile::part(Conversation::TABLE, partition.clone());
    let mut edit = commit.edit::<Conversation>(file, Arc::clone(&ids)).expect("an edit");
    conversations.iter().try_for_each(|row| edit.push(row)).expect("rows");
    commit.add(edit).expect("a new version");
    let mut messages: Vec<&Message> = threads.iter().flat_map(|(_, messages)| messages).collect();
    messages.sort_by_key(|row| (row.conversation_created_at, row.conversation_id.to_string(), row.position));
    let file = DataFile::part(Message::TABLE, partition);
    let mut edit = commit.edit::<Message>(file, ids).expect("an edit");
    messages.iter().try_for_each(|row| edit.push(row)).expect("rows");
    commit.add(edit).expect("a new version");
    commit.finish(|_| {}).expect("a commit");
}

/// Puts a file with any rows, also wrong ones, where a data file of the lake lies.
pub(crate) fn overwrite<R: Row>(lake: &LittleLake, file: &DataFile, rows: &[R]) {
    let batch = encode(rows).expect("rows become a batch");
    let path = lake.layout().data_file(file);
    std::fs::create_dir_all(path.parent().expect("a file in a directory")).expect("a directory");
    let out = std::fs::File::create(path).expect("a file");
    let mut writer = parquet::arrow::ArrowWriter::try_new(out, batch.schema(), None).expect("a Parquet file");
    writer.write(&batch).expect("rows");
    writer.close().expect("a Parquet file");
}

/// An answer in a format.
pub(crate) fn written(table: &Table, format: Format) -> String {
    let mut out = Vec::new();
    table.write(&mut *format.writer(&mut out)).expect("memory can be written to");
    String::from_utf8(out).expect("text")
}

/// An answer as CSV without its header.
pub(crate) fn ask(engine: &Engine, sql: &str) -> String {
    match engine.query(sql, &QueryOptions::default()) {
        Ok(table) => written(&table, Format::Csv)
            .split_once('\n')
            .map(|(_, rows)| rows.trim_end().to_owned())
            .unwrap_or_default(),
        Err(error) => format!("error: {}", complaint(&error)),
    }
}

/// An error with its hint.
pub(crate) fn complaint(error: &Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let causes: String = causes.map(|cause| format!("\nbecause: {cause}")).collect();
    let hint = error.hint().map_or(String::new(), |hint| format!("\nhint: {hint}"));
    format!("{error}{causes}{hint}")
}
