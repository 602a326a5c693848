//! Names that queries use for teammates and teams.

use super::error::Error;
use super::schema::NOBODY;
use super::syntax::Leaf;
use super::words::words;
use crate::lake::{DataFile, Reader, State};
use crate::model::{Admin, Row, Team};
use crate::nearest::nearest;

/// Words for being assigned to nobody.
const NOBODIES: &[&str] = &["nobody", "none", "unassigned"];

/// Teammates and teams by their names.
#[derive(Debug, Default)]
pub(super) struct Names {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// As the index has it.
    term: String,
    id: String,
    name: String,
    email: String,
}

impl Names {
    /// As the lake has them.
    pub(super) fn read(reader: Reader<'_>, state: &State) -> Result<Self, Error> {
        let mut entries = Vec::new();
        if state.files.contains_key(&DataFile::whole(Admin::TABLE).name()) {
            let admins: Vec<Admin> = reader.rows(&DataFile::whole(Admin::TABLE))?;
            entries.extend(admins.into_iter().map(|admin| Entry {
                term: format!("a{}", admin.admin_id),
                id: admin.admin_id.to_string(),
                name: admin.name.unwrap_or_default(),
                email: admin.email.unwrap_or_default(),
            }));
        }
        if state.files.contains_key(&DataFile::whole(Team::TABLE).name()) {
            let teams: Vec<Team> = reader.rows(&DataFile::whole(Team::TABLE))?;
            entries.extend(teams.into_iter().map(|team| Entry {
                term: format!("t{}", team.team_id),
                id: team.team_id.to_string(),
                name: team.name.unwrap_or_default(),
                email: String::new(),
            }));
        }
        Ok(Self { entries })
    }

    /// Whom an `assignee:` names: an id, a name, an address, or words in a row of a name.
    pub(super) fn assignees(&self, leaf: &Leaf) -> Vec<&str> {
        let typed = leaf.typed.trim().to_lowercase();
        if NOBODIES.contains(&typed.as_str()) {
            return vec![NOBODY];
        }
        let is_whole = |entry: &&Entry| {
            entry.id == typed || entry.name.to_lowercase() == typed || entry.email.to_lowercase() == typed
        };
        let whole: Vec<&str> =
            self.entries.iter().filter(is_whole).map(|entry| entry.term.as_str()).collect();
        if !whole.is_empty() {
            return whole;
        }
        let is_part = |entry: &&Entry| !leaf.places(&words(&entry.name)).is_empty();
        self.entries.iter().filter(is_part).map(|entry| entry.term.as_str()).collect()
    }

    /// What to say of a name that is none of these.
    pub(super) fn unknown(&self, typed: &str) -> String {
        let names = || self.entries.iter().map(|entry| entry.name.as_str()).filter(|name| !name.is_empty());
        let first_words = names().filter_map(|name| name.split_whitespace().next());
        let typed: String = typed.chars().take(60).collect();
        match nearest(&typed, names().chain(first_words)) {
            Some(meant) => format!("there is no teammate or team '{typed}'; did you mean {meant}?"),
            None => {
                let known: Vec<&str> = names().take(20).collect();
                format!("there is no teammate or team '{typed}'; there are {}", known.join(", "))
            }
        }
    }
}
