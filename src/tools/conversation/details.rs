//! Everything there is to know about a conversation: who it is with, what was measured, what happened, and its messages.

mod room;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::answer::{ConversationAnswer, Named};
use super::budget::{Budget, Limits};
use super::header::named;
use super::held::Held;
use super::message::MessageKind;
use super::params::GetConversationDetailsParams;
use super::values::{UNTRUSTED, values};
use super::whole::Frame;
use super::window::{Events, Wanted};
use super::{Conversations, Reading, event};
use crate::model::{Company, Contact, Conversation, ConversationMetrics, Row};
use crate::tools::error::ToolError;
use crate::tools::untrusted::Untrusted;
use room::Room;

/// Contacts told of at most.
const CONTACTS: usize = 5;
/// Characters of what happened at most.
const EVENT_CHARS: usize = 1_000;
/// How many levels down in an answer everything beside messages is.
const DEPTH: usize = 1;
/// Columns that the header tells.
const IN_THE_HEADER: &[&str] = &[
    "conversation_id",
    "created_at",
    "updated_at",
    "state",
    "title",
    "source_type",
    "contact_id",
    "contact_name",
    "contact_email",
    "company_id",
    "company_name",
    "admin_assignee_id",
    "team_assignee_id",
    "teammate_ids",
    "part_count",
    "is_ticket",
    "snoozed_until_at",
    "waiting_since_at",
    "has_thread",
    "parts_truncated",
    "synced_at",
];

/// Everything about a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DetailsAnswer {
    /// What it is and what was written.
    #[serde(flatten)]
    pub reading: ConversationAnswer,
    /// Everything else; not there when the answer only goes on with the messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
}

/// What there is to know beside messages. Names are those of the lake's columns, with `untrusted_` before those whose
/// text people outside may have written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Details {
    /// Its contacts, as far as they are held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Map<String, Value>>,
    /// Its company, if it is held.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub company: Map<String, Value>,
    /// Teammates who wrote in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teammates: Vec<Named>,
    /// What happened in it, as numbers and times, like the table conversation_metrics.
    pub metrics: Map<String, Value>,
    /// Intercom's own statistics.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub statistics: Map<String, Value>,
    /// The service level agreement.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub sla: Map<String, Value>,
    /// The rating.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub rating: Map<String, Value>,
    /// What Fin and other agents did.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub ai_agent: Map<String, Value>,
    /// The workspace's own attributes.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub untrusted_custom_attributes: Map<String, Value>,
    /// Tags, topics and linked objects.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub labels: Map<String, Value>,
    /// What else is known of it.
    pub attributes: Map<String, Value>,
    /// Assignments and all that happened beside messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventLine>,
    /// Fields of Intercom's that have no column.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub untrusted_extra: Map<String, Value>,
    /// What did not fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventLine {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// What: it may name values that customers chose.
    pub untrusted_what: Untrusted,
}

impl Conversations {
    /// Tells everything about a conversation.
    ///
    /// # Errors
    /// When the parameters make no sense, or there is no such conversation to be had: the error says why.
    pub fn details(
        &self,
        params: &GetConversationDetailsParams,
        reading: &Reading<'_>,
    ) -> Result<DetailsAnswer, ToolError> {
        let id = super::conversation_id(&params.conversation_id)?;
        let budget = Budget::of(params.max_characters, reading)?;
        let limit = super::limit(params.limit)?;
        let (cursor, order) = super::position(&id, params.cursor.as_deref(), None)?;
        let is_first = cursor.is_none();
        // What happened has a section of its own; what was said on the occasion has not.
        let wanted = Wanted { notes: true, events: Events::Saying, order, cursor, limit, budget };
        let held = self.held(&id, reading, true)?;
        let all = is_first.then(|| self.told(&held, params)).transpose()?;
        budget.fitting(|limits| {
            let frame = Frame::of(&held, limits);
            let left = frame.leaves(budget);
            let details = all.clone().map(|mut details| {
                let teammates = held.conversation.teammate_ids.iter();
                let names = &held.known.names;
                details.teammates = teammates.map(|id| named(id, names.admin(id), limits)).collect();
                details.events = events(&held, limits);
                Room::new(budget, room(left, params.include_messages)).fit(&mut details);
                details
            });
            let left = left.saturating_sub(details.as_ref().map_or(0, |details| budget.size(details, DEPTH)));
            let reading = match params.include_messages {
                true => frame.with_messages(&wanted, left),
                false => frame.without_messages(),
            };
            Ok(DetailsAnswer { reading, details })
        })
    }

    /// All there is to tell but for what names people, as long as it is.
    fn told(&self, held: &Held, params: &GetConversationDetailsParams) -> Result<Details, ToolError> {
        let one = &held.conversation;
        let mut details = sorted(values(one));
        let metrics = values(&ConversationMetrics::of(one));
        let is_own = |name: &String| Conversation::TABLE.column_index(bare(name)).is_none();
        details.metrics = metrics.into_iter().filter(|(name, _)| is_own(name)).collect();
        if params.include_customer {
            self.customer(one, &mut details)?;
        }
        Ok(details)
    }

    fn customer(&self, one: &Conversation, details: &mut Details) -> Result<(), ToolError> {
        for id in one.contact_ids.iter().take(CONTACTS) {
            details.contacts.extend(self.lookup.row::<Contact>(id)?.as_ref().map(values));
        }
        let (all, more) = (one.contact_ids.len(), one.contact_ids.len().saturating_sub(CONTACTS));
        if more > 0 {
            details.left_out.push(format!("{more} of {all} contacts"));
        }
        if let Some(id) = &one.company_id {
            details.company =
                self.lookup.row::<Company>(id.as_str())?.as_ref().map(values).unwrap_or_default();
        }
        Ok(())
    }
}

/// What everything beside messages may take.
fn room(characters: usize, include_messages: bool) -> usize {
    match include_messages {
        true => characters / 2,
        false => characters.saturating_sub(characters / 4),
    }
}

/// The columns of a conversation by what they are about.
fn sorted(columns: Map<String, Value>) -> Details {
    let mut details = Details::default();
    for (name, value) in columns {
        let section = match bare(&name) {
            name if IN_THE_HEADER.contains(&name) || name.starts_with("thread_") => continue,
            "custom_attributes" => {
                details.untrusted_custom_attributes = object(value);
                continue;
            }
            "extra" => {
                details.untrusted_extra = object(value);
                continue;
            }
            "tags" | "topics" | "linked_objects" => &mut details.labels,
            name if name.starts_with("stat_") => &mut details.statistics,
            name if name.starts_with("sla_") => &mut details.sla,
            name if name.starts_with("rating") || name.starts_with("rated_") => &mut details.rating,
            name if name.starts_with("ai_agent_") || name.starts_with("sales_agent_") => {
                &mut details.ai_agent
            }
            _ => &mut details.attributes,
        };
        section.insert(name, value);
    }
    details
}

/// The name of a column without what marks it.
fn bare(name: &str) -> &str {
    name.strip_prefix(UNTRUSTED).unwrap_or(name)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null => Map::new(),
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}

fn events(held: &Held, limits: Limits) -> Vec<EventLine> {
    let lines = held.messages.iter().filter_map(|message| {
        let line = event::line(message, &held.known.names);
        let is_event = MessageKind::of(message) == MessageKind::Event;
        let what = line.or_else(|| is_event.then(|| message.part_type.clone()))?;
        let untrusted_what = Untrusted::new(&what, limits.most(EVENT_CHARS));
        Some(EventLine { at: message.created_at.to_utc(), untrusted_what })
    });
    lines.collect()
}
