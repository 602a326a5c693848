//! A ticket, as ticket search returns it: complete, parts included.
//!
//! A ticket shares the id of its conversation. Fields from the API fact sheet, section 4.7.

use super::cell::Json;
use super::fields::{Fields, WireError};
use super::id::{AdminId, ContactId, ConversationId, TeamId};
use super::table::row;
use super::time::Timestamp;

row! {
    /// One row per ticket.
    pub struct Ticket in "tickets", version 1, partitioned true, key ["ticket_id"] {
        /// The ticket's id; the same as its conversation's.
        [public] ticket_id: ConversationId,
        /// The number the inbox shows (Intercom's `ticket_id`); not for API calls.
        [public] ticket_number: Option<String>,
        /// When it was created (UTC); decides the partition.
        [public] created_at: Timestamp,
        /// When it last changed (UTC).
        [public] updated_at: Timestamp,
        /// Customer, Back-office or Tracker.
        [public] category: Option<String>,
        /// The id of its type.
        [public] ticket_type_id: Option<String>,
        /// The name of its type.
        [public] ticket_type_name: Option<String>,
        /// The id of its state.
        [public] ticket_state_id: Option<String>,
        /// submitted, in_progress, waiting_on_customer or resolved.
        [public] ticket_state: Option<String>,
        /// What teammates see as its state.
        [public] ticket_state_label: Option<String>,
        /// Its title.
        [personal] title: Option<String>,
        /// Its description.
        [personal] description: Option<String>,
        /// Its attributes by name, as JSON.
        [personal] attributes: Option<Json>,
        /// Whether it is open.
        [public] is_open: Option<bool>,
        /// Whether customers see it.
        [public] is_shared: Option<bool>,
        /// When a snooze ends (UTC).
        [public] snoozed_until_at: Option<Timestamp>,
        /// The teammate it is assigned to; none when unassigned.
        [public] admin_assignee_id: Option<AdminId>,
        /// The team it is assigned to; none when unassigned.
        [public] team_assignee_id: Option<TeamId>,
        /// The first contact of the ticket.
        [public] contact_id: Option<ContactId>,
        /// All contacts of the ticket.
        [public] contact_ids: Vec<String>,
        /// Its parts, as JSON.
        [personal] ticket_parts: Option<Json>,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [personal] extra: Option<Json>,
    }
}

impl Ticket {
    /// From the JSON of one ticket.
    ///
    /// # Errors
    /// Only when there is no usable `id` or `created_at`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("ticket", json)?;
        fields.constant("type", "ticket");
        let f = &mut fields;
        let ticket_id = f.require("id", ConversationId::from_json)?;
        let created_at = f.require("created_at", Timestamp::from_json)?;
        let (ticket_state_id, ticket_state, ticket_state_label) = read_state(f);
        let (ticket_type_id, ticket_type_name) =
            f.nested("ticket_type", |kind| (kind.text("id"), kind.text("name"))).unwrap_or_default();
        let contact_ids = read_contacts(f);
        let (title, description) = f
            .nested("ticket_attributes", |a| (a.text("_default_title_"), a.text("_default_description_")))
            .unwrap_or_default();
        let ticket = Self {
            ticket_id,
            ticket_number: f.text("ticket_id"),
            created_at,
            updated_at: f.timestamp("updated_at").unwrap_or(created_at),
            category: f.text("category"),
            ticket_type_id,
            ticket_type_name,
            ticket_state_id,
            ticket_state,
            ticket_state_label,
            title,
            description,
            attributes: f.json("ticket_attributes"),
            is_open: f.boolean("open"),
            is_shared: f.boolean("is_shared"),
            snoozed_until_at: f.timestamp("snoozed_until"),
            admin_assignee_id: f.assigned_admin("admin_assignee_id"),
            team_assignee_id: f.assigned_team("team_assignee_id"),
            contact_id: contact_ids.first().and_then(|id| ContactId::parse(id).ok()),
            contact_ids,
            ticket_parts: f.json("ticket_parts"),
            synced_at,
            extra: None,
        };
        Ok(Self { extra: fields.into_extra(), ..ticket })
    }
}

/// Id, category and label of the state: an object since API 2.12, a text before.
fn read_state(fields: &mut Fields) -> (Option<String>, Option<String>, Option<String>) {
    let state = fields.nested("ticket_state", |state| {
        state.constant("type", "ticket_state");
        (state.text("id"), state.text("category"), state.text("internal_label"))
    });
    state.unwrap_or_else(|| (None, fields.text("ticket_state"), fields.text("ticket_state_internal_label")))
}

fn read_contacts(fields: &mut Fields) -> Vec<String> {
    let ids = fields.nested("contacts", |list| {
        list.constant("type", "contact.list");
        list.list("contacts", |contact| {
            contact.constant("type", "contact");
            contact.take("id", ContactId::from_json).map(|id| id.to_string())
        })
    });
    ids.unwrap_or_default()
}
