//! Derives Intercom's figures about a conversation from its parts, so that they never disagree.
//!
//! Definitions follow Intercom's descriptions. One liberty: *office hours are calendar hours here*, so every
//! `time_to_*` is a plain difference of the timestamps next to it. Owns the derivation; every change of a
//! conversation ends with [`refresh`].

use super::entity::*;

/// What a part is, as far as the figures care.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Customer,
    Teammate,
    Other,
}

/// Brings statistics, `updated_at`, `waiting_since` and the dates of the ticket clock in line with the parts.
pub(crate) fn refresh(conversation: &mut Conversation) {
    conversation.statistics = derive(conversation);
    conversation.waiting_since = waiting_since(conversation);
    let bumps = conversation.parts.iter().filter(|part| part.kind.info().bumps).map(|part| part.created_at);
    let redactions = conversation.parts.iter().filter(|part| part.redacted).map(|part| part.updated_at);
    let last = bumps.chain(redactions).max().unwrap_or(conversation.created_at);
    conversation.updated_at = conversation.updated_at.max(last);
    if conversation.state != State::Snoozed {
        conversation.snoozed_until = None;
    }
}

fn voice(part: &Part) -> Voice {
    if part.body.is_none() || part.kind.info().note {
        return Voice::Other;
    }
    match part.author {
        Author::Contact(_) => Voice::Customer,
        Author::Admin(_) => Voice::Teammate,
        Author::Bot | Author::Team(_) => Voice::Other,
    }
}

fn waiting_since(conversation: &Conversation) -> Option<i64> {
    if conversation.state == State::Closed {
        return None;
    }
    let from_customer = matches!(conversation.source.author, Author::Contact(_));
    let mut since = from_customer.then_some(conversation.created_at);
    for part in &conversation.parts {
        match voice(part) {
            Voice::Customer => since = since.or(Some(part.created_at)),
            Voice::Teammate => since = None,
            Voice::Other if part.kind == PartKind::Close => since = None,
            Voice::Other => {}
        }
    }
    since
}

/// All figures, from the source message and the parts alone.
pub(crate) fn derive(conversation: &Conversation) -> Statistics {
    let mut statistics =
        Statistics { count_conversation_parts: conversation.parts.len() as i64 + 1, ..Statistics::default() };
    let opened = matches!(conversation.source.author, Author::Contact(_)).then_some(conversation.created_at);
    let replied =
        || conversation.parts.iter().find(|part| voice(part) == Voice::Customer).map(|part| part.created_at);
    let Some(first) = opened.or_else(replied) else { return statistics };
    statistics.first_contact_reply_at = Some(first);
    statistics.last_contact_reply_at = Some(first);
    Derivation::new(first, opened.is_some()).run(conversation, &mut statistics);
    statistics
}

/// The state of one pass over the parts.
struct Derivation {
    first: i64,
    /// The latest customer message a teammate has not answered.
    asked: Option<i64>,
    replies: Vec<i64>,
    team: Option<Index>,
    assigned_admin: bool,
    handling_since: Option<i64>,
    handled: i64,
    closed: bool,
}

impl Derivation {
    fn new(first: i64, opened_by_customer: bool) -> Self {
        Self {
            first,
            asked: opened_by_customer.then_some(first),
            replies: Vec::new(),
            team: None,
            assigned_admin: false,
            handling_since: None,
            handled: 0,
            closed: false,
        }
    }

    fn run(mut self, conversation: &Conversation, s: &mut Statistics) {
        for part in &conversation.parts {
            self.team_of(part);
            if part.created_at >= self.first {
                self.counted(part, s);
            }
            self.handling(part);
        }
        s.time_to_first_close = s.first_close_at.map(|at| at - self.first);
        s.time_to_last_close = s.last_close_at.map(|at| at - self.first);
        s.time_to_admin_reply = s.first_admin_reply_at.map(|at| at - self.first);
        s.median_time_to_reply = median(&mut self.replies);
        s.handling_time = (s.last_close_at.is_some() && self.handled > 0).then_some(self.handled);
    }

    fn team_of(&mut self, part: &Part) {
        match part.assigned_to {
            Some(Assignee::Team(team)) => self.team = Some(team),
            Some(Assignee::Admin(_)) => self.assigned_admin = true,
            Some(Assignee::Nobody) => self.assigned_admin = false,
            None => {}
        }
    }

    fn counted(&mut self, part: &Part, s: &mut Statistics) {
        let at = part.created_at;
        let info = part.kind.info();
        if info.assigns {
            s.count_assignments += 1;
            s.first_assignment_at = s.first_assignment_at.or(Some(at));
            s.last_assignment_at = Some(at);
            s.last_assignment_admin_reply_at = None;
            if s.first_admin_reply_at.is_none() {
                s.time_to_assignment = Some(at - self.first);
            }
        }
        if self.closed && info.reopens {
            s.count_reopens += 1;
        }
        self.closed = part.state == State::Closed;
        match voice(part) {
            Voice::Customer => {
                s.last_contact_reply_at = Some(at);
                self.asked = Some(at);
            }
            Voice::Teammate => self.teammate_reply(at, s),
            Voice::Other => {}
        }
        if part.kind == PartKind::Close {
            s.first_close_at = s.first_close_at.or(Some(at));
            s.last_close_at = Some(at);
            s.last_closed_by = Some(part.author);
        }
    }

    fn teammate_reply(&mut self, at: i64, s: &mut Statistics) {
        if s.first_admin_reply_at.is_none() {
            s.first_admin_reply_at = Some(at);
            s.team_response = Some(TeamResponse { team: self.team, seconds: at - self.first });
        }
        s.last_admin_reply_at = Some(at);
        if s.last_assignment_at.is_some() && s.last_assignment_admin_reply_at.is_none() {
            s.last_assignment_admin_reply_at = Some(at);
        }
        if let Some(asked) = self.asked.take() {
            self.replies.push(at - asked);
        }
    }

    /// Handling is the time spent open and assigned to a teammate.
    fn handling(&mut self, part: &Part) {
        let active = self.assigned_admin && part.state == State::Open;
        match (active, self.handling_since) {
            (true, None) => self.handling_since = Some(part.created_at),
            (false, Some(since)) => {
                self.handled += part.created_at - since;
                self.handling_since = None;
            }
            _ => {}
        }
    }
}

/// The middle value; the mean of the middle two, rounded down.
fn median(values: &mut [i64]) -> Option<i64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2),
    }
}
