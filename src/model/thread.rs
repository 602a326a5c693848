//! What happened in a thread, as numbers: the part of `metrics.md` A that needs the messages.
//!
//! Computed once, when a thread is read, and kept beside the conversation: over a million conversations the messages
//! would have to be aggregated again by every question. `sql/check/thread_facts.sql` proves the columns equal to
//! what the messages say.

use super::author::{AuthorClass, is_assignment};
use super::message::Message;
use super::table::item;
use super::time::Timestamp;

item! {
    /// What the messages of a conversation come to; of a listed one, what its opening message comes to.
    #[derive(Default)]
    pub struct ThreadFacts {
        /// Who wrote the opening message: customer, teammate, bot, system.
        [public] thread_started_by: Option<String>,
        /// The earliest message by a customer, the opening one included (UTC).
        [public] thread_first_customer_message_at: Option<Timestamp>,
        /// The latest message by a customer (UTC).
        [public] thread_last_customer_message_at: Option<Timestamp>,
        /// Whether a customer wrote before any teammate did.
        [public] thread_is_inbound: bool,
        /// Whether neither a teammate nor a bot replied after the last message by a customer.
        [public] thread_awaits_reply: bool,
        /// The earliest reply by a teammate to a customer (UTC).
        [public] thread_first_teammate_reply_at: Option<Timestamp>,
        /// The teammate who wrote it.
        [public] thread_first_replier_id: Option<String>,
        /// The latest reply by a teammate (UTC).
        [public] thread_last_teammate_reply_at: Option<Timestamp>,
        /// The earliest reply by a bot to a customer (UTC).
        [public] thread_first_bot_reply_at: Option<Timestamp>,
        /// The latest reply by a bot (UTC).
        [public] thread_last_bot_reply_at: Option<Timestamp>,
        /// Teammates who replied, in the order of their first reply.
        [public] thread_replier_ids: Vec<String>,
        /// The median of the times from the first customer message without an answer to the teammate's answer.
        [public, "seconds"] thread_median_reply_seconds: Option<f64>,
        /// How many times that median is of.
        [public, "replies"] thread_timed_reply_count: i64,
        /// Messages by customers, the opening one included.
        [public, "messages"] thread_customer_message_count: i64,
        /// Replies by teammates.
        [public, "messages"] thread_teammate_reply_count: i64,
        /// Replies by bots.
        [public, "messages"] thread_bot_reply_count: i64,
        /// Internal notes.
        [public, "messages"] thread_note_count: i64,
        /// The first close (UTC).
        [public] thread_first_close_at: Option<Timestamp>,
        /// The last close (UTC).
        [public] thread_last_close_at: Option<Timestamp>,
        /// Who closed it last.
        [public] thread_last_closed_by_id: Option<String>,
        /// How often a customer or teammate opened it again after a close.
        [public, "times"] thread_reopen_count: i64,
        /// The first assignment (UTC).
        [public] thread_first_assigned_at: Option<Timestamp>,
        /// How often it was assigned.
        [public, "times"] thread_assignment_count: i64,
        /// Whether it was assigned after a teammate's first reply.
        [public] thread_is_reassigned_after_reply: bool,
    }
}

/// Types of parts that open a conversation again.
const REOPENS: &[&str] = &["open", "note_and_reopen", "assign_and_reopen"];

impl ThreadFacts {
    /// From the messages of one conversation, in order.
    pub fn of(messages: &[Message]) -> Self {
        let mut pass = Pass::default();
        messages.iter().for_each(|message| pass.see(message));
        pass.facts.thread_median_reply_seconds = median(&mut pass.waits);
        pass.facts.thread_timed_reply_count = pass.waits.len() as i64;
        pass.facts
    }
}

/// One pass over the messages.
#[derive(Default)]
struct Pass {
    facts: ThreadFacts,
    /// The first customer message that no teammate answered yet.
    asked_at: Option<Timestamp>,
    /// How long each answered one waited, in microseconds.
    waits: Vec<i64>,
    /// Whether a teammate wrote anything a customer sees.
    has_teammate: bool,
    is_closed: bool,
}

impl Pass {
    fn see(&mut self, message: &Message) {
        let is_opening = message.position == 0;
        let class = message.author_class.as_str();
        if is_opening {
            self.facts.thread_started_by = Some(class.to_owned());
        }
        self.state(message);
        self.assignment(message);
        self.facts.thread_note_count += i64::from(message.is_note);
        // An opening message is one whatever it consists of: calls have no body.
        if !(is_opening || message.is_visible) {
            return;
        }
        let at = message.created_at;
        if class == AuthorClass::Customer.as_str() {
            self.customer(at);
        } else if class == AuthorClass::Teammate.as_str() {
            self.has_teammate = true;
            if !is_opening {
                self.teammate_reply(at, message.author_id.as_ref());
            }
        } else if class == AuthorClass::Bot.as_str() && !is_opening {
            self.bot_reply(at);
        }
    }

    fn customer(&mut self, at: Timestamp) {
        let facts = &mut self.facts;
        facts.thread_customer_message_count += 1;
        facts.thread_is_inbound |= !self.has_teammate;
        facts.thread_awaits_reply = true;
        facts.thread_first_customer_message_at.get_or_insert(at);
        facts.thread_last_customer_message_at = Some(at);
        self.asked_at.get_or_insert(at);
    }

    fn teammate_reply(&mut self, at: Timestamp, author_id: Option<&String>) {
        let facts = &mut self.facts;
        facts.thread_teammate_reply_count += 1;
        facts.thread_awaits_reply = false;
        facts.thread_last_teammate_reply_at = Some(at);
        if let Some(id) = author_id.filter(|id| !facts.thread_replier_ids.contains(id)) {
            facts.thread_replier_ids.push(id.clone());
        }
        // Before any customer wrote, there is nothing to reply to.
        if facts.thread_first_customer_message_at.is_some() && facts.thread_first_teammate_reply_at.is_none()
        {
            facts.thread_first_teammate_reply_at = Some(at);
            facts.thread_first_replier_id = author_id.cloned();
        }
        if let Some(asked_at) = self.asked_at.take() {
            self.waits.push(at.micros() - asked_at.micros());
        }
    }

    fn bot_reply(&mut self, at: Timestamp) {
        let facts = &mut self.facts;
        facts.thread_bot_reply_count += 1;
        facts.thread_awaits_reply = false;
        facts.thread_last_bot_reply_at = Some(at);
        if facts.thread_first_customer_message_at.is_some() {
            facts.thread_first_bot_reply_at.get_or_insert(at);
        }
    }

    /// Follows closes and reopenings.
    fn state(&mut self, message: &Message) {
        if message.part_type == "close" {
            self.facts.thread_first_close_at.get_or_insert(message.created_at);
            self.facts.thread_last_close_at = Some(message.created_at);
            self.facts.thread_last_closed_by_id = message.author_id.clone();
            self.is_closed = true;
        } else if self.is_closed && opens(message) {
            self.is_closed = false;
            let by = message.author_class.as_str();
            let is_person = by == AuthorClass::Customer.as_str() || by == AuthorClass::Teammate.as_str();
            self.facts.thread_reopen_count += i64::from(is_person);
        }
    }

    fn assignment(&mut self, message: &Message) {
        if is_assignment(&message.part_type) {
            self.facts.thread_assignment_count += 1;
            self.facts.thread_first_assigned_at.get_or_insert(message.created_at);
            self.facts.thread_is_reassigned_after_reply |=
                self.facts.thread_first_teammate_reply_at.is_some();
        }
    }
}

/// Whether a part leaves a closed conversation open: it says so, or a customer wrote and the state is not told.
fn opens(message: &Message) -> bool {
    let is_from_customer = message.is_visible && message.author_class == AuthorClass::Customer.as_str();
    match message.conversation_state.as_deref() {
        _ if REOPENS.contains(&message.part_type.as_str()) => true,
        Some(state) => state != "closed",
        None => is_from_customer,
    }
}

/// The middle value, or the mean of the middle two, in seconds.
fn median(micros: &mut [i64]) -> Option<f64> {
    micros.sort_unstable();
    let middle = micros.len() / 2;
    let seconds = |micros: i64| micros as f64 / 1e6;
    match micros.len() {
        0 => None,
        count if count % 2 == 1 => Some(seconds(micros[middle])),
        _ => Some((seconds(micros[middle - 1]) + seconds(micros[middle])) / 2.0),
    }
}
