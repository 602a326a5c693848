//! A conversation as a document of the index: which words of it are found where.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use tantivy::TantivyDocument;

use super::key::{id_key, id_of};
use super::schema::{FINGERPRINT_BITS, Fields, HAS_FILE, HAS_NOTE, VERSION};
use super::source::{Found, Said};
use super::words::{Word, Words};
use crate::lake::Partition;

impl Found {
    /// A hash of all a document is made of: the same hash, the same document.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        VERSION.hash(&mut hash);
        self.hash(&mut hash);
        hash.finish() >> (64 - FINGERPRINT_BITS)
    }

    /// The document.
    pub(super) fn document(
        &self,
        fields: &Fields,
        partition: &Partition,
        fingerprint: u64,
    ) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let key = id_key(&self.card.conversation_id);
        if id_of(key).is_none() {
            document.add_text(fields.id, &self.card.conversation_id);
        }
        document.add_text(fields.partition, partition.as_str());
        document.add_u64(fields.id_key, key);
        document.add_i64(fields.created_at, self.card.created_at);
        document.add_u64(fields.fingerprint, fingerprint);
        self.card.add_to(fields, &mut document);
        if self.messages.iter().any(|message| message.file_count > 0) {
            document.add_text(fields.has, HAS_FILE);
        }
        if self.messages.iter().any(|message| message.is_note) {
            document.add_text(fields.has, HAS_NOTE);
        }
        self.writers().into_iter().for_each(|name| document.add_text(fields.from, name));
        self.add_words(fields, &mut document);
        document
    }

    /// Names and addresses of those who wrote, but for the contact's, which are among the words.
    fn writers(&self) -> BTreeSet<&str> {
        let of_messages =
            self.messages.iter().flat_map(|message| [&message.author_name, &message.author_email]);
        let mut writers: BTreeSet<&str> = of_messages.flatten().map(String::as_str).collect();
        for known in [&self.contact_name, &self.contact_email].into_iter().flatten() {
            writers.remove(known.as_str());
        }
        writers
    }

    /// Adds the texts, each once and those that are also looked for by themselves first.
    fn add_words(&self, fields: &Fields, document: &mut TantivyDocument) {
        let mut texts = Texts { fields, document, length: 0 };
        texts.add(self.title.iter().chain(&self.subject));
        texts.end(fields.title_end);
        texts.add(self.contact_name.iter().chain(&self.contact_email));
        texts.end(fields.contact_end);
        texts.add(self.messages.iter().filter(|message| message.is_note).flat_map(Said::texts));
        texts.end(fields.note_end);
        let rest = self.company_name.iter().chain(&self.rating_remark).chain(&self.card.tags);
        let said = self.messages.iter().filter(|message| !message.is_note).flat_map(Said::texts);
        rest.chain(said).for_each(|text| texts.document.add_custom(fields.anywhere, text.as_bytes()));
    }
}

impl Said {
    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.text).chain(&self.files)
    }
}

/// The first texts of a document, counted.
struct Texts<'a> {
    fields: &'a Fields,
    document: &'a mut TantivyDocument,
    /// Places that they take.
    length: u64,
}

impl Texts<'_> {
    fn add<'a>(&mut self, texts: impl Iterator<Item = &'a String>) {
        let mut word = Word::default();
        for text in texts {
            self.document.add_custom(self.fields.anywhere, text.as_bytes());
            let mut words = Words::of(text);
            while words.advance(&mut word) {
                self.length += 1;
            }
            // Between two texts there is a place without a word.
            self.length += 1;
        }
    }

    /// Notes where the texts so far end.
    fn end(&mut self, field: tantivy::schema::Field) {
        self.document.add_u64(field, self.length);
    }
}
