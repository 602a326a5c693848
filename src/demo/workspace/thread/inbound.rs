//! The usual story: a customer writes, and teammates answer.

use super::Script;
use crate::demo::workspace::calendar::{DAY, HOUR};
use crate::demo::workspace::entity::*;
use crate::demo::workspace::text;
use crate::demo::workspace::topics::TOPICS;
use serde_json::json;

const MINUTE: i64 = 60;

/// Name, MIME type, width and height.
type FileRow = (&'static str, &'static str, Option<(u16, u16)>);

impl Script<'_> {
    pub(super) fn inbound(&mut self) {
        self.open_by_customer();
        self.triage();
        if self.ask_bot() {
            return;
        }
        self.route();
        if self.draw.chance(35) {
            return self.chase();
        }
        self.work();
        self.resolve();
    }

    fn open_by_customer(&mut self) {
        let email = self.draw.chance(260);
        let (hello, open, detail, bye) =
            (self.common("hello"), self.topic("open"), self.topic("detail"), self.common("bye"));
        let context = self.common("context");
        let body = match self.draw.below(10) {
            0..2 => self.html(&[open]),
            2..5 => self.html(&[hello, open, detail]),
            5..7 => self.html(&[hello, open, detail, bye]),
            _ => self.html(&[hello, open, detail, context, bye]),
        };
        let mut body = String::from(body);
        self.embellish(&mut body, email);
        let title = self.topic("title");
        let title = self.plain_text(title);
        let source = &mut self.conversation.source;
        source.body = body.into();
        source.author = self.customer;
        if email {
            source.kind = "email";
            source.subject = Some(title.clone());
            self.conversation.channel = "email";
        } else if self.draw.chance(80) {
            source.kind = self.draw.pick(&["whatsapp", "instagram", "facebook", "twitter", "sms"]);
            self.conversation.channel = source.kind;
        } else {
            let page =
                self.draw.pick(&["billing", "orders", "labels", "settings", "import", "home?ref=mail&x=1"]);
            source.url = self.draw.chance(850).then(|| format!("https://app.larkspur.example/{page}").into());
        }
        self.conversation.source.attachments = self.attachments(90);
        self.conversation.title = match self.draw.below(100) {
            0..8 => Some("".into()),
            8..20 => None,
            _ => Some(title),
        };
    }

    /// The things customers put into messages besides sentences.
    pub(super) fn embellish(&mut self, body: &mut String, email: bool) {
        let line = match self.draw.below(100) {
            0..5 => "<p>https://app.larkspur.example/orders/{order}?tab=history&amp;from={date}</p>",
            5..8 => "<p>Reply to <a href=\"mailto:{email}\">{email}</a> or +44 20 7946 0{n}.</p>",
            8..10 => {
                "<div class=\"intercom-container\"><img src=\"https://downloads.intercomcdn.com/i/o/w7k2q9xd/9{n}/shot.png{signed}\"></div>"
            }
            10..12 => "<p>😀👩🏽‍💻 🇩🇪 naïve café – “quotes” … ½ €</p>",
            _ if email && self.draw.chance(500) => "<p>-- <br>{name}<br><b>{company}</b><br>{email}</p>",
            _ => "",
        };
        self.slots.fill(body, line);
    }

    pub(super) fn attachments(&mut self, permille: u64) -> Vec<Attachment> {
        const FILES: &[FileRow] = &[
            ("receipt.pdf", "application/pdf", None),
            ("screenshot 1.png", "image/png", Some((1440, 900))),
            ("Rechnung_März.pdf", "application/pdf", None),
            ("products.csv", "text/csv", None),
            ("写真.jpg", "image/jpeg", Some((4032, 3024))),
        ];
        if !self.draw.chance(permille) {
            return Vec::new();
        }
        let count = if self.draw.chance(200) { 2 } else { 1 };
        let file = |script: &mut Self| {
            let (name, content_type, pixels) = script.draw.pick(FILES);
            let id = 1_900_000_000 + script.draw.below(90_000_000);
            Attachment {
                id,
                name: name.into(),
                content_type,
                size: 900 + script.draw.below(3_000_000) as u32,
                pixels,
            }
        };
        (0..count).map(|_| file(self)).collect()
    }

    /// What rules do as soon as a message arrives.
    fn triage(&mut self) {
        self.t += 1;
        if self.draw.chance(220) {
            self.event(PartKind::LanguageDetected, Author::Bot, None);
        }
        if self.is_paying() && self.draw.chance(600) {
            self.event(PartKind::SlaAppliedByRule, Author::Bot, None);
            self.conversation.sla = Some(Sla { name: "Paid plan 1h", status: Some("active") });
        }
        if self.draw.chance(60) {
            self.event(PartKind::PriorityChanged, Author::Bot, None);
            self.conversation.priority =
                self.draw.pick(&[Priority::Low, Priority::Medium, Priority::High, Priority::Urgent]);
        }
    }

    /// Hands the conversation to a team, and often to a teammate at once.
    pub(super) fn route(&mut self) {
        self.t += self.draw.between(2, 90);
        let topic = &TOPICS[usize::from(self.conversation.meant)];
        if self.draw.chance(250) {
            let event = Event::Attribute {
                name: "Contact reason".into(),
                value: topic.name.into(),
                previous: None,
                workflow: Some("Triage"),
            };
            self.event(PartKind::AttributeByWorkflow, Author::Bot, Some(event));
            self.set("Contact reason", json!(topic.name));
        }
        let kind = self.draw.pick(&[
            PartKind::WorkflowAssignment,
            PartKind::DefaultAssignment,
            PartKind::Assignment,
        ]);
        self.assign(kind, Author::Bot, Assignee::Team(self.team));
        if self.draw.chance(550) {
            self.t += self.draw.between(1, 40);
            self.assign(PartKind::Assignment, Author::Bot, Assignee::Admin(self.agent));
        }
    }

    /// Nobody answers; the customer asks again, and not always kindly.
    fn chase(&mut self) {
        self.wait(DAY);
        if self.draw.chance(500) {
            self.ask_again(400);
        }
    }

    /// The customer asks for an answer, and complains in so many of a thousand cases.
    fn ask_again(&mut self, complaint_permille: u64) {
        self.is_annoyed = self.draw.chance(complaint_permille);
        let phrase = self.common(if self.is_annoyed { "complaint" } else { "chase" });
        self.customer_says(PartKind::Comment, &[phrase]);
    }

    /// Teammate and customer write to and fro.
    fn work(&mut self) {
        self.first_reply();
        let rounds = [0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 5];
        for round in 0..self.draw.pick(&rounds) {
            self.customer_answers(round);
            if self.draw.chance(70) {
                self.hand_over();
            }
            self.agent_answers(round);
            if self.draw.chance(70) {
                self.snooze();
            }
        }
    }

    fn first_reply(&mut self) {
        let asked_at = self.t;
        self.wait_for_agent(14 * MINUTE);
        let replied_at = self.t;
        let waited = replied_at - asked_at;
        if waited > 20 * HOUR && self.draw.chance(350) {
            self.t = asked_at + waited * self.draw.between(600, 950) / 1_000;
            self.ask_again(600);
            self.t = replied_at;
        }
        if self.conversation.admin.is_none() {
            self.assign(PartKind::Assignment, Author::Admin(self.agent), Assignee::Admin(self.agent));
            self.t += self.draw.between(5, 240);
        }
        if self.draw.chance(160) {
            self.note();
            self.t += self.draw.between(20, 900);
        }
        let (ack, phrase) = (
            self.common("ack"),
            if self.draw.chance(550) { self.topic("answer") } else { self.topic("ask") },
        );
        let advice = if self.draw.chance(600) { self.common("advice") } else { "" };
        self.agent_says(PartKind::Comment, &[ack, phrase, advice]);
    }

    pub(super) fn note(&mut self) {
        let phrase = text::note(&mut self.draw, self.conversation.meant);
        let body = self.html(&[phrase]);
        self.push(PartKind::Note, Author::Admin(self.agent), Some(body));
    }

    fn customer_answers(&mut self, round: u32) {
        let pause = if self.draw.chance(250) { 9 * HOUR } else { 12 * MINUTE };
        self.wait(pause);
        let phrase = match round {
            0 => self.topic("give"),
            _ if self.draw.chance(300) => self.common("chase"),
            _ => self.topic("more"),
        };
        let more = if self.draw.chance(300) { self.common("context") } else { "" };
        self.customer_says(PartKind::Comment, &[phrase, more]);
    }

    fn agent_answers(&mut self, round: u32) {
        self.wait_for_agent(20 * MINUTE);
        let phrase = match round {
            0 if self.draw.chance(200) => self.common("patience"),
            _ => self.answer_phrase(),
        };
        let advice = if self.draw.chance(450) { self.common("advice") } else { "" };
        self.agent_says(PartKind::Comment, &[phrase, advice]);
    }

    /// Another team takes over, with a note for it.
    fn hand_over(&mut self) {
        self.t += self.draw.between(60, 600);
        self.note();
        self.team = (self.team + 1 + self.draw.below(3) as Index) % self.world.teams.len() as Index;
        let from = Author::Admin(self.agent);
        self.agent = self.draw.pick(&self.world.teams[self.team as usize].admins);
        self.assign(PartKind::Assignment, from, Assignee::Team(self.team));
        self.assign(PartKind::Assignment, from, Assignee::Admin(self.agent));
    }

    fn snooze(&mut self) {
        self.t += self.draw.between(5, 60);
        self.event(PartKind::Snoozed, Author::Admin(self.agent), None);
        let until = self.t + self.draw.between(1, 4) * DAY;
        self.conversation.snoozed_until = Some(until);
        self.t = until.min(self.world.params.now);
        if !self.over() {
            self.event(PartKind::TimerUnsnooze, Author::Bot, None);
            self.conversation.snoozed_until = None;
        }
    }

    pub(super) fn customer_says(&mut self, kind: PartKind, phrases: &[&str]) {
        let mut body = String::from(self.html(phrases));
        let email = self.conversation.source.kind == "email";
        if self.draw.chance(120) {
            self.embellish(&mut body, email);
        }
        let attachments = self.attachments(45);
        let subject = if email { self.conversation.source.subject.clone() } else { None };
        let customer = self.customer;
        let Some(part) = self.push(kind, customer, Some(body.into())) else { return };
        if !attachments.is_empty() || subject.is_some() {
            part.extra =
                Some(Box::new(PartExtra { attachments, email_subject: subject, ..PartExtra::default() }));
        }
    }

    pub(super) fn agent_says(&mut self, kind: PartKind, phrases: &[&str]) {
        let body = self.html(phrases);
        self.push(kind, Author::Admin(self.agent), Some(body));
    }
}
