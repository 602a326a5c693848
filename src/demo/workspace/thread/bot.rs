//! Fin tries first: some conversations end with its answer, the others go on to a teammate.

use super::Script;
use crate::demo::workspace::calendar::HOUR;
use crate::demo::workspace::entity::*;

/// The buttons the bot offers, with their ids.
pub(crate) const OFFER: &[(&str, &str)] = &[
    ("That helped 👍", "5f0c1a52-9b7e-4c2d-8e11-0a6b3f9d2c01"),
    ("Talk to a person", "5f0c1a52-9b7e-4c2d-8e11-0a6b3f9d2c02"),
];

impl Script<'_> {
    /// True if the bot settled it.
    pub(super) fn ask_bot(&mut self) -> bool {
        let available = self.progress() >= 300 && self.conversation.source.kind == "conversation";
        if !available || !self.draw.chance(560) {
            return false;
        }
        self.t += self.draw.between(3, 20);
        if self.draw.chance(120) {
            self.no_answer();
            return false;
        }
        self.answer();
        match self.draw.below(100) {
            0..22 => self.confirmed(),
            22..45 => self.assumed(),
            _ => self.escalated(),
        }
    }

    fn no_answer(&mut self) {
        self.event(PartKind::NoAnswerFound, Author::Bot, None);
        self.agent_state(None, Some("escalated"));
    }

    fn answer(&mut self) {
        let (bot, answer, confirm) = (self.common("bot"), self.topic("answer"), self.common("confirm"));
        let body = self.html(&[bot, answer, confirm]);
        let offer = self.draw.chance(300);
        if let Some(part) = self.push(PartKind::Comment, Author::Bot, Some(body)) {
            part.from_ai_agent = true;
            part.is_ai_answer = true;
            if offer {
                let extra =
                    PartExtra { quick_reply: Some(QuickReply::Options(OFFER)), ..PartExtra::default() };
                part.extra = Some(Box::new(extra));
            }
        }
    }

    fn confirmed(&mut self) -> bool {
        self.wait(4 * 60);
        if self.draw.chance(300) {
            let extra =
                PartExtra { quick_reply: Some(QuickReply::Answer(OFFER[0].1)), ..PartExtra::default() };
            let customer = self.customer;
            let body = format!("<p>{}</p>", OFFER[0].0).into();
            if let Some(part) = self.push(PartKind::QuickReply, customer, Some(body)) {
                part.extra = Some(Box::new(extra));
            }
        } else {
            let thanks = self.common("thanks");
            self.customer_says(PartKind::Comment, &[thanks]);
        }
        self.agent_state(Some("ai_answer"), Some("confirmed_resolution"));
        self.t += 2;
        self.push(PartKind::Close, Author::Bot, None);
        if self.draw.chance(250)
            && let Some(agent) = &mut self.conversation.ai_agent
        {
            agent.rating = Some(self.draw.pick(&[3, 4, 5, 5]));
            agent.rating_remark = self.draw.chance(300).then(|| "Nice bot".into());
        }
        true
    }

    fn assumed(&mut self) -> bool {
        self.t += self.draw.between(4 * 60, HOUR);
        self.event(PartKind::UserBecameIdle, Author::Bot, None);
        self.agent_state(Some("ai_answer"), Some("assumed_resolution"));
        self.t += 24 * HOUR;
        self.push(PartKind::Close, Author::Bot, None);
        true
    }

    fn escalated(&mut self) -> bool {
        self.wait(3 * 60);
        let phrase = self.common("human");
        self.customer_says(PartKind::Comment, &[phrase]);
        let state = self.draw.pick(&[
            "escalated",
            "escalated",
            "escalated",
            "negative_feedback",
            "procedure_handoff",
        ]);
        self.agent_state(Some(self.draw_answer_type()), Some(state));
        self.t += 2;
        if self.draw.chance(200) {
            let event =
                Event::Workflow { name: "Billing triage", event: "workflow_finished", result: "success" };
            self.event(PartKind::WorkflowEvent, Author::Bot, Some(event));
        }
        if self.draw.chance(80) {
            let action = |result| Some(Event::Action { name: "Look up order", result });
            self.event(PartKind::ActionStarted, Author::Bot, action(None));
            self.t += 3;
            self.event(PartKind::ActionFinished, Author::Bot, action(Some("success")));
        }
        if self.draw.chance(150) {
            self.event(PartKind::ReplyTimeExpectation, Author::Bot, None);
        }
        false
    }

    fn draw_answer_type(&self) -> &'static str {
        if self.conversation.created_at % 9 == 0 { "custom_answer" } else { "ai_answer" }
    }

    /// What the conversation says about Fin.
    fn agent_state(&mut self, answer: Option<&'static str>, resolution: Option<&'static str>) {
        let now = self.t.min(self.world.params.now - 1);
        let workflow = self.draw.chance(600);
        self.conversation.ai_agent = Some(Box::new(AiAgent {
            source_type: if workflow { "workflow" } else { "profile" },
            source_title: workflow.then_some("Support triage"),
            last_answer_type: answer,
            resolution_state: resolution,
            rating: None,
            rating_remark: None,
            created_at: self.conversation.created_at + 3,
            updated_at: now,
            articles: if answer.is_some() { vec![self.conversation.meant] } else { Vec::new() },
        }));
    }
}
