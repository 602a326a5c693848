//! What a workspace holds, as compact values that refer to each other by position.
//!
//! Owns the data; knows nothing of JSON, of HTTP or of how the data came to be.

mod conversation;
mod kind;
mod people;
mod ticket;

pub use conversation::*;
pub use kind::{KindInfo, PART_KINDS, PartKind};
pub use people::*;
pub use ticket::*;

use std::borrow::Cow;
use std::fmt;

/// A position in one of the workspace's lists.
pub type Index = u32;

/// Free-form attributes, in the order they were set.
pub type Attributes = Vec<(Cow<'static, str>, serde_json::Value)>;

/// The id of a contact, company or segment: twelve bytes, written as 24 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct HexId(pub [u8; 12]);

impl HexId {
    /// The id made at a time, told apart by `rest`.
    pub fn new(at: i64, rest: u64) -> Self {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&(at as u32).to_be_bytes());
        bytes[4..].copy_from_slice(&rest.to_be_bytes());
        Self(bytes)
    }

    /// Reads 24 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 24 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 12];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for HexId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 24];
        for (n, byte) in self.0.iter().enumerate() {
            text[2 * n] = b"0123456789abcdef"[usize::from(byte >> 4)];
            text[2 * n + 1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}
