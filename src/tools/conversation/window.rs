//! Which of a conversation's messages an answer holds: as many as fit, and where the next answer goes on.

use super::answer::Window;
use super::cursor::Cursor;
use super::message::{MessageKind, ShownMessage};
use super::names::Names;
use super::params::MessageOrder;
use crate::model::Message;

/// Characters of a message that is cut at least, so that every answer gets on.
const LEAST: usize = 200;
/// How far before the end of the room a cut may be, to be between words.
const BETWEEN_WORDS: usize = 200;
/// What saying that a message is cut takes.
const SAYING_SO: usize = 100;

/// Which messages are wanted, and how many.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) notes: bool,
    pub(super) events: bool,
    pub(super) order: MessageOrder,
    pub(super) cursor: Option<Cursor>,
    /// Messages at most.
    pub(super) limit: Option<usize>,
    /// Characters they may take together.
    pub(super) characters: usize,
}

impl Wanted {
    fn is_wanted(&self, message: &Message) -> bool {
        match MessageKind::of(message) {
            MessageKind::Message => true,
            MessageKind::Note => self.notes,
            MessageKind::Event => self.events,
        }
    }

    /// What is given of these messages, which are in the order of their positions.
    pub(super) fn of(&self, messages: &[Message], names: &Names) -> (Vec<ShownMessage>, Window) {
        let ordered: Vec<&Message> = match self.order {
            MessageOrder::Oldest => messages.iter().collect(),
            MessageOrder::Newest => messages.iter().rev().collect(),
        };
        let start = self.cursor.as_ref().map_or(0, |cursor| cursor.next(&ordered));
        let mut given = Given { left: self.characters, shown: Vec::new(), last: None };
        let mut next = None;
        for message in ordered[start..].iter().filter(|message| self.is_wanted(message)) {
            let Some(shown) = self.rest_of(message, names) else { continue };
            let is_full = self.limit.is_some_and(|limit| given.shown.len() >= limit);
            next = if is_full { given.last.clone() } else { given.push(shown, self.order, message) };
            if next.is_some() {
                break;
            }
        }
        let window = Window {
            message_count: messages.iter().filter(|message| self.is_wanted(message)).count(),
            returned: given.shown.len(),
            is_truncated: next.is_some(),
            next_cursor: next.map(|cursor| cursor.to_string()),
        };
        (given.shown, window)
    }

    /// A message without what an earlier answer gave of it; `None` when nothing is left.
    fn rest_of(&self, message: &Message, names: &Names) -> Option<(ShownMessage, usize)> {
        let shown = ShownMessage::of(message, names);
        let given = self.cursor.as_ref().map_or(0, |cursor| cursor.given_of(message));
        let Some(body) = shown.body.as_ref().filter(|_| given > 0) else { return Some((shown, 0)) };
        let text = body.as_str();
        // The text may have been changed since.
        let given = text.floor_char_boundary(given);
        let rest = body.piece(given, text.len());
        let continues_at_character = Some(text[..given].chars().count());
        let is_left = given < text.len();
        is_left.then_some((ShownMessage { body: Some(rest), continues_at_character, ..shown }, given))
    }
}

/// An answer's messages so far.
struct Given {
    shown: Vec<ShownMessage>,
    /// Characters there is room for.
    left: usize,
    /// Behind the last message.
    last: Option<Cursor>,
}

impl Given {
    /// Adds a message, of whose text so many bytes were given out earlier. If it does not fit, tells where the next
    /// answer goes on: at it, or within it if it is the first here.
    fn push(
        &mut self,
        (shown, given): (ShownMessage, usize),
        order: MessageOrder,
        message: &Message,
    ) -> Option<Cursor> {
        let size = shown.characters();
        if size <= self.left {
            self.left -= size;
            self.shown.push(shown);
            self.last = Some(Cursor::after(order, message));
            return None;
        }
        if let Some(last) = &self.last {
            return Some(last.clone());
        }
        let (shown, cut_at) = cut(shown, self.left);
        self.shown.push(shown);
        Some(match cut_at {
            Some(cut_at) => Cursor::within(order, message, given + cut_at),
            None => Cursor::after(order, message),
        })
    }
}

/// As much of a message as fits, and after which byte of its text it was cut.
fn cut(shown: ShownMessage, room: usize) -> (ShownMessage, Option<usize>) {
    let Some(body) = shown.body.clone() else { return (shown, None) };
    let without = ShownMessage { body: None, ..shown };
    let room = room.saturating_sub(without.characters() + SAYING_SO).max(LEAST);
    let text = body.as_str();
    let mut used = 0;
    let mut end = text.len();
    for (start, character) in text.char_indices() {
        // As JSON writes it.
        used += if matches!(character, '"' | '\\' | '\n') { 2 } else { 1 };
        if used > room {
            end = start;
            break;
        }
    }
    if end == text.len() {
        return (ShownMessage { body: Some(body), ..without }, None);
    }
    let near = text.floor_char_boundary(end.saturating_sub(BETWEEN_WORDS));
    let end = text[near..end].rfind(char::is_whitespace).map_or(end, |blank| near + blank + 1);
    let left_out_characters = Some(text[end..].chars().count());
    (ShownMessage { body: Some(body.piece(0, end)), left_out_characters, ..without }, Some(end))
}
