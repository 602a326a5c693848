//! Who was forgotten, so that they are recognised: hashes of ids and addresses under a key made by chance.
//!
//! Nothing can be read from a hash, and the same person has other ones in another home. But the key lies beside the
//! hashes, as it must: whoever holds the home can test any id or address, and so find out whom they can guess.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::person::Person;
use crate::lake::hex;

/// Bytes of chance in the key.
const SALT_BYTES: usize = 32;
/// Bytes of a hash that are kept: two texts with the same ones will never be met.
const HASH_BYTES: usize = 16;
/// What stands for an apostrophe.
pub(super) const APOSTROPHES: [char; 5] = ['\'', '’', '‘', 'ʼ', '´'];

/// Who was forgotten; part of what a sync remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Forgotten {
    /// The key of the hashes, made when the first person is forgotten.
    salt: String,
    /// Hashes of the ids of contacts.
    contacts: BTreeSet<String>,
    /// Hashes of their e-mail addresses and of their ids in the customer's own system.
    addresses: BTreeSet<String>,
    /// Hashes of the ids of their conversations and tickets.
    conversations: BTreeSet<String>,
}

/// What a hash is of: the same text as an id and as an address has two hashes.
#[derive(Clone, Copy)]
enum What {
    Contact,
    Email,
    ExternalId,
    Conversation,
}

impl Forgotten {
    /// Whether nobody was.
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.addresses.is_empty() && self.conversations.is_empty()
    }

    /// How many contacts were.
    pub fn contact_count(&self) -> u64 {
        self.contacts.len() as u64
    }

    /// Whether the contact with this id was.
    pub fn has_contact(&self, id: &str) -> bool {
        self.knows(&self.contacts, What::Contact, id)
    }

    /// Whether somebody with this e-mail address was.
    pub fn has_email(&self, address: &str) -> bool {
        email(address).is_some_and(|address| self.knows(&self.addresses, What::Email, &address))
    }

    /// Whether somebody with this id in the customer's own system was.
    pub fn has_external_id(&self, id: &str) -> bool {
        self.knows(&self.addresses, What::ExternalId, id)
    }

    /// Whether the conversation or ticket with this id was, with somebody who took part in it.
    pub fn has_conversation(&self, id: &str) -> bool {
        self.knows(&self.conversations, What::Conversation, id)
    }

    /// Whether somebody was of whom this is the id, the id in the customer's own system, or the e-mail address.
    pub fn has(&self, contact: &str) -> bool {
        self.has_contact(contact) || self.has_external_id(contact) || self.has_email(contact)
    }

    /// How many ids and addresses of people are known.
    pub(super) fn identity_count(&self) -> usize {
        self.contacts.len() + self.addresses.len()
    }

    /// Remembers a person by everything that tells who they are, but for their names.
    pub fn add(&mut self, person: &Person) {
        person.contact_ids.iter().for_each(|id| self.add_contact(id));
        person.emails.iter().for_each(|email| self.add_email(email));
        person.external_ids.iter().for_each(|id| self.add_external_id(id));
    }

    /// Remembers a contact by its id.
    pub(super) fn add_contact(&mut self, id: &str) {
        self.salt();
        self.contacts.insert(self.hash(What::Contact, id));
    }

    /// Remembers an e-mail address.
    pub(super) fn add_email(&mut self, address: &str) {
        self.salt();
        self.addresses.extend(email(address).map(|address| self.hash(What::Email, &address)));
    }

    /// Remembers an id in the customer's own system.
    pub(super) fn add_external_id(&mut self, id: &str) {
        self.salt();
        self.addresses.insert(self.hash(What::ExternalId, id));
    }

    /// Remembers a conversation or ticket.
    pub(super) fn add_conversation(&mut self, id: &str) {
        self.salt();
        self.conversations.insert(self.hash(What::Conversation, id));
    }

    /// Whether a text is known. Where nothing is, nothing is hashed.
    fn knows(&self, known: &BTreeSet<String>, what: What, text: &str) -> bool {
        !known.is_empty() && known.contains(&self.hash(what, text))
    }

    fn salt(&mut self) {
        if self.salt.is_empty() {
            self.salt = hex(&rand::rng().random::<[u8; SALT_BYTES]>());
        }
    }

    fn hash(&self, what: What, text: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.salt.as_bytes()).expect("any key is one for HMAC");
        mac.update(&[what as u8]);
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes()[..HASH_BYTES])
    }
}

/// An e-mail address as it is compared; `None` for a text that is none.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim();
    text.contains('@').then(|| folded(text))
}

/// A text as it is compared: in lower case, its apostrophes as keyboards have them and not as programs that make them
/// fine.
pub fn folded(text: &str) -> String {
    text.to_lowercase().replace(APOSTROPHES, "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_who_was_forgotten_is_kept_and_all_of_it_is_recognised() {
        let mut memory = Forgotten::default();
        assert!(memory.is_empty() && !memory.has("mira@h.example"));
        memory.add_contact("68e1a7c2d9f04b3a5c6e7f81");
        memory.add_email(" Mira@H.example");
        memory.add_external_id("cust_4711");
        memory.add_conversation("215480000000123");
        let text = serde_json::to_string(&memory).unwrap();
        for told in ["68e1a7c2", "mira", "Mira", "cust_4711", "215480000000123"] {
            assert!(!text.contains(told), "{told} in {text}");
        }
        let memory: Forgotten = serde_json::from_str(&text).unwrap();
        assert!(
            ["68e1a7c2d9f04b3a5c6e7f81", "cust_4711", "MIRA@h.example "].iter().all(|one| memory.has(one))
        );
        assert!(memory.has_conversation("215480000000123") && !memory.has("215480000000123"));
        assert!(!memory.has_contact("cust_4711") && !memory.has("68e1a7c2d9f04b3a5c6e7f82"));
        assert_eq!(memory.contact_count(), 1);
    }

    #[test]
    fn an_apostrophe_is_one_however_it_is_written() {
        let mut memory = Forgotten::default();
        memory.add_email("O\u{2019}Brien@h.example");
        for spelled in ["o'brien@h.example", "O\u{2019}BRIEN@h.example", "o\u{2bc}brien@h.example"] {
            assert!(memory.has_email(spelled), "{spelled}");
        }
        assert!(!memory.has_email("obrien@h.example") && !memory.has_email("brien@h.example"));
    }

    #[test]
    fn the_same_person_has_other_hashes_elsewhere() {
        let of = |id: &str| {
            let mut memory = Forgotten::default();
            memory.add_contact(id);
            memory
        };
        assert_ne!(of("1").contacts, of("1").contacts);
    }
}
