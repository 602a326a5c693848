//! Where a list of hits goes on: opaque to whoever is given it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::index::{Place, Statistics};
use crate::tools::ToolError;
use crate::tools::opaque;

/// Where a list of hits goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Of which question.
    #[serde(rename = "q")]
    fingerprint: u32,
    /// Behind which hit.
    #[serde(rename = "p")]
    pub(super) place: Place,
    /// The present of the first page, so that "last 7 days" stays what it was.
    #[serde(rename = "n")]
    pub(super) now: DateTime<Utc>,
    /// What the order was computed from.
    #[serde(rename = "s")]
    pub(super) statistics: Statistics,
}

impl Cursor {
    pub(super) fn new(fingerprint: u32, place: Place, now: DateTime<Utc>, statistics: Statistics) -> Self {
        Self { fingerprint, place, now, statistics }
    }

    pub(super) fn text(&self) -> String {
        opaque::encode(self)
    }

    pub(super) fn parse(text: &str, fingerprint: u32) -> Result<Self, ToolError> {
        let cursor: Option<Self> = opaque::decode(text);
        let cursor = cursor.ok_or_else(|| {
            let message = "this cursor cannot be read: give next_cursor of an earlier page as it was";
            ToolError::Refused(message.to_owned())
        })?;
        match cursor.fingerprint == fingerprint {
            true => Ok(cursor),
            false => Err(ToolError::Refused(
                "this cursor is of another search: leave query, filters, timeframe and sort as they were"
                    .to_owned(),
            )),
        }
    }
}
