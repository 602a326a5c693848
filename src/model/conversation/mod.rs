//! A conversation, as search lists it or as it is retrieved with its parts.
//!
//! The columns; how they are read from Intercom's JSON is in `read`.

mod read;

use super::cell::Json;
use super::id::{AdminId, CompanyId, ContactId, ConversationId, TagId, TeamId};
use super::message::Message;
use super::table::{item, row};
use super::thread::ThreadFacts;
use super::time::Timestamp;

item! {
    /// A tag on a conversation.
    pub struct TagRef {
        /// The tag's id.
        [public] tag_id: TagId,
        /// The tag's name at the time of the sync.
        [public] name: Option<String>,
        /// When it was applied (UTC).
        [public] applied_at: Option<Timestamp>,
        /// Who applied it: admin, bot, contact.
        [public] applied_by_type: Option<String>,
        /// The id of who applied it.
        [public] applied_by_id: Option<String>,
    }
}

item! {
    /// A topic Intercom recognised.
    pub struct Topic {
        /// The topic's id.
        [public] topic_id: String,
        /// The topic's name.
        [public] name: Option<String>,
    }
}

item! {
    /// How fast one assigned team first answered.
    pub struct TeamResponse {
        /// The team; none for `Unassigned`.
        [public] team_id: Option<TeamId>,
        /// The team's name.
        [public] team_name: Option<String>,
        /// Time to its first response.
        [public, "seconds"] response_time_seconds: Option<i64>,
    }
}

item! {
    /// A ticket or conversation linked to this one.
    pub struct LinkedObject {
        /// `ticket` or `conversation`.
        [public] object_type: Option<String>,
        /// Its id.
        [public] object_id: String,
        /// A ticket's category: Customer, Back-office, Tracker.
        [public] category: Option<String>,
    }
}

item! {
    /// Something Fin drew an answer from.
    pub struct ContentSource {
        /// Intercom's type, like `article`.
        [public] content_type: Option<String>,
        /// Its title.
        [public] title: Option<String>,
        /// Its address.
        [public] url: Option<String>,
        /// Its language.
        [public] locale: Option<String>,
    }
}

row! {
    /// One row per conversation, as Intercom last described it.
    pub struct Conversation in "conversations", version 2, partitioned true, key ["conversation_id"] {
        /// The conversation's id, unique within the workspace.
        [public] conversation_id: ConversationId,
        /// When it began (UTC); never changes, decides the partition.
        [public] created_at: Timestamp,
        /// When it last changed, by Intercom's clock (UTC).
        [public] updated_at: Timestamp,
        /// open, closed or snoozed.
        [public] state: Option<String>,
        /// Whether it is open; a snoozed conversation is open too.
        [public] is_open: Option<bool>,
        /// Whether it has been read.
        [public] is_read: Option<bool>,
        /// none, low, medium, high, urgent; before API 2.16 priority or not_priority.
        [public] priority: Option<String>,
        /// Its title.
        [personal] title: Option<String>,
        /// The channel of the first message: conversation, email, facebook, instagram, phone_call, sms, twitter, whatsapp …
        [public] source_type: Option<String>,
        /// The id of the first message.
        [public] source_id: Option<String>,
        /// customer_initiated, campaigns_initiated, operator_initiated, automated, admin_initiated.
        [public] source_delivered_as: Option<String>,
        /// The subject of the first message; may be HTML.
        [personal] source_subject: Option<String>,
        /// The page the first message was written on.
        [personal] source_url: Option<String>,
        /// Who wrote the first message: user, lead, admin, bot, team.
        [public] source_author_type: Option<String>,
        /// The id of who wrote the first message.
        [public] source_author_id: Option<String>,
        /// The channel it began in.
        [public] channel_initial: Option<String>,
        /// The channel it is in now.
        [public] channel_current: Option<String>,
        /// The first contact of the conversation.
        [public] contact_id: Option<ContactId>,
        /// All contacts of the conversation.
        [public] contact_ids: Vec<String>,
        /// The first contact's id in the customer's own system.
        [personal] contact_external_id: Option<String>,
        /// The name of the contact who wrote the first message, as known at the sync.
        [personal] contact_name: Option<String>,
        /// The e-mail address of the contact who wrote the first message, as known at the sync.
        [personal] contact_email: Option<String>,
        /// The company of the conversation.
        [public] company_id: Option<CompanyId>,
        /// That company's name.
        [personal] company_name: Option<String>,
        /// The teammate it is assigned to; none when unassigned.
        [public] admin_assignee_id: Option<AdminId>,
        /// The team it is assigned to; none when unassigned.
        [public] team_assignee_id: Option<TeamId>,
        /// Teammates who wrote at least one part, bots excluded.
        [public] teammate_ids: Vec<String>,
        /// Tags on the conversation.
        [public] tags: Vec<TagRef>,
        /// Topics Intercom recognised.
        [public] topics: Vec<Topic>,
        /// The customer's rating, 1 to 5.
        [public] rating: Option<i64>,
        /// The customer's words with the rating.
        [personal] rating_remark: Option<String>,
        /// When the rating was asked for (UTC).
        [public] rating_requested_at: Option<Timestamp>,
        /// When the rating last changed (UTC).
        [public] rating_updated_at: Option<Timestamp>,
        /// The contact who rated.
        [public] rating_contact_id: Option<ContactId>,
        /// The teammate who was rated, or a workflow's id.
        [public] rated_teammate_id: Option<String>,
        /// admin, or workflow when no teammate took part.
        [public] rated_teammate_type: Option<String>,
        /// Since when a customer has been waiting for a teammate (UTC).
        [public] waiting_since_at: Option<Timestamp>,
        /// When a snooze ends (UTC).
        [public] snoozed_until_at: Option<Timestamp>,
        /// When a contact first wrote (UTC).
        [public] first_contact_reply_at: Option<Timestamp>,
        /// The channel of the contact's first message.
        [public] first_contact_reply_type: Option<String>,
        /// The page of the contact's first message.
        [personal] first_contact_reply_url: Option<String>,
        /// The name of the service level agreement applied.
        [public] sla_name: Option<String>,
        /// hit, missed, cancelled or active.
        [public] sla_status: Option<String>,
        /// Whether Fin took part.
        [public] ai_agent_participated: Option<bool>,
        /// Where Fin was set up: profile, workflow …
        [public] ai_agent_source_type: Option<String>,
        /// The title of that set-up.
        [public] ai_agent_source_title: Option<String>,
        /// ai_answer or custom_answer.
        [public] ai_agent_last_answer_type: Option<String>,
        /// How Fin's part ended; the values changed with API 2.15.
        [public] ai_agent_resolution_state: Option<String>,
        /// The customer's rating of Fin, 1 to 5.
        [public] ai_agent_rating: Option<i64>,
        /// The customer's words about Fin.
        [personal] ai_agent_rating_remark: Option<String>,
        /// When Fin joined (UTC).
        [public] ai_agent_created_at: Option<Timestamp>,
        /// When Fin's part last changed (UTC).
        [public] ai_agent_updated_at: Option<Timestamp>,
        /// What Fin drew its answers from.
        [public] ai_agent_content_sources: Vec<ContentSource>,
        /// Whether the sales agent took part.
        [public] sales_agent_participated: Option<bool>,
        /// Linked tickets and conversations.
        [public] linked_objects: Vec<LinkedObject>,
        /// Whether this is the conversation side of a ticket.
        [public] is_ticket: bool,
        /// Intercom's time to assignment.
        [public, "seconds"] stat_time_to_assignment_seconds: Option<i64>,
        /// Intercom's time to the first teammate reply, in office hours.
        [public, "seconds"] stat_time_to_admin_reply_seconds: Option<i64>,
        /// Intercom's time to the first close, in office hours.
        [public, "seconds"] stat_time_to_first_close_seconds: Option<i64>,
        /// Intercom's time to the last close, in office hours.
        [public, "seconds"] stat_time_to_last_close_seconds: Option<i64>,
        /// Intercom's median time to a reply, in office hours.
        [public, "seconds"] stat_median_time_to_reply_seconds: Option<i64>,
        /// Time teammates spent on it.
        [public, "seconds"] stat_handling_time_seconds: Option<i64>,
        /// Time teammates spent on it without idle time.
        [public, "seconds"] stat_adjusted_handling_time_seconds: Option<i64>,
        /// Intercom's first contact reply (UTC).
        [public] stat_first_contact_reply_at: Option<Timestamp>,
        /// Intercom's first assignment (UTC).
        [public] stat_first_assignment_at: Option<Timestamp>,
        /// Intercom's first teammate reply (UTC).
        [public] stat_first_admin_reply_at: Option<Timestamp>,
        /// Intercom's first close (UTC).
        [public] stat_first_close_at: Option<Timestamp>,
        /// Intercom's last assignment (UTC).
        [public] stat_last_assignment_at: Option<Timestamp>,
        /// Intercom's first reply after the last assignment (UTC).
        [public] stat_last_assignment_admin_reply_at: Option<Timestamp>,
        /// Intercom's last contact reply (UTC).
        [public] stat_last_contact_reply_at: Option<Timestamp>,
        /// Intercom's last teammate reply (UTC).
        [public] stat_last_admin_reply_at: Option<Timestamp>,
        /// Intercom's last close (UTC).
        [public] stat_last_close_at: Option<Timestamp>,
        /// Who closed it last.
        [public] stat_last_closed_by_id: Option<String>,
        /// How often it was reopened.
        [public] stat_reopen_count: Option<i64>,
        /// How often it was assigned.
        [public] stat_assignment_count: Option<i64>,
        /// Intercom's count of parts; includes the opening message.
        [public] stat_part_count: Option<i64>,
        /// First response time of each assigned team.
        [public] stat_team_first_responses: Vec<TeamResponse>,
        /// The same in office hours.
        [public] stat_team_first_responses_in_office_hours: Vec<TeamResponse>,
        /// The workspace's own attributes, as JSON.
        [personal] custom_attributes: Option<Json>,
        /// Whether the messages held are the whole thread as of `updated_at`.
        [public] has_thread: bool,
        /// Whether Intercom returned fewer parts than there are (it returns the latest 500).
        [public] parts_truncated: bool,
        /// The number of parts Intercom says the thread has, the opening message excluded.
        [public] part_count: Option<i64>,
        /// When `fi` read this from Intercom (UTC).
        [public] synced_at: Timestamp,
        /// Fields that have no column here, as JSON.
        [personal] extra: Option<Json>,
    }
    and
    /// What its messages come to.
    thread: ThreadFacts
}

/// A conversation and its messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// The conversation.
    pub conversation: Conversation,
    /// The opening message, then the parts in order; only the opening message when the conversation came
    /// from a list.
    pub messages: Vec<Message>,
}

impl Conversation {
    /// With nothing known but its id and times.
    fn empty(conversation_id: ConversationId, created_at: Timestamp, synced_at: Timestamp) -> Self {
        Self {
            conversation_id,
            created_at,
            updated_at: created_at,
            state: None,
            is_open: None,
            is_read: None,
            priority: None,
            title: None,
            source_type: None,
            source_id: None,
            source_delivered_as: None,
            source_subject: None,
            source_url: None,
            source_author_type: None,
            source_author_id: None,
            channel_initial: None,
            channel_current: None,
            contact_id: None,
            contact_ids: Vec::new(),
            contact_external_id: None,
            contact_name: None,
            contact_email: None,
            company_id: None,
            company_name: None,
            admin_assignee_id: None,
            team_assignee_id: None,
            teammate_ids: Vec::new(),
            tags: Vec::new(),
            topics: Vec::new(),
            rating: None,
            rating_remark: None,
            rating_requested_at: None,
            rating_updated_at: None,
            rating_contact_id: None,
            rated_teammate_id: None,
            rated_teammate_type: None,
            waiting_since_at: None,
            snoozed_until_at: None,
            first_contact_reply_at: None,
            first_contact_reply_type: None,
            first_contact_reply_url: None,
            sla_name: None,
            sla_status: None,
            ai_agent_participated: None,
            ai_agent_source_type: None,
            ai_agent_source_title: None,
            ai_agent_last_answer_type: None,
            ai_agent_resolution_state: None,
            ai_agent_rating: None,
            ai_agent_rating_remark: None,
            ai_agent_created_at: None,
            ai_agent_updated_at: None,
            ai_agent_content_sources: Vec::new(),
            sales_agent_participated: None,
            linked_objects: Vec::new(),
            is_ticket: false,
            stat_time_to_assignment_seconds: None,
            stat_time_to_admin_reply_seconds: None,
            stat_time_to_first_close_seconds: None,
            stat_time_to_last_close_seconds: None,
            stat_median_time_to_reply_seconds: None,
            stat_handling_time_seconds: None,
            stat_adjusted_handling_time_seconds: None,
            stat_first_contact_reply_at: None,
            stat_first_assignment_at: None,
            stat_first_admin_reply_at: None,
            stat_first_close_at: None,
            stat_last_assignment_at: None,
            stat_last_assignment_admin_reply_at: None,
            stat_last_contact_reply_at: None,
            stat_last_admin_reply_at: None,
            stat_last_close_at: None,
            stat_last_closed_by_id: None,
            stat_reopen_count: None,
            stat_assignment_count: None,
            stat_part_count: None,
            stat_team_first_responses: Vec::new(),
            stat_team_first_responses_in_office_hours: Vec::new(),
            custom_attributes: None,
            has_thread: false,
            parts_truncated: false,
            part_count: None,
            synced_at,
            extra: None,
            thread: ThreadFacts::default(),
        }
    }
}
