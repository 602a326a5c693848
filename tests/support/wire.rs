//! Intercom's objects as JSON, realistic and full, with a value of its own in almost every field, so that each can
//! be found again; and ways to spoil them as the API may one day: fields nobody knows, values of another type.

use serde_json::{Map, Value, json};

use super::any_rows::Dice;

/// Makes objects; every text and number it makes is made once.
pub(crate) struct Wire {
    pub(crate) dice: Dice,
    last: u64,
}

impl Wire {
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), last: 7_000_000 }
    }

    fn n(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn id(&mut self) -> String {
        self.n().to_string()
    }

    fn s(&mut self, what: &str) -> String {
        format!("{what} {}", self.n())
    }

    fn time(&mut self) -> Value {
        let seconds = 1_780_000_000 + self.n();
        match self.dice.below(8) {
            0 => (seconds * 1_000).into(),
            1 => seconds.to_string().into(),
            2 => format!("2026-07-{:02}T10:{:02}:{:02}Z", 1 + seconds % 28, seconds / 60 % 60, seconds % 60)
                .into(),
            _ => seconds.into(),
        }
    }

    /// The value, or `null`.
    fn maybe(&mut self, value: Value) -> Value {
        if self.dice.one_in(5) { Value::Null } else { value }
    }

    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Value) -> Vec<Value> {
        (0..self.dice.below(4)).map(|_| item(self)).collect()
    }

    fn author(&mut self) -> Value {
        let author_type = self.dice.pick(&["user", "lead", "admin", "bot", "team", "contact"]);
        json!({"type": author_type, "id": self.id(), "name": self.s("name"), "email": self.s("mail"),
            "from_ai_agent": self.dice.one_in(2), "is_ai_answer": self.dice.one_in(2)})
    }

    fn attachment(&mut self) -> Value {
        json!({"type": self.s("upload"), "name": self.s("file"), "url": self.s("https://files.example/"),
            "content_type": self.s("application/pdf"), "filesize": self.n(), "width": self.n(), "height": Value::Null})
    }

    fn part(&mut self) -> Value {
        let part_type =
            self.dice.pick(&["comment", "note", "assignment", "close", "conversation_tags_updated"]);
        let mut part = json!({
            "type": "conversation_part", "id": self.id(), "part_type": part_type, "body": self.s("<p>body</p>"),
            "created_at": self.time(), "updated_at": self.time(), "notified_at": self.time(),
            "assigned_to": {"type": self.s("team"), "id": self.id()}, "author": self.author(),
            "external_id": self.s("external"), "redacted": self.dice.one_in(2),
            "metadata": {"quick_reply_options": [{"text": self.s("yes"), "uuid": self.s("uuid")}]},
            "email_message_metadata": {"subject": self.s("subject"), "email_address_headers": [
                {"type": self.s("to"), "email_address": self.s("address"), "name": Value::Null}]},
            "state": self.s("open"), "app_package_code": self.s("app"), "translations": Value::Null,
            "event_details": {"attribute": {"name": self.s("attribute")}, "value": {"name": self.s("value")}},
        });
        let attachments = self.list(Self::attachment);
        let tags = self.list(|w| json!({"type": "tag", "id": w.id(), "name": w.s("tag")}));
        part["attachments"] = self.maybe(attachments.into());
        part["tags"] = self.maybe(tags.into());
        part
    }

    fn source(&mut self) -> Value {
        let mut source = json!({
            "type": self.s("email"), "id": self.id(), "delivered_as": self.s("delivered"),
            "subject": self.s("subject"), "body": self.s("<p>first</p>"), "author": self.author(),
            "url": self.s("https://app.example/"), "redacted": false,
            "recipients": [{"type": self.s("to"), "email": self.s("mail"), "drop_reason": Value::Null}],
            "reply_to": [{"email": self.s("mail"), "name": self.s("name")}],
            "email_message_metadata": {"message_id": self.s("message"), "history": self.s("history")},
        });
        source["attachments"] = self.list(Self::attachment).into();
        source
    }

    fn statistics(&mut self) -> Value {
        let mut statistics = json!({"type": "conversation_statistics"});
        for name in [
            "time_to_assignment",
            "time_to_admin_reply",
            "time_to_first_close",
            "time_to_last_close",
            "median_time_to_reply",
            "handling_time",
            "adjusted_handling_time",
            "count_reopens",
            "count_assignments",
            "count_conversation_parts",
            "last_closed_by_id",
        ] {
            let value = self.n().into();
            statistics[name] = self.maybe(value);
        }
        for name in [
            "first_contact_reply_at",
            "first_assignment_at",
            "first_admin_reply_at",
            "first_close_at",
            "last_assignment_at",
            "last_assignment_admin_reply_at",
            "last_contact_reply_at",
            "last_admin_reply_at",
            "last_close_at",
        ] {
            let value = self.time();
            statistics[name] = self.maybe(value);
        }
        for name in ["assigned_team_first_response_time", "assigned_team_first_response_time_in_office_hours"]
        {
            let entry =
                |w: &mut Self| json!({"team_id": w.n(), "team_name": w.s("team"), "response_time": w.n()});
            statistics[name] = self.list(entry).into();
        }
        statistics
    }

    fn ai_agent(&mut self) -> Value {
        let source = |w: &mut Self| {
            json!({"content_type": w.s("article"), "url": w.s("https://help.example/"), "title": w.s("title"),
                "locale": w.s("en")})
        };
        let sources = self.list(source);
        json!({
            "source_type": self.s("workflow"), "source_title": self.s("title"),
            "last_answer_type": self.s("ai_answer"), "resolution_state": self.s("escalated"), "rating": self.n(),
            "rating_remark": self.s("remark"), "created_at": self.time(), "updated_at": self.time(),
            "content_sources": {"type": "content_source.list", "total_count": sources.len(), "content_sources": sources},
        })
    }

    fn labels(&mut self) -> Value {
        let tag = |w: &mut Self| {
            json!({"type": "tag", "id": w.id(), "name": w.s("tag"), "applied_at": w.time(),
                "applied_by": {"type": w.s("admin"), "id": w.id()}})
        };
        let linked = |w: &mut Self| json!({"type": w.s("ticket"), "id": w.id(), "category": w.s("Customer")});
        let topics = self.list(|w| json!({"type": "topic", "id": w.n(), "name": w.s("topic")}));
        let (tags, linked) = (self.list(tag), self.list(linked));
        json!({
            "tags": {"type": "tag.list", "tags": tags},
            "topics": {"type": "topic.list", "topics": topics, "total_count": topics.len()},
            "linked_objects": {"type": "list", "data": linked, "total_count": linked.len(), "has_more": false},
            "company": {"type": "company", "id": self.id(), "name": self.s("company"), "plan": {"name": self.s("plan")}},
            "ticket": {"state": self.s("state")}, "external_references": [{"type": self.s("zendesk"), "id": self.id()}],
            "sales_agent": {"outcome": self.s("qualified")}, "monitor_evaluations": [{"result": self.s("result")}],
        })
    }

    fn people(&mut self) -> Value {
        let contacts =
            self.list(|w| json!({"type": "contact", "id": w.id(), "external_id": w.s("external")}));
        let admins = self.list(|w| json!({"type": "admin", "id": w.id()}));
        let list = self.dice.pick(&["admins", "teammates"]);
        let rater = contacts.first().cloned().unwrap_or(Value::Null);
        json!({
            "contacts": {"type": "contact.list", "contacts": contacts}, "teammates": {"type": "admin.list", list: admins},
            "conversation_rating": {"rating": self.n(), "remark": self.s("remark"), "created_at": self.time(),
                "updated_at": self.time(), "contact": rater,
                "teammate": {"type": self.s("admin"), "id": self.id()}},
        })
    }

    /// A conversation; retrieved, or as a list shows it.
    pub(crate) fn conversation(&mut self) -> Value {
        let mut conversation = json!({
            "type": "conversation", "id": self.id(), "created_at": self.time(), "updated_at": self.time(),
            "title": self.s("title"), "waiting_since": self.time(), "snoozed_until": self.time(),
            "open": self.dice.one_in(2), "read": self.dice.one_in(2), "state": self.s("open"),
            "priority": self.s("high"), "admin_assignee_id": self.n(), "team_assignee_id": self.id(),
            "custom_attributes": {"plan": self.s("plan"), "seats": self.n(), "nested": {"list": [self.n()]}},
            "first_contact_reply": {"created_at": self.time(), "type": self.s("email"), "url": self.s("url")},
            "sla_applied": {"type": "conversation_sla_summary", "sla_name": self.s("sla"), "sla_status": self.s("hit")},
            "channel": {"initial": self.s("email"), "current": self.s("messenger")},
            "ai_agent_participated": true, "sales_agent_participated": false,
            "source": self.source(), "statistics": self.statistics(), "ai_agent": self.ai_agent(),
        });
        let (labels, people) = (self.labels(), self.people());
        let map = conversation.as_object_mut().expect("it is an object");
        for more in [labels, people] {
            map.extend(more.as_object().cloned().unwrap_or_default());
        }
        if !self.dice.one_in(4) {
            let parts = self.list(Self::part);
            let list = json!({"type": "conversation_part.list", "total_count": parts.len(), "conversation_parts": parts});
            map.insert("conversation_parts".to_owned(), list);
        }
        for name in map.keys().cloned().collect::<Vec<_>>() {
            match self.dice.below(15) {
                0 if !REQUIRED.contains(&name.as_str()) => drop(map.insert(name, Value::Null)),
                1 if !REQUIRED.contains(&name.as_str()) => drop(map.remove(&name)),
                _ => {}
            }
        }
        conversation
    }

    /// Spoils an object `count` times, anywhere but in the fields it cannot be without.
    pub(crate) fn spoil(&mut self, value: &mut Value, count: usize) {
        for _ in 0..count {
            let mut place = &mut *value;
            let mut is_top = true;
            loop {
                let stops = self.dice.one_in(3);
                let (index, stranger) = (self.dice.below(64), self.stranger());
                match place {
                    Value::Object(map) if stops || map.is_empty() => {
                        self.spoil_field(map, stranger, is_top);
                        break;
                    }
                    Value::Array(list) if stops || list.is_empty() => {
                        list.insert(index % (list.len() + 1), stranger);
                        break;
                    }
                    Value::Object(map) => {
                        let at = index % map.len();
                        let (name, inner) = map.iter_mut().nth(at).expect("there are that many");
                        if is_top && REQUIRED.contains(&name.as_str()) {
                            break;
                        }
                        place = inner;
                    }
                    Value::Array(list) => {
                        let at = index % list.len();
                        place = &mut list[at];
                    }
                    leaf => {
                        *leaf = stranger;
                        break;
                    }
                }
                is_top = false;
            }
        }
    }

    fn spoil_field(&mut self, map: &mut Map<String, Value>, stranger: Value, is_top: bool) {
        let names: Vec<_> =
            map.keys().filter(|name| !(is_top && REQUIRED.contains(&name.as_str()))).cloned().collect();
        let is_new = names.is_empty() || self.dice.one_in(2);
        let name = if is_new { self.s("new field") } else { names[self.dice.below(names.len())].clone() };
        map.insert(name, stranger);
    }

    /// A value that nobody expects, and that can be told from all others.
    fn stranger(&mut self) -> Value {
        match self.dice.below(7) {
            0 => self.n().into(),
            1 => json!(self.n() as f64 + 0.5),
            2 => json!({"strange": self.n(), "deep": {"er": [self.s("deep")]}}),
            3 => json!([self.n(), {"strange": self.s("in a list")}, null]),
            4 => json!(-(self.n() as i64)),
            5 => format!(" {} ", self.n()).into(),
            _ => self.s("strange").into(),
        }
    }
}

/// Fields of an object without which there is no row.
const REQUIRED: &[&str] = &["id", "created_at"];
