//! What a list of hits shows of a conversation without reading it: what takes few bits. Texts are in the lake.

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, TantivyDocument};

use super::columns::Columns;
use super::schema::{Fields, NOBODY};

/// What a list of hits shows of a conversation, but for names and texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Card {
    /// The conversation's id.
    pub conversation_id: String,
    /// When it began, in microseconds since 1970 (UTC).
    pub created_at: i64,
    /// When it last changed, in microseconds since 1970 (UTC).
    pub updated_at: i64,
    /// open, closed or snoozed.
    pub state: Option<String>,
    /// none, low, medium, high, urgent.
    pub priority: Option<String>,
    /// The channel of the first message.
    pub source_type: Option<String>,
    /// The teammate it is assigned to.
    pub admin_assignee_id: Option<String>,
    /// The team it is assigned to.
    pub team_assignee_id: Option<String>,
    /// Names of its tags.
    pub tags: Vec<String>,
    /// The customer's rating, 1 to 5.
    pub rating: Option<i64>,
    /// Parts, the opening message excluded.
    pub part_count: Option<i64>,
    /// Since when a customer waits, in microseconds since 1970 (UTC).
    pub waiting_since_at: Option<i64>,
    /// Whether its messages are still to be read: only the opening one is held, or those of before its last change.
    pub is_listed_only: bool,
}

impl Card {
    /// Adds it to its document, but for the id and when it began.
    pub(super) fn add_to(&self, fields: &Fields, document: &mut TantivyDocument) {
        document.add_i64(fields.updated_at, self.updated_at);
        document.add_bool(fields.is_listed_only, self.is_listed_only);
        let texts = [
            (fields.state, &self.state),
            (fields.priority, &self.priority),
            (fields.source_type, &self.source_type),
        ];
        for (field, text) in texts {
            text.iter().for_each(|text| document.add_text(field, text));
        }
        let numbers = [
            (fields.rating, self.rating),
            (fields.part_count, self.part_count),
            (fields.waiting_since_at, self.waiting_since_at),
        ];
        for (field, number) in numbers {
            number.iter().for_each(|number| document.add_i64(field, *number));
        }
        match &self.admin_assignee_id {
            Some(id) => document.add_text(fields.assignee, format!("a{id}")),
            None => document.add_text(fields.assignee, NOBODY),
        }
        self.team_assignee_id.iter().for_each(|id| document.add_text(fields.assignee, format!("t{id}")));
        self.tags.iter().for_each(|tag| document.add_text(fields.tag, tag));
    }

    /// Of a document of a segment.
    pub(super) fn of(columns: &Columns, doc: DocId, conversation_id: String, created_at: i64) -> Self {
        let number = |column: &Option<Column<i64>>| column.as_ref().and_then(|column| column.first(doc));
        let text = |column: &Option<StrColumn>| texts(column.as_ref(), doc).into_iter().next();
        let assignees = texts(columns.assignee.as_ref(), doc);
        let assignee =
            |kind: char| assignees.iter().find_map(|one| one.strip_prefix(kind)).map(str::to_owned);
        Self {
            conversation_id,
            created_at,
            updated_at: columns.updated_at.first(doc).unwrap_or_default(),
            state: text(&columns.state),
            priority: text(&columns.priority),
            source_type: text(&columns.source_type),
            admin_assignee_id: assignee('a'),
            team_assignee_id: assignee('t'),
            tags: texts(columns.tag.as_ref(), doc),
            rating: number(&columns.rating),
            part_count: number(&columns.part_count),
            waiting_since_at: number(&columns.waiting_since_at),
            is_listed_only: columns.is_listed_only.first(doc).unwrap_or_default(),
        }
    }
}

/// The texts of a document in a column, in their order.
fn texts(column: Option<&StrColumn>, doc: DocId) -> Vec<String> {
    let Some(column) = column else { return Vec::new() };
    let read = |number| {
        let mut text = String::new();
        column.ord_to_str(number, &mut text).ok().filter(|is_there| *is_there).map(|_| text)
    };
    column.term_ords(doc).filter_map(read).collect()
}
