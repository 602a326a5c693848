//! The workspace's small tables: teammates, teams, tags, segments, attribute definitions, ticket types.
//!
//! Intercom lists each of them whole. A row that is no longer listed stays, with `is_listed` false, because
//! conversations still point at it. Fields from the API fact sheet, sections 3.8 and 4.6.

use super::cell::Json;
use super::fields::{Fields, WireError};
use super::id::{AdminId, TagId, TeamId};
use super::table::row;
use super::time::Timestamp;

row! {
    /// One row per teammate, human or bot.
    pub struct Admin in "admins", version 1, partitioned false, key ["admin_id"] {
        /// The teammate's id.
        [public] admin_id: AdminId,
        /// The teammate's name.
        [personal] name: Option<String>,
        /// The teammate's e-mail address.
        [personal] email: Option<String>,
        /// The teammate's job title.
        [personal] job_title: Option<String>,
        /// Whether this is Intercom's operator or Fin rather than a person.
        [public] is_bot: bool,
        /// Whether the teammate is away.
        [public] is_away: Option<bool>,
        /// Whether new replies are reassigned while away.
        [public] is_reassigning_while_away: Option<bool>,
        /// Whether the teammate has an inbox seat.
        [public] has_inbox_seat: Option<bool>,
        /// The teammate's teams.
        [public] team_ids: Vec<String>,
        /// The name of the teammate's role.
        [public] role_name: Option<String>,
        /// Whether Intercom still lists it.
        [public] is_listed: bool,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [personal] extra: Option<Json>,
    }
}

row! {
    /// One row per team.
    pub struct Team in "teams", version 1, partitioned false, key ["team_id"] {
        /// The team's id.
        [public] team_id: TeamId,
        /// The team's name.
        [public] name: Option<String>,
        /// The teammates in it.
        [public] admin_ids: Vec<String>,
        /// How conversations are handed out, like round_robin.
        [public] distribution_method: Option<String>,
        /// How many conversations a teammate may have at once.
        [public, "conversations"] assignment_limit: Option<i64>,
        /// Whether Intercom still lists it.
        [public] is_listed: bool,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [public] extra: Option<Json>,
    }
}

row! {
    /// One row per tag.
    pub struct Tag in "tags", version 1, partitioned false, key ["tag_id"] {
        /// The tag's id.
        [public] tag_id: TagId,
        /// The tag's name.
        [public] name: Option<String>,
        /// Whether Intercom still lists it.
        [public] is_listed: bool,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [public] extra: Option<Json>,
    }
}

row! {
    /// One row per segment of contacts or companies.
    pub struct Segment in "segments", version 1, partitioned false, key ["segment_id"] {
        /// The segment's id.
        [public] segment_id: String,
        /// The segment's name.
        [public] name: Option<String>,
        /// contact or user.
        [public] person_type: Option<String>,
        /// How many are in it.
        [public, "contacts"] member_count: Option<i64>,
        /// When it was created (UTC).
        [public] created_at: Option<Timestamp>,
        /// When it last changed (UTC).
        [public] updated_at: Option<Timestamp>,
        /// Whether Intercom still lists it.
        [public] is_listed: bool,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [public] extra: Option<Json>,
    }
}

row! {
    /// One row per custom attribute that conversations can have.
    pub struct ConversationAttribute in "conversation_attributes", version 1, partitioned false,
    key ["attribute_id"] {
        /// The attribute's id.
        [public] attribute_id: String,
        /// The attribute's name, the key in `custom_attributes`.
        [public] name: Option<String>,
        /// What it is for.
        [public] description: Option<String>,
        /// string, integer, list, decimal, boolean, datetime, relationship or files.
        [public] data_type: Option<String>,
        /// Whether it must be filled in.
        [public] is_required: Option<bool>,
        /// Whether it is archived.
        [public] is_archived: Option<bool>,
        /// The values of a list, as JSON.
        [public] options: Option<Json>,
        /// When it was created (UTC).
        [public] created_at: Option<Timestamp>,
        /// When it last changed (UTC).
        [public] updated_at: Option<Timestamp>,
        /// Whether Intercom still lists it.
        [public] is_listed: bool,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [public] extra: Option<Json>,
    }
}

row! {
    /// One row per ticket type.
    pub struct TicketType in "ticket_types", version 1, partitioned false, key ["ticket_type_id"] {
        /// The ticket type's id.
        [public] ticket_type_id: String,
        /// Its name.
        [public] name: Option<String>,
        /// What it is for.
        [public] description: Option<String>,
        /// Customer, Back-office or Tracker.
        [public] category: Option<String>,
        /// Whether it is archived.
        [public] is_archived: Option<bool>,
        /// Its attributes, as JSON.
        [public] attributes: Option<Json>,
        /// When it was created (UTC).
        [public] created_at: Option<Timestamp>,
        /// When it last changed (UTC).
        [public] updated_at: Option<Timestamp>,
        /// Whether Intercom still lists it.
        [public] is_listed: bool,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [public] extra: Option<Json>,
    }
}

fn id_list(fields: &mut Fields, name: &'static str) -> Vec<String> {
    fields.values(name, super::id::id_text)
}

impl Admin {
    /// From the JSON of one admin.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("admin", json)?;
        let is_bot_type = fields.take("type", |kind| (kind == "bot").then_some(())).is_some();
        fields.constant("type", "admin");
        let f = &mut fields;
        let admin_id = f.require("id", AdminId::from_json)?;
        let email = f.text("email");
        let is_operator = email.as_deref().is_some_and(|e| e.starts_with("operator+"));
        let admin = Self {
            admin_id,
            name: f.text("name"),
            is_bot: is_bot_type || is_operator,
            email,
            job_title: f.text("job_title"),
            is_away: f.boolean("away_mode_enabled"),
            is_reassigning_while_away: f.boolean("away_mode_reassign"),
            has_inbox_seat: f.boolean("has_inbox_seat"),
            team_ids: id_list(f, "team_ids"),
            role_name: f.nested("role", |role| role.text("name")).flatten(),
            is_listed: true,
            synced_at,
            extra: None,
        };
        Ok(Self { extra: fields.into_extra(), ..admin })
    }
}

impl Team {
    /// From the JSON of one team.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("team", json)?;
        fields.constant("type", "team");
        let f = &mut fields;
        let team = Self {
            team_id: f.require("id", TeamId::from_json)?,
            name: f.text("name"),
            admin_ids: id_list(f, "admin_ids"),
            distribution_method: f.text("distribution_method"),
            assignment_limit: f.integer("assignment_limit"),
            is_listed: true,
            synced_at,
            extra: None,
        };
        Ok(Self { extra: fields.into_extra(), ..team })
    }
}

impl Tag {
    /// From the JSON of one tag.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("tag", json)?;
        fields.constant("type", "tag");
        let tag_id = fields.require("id", TagId::from_json)?;
        let name = fields.text("name");
        Ok(Self { tag_id, name, is_listed: true, synced_at, extra: fields.into_extra() })
    }
}

impl Segment {
    /// From the JSON of one segment.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("segment", json)?;
        fields.constant("type", "segment");
        let f = &mut fields;
        let segment = Self {
            segment_id: f.require("id", super::id::id_text)?,
            name: f.text("name"),
            person_type: f.text("person_type"),
            member_count: f.integer("count"),
            created_at: f.timestamp("created_at"),
            updated_at: f.timestamp("updated_at"),
            is_listed: true,
            synced_at,
            extra: None,
        };
        Ok(Self { extra: fields.into_extra(), ..segment })
    }
}

impl ConversationAttribute {
    /// From the JSON of one attribute definition.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("conversation attribute", json)?;
        fields.constant("type", "conversation_attribute");
        let f = &mut fields;
        let attribute = Self {
            attribute_id: f.require("id", super::id::id_text)?,
            name: f.text("name"),
            description: f.text("description"),
            data_type: f.text("data_type"),
            is_required: f.boolean("required"),
            is_archived: f.boolean("archived"),
            options: f.json("options"),
            created_at: f.timestamp("created_at"),
            updated_at: f.timestamp("updated_at"),
            is_listed: true,
            synced_at,
            extra: None,
        };
        Ok(Self { extra: fields.into_extra(), ..attribute })
    }
}

impl TicketType {
    /// From the JSON of one ticket type.
    ///
    /// # Errors
    /// Only when there is no usable `id`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("ticket type", json)?;
        fields.constant("type", "ticket_type");
        let f = &mut fields;
        let ticket_type = Self {
            ticket_type_id: f.require("id", super::id::id_text)?,
            name: f.text("name"),
            description: f.text("description"),
            category: f.text("category"),
            is_archived: f.boolean("archived"),
            attributes: f.json("ticket_type_attributes"),
            created_at: f.timestamp("created_at"),
            updated_at: f.timestamp("updated_at"),
            is_listed: true,
            synced_at,
            extra: None,
        };
        Ok(Self { extra: fields.into_extra(), ..ticket_type })
    }
}
