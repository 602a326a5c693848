//! Makes the tickets: some conversations are tickets, some have tickets behind them.

use super::draw::Draw;
use super::entity::*;
use super::generate::ID_STEP;
use super::thread::FIRST_PART;
use super::{WorkspaceParams, tables};
use serde_json::json;

/// Streams of chance.
const TICKETS: u64 = 6 << 40;
/// Parts of tickets that are no conversations are numbered below the parts of conversations.
const FIRST_TICKET_PART: u64 = FIRST_PART - 30_000_000_000;

pub(crate) fn generate(params: &WorkspaceParams, conversations: &mut [Conversation]) -> Vec<Ticket> {
    let mut tickets = Vec::new();
    for (n, conversation) in conversations.iter_mut().enumerate() {
        let mut draw = Draw::new(params.seed, TICKETS + n as u64);
        if !matches!(conversation.source.author, Author::Contact(_)) {
            continue;
        }
        match draw.below(1_000) {
            0..40 => customer_ticket(&mut draw, conversation, &mut tickets),
            40..65 => task(&mut draw, params.now, conversation, &mut tickets),
            _ => {}
        }
    }
    tracker(params, conversations, &mut tickets);
    tickets
}

fn base(id: u64, number: usize, kind: Index, conversation: &Conversation) -> Ticket {
    let title = conversation.title.as_deref().unwrap_or("Untitled");
    Ticket {
        id,
        number: 1_000 + number as u64,
        kind,
        state: 0,
        previous_state: None,
        attributes: vec![
            ("_default_title_".into(), json!(title)),
            ("_default_description_".into(), json!("From a conversation")),
        ],
        conversation: None,
        linked: Vec::new(),
        contacts: conversation.contacts.clone(),
        admin: conversation.admin,
        team: conversation.team,
        created_at: conversation.created_at,
        updated_at: conversation.updated_at,
        open: conversation.state != State::Closed,
        snoozed_until: conversation.snoozed_until,
        is_shared: kind == 0,
        parts: Vec::new(),
    }
}

/// The conversation itself is the ticket.
fn customer_ticket(draw: &mut Draw, conversation: &mut Conversation, tickets: &mut Vec<Ticket>) {
    let mut ticket = base(conversation.id, tickets.len(), 0, conversation);
    ticket.conversation = Some(conversation.id);
    ticket.state = if ticket.open { draw.pick(&[0, 1, 2, 4]) } else { 3 };
    ticket.previous_state = (ticket.state != 0).then_some(0);
    ticket.attributes.push(("Severity".into(), json!(draw.pick(&["low", "medium", "high"]))));
    ticket.attributes.push(("Evidence".into(), json!([])));
    conversation.ticket = Some(tickets.len() as Index);
    tickets.push(ticket);
}

/// Work for another team, linked to the conversation.
fn task(draw: &mut Draw, now: i64, conversation: &mut Conversation, tickets: &mut Vec<Ticket>) {
    let id = 300_000_000_000_000 + tickets.len() as u64 * ID_STEP;
    let mut ticket = base(id, tickets.len(), 1, conversation);
    ticket.linked = vec![conversation.id];
    ticket.created_at = conversation.created_at + 120;
    let done_at = (conversation.updated_at.max(ticket.created_at) + draw.around(7_200)).min(now - 1);
    ticket.updated_at = ticket.created_at;
    ticket.attributes.push(("Amount".into(), json!(format!("{}.00", draw.between(5, 300)))));
    if draw.chance(600) && done_at > ticket.created_at {
        ticket.state = 3;
        ticket.previous_state = Some(1);
        ticket.open = false;
        ticket.updated_at = done_at;
    }
    ticket.parts = parts(&ticket);
    conversation.linked.push(tickets.len() as Index);
    tickets.push(ticket);
}

fn parts(ticket: &Ticket) -> Vec<TicketPart> {
    let author = ticket.admin.map_or(Author::Bot, Author::Admin);
    let part = |n: u64, kind, at| TicketPart {
        id: FIRST_TICKET_PART + ticket.number * 10 + n,
        kind,
        body: None,
        created_at: at,
        author,
        assigned_to: None,
        states: None,
    };
    let mut parts = vec![TicketPart {
        body: Some("<p>Please approve.</p>".into()),
        ..part(0, PartKind::Note, ticket.created_at)
    }];
    if let Some(team) = ticket.team {
        parts.push(TicketPart {
            assigned_to: Some(Assignee::Team(team)),
            ..part(1, PartKind::Assignment, ticket.created_at)
        });
    }
    if let Some(previous) = ticket.previous_state {
        let states = Some((previous, ticket.state));
        parts.push(TicketPart { states, ..part(2, PartKind::TicketStateByAdmin, ticket.updated_at) });
    }
    parts
}

/// One tracker gathers what customers wrote about outages.
fn tracker(params: &WorkspaceParams, conversations: &mut [Conversation], tickets: &mut Vec<Ticket>) {
    let outage = tables::TICKET_TYPES.iter().position(|kind| kind.category == Category::Tracker).unwrap_or(2);
    let topic = super::TOPICS.iter().position(|topic| topic.key == "outage").unwrap_or(0) as u8;
    let position = tickets.len() as Index;
    let mut linked = Vec::new();
    let mut latest = 0;
    for conversation in conversations.iter_mut().filter(|c| c.meant == topic).take(40) {
        conversation.linked.push(position);
        linked.push(conversation.id);
        latest = latest.max(conversation.created_at);
    }
    let Some(first) = conversations.iter().find(|c| linked.contains(&c.id)) else { return };
    let mut ticket =
        base(300_000_000_000_000 + tickets.len() as u64 * ID_STEP, tickets.len(), outage as Index, first);
    ticket.contacts = Vec::new();
    ticket.admin = None;
    ticket.attributes.push(("Affected customers".into(), json!(linked.len())));
    ticket.linked = linked;
    ticket.open = true;
    ticket.state = 1;
    ticket.snoozed_until = None;
    ticket.updated_at = latest.min(params.now - 1);
    tickets.push(ticket);
}
