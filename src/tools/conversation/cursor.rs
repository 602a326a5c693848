//! Where an answer ended, so that the next one goes on exactly there, also when messages were added meanwhile.

use serde::{Deserialize, Serialize};

use super::params::MessageOrder;
use crate::model::{ConversationId, Message, Timestamp};
use crate::tools::error::ToolError;
use crate::tools::opaque;

/// A place in a conversation's messages: named by a message rather than by a number, since messages are added, and some
/// are removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    #[serde(rename = "o")]
    pub(super) order: MessageOrder,
    #[serde(rename = "c")]
    conversation_id: String,
    /// When the message was written, for the case that it is gone; in microseconds since 1970 (UTC).
    #[serde(rename = "t")]
    written_at: i64,
    #[serde(rename = "m")]
    message_id: String,
    /// How many bytes of its text were given out; none when all of it was.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub(super) given: Option<usize>,
}

impl Cursor {
    /// After a message.
    pub(super) fn after(order: MessageOrder, message: &Message) -> Self {
        Self {
            order,
            conversation_id: message.conversation_id.to_string(),
            written_at: message.created_at.micros(),
            message_id: message.message_id.to_string(),
            given: None,
        }
    }

    /// Within a message, so many bytes of whose text were given out.
    pub(super) fn within(order: MessageOrder, message: &Message, given: usize) -> Self {
        Self { given: Some(given), ..Self::after(order, message) }
    }

    /// As text.
    pub(super) fn text(&self) -> String {
        opaque::encode(self)
    }

    /// From the text of one, which must be of this conversation.
    pub(super) fn parse(text: &str, conversation: &ConversationId) -> Result<Self, ToolError> {
        let cursor: Option<Self> = opaque::decode(text);
        let is_whole = |cursor: &Self| ConversationId::parse(&cursor.conversation_id).is_ok();
        let cursor = cursor.filter(is_whole).ok_or_else(|| {
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

    /// Which of these messages comes next. They are in the cursor's order.
    pub(super) fn next(&self, messages: &[&Message]) -> usize {
        let of_id = messages.iter().position(|one| one.message_id.as_str() == self.message_id);
        match of_id {
            Some(place) => place + usize::from(self.given.is_none()),
            // Rather a message twice than one never: several may be of the same second.
            None => {
                let written_at = Timestamp::from_micros(self.written_at);
                let is_due = |one: &&Message| match self.order {
                    MessageOrder::Oldest => one.created_at >= written_at,
                    MessageOrder::Newest => one.created_at <= written_at,
                };
                messages.iter().position(is_due).unwrap_or(messages.len())
            }
        }
    }

    /// How many bytes of a message's text were given out.
    pub(super) fn given_of(&self, message: &Message) -> usize {
        match message.message_id.as_str() == self.message_id {
            true => self.given.unwrap_or(0),
            false => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ConversationId {
        ConversationId::parse(text).expect("it is one")
    }

    #[test]
    fn a_cursor_comes_back_from_its_text_and_belongs_to_one_conversation() {
        for given in [None, Some(1_024)] {
            let cursor = Cursor {
                order: MessageOrder::Newest,
                conversation_id: "12".to_owned(),
                written_at: -5,
                message_id: "source-12".to_owned(),
                given,
            };
            assert_eq!(Cursor::parse(&cursor.text(), &id("12")).expect("it is one"), cursor);
            let error = Cursor::parse(&cursor.text(), &id("13")).unwrap_err();
            assert!(error.to_string().contains("of conversation 12, not of 13"), "{error}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "o", "o~12~1~34~", "{}", "eyJvIjoib2xkZXN0In0"] {
            assert!(Cursor::parse(text, &id("12")).is_err(), "{text}");
        }
    }
}
