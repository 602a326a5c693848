//! The truth for tests: what the API must answer, as JSON.
//!
//! Every function renders exactly what the server would send. Attachment addresses are signed anew on every
//! fetch, so compare them without what follows the `?`.

use super::{HexId, Workspace};
use crate::demo::version::ApiVersion;
use crate::demo::wire::{self, View};
use serde::Serialize;
use serde_json::Value;

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

impl Workspace {
    /// What `GET /conversations/{id}` answers.
    pub fn conversation_json(&self, id: u64, version: ApiVersion, now: i64) -> Option<Value> {
        let conversation = self.conversation(id)?;
        let view = View { parts: true, ..View::new(self, version, now) };
        Some(json(wire::conversation(&view, conversation)))
    }

    /// The same conversation as search and list show it, without parts.
    pub fn conversation_item_json(&self, id: u64, version: ApiVersion, now: i64) -> Option<Value> {
        let conversation = self.conversation(id)?;
        Some(json(wire::conversation(&View::new(self, version, now), conversation)))
    }

    /// What `GET /contacts/{id}` answers for a contact that exists.
    pub fn contact_json(&self, id: HexId, version: ApiVersion) -> Option<Value> {
        let contact = self.contact(id).filter(|contact| !self.merged.contains_key(&contact.id))?;
        Some(json(wire::contact(&View::new(self, version, 0), contact)))
    }

    /// What `GET /companies/{id}` answers.
    pub fn company_json(&self, id: HexId) -> Option<Value> {
        let company = self.companies.iter().find(|company| company.id == id)?;
        Some(json(wire::company(&View::new(self, ApiVersion::default(), 0), company)))
    }

    /// What `GET /tickets/{id}` answers.
    pub fn ticket_json(&self, id: u64, version: ApiVersion, now: i64) -> Option<Value> {
        let ticket = self.tickets.iter().find(|ticket| ticket.id == id)?;
        Some(json(wire::ticket(&View::new(self, version, now), ticket)))
    }

    /// The `admins` of `GET /admins`.
    pub fn admins_json(&self, version: ApiVersion) -> Vec<Value> {
        self.admins.iter().map(|admin| json(wire::admin(self, version, admin))).collect()
    }

    /// The `teams` of `GET /teams`.
    pub fn teams_json(&self) -> Vec<Value> {
        self.teams.iter().map(|team| json(wire::team(self, team))).collect()
    }

    /// The `data` of `GET /tags`.
    pub fn tags_json(&self) -> Vec<Value> {
        self.tags.iter().map(|tag| json(wire::tag(tag))).collect()
    }

    /// The `data` of `GET /ticket_types`.
    pub fn ticket_types_json(&self) -> Vec<Value> {
        super::tables::TICKET_TYPES.iter().map(|kind| wire::ticket_type(self, kind)).collect()
    }

    /// The `data` of `GET /conversations/attributes`, archived ones included.
    pub fn conversation_attributes_json(&self) -> Vec<Value> {
        wire::conversation_attributes(self, true)
    }

    /// The `segments` of `GET /segments`, without counts.
    pub fn segments_json(&self) -> Vec<Value> {
        self.segments.iter().map(|segment| json(wire::segment(segment, None))).collect()
    }
}
