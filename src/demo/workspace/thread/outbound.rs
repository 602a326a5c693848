//! Conversations the company began: campaigns hardly anybody answers, teammates who ask, phone calls.

use super::Script;
use crate::demo::workspace::calendar::{DAY, HOUR};
use crate::demo::workspace::entity::*;

impl Script<'_> {
    /// A message to many; three in four are never answered.
    pub(super) fn campaign(&mut self) {
        let (delivered_as, kind) = self.draw.pick(&[
            ("automated", "email"),
            ("automated", "conversation"),
            ("campaigns_initiated", "email"),
            ("campaigns_initiated", "push"),
            ("admin_initiated", "unknown"),
        ]);
        let sender = self.agent;
        let body = self.html(&[
            "Hi {name}, Larkspur {version} is out.",
            "<b>New:</b> bulk labels, faster imports and a <a href=\"https://larkspur.example/news?utm_source=mail&amp;utm_campaign=news\">tour</a>.",
            "<i>You receive this because you use Larkspur. <a href=\"{{unsubscribe_url}}\">Unsubscribe</a></i>",
        ]);
        let subject =
            if kind == "email" { Some(self.plain_text("What is new in Larkspur {version}")) } else { None };
        let source = &mut self.conversation.source;
        source.kind = kind;
        source.delivered_as = delivered_as;
        source.author = Author::Admin(sender);
        source.body = body;
        source.subject = subject;
        self.conversation.channel = if kind == "email" { "email" } else { "messenger" };
        self.conversation.read = self.draw.chance(500);
        if self.draw.chance(250) {
            self.answered();
        }
    }

    /// The customer replies to what the company sent.
    fn answered(&mut self) {
        self.wait(8 * HOUR);
        let open = self.topic("open");
        self.customer_says(PartKind::Comment, &[open]);
        self.route();
        self.wait_for_agent(HOUR);
        let (ack, answer) = (self.common("ack"), self.topic("answer"));
        self.agent_says(PartKind::Comment, &[ack, answer]);
        self.resolve();
    }

    /// The bot begins, and the customer takes it up.
    pub(super) fn invited(&mut self) {
        let source = &mut self.conversation.source;
        source.delivered_as = "operator_initiated";
        source.author = Author::Bot;
        source.body = "<p>Hi 👋 Any questions about our plans?</p>".into();
        source.url = Some("https://larkspur.example/pricing".into());
        self.answered();
        if self.draw.chance(600) {
            let outcomes = ["qualified", "disqualified", "product_discovery", "escalated_to_support", "spam"];
            self.conversation.sales_outcome = Some(self.draw.pick(&outcomes));
        }
    }

    /// A call, written down afterwards.
    pub(super) fn phone_call(&mut self) {
        let source = &mut self.conversation.source;
        source.kind = "phone_call";
        source.body = "".into();
        source.subject = None;
        self.conversation.channel = "phone";
        self.t += self.draw.between(60, 1_500);
        self.assign(PartKind::Assignment, Author::Bot, Assignee::Admin(self.agent));
        self.push(
            PartKind::CallSummary,
            Author::Bot,
            Some("<p>The customer called about an order; solved on the phone.</p>".into()),
        );
        self.push(PartKind::FromTheFuture, Author::Bot, None);
        self.t += 5;
        if self.draw.chance(400) {
            self.note();
        }
        self.wait(DAY / 4);
        self.push(PartKind::Close, Author::Admin(self.agent), None);
    }
}
