//! Where an answer ended, so that the next one goes on exactly there, also when messages were added meanwhile.

use super::params::MessageOrder;
use crate::model::{ConversationId, Message, MessageId, Timestamp};
use crate::tools::error::ToolError;

/// What stands between the parts of a cursor; no id has it.
const BETWEEN: char = '~';

/// A place in a conversation's messages: named by a message rather than by a number, since messages are added, and some
/// are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) order: MessageOrder,
    conversation_id: String,
    /// When the message was written, for the case that it is gone.
    written_at: Timestamp,
    message_id: String,
    /// How many characters of its text were given out; none when all of it was.
    pub(super) given: Option<usize>,
}

impl Cursor {
    /// After a message.
    pub(super) fn after(order: MessageOrder, message: &Message) -> Self {
        Self {
            order,
            conversation_id: message.conversation_id.to_string(),
            written_at: message.created_at,
            message_id: message.message_id.to_string(),
            given: None,
        }
    }

    /// Within a message, so many characters of whose text were given out.
    pub(super) fn within(order: MessageOrder, message: &Message, given: usize) -> Self {
        Self { given: Some(given), ..Self::after(order, message) }
    }

    /// From the text of one, which must be of this conversation.
    pub(super) fn parse(text: &str, conversation: &ConversationId) -> Result<Self, ToolError> {
        let cursor = Self::read(text).ok_or_else(|| {
            ToolError::Refused("the cursor is none: give the next_cursor of an answer as it is".to_owned())
        })?;
        match cursor.conversation_id == conversation.as_str() {
            true => Ok(cursor),
            false => Err(ToolError::Refused(format!(
                "the cursor is of conversation {}, not of {conversation}",
                cursor.conversation_id
            ))),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.trim().split(BETWEEN);
        let order = match parts.next()? {
            "o" => MessageOrder::Oldest,
            "n" => MessageOrder::Newest,
            _ => return None,
        };
        let conversation_id = ConversationId::parse(parts.next()?).ok()?.to_string();
        let written_at = Timestamp::from_micros(parts.next()?.parse().ok()?);
        let message_id = MessageId::parse(parts.next()?).ok()?.to_string();
        let given = match parts.next()? {
            "" => None,
            given => Some(given.parse().ok()?),
        };
        parts.next().is_none().then_some(Self { order, conversation_id, written_at, message_id, given })
    }

    /// Which of these messages comes next. They are in the cursor's order.
    pub(super) fn next(&self, messages: &[&Message]) -> usize {
        let of_id = messages.iter().position(|one| one.message_id.as_str() == self.message_id);
        match of_id {
            Some(place) => place + usize::from(self.given.is_none()),
            // Rather a message twice than one never: several may be of the same second.
            None => {
                let is_due = |one: &&Message| match self.order {
                    MessageOrder::Oldest => one.created_at >= self.written_at,
                    MessageOrder::Newest => one.created_at <= self.written_at,
                };
                messages.iter().position(is_due).unwrap_or(messages.len())
            }
        }
    }

    /// How many characters of a message were given out.
    pub(super) fn given_of(&self, message: &Message) -> usize {
        match message.message_id.as_str() == self.message_id {
            true => self.given.unwrap_or(0),
            false => 0,
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let order = match self.order {
            MessageOrder::Oldest => 'o',
            MessageOrder::Newest => 'n',
        };
        let given = self.given.map_or(String::new(), |given| given.to_string());
        let parts = [&self.conversation_id, &self.written_at.micros().to_string(), &self.message_id, &given];
        write!(f, "{order}")?;
        parts.into_iter().try_for_each(|part| write!(f, "{BETWEEN}{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ConversationId {
        ConversationId::parse(text).expect("it is one")
    }

    #[test]
    fn a_cursor_comes_back_from_its_text() {
        for text in ["o~12~1700000000000000~34~", "n~12~-5~source-12~1024"] {
            assert_eq!(Cursor::parse(text, &id("12")).expect("it is one").to_string(), text);
        }
    }

    #[test]
    fn anything_else_and_that_of_another_conversation_is_refused() {
        for text in ["", "o", "x~12~1~34~", "o~12~one~34~", "o~12~1~34~-1", "o~12~1~34~5~6", "o~12~1~~"] {
            assert!(Cursor::parse(text, &id("12")).is_err(), "{text}");
        }
        let error = Cursor::parse("o~12~1~34~", &id("13")).unwrap_err();
        assert!(error.to_string().contains("of conversation 12, not of 13"), "{error}");
    }
}
