//! Names and ids of teammates, teams and tags: what people write in filters, and what answers show.

use arrow::array::AsArray;

use super::error::ToolError;
use crate::engine::{Engine, QueryOptions};

/// What an id is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Admin,
    Team,
    Tag,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Self::Admin => "teammate",
            Self::Team => "team",
            Self::Tag => "tag",
        }
    }
}

/// Everybody and everything that has a name.
#[derive(Debug, Default)]
pub(super) struct Directory {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    kind: Kind,
    id: String,
    name: String,
    email: String,
}

const SQL: &str = include_str!("../../sql/directory.sql");

impl Directory {
    /// As of now; read from the lake only when that has changed.
    pub(super) fn load(engine: &Engine, options: &QueryOptions) -> Result<Self, ToolError> {
        let table = engine.ask_once(SQL, options)?;
        let mut entries = Vec::new();
        for batch in &table.batches {
            let text =
                |column: usize, row: usize| batch.column(column).as_string::<i32>().value(row).to_owned();
            entries.extend((0..batch.num_rows()).map(|row| Entry {
                kind: match batch.column(0).as_string::<i32>().value(row) {
                    "admin" => Kind::Admin,
                    "team" => Kind::Team,
                    _ => Kind::Tag,
                },
                id: text(1, row),
                name: text(2, row),
                email: text(3, row),
            }));
        }
        Ok(Self { entries })
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    pub(super) fn name(&self, kind: Kind, id: &str) -> Option<&str> {
        self.of(kind).find(|entry| entry.id == id).map(|entry| entry.name.as_str())
    }

    /// The ids of an id, a name or an e-mail address; upper and lower case are the same.
    pub(super) fn ids(&self, kind: Kind, text: &str) -> Result<Vec<&str>, ToolError> {
        let wanted = text.trim().to_lowercase();
        let is_meant = |entry: &&Entry| {
            entry.id == wanted
                || entry.name.to_lowercase() == wanted
                || (!wanted.is_empty() && entry.email.to_lowercase() == wanted)
        };
        let ids: Vec<&str> = self.of(kind).filter(is_meant).map(|entry| entry.id.as_str()).collect();
        match ids.is_empty() {
            true => {
                Err(ToolError::unknown(kind.noun(), text, self.of(kind).map(|entry| entry.name.as_str())))
            }
            false => Ok(ids),
        }
    }
}

/// The names of all that are of a kind: `assignee`, `team` or `tag`; of nothing else.
///
/// # Errors
/// When the lake cannot be read.
pub fn names_of(engine: &Engine, kind: &str) -> Result<Vec<String>, ToolError> {
    let kind = match kind {
        "assignee" => Kind::Admin,
        "team" => Kind::Team,
        "tag" => Kind::Tag,
        _ => return Ok(Vec::new()),
    };
    let directory = Directory::load(engine, &QueryOptions::default())?;
    let mut names: Vec<String> = directory.of(kind).map(|entry| entry.name.clone()).collect();
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup();
    Ok(names)
}
