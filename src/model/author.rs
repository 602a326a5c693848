//! Who wrote a message: the four classes every response-time metric rests on.
//!
//! Source: `metrics.md` part A, "Author classes"; part types from the API fact sheet, section 4.3.

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthorClass {
    /// A user, lead or contact.
    Customer,
    /// A human teammate.
    Teammate,
    /// Fin, Operator, a workflow.
    Bot,
    /// Nobody, a team, or an event that no person wrote as a message.
    System,
}

/// Part types that record an event: they are never a message to anyone, whoever caused them.
const EVENTS: &[&str] = &[
    "away_mode_assignment",
    "default_assignment",
    "workflow_assignment",
    "balanced_assignment",
    "snoozed",
    "unsnoozed",
    "timer_unsnooze",
    "participant_added",
    "participant_removed",
    "conversation_rating_changed",
    "conversation_rating_remark_added",
    "conversation_tags_updated",
    "title_changed",
    "priority_changed",
    "priority_changed_by_rule",
    "operator_workflow_event",
    "custom_action_started",
    "custom_action_finished",
    "attribute_collector",
    "attribute_collected",
    "user_became_idle",
    "resolution_bot_found_no_answer",
    "language_detection_details",
    "channel_and_reply_time_expectation",
    "merged_primary_conversation",
    "call_summary",
];

/// Beginnings of part types that record an event.
const EVENT_PREFIXES: &[&str] = &["conversation_attribute_updated_by_", "conversation_sla_", "ticket_"];

/// Whether a part of this type is an event rather than a message.
pub(super) fn is_event(part_type: &str) -> bool {
    EVENTS.contains(&part_type) || EVENT_PREFIXES.iter().any(|prefix| part_type.starts_with(prefix))
}

/// Whether a part of this type is an internal note.
pub(super) fn is_note(part_type: &str) -> bool {
    part_type == "note" || part_type.starts_with("note_")
}

/// Whether a part of this type assigns the conversation.
pub(super) fn is_assignment(part_type: &str) -> bool {
    part_type == "assignment" || part_type.ends_with("_assignment") || part_type.starts_with("assign_and_")
}

/// Whether an author of this type is somebody from outside, a contact of whatever kind: teammates, bots and teams are not.
///
/// A type that is unknown or missing counts as one: what a customer wrote or is must never pass for the company's own.
pub fn is_contact(author_type: Option<&str>) -> bool {
    !matches!(author_type, Some("admin" | "bot" | "team"))
}

impl AuthorClass {
    /// From what Intercom says of the author and the part.
    ///
    /// The operator appears as `bot`, or as `admin` with the address `operator+{workspace}@intercom.io`
    /// (API section 4.3).
    pub fn of(author_type: Option<&str>, email: Option<&str>, from_ai_agent: bool, part_type: &str) -> Self {
        if is_event(part_type) {
            return Self::System;
        }
        let is_operator = email.is_some_and(|e| e.starts_with("operator+") && e.ends_with("@intercom.io"));
        match author_type {
            _ if from_ai_agent || is_operator => Self::Bot,
            Some("bot") => Self::Bot,
            Some("user" | "lead" | "contact" | "visitor") => Self::Customer,
            Some("admin") => Self::Teammate,
            _ => Self::System,
        }
    }

    /// The word stored in `author_class`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Teammate => "teammate",
            Self::Bot => "bot",
            Self::System => "system",
        }
    }
}
