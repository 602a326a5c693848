//! What parent and child say to each other: JSON, each piece after its length.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::Failed;
use super::options::Limits;
use crate::engine::{Cut, Layers};

/// The longest frame a child may send, in bytes.
pub(super) const LONGEST_FROM_CHILD: usize = 8 << 20;

/// What the parent says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToChild {
    /// First: what to work on.
    Start(Start),
    /// A query; the next comes only when it is answered.
    Query { id: u64, sql: String, now: DateTime<Utc>, limits: Limits },
    /// Nobody wants the answer to it any more.
    Cancel { id: u64 },
    /// What words find.
    Found { number: u64, found: Result<Vec<(String, f32)>, String> },
}

/// What a child is told once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Start {
    pub(super) home: PathBuf,
    pub(super) private_dir: PathBuf,
    pub(super) memory_bytes: u64,
    pub(super) threads: usize,
    pub(super) longest: Duration,
    pub(super) has_search: bool,
    pub(super) audit: Option<PathBuf>,
    pub(super) layers: Layers,
    pub(super) is_confined: bool,
}

/// What a child says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromChild {
    /// It is confined, and its engine is open.
    Ready,
    /// It cannot get ready.
    Unable(Failed),
    /// The answer to a query.
    Answer { id: u64, answer: SqlAnswer },
    /// A query has none.
    Failed { id: u64, failed: Failed },
    /// It wants to know what words find.
    Search { number: u64, words: String },
}

/// The answer to a query. Its texts are as DuckDB gave them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SqlAnswer {
    /// Its columns.
    pub columns: Vec<AnswerColumn>,
    /// Its rows: as many values each as there are columns.
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more, and which limit held them back.
    pub cut: Option<Cut>,
    /// How many values were too long to be given whole.
    pub cut_cells: u64,
    /// How long DuckDB took, in milliseconds.
    pub elapsed_ms: u64,
    /// The version of the lake it is of.
    pub generation: u64,
    /// Whether a sync changed the lake meanwhile, so that rows may be of two versions.
    pub lake_changed: bool,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerColumn {
    /// Its name; no other column of the answer has it.
    pub name: String,
    /// Its type as DuckDB writes it.
    pub sql_type: String,
}

/// A message with its length before it.
pub(super) fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, message)?;
    let length = u32::try_from(frame.len() - 4).map_err(io::Error::other)?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    Ok(frame)
}

/// Sends a message.
pub(super) fn send(out: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    out.write_all(&encode(message)?)?;
    out.flush()
}

/// The next message; none when there will be no more.
///
/// # Errors
/// When it breaks off, is longer than `longest` bytes or is no message.
pub(super) fn receive<T: DeserializeOwned>(input: &mut impl Read, longest: usize) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > longest {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut frame = Vec::new();
    input.by_ref().take(length as u64).read_to_end(&mut frame)?;
    if frame.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(serde_json::from_slice(&frame)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_and_nothing_else_is_one() {
        let mut sent = Vec::new();
        send(&mut sent, &FromChild::Ready).unwrap();
        send(&mut sent, &FromChild::Search { number: 1, words: "a".to_owned() }).unwrap();
        let mut input = sent.as_slice();
        assert!(matches!(receive(&mut input, 100).unwrap(), Some(FromChild::Ready)));
        assert!(matches!(receive(&mut input, 100).unwrap(), Some(FromChild::Search { number: 1, .. })));
        assert!(receive::<FromChild>(&mut input, 100).unwrap().is_none());
        assert!(receive::<FromChild>(&mut &sent[..6], 100).is_err());
        assert!(receive::<FromChild>(&mut sent.as_slice(), 3).is_err());
        assert!(receive::<FromChild>(&mut &b"\x04\0\0\0null"[..], 100).is_err());
        assert!(receive::<FromChild>(&mut &b"\xff\xff\xff\xffnull"[..], 100).is_err());
    }
}
