//! A conversation as a document of the index: which words of it are found where.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use tantivy::TantivyDocument;

use super::key::id_key;
use super::schema::{Fields, HAS_FILE, HAS_NOTE, NOBODY, VERSION};
use super::source::Found;
use crate::lake::Partition;

impl Found {
    /// A hash of all a document is made of: the same hash, the same document.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        VERSION.hash(&mut hash);
        self.hash(&mut hash);
        hash.finish()
    }

    /// The document.
    pub(super) fn document(
        &self,
        fields: &Fields,
        partition: &Partition,
        fingerprint: u64,
    ) -> TantivyDocument {
        let card = &self.card.0;
        let mut document = TantivyDocument::default();
        document.add_text(fields.id, &card.conversation_id);
        document.add_text(fields.partition, partition.as_str());
        document.add_u64(fields.id_key, id_key(&card.conversation_id));
        document.add_i64(fields.created_at, card.created_at);
        document.add_i64(fields.updated_at, card.updated_at);
        document.add_i64(fields.part_count, card.part_count.unwrap_or_default());
        document.add_u64(fields.fingerprint, fingerprint);
        // A card that cannot be written as JSON does not exist: it is texts and numbers.
        document.add_bytes(fields.card, &serde_json::to_vec(card).unwrap_or_default());
        self.add_assignees(fields, &mut document);
        if self.messages.iter().any(|message| message.file_count > 0) {
            document.add_text(fields.has, HAS_FILE);
        }
        if self.messages.iter().any(|message| message.is_note) {
            document.add_text(fields.has, HAS_NOTE);
        }
        self.add_words(fields, &mut document);
        document
    }

    fn add_assignees(&self, fields: &Fields, document: &mut TantivyDocument) {
        let card = &self.card.0;
        match &card.admin_assignee_id {
            Some(id) => document.add_text(fields.assignee, format!("a{id}")),
            None => document.add_text(fields.assignee, NOBODY),
        }
        if let Some(id) = &card.team_assignee_id {
            document.add_text(fields.assignee, format!("t{id}"));
        }
    }

    fn add_words(&self, fields: &Fields, document: &mut TantivyDocument) {
        let card = &self.card.0;
        for title in card.title.iter().chain(&self.subject) {
            document.add_text(fields.title, title);
            document.add_text(fields.anywhere, title);
        }
        let about = [&card.contact_name, &card.contact_email, &card.company_name, &self.rating_remark];
        for text in about.into_iter().flatten() {
            document.add_text(fields.anywhere, text);
        }
        for tag in &card.tags {
            document.add_text(fields.tag, tag);
            document.add_text(fields.anywhere, tag);
        }
        let mut people: BTreeSet<&str> = BTreeSet::new();
        people.extend([&card.contact_name, &card.contact_email].into_iter().flatten().map(String::as_str));
        for message in &self.messages {
            for text in std::iter::once(&message.text).chain(&message.files) {
                document.add_text(fields.anywhere, text);
                if message.is_note {
                    document.add_text(fields.note, text);
                }
            }
            people.extend(
                [&message.author_name, &message.author_email].into_iter().flatten().map(String::as_str),
            );
        }
        people.into_iter().for_each(|name| document.add_text(fields.from, name));
    }
}
