//! What customers think of it: ratings, and the words that go with them.

use super::Script;
use crate::demo::workspace::calendar::{DAY, HOUR};
use crate::demo::workspace::entity::*;

/// From here on customers call an answer slow, in seconds.
const SLOW: i64 = 8 * HOUR;

impl Script<'_> {
    pub(super) fn ask_for_rating(&mut self) {
        self.t += self.draw.between(30, 300);
        if self.over() {
            return;
        }
        let contact = self.conversation.contact();
        let mut rating = Rating {
            rating: None,
            remark: None,
            requested_at: self.t,
            replied_at: None,
            contact,
            teammate: Some(self.agent),
        };
        if self.draw.chance(450) {
            self.wait(2 * HOUR);
            self.rate(&mut rating);
        }
        self.conversation.rating = Some(rating);
    }

    fn rate(&mut self, rating: &mut Rating) {
        if self.over() {
            return;
        }
        let score = self.satisfaction();
        self.event(PartKind::RatingChanged, self.customer, None);
        rating.rating = Some(score);
        rating.replied_at = Some(self.t);
        if self.draw.chance(400) {
            let section = self.remark_section(score);
            let phrase = self.common(section);
            rating.remark = Some(self.plain_text(phrase));
            self.t += self.draw.between(3, 60);
            self.event(PartKind::RatingRemarkAdded, self.customer, None);
        }
    }

    /// One to five: the longer the first answer took, the fewer, and few after a complaint.
    pub(super) fn satisfaction(&mut self) -> u8 {
        let scores: &[u8] = match self.first_wait() {
            _ if self.is_annoyed => &[1, 1, 1, 2, 2, 2, 3, 4, 4, 5],
            ..HOUR => &[5, 5, 5, 5, 5, 4, 4, 4, 3, 2],
            HOUR..SLOW => &[5, 5, 5, 5, 4, 4, 4, 3, 2, 1],
            SLOW..DAY => &[5, 5, 5, 4, 4, 4, 3, 3, 2, 1],
            _ => &[5, 4, 4, 4, 3, 3, 2, 2, 1, 1],
        };
        self.draw.pick(scores)
    }

    /// Where in the phrase book the words that go with a score are.
    fn remark_section(&mut self, score: u8) -> &'static str {
        let waited = self.first_wait();
        match score {
            4.. if waited < HOUR && self.draw.chance(500) => "quick",
            4.. => "praise",
            3 => "middling",
            _ if waited >= SLOW => "slow",
            _ => "gripe",
        }
    }

    /// How long the customer waited for a person's first answer, in seconds; 0 if there was none.
    pub(super) fn first_wait(&self) -> i64 {
        let is_message = |part: &&Part| part.body.is_some() && !part.kind.info().note;
        let mut messages = self.conversation.parts.iter().filter(is_message);
        let is_by_customer = |author: Author| matches!(author, Author::Contact(_));
        let asked_at = match is_by_customer(self.conversation.source.author) {
            true => Some(self.conversation.created_at),
            false => messages.find(|part| is_by_customer(part.author)).map(|part| part.created_at),
        };
        let answered_at =
            messages.find(|part| matches!(part.author, Author::Admin(_))).map(|part| part.created_at);
        asked_at.zip(answered_at).map_or(0, |(asked_at, answered_at)| answered_at - asked_at)
    }
}
