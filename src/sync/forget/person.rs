//! Who is meant by an id or address: all ids, addresses and names under which the lake knows the same person.
//!
//! A person may be several contacts: merged ones, a lead and a user with one address. So what is found under an id or
//! address is looked for in turn, until nothing new is found. An address that is a teammate's tells nobody apart.

use std::collections::BTreeSet;

use arrow::array::{AsArray, RecordBatch};

use super::memory::email;
use super::rows::{each_row, text};
use crate::lake::{Error, Reader, State};
use crate::model::{Admin, Contact, Conversation, Message, Ticket, is_contact};

/// A person, or several, by everything that tells who they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their ids as contacts, also those merged into others.
    pub contact_ids: BTreeSet<String>,
    /// Their e-mail addresses, in lower case.
    pub emails: BTreeSet<String>,
    /// Their ids in the customer's own system.
    pub external_ids: BTreeSet<String>,
    /// Their names.
    pub names: BTreeSet<String>,
}

/// What one row tells of one person.
#[derive(Default, Clone, Copy)]
struct Identity<'a> {
    id: Option<&'a str>,
    merged_into: Option<&'a str>,
    email: Option<&'a str>,
    external_id: Option<&'a str>,
    name: Option<&'a str>,
}

/// Finds the people whom these ids, ids in the customer's own system, or e-mail addresses are of; and tells which of
/// them are of nobody.
pub fn find(reader: Reader<'_>, state: &State, asked: &[String]) -> Result<(Person, Vec<String>), Error> {
    let mut search = Search::new(asked, teammates(reader, state)?);
    loop {
        let before = search.person.clone();
        each_identity(reader, state, &mut |identity| search.see(&identity))?;
        if search.person == before {
            break;
        }
    }
    let unknown = search.asked.into_iter().filter(|one| !one.is_found).map(|one| one.text.to_owned());
    Ok((search.person, unknown.collect()))
}

/// An id or address that was asked for.
struct Asked<'a> {
    text: &'a str,
    email: Option<String>,
    is_found: bool,
}

struct Search<'a> {
    asked: Vec<Asked<'a>>,
    person: Person,
    /// Their addresses, which are not followed.
    teammates: BTreeSet<String>,
}

impl<'a> Search<'a> {
    fn new(asked: &'a [String], teammates: BTreeSet<String>) -> Self {
        let asked = asked.iter().map(|text| Asked { text, email: email(text), is_found: false });
        Self { asked: asked.collect(), person: Person::default(), teammates }
    }

    fn see(&mut self, identity: &Identity<'_>) {
        let address = identity.email.and_then(email);
        let ids = || [identity.id, identity.merged_into].into_iter().flatten();
        let mut is_meant = false;
        for one in &mut self.asked {
            let is_one = ids().chain(identity.external_id).any(|id| id == one.text)
                || address.is_some() && address == one.email;
            one.is_found |= is_one;
            is_meant |= is_one;
        }
        let address = address.filter(|address| !self.teammates.contains(address));
        let person = &mut self.person;
        is_meant |= ids().any(|id| person.contact_ids.contains(id))
            || address.as_ref().is_some_and(|address| person.emails.contains(address))
            || identity.external_id.is_some_and(|id| person.external_ids.contains(id));
        if is_meant {
            person.contact_ids.extend(ids().map(str::to_owned));
            person.emails.extend(address);
            person.external_ids.extend(identity.external_id.map(str::to_owned));
            person.names.extend(identity.name.map(str::to_owned));
        }
    }
}

/// The addresses of the workspace's own people, which tell nobody apart.
pub(super) fn teammates(reader: Reader<'_>, state: &State) -> Result<BTreeSet<String>, Error> {
    let mut addresses = BTreeSet::new();
    each_row::<Admin>(reader, state, &["email"], &mut |batch, row| {
        addresses.extend(text(batch, "email", row).and_then(email));
    })?;
    Ok(addresses)
}

/// Calls with what every row tells of people.
fn each_identity(reader: Reader<'_>, state: &State, call: &mut dyn FnMut(Identity<'_>)) -> Result<(), Error> {
    each_row::<Contact>(reader, state, CONTACT, &mut |batch, row| {
        let text = |column| text(batch, column, row);
        call(Identity {
            id: text("contact_id"),
            merged_into: text("merged_into_id"),
            email: text("email"),
            external_id: text("external_id"),
            name: text("name"),
        });
    })?;
    each_row::<Conversation>(reader, state, CONVERSATION, &mut |batch, row| {
        let text = |column| text(batch, column, row);
        call(Identity {
            id: text("contact_id"),
            external_id: text("contact_external_id"),
            ..Identity::default()
        });
        if is_contact(text("source_author_type")) {
            let (id, email, name) = (text("source_author_id"), text("contact_email"), text("contact_name"));
            call(Identity { id, email, name, ..Identity::default() });
        }
        call(Identity { id: text("rating_contact_id"), ..Identity::default() });
        each_listed(batch, row, call);
    })?;
    each_row::<Ticket>(reader, state, &["contact_ids"], &mut |batch, row| each_listed(batch, row, call))?;
    each_row::<Message>(reader, state, MESSAGE, &mut |batch, row| {
        let text = |column| text(batch, column, row);
        if is_contact(text("author_type")) {
            let (id, email, name) = (text("author_id"), text("author_email"), text("author_name"));
            call(Identity { id, email, name, ..Identity::default() });
        }
    })
}

const CONTACT: &[&str] = &["contact_id", "external_id", "name", "email", "merged_into_id"];
const CONVERSATION: &[&str] = &[
    "source_author_type",
    "source_author_id",
    "contact_id",
    "contact_ids",
    "contact_external_id",
    "contact_name",
    "contact_email",
    "rating_contact_id",
];
const MESSAGE: &[&str] = &["author_type", "author_id", "author_name", "author_email"];

fn each_listed(batch: &RecordBatch, row: usize, call: &mut dyn FnMut(Identity<'_>)) {
    let Some(lists) = batch.column_by_name("contact_ids").and_then(|column| column.as_list_opt::<i32>())
    else {
        return;
    };
    let ids = lists.value(row);
    for id in ids.as_string::<i32>().iter().flatten() {
        call(Identity { id: Some(id), ..Identity::default() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who is found for one id or address among these rows.
    fn found(asked: &str, rows: &[Identity<'_>]) -> (Person, bool) {
        let asked = [asked.to_owned()];
        let teammates = BTreeSet::from(["jonas@fi.example".to_owned()]);
        let mut search = Search::new(&asked, teammates);
        for _ in 0..4 {
            rows.iter().for_each(|row| search.see(row));
        }
        let is_found = search.asked[0].is_found;
        (search.person, is_found)
    }

    fn row<'a>(id: &'a str, email: &'a str) -> Identity<'a> {
        let email = Some(email).filter(|email| !email.is_empty());
        Identity { id: Some(id), email, ..Identity::default() }
    }

    #[test]
    fn one_address_under_several_ids_is_one_person() {
        let merged = Identity { merged_into: Some("3"), ..row("4", "") };
        let rows = [merged, row("1", "m@h.example"), row("2", "a@h.example"), row("3", "M@h.example")];
        for asked in ["m@H.example", "1", "4"] {
            let (person, is_found) = found(asked, &rows);
            let ids: Vec<&str> = person.contact_ids.iter().map(String::as_str).collect();
            assert_eq!((ids, is_found), (vec!["1", "3", "4"], true), "{asked}");
        }
        assert_eq!(found("5", &rows), (Person::default(), false));
    }

    #[test]
    fn the_address_of_a_teammate_and_an_empty_one_are_not_followed() {
        let rows = [row("1", "jonas@fi.example"), row("2", "jonas@fi.example"), row("3", ""), row("4", "")];
        for (asked, ids) in [("1", vec!["1"]), ("3", vec!["3"]), ("jonas@fi.example", vec!["1", "2"])] {
            let (person, _) = found(asked, &rows);
            assert_eq!(person.contact_ids.iter().map(String::as_str).collect::<Vec<_>>(), ids, "{asked}");
            assert!(person.emails.is_empty(), "{asked}");
        }
    }
}
