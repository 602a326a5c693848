//! What happened in a conversation, as numbers and times: `metrics.md` A, computed when it is stored.
//!
//! Every figure reads these columns, so they have a table of their own, small and in one file. That they are what the
//! conversation says is proved by `sql/check/conversation_metrics.sql`, which computes them once more.

use super::cell::Json;
use super::conversation::{Conversation, TagRef, Topic};
use super::id::{AdminId, CompanyId, ContactId, ConversationId, TeamId};
use super::table::row;
use super::time::Timestamp;

row! {
    /// One row per conversation, with what happened in it as numbers and times.
    pub struct ConversationMetrics in "conversation_metrics", version 1, partitioned false, key ["conversation_id"] {
        /// The conversation's id.
        [public] conversation_id: ConversationId,
        /// When it began (UTC).
        [public] created_at: Timestamp,
        /// When it last changed (UTC).
        [public] updated_at: Timestamp,
        /// open, closed or snoozed.
        [public] state: Option<String>,
        /// Whether it is closed now.
        [public] is_closed: Option<bool>,
        /// Who wrote the opening message: customer, teammate, bot, system.
        [public] started_by: Option<String>,
        /// Whether a customer wrote before any teammate did.
        [public] is_inbound: Option<bool>,
        /// none, low, medium, high, urgent; before API 2.16 priority or not_priority.
        [public] priority: Option<String>,
        /// Its title.
        [personal] title: Option<String>,
        /// The channel of the first message: conversation, email, whatsapp …
        [public] source_type: Option<String>,
        /// customer_initiated, campaigns_initiated, operator_initiated, automated, admin_initiated.
        [public] source_delivered_as: Option<String>,
        /// The first contact.
        [public] contact_id: Option<ContactId>,
        /// That contact's name as known at the sync.
        [personal] contact_name: Option<String>,
        /// That contact's e-mail address as known at the sync.
        [personal] contact_email: Option<String>,
        /// The company.
        [public] company_id: Option<CompanyId>,
        /// The company's name.
        [personal] company_name: Option<String>,
        /// The teammate it is assigned to now.
        [public] admin_assignee_id: Option<AdminId>,
        /// The team it is assigned to now.
        [public] team_assignee_id: Option<TeamId>,
        /// The teammate who gave the first reply.
        [public] first_replier_id: Option<String>,
        /// Teammates who replied, in the order of their first reply; NULL when not all messages are held.
        [public] replier_ids: Option<Vec<String>>,
        /// Its tags.
        [public] tags: Vec<TagRef>,
        /// Topics Intercom recognised.
        [public] topics: Vec<Topic>,
        /// The workspace's own attributes, as JSON.
        [personal] custom_attributes: Option<Json>,
        /// Whether it is the conversation side of a ticket.
        [public] is_ticket: bool,
        /// The earliest message by a customer, the opening one included (UTC).
        [public] first_customer_message_at: Option<Timestamp>,
        /// The latest message by a customer, the opening one included (UTC).
        [public] last_customer_message_at: Option<Timestamp>,
        /// The earliest reply by a teammate, notes excluded, to a customer (UTC).
        [public] first_teammate_reply_at: Option<Timestamp>,
        /// The earliest reply by a bot to a customer (UTC).
        [public] first_bot_reply_at: Option<Timestamp>,
        /// From the first customer message to the first teammate's reply.
        [public, "seconds"] first_response_seconds: Option<i64>,
        /// From the first customer message to the first reply by a teammate or bot.
        [public, "seconds"] first_any_response_seconds: Option<i64>,
        /// Intercom's time to the first teammate's reply, in its office hours.
        [public, "seconds"] first_response_office_hours_seconds: Option<i64>,
        /// The median time from the first unanswered customer message to the teammate's reply.
        [public, "seconds"] median_reply_seconds: Option<f64>,
        /// How many replies that median is of.
        [public] replies_timed_count: Option<i64>,
        /// Intercom's median time to a reply, in its office hours.
        [public, "seconds"] median_reply_office_hours_seconds: Option<i64>,
        /// The first close, by anyone (UTC).
        [public] first_close_at: Option<Timestamp>,
        /// The last close, by anyone (UTC).
        [public] last_close_at: Option<Timestamp>,
        /// Who closed it last.
        [public] last_closed_by_id: Option<String>,
        /// From the first customer message to the first close.
        [public, "seconds"] time_to_first_close_seconds: Option<i64>,
        /// From the first customer message to the last close.
        [public, "seconds"] time_to_last_close_seconds: Option<i64>,
        /// The time to the last close of a conversation that is closed now.
        [public, "seconds"] resolution_seconds: Option<i64>,
        /// How often a customer or teammate opened it again after a close.
        [public] reopen_count: Option<i64>,
        /// Whether that happened.
        [public] was_reopened: Option<bool>,
        /// Whether it is closed, was never reopened, and at most one teammate replied; NULL when not all messages are held.
        [public] is_resolved_on_first_contact: Option<bool>,
        /// Whether it is inbound, not closed, and nobody replied after the customer's last message.
        [public] is_unanswered: Option<bool>,
        /// Since when a customer has been waiting for a teammate, as Intercom says; bots do not end it (UTC).
        [public] waiting_since_at: Option<Timestamp>,
        /// When a snooze ends (UTC).
        [public] snoozed_until_at: Option<Timestamp>,
        /// The first assignment (UTC).
        [public] first_assigned_at: Option<Timestamp>,
        /// How often it was assigned.
        [public] assignment_count: Option<i64>,
        /// Whether it was assigned after a teammate's first reply; NULL when not all messages are held.
        [public] is_reassigned_after_reply: Option<bool>,
        /// Messages by customers, the opening one included, of those held.
        [public] customer_message_count: Option<i64>,
        /// Replies by teammates, of those held.
        [public] teammate_reply_count: Option<i64>,
        /// Replies by bots, of those held.
        [public] bot_reply_count: Option<i64>,
        /// Internal notes, of those held.
        [public] note_count: Option<i64>,
        /// Parts, the opening message excluded.
        [public] part_count: Option<i64>,
        /// The customer's rating, 1 to 5.
        [public] rating: Option<i64>,
        /// The customer's words with it.
        [personal] rating_remark: Option<String>,
        /// When the rating was asked for (UTC).
        [public] rating_requested_at: Option<Timestamp>,
        /// The teammate who was rated.
        [public] rated_teammate_id: Option<String>,
        /// Whether Fin took part.
        [public] fin_involved: bool,
        /// Whether Fin's part ended in an assumed or confirmed resolution.
        [public] fin_resolved: bool,
        /// How Fin's part ended.
        [public] fin_resolution_state: Option<String>,
        /// ai_answer or custom_answer.
        [public] fin_last_answer_type: Option<String>,
        /// The service level agreement applied.
        [public] sla_name: Option<String>,
        /// hit, missed, cancelled or active.
        [public] sla_status: Option<String>,
        /// Whether its messages are held.
        [public] has_thread: bool,
        /// Whether Intercom returned fewer parts than there are.
        [public] parts_truncated: bool,
        /// messages, or statistics when not all messages are held.
        [public] timing_source: String,
    }
}

/// How Fin's part ends when it answered the customer.
const FIN_RESOLVED: &[&str] = &["assumed_resolution", "confirmed_resolution"];

impl ConversationMetrics {
    /// What happened in a conversation: from its messages if all of them are held, else from Intercom's statistics,
    /// and what those do not tell is `None`.
    pub fn of(conversation: &Conversation) -> Self {
        let Conversation { thread, created_at, .. } = conversation;
        let is_whole = conversation.has_thread && !conversation.parts_truncated;
        let of_messages = |known: bool| known.then_some(());
        let (whole, held) = (of_messages(is_whole), of_messages(conversation.has_thread));
        let is_closed = conversation.state.as_deref().map(|state| state == "closed");

        let told_customer_at =
            conversation.stat_first_contact_reply_at.or(conversation.first_contact_reply_at);
        let started_by = thread.thread_started_by.as_deref();
        let is_beginning_held = is_whole || started_by == Some("customer");
        let first_customer_at = match is_beginning_held {
            true => thread.thread_first_customer_message_at,
            false => told_customer_at,
        };
        let is_inbound = match is_beginning_held {
            true => Some(thread.thread_is_inbound),
            false => and(&[started_by.map(|class| class != "teammate"), Some(told_customer_at.is_some())]),
        };
        let last_customer_at = match is_whole {
            true => thread.thread_last_customer_message_at,
            // `None` is less than any time.
            false => thread
                .thread_last_customer_message_at
                .max(conversation.stat_last_contact_reply_at)
                .max(first_customer_at),
        };
        let (first_reply_at, first_bot_at) = match is_whole {
            true => (thread.thread_first_teammate_reply_at, thread.thread_first_bot_reply_at),
            false => (conversation.stat_first_admin_reply_at, None),
        };
        let first_any_at = first_reply_at.into_iter().chain(first_bot_at).min();
        let first_close_at = match is_whole {
            true => thread.thread_first_close_at.or(conversation.stat_first_close_at),
            false => conversation.stat_first_close_at.or(thread.thread_first_close_at),
        };
        let last_close_at = thread.thread_last_close_at.or(conversation.stat_last_close_at);
        let awaits_reply =
            match (conversation.stat_last_contact_reply_at, conversation.stat_last_admin_reply_at) {
                _ if conversation.has_thread => thread.thread_awaits_reply,
                (Some(asked_at), Some(replied_at)) => asked_at > replied_at,
                (_, replied_at) => replied_at.is_none(),
            };
        let reopen_count = match is_whole {
            true => Some(thread.thread_reopen_count),
            false => conversation.stat_reopen_count,
        };
        let was_reopened = reopen_count.map(|count| count > 0);
        // A close is counted from the customer's first message, unless that came after it.
        let until = |closed_at: Option<Timestamp>| {
            let began_at = first_customer_at.filter(|at| closed_at.is_some_and(|closed_at| *at <= closed_at));
            seconds(Some(began_at.unwrap_or(*created_at)), closed_at)
        };
        let time_to_last_close_seconds = until(last_close_at);
        let fin_resolution_state = conversation.ai_agent_resolution_state.clone();
        let first_contact = || {
            let has_one_replier = thread.thread_replier_ids.len() <= 1;
            and(&[is_closed, was_reopened.map(|reopened| !reopened), Some(has_one_replier)])
        };

        Self {
            conversation_id: conversation.conversation_id.clone(),
            created_at: *created_at,
            updated_at: conversation.updated_at,
            state: conversation.state.clone(),
            is_closed,
            started_by: thread.thread_started_by.clone(),
            is_inbound,
            priority: conversation.priority.clone(),
            title: conversation.title.clone(),
            source_type: conversation.source_type.clone(),
            source_delivered_as: conversation.source_delivered_as.clone(),
            contact_id: conversation.contact_id.clone(),
            contact_name: conversation.contact_name.clone(),
            contact_email: conversation.contact_email.clone(),
            company_id: conversation.company_id.clone(),
            company_name: conversation.company_name.clone(),
            admin_assignee_id: conversation.admin_assignee_id.clone(),
            team_assignee_id: conversation.team_assignee_id.clone(),
            first_replier_id: whole.and_then(|()| thread.thread_first_replier_id.clone()),
            replier_ids: whole.map(|()| thread.thread_replier_ids.clone()),
            tags: conversation.tags.clone(),
            topics: conversation.topics.clone(),
            custom_attributes: conversation.custom_attributes.clone(),
            is_ticket: conversation.is_ticket,
            first_customer_message_at: first_customer_at,
            last_customer_message_at: last_customer_at,
            first_teammate_reply_at: first_reply_at,
            first_bot_reply_at: first_bot_at,
            first_response_seconds: seconds(first_customer_at, first_reply_at),
            first_any_response_seconds: seconds(first_customer_at, first_any_at),
            first_response_office_hours_seconds: conversation.stat_time_to_admin_reply_seconds,
            median_reply_seconds: whole.and(thread.thread_median_reply_seconds),
            replies_timed_count: whole.map(|()| thread.thread_timed_reply_count),
            median_reply_office_hours_seconds: conversation.stat_median_time_to_reply_seconds,
            first_close_at,
            last_close_at,
            last_closed_by_id: thread
                .thread_last_closed_by_id
                .clone()
                .or_else(|| conversation.stat_last_closed_by_id.clone()),
            time_to_first_close_seconds: until(first_close_at),
            time_to_last_close_seconds,
            resolution_seconds: time_to_last_close_seconds.filter(|_| is_closed == Some(true)),
            reopen_count,
            was_reopened,
            is_resolved_on_first_contact: whole.and_then(|()| first_contact()),
            is_unanswered: and(&[is_inbound, is_closed.map(|closed| !closed), Some(awaits_reply)]),
            waiting_since_at: conversation.waiting_since_at,
            snoozed_until_at: conversation.snoozed_until_at,
            first_assigned_at: match is_whole {
                true => thread.thread_first_assigned_at,
                false => conversation.stat_first_assignment_at,
            },
            assignment_count: match is_whole {
                true => Some(thread.thread_assignment_count),
                false => conversation.stat_assignment_count,
            },
            is_reassigned_after_reply: whole.map(|()| thread.thread_is_reassigned_after_reply),
            customer_message_count: held.map(|()| thread.thread_customer_message_count),
            teammate_reply_count: held.map(|()| thread.thread_teammate_reply_count),
            bot_reply_count: held.map(|()| thread.thread_bot_reply_count),
            note_count: held.map(|()| thread.thread_note_count),
            part_count: conversation
                .part_count
                .or_else(|| conversation.stat_part_count.map(|count| count.saturating_sub(1))),
            rating: conversation.rating,
            rating_remark: conversation.rating_remark.clone(),
            rating_requested_at: conversation.rating_requested_at,
            rated_teammate_id: conversation.rated_teammate_id.clone(),
            fin_involved: conversation.ai_agent_participated.unwrap_or(false),
            fin_resolved: fin_resolution_state.as_deref().is_some_and(|state| FIN_RESOLVED.contains(&state)),
            fin_resolution_state,
            fin_last_answer_type: conversation.ai_agent_last_answer_type.clone(),
            sla_name: conversation.sla_name.clone(),
            sla_status: conversation.sla_status.clone(),
            has_thread: conversation.has_thread,
            parts_truncated: conversation.parts_truncated,
            timing_source: if is_whole { "messages" } else { "statistics" }.to_owned(),
        }
    }
}

/// From one instant to another, in whole seconds of the clock.
fn seconds(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<i64> {
    Some(to?.seconds() - from?.seconds())
}

/// Whether all hold: one that does not decides, whatever is not known.
fn and(conditions: &[Option<bool>]) -> Option<bool> {
    match conditions.contains(&Some(false)) {
        true => Some(false),
        false => conditions.iter().all(Option::is_some).then_some(true),
    }
}
