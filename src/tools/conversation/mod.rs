//! Single conversations: read as a person would read them, or with everything there is to know.
//!
//! They come straight from the lake's files (`lake::Lookup`), so reading one takes a few milliseconds and no SQL. What is
//! not held can be fetched by whoever asks ([`Fetch`]). Answers are bounded, say what they leave out and how to go on.

mod answer;
mod cursor;
mod details;
mod event;
mod header;
mod held;
mod id;
mod message;
mod names;
mod notes;
mod params;
mod values;
mod window;

use std::sync::{Arc, Mutex};

pub use answer::{ConversationAnswer, Firm, Header, HeldAs, Named, Person, Rating, Window};
pub use details::{Details, DetailsAnswer, EventLine};
pub use held::{Fetch, Fetched, NotHeld};
pub use id::conversation_id;
pub use message::{MessageKind, ShownAttachment, ShownMessage};
pub use params::{GetConversationDetailsParams, GetConversationParams, MessageOrder};

use super::error::ToolError;
use crate::lake::{Layout, Lookup};
use crate::model::{ConversationId, Timestamp};
use cursor::Cursor;
use held::{Held, Known};
pub(super) use names::{Names, inbox_url};
use window::Wanted;

/// Characters of an answer: without a wish, and the least and most that can be wished for.
const CHARACTERS: usize = 40_000;
const LEAST_CHARACTERS: usize = 4_000;
const MOST_CHARACTERS: usize = 50_000;
/// What notes and a cursor take at most.
const NOTES: usize = 1_500;
/// What messages may take in any case.
const LEAST_FOR_MESSAGES: usize = 1_000;
/// Messages that can be asked for at once.
const MOST_MESSAGES: usize = 1_000;

/// Reads conversations of one lake. Worth keeping: what it remembers makes the next one quicker.
pub struct Conversations {
    lookup: Lookup,
    known: Mutex<Option<Arc<Known>>>,
}

/// How a conversation is looked for, and how much of it is wanted.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// When it began, if the caller knows: saves looking for it.
    pub known: Option<Timestamp>,
    /// Asks Intercom for what is not held.
    pub fetch: Option<&'a dyn Fetch>,
    /// Whether the answer is kept short enough for a model.
    pub is_bounded: bool,
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self { known: None, fetch: None, is_bounded: true }
    }
}

impl Conversations {
    /// Of the lake at `layout`.
    pub fn new(layout: &Layout) -> Self {
        Self { lookup: Lookup::new(layout), known: Mutex::new(None) }
    }

    /// For reading pieces of conversations.
    pub(super) fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// Reads a conversation.
    ///
    /// # Errors
    /// When the parameters make no sense, or there is no such conversation to be had: the error says why.
    pub fn get(
        &self,
        params: &GetConversationParams,
        reading: &Reading<'_>,
    ) -> Result<ConversationAnswer, ToolError> {
        let id = conversation_id(&params.conversation_id)?;
        let characters = characters(params.max_characters, reading)?;
        let (cursor, order) = position(&id, params.cursor.as_deref(), params.order)?;
        let wanted = Wanted {
            notes: params.include_notes,
            events: params.include_events,
            order,
            cursor,
            limit: limit(params.limit)?,
            characters,
        };
        let held = self.held(&id, reading, false)?;
        Ok(answer(&held, wanted, params.include_messages))
    }
}

/// The answer, whose messages take what the rest of it leaves of the characters.
fn answer(held: &Held, wanted: Wanted, include_messages: bool) -> ConversationAnswer {
    let (one, known) = (&held.conversation, &held.known);
    let header = header::header(one, &known.names, known.sync.workspace.as_ref());
    let mut answer = ConversationAnswer {
        id: header.id.clone(),
        created_at: header.created_at,
        customer_email: header.contact.as_ref().and_then(|contact| contact.email.clone()),
        tags: header.tags.clone(),
        conversation: header,
        messages: Vec::new(),
        window: Window { message_count: held.messages.len(), ..Window::default() },
        freshness: freshness(held),
        notes: Vec::new(),
    };
    if include_messages {
        let around = serde_json::to_string(&answer).map_or(0, |json| json.chars().count()) + NOTES;
        let characters = wanted.characters.saturating_sub(around).max(LEAST_FOR_MESSAGES);
        (answer.messages, answer.window) = Wanted { characters, ..wanted }.of(&held.messages, &known.names);
    }
    answer.notes = notes::notes(held, &answer.window, &answer.messages);
    answer
}

fn freshness(held: &Held) -> HeldAs {
    HeldAs {
        synced_at: held.conversation.synced_at.to_utc(),
        data_as_of: held.data_as_of().to_utc(),
        has_thread: held.conversation.has_thread,
        parts_truncated: held.conversation.parts_truncated,
        fetched_now: held.fetched_now,
        fetch_failure: held.failure.clone(),
    }
}

/// Characters of the whole answer.
fn characters(asked: Option<usize>, reading: &Reading<'_>) -> Result<usize, ToolError> {
    match asked {
        Some(asked) if !(LEAST_CHARACTERS..=MOST_CHARACTERS).contains(&asked) => Err(ToolError::Refused(
            format!("max_characters is from {LEAST_CHARACTERS} to {MOST_CHARACTERS}, not {asked}"),
        )),
        Some(asked) => Ok(asked),
        None if reading.is_bounded => Ok(CHARACTERS),
        None => Ok(usize::MAX),
    }
}

fn limit(asked: Option<usize>) -> Result<Option<usize>, ToolError> {
    match asked {
        Some(asked) if !(1..=MOST_MESSAGES).contains(&asked) => {
            Err(ToolError::Refused(format!("limit is from 1 to {MOST_MESSAGES}, not {asked}")))
        }
        asked => Ok(asked),
    }
}

/// Where to begin and in which direction to go: a cursor knows both.
fn position(
    id: &ConversationId,
    cursor: Option<&str>,
    order: Option<MessageOrder>,
) -> Result<(Option<Cursor>, MessageOrder), ToolError> {
    let Some(text) = cursor else { return Ok((None, order.unwrap_or_default())) };
    let cursor = Cursor::parse(text, id)?;
    match order {
        Some(order) if order != cursor.order => Err(ToolError::Refused(
            "the cursor goes through the messages in the other order: leave order out, or the cursor"
                .to_owned(),
        )),
        _ => Ok((Some(cursor.clone()), cursor.order)),
    }
}
