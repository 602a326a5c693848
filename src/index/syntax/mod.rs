//! What can be asked for: words, phrases, beginnings, exclusions and qualifiers, read into an expression.
//!
//! ```text
//! refund shipping        both words, anywhere
//! "not received"         the words one after the other
//! refund OR return       either; OR binds tighter than a space
//! -spam  NOT spam        without
//! ship*                  words that begin so
//! recieve~  recieve~2    words so alike, within one or two slips
//! from:ana@example.com   written by: a name, an address, or part of one
//! tag:vip  assignee:ben  with a tag; assigned to a teammate or team, or to none
//! title:invoice note:vip in the title, in an internal note
//! has:attachment has:note with a file, with an internal note
//! (a OR b) -(c d)        groups
//! ```

mod error;
mod expr;
mod lex;
mod parse;

pub use error::SyntaxError;
pub use expr::{Expr, Leaf, Match, Scope};

/// Characters a query has at most.
pub const LONGEST_QUERY: usize = 1_000;
/// Words, phrases and the like a query has at most.
pub(super) const MOST_LEAVES: usize = 64;
/// Groups within groups at most.
const DEEPEST: usize = 16;

impl Expr {
    /// Reads a query. A query without any word is [`Expr::All`] only if it is blank.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(query: &str) -> Result<Self, SyntaxError> {
        parse::parse(query)
    }
}
