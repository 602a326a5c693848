//! Reads a conversation and its messages from Intercom's JSON.
//!
//! Fields from the API fact sheet, sections 4.1 and 4.2; differences between API versions 2.10 to 2.17 are read
//! leniently here, so that callers never ask which version answered.

use super::{ContentSource, Conversation, LinkedObject, TagRef, TeamResponse, Thread, Topic};
use crate::model::fields::{Fields, WireError};
use crate::model::id::{AdminId, CompanyId, ContactId, ConversationId, MessageId, TagId};
use crate::model::message::{Author, Message, Place, read_attachments, read_author};
use crate::model::thread::ThreadFacts;
use crate::model::time::Timestamp;

/// The most parts Intercom returns of one conversation (API section 3.4).
const MOST_PARTS_RETURNED: usize = 500;

impl Thread {
    /// From the JSON of one conversation, listed or retrieved; `synced_at` is when it was received.
    ///
    /// # Errors
    /// Only when there is no usable `id` or `created_at`, or the text is no JSON object.
    pub fn parse(json: &[u8], synced_at: Timestamp) -> Result<Self, WireError> {
        let mut fields = Fields::parse("conversation", json)?;
        fields.constant("type", "conversation");
        let id = fields.require("id", ConversationId::from_json)?;
        let created_at = fields.require("created_at", Timestamp::from_json)?;
        let mut conversation = Conversation::empty(id, created_at, synced_at);
        conversation.read_state(&mut fields);
        let opening = conversation.read_source(&mut fields);
        conversation.read_people(&mut fields);
        conversation.read_labels(&mut fields);
        conversation.read_rating(&mut fields);
        conversation.read_ai_agent(&mut fields);
        conversation.read_links(&mut fields);
        fields.nested("statistics", |statistics| conversation.read_statistics(statistics));
        let mut messages = vec![opening];
        conversation.read_parts(&mut fields, &mut messages);
        conversation.thread = ThreadFacts::of(&messages);
        conversation.extra = fields.into_extra();
        Ok(Self { conversation, messages })
    }
}

impl Conversation {
    fn read_state(&mut self, fields: &mut Fields) {
        self.updated_at = fields.timestamp("updated_at").unwrap_or(self.created_at);
        self.state = fields.text("state");
        self.is_open = fields.boolean("open");
        self.is_read = fields.boolean("read");
        self.priority = fields.text("priority");
        self.title = fields.text("title");
        self.waiting_since_at = fields.timestamp("waiting_since");
        self.snoozed_until_at = fields.timestamp("snoozed_until");
        self.admin_assignee_id = fields.assigned_admin("admin_assignee_id");
        self.team_assignee_id = fields.assigned_team("team_assignee_id");
        self.custom_attributes = fields.json("custom_attributes");
        let reply = fields.nested("first_contact_reply", |reply| {
            (reply.timestamp("created_at"), reply.text("type"), reply.text("url"))
        });
        (self.first_contact_reply_at, self.first_contact_reply_type, self.first_contact_reply_url) =
            reply.unwrap_or_default();
        let sla = fields.nested("sla_applied", |sla| {
            sla.constant("type", "conversation_sla_summary");
            (sla.text("sla_name"), sla.text("sla_status"))
        });
        (self.sla_name, self.sla_status) = sla.unwrap_or_default();
        let channel = fields.nested("channel", |channel| (channel.text("initial"), channel.text("current")));
        (self.channel_initial, self.channel_current) = channel.unwrap_or_default();
    }

    /// Reads `source` into columns and into the opening message.
    fn read_source(&mut self, fields: &mut Fields) -> Message {
        let id = self.conversation_id.clone();
        let place = Place { conversation_id: &id, conversation_created_at: self.created_at, position: 0 };
        let opening = fields.nested("source", |source| {
            self.source_type = source.text("type");
            self.source_id = source.text("id");
            self.source_delivered_as = source.text("delivered_as");
            self.source_subject = source.text("subject");
            self.source_url = source.text("url");
            let author = read_author(source);
            self.read_source_author(&author);
            let (body, attachments) = (source.text("body"), read_attachments(source));
            source.empty("recipients");
            source.empty("reply_to");
            let redacted = source.boolean("redacted");
            Message::opening(&place, self.opening_id(), &author, body, attachments, redacted)
        });
        opening.unwrap_or_else(|| {
            Message::opening(&place, self.opening_id(), &Author::default(), None, Vec::new(), None)
        })
    }

    fn opening_id(&self) -> MessageId {
        let own = self.source_id.as_deref().and_then(|id| MessageId::parse(id).ok());
        own.unwrap_or_else(|| {
            MessageId::parse(
                &format!("source-{}", self.conversation_id).chars().take(100).collect::<String>(),
            )
            .expect("a prefix and an id are an id")
        })
    }

    fn read_source_author(&mut self, author: &Author) {
        let is_contact = matches!(author.author_type.as_deref(), Some("user" | "lead" | "contact"));
        self.source_author_type = author.author_type.clone();
        self.source_author_id = author.id.clone();
        if is_contact {
            self.contact_name = author.name.clone().filter(|name| !name.is_empty());
            self.contact_email = author.email.clone().filter(|email| !email.is_empty());
        }
    }

    fn read_people(&mut self, fields: &mut Fields) {
        fields.nested("contacts", |list| {
            list.constant("type", "contact.list");
            let mut is_first = true;
            let ids = list.list("contacts", |contact| {
                contact.constant("type", "contact");
                let id = contact.take("id", ContactId::from_json)?;
                if std::mem::take(&mut is_first) {
                    self.contact_id = Some(id.clone());
                    self.contact_external_id = contact.text("external_id");
                } else {
                    contact.empty("external_id");
                }
                Some(id.to_string())
            });
            self.contact_ids = ids;
        });
        fields.nested("teammates", |list| {
            list.constant("type", "admin.list");
            // The API's description calls the list `teammates`; live answers call it `admins`.
            for name in ["admins", "teammates"] {
                self.teammate_ids.extend(list.list(name, |admin| {
                    admin.constant("type", "admin");
                    admin.take("id", AdminId::from_json).map(|id| id.to_string())
                }));
            }
        });
        let company = fields.nested("company", |company| {
            company.constant("type", "company");
            (company.take("id", CompanyId::from_json), company.text("name"))
        });
        (self.company_id, self.company_name) = company.unwrap_or_default();
    }

    fn read_labels(&mut self, fields: &mut Fields) {
        let tags = fields.nested("tags", |list| {
            list.constant("type", "tag.list");
            list.list("tags", |tag| {
                tag.constant("type", "tag");
                let tag_id = tag.take("id", TagId::from_json)?;
                let (name, applied_at) = (tag.text("name"), tag.timestamp("applied_at"));
                let by = tag.nested("applied_by", |by| (by.text("type"), by.text("id")));
                let (applied_by_type, applied_by_id) = by.unwrap_or_default();
                Some(TagRef { tag_id, name, applied_at, applied_by_type, applied_by_id })
            })
        });
        self.tags = tags.unwrap_or_default();
        let topics = fields.nested("topics", |list| {
            list.constant("type", "topic.list");
            let topics = list.list("topics", |topic| {
                topic.constant("type", "topic");
                let topic_id = topic.text("id")?;
                Some(Topic { topic_id, name: topic.text("name") })
            });
            drop_total(list, topics.len());
            topics
        });
        self.topics = topics.unwrap_or_default();
    }

    fn read_rating(&mut self, fields: &mut Fields) {
        fields.nested("conversation_rating", |rating| {
            self.rating = rating.integer("rating");
            self.rating_remark = rating.text("remark");
            self.rating_requested_at = rating.timestamp("created_at");
            self.rating_updated_at = rating.timestamp("updated_at");
            rating.nested("contact", |contact| {
                contact.constant("type", "contact");
                self.rating_contact_id = contact.take("id", ContactId::from_json);
                if self.rating_contact_id == self.contact_id {
                    let own = self.contact_external_id.clone();
                    contact.take("external_id", |id| (id.as_str()? == own?).then_some(()));
                }
            });
            let teammate = rating.nested("teammate", |by| (by.text("type"), by.text("id")));
            (self.rated_teammate_type, self.rated_teammate_id) = teammate.unwrap_or_default();
        });
    }

    fn read_ai_agent(&mut self, fields: &mut Fields) {
        self.ai_agent_participated = fields.boolean("ai_agent_participated");
        self.sales_agent_participated = fields.boolean("sales_agent_participated");
        fields.empty("sales_agent");
        fields.nested("ai_agent", |agent| {
            self.ai_agent_source_type = agent.text("source_type");
            self.ai_agent_source_title = agent.text("source_title");
            self.ai_agent_last_answer_type = agent.text("last_answer_type");
            self.ai_agent_resolution_state = agent.text("resolution_state");
            self.ai_agent_rating = agent.integer("rating");
            self.ai_agent_rating_remark = agent.text("rating_remark");
            self.ai_agent_created_at = agent.timestamp("created_at");
            self.ai_agent_updated_at = agent.timestamp("updated_at");
            let sources = agent.nested("content_sources", |list| {
                list.constant("type", "content_source.list");
                let sources = list.list("content_sources", |source| {
                    let content_type = source.text("content_type");
                    let (title, url, locale) =
                        (source.text("title"), source.text("url"), source.text("locale"));
                    Some(ContentSource { content_type, title, url, locale })
                });
                drop_total(list, sources.len());
                sources
            });
            self.ai_agent_content_sources = sources.unwrap_or_default();
        });
    }

    fn read_links(&mut self, fields: &mut Fields) {
        self.is_ticket = fields.has("ticket");
        fields.empty("ticket");
        fields.empty("external_references");
        let linked = fields.nested("linked_objects", |list| {
            list.constant("type", "list");
            let linked = list.list("data", |object| {
                let object_id = object.text("id")?;
                let (object_type, category) = (object.text("type"), object.text("category"));
                Some(LinkedObject { object_type, object_id, category })
            });
            drop_total(list, linked.len());
            list.take("has_more", |more| (more.as_bool() == Some(false)).then_some(()));
            linked
        });
        self.linked_objects = linked.unwrap_or_default();
    }

    fn read_statistics(&mut self, stat: &mut Fields) {
        stat.constant("type", "conversation_statistics");
        self.stat_time_to_assignment_seconds = stat.integer("time_to_assignment");
        self.stat_time_to_admin_reply_seconds = stat.integer("time_to_admin_reply");
        self.stat_time_to_first_close_seconds = stat.integer("time_to_first_close");
        self.stat_time_to_last_close_seconds = stat.integer("time_to_last_close");
        self.stat_median_time_to_reply_seconds = stat.integer("median_time_to_reply");
        self.stat_handling_time_seconds = stat.integer("handling_time");
        self.stat_adjusted_handling_time_seconds = stat.integer("adjusted_handling_time");
        self.stat_first_contact_reply_at = stat.timestamp("first_contact_reply_at");
        self.stat_first_assignment_at = stat.timestamp("first_assignment_at");
        self.stat_first_admin_reply_at = stat.timestamp("first_admin_reply_at");
        self.stat_first_close_at = stat.timestamp("first_close_at");
        self.stat_last_assignment_at = stat.timestamp("last_assignment_at");
        self.stat_last_assignment_admin_reply_at = stat.timestamp("last_assignment_admin_reply_at");
        self.stat_last_contact_reply_at = stat.timestamp("last_contact_reply_at");
        self.stat_last_admin_reply_at = stat.timestamp("last_admin_reply_at");
        self.stat_last_close_at = stat.timestamp("last_close_at");
        self.stat_last_closed_by_id = stat.text("last_closed_by_id");
        self.stat_reopen_count = stat.integer("count_reopens");
        self.stat_assignment_count = stat.integer("count_assignments");
        self.stat_part_count = stat.integer("count_conversation_parts");
        self.stat_team_first_responses = team_responses(stat, "assigned_team_first_response_time");
        self.stat_team_first_responses_in_office_hours =
            team_responses(stat, "assigned_team_first_response_time_in_office_hours");
    }

    /// Reads the parts of a retrieved conversation; a listed one has none and stays without a thread.
    fn read_parts(&mut self, fields: &mut Fields, messages: &mut Vec<Message>) {
        let id = self.conversation_id.clone();
        let created_at = self.created_at;
        fields.nested("conversation_parts", |list| {
            list.constant("type", "conversation_part.list");
            let Some(values) = list.raw_list("conversation_parts") else { return };
            let returned = values.len();
            let (usable, unusable): (Vec<_>, Vec<_>) = values.into_iter().partition(Message::is_part);
            let place = Place { conversation_id: &id, conversation_created_at: created_at, position: 0 };
            messages.extend(usable.into_iter().filter_map(|part| Message::from_part(&place, part).ok()));
            list.restore("conversation_parts", unusable);
            self.part_count = list.integer("total_count").or(Some(returned as i64));
            self.has_thread = true;
            self.parts_truncated = self.is_truncated(returned);
        });
        // The order of parts is not promised: time, then id, numerically where ids are numbers.
        messages[1..].sort_by_cached_key(|part| {
            let id = part.message_id.as_str();
            (part.created_at, id.parse::<u128>().unwrap_or(u128::MAX), part.message_id.clone())
        });
        for (position, message) in messages.iter_mut().enumerate() {
            message.position = position as i64;
        }
    }

    /// Intercom's own count includes the opening message, and may lag (API section 3.4).
    fn is_truncated(&self, returned: usize) -> bool {
        let says_more = |count: Option<i64>, own: i64| count.is_some_and(|count| count > own);
        returned >= MOST_PARTS_RETURNED
            || says_more(self.part_count, returned as i64)
            || says_more(self.stat_part_count, returned as i64 + 1)
    }
}

/// Forgets a `total_count` that only repeats the length of the list beside it.
fn drop_total(list: &mut Fields, len: usize) {
    list.take("total_count", |count| (count.as_u64() == Some(len as u64)).then_some(()));
}

fn team_responses(stat: &mut Fields, name: &'static str) -> Vec<TeamResponse> {
    stat.list(name, |entry| {
        let team_id = entry.assigned_team("team_id");
        let (team_name, seconds) = (entry.text("team_name"), entry.integer("response_time"));
        Some(TeamResponse { team_id, team_name, response_time_seconds: seconds })
    })
}
