//! What can be asked for: words, phrases, beginnings, exclusions and qualifiers, read into an expression. [`SYNTAX`]
//! lists the forms.

mod error;
mod expr;
mod forms;
mod lex;
mod parse;

pub use error::SyntaxError;
pub use expr::{Expr, Leaf, Match, Scope};
pub use forms::SYNTAX;

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
