//! Puts a workspace together: people first, then when conversations begin and what about, then each of them.

use super::calendar::{Calendar, DAY};
use super::draw::Draw;
use super::entity::*;
use super::tables::APP_ID;
use super::thread::{FIRST_PART, HOSTILE, Seed, Special, World, write};
use super::topics::{Moment, TOPICS, incident_day};
use super::{Shape, Workspace, WorkspaceParams, people, tickets};
use chrono::{DateTime, Datelike};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Streams of chance.
const ARRIVALS: u64 = 3 << 40;
const CASTING: u64 = 4 << 40;
const MERGES: u64 = 5 << 40;

/// Ids of new workspaces have 15 digits; what was created in older times has ten.
const FIRST_ID: u64 = 215_480_000_000_000;
const FIRST_OLD_ID: u64 = 9_100_000_000;
/// Between one conversation id and the next.
pub(crate) const ID_STEP: u64 = 13;

pub(crate) fn generate(params: &WorkspaceParams) -> Workspace {
    let start = params.now - i64::from(params.days.max(1)) * DAY;
    let calendar = Calendar::new(params.timezone, start, params.now);
    let (admins, teams) = (people::admins(), people::teams());
    let mut companies = people::companies(params, start, params.conversations / 18 + 3);
    let contacts = people::contacts(params, start, &mut companies, params.conversations * 45 / 100 + 30);
    let world = World {
        params,
        calendar: &calendar,
        admins: &admins,
        teams: &teams,
        contacts: &contacts,
        companies: &companies,
        start,
    };
    let (conversations, deleted) = conversations(&world);
    let total = conversations.len() + deleted.len();
    let mut workspace = Workspace {
        app: App { id_code: APP_ID, name: "Larkspur", created_at: start - 900 * DAY },
        tags: people::tags(),
        segments: people::segments(start - 800 * DAY),
        contact_positions: positions(&contacts),
        companies: companies.into_iter().map(Arc::new).collect(),
        contacts: Vec::new(),
        merged: BTreeMap::new(),
        conversations: BTreeMap::new(),
        deleted,
        tickets: Vec::new(),
        next_part: FIRST_PART + (total as u64 + 10) * 1_000,
        next_conversation: FIRST_ID + (total as u64 + 10) * ID_STEP,
        params: params.clone(),
        admins,
        teams,
    };
    fill(&mut workspace, contacts, conversations);
    workspace
}

/// Contacts learn from their conversations when they last wrote; then what refers to both is added.
fn fill(workspace: &mut Workspace, mut contacts: Vec<Contact>, mut conversations: Vec<Conversation>) {
    for conversation in &conversations {
        let contact = &mut contacts[conversation.contact() as usize];
        let statistics = &conversation.statistics;
        contact.last_replied_at = contact.last_replied_at.max(statistics.last_contact_reply_at);
        contact.last_contacted_at = contact.last_contacted_at.max(statistics.last_admin_reply_at);
        contact.updated_at = contact.updated_at.max(statistics.last_contact_reply_at.unwrap_or(0));
    }
    if workspace.params.shape == Shape::Company {
        merge_some(workspace, &mut contacts);
        workspace.tickets =
            tickets::generate(&workspace.params, &mut conversations).into_iter().map(Arc::new).collect();
    }
    workspace.contacts = contacts.into_iter().map(Arc::new).collect();
    workspace.conversations = conversations.into_iter().map(|c| (c.id, Arc::new(c))).collect();
}

fn positions(contacts: &[Contact]) -> HashMap<HexId, Index> {
    contacts.iter().enumerate().map(|(n, contact)| (contact.id, n as Index)).collect()
}

/// Which ordinals are special, and in which way.
fn special(ordinal: usize, count: usize) -> Special {
    if count >= 500 && ordinal % 4_000 == 150 {
        return Special::Long(510 + (ordinal / 40 % 111) as u32);
    }
    let step = (count / (HOSTILE.len() * 3)).max(1);
    let nth = ordinal / step;
    let is_first_of_step = ordinal.is_multiple_of(step);
    if count >= 50 && is_first_of_step && nth < HOSTILE.len() * 2 {
        Special::Hostile(nth)
    } else {
        Special::None
    }
}

fn conversations(world: &World<'_>) -> (Vec<Conversation>, Vec<DeletedConversation>) {
    let params = world.params;
    let count = params.conversations;
    let gone = if params.shape == Shape::Company { count.div_ceil(50) } else { 0 };
    let total = count + gone;
    let mut draw = Draw::new(params.seed, ARRIVALS);
    // A plain thread is always complete, so it must begin a little before the present.
    let until = if params.shape == Shape::Plain { params.now - 600 } else { params.now };
    let times = world.calendar.arrivals(&mut draw, total, world.start, until);
    let every = total.checked_div(gone).unwrap_or(usize::MAX);
    let mut written = Vec::with_capacity(count);
    let mut deleted = Vec::with_capacity(gone);
    for (ordinal, at) in times.into_iter().enumerate() {
        let mut draw = Draw::new(params.seed, CASTING + ordinal as u64);
        let id = id_of(&mut draw, ordinal, total);
        if ordinal % every == every - 1 && deleted.len() < gone {
            deleted.push(tombstone(&mut draw, id, at, params.now));
            continue;
        }
        let (contact, topic) = cast(&mut draw, world, at);
        let special = special(written.len(), count);
        written.push(write(world, &Seed { ordinal: ordinal as u64, id, at, topic, contact, special }));
    }
    deleted.sort_by_key(|gone| (gone.deleted_at, gone.id));
    (written, deleted)
}

fn id_of(draw: &mut Draw, ordinal: usize, total: usize) -> u64 {
    let base = if ordinal < total * 3 / 100 { FIRST_OLD_ID } else { FIRST_ID };
    base + ordinal as u64 * ID_STEP + draw.below(ID_STEP - 1)
}

fn tombstone(draw: &mut Draw, id: u64, at: i64, now: i64) -> DeletedConversation {
    let deleted_at = (at + draw.around(3 * DAY)).min(now - 1).max(at);
    DeletedConversation { id, metrics_retained: draw.chance(700), deleted_at }
}

/// Who writes, and about what. A few customers write often; topics come and go.
fn cast(draw: &mut Draw, world: &World<'_>, at: i64) -> (Index, u8) {
    let people = world.contacts.len() as u64;
    let known = people * 7 / 10;
    let reach = draw.below(known) + 1;
    let contact = draw.below(reach) as Index;
    let local = world.calendar.local(at);
    let moment = Moment {
        progress: (1_000 * (at - world.start) / (world.params.now - world.start).max(1)) as u64,
        day_of_month: DateTime::from_timestamp(at, 0)
            .map_or(1, |date| date.with_timezone(&world.params.timezone).day()),
        incident: incident_day(world.params.seed, local.day),
    };
    let topic = draw.weighted(TOPICS.iter().map(|topic| topic.weight_at(moment)));
    (contact, topic as u8)
}

/// Some contacts were merged away, one of them twice over.
fn merge_some(workspace: &mut Workspace, contacts: &mut [Contact]) {
    let mut draw = Draw::new(workspace.params.seed, MERGES);
    let count = (contacts.len() / 150).max(3).min(contacts.len() / 2);
    for n in 0..count {
        let target = &mut contacts[n * 2];
        let source = HexId::new(target.created_at - DAY, draw.bits());
        let at = (target.created_at + DAY).min(workspace.params.now - 1);
        target.merges.push(Merge { source, role: Role::Lead, at });
        workspace.merged.insert(source, target.id);
        if n == 0 {
            let older = HexId::new(target.created_at - 2 * DAY, draw.bits());
            workspace.merged.insert(older, source);
        }
    }
}
