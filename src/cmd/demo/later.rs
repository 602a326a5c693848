//! What happens at the demo's company between two runs: a few new conversations, replies, closings, one deletion.
//! The same turn of the same company always brings the same.

use std::ops::RangeInclusive;

use crate::demo::Workspace;
use crate::demo::workspace::{HexId, Index, NewConversation, State};

/// Conversations that customers begin.
const BEGUN: &[(&str, &str)] = &[
    (
        "Invoice shows the wrong VAT number",
        "Hi, our latest invoice still has the old VAT number. Can you send a new one?",
    ),
    ("Export is stuck at 99 %", "The CSV export I started this morning has been at 99 % for two hours."),
    (
        "Can we add a second workspace?",
        "We are opening an office in Lisbon and would like to keep the data apart.",
    ),
    ("Login code never arrives", "I asked for a login code four times and nothing comes, not even to spam."),
    ("Thank you!", "Just wanted to say that the new dashboard is lovely."),
    (
        "Webhook signature does not match",
        "Since yesterday the signature we compute differs from yours for about one in ten.",
    ),
];
/// What customers add.
const ADDED: &[&str] = &[
    "Any news on this?",
    "That worked, thank you!",
    "It still happens for two of our users.",
    "Sorry, forgot the screenshot.",
];
/// What teammates answer.
const ANSWERED: &[&str] = &[
    "Thanks for your patience, we are looking into it.",
    "Could you try once more? We just released a fix.",
    "Done, please reload the page.",
];

/// How often each thing happens in a turn.
const CUSTOMER_REPLIES: usize = 12;
const TEAMMATE_REPLIES: usize = 8;
const CLOSINGS: usize = 4;

/// Lets one turn happen, in the last minute of a stretch of seconds.
pub(super) fn happen(workspace: &mut Workspace, seed: u64, during: RangeInclusive<i64>) {
    let mut turn =
        Turn { workspace, chance: Chance(seed), second: (*during.end() - 50).max(*during.start()), during };
    turn.replies();
    turn.closings();
    turn.beginnings();
    turn.deletion();
}

/// One turn under way. What cannot happen, such as a reply where nothing is open, does not.
struct Turn<'a> {
    workspace: &'a mut Workspace,
    chance: Chance,
    second: i64,
    during: RangeInclusive<i64>,
}

impl Turn<'_> {
    /// The next moment.
    fn next(&mut self) -> i64 {
        self.second = (self.second + 1).min(*self.during.end());
        self.second
    }

    fn open(&self) -> Vec<u64> {
        self.workspace.conversations().filter(|one| one.state == State::Open).map(|one| one.id).collect()
    }

    fn replies(&mut self) {
        let (open, teammates) = (self.open(), self.workspace.admins().len() as u64);
        for number in 0..CUSTOMER_REPLIES + TEAMMATE_REPLIES {
            let at = self.next();
            let Some(id) = self.chance.pick(&open).copied() else { return };
            if number < CUSTOMER_REPLIES {
                let _ = self.workspace.reply_as_contact(id, self.chance.pick(ADDED).unwrap_or(&""), at);
            } else {
                // The first admin is the bot.
                let admin = (1 + self.chance.below(teammates.saturating_sub(1))) as Index;
                let _ =
                    self.workspace.reply_as_admin(id, admin, self.chance.pick(ANSWERED).unwrap_or(&""), at);
            }
        }
    }

    fn closings(&mut self) {
        let open = self.open();
        for _ in 0..CLOSINGS {
            let at = self.next();
            let Some(id) = self.chance.pick(&open).copied() else { return };
            let _ = self.workspace.close(id, 1, None, at);
        }
    }

    fn beginnings(&mut self) {
        let authors: Vec<HexId> = self.workspace.contacts().map(|contact| contact.id).collect();
        for (title, body) in BEGUN {
            let at = self.next();
            let Some(contact) = self.chance.pick(&authors).copied() else { return };
            let (body, title) = (format!("<p>{body}</p>"), Some((*title).to_owned()));
            let _ = self.workspace.create_conversation(&NewConversation { contact, body, title }, at);
        }
    }

    fn deletion(&mut self) {
        let at = self.next();
        if let Some(id) = self.workspace.conversation_ids().first().copied() {
            let _ = self.workspace.delete(id, false, at);
        }
    }
}

/// A small generator: nothing here needs a good one, only the same numbers on every machine.
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.draw() % bound }
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len() as u64) as usize)
    }
}
