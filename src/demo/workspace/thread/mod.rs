//! Writes one conversation: who says what when, from the first message to the present.
//!
//! Owns the telling: time passes, parts are appended, and nothing happens after the workspace's present.
//! The stories themselves are in the sub-modules; figures are derived from the finished parts.

mod afterwards;
mod attributes;
mod bot;
mod ending;
mod inbound;
mod outbound;
mod rating;
mod special;

pub(crate) use special::{HOSTILE, Special};

use super::calendar::Calendar;
use super::draw::Draw;
use super::entity::*;
use super::statistics;
use super::text::{Book, Said, Slots, book};
use super::topics::TOPICS;
use super::{Shape, WorkspaceParams};

/// Streams of chance: conversations use the lowest numbers.
const CONVERSATIONS: u64 = 0;
/// No conversation has more parts than this, so part ids never collide.
const MOST_PARTS: u64 = 1_000;
/// The first part id.
pub(crate) const FIRST_PART: u64 = 37_410_000_001;

/// What stories can refer to.
pub(crate) struct World<'a> {
    pub(crate) params: &'a WorkspaceParams,
    pub(crate) calendar: &'a Calendar,
    pub(crate) admins: &'a [Admin],
    pub(crate) teams: &'a [Team],
    pub(crate) contacts: &'a [Contact],
    pub(crate) companies: &'a [Company],
    /// When the first conversation began.
    pub(crate) start: i64,
}

/// What is settled about a conversation before its story begins.
pub(crate) struct Seed {
    pub(crate) ordinal: u64,
    pub(crate) id: u64,
    pub(crate) at: i64,
    pub(crate) topic: u8,
    pub(crate) contact: Index,
    pub(crate) special: Special,
}

/// A conversation being written.
pub(crate) struct Script<'a> {
    world: &'a World<'a>,
    draw: Draw,
    book: &'static Book,
    said: Said,
    slots: Slots<'a>,
    conversation: Conversation,
    /// The time of the story.
    t: i64,
    next_part: u64,
    agent: Index,
    team: Index,
    customer: Author,
    /// Whether the customer complained of waiting.
    is_annoyed: bool,
}

/// Writes the conversation of a seed.
pub(crate) fn write(world: &World<'_>, seed: &Seed) -> Conversation {
    let mut script = Script::new(world, seed);
    match (world.params.shape, seed.special) {
        (Shape::Plain, _) => script.plain(),
        (Shape::Company, Special::Long(parts)) => script.long(parts),
        (Shape::Company, Special::Hostile(n)) => script.hostile(n),
        (Shape::Company, Special::None) => script.ordinary(),
    }
    if world.params.shape == Shape::Company {
        script.settle();
    }
    script.finish()
}

impl<'a> Script<'a> {
    fn new(world: &'a World<'a>, seed: &Seed) -> Self {
        let mut draw = Draw::new(world.params.seed, CONVERSATIONS + seed.ordinal);
        let contact = &world.contacts[seed.contact as usize];
        let company = contact.companies.first().copied();
        let team = TOPICS[usize::from(seed.topic)].team;
        let agent = draw.pick(&world.teams[team as usize].admins);
        let name = contact.name.as_deref().map_or("", first_name);
        let company_name = company.map_or("Kestrel & Sons", |n| &world.companies[n as usize].name);
        let email = contact.email.as_deref().filter(|e| !e.is_empty()).unwrap_or("me@post.example");
        let mut slots = Slots::draw(&mut draw, contact.language, seed.at, name, email, company_name);
        slots.agent = first_name(world.admins[agent as usize].name);
        Self {
            world,
            book: book(contact.language),
            said: Said::default(),
            slots,
            conversation: blank(seed, contact.language, company),
            t: seed.at,
            next_part: FIRST_PART + seed.ordinal * MOST_PARTS,
            agent,
            team,
            customer: Author::Contact(seed.contact),
            is_annoyed: false,
            draw,
        }
    }

    fn ordinary(&mut self) {
        match self.draw.below(1_000) {
            0..90 => self.campaign(),
            90..110 => self.invited(),
            110..125 => self.phone_call(),
            _ => self.inbound(),
        }
    }

    /// Whether the story has reached the present: nothing more may happen.
    fn over(&self) -> bool {
        self.t >= self.world.params.now
    }

    /// Appends a part, unless the present was reached. The part is handed out for finishing touches.
    fn push(&mut self, kind: PartKind, author: Author, body: Option<Box<str>>) -> Option<&mut Part> {
        if self.over() || self.conversation.parts.len() as u64 >= MOST_PARTS - 1 {
            return None;
        }
        let state = match kind {
            PartKind::Close => State::Closed,
            PartKind::Snoozed => State::Snoozed,
            PartKind::Open | PartKind::Unsnoozed | PartKind::TimerUnsnooze => State::Open,
            kind if kind.info().reopens => State::Open,
            _ => self.conversation.state,
        };
        self.conversation.state = state;
        let id = self.next_part;
        self.next_part += 1;
        self.conversation.parts.push(Part {
            id,
            kind,
            body,
            created_at: self.t,
            updated_at: self.t,
            author,
            assigned_to: None,
            state,
            redacted: false,
            from_ai_agent: false,
            is_ai_answer: false,
            extra: None,
        });
        self.conversation.parts.last_mut()
    }

    fn event(&mut self, kind: PartKind, author: Author, event: Option<Event>) {
        if let Some(part) = self.push(kind, author, None) {
            part.extra =
                event.map(|event| Box::new(PartExtra { event: Some(event), ..PartExtra::default() }));
        }
    }

    fn assign(&mut self, kind: PartKind, by: Author, to: Assignee) {
        let Some(part) = self.push(kind, by, None) else { return };
        part.assigned_to = Some(to);
        match to {
            Assignee::Admin(admin) => self.conversation.admin = Some(admin),
            Assignee::Team(team) => self.conversation.team = Some(team),
            Assignee::Nobody => self.conversation.admin = None,
        }
    }

    fn wait(&mut self, median: i64) {
        let pause = self.draw.around(median);
        self.t += pause;
    }

    /// Waits until the teammate in charge gets to it.
    fn wait_for_agent(&mut self, median: i64) {
        let agent = &self.world.admins[self.agent as usize];
        let (pace, hours) = (agent.pace, agent.hours);
        self.t = self.world.calendar.next_working(self.t, hours);
        self.wait(median * pace / 1_000);
        self.t = self.world.calendar.next_working(self.t, hours);
    }

    /// HTML paragraphs of phrases with their slots filled in.
    fn html(&self, phrases: &[&str]) -> Box<str> {
        let mut html = String::with_capacity(160);
        for phrase in phrases.iter().filter(|phrase| !phrase.is_empty()) {
            html.push_str("<p class=\"no-margin\">");
            self.slots.fill(&mut html, phrase);
            html.push_str("</p>");
        }
        html.into()
    }

    fn plain_text(&self, phrase: &str) -> Box<str> {
        let mut text = String::new();
        self.slots.fill(&mut text, phrase);
        text.into()
    }

    fn common(&mut self, section: &str) -> &'static str {
        self.book.common(&mut self.draw, section, &mut self.said)
    }

    fn topic(&mut self, section: &str) -> &'static str {
        self.book.topic(&mut self.draw, self.conversation.meant, section, &mut self.said)
    }

    /// An answer, or a request for patience where there is no other answer left.
    fn answer_phrase(&mut self) -> &'static str {
        match self.book.is_exhausted(self.conversation.meant, "answer", &self.said) {
            true => self.common("patience"),
            false => self.topic("answer"),
        }
    }

    /// The customer's company pays, so its conversations fall under an agreement.
    fn is_paying(&self) -> bool {
        let company = self.conversation.company.map(|n| &self.world.companies[n as usize]);
        company.is_some_and(|company| company.monthly_spend >= 20_000)
    }

    /// Thousandths of the workspace's period gone by.
    fn progress(&self) -> i64 {
        let whole = (self.world.params.now - self.world.start).max(1);
        1_000 * (self.conversation.created_at - self.world.start) / whole
    }

    fn finish(mut self) -> Conversation {
        if self.world.params.shape == Shape::Company {
            self.afterwards();
            self.attributes();
        }
        let conversation = &mut self.conversation;
        conversation.contacts.dedup();
        statistics::refresh(conversation);
        self.conversation
    }
}

/// What a person is called by; Japanese and Chinese names are written without spaces or family name first.
fn first_name(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

pub(crate) fn blank(seed: &Seed, language: &'static str, company: Option<Index>) -> Conversation {
    Conversation {
        id: seed.id,
        created_at: seed.at,
        updated_at: seed.at,
        title: None,
        state: State::Open,
        read: false,
        priority: Priority::None,
        waiting_since: None,
        snoozed_until: None,
        admin: None,
        team: None,
        company,
        source: Source {
            id: 3_391_000_000 + seed.ordinal,
            kind: "conversation",
            delivered_as: "customer_initiated",
            subject: Some("".into()),
            body: "".into(),
            author: Author::Contact(seed.contact),
            attachments: Vec::new(),
            url: None,
            redacted: false,
        },
        contacts: vec![seed.contact],
        tags: Vec::new(),
        rating: None,
        sla: None,
        statistics: Statistics::default(),
        linked: Vec::new(),
        ticket: None,
        ai_agent: None,
        sales_outcome: None,
        channel: "messenger",
        custom_attributes: Vec::new(),
        topics: Vec::new(),
        extra: None,
        parts: Vec::new(),
        meant: seed.topic,
        language,
    }
}
