//! What `metrics.md` part A makes of a conversation, computed a second time: from the API's JSON, over lists of
//! events rather than in one pass, and with lists of part types written down here.
//!
//! Times are seconds since 1970. Everything is text as CSV shows it; nothing is an empty text.

use std::collections::BTreeMap;

use serde_json::Value;

/// Part types that can carry a message to the customer; all others but notes are events.
const MESSAGES: &[&str] =
    &["comment", "quick_reply", "open", "close", "assignment", "assign_and_reopen", "assign_and_unsnooze"];
const ASSIGNMENTS: &[&str] = &[
    "assignment",
    "assign_and_reopen",
    "assign_and_unsnooze",
    "away_mode_assignment",
    "default_assignment",
    "workflow_assignment",
    "balanced_assignment",
];
/// Intercom returns at most so many parts.
const MOST_PARTS: usize = 500;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    Customer,
    Teammate,
    Bot,
    System,
}

struct Event<'a> {
    at: i64,
    by: By,
    part_type: &'a str,
    author_id: &'a str,
    is_message: bool,
    state: Option<&'a str>,
}

/// The columns of `conversation_metrics` that need computing, by name.
pub(crate) fn metrics(conversation: &Value) -> BTreeMap<&'static str, String> {
    Oracle::of(conversation).columns()
}

struct Oracle<'a> {
    conversation: &'a Value,
    events: Vec<Event<'a>>,
    is_whole: bool,
}

fn by(author: &Value, part_type: &str) -> By {
    if !MESSAGES.contains(&part_type) && !part_type.starts_with("note") && part_type != "source" {
        return By::System;
    }
    let email = author["email"].as_str().unwrap_or_default();
    if author["from_ai_agent"] == true || email.starts_with("operator+") {
        return By::Bot;
    }
    match author["type"].as_str() {
        Some("user" | "lead" | "contact") => By::Customer,
        Some("admin") => By::Teammate,
        Some("bot") => By::Bot,
        _ => By::System,
    }
}

fn event<'a>(message: &'a Value, part_type: &'a str, at: i64) -> Event<'a> {
    let has_text = message["body"].as_str().is_some_and(|body| !body.trim().is_empty());
    let has_file = message["attachments"].as_array().is_some_and(|files| !files.is_empty());
    Event {
        at,
        by: by(&message["author"], part_type),
        part_type,
        author_id: message["author"]["id"].as_str().unwrap_or_default(),
        is_message: part_type == "source" || ((has_text || has_file) && MESSAGES.contains(&part_type)),
        state: message["state"].as_str(),
    }
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

impl<'a> Oracle<'a> {
    fn of(conversation: &'a Value) -> Self {
        let created_at = conversation["created_at"].as_i64().unwrap();
        let list = conversation["conversation_parts"]["conversation_parts"].as_array();
        let mut parts: Vec<&Value> = list.into_iter().flatten().collect();
        parts.sort_by_key(|part| {
            (part["created_at"].as_i64(), part["id"].as_str().and_then(|id| id.parse::<u64>().ok()))
        });
        let said = conversation["statistics"]["count_conversation_parts"].as_i64().unwrap_or(0) - 1;
        let is_whole = list.is_some()
            && parts.len() < MOST_PARTS
            && said <= parts.len() as i64
            && conversation["conversation_parts"]["total_count"].as_i64() <= Some(parts.len() as i64);
        let mut events = vec![event(&conversation["source"], "source", created_at)];
        events.extend(parts.iter().map(|part| {
            event(part, part["part_type"].as_str().unwrap_or_default(), part["created_at"].as_i64().unwrap())
        }));
        Self { conversation, events, is_whole }
    }

    fn stat(&self, name: &str) -> Option<i64> {
        self.conversation["statistics"][name].as_i64()
    }

    /// Positions of messages by one class; replies are those behind the opening message.
    fn messages(&self, by: By) -> impl DoubleEndedIterator<Item = usize> {
        let events = self.events.iter().enumerate();
        events.filter(move |(_, event)| event.is_message && event.by == by).map(|(index, _)| index)
    }

    fn replies(&self, by: By) -> impl DoubleEndedIterator<Item = usize> {
        self.messages(by).filter(|index| *index > 0)
    }

    fn at(&self, index: Option<usize>) -> Option<i64> {
        index.map(|index| self.events[index].at)
    }

    fn first_customer(&self) -> Option<i64> {
        let held = self.at(self.messages(By::Customer).next());
        let is_beginning_held = self.is_whole || self.events[0].by == By::Customer;
        if is_beginning_held { held } else { self.stat("first_contact_reply_at") }
    }

    fn last_customer(&self) -> Option<i64> {
        let held = self.at(self.messages(By::Customer).next_back());
        let said = [self.stat("last_contact_reply_at"), self.first_customer()].into_iter().flatten();
        if self.is_whole { held } else { said.chain(held).max() }
    }

    fn first_reply(&self, by: By) -> Option<usize> {
        let customer = self.messages(By::Customer).next()?;
        self.replies(by).find(|index| *index > customer)
    }

    fn first_teammate_reply(&self) -> Option<i64> {
        match self.is_whole {
            true => self.at(self.first_reply(By::Teammate)),
            false => self.stat("first_admin_reply_at"),
        }
    }

    fn is_inbound(&self) -> bool {
        let customer = self.messages(By::Customer).next();
        let teammate = self.messages(By::Teammate).next();
        match (self.is_whole || self.events[0].by == By::Customer, customer, teammate) {
            (true, Some(customer), teammate) => teammate.is_none_or(|teammate| customer < teammate),
            (true, None, _) => false,
            (false, ..) => self.events[0].by != By::Teammate && self.first_customer().is_some(),
        }
    }

    /// Waits for a teammate: from the first customer message after the previous answer to the answer.
    fn waits(&self) -> Vec<i64> {
        let mut waits = Vec::new();
        let mut answered_up_to = 0;
        for reply in self.replies(By::Teammate) {
            let asked = self.messages(By::Customer).find(|index| (answered_up_to..reply).contains(index));
            waits.extend(asked.map(|asked| self.events[reply].at - self.events[asked].at));
            answered_up_to = reply;
        }
        waits.sort_unstable();
        waits
    }

    fn closes(&self) -> Vec<usize> {
        (0..self.events.len()).filter(|index| self.events[*index].part_type == "close").collect()
    }

    /// After each close, whoever opens it first, if that is before the next close.
    fn reopenings(&self) -> usize {
        let closes = self.closes();
        let ends = closes.iter().skip(1).copied().chain([self.events.len()]);
        let opened_by = closes.iter().zip(ends).filter_map(|(close, end)| {
            self.events[close + 1..end].iter().find(|event| event.state != Some("closed"))
        });
        opened_by.filter(|event| matches!(event.by, By::Customer | By::Teammate)).count()
    }

    fn repliers(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for index in self.replies(By::Teammate) {
            if !ids.contains(&self.events[index].author_id) {
                ids.push(self.events[index].author_id);
            }
        }
        ids
    }

    fn columns(&self) -> BTreeMap<&'static str, String> {
        let whole = |value: String| if self.is_whole { value } else { String::new() };
        let first_customer = self.first_customer();
        let first_teammate = self.first_teammate_reply();
        let first_bot = if self.is_whole { self.at(self.first_reply(By::Bot)) } else { None };
        let closes = self.closes();
        let held_first_close = self.at(closes.first().copied());
        let first_close = match self.is_whole {
            true => held_first_close.or(self.stat("first_close_at")),
            false => self.stat("first_close_at").or(held_first_close),
        };
        let last_close = self.at(closes.last().copied()).or(self.stat("last_close_at"));
        let counted_from = |close: i64| first_customer.filter(|at| *at <= close).unwrap_or(self.events[0].at);
        let to_last_close = last_close.map(|close| close - counted_from(close));
        let is_closed = self.conversation["state"] == "closed";
        let since = |at: Option<i64>| Some(at? - first_customer?);
        let waits = self.waits();
        let median = match waits.len() {
            0 => String::new(),
            count => format!("{:.1}", (waits[(count - 1) / 2] + waits[count / 2]) as f64 / 2.0),
        };
        let reopenings = match self.is_whole {
            true => Some(self.reopenings() as i64),
            false => self.stat("count_reopens"),
        };
        let last_customer = self.messages(By::Customer).next_back();
        let answered = last_customer.is_none_or(|customer| {
            self.replies(By::Teammate).chain(self.replies(By::Bot)).any(|reply| reply > customer)
        });
        let assignments: Vec<usize> = (0..self.events.len())
            .filter(|index| ASSIGNMENTS.contains(&self.events[*index].part_type))
            .collect();
        let first_reply = self.first_reply(By::Teammate);
        let reassigned =
            first_reply.is_some_and(|reply| assignments.last().is_some_and(|last| *last > reply));
        let repliers = self.repliers();
        let notes = self.events.iter().filter(|event| event.part_type.starts_with("note")).count();
        let on_first_contact = is_closed && reopenings == Some(0) && repliers.len() <= 1;
        BTreeMap::from([
            ("started_by", format!("{:?}", self.events[0].by).to_lowercase()),
            ("is_inbound", self.is_inbound().to_string()),
            ("first_customer_message_at", text(first_customer)),
            ("last_customer_message_at", text(self.last_customer())),
            ("first_teammate_reply_at", text(first_teammate)),
            ("first_bot_reply_at", text(first_bot)),
            ("first_response_seconds", text(since(first_teammate))),
            ("first_any_response_seconds", text(since(first_teammate.into_iter().chain(first_bot).min()))),
            ("first_response_office_hours_seconds", text(self.stat("time_to_admin_reply"))),
            ("median_reply_seconds", whole(median)),
            ("replies_timed_count", whole(waits.len().to_string())),
            ("first_close_at", text(first_close)),
            ("last_close_at", text(last_close)),
            ("time_to_first_close_seconds", text(first_close.map(|close| close - counted_from(close)))),
            ("time_to_last_close_seconds", text(to_last_close)),
            ("resolution_seconds", text(to_last_close.filter(|_| is_closed))),
            ("is_closed", is_closed.to_string()),
            ("reopen_count", text(reopenings)),
            ("was_reopened", text(reopenings.map(|count| count > 0))),
            ("is_resolved_on_first_contact", whole(on_first_contact.to_string())),
            ("is_unanswered", (self.is_inbound() && !is_closed && !answered).to_string()),
            (
                "first_assigned_at",
                text(match self.is_whole {
                    true => self.at(assignments.first().copied()),
                    false => self.stat("first_assignment_at"),
                }),
            ),
            (
                "assignment_count",
                text(match self.is_whole {
                    true => Some(assignments.len() as i64),
                    false => self.stat("count_assignments"),
                }),
            ),
            ("is_reassigned_after_reply", whole(reassigned.to_string())),
            ("customer_message_count", self.messages(By::Customer).count().to_string()),
            ("teammate_reply_count", self.replies(By::Teammate).count().to_string()),
            ("bot_reply_count", self.replies(By::Bot).count().to_string()),
            ("note_count", notes.to_string()),
            ("part_count", text(self.conversation["conversation_parts"]["total_count"].as_i64())),
            ("replier_ids", whole(repliers.join(";"))),
            ("first_replier_id", whole(text(first_reply.map(|index| self.events[index].author_id)))),
        ])
    }
}
