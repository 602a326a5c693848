//! A query as a tree.

use std::ops::Range;

/// What conversations have to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Anything.
    All,
    /// All of these.
    And(Vec<Expr>),
    /// At least one of these.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// Something to find.
    Leaf(Leaf),
}

/// Something to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Where.
    pub scope: Scope,
    /// How.
    pub matching: Match,
    /// The words, folded, each with its place among them.
    pub words: Vec<(usize, String)>,
    /// As it was typed, without its qualifier.
    pub typed: String,
    /// Where in the query, in bytes.
    pub range: Range<usize>,
}

/// Where something is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Title, messages, notes, the contact's name and address, tags and names of files.
    Anywhere,
    /// The title or subject.
    Title,
    /// Internal notes.
    Note,
    /// Names and addresses of those who wrote, and of the contact.
    From,
    /// Names of tags.
    Tag,
    /// The teammate or team it is assigned to.
    Assignee,
    /// What it has: an attachment or a note.
    Has,
}

/// How words have to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// One after the other, as they are.
    Exact,
    /// The last one only has to begin so.
    Prefix,
    /// One word, within so many slips: a letter too much, missing, wrong, or two that changed places.
    Typo(u8),
}

impl Scope {
    /// Every qualifier there is, and where it looks.
    pub(super) const QUALIFIERS: &'static [(&'static str, Self)] = &[
        ("from", Self::From),
        ("tag", Self::Tag),
        ("assignee", Self::Assignee),
        ("title", Self::Title),
        ("subject", Self::Title),
        ("note", Self::Note),
        ("has", Self::Has),
    ];
}

impl Expr {
    /// Everything that has to be found, or may be: what is excluded is left out.
    pub fn wanted(&self) -> Vec<&Leaf> {
        match self {
            Self::All | Self::Not(_) => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::wanted).collect(),
            Self::Leaf(leaf) => vec![leaf],
        }
    }

    /// Everything named, also what is excluded.
    pub fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::All => Vec::new(),
            Self::Not(part) => part.leaves(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::leaves).collect(),
            Self::Leaf(leaf) => vec![leaf],
        }
    }
}
