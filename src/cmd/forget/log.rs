//! What to look for in the log: ids, addresses and names of those who are forgotten.

use std::collections::HashSet;

use crate::sync::forget::{Person, Trace};

/// Texts that a line of the log must not tell, in lower case.
pub(super) struct Needles {
    /// Ids and addresses, which stand alone.
    words: HashSet<String>,
    /// Names, which may be of several words.
    names: Vec<String>,
}

impl Needles {
    pub(super) fn of(person: &Person, trace: &Trace) -> Self {
        let of_person = [&person.contact_ids, &person.emails, &person.external_ids];
        let words = of_person.into_iter().flatten().map(String::as_str).chain(trace.ids());
        let names =
            person.names.iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
        Self { words: words.map(str::to_lowercase).collect(), names: names.collect() }
    }

    /// Whether a line tells any of them. A number that only looks like an id costs a line of the log, and no more.
    pub(super) fn are_in(&self, line: &str) -> bool {
        let line = line.to_lowercase();
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || "-_.:@+".contains(c)));
        words.any(|word| self.words.contains(word) || self.words.contains(word.trim_matches(['.', ':'])))
            || self.names.iter().any(|name| has_name(&line, name))
    }
}

/// Whether a text has a name in it that is no part of a longer word.
fn has_name(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.into_iter().chain(after).any(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_addresses_and_names_are_found_as_they_stand_in_lines() {
        let person = Person {
            contact_ids: ["68e1a7c2d9f04b3a5c6e7f81".to_owned()].into(),
            emails: ["mira@h.example".to_owned()].into(),
            external_ids: ["42".to_owned()].into(),
            names: ["Mira Okafor".to_owned(), " ".to_owned()].into(),
        };
        let needles = Needles::of(&person, &Trace::default());
        for (line, is_told) in [
            ("WARN sync: failed contact_id=68e1a7c2d9f04b3a5c6e7f81 reason=x", true),
            (r#"{"level":"WARN","fields":{"id":"42","email":"Mira@h.example."}}"#, true),
            ("WARN sync: GET /contacts/68E1A7C2D9F04B3A5C6E7F81: 404", true),
            ("WARN sync: no answer for Mira Okafor (7 times)", true),
            ("WARN sync: no answer for mira okaforsson rows=142 id=4.2", false),
        ] {
            assert_eq!(needles.are_in(line), is_told, "{line}");
        }
    }
}
