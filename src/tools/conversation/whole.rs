//! Puts an answer together: what is not messages first, then as many messages as there is room for beside it.

use super::answer::{ConversationAnswer, HeldAs, Window};
use super::budget::{Budget, Limits};
use super::header;
use super::held::{Failure, Held};
use super::notes::notes;
use super::window::Wanted;
use crate::tools::untrusted::Untrusted;

/// What a cursor takes, and the marks around messages and details.
const CURSOR: usize = 250;
/// What messages may take in any case.
const LEAST_FOR_MESSAGES: usize = 1_000;
/// Characters of why something could not be fetched at most.
const FAILURE_CHARS: usize = 300;

/// An answer without messages.
pub(super) struct Frame<'a> {
    held: &'a Held,
    limits: Limits,
    answer: ConversationAnswer,
}

impl<'a> Frame<'a> {
    pub(super) fn of(held: &'a Held, limits: Limits) -> Self {
        let (one, known) = (&held.conversation, &held.known);
        let header = header::header(one, &known.names, known.sync.workspace.as_ref(), limits);
        let window = Window { message_count: held.messages.len(), ..Window::default() };
        let freshness = freshness(held, limits);
        let answer = ConversationAnswer {
            id: header.id.clone(),
            created_at: header.created_at,
            customer_email: header.contact.as_ref().and_then(|contact| contact.email.clone()),
            tags: header.tags.clone(),
            conversation: header,
            messages: Vec::new(),
            notes: notes(held, &freshness, &window, false),
            window,
            freshness,
        };
        Self { held, limits, answer }
    }

    /// Characters it leaves for all the rest.
    pub(super) fn leaves(&self, budget: Budget) -> usize {
        // As long as it can be.
        let count = self.held.messages.len();
        let window = Window { message_count: count, returned: count, is_truncated: true, next_cursor: None };
        let notes = notes(self.held, &self.answer.freshness, &window, true);
        let longest = ConversationAnswer { notes, window, ..self.answer.clone() };
        budget.characters.saturating_sub(budget.size(&longest, 0) + CURSOR)
    }

    /// With messages in so many characters.
    pub(super) fn with_messages(self, wanted: &Wanted, room: usize) -> ConversationAnswer {
        let Self { held, limits, mut answer } = self;
        let room = room.max(LEAST_FOR_MESSAGES);
        (answer.messages, answer.window) = wanted.of(&held.messages, &held.known.names, room, limits);
        let is_cut = answer.messages.last().is_some_and(|last| last.left_out_characters.is_some());
        answer.notes = notes(held, &answer.freshness, &answer.window, is_cut);
        answer
    }

    /// Without any.
    pub(super) fn without_messages(self) -> ConversationAnswer {
        self.answer
    }
}

fn freshness(held: &Held, limits: Limits) -> HeldAs {
    let has_earlier_messages = held.has_earlier_messages();
    let failure = held.failure.as_ref();
    let failure_text = |failure: &Failure| {
        Untrusted::new(&failure.to_string(), limits.most(FAILURE_CHARS)).as_str().to_owned()
    };
    HeldAs {
        synced_at: held.conversation.synced_at.to_utc(),
        data_as_of: (!has_earlier_messages).then(|| held.data_as_of().to_utc()),
        has_thread: held.conversation.has_thread,
        has_earlier_messages,
        parts_truncated: held.conversation.parts_truncated,
        fetched_now: held.fetched_now,
        fetch_failure: failure.map(failure_text),
        is_gone: matches!(failure, Some(Failure::NoSuch)),
        is_mixed: !held.is_steady,
    }
}
