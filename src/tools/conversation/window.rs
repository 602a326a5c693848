//! Which of a conversation's messages an answer holds: as many as fit, and where the next answer goes on.

use super::answer::Window;
use super::budget::{Budget, Limits};
use super::cursor::Cursor;
use super::message::{MessageKind, ShownMessage, says_something};
use super::names::Names;
use super::params::MessageOrder;
use crate::model::Message;
use crate::tools::untrusted::Untrusted;

/// Characters of a message that is cut at least, so that every answer gets on.
const LEAST: usize = 100;
/// How far before the end of the room a cut may be, to be between words.
const BETWEEN_WORDS: usize = 200;
/// What saying that a message is cut takes.
const SAYING_SO: usize = 100;
/// How many levels down in an answer a message is.
const DEPTH: usize = 2;

/// Which messages are wanted, and how many.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) notes: bool,
    pub(super) events: Events,
    pub(super) order: MessageOrder,
    pub(super) cursor: Option<Cursor>,
    /// Messages at most.
    pub(super) limit: Option<usize>,
    pub(super) budget: Budget,
}

/// Which events are wanted among the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Events {
    All,
    /// Those with a text or files, such as the summary of a call: what they say is told nowhere else.
    Saying,
    None,
}

impl Wanted {
    fn is_wanted(&self, message: &Message) -> bool {
        match MessageKind::of(message) {
            MessageKind::Message => true,
            MessageKind::Note => self.notes,
            MessageKind::Event => match self.events {
                Events::All => true,
                Events::Saying => says_something(message),
                Events::None => false,
            },
        }
    }

    /// What is given of these messages, which are in the order of their positions, in so many characters.
    pub(super) fn of(
        &self,
        messages: &[Message],
        names: &Names,
        room: usize,
        limits: Limits,
    ) -> (Vec<ShownMessage>, Window) {
        let ordered: Vec<&Message> = match self.order {
            MessageOrder::Oldest => messages.iter().collect(),
            MessageOrder::Newest => messages.iter().rev().collect(),
        };
        let start = self.cursor.as_ref().map_or(0, |cursor| cursor.next(&ordered));
        let mut given = Given { wanted: self, left: room, shown: Vec::new(), last: None };
        let mut next = None;
        for message in ordered[start..].iter().filter(|message| self.is_wanted(message)) {
            let Some(shown) = self.rest_of(message, names, limits) else { continue };
            let is_full = self.limit.is_some_and(|limit| given.shown.len() >= limit);
            next = if is_full { given.last.clone() } else { given.push(shown, message) };
            if next.is_some() {
                break;
            }
        }
        let window = Window {
            message_count: messages.iter().filter(|message| self.is_wanted(message)).count(),
            returned: given.shown.len(),
            is_truncated: next.is_some(),
            next_cursor: next.map(|cursor| cursor.text()),
        };
        (given.shown, window)
    }

    /// A message without what an earlier answer gave of it; `None` when nothing is left.
    fn rest_of(&self, message: &Message, names: &Names, limits: Limits) -> Option<(ShownMessage, usize)> {
        let shown = ShownMessage::within(message, names, limits);
        let given = self.cursor.as_ref().map_or(0, |cursor| cursor.given_of(message));
        if given == 0 || shown.body.is_empty() {
            return Some((shown, 0));
        }
        let text = shown.body.as_str();
        // The text may have been changed since.
        let given = text.floor_char_boundary(given);
        let body = shown.body.piece(given, text.len());
        let continues_at_character = Some(text[..given].chars().count());
        // Its files came with the first piece.
        let (attachments, more_attachment_count) = (Vec::new(), None);
        let is_left = given < text.len();
        let rest = ShownMessage { body, continues_at_character, attachments, more_attachment_count, ..shown };
        is_left.then_some((rest, given))
    }
}

/// An answer's messages so far.
struct Given<'a> {
    wanted: &'a Wanted,
    shown: Vec<ShownMessage>,
    /// Characters there is room for.
    left: usize,
    /// Behind the last message.
    last: Option<Cursor>,
}

impl Given<'_> {
    /// Adds a message, of whose text so many bytes were given out earlier. If it does not fit, tells where the next
    /// answer goes on: at it, or within it if it is the first here.
    fn push(&mut self, (shown, given): (ShownMessage, usize), message: &Message) -> Option<Cursor> {
        let (order, budget) = (self.wanted.order, self.wanted.budget);
        let size = budget.size(&shown, DEPTH);
        if size > self.left && self.last.is_some() {
            return self.last.clone();
        }
        let (shown, cut_at) = if size <= self.left { (shown, None) } else { cut(shown, self.left, budget) };
        self.left = self.left.saturating_sub(budget.size(&shown, DEPTH));
        self.shown.push(shown);
        self.last = Some(Cursor::after(order, message));
        cut_at.map(|cut_at| Cursor::within(order, message, given + cut_at))
    }
}

/// As much of a message as fits, and after which byte of its text it was cut.
fn cut(shown: ShownMessage, room: usize, budget: Budget) -> (ShownMessage, Option<usize>) {
    let body = shown.body.clone();
    let mut without = ShownMessage { body: Untrusted::default(), ..shown };
    let for_files = if body.is_empty() { room } else { room / 2 };
    while budget.size(&without, DEPTH) > for_files && without.attachments.pop().is_some() {
        *without.more_attachment_count.get_or_insert(0) += 1;
    }
    let room = room.saturating_sub(budget.size(&without, DEPTH) + SAYING_SO).max(LEAST);
    match end_within(body.as_str(), room) {
        None => (ShownMessage { body, ..without }, None),
        Some(end) => {
            let left_out_characters = Some(body.as_str()[end..].chars().count());
            (ShownMessage { body: body.piece(0, end), left_out_characters, ..without }, Some(end))
        }
    }
}

/// Where a text is cut that takes more than so many characters, between words if there are any; none if it does not.
fn end_within(text: &str, room: usize) -> Option<usize> {
    let mut used = 0;
    let (end, _) = text.char_indices().find(|(_, character)| {
        // As JSON writes it.
        used += if matches!(character, '"' | '\\' | '\n') { 2 } else { 1 };
        used > room
    })?;
    let near = text.floor_char_boundary(end.saturating_sub(BETWEEN_WORDS));
    let blank = text[near..end].char_indices().rfind(|(_, character)| character.is_whitespace());
    Some(blank.map_or(end, |(at, blank)| near + at + blank.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_behind_a_blank_of_however_many_bytes() {
        for blank in [" ", "\u{a0}", "\u{3000}"] {
            let text = format!("één{blank}zwei{blank}drei");
            let end = end_within(&text, 10).unwrap();
            assert_eq!(&text[..end], format!("één{blank}zwei{blank}"), "{blank:?}");
        }
        assert_eq!((end_within("abcdef", 4), end_within("abcdef", 6)), (Some(4), None));
        assert_eq!(end_within("\"\"\"", 4), Some(2));
    }
}
