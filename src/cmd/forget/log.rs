//! What to look for in the log, and in what was typed into the shell of `fi query`: ids, addresses and names of those who are forgotten.

use std::collections::HashMap;
use std::path::Path;

use crate::config::private;
use crate::error::{CommandError, Explain, Kind};
use crate::logging;
use crate::sync::forget::{Person, Trace, folded};

/// What is shorter, and no name, may be a part of a time or a measure.
const LONG: usize = 6;

/// Texts that a line of the log must not tell, as they are compared, by their first word.
#[derive(Default)]
pub(super) struct Needles(HashMap<String, Vec<Needle>>);

struct Needle {
    text: String,
    /// Whether it is meant wherever it is no part of a longer word.
    is_plain: bool,
}

impl Needles {
    pub(super) fn of(person: &Person, trace: &Trace) -> Self {
        let mut needles = Self::default();
        let ids = [&person.contact_ids, &person.emails, &person.external_ids];
        let ids = ids.into_iter().flatten().map(String::as_str).chain(trace.ids());
        ids.for_each(|id| needles.add(id, id.len() >= LONG));
        person.names.iter().for_each(|name| needles.add(name, true));
        needles
    }

    /// Marks around a text are no part of it; those within are.
    fn add(&mut self, text: &str, is_plain: bool) {
        let text = folded(text.trim_matches(|c: char| !c.is_alphanumeric()));
        let first = words(&text).next().map(|(_, word)| word.to_owned());
        if let Some(first) = first {
            self.0.entry(first).or_default().push(Needle { text, is_plain });
        }
    }

    /// How many lines of the log tell any of them.
    pub(super) fn count(&self, directory: &Path) -> Result<u64, CommandError> {
        logging::count_lines(directory, |line| self.are_in(line))
            .explain(Kind::Failed, || format!("could not read the log in {}", directory.display()))
    }

    /// Takes the lines that tell any of them out of the log; tells how many there were.
    pub(super) fn erase(&self, directory: &Path) -> Result<u64, CommandError> {
        logging::erase_lines(directory, |line| self.are_in(line))
            .explain(Kind::Failed, || format!("could not rewrite the log in {}", directory.display()))
    }

    /// Takes the lines that tell any of them out of what was typed.
    pub(super) fn erase_typed(&self, file: &Path) -> Result<(), CommandError> {
        let what_failed = || format!("could not rewrite {}", file.display());
        let content = match std::fs::read_to_string(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            content => content.explain(Kind::Failed, what_failed)?,
        };
        let left: String = content.split_inclusive('\n').filter(|line| !self.are_in(line)).collect();
        if left.len() == content.len() {
            return Ok(());
        }
        private::write_atomic(file, left.as_bytes()).explain(Kind::Failed, what_failed)
    }

    /// Whether a line tells any of them. A number that only looks like an id costs a line of the log, and no more.
    fn are_in(&self, line: &str) -> bool {
        let line = folded(line);
        words(&line).any(|(at, word)| {
            let mut needles = self.0.get(word).into_iter().flatten();
            needles.any(|needle| needle.is_at(&line, at))
        })
    }
}

impl Needle {
    /// Whether it stands in a line where a word begins.
    fn is_at(&self, line: &str, at: usize) -> bool {
        let Some(after) = line[at..].strip_prefix(&self.text) else { return false };
        if self.is_plain {
            return !after.starts_with(char::is_alphanumeric);
        }
        let is_joined = |c: char| c.is_alphanumeric() || "-_.:@+".contains(c);
        let (before, after) = (line[..at].trim_end_matches(['.', ':']), after.trim_start_matches(['.', ':']));
        !before.ends_with(is_joined) && !after.starts_with(is_joined)
    }
}

/// The words of a text, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text.char_indices().scan(false, |was_in_word, (at, c)| {
        let is_start = c.is_alphanumeric() && !*was_in_word;
        *was_in_word = c.is_alphanumeric();
        Some((at, is_start))
    });
    starts.filter(|(_, is_start)| *is_start).map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        (at, &rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_addresses_and_names_are_found_as_they_stand_in_lines() {
        let person = Person {
            contact_ids: ["68e1a7c2d9f04b3a5c6e7f81".to_owned()].into(),
            emails: ["mira@h.example", "o'brien@h.example"].map(str::to_owned).into(),
            external_ids: ["42", "auth0|5f00C1", "cust #4711", "11"].map(str::to_owned).into(),
            names: ["Mira Okafor", "Sean O’Neill", "D'Arcy", " "].map(str::to_owned).into(),
        };
        let needles = Needles::of(&person, &Trace::default());
        for (line, is_told) in [
            ("WARN sync: failed contact_id=68e1a7c2d9f04b3a5c6e7f81 reason=x", true),
            (r#"{"level":"WARN","fields":{"id":"42","email":"Mira@h.example."}}"#, true),
            ("WARN sync: GET /contacts/68E1A7C2D9F04B3A5C6E7F81: 404", true),
            ("WARN sync: no answer for Mira Okafor (7 times)", true),
            ("WARN sync: no answer for 'O'Brien@h.example'", true),
            ("WARN sync: no answer for Sean O'Neill", true),
            ("WARN sync: 'SEAN O’NEILL' and others", true),
            ("WARN sync: no answer for d’arcy.", true),
            (r#"{"id":"auth0|5f00c1"}"#, true),
            ("WARN sync: external_id=auth0|5f00c1 reason=x", true),
            ("WARN sync: contact:68e1a7c2d9f04b3a5c6e7f81, cust 1", true),
            ("WARN sync: no answer for cust #4711: 500", true),
            ("2026-11-21T12:11:42.042Z INFO sync: rows=142 seconds=4.2 took=42.1 at 11:42", false),
            ("WARN sync: no answer for mira okaforsson, auth0|5f00c12, brien@h.example", false),
            ("WARN sync: no answer for Sean, ONeill or Arcy", false),
        ] {
            assert_eq!(needles.are_in(line), is_told, "{line}");
        }
    }
}
