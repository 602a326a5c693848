//! The kinds of conversation parts, and what each does to a conversation.
//!
//! Owns the one table of part types; statistics, `updated_at` and webhooks read it.

/// The kind of a conversation part.
#[allow(missing_docs, reason = "each is explained by its row in `PART_KINDS`")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum PartKind {
    Comment,
    Note,
    NoteAndReopen,
    QuickReply,
    Open,
    Close,
    Assignment,
    AssignAndReopen,
    AwayModeAssignment,
    DefaultAssignment,
    WorkflowAssignment,
    Snoozed,
    Unsnoozed,
    TimerUnsnooze,
    ParticipantAdded,
    RatingChanged,
    RatingRemarkAdded,
    AttributeByUser,
    AttributeByAdmin,
    AttributeByWorkflow,
    TagsUpdated,
    TitleChanged,
    SlaAppliedByRule,
    SlaTargetMissed,
    SlaRemoved,
    PriorityChanged,
    WorkflowEvent,
    ActionStarted,
    ActionFinished,
    AttributeCollected,
    UserBecameIdle,
    NoAnswerFound,
    LanguageDetected,
    ReplyTimeExpectation,
    Merged,
    CallSummary,
    TicketStateByAdmin,
    TicketAttributeByAdmin,
    FromTheFuture,
}

/// What a part type is called and what it means.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The kind.
    pub kind: PartKind,
    /// `part_type` on the wire.
    pub name: &'static str,
    /// Written for teammates only: never a visible reply.
    pub note: bool,
    /// Assigns the conversation.
    pub assigns: bool,
    /// Opens a closed conversation.
    pub reopens: bool,
    /// Moves the conversation's `updated_at`.
    pub bumps: bool,
}

const fn row(kind: PartKind, name: &'static str) -> KindInfo {
    KindInfo { kind, name, note: false, assigns: false, reopens: false, bumps: true }
}

const fn note(kind: PartKind, name: &'static str, reopens: bool) -> KindInfo {
    KindInfo { note: true, reopens, ..row(kind, name) }
}

const fn assigns(kind: PartKind, name: &'static str, reopens: bool) -> KindInfo {
    KindInfo { assigns: true, reopens, ..row(kind, name) }
}

/// Ratings come without a bump of `updated_at`: one of the changes an incremental sync misses.
const fn silent(kind: PartKind, name: &'static str) -> KindInfo {
    KindInfo { bumps: false, ..row(kind, name) }
}

/// All part types, in the order of [`PartKind`].
pub const PART_KINDS: &[KindInfo] = &[
    row(PartKind::Comment, "comment"),
    note(PartKind::Note, "note", false),
    note(PartKind::NoteAndReopen, "note_and_reopen", true),
    row(PartKind::QuickReply, "quick_reply"),
    KindInfo { reopens: true, ..row(PartKind::Open, "open") },
    row(PartKind::Close, "close"),
    assigns(PartKind::Assignment, "assignment", false),
    assigns(PartKind::AssignAndReopen, "assign_and_reopen", true),
    assigns(PartKind::AwayModeAssignment, "away_mode_assignment", false),
    assigns(PartKind::DefaultAssignment, "default_assignment", false),
    assigns(PartKind::WorkflowAssignment, "workflow_assignment", false),
    row(PartKind::Snoozed, "snoozed"),
    row(PartKind::Unsnoozed, "unsnoozed"),
    row(PartKind::TimerUnsnooze, "timer_unsnooze"),
    row(PartKind::ParticipantAdded, "participant_added"),
    silent(PartKind::RatingChanged, "conversation_rating_changed"),
    silent(PartKind::RatingRemarkAdded, "conversation_rating_remark_added"),
    row(PartKind::AttributeByUser, "conversation_attribute_updated_by_user"),
    row(PartKind::AttributeByAdmin, "conversation_attribute_updated_by_admin"),
    row(PartKind::AttributeByWorkflow, "conversation_attribute_updated_by_workflow"),
    row(PartKind::TagsUpdated, "conversation_tags_updated"),
    row(PartKind::TitleChanged, "title_changed"),
    row(PartKind::SlaAppliedByRule, "conversation_sla_applied_by_rule"),
    row(PartKind::SlaTargetMissed, "conversation_sla_target_missed"),
    row(PartKind::SlaRemoved, "conversation_sla_removed"),
    row(PartKind::PriorityChanged, "priority_changed"),
    row(PartKind::WorkflowEvent, "operator_workflow_event"),
    row(PartKind::ActionStarted, "custom_action_started"),
    row(PartKind::ActionFinished, "custom_action_finished"),
    row(PartKind::AttributeCollected, "attribute_collected"),
    row(PartKind::UserBecameIdle, "user_became_idle"),
    row(PartKind::NoAnswerFound, "resolution_bot_found_no_answer"),
    row(PartKind::LanguageDetected, "language_detection_details"),
    row(PartKind::ReplyTimeExpectation, "channel_and_reply_time_expectation"),
    row(PartKind::Merged, "merged_primary_conversation"),
    row(PartKind::CallSummary, "call_summary"),
    row(PartKind::TicketStateByAdmin, "ticket_state_updated_by_admin"),
    row(PartKind::TicketAttributeByAdmin, "ticket_attribute_updated_by_admin"),
    row(PartKind::FromTheFuture, "voice_summary_generated"),
];

impl PartKind {
    /// The row of this kind.
    pub fn info(self) -> &'static KindInfo {
        &PART_KINDS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_part_kinds_is_in_the_order_of_the_enum() {
        for (position, info) in PART_KINDS.iter().enumerate() {
            assert_eq!(info.kind as usize, position, "{}", info.name);
        }
    }
}
