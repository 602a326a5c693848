//! What happens to some conversations after their story is told: redactions, tags on parts, people who
//! join, attributes somebody sets, notes that open them again.

use super::Script;
use crate::demo::workspace::calendar::{DAY, HOUR};
use crate::demo::workspace::entity::*;
use crate::demo::workspace::mutate::REDACTED;
use serde_json::json;

impl Script<'_> {
    /// At most one of these happens to a conversation, and to most of them none.
    pub(super) fn afterwards(&mut self) {
        match self.draw.below(1_000) {
            0..14 => self.redact(),
            14..36 => self.tag_part(),
            36..50 => self.join(),
            50..62 => self.rename(),
            62..70 => self.reopen_with_note(),
            70..76 => self.merge(),
            76..116 => self.set_by_admin(),
            116..136 => self.collected(),
            _ => {}
        }
    }

    /// A message of the customer is taken away, some time later.
    fn redact(&mut self) {
        self.wait(DAY);
        let now = self.t;
        if self.over() {
            return;
        }
        let messages = |part: &&mut Part| part.body.is_some() && matches!(part.author, Author::Contact(_));
        if let Some(part) = self.conversation.parts.iter_mut().find(messages) {
            part.redacted = true;
            part.body = Some(REDACTED.into());
            part.updated_at = now;
            part.extra = None;
        } else if matches!(self.conversation.source.author, Author::Contact(_)) {
            let source = &mut self.conversation.source;
            source.redacted = true;
            source.body = REDACTED.into();
            source.attachments.clear();
            self.conversation.updated_at = now;
        }
    }

    /// The part moves, the conversation does not.
    fn tag_part(&mut self) {
        self.wait(HOUR);
        let (now, tag) = (self.t, 17 + self.draw.below(7) as Index);
        if !self.over()
            && let Some(part) = self.conversation.parts.iter_mut().find(|part| part.body.is_some())
        {
            part.updated_at = now;
            part.extra.get_or_insert_default().tags.push(tag);
        }
    }

    /// A second customer is added.
    fn join(&mut self) {
        self.wait(HOUR);
        let other = self.draw.below(self.world.contacts.len() as u64) as Index;
        if self.over() || self.conversation.contacts.contains(&other) {
            return;
        }
        self.event(PartKind::ParticipantAdded, Author::Admin(self.agent), None);
        self.conversation.contacts.push(other);
    }

    fn rename(&mut self) {
        self.wait(HOUR);
        if self.over() {
            return;
        }
        let title = self.topic("title");
        self.event(PartKind::TitleChanged, Author::Admin(self.agent), None);
        self.conversation.title = Some(self.plain_text(title));
    }

    fn reopen_with_note(&mut self) {
        self.wait(2 * HOUR);
        if self.conversation.state == State::Closed {
            let author = Author::Admin(self.agent);
            self.push(PartKind::NoteAndReopen, author, Some("<p>we should look at this again</p>".into()));
            if self.draw.chance(900) {
                self.wait_for_agent(DAY);
                self.push(PartKind::Close, author, None);
            }
        }
    }

    /// Another conversation of the customer was merged into this one.
    fn merge(&mut self) {
        self.wait(HOUR);
        self.event(PartKind::Merged, Author::Admin(self.agent), None);
    }

    fn set_by_admin(&mut self) {
        self.wait(HOUR);
        if self.over() {
            return;
        }
        let event = Event::Attribute {
            name: "plan_tier".into(),
            value: "growth".into(),
            previous: self.draw.chance(500).then(|| "starter".into()),
            workflow: None,
        };
        self.event(PartKind::AttributeByAdmin, Author::Admin(self.agent), Some(event));
        self.set("plan_tier", json!("growth"));
    }

    /// The messenger asked the customer for something.
    fn collected(&mut self) {
        self.t += self.draw.between(5, 60);
        if self.over() {
            return;
        }
        let value = ["1-10", "11-50", "51-200"][self.draw.below(3) as usize];
        let event = |workflow| {
            Some(Event::Attribute {
                name: "Company size".into(),
                value: value.into(),
                previous: None,
                workflow,
            })
        };
        self.event(PartKind::AttributeCollected, Author::Bot, event(Some("Qualify")));
        self.event(PartKind::AttributeByUser, self.customer, event(None));
        self.set("Company size", json!(value));
    }
}
