//! Hits as they are shown: names instead of ids, the places that were found, links, and no more than fits.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};

use super::Room;
use super::answer::{SearchHit, ShownSnippet};
use super::request::Request;
use crate::index::{Card, Hit, Leaf, Snippet, Within, beginning, key_of, snippet};
use crate::lake::{Lookup, State};
use crate::model::Timestamp;
use crate::sync::Workspace;
use crate::tools::conversation::{MESSAGE_COLUMNS, Named, Names, Person, ShownMessage, inbox_url};
use crate::tools::{ToolError, Untrusted};

/// Characters of each at most.
const TITLE_CHARS: usize = 200;
const NAME_CHARS: usize = 100;
const TAG_CHARS: usize = 60;
const FIRST_LINE_CHARS: usize = 160;
const SNIPPET_CHARS: usize = 180;
/// Tags named at most.
const TAGS: usize = 20;
/// Snippets of a hit, and of a detailed one.
const SNIPPETS: usize = 1;
const MORE_SNIPPETS: usize = 3;

/// Columns of conversations that are shown; the rest is in the index.
const SHOWN: &[&str] = &["title", "contact_id", "contact_name", "contact_email", "company_name"];
/// Columns of messages that snippets need.
const COLUMNS: &[&str] =
    &["position", "created_at", "author_name", "author_class", "is_note", "is_visible", "body_text"];

/// Shows hits.
pub(super) struct Shower<'a> {
    pub(super) request: &'a Request,
    pub(super) lookup: &'a Lookup,
    pub(super) state: &'a State,
    pub(super) names: &'a Names,
    pub(super) workspace: Option<&'a Workspace>,
    pub(super) within: Option<&'a Within>,
    pub(super) room: Room,
}

impl Shower<'_> {
    /// Hits as they are shown; none of one that the lake does not have any more.
    pub(super) fn show(&self, hits: &[&Hit]) -> Result<Vec<Option<SearchHit>>, ToolError> {
        let wanted: Vec<(Timestamp, &str)> = hits.iter().map(|hit| key(hit)).collect();
        let texts = self.lookup.conversations(self.state.partitioning, &wanted, SHOWN)?;
        let messages = self.lookup.messages_of(self.state.partitioning, &wanted, COLUMNS)?;
        let shown = hits.iter().zip(texts).zip(messages);
        let shown = shown.map(|((hit, texts), messages)| {
            texts.map(|texts| self.shown(hit, &texts, messages.as_ref())).transpose()
        });
        shown.collect()
    }

    fn shown(
        &self,
        hit: &Hit,
        texts: &RecordBatch,
        messages: Option<&RecordBatch>,
    ) -> Result<SearchHit, ToolError> {
        let mut shown = self.card(&hit.card, texts, hit.score);
        if let Some(messages) = messages {
            shown.is_listed_only &= is_opening_alone(messages);
            shown.untrusted_first_line = first_line(messages);
            shown.snippets = self.snippets(messages, &self.request.expr.wanted());
        }
        if self.request.is_detailed {
            let (partitioning, (began, id)) = (self.state.partitioning, key(hit));
            let messages = self.lookup.message_rows(partitioning, began, id, Some(MESSAGE_COLUMNS))?;
            let Room { messages: most, message_chars, .. } = self.room;
            let more = messages.len().saturating_sub(most);
            shown.more_message_count = (more > 0).then_some(more);
            let messages = messages.iter().take(most).map(|message| ShownMessage::of(message, self.names));
            shown.messages = messages.map(|message| message.shortened(message_chars)).collect();
        }
        Ok(shown)
    }

    fn card(&self, card: &Card, texts: &RecordBatch, score: f32) -> SearchHit {
        let text = |column: &str, most: usize| {
            text_of(texts, column, 0)
                .map(|text| Untrusted::new(text, most))
                .filter(|text| !text.as_str().is_empty())
        };
        let email = text("contact_email", NAME_CHARS);
        let id = text_of(texts, "contact_id", 0).map(str::to_owned);
        let name = text("contact_name", NAME_CHARS);
        let has_contact = id.is_some() || name.is_some() || email.is_some();
        let named = |id: &String, name: Option<&str>| Named {
            id: Some(id.clone()),
            name: Untrusted::new(name.unwrap_or(id), NAME_CHARS),
        };
        let waits = match self.within.and_then(|within| within.get(&key_of(&card.conversation_id))) {
            Some(Some(since)) => Some(*since),
            _ => card.waiting_since_at,
        };
        SearchHit {
            id: card.conversation_id.clone(),
            url: self.workspace.map(|workspace| inbox_url(workspace, &card.conversation_id)),
            created_at: utc(card.created_at),
            updated_at: utc(card.updated_at),
            untrusted_title: text("title", TITLE_CHARS),
            contact: has_contact.then(|| Person { id, untrusted_name: name, email: email.clone() }),
            customer_email: email,
            untrusted_company: text("company_name", NAME_CHARS),
            state: card.state.clone(),
            priority: card
                .priority
                .clone()
                .filter(|priority| priority != "none" && priority != "not_priority"),
            source: card.source_type.clone(),
            assignee: card.admin_assignee_id.as_ref().map(|id| named(id, self.names.admin(id))),
            team: card.team_assignee_id.as_ref().map(|id| named(id, self.names.team(id))),
            tags: card.tags.iter().take(TAGS).map(|tag| Untrusted::new(tag, TAG_CHARS)).collect(),
            rating: card.rating,
            part_count: card.part_count,
            waiting_since_at: waits.map(utc),
            score: (score > 0.0).then_some(score),
            is_listed_only: card.is_listed_only,
            untrusted_first_line: None,
            snippets: Vec::new(),
            messages: Vec::new(),
            more_message_count: None,
        }
    }

    /// The best places in the messages: those with most of what was looked for, the earliest first among equals.
    fn snippets(&self, messages: &RecordBatch, wanted: &[&Leaf]) -> Vec<ShownSnippet> {
        let column = |name: &str| messages.column_by_name(name);
        let (Some(bodies), Some(notes), Some(visible)) = (
            column("body_text").and_then(|column| column.as_string_opt::<i32>()),
            column("is_note").and_then(|column| column.as_boolean_opt()),
            column("is_visible").and_then(|column| column.as_boolean_opt()),
        ) else {
            return Vec::new();
        };
        let mut found: Vec<(usize, Snippet)> = Vec::new();
        for row in (0..messages.num_rows()).filter(|row| bodies.is_valid(*row)) {
            if !notes.value(row) && !visible.value(row) {
                continue;
            }
            let body = Untrusted::with_lines(bodies.value(row));
            let piece = snippet(body.as_str(), wanted, SNIPPET_CHARS, notes.value(row));
            found.extend(piece.map(|piece| (row, piece)));
        }
        found.sort_by_key(|(row, piece)| (std::cmp::Reverse(piece.found), *row));
        let most = if self.request.is_detailed { MORE_SNIPPETS } else { SNIPPETS };
        found.into_iter().take(most).map(|(row, piece)| shown(messages, row, piece)).collect()
    }
}

/// What a hit is looked up by.
fn key(hit: &Hit) -> (Timestamp, &str) {
    (Timestamp::from_micros(hit.card.created_at), hit.card.conversation_id.as_str())
}

/// Whether there is nothing but the opening message. One that was read and changed since keeps what was read.
fn is_opening_alone(messages: &RecordBatch) -> bool {
    let positions = messages.column_by_name("position");
    let positions = positions.and_then(|column| column.as_primitive_opt::<Int64Type>());
    positions.is_some_and(|positions| positions.values().iter().all(|position| *position == 0))
}

/// The beginning of the opening message, if it is held and says anything.
fn first_line(messages: &RecordBatch) -> Option<Untrusted> {
    let positions = messages.column_by_name("position")?.as_primitive_opt::<Int64Type>()?;
    let bodies = messages.column_by_name("body_text")?.as_string_opt::<i32>()?;
    let is_opening = !positions.is_empty() && positions.value(0) == 0 && bodies.is_valid(0);
    let body = is_opening.then(|| Untrusted::with_lines(bodies.value(0)))?;
    let line = beginning(body.as_str(), FIRST_LINE_CHARS).text;
    (!line.is_empty()).then(|| Untrusted::new(&line, usize::MAX))
}

fn shown(messages: &RecordBatch, row: usize, piece: Snippet) -> ShownSnippet {
    let positions = messages.column_by_name("position");
    let positions = positions.and_then(|column| column.as_primitive_opt::<Int64Type>());
    let times = messages.column_by_name("created_at");
    let at = times.and_then(|times| times.as_primitive_opt::<TimestampMicrosecondType>());
    let is_note = messages.column_by_name("is_note").and_then(|column| column.as_boolean_opt());
    let chars = |end: usize| piece.text[..end].chars().count();
    ShownSnippet {
        position: positions.map_or(0, |positions| positions.value(row)),
        created_at: utc(at.map_or(0, |at| at.value(row))),
        author_class: text_of(messages, "author_class", row).unwrap_or_default().to_owned(),
        untrusted_author_name: text_of(messages, "author_name", row)
            .map(|name| Untrusted::new(name, NAME_CHARS)),
        is_note: is_note.is_some_and(|column| column.value(row)),
        matches: piece
            .marks
            .iter()
            .map(|mark| (chars(mark.start), piece.text[mark.clone()].chars().count()))
            .collect(),
        // Clean already: it is a piece of clean text.
        untrusted_text: Untrusted::new(&piece.text, usize::MAX),
    }
}

/// A text of a row, if it has one.
fn text_of<'a>(rows: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let column = rows.column_by_name(column)?.as_string_opt::<i32>()?;
    column.is_valid(row).then(|| column.value(row))
}

fn utc(micros: i64) -> DateTime<Utc> {
    Timestamp::from_micros(micros).to_utc()
}
