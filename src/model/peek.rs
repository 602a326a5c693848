//! The few fields of a raw object that must be known before its row is made: id and times.
//!
//! Skips everything else, so that a spooled object is read in full only once.

use serde::Deserialize;
use serde_json::Value;

use super::fields::WireError;
use super::id::id_text;
use super::time::Timestamp;

/// Id and times of a raw object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// The object's id as text.
    pub id: String,
    /// When it was created, if it says so.
    pub created_at: Option<Timestamp>,
    /// When it was last updated, if it says so.
    pub updated_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    created_at: Value,
    #[serde(default)]
    updated_at: Value,
}

impl Peek {
    /// Of the JSON text of one object.
    pub fn at(what: &'static str, json: &[u8]) -> Result<Self, WireError> {
        let wire: Wire = serde_json::from_slice(json).map_err(|source| WireError::Json { what, source })?;
        let id = id_text(&wire.id).filter(|id| !id.is_empty());
        Ok(Self {
            id: id.ok_or(WireError::Missing { what, field: "id" })?,
            created_at: Timestamp::from_json(&wire.created_at),
            updated_at: Timestamp::from_json(&wire.updated_at),
        })
    }
}
