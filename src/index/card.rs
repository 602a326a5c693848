//! What a list of hits shows of a conversation without reading it: what takes few bits. Texts are in the lake.

use tantivy::columnar::StrColumn;
use tantivy::{DocId, SegmentReader, TantivyDocument};

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
    pub(super) fn of(
        segment: &SegmentReader,
        doc: DocId,
        conversation_id: String,
        created_at: i64,
    ) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        // A column nobody has a value in is not there.
        let number =
            |name: &str| fast.column_opt::<i64>(name).map(|column| column.and_then(|it| it.first(doc)));
        let texts =
            |name: &str| fast.str(name).map(|column| column.map_or_else(Vec::new, |it| texts(&it, doc)));
        let text = |name: &str| Ok::<_, tantivy::TantivyError>(texts(name)?.into_iter().next());
        let assignees = texts("assignee")?;
        let assignee =
            |kind: char| assignees.iter().find_map(|one| one.strip_prefix(kind)).map(str::to_owned);
        Ok(Self {
            conversation_id,
            created_at,
            updated_at: number("updated_at")?.unwrap_or_default(),
            state: text("state")?,
            priority: text("priority")?,
            source_type: text("source_type")?,
            admin_assignee_id: assignee('a'),
            team_assignee_id: assignee('t'),
            tags: texts("tag")?,
            rating: number("rating")?,
            part_count: number("part_count")?,
            waiting_since_at: number("waiting_since_at")?,
            is_listed_only: fast.bool("is_listed_only")?.first(doc).unwrap_or_default(),
        })
    }
}

/// The texts of a document in a column, in their order.
fn texts(column: &StrColumn, doc: DocId) -> Vec<String> {
    let read = |number| {
        let mut text = String::new();
        column.ord_to_str(number, &mut text).ok().filter(|is_there| *is_there).map(|_| text)
    };
    column.term_ords(doc).filter_map(read).collect()
}
