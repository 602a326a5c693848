//! Compares a lake with the workspace it was synced from, row by row and field by field.
//!
//! What may differ: when a row was read, and the signature of attachment addresses, which is new on every fetch.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;

use fastintercom::demo::{ApiVersion, Workspace};
use fastintercom::lake::{DataFile, Disk, Layout, Reader, State};
use fastintercom::model::{
    Admin, Company, Contact, Conversation, DeletedConversation, Message, Row, Tag, Team, Thread, Ticket,
    Timestamp,
};
use serde_json::Value;

/// When truth is read: rows differ in nothing else.
const READ_AT: Timestamp = Timestamp::from_seconds(0);

/// What a lake holds, read back through the same code that wrote it.
pub(crate) struct Held {
    layout: Layout,
    disk: Disk,
    pub(crate) state: State,
}

impl Held {
    pub(crate) fn at(home: &Path) -> Self {
        let (layout, disk) = (Layout::new(home), Disk::default());
        let state = State::load(&disk, &layout).unwrap().expect("a lake");
        Self { layout, disk, state }
    }

    pub(crate) fn rows<R: Row>(&self) -> Vec<R> {
        let reader = Reader::new(&self.disk, &self.layout);
        let files: Vec<DataFile> = self.state.files_of(R::TABLE.name).map(|(file, _)| file).collect();
        files.iter().flat_map(|file| reader.rows::<R>(file).unwrap()).collect()
    }
}

/// Everything in which a lake differs from the workspace; empty when it is its equal.
pub(crate) fn differences(home: &Path, workspace: &Workspace, now: i64) -> Vec<String> {
    let held = Held::at(home);
    let mut found = conversations(&held, workspace, now);
    found.extend(contacts(&held, workspace));
    found.extend(rest(&held, workspace, now));
    found
}

pub(crate) fn conversations(held: &Held, workspace: &Workspace, now: i64) -> Vec<String> {
    let version = ApiVersion::default();
    let mut found = Vec::new();
    let mut messages: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for message in held.rows::<Message>() {
        let of_one = messages.entry(message.conversation_id.to_string()).or_default();
        of_one.push(message);
    }
    let mut rows: BTreeMap<String, Conversation> = BTreeMap::new();
    for row in held.rows::<Conversation>() {
        let id = row.conversation_id.to_string();
        if rows.insert(id.clone(), Conversation { synced_at: READ_AT, ..row }).is_some() {
            found.push(format!("conversation {id} is there twice"));
        }
    }
    for id in workspace.conversation_ids() {
        let json = workspace.conversation_json(id, version, now).unwrap();
        let truth = Thread::parse(json.to_string().as_bytes(), READ_AT).unwrap();
        let id = id.to_string();
        let expected = truth.messages;
        match rows.remove(&id) {
            Some(row) => found.extend(difference(&format!("conversation {id}"), &row, &truth.conversation)),
            None => found.push(format!("conversation {id} is missing")),
        }
        let stored = messages.remove(&id).unwrap_or_default();
        if stored.len() != expected.len() {
            found.push(format!("conversation {id}: {} messages, not {}", stored.len(), expected.len()));
        }
        for (stored, expected) in stored.iter().zip(&expected) {
            found.extend(difference(&format!("message {} of {id}", expected.position), stored, expected));
        }
    }
    found.extend(rows.keys().map(|id| format!("conversation {id} should not be there")));
    found.extend(messages.keys().map(|id| format!("messages of {id} should not be there")));
    found
}

/// A line without the signatures in it: they are new on every fetch.
fn unsigned(line: &str) -> String {
    let mut rest = line;
    let mut out = String::new();
    while let Some((before, signed)) = rest.split_once("?expires=") {
        out.push_str(before);
        rest = signed.find(['"', '\\']).map_or("", |end| &signed[end..]);
    }
    out + rest
}

/// Contacts that conversations name, complete with lists that Intercom cuts off at ten.
pub(crate) fn contacts(held: &Held, workspace: &Workspace) -> Vec<String> {
    let mut found = Vec::new();
    let rows: BTreeMap<String, Contact> =
        held.rows::<Contact>().into_iter().map(|row| (row.contact_id.to_string(), row)).collect();
    let named: BTreeSet<String> =
        held.rows::<Conversation>().into_iter().flat_map(|row| row.contact_ids).collect();
    for contact in workspace.contacts() {
        let id = contact.id.to_string();
        if !named.contains(&id) {
            continue;
        }
        let Some(row) = rows.get(&id) else {
            found.push(format!("contact {id} is missing"));
            continue;
        };
        let json = workspace.contact_json(contact.id, ApiVersion::default()).unwrap();
        let mut truth = Contact::parse(json.to_string().as_bytes(), READ_AT).unwrap();
        for (name, stored, expected) in
            [("tags", &row.tags, &mut truth.tags), ("companies", &row.companies, &mut truth.companies)]
        {
            let total = json[name]["total_count"].as_u64().unwrap_or(0) as usize;
            if stored.len() != total {
                found.push(format!("contact {id}: {} {name}, not {total}", stored.len()));
            }
            expected.clone_from(stored);
        }
        let row = Contact { synced_at: READ_AT, ..row.clone() };
        let is_cut = [&json["tags"], &json["companies"]].iter().any(|list| list["has_more"] == true);
        if is_cut {
            truth.extra.clone_from(&row.extra);
        }
        found.extend(difference(&format!("contact {id}"), &row, &truth));
    }
    found.extend(
        named.iter().filter(|id| !rows.contains_key(*id)).map(|id| format!("contact {id} is not held")),
    );
    found
}

fn rest(held: &Held, workspace: &Workspace, now: i64) -> Vec<String> {
    let version = ApiVersion::default();
    let mut found = Vec::new();
    let admins = workspace.admins_json(version);
    found.extend(table("admin", held.rows(), &admins, Admin::parse, |row| row.admin_id.to_string()));
    found.extend(table("team", held.rows(), &workspace.teams_json(), Team::parse, |row| {
        row.team_id.to_string()
    }));
    found.extend(table("tag", held.rows(), &workspace.tags_json(), Tag::parse, |row| row.tag_id.to_string()));
    let companies: Vec<Value> =
        workspace.companies().iter().filter_map(|company| workspace.company_json(company.id)).collect();
    found.extend(table("company", held.rows(), &companies, Company::parse, |row| row.company_id.to_string()));
    let tickets: Vec<Value> = workspace
        .tickets()
        .iter()
        .filter_map(|ticket| workspace.ticket_json(ticket.id, version, now))
        .collect();
    found.extend(table("ticket", held.rows(), &tickets, Ticket::parse, |row| row.ticket_id.to_string()));
    let recorded: BTreeSet<String> =
        held.rows::<DeletedConversation>().iter().map(|row| row.conversation_id.to_string()).collect();
    let deleted: BTreeSet<String> = workspace.deleted().iter().map(|gone| gone.id.to_string()).collect();
    if recorded != deleted {
        found.push(format!("deleted: {recorded:?}, not {deleted:?}"));
    }
    found
}

fn table<R: Row>(
    what: &str,
    rows: Vec<R>,
    truth: &[Value],
    parse: fn(&[u8], Timestamp) -> Result<R, fastintercom::model::WireError>,
    id: impl Fn(&R) -> String,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut stored: BTreeMap<String, R> = rows.into_iter().map(|row| (id(&row), row)).collect();
    for json in truth {
        let expected = parse(json.to_string().as_bytes(), READ_AT).unwrap();
        let id = id(&expected);
        match stored.remove(&id) {
            Some(row) => found.extend(difference(&format!("{what} {id}"), &row, &expected)),
            None => found.push(format!("{what} {id} is missing")),
        }
    }
    found.extend(stored.keys().map(|id| format!("{what} {id} should not be there")));
    found
}

/// The fields in which two rows differ, but for when they were read.
fn difference<T: PartialEq + Debug>(what: &str, stored: &T, expected: &T) -> Option<String> {
    let lines = |row: &T| -> Vec<String> { format!("{row:#?}").lines().map(unsigned).collect() };
    let (stored, expected) = (lines(stored), lines(expected));
    let differ = stored.iter().zip(&expected).enumerate().filter(|(_, (a, b))| a != b);
    let is_time_of_reading =
        |index: usize| stored[..index].iter().rev().take(1).any(|l| l.contains("synced_at"));
    let differ: Vec<String> = differ
        .filter(|(index, _)| !is_time_of_reading(*index))
        .map(|(_, (a, b))| format!("{} instead of {}", a.trim(), b.trim()))
        .take(4)
        .collect();
    let is_longer = stored.len() != expected.len();
    (is_longer || !differ.is_empty()).then(|| format!("{what}: {}", differ.join("; ")))
}
