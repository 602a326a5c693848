//! The attributes and topics Intercom and the company keep about a finished conversation.

use super::Script;
use crate::demo::workspace::calendar::HOUR;
use crate::demo::workspace::entity::*;
use crate::demo::workspace::topics::TOPICS;
use serde_json::json;
use std::borrow::Cow;

impl Script<'_> {
    pub(super) fn set(&mut self, key: &'static str, value: serde_json::Value) {
        let attributes = &mut self.conversation.custom_attributes;
        attributes.retain(|(known, _)| known != key);
        attributes.push((Cow::Borrowed(key), value));
    }

    /// The attributes Intercom and the company keep about a conversation.
    pub(super) fn attributes(&mut self) {
        let parts = &self.conversation.parts;
        let files = !self.conversation.source.attachments.is_empty()
            || parts
                .iter()
                .any(|part| part.extra.as_ref().is_some_and(|extra| !extra.attachments.is_empty()));
        if files {
            self.set("Has attachments", json!(true));
        }
        if self.draw.chance(300) {
            let used = self.draw.chance(400);
            self.set("Copilot used", json!(used));
        }
        if self.conversation.language != "en" && self.draw.chance(400) {
            self.set("Auto-translated", json!(true));
        }
        if self.conversation.state == State::Closed && self.draw.chance(600) {
            let rated = self.conversation.rating.as_ref().and_then(|rating| rating.rating);
            let score = rated.unwrap_or_else(|| self.satisfaction());
            self.set("CX Score rating", json!(score));
            let explanation = match score {
                4.. => "Solved quickly.",
                _ if self.first_wait() >= HOUR => "The customer had to wait.",
                _ => "The answer did not help at first.",
            };
            self.set("CX Score explanation", json!(explanation));
        }
        self.rare_attributes();
        self.topics();
    }

    fn rare_attributes(&mut self) {
        match self.draw.below(200) {
            0..8 => self.set("plan_tier", json!("growth")),
            8..10 => self.set("Fin AI Agent: Preview", json!(false)),
            10..12 => self.set("Größe / size (cm)", json!(17.5)),
            12..14 => self.set("empty one", serde_json::Value::Null),
            14..16 => self.set("related orders", json!(["LK-10001", "LK-10002"])),
            16..17 => {
                let field = json!({"since": 2027, "values": [1, null, "x"]});
                self.conversation.extra = Some(Box::new([("quantum_triage".to_owned(), field)].into()));
            }
            _ => {}
        }
    }

    /// What Intercom's own model says it was about: mostly right.
    fn topics(&mut self) {
        let meant = self.conversation.meant;
        self.conversation.topics = match self.draw.below(100) {
            0..82 => vec![meant],
            82..92 => vec![meant, self.draw.below(TOPICS.len() as u64) as u8],
            _ => Vec::new(),
        };
        self.conversation.topics.dedup();
    }
}
