//! Removes those who were forgotten from the lake, in one commit with what is remembered of them.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::memory::Forgotten;
use super::rows::{files, text};
use super::trace::{Erased, Trace};
use crate::lake::{Commit, DataFile, Error as LakeError, Reader, Writer};
use crate::model::{Contact, Conversation, DeletedConversation, Json, Message, Row, SyncRun, Ticket};
use crate::sync::error::Error;
use crate::sync::state::SyncState;

/// What stands in the place of the error of a run that named somebody.
const TAKEN_OUT: &str = "removed by fi forget";
/// What is shorter is taken for no id in a text, and what is longer for neither an id nor an address.
const SHORTEST_ID: usize = 6;
const LONGEST_ADDRESS: usize = 254;

/// Removes what a trace tells of, and every link to it, and remembers that it is forgotten. What was made from
/// conversations is removed before, so that no crash leaves it.
pub fn erase(writer: &Writer, trace: &Trace, mut memory: Forgotten) -> Result<(), Error> {
    trace.ids.iter().for_each(|id| memory.add_conversation(id));
    let mut commit = writer.begin()?;
    let mut state = SyncState::from_value(&commit.state().sync).map_err(Error::State)?;
    let mut erasing = Erasing { reader: writer.reader(), commit: &mut commit, memory: &memory, trace };
    erasing.contacts()?;
    erasing.conversations()?;
    erasing.messages()?;
    erasing.tickets()?;
    erasing.runs()?;
    state.failures.retain(|id, _| !memory.has_conversation(id));
    state.forgotten = memory;
    if !trace.ids.is_empty() {
        writer.clear_follower()?;
    }
    commit.finish(|lake| lake.sync = state.to_value())?;
    let Erased { contacts, conversations, messages, tickets } = trace.counts();
    tracing::info!(contacts, conversations, messages, tickets, "forgot people");
    Ok(())
}

struct Erasing<'a, 'c, 'w> {
    reader: Reader<'w>,
    commit: &'c mut Commit<'w>,
    memory: &'a Forgotten,
    trace: &'a Trace,
}

impl Erasing<'_, '_, '_> {
    /// Contacts, and what is recorded of conversations that are gone.
    fn contacts(&mut self) -> Result<(), LakeError> {
        let held = self.held::<Contact>(&DataFile::whole(Contact::TABLE), &self.trace.contacts)?;
        if !held.is_empty() {
            self.commit.remove::<Contact>(DataFile::whole(Contact::TABLE), &held)?;
        }
        let file = DataFile::whole(DeletedConversation::TABLE);
        let held = self.held::<DeletedConversation>(&file, &self.trace.ids)?;
        if !held.is_empty() {
            self.commit.remove::<DeletedConversation>(file, &held)?;
        }
        Ok(())
    }

    fn conversations(&mut self) -> Result<(), LakeError> {
        for file in files::<Conversation>(self.commit.state()) {
            let clean = |row: &mut Conversation| self.memory.clean_conversation(row);
            let changed = self.linking::<Conversation>(&file, |row| row.conversation_id.as_str(), clean)?;
            self.rewrite(file, &changed)?;
        }
        Ok(())
    }

    fn tickets(&mut self) -> Result<(), LakeError> {
        for file in files::<Ticket>(self.commit.state()) {
            let clean = |row: &mut Ticket| self.memory.clean_ticket(row);
            let changed = self.linking::<Ticket>(&file, |row| row.ticket_id.as_str(), clean)?;
            self.rewrite(file, &changed)?;
        }
        Ok(())
    }

    /// Messages are replaced by conversation: one that links is written again with those beside it.
    fn messages(&mut self) -> Result<(), LakeError> {
        for file in files::<Message>(self.commit.state()) {
            let linking = self.linking_messages(&file)?;
            let mut changed = Vec::new();
            if !linking.is_empty() {
                self.reader.each(&file, |mut row: Message| {
                    if linking.contains(row.conversation_id.as_str()) {
                        self.memory.clean_message(&mut row);
                        changed.push(row);
                    }
                })?;
            }
            self.rewrite(file, &changed)?;
        }
        Ok(())
    }

    /// The conversations that stay and of which a message links to one that does not.
    fn linking_messages(&self, file: &DataFile) -> Result<HashSet<String>, LakeError> {
        let columns = ["conversation_id", "event_details", "metadata", "extra"];
        let mut linking = HashSet::new();
        for batch in self.reader.columns::<Message>(file, &columns)? {
            let batch = batch?;
            for row in 0..batch.num_rows() {
                let mut json = columns[1..].iter().filter_map(|column| text(&batch, column, row));
                let is_linking = json.any(|json| self.memory.links(json));
                let id = text(&batch, columns[0], row).filter(|_| is_linking);
                linking.extend(id.filter(|id| !self.trace.ids.contains(*id)).map(str::to_owned));
            }
        }
        Ok(linking)
    }

    /// The rows of a file that stay and change because they link to what does not stay, in the order of the file.
    fn linking<R: Row>(
        &self,
        file: &DataFile,
        id: impl Fn(&R) -> &str,
        clean: impl Fn(&mut R) -> bool,
    ) -> Result<Vec<R>, LakeError> {
        let mut changed = Vec::new();
        self.reader.each(file, |mut row: R| {
            if !self.trace.ids.contains(id(&row)) && clean(&mut row) {
                changed.push(row);
            }
        })?;
        Ok(changed)
    }

    /// Writes a file without what is removed, and with the rows that changed.
    fn rewrite<R: Row>(&mut self, file: DataFile, changed: &[R]) -> Result<(), LakeError> {
        let held = self.held::<R>(&file, &self.trace.ids)?;
        if held.is_empty() && changed.is_empty() {
            return Ok(());
        }
        let mut edit = self.commit.edit::<R>(file, held)?;
        changed.iter().try_for_each(|row| edit.push(row))?;
        self.commit.add(edit).map(drop)
    }

    fn held<R: Row>(
        &self,
        file: &DataFile,
        ids: &HashSet<String>,
    ) -> Result<Arc<HashSet<String>>, LakeError> {
        let is_there = self.commit.state().files.contains_key(&file.name()) && !ids.is_empty();
        Ok(Arc::new(if is_there { self.reader.held::<R>(file, ids)? } else { HashSet::new() }))
    }

    /// What runs reported as missing, or why they failed; how many things were missing stays told.
    fn runs(&mut self) -> Result<(), LakeError> {
        let file = DataFile::whole(SyncRun::TABLE);
        if !self.commit.state().files.contains_key(&file.name()) {
            return Ok(());
        }
        let mut changed = Vec::new();
        self.reader.each(&file, |mut row: SyncRun| {
            if self.clean_run(&mut row) {
                changed.push(row);
            }
        })?;
        if changed.is_empty() {
            return Ok(());
        }
        self.commit.upsert(&mut changed, |row| row.run_id.to_string())
    }

    fn clean_run(&self, row: &mut SyncRun) -> bool {
        let mut was_any = false;
        if let Some(mut missing) = row.missing.as_ref().map(Json::to_value)
            && let Some(things) = missing.as_array_mut()
        {
            let count = things.len();
            things.retain(|thing| !self.is_missing(thing));
            was_any = things.len() < count;
            if was_any {
                row.missing = (!things.is_empty()).then(|| Json::from_value(&missing));
            }
        }
        if row.error.as_deref().is_some_and(|error| self.is_told(error)) {
            (row.error, was_any) = (Some(TAKEN_OUT.to_owned()), true);
        }
        was_any
    }

    /// Whether something that was missing is forgotten now.
    fn is_missing(&self, thing: &Value) -> bool {
        let id = ["conversation_id", "id"].into_iter().find_map(|name| thing[name].as_str());
        id.is_some_and(|id| self.memory.has_conversation(id) || self.memory.has_contact(id))
            || thing["reason"].as_str().is_some_and(|reason| self.is_told(reason))
    }

    /// Whether a text of ours tells an id or address of something forgotten. Short numbers count and measure.
    fn is_told(&self, text: &str) -> bool {
        text.split_whitespace()
            .flat_map(stretches)
            .any(|stretch| self.memory.has_conversation(stretch) || self.memory.has(stretch))
    }
}

/// Every stretch of a word that may be an id or an address: these may have marks in them that also stand around them.
fn stretches(word: &str) -> impl Iterator<Item = &str> {
    let is_mark = |c: char| c.is_ascii_punctuation() && !"@-_".contains(c);
    let marks = move || word.match_indices(is_mark);
    let starts = std::iter::once(0).chain(marks().map(|(at, mark)| at + mark.len()));
    starts.flat_map(move |start| {
        let ends = marks().map(|(at, _)| at).chain([word.len()]);
        let is_likely = move |end: &usize| {
            end.checked_sub(start).is_some_and(|length| (SHORTEST_ID..=LONGEST_ADDRESS).contains(&length))
        };
        ends.filter(is_likely).map(move |end| &word[start..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_or_address_is_found_with_the_marks_in_it_and_without_those_around_it() {
        for (word, told) in [
            ("/contacts/68e1a7c2d9f04b3a5c6e7f81:", "68e1a7c2d9f04b3a5c6e7f81"),
            ("'o'brien@h.example'.", "o'brien@h.example"),
            ("<mira@h.example>,", "mira@h.example"),
            ("external_id=auth0|5f00c1;", "auth0|5f00c1"),
            (r#"{"id":"acct/17=x"}"#, "acct/17=x"),
            ("contact:cust_4711", "cust_4711"),
        ] {
            assert!(stretches(word).any(|stretch| stretch == told), "{told} in {word}");
        }
        assert_eq!(stretches("a.b=404").collect::<Vec<_>>(), ["a.b=404"]);
    }
}
