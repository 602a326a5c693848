//! Whether a row is of somebody who was forgotten, and what it tells of conversations that were.
//!
//! A person takes part in a conversation as its contact, as the author of any part of it, by rating it, or as
//! somebody whom its structured data names, such as the addresses of an e-mail. What people write is not looked at.

use serde_json::Value;

use super::memory::{APOSTROPHES, Forgotten};
use crate::model::{Contact, Conversation, Json, Message, Thread, Ticket, is_contact};

/// What of a message can name a person.
#[derive(Default)]
pub(super) struct Writer<'a> {
    pub(super) author_type: Option<&'a str>,
    pub(super) author_id: Option<&'a str>,
    pub(super) author_email: Option<&'a str>,
    pub(super) details: [Option<&'a str>; DETAILS.len()],
}

/// The columns of a message that hold JSON.
pub(super) const DETAILS: [&str; 4] = ["event_details", "metadata", "email_message_metadata", "extra"];

impl<'a> From<&'a Message> for Writer<'a> {
    fn from(message: &'a Message) -> Self {
        let details =
            [&message.event_details, &message.metadata, &message.email_message_metadata, &message.extra];
        Self {
            author_type: message.author_type.as_deref(),
            author_id: message.author_id.as_deref(),
            author_email: message.author_email.as_deref(),
            details: details.map(|json| json.as_ref().map(|json| json.0.as_str())),
        }
    }
}

impl Forgotten {
    /// Whether a contact is one of those forgotten.
    pub(super) fn names_contact(&self, contact: &Contact) -> bool {
        self.has_contact(contact.contact_id.as_str())
            || contact.merged_into_id.as_ref().is_some_and(|id| self.has_contact(id.as_str()))
            || contact.email.as_deref().is_some_and(|email| self.has_email(email))
            || contact.external_id.as_deref().is_some_and(|id| self.has_external_id(id))
    }

    /// Whether somebody forgotten takes part in a conversation, by its own row.
    pub(super) fn names_conversation(&self, row: &Conversation) -> bool {
        let contacts = [&row.contact_id, &row.rating_contact_id];
        let author =
            row.source_author_id.as_deref().filter(|_| is_contact(row.source_author_type.as_deref()));
        contacts.into_iter().flatten().any(|id| self.has_contact(id.as_str()))
            || row.contact_ids.iter().map(String::as_str).chain(author).any(|id| self.has_contact(id))
            || row.contact_email.as_deref().is_some_and(|email| self.has_email(email))
            || row.contact_external_id.as_deref().is_some_and(|id| self.has_external_id(id))
            || [&row.custom_attributes, &row.extra].into_iter().flatten().any(|json| self.is_in(&json.0))
    }

    /// Whether somebody forgotten wrote a message, or it names them.
    pub(super) fn names_writer(&self, writer: &Writer<'_>) -> bool {
        let is_author = || {
            writer.author_id.is_some_and(|id| self.has_contact(id))
                || writer.author_email.is_some_and(|email| self.has_email(email))
        };
        is_contact(writer.author_type) && is_author()
            || writer.details.iter().flatten().any(|json| self.is_in(json))
    }

    /// Whether somebody forgotten takes part in a conversation.
    pub(super) fn names_thread(&self, thread: &Thread) -> bool {
        self.names_conversation(&thread.conversation)
            || thread.messages.iter().any(|message| self.names_writer(&message.into()))
    }

    /// Whether somebody forgotten takes part in a ticket.
    pub(super) fn names_ticket(&self, row: &Ticket) -> bool {
        row.contact_ids.iter().any(|id| self.has_contact(id))
            || [&row.attributes, &row.ticket_parts, &row.extra]
                .into_iter()
                .flatten()
                .any(|json| self.is_in(&json.0))
    }

    /// Whether a value in a JSON text is the id or has the address of somebody forgotten.
    fn is_in(&self, json: &str) -> bool {
        serde_json::from_str(json).is_ok_and(|value| self.is_in_value(&value))
    }

    fn is_in_value(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_text(text),
            Value::Array(values) => values.iter().any(|value| self.is_in_value(value)),
            Value::Object(map) => map.values().any(|value| self.is_in_value(value)),
            _ => false,
        }
    }

    /// A text alone may be an id; addresses may have a name beside them, or be several. An apostrophe is a part of
    /// one, or stands around it as a quotation mark.
    fn is_text(&self, text: &str) -> bool {
        let addresses = || text.split(|c: char| c.is_whitespace() || "<>[],;:\"“”()".contains(c));
        let is_theirs =
            |address: &str| self.has_email(address) || self.has_email(address.trim_matches(APOSTROPHES));
        self.has_contact(text) || text.contains('@') && (self.has_email(text) || addresses().any(is_theirs))
    }

    /// Takes the links to forgotten conversations out of a conversation and its messages.
    pub(in crate::sync) fn clean_thread(&self, thread: &mut Thread) {
        self.clean_conversation(&mut thread.conversation);
        for message in &mut thread.messages {
            self.clean_message(message);
        }
    }

    /// Takes the links to forgotten conversations out of a row; tells whether there were any.
    pub(super) fn clean_conversation(&self, row: &mut Conversation) -> bool {
        let links = row.linked_objects.len();
        row.linked_objects.retain(|link| !self.has_conversation(&link.object_id));
        let is_json_clean = !self.clean([&mut row.custom_attributes, &mut row.extra]);
        links > row.linked_objects.len() || !is_json_clean
    }

    /// Takes the links to forgotten conversations out of a row; tells whether there were any.
    pub(super) fn clean_message(&self, row: &mut Message) -> bool {
        self.clean([&mut row.event_details, &mut row.metadata, &mut row.extra])
    }

    /// Takes the links to forgotten conversations out of a row; tells whether there were any.
    pub(in crate::sync) fn clean_ticket(&self, row: &mut Ticket) -> bool {
        self.clean([&mut row.attributes, &mut row.ticket_parts, &mut row.extra])
    }

    /// Whether a JSON text links to a forgotten conversation.
    pub(super) fn links(&self, json: &str) -> bool {
        let value = || serde_json::from_str(json).ok();
        may_link(json) && value().is_some_and(|mut value| self.clean_value(&mut value))
    }

    fn clean<const N: usize>(&self, columns: [&mut Option<Json>; N]) -> bool {
        let mut was_any = false;
        for json in columns.into_iter().flatten().filter(|json| may_link(&json.0)) {
            let mut value = json.to_value();
            if self.clean_value(&mut value) {
                *json = Json::from_value(&value);
                was_any = true;
            }
        }
        was_any
    }

    fn clean_value(&self, value: &mut Value) -> bool {
        let mut was_any = false;
        match value {
            Value::Array(values) => {
                let count = values.len();
                values.retain(|value| !self.is_link(value));
                was_any = values.len() < count;
                values.iter_mut().for_each(|value| was_any |= self.clean_value(value));
            }
            Value::Object(map) => {
                for (name, value) in map {
                    let is_id = name.ends_with("conversation_id") && self.is_conversation(value);
                    if is_id || self.is_link(value) {
                        (*value, was_any) = (Value::Null, true);
                    }
                    was_any |= self.clean_value(value);
                }
            }
            _ => {}
        }
        was_any
    }

    /// Whether a value is a reference to a forgotten conversation. Its type has to say so: ids of different kinds of
    /// objects may be the same number.
    fn is_link(&self, value: &Value) -> bool {
        matches!(value["type"].as_str(), Some("conversation" | "ticket"))
            && self.is_conversation(&value["id"])
    }

    fn is_conversation(&self, value: &Value) -> bool {
        match value {
            Value::String(id) => self.has_conversation(id),
            Value::Number(id) => self.has_conversation(&id.to_string()),
            _ => false,
        }
    }
}

/// Whether it is worth while to look for links in a JSON text.
fn may_link(json: &str) -> bool {
    json.contains("conversation") || json.contains("\"ticket\"")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn memory() -> Forgotten {
        let mut memory = Forgotten::default();
        memory.add_contact("68e1a7c2d9f04b3a5c6e7f81");
        memory.add_email("mira@h.example");
        memory.add_email("O'Brien@h.example");
        memory.add_conversation("147");
        memory
    }

    #[test]
    fn an_address_is_found_beside_a_name_and_among_others() {
        let memory = memory();
        for (json, is_named) in [
            (r#"{"to": [{"address": "Mira <MIRA@h.example>"}]}"#, true),
            (r#"{"cc": "a@x.example; mira@h.example"}"#, true),
            (r#"{"participant": {"id": "68e1a7c2d9f04b3a5c6e7f81"}}"#, true),
            (r#"{"to": "Mira <o'brien@h.example>"}"#, true),
            (r#"{"to": ["'o'brien@h.example'", "x"]}"#, true),
            (r#"{"to": "O’Brien ‘o’brien@h.example’, “x”"}"#, true),
            (r#"{"reply_to": "[mailto:mira@h.example]"}"#, true),
            (r#"{"to": "brien@h.example, o'mira@h.example"}"#, false),
            (r#"{"to": "amira@h.example", "id": "68e1a7c2d9f04b3a5c6e7f8"}"#, false),
        ] {
            assert_eq!(memory.is_in(json), is_named, "{json}");
        }
    }

    #[test]
    fn a_teammate_with_the_address_of_somebody_forgotten_is_not_meant() {
        let email = Some("mira@h.example");
        let by = |author_type| Writer { author_type, author_email: email, ..Writer::default() };
        assert!(memory().names_writer(&by(Some("user"))) && memory().names_writer(&by(None)));
        assert!(!memory().names_writer(&by(Some("admin"))) && !memory().names_writer(&by(Some("bot"))));
    }

    #[test]
    fn links_are_taken_out_and_other_numbers_stay() {
        let mut value = json!({
            "linked_objects": {"data": [
                {"type": "conversation", "id": "147", "category": null}, {"type": "ticket", "id": 148},
                {"type": "tag", "id": "147"}]},
            "primary_conversation_id": 147, "seats": 147, "id": "147", "of": {"type": "ticket", "id": 147},
        });
        assert!(memory().clean_value(&mut value));
        let left = json!({
            "linked_objects": {"data": [{"type": "ticket", "id": 148}, {"type": "tag", "id": "147"}]},
            "primary_conversation_id": null, "seats": 147, "id": "147", "of": null,
        });
        assert_eq!(value, left);
        assert!(!memory().clean_value(&mut value));
    }
}
