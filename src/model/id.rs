//! Identifiers, made only by parsing: what holds one holds a usable one.
//!
//! Intercom writes ids as strings in one place and as integers in another (API section 5.4); here each kind is
//! one type around the same text, unique within a workspace.

use std::sync::Arc;

use serde_json::Value;

/// Why a text is no identifier.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{text}' is no {what} id: expected 1 to 100 letters, digits, '-', '_', '.' or ':', like {example}")]
pub struct IdError {
    what: &'static str,
    text: String,
    example: &'static str,
}

fn is_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    !text.is_empty() && text.len() <= 100 && text.chars().all(allowed)
}

/// The text of a JSON string or integer.
pub(super) fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

macro_rules! id_type {
    ($(#[doc = $doc:literal])* $name:ident, $what:literal, $example:literal) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Accepts the text of an id; says what is wrong with anything else.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                if is_id(text) {
                    return Ok(Self(text.into()));
                }
                let text = text.chars().take(100).collect();
                Err(IdError { what: $what, text, example: $example })
            }

            /// From a JSON string or integer; `None` when it is neither or no usable id.
            pub fn from_json(value: &Value) -> Option<Self> {
                Self::parse(&id_text(value)?).ok()
            }

            /// The id as Intercom writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
    };
}

id_type!(
    /// A conversation, also a ticket's conversation side: decimal text.
    ConversationId, "conversation", "215480000000123"
);
id_type!(
    /// A message: a conversation part, or the opening message.
    MessageId, "message", "37410000001"
);
id_type!(
    /// A contact: 24 hexadecimal digits.
    ContactId, "contact", "68e1a7c2d9f04b3a5c6e7f81"
);
id_type!(
    /// A company, by Intercom's own id: 24 hexadecimal digits.
    CompanyId, "company", "68e1a7d0d9f04b3a5c6e7f99"
);
id_type!(
    /// A teammate, human or bot: decimal text.
    AdminId, "admin", "7300101"
);
id_type!(
    /// A team: decimal text.
    TeamId, "team", "8100201"
);
id_type!(
    /// A tag: decimal text.
    TagId, "tag", "11200345"
);
