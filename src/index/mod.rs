//! The full-text index over the conversations of the lake.
//!
//! Derived: made from the lake, it follows it commit by commit and is never a source of truth. One document per
//! conversation has the words of its title, messages, notes, names and tags, and a card with what a list of hits shows
//! beside texts, which are in the lake. Knows files of the lake and words; knows nothing of SQL, tools or transports.
//!
//! [`TextIndex`] is asked; [`Expr`] is what can be asked for; [`snippet()`] shows why something was found.

mod card;
mod collect;
mod columns;
mod disk;
mod document;
mod error;
mod fold;
mod handle;
mod in_a_row;
mod key;
mod look;
mod matching;
mod mending;
mod names;
mod opened;
mod outdated;
mod parts;
mod postings;
mod query;
mod replica;
mod row;
mod schema;
mod search;
mod snippet;
mod source;
mod sources;
mod statistics;
mod syntax;
mod tokenizer;
mod update;
mod words;
mod zone;

pub use card::Card;
pub use collect::{Place, Sort, Within};
pub use error::Error;
pub(crate) use error::keeper;
pub use handle::{TextIndex, WhoAmI};
pub use key::{KeyHasher, KeyHashing, id_key as key_of};
pub use look::Look;
pub use mending::{Mending, Standing, Wait};
pub use search::{Hit, Hits, PageParams};
pub use snippet::{Snippet, beginning, snippet};
pub use statistics::Statistics;
pub use syntax::{Expr, LONGEST_QUERY, Leaf, Match, SYNTAX, Scope, SyntaxError};
pub use update::Updated;

/// The words of a text as search compares them, in order.
pub fn words_of(text: &str) -> Vec<String> {
    words::words(text).into_iter().map(|word| word.text).collect()
}
