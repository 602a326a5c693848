//! What is wrong with a query, and where.

use std::fmt;

/// Characters of the query shown before and behind the place.
const AROUND: usize = 30;

/// What is wrong with a query, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong, and what would be right.
    pub message: String,
    /// Where it begins, counted in characters from 0.
    pub at: usize,
    /// How many characters it is.
    pub length: usize,
    query: String,
}

impl SyntaxError {
    /// About a range of bytes of a query.
    pub(in crate::index) fn new(
        query: &str,
        range: std::ops::Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let count = |end: usize| query.get(..end).unwrap_or(query).chars().count();
        let at = count(range.start);
        let length = count(range.end).saturating_sub(at).max(1);
        Self { message: message.into(), at, length, query: query.to_owned() }
    }

    /// The piece of the query around the place, and a line that points at it.
    fn shown(&self) -> (String, String) {
        let from = self.at.saturating_sub(AROUND);
        let shown = self.query.chars().skip(from).take(2 * AROUND + self.length.min(AROUND));
        let shown: String = shown.map(|char| if char.is_control() { ' ' } else { char }).collect();
        let before: String = shown.chars().take(self.at - from).collect();
        let width = unicode_width::UnicodeWidthStr::width(before.as_str());
        (shown, format!("{}{}", " ".repeat(width), "^".repeat(self.length.min(AROUND))))
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (query, pointer) = self.shown();
        write!(f, "{}\n  {query}\n  {pointer}", self.message)
    }
}

impl std::error::Error for SyntaxError {}
