//! The conversations of one partition with what can be found in them, read side by side from the two files.
//!
//! Only the columns that are searched or shown are read, and nothing is held but one batch of each file.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};

use super::card::Card;
use super::error::Error;
use crate::lake::{Batches, DataFile, Partition, Reader, State};
use crate::model::{Conversation, Message, Row, html_to_text};

/// Columns of conversations that are read.
const CONVERSATION: &[&str] = &[
    "conversation_id",
    "created_at",
    "updated_at",
    "state",
    "priority",
    "title",
    "source_type",
    "source_subject",
    "contact_name",
    "contact_email",
    "company_name",
    "admin_assignee_id",
    "team_assignee_id",
    "tags.list.element.name",
    "rating",
    "rating_remark",
    "waiting_since_at",
    "has_thread",
    "part_count",
    "stat_part_count",
];
/// Columns of messages that are read.
const MESSAGE: &[&str] = &[
    "conversation_id",
    "conversation_created_at",
    "author_name",
    "author_email",
    "author_class",
    "is_note",
    "is_visible",
    "body_text",
    "attachments.list.element.name",
];

/// A conversation and what can be found in it.
#[derive(Debug, Default, Hash)]
pub(super) struct Found {
    pub(super) card: Card,
    pub(super) title: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) contact_name: Option<String>,
    pub(super) contact_email: Option<String>,
    pub(super) company_name: Option<String>,
    pub(super) rating_remark: Option<String>,
    pub(super) messages: Vec<Said>,
}

/// A message that people read.
#[derive(Debug, Default, Hash)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) is_note: bool,
    pub(super) author_name: Option<String>,
    pub(super) author_email: Option<String>,
    /// Names of the files that came with it.
    pub(super) files: Vec<String>,
    /// How many files did, also without a name.
    pub(super) file_count: usize,
}

/// Goes through the conversations of a partition.
pub(super) struct Conversations {
    conversations: Table,
    messages: Table,
}

impl Conversations {
    /// Of a partition of the lake; none of one without conversations.
    pub(super) fn of(reader: Reader<'_>, state: &State, partition: &Partition) -> Result<Self, Error> {
        let file = DataFile::part(Conversation::TABLE, partition.clone());
        let conversations = reader.columns::<Conversation>(&file, CONVERSATION)?;
        let file = DataFile::part(Message::TABLE, partition.clone());
        let messages = match state.files.contains_key(&file.name()) {
            true => Some(reader.columns::<Message>(&file, MESSAGE)?),
            false => None,
        };
        Ok(Self { conversations: Table::of(Some(conversations)), messages: Table::of(messages) })
    }

    /// The next conversation.
    pub(super) fn next(&mut self) -> Result<Option<Found>, Error> {
        let Some(row) = self.conversations.row()? else { return Ok(None) };
        let key =
            (row.time("created_at").unwrap_or_default(), row.text("conversation_id").unwrap_or_default());
        let mut found = found(&row);
        self.conversations.next += 1;
        while let Some(row) = self.messages.row()? {
            let of = (
                row.time("conversation_created_at").unwrap_or_default(),
                row.text("conversation_id").unwrap_or_default(),
            );
            if of > key {
                break;
            }
            if of == key {
                said(&row, &mut found);
            }
            self.messages.next += 1;
        }
        Ok(Some(found))
    }
}

/// One of the files, a batch at a time.
struct Table {
    batches: Option<Batches>,
    batch: Option<RecordBatch>,
    next: usize,
}

impl Table {
    fn of(batches: Option<Batches>) -> Self {
        Self { batches, batch: None, next: 0 }
    }

    fn row(&mut self) -> Result<Option<RowOf<'_>>, Error> {
        while self.batch.as_ref().is_none_or(|batch| self.next >= batch.num_rows()) {
            let Some(batch) = self.batches.as_mut().and_then(Iterator::next) else { return Ok(None) };
            (self.batch, self.next) = (Some(batch?), 0);
        }
        Ok(self.batch.as_ref().map(|batch| RowOf { batch, row: self.next }))
    }
}

/// A row of a batch.
struct RowOf<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl RowOf<'_> {
    fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.column_by_name(name).filter(|column| column.is_valid(self.row))
    }

    fn text(&self, name: &str) -> Option<String> {
        let column = self.column(name)?.as_string_opt::<i32>()?;
        Some(column.value(self.row).to_owned())
    }

    fn time(&self, name: &str) -> Option<i64> {
        Some(self.column(name)?.as_primitive_opt::<TimestampMicrosecondType>()?.value(self.row))
    }

    fn number(&self, name: &str) -> Option<i64> {
        Some(self.column(name)?.as_primitive_opt::<Int64Type>()?.value(self.row))
    }

    fn is(&self, name: &str) -> bool {
        self.column(name)
            .and_then(|column| column.as_boolean_opt())
            .is_some_and(|column| column.value(self.row))
    }

    fn length(&self, column: &str) -> usize {
        let list = self.column(column).and_then(|column| column.as_list_opt::<i32>());
        list.map_or(0, |list| list.value_length(self.row) as usize)
    }

    /// The names in a list of structs.
    fn names(&self, column: &str) -> Vec<String> {
        let list = self.column(column).and_then(|column| column.as_list_opt::<i32>());
        let Some(items) = list.map(|list| list.value(self.row)) else { return Vec::new() };
        let names = items.as_struct_opt().and_then(|items| items.column_by_name("name"));
        let names: Option<&StringArray> = names.and_then(|names| names.as_string_opt::<i32>());
        names.into_iter().flat_map(|names| names.iter().flatten().map(str::to_owned)).collect()
    }
}

fn found(row: &RowOf<'_>) -> Found {
    Found {
        card: card(row),
        title: row.text("title"),
        subject: row.text("source_subject").map(|subject| html_to_text(&subject)),
        contact_name: row.text("contact_name"),
        contact_email: row.text("contact_email"),
        company_name: row.text("company_name"),
        rating_remark: row.text("rating_remark"),
        messages: Vec::new(),
    }
}

fn card(row: &RowOf<'_>) -> Card {
    Card {
        conversation_id: row.text("conversation_id").unwrap_or_default(),
        created_at: row.time("created_at").unwrap_or_default(),
        updated_at: row.time("updated_at").unwrap_or_default(),
        state: row.text("state"),
        priority: row.text("priority"),
        source_type: row.text("source_type"),
        admin_assignee_id: row.text("admin_assignee_id"),
        team_assignee_id: row.text("team_assignee_id"),
        tags: row.names("tags"),
        rating: row.number("rating"),
        part_count: row
            .number("part_count")
            .or_else(|| Some(row.number("stat_part_count")?.saturating_sub(1))),
        waiting_since_at: row.time("waiting_since_at"),
        is_listed_only: !row.is("has_thread"),
    }
}

/// Adds a message, if people read it.
fn said(row: &RowOf<'_>, found: &mut Found) {
    let (is_note, is_visible) = (row.is("is_note"), row.is("is_visible"));
    if !is_note && !is_visible {
        return;
    }
    let text = row.text("body_text").unwrap_or_default();
    let is_by_someone = row.text("author_class").is_some_and(|class| class != "system");
    found.messages.push(Said {
        text,
        is_note,
        author_name: row.text("author_name").filter(|_| is_by_someone),
        author_email: row.text("author_email").filter(|_| is_by_someone),
        files: row.names("attachments"),
        file_count: row.length("attachments"),
    });
}
