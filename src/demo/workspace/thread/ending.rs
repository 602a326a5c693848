//! How stories end: closed, opened again, put away late, or forgotten.

use super::Script;
use crate::demo::workspace::calendar::{DAY, HOUR};
use crate::demo::workspace::entity::*;
use crate::demo::workspace::topics::TOPICS;

const MINUTE: i64 = 60;

impl Script<'_> {
    /// The customer is content, or silent, and the conversation is closed.
    pub(super) fn resolve(&mut self) {
        if self.draw.chance(420) {
            self.wait(25 * MINUTE);
            let phrase = self.common("thanks");
            self.customer_says(PartKind::Comment, &[phrase]);
        } else if self.draw.chance(60) {
            // Nobody thinks of closing it, for now.
            return;
        }
        self.tag();
        self.wait_for_agent(HOUR);
        let closing = self.draw.chance(420).then(|| self.common("closing"));
        let body = closing.map(|phrase| self.html(&[phrase]));
        self.push(PartKind::Close, Author::Admin(self.agent), body);
        self.after_close();
    }

    fn tag(&mut self) {
        let topic = &TOPICS[usize::from(self.conversation.meant)];
        if self.over() || !self.draw.chance(640) {
            return;
        }
        let by = Author::Admin(self.agent);
        self.conversation.tags.push(AppliedTag { tag: topic.tags[0], at: self.t, by });
        if topic.tags.len() > 1 && self.draw.chance(350) {
            self.conversation.tags.push(AppliedTag { tag: topic.tags[1], at: self.t, by });
        }
        if self.draw.chance(90) {
            let rare = 17 + self.draw.below(7) as Index;
            self.conversation.tags.push(AppliedTag { tag: rare, at: self.t, by });
        }
        if self.draw.chance(200) {
            self.event(PartKind::TagsUpdated, by, None);
        }
    }

    fn after_close(&mut self) {
        if self.draw.chance(110) {
            return self.reopen();
        }
        if self.draw.chance(40) {
            self.thank_later();
        }
        if self.draw.chance(450) {
            self.ask_for_rating();
        }
        self.settle_sla();
    }

    /// The customer comes back to a closed conversation.
    fn reopen(&mut self) {
        self.wait(20 * HOUR);
        let (again, more) = (self.common("again"), self.topic("more"));
        self.is_annoyed = self.draw.chance(250);
        let complaint = if self.is_annoyed { self.common("complaint") } else { "" };
        self.customer_says(PartKind::Open, &[again, more, complaint]);
        self.wait_for_agent(30 * MINUTE);
        if self.draw.chance(250) {
            self.assign(PartKind::AwayModeAssignment, Author::Bot, Assignee::Nobody);
            self.assign(PartKind::Assignment, Author::Bot, Assignee::Admin(self.agent));
        }
        let answer = self.topic("answer");
        self.agent_says(PartKind::Comment, &[answer]);
        if self.draw.chance(850) {
            self.wait_for_agent(2 * HOUR);
            let closing = self.common("closing");
            let body = self.html(&[closing]);
            self.push(PartKind::Close, Author::Admin(self.agent), Some(body));
            if self.draw.chance(450) {
                self.ask_for_rating();
            }
        }
        self.settle_sla();
    }

    /// Thanks for the last message open the conversation once more.
    fn thank_later(&mut self) {
        self.wait(HOUR);
        let phrase = self.common("thanks");
        self.customer_says(PartKind::Open, &[phrase]);
        self.wait_for_agent(HOUR);
        self.push(PartKind::Close, Author::Admin(self.agent), None);
    }

    /// What is open for long is put away some day: late answers for those who wait, then a close. A few are forgotten.
    pub(super) fn settle(&mut self) {
        if self.conversation.state == State::Closed || self.draw.chance(30) {
            return;
        }
        if !matches!(self.conversation.source.author, Author::Contact(_)) && !self.has_customer_message() {
            self.t += self.draw.between(3, 10) * DAY;
            self.push(PartKind::Close, Author::Bot, None);
            return;
        }
        if self.awaits_reply() && self.draw.chance(600) {
            self.wait_for_agent(DAY);
            let (patience, answer) = (self.common("patience"), self.answer_phrase());
            self.agent_says(PartKind::Comment, &[answer, patience]);
        }
        self.wait_for_agent(3 * DAY);
        self.push(PartKind::Close, Author::Admin(self.agent), None);
        self.settle_sla();
    }

    fn has_customer_message(&self) -> bool {
        self.conversation
            .parts
            .iter()
            .any(|part| part.body.is_some() && matches!(part.author, Author::Contact(_)))
    }

    /// Whether the last to write was the customer.
    fn awaits_reply(&self) -> bool {
        let is_message = |part: &&Part| part.body.is_some() && !part.kind.info().note;
        let last = self.conversation.parts.iter().rfind(is_message).map(|part| part.author);
        matches!(last.unwrap_or(self.conversation.source.author), Author::Contact(_))
    }

    /// The agreement was kept if the first answer came within the hour.
    fn settle_sla(&mut self) {
        let Some(sla) = &mut self.conversation.sla else { return };
        let from = self.conversation.created_at;
        let is_reply =
            |part: &&Part| part.kind == PartKind::Comment && matches!(part.author, Author::Admin(_));
        sla.status = match self.conversation.parts.iter().find(is_reply) {
            _ if from % 41 == 0 => None,
            _ if from % 37 == 0 => Some("cancelled"),
            Some(part) if part.created_at - from <= HOUR => Some("hit"),
            Some(_) => Some("missed"),
            None => Some("active"),
        };
        match sla.status {
            Some("missed") => self.event(PartKind::SlaTargetMissed, Author::Bot, None),
            None => self.event(PartKind::SlaRemoved, Author::Admin(self.agent), None),
            _ => {}
        }
    }
}
