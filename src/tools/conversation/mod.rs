//! Single conversations: read as a person would read them, or with everything there is to know.
//!
//! They come straight from the lake's files (`lake::Lookup`), so reading one takes a few milliseconds and no SQL. What is
//! not held can be fetched by whoever asks ([`Fetch`]). Answers are bounded, say what they leave out and how to go on.

mod answer;
mod budget;
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
mod whole;
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
use crate::model::ConversationId;
use budget::Budget;
use cursor::Cursor;
use held::Known;
pub(super) use held::MESSAGE as MESSAGE_COLUMNS;
pub(super) use names::{Names, inbox_url};
use whole::Frame;
use window::{Events, Wanted};

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
    /// Asks Intercom for what is not held.
    pub fetch: Option<&'a dyn Fetch>,
    /// Whether the answer is kept short enough for a model.
    pub is_bounded: bool,
    /// Whether it is going to be indented, which takes more characters.
    pub is_indented: bool,
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self { fetch: None, is_bounded: true, is_indented: false }
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
        let budget = Budget::of(params.max_characters, reading)?;
        let (cursor, order) = position(&id, params.cursor.as_deref(), params.order)?;
        let events = if params.include_events { Events::All } else { Events::None };
        let limit = limit(params.limit)?;
        let wanted = Wanted { notes: params.include_notes, events, order, cursor, limit, budget };
        let held = self.held(&id, reading, false)?;
        budget.fitting(|limits| {
            let frame = Frame::of(&held, limits);
            if !params.include_messages {
                return Ok(frame.without_messages());
            }
            let room = frame.leaves(budget);
            Ok(frame.with_messages(&wanted, room))
        })
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
