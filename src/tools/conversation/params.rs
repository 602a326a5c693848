//! What is asked: parameters as they come.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// Which message comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageOrder {
    /// The opening message.
    #[default]
    Oldest,
    /// The latest message.
    Newest,
}

/// A conversation to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetConversationParams {
    /// The conversation's id, such as 215470001234567, or inbox address.
    #[serde(alias = "id", deserialize_with = "text_or_number")]
    pub conversation_id: String,
    /// Whether its messages are wanted, and not only what it is.
    #[serde(default = "yes", alias = "include_parts")]
    pub include_messages: bool,
    /// Whether internal notes are.
    #[serde(default = "yes")]
    pub include_notes: bool,
    /// Whether events such as assignments are.
    #[serde(default = "yes")]
    pub include_events: bool,
    /// Which message comes first: oldest, or newest.
    #[serde(default)]
    pub order: Option<MessageOrder>,
    /// Messages at most; without it as many as fit.
    #[serde(default)]
    pub limit: Option<usize>,
    /// Go on where an answer ended: its next_cursor.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Characters of the answer at most, 4,000 to 50,000; 40,000 without it.
    #[serde(default)]
    pub max_characters: Option<usize>,
}

/// A conversation to know everything about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetConversationDetailsParams {
    /// The conversation's id, such as 215470001234567, or inbox address.
    #[serde(alias = "id", deserialize_with = "text_or_number")]
    pub conversation_id: String,
    /// Whether its messages and notes are wanted.
    #[serde(default = "yes", alias = "include_parts")]
    pub include_messages: bool,
    /// Whether what is known of its contacts and company is.
    #[serde(default = "yes")]
    pub include_customer: bool,
    /// Messages at most; without it as many as fit.
    #[serde(default)]
    pub limit: Option<usize>,
    /// Go on with the messages where an answer ended: its next_cursor.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Characters of the answer at most, 4,000 to 50,000; 40,000 without it.
    #[serde(default)]
    pub max_characters: Option<usize>,
}

impl GetConversationParams {
    /// All of a conversation, from its beginning.
    pub fn of(conversation_id: &str) -> Self {
        Self {
            conversation_id: conversation_id.to_owned(),
            include_messages: true,
            include_notes: true,
            include_events: true,
            order: None,
            limit: None,
            cursor: None,
            max_characters: None,
        }
    }
}

impl GetConversationDetailsParams {
    /// Everything about a conversation.
    pub fn of(conversation_id: &str) -> Self {
        Self {
            conversation_id: conversation_id.to_owned(),
            include_messages: true,
            include_customer: true,
            limit: None,
            cursor: None,
            max_characters: None,
        }
    }
}

fn yes() -> bool {
    true
}

/// Ids are text, and look like numbers: whoever writes one as a number means the same.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Number(u64),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Text(text) => text,
        Written::Number(number) => number.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_conversation_is_needed_and_other_spellings_are_understood() {
        let read = |json: &str| serde_json::from_str::<GetConversationParams>(json);
        assert_eq!(read(r#"{"conversation_id": "12"}"#).unwrap(), GetConversationParams::of("12"));
        assert_eq!(read(r#"{"conversation_id": 12}"#).unwrap(), GetConversationParams::of("12"));
        assert!(!read(r#"{"id": "12", "include_parts": false}"#).unwrap().include_messages);
        assert!(read("{}").is_err());
        assert!(read(r#"{"conversation_id": "12", "includ_notes": true}"#).is_err());
        let details: GetConversationDetailsParams =
            serde_json::from_str(r#"{"conversation_id": "12"}"#).unwrap();
        assert_eq!(details, GetConversationDetailsParams::of("12"));
    }

    #[test]
    fn the_schema_asks_for_the_conversation_alone() {
        let schema = serde_json::to_value(schemars::schema_for!(GetConversationParams)).unwrap();
        assert_eq!(schema["required"], serde_json::json!(["conversation_id"]));
        assert_eq!(schema["properties"]["conversation_id"]["type"], "string");
        assert_eq!(schema["additionalProperties"], false);
    }
}
