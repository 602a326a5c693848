//! A lake of any number of conversations, through the code that a sync uses: made-up workspaces, their JSON as the API
//! sends it, `Thread::parse`, the lake's writer. Up to 100,000 began within fifteen months, more of them within three
//! years. `fi verify` finds nothing wrong with it.
//!
//! One workspace after another, three months each, so that memory does not grow with the lake; their ids are moved
//! apart. A workspace goes on a while after its months, so that its conversations come to an end. Kept for the next
//! run in the target directory, under the parameters it was made from.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use chrono::{DateTime, Months, Utc};
use fastintercom::demo::{ApiVersion, Workspace, WorkspaceParams};
use fastintercom::lake::{Commit, DataFile, Disk, Layout, Partition, Partitioning, Writer};
use fastintercom::model::{
    Admin, Company, Contact, Conversation, ConversationId, Message, MessageId, Row, SyncRun, TABLES, Tag,
    Team, Thread, Timestamp,
};
use fastintercom::sync::{Span, SyncState};
use serde_json::Value;

/// The present of the lake: 2026-11-21 12:00 UTC.
pub(crate) const NOW: i64 = 1_795_262_400;
/// The day quarters are counted from: 2023-12-01.
const FIRST: i64 = 1_701_388_800;
const QUARTERS: u32 = 12;
const DAY: i64 = 86_400;
/// How long a workspace goes on after the last conversation taken from it, in seconds.
const AFTER: i64 = 10 * DAY;
/// Between the ids of one workspace and those of the next.
const APART: u64 = 1_000_000_000_000;
/// The version of the API whose JSON is read.
const API: ApiVersion = ApiVersion::V2_16;
/// Threads made and not yet written at most.
const AHEAD: usize = 256;

/// What stands behind a flag on the command line.
pub(crate) fn after(flag: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|text| text != flag);
    arguments.nth(1)
}

/// How many conversations are asked: as many as `--conversations` says.
pub(crate) fn conversations() -> u64 {
    after("--conversations").map_or(40_000, |text| text.replace('_', "").parse().unwrap())
}

/// The home of a lake with so many, made if it is not there.
pub(crate) fn asked_for() -> PathBuf {
    home(conversations())
}

/// A home with such a lake; made now unless it is there.
fn home(conversations: u64) -> PathBuf {
    // The columns are part of the name: another schema needs another lake.
    let columns: Vec<String> = TABLES.iter().map(|table| format!("{table:?}")).collect();
    let schema = crc32fast::hash(columns.join(";").as_bytes());
    let name = format!("query-{conversations}-{}-{schema:08x}", first_quarter(conversations));
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if home.exists() {
        return home;
    }
    let unfinished = home.with_extension("unfinished");
    let _ = std::fs::remove_dir_all(&unfinished);
    std::fs::create_dir_all(&unfinished).unwrap();
    make(&unfinished, conversations);
    std::fs::rename(&unfinished, &home).unwrap();
    home
}

/// The first quarter with conversations: who has few of them has not had them for long.
fn first_quarter(conversations: u64) -> u32 {
    if conversations <= 100_000 { 7 } else { 0 }
}

fn make(home: &Path, conversations: u64) {
    let writer = Writer::open(Arc::new(Disk::default()), Layout::new(home), None).unwrap();
    writer.create_tables(Partitioning::Month).unwrap();
    let first = month(3 * first_quarter(conversations));
    for quarter in first_quarter(conversations)..QUARTERS {
        let from = month(3 * quarter);
        let to = month(3 * quarter + 3).min(NOW);
        let now = (to + AFTER).min(NOW);
        let days = (now - from + DAY - 1) / DAY;
        // As many as belong into these months, of somewhat more: a workspace grows over its time.
        let until = |end: i64| (conversations as i64 * (end - first) / (NOW - first)) as usize;
        let count = until(to) - until(from);
        let workspace = Workspace::generate(&WorkspaceParams {
            conversations: count * (days * DAY) as usize / (to - from) as usize * 6 / 5 + 10,
            days: days as u32,
            seed: u64::from(quarter) + 1,
            now,
            ..WorkspaceParams::default()
        });
        put(&writer, &workspace, &chosen(&workspace, from..to, count), u64::from(quarter) * APART);
        eprintln!("  conversations until {}", DateTime::from_timestamp(to, 0).unwrap().date_naive());
    }
    end(&writer);
}

/// The first second of a month, counted from the first.
fn month(number: u32) -> i64 {
    (DateTime::<Utc>::from_timestamp(FIRST, 0).unwrap() + Months::new(number)).timestamp()
}

/// So many of the conversations that began in some seconds, evenly spread: when each began, and its id.
fn chosen(workspace: &Workspace, began: Range<i64>, count: usize) -> Vec<(Timestamp, u64)> {
    let conversations = workspace.conversations().filter(|one| began.contains(&one.created_at));
    let mut all: Vec<(i64, u64)> = conversations.map(|one| (one.created_at, one.id)).collect();
    all.sort_unstable();
    assert!(all.len() >= count, "the workspace is too small: {} of {count}", all.len());
    let is_chosen = |place: usize| place * count / all.len() < (place + 1) * count / all.len();
    let chosen = all.iter().enumerate().filter(|(place, _)| is_chosen(*place));
    chosen.map(|(_, (at, id))| (Timestamp::from_seconds(*at), *id)).collect()
}

/// Writes conversations of a workspace, and whom they are about.
fn put(writer: &Writer, workspace: &Workspace, chosen: &[(Timestamp, u64)], apart: u64) {
    let mut wanted = chosen.to_vec();
    // The order of the files: ids are texts.
    wanted.sort_by_cached_key(|(at, id)| (*at, (id + apart).to_string()));
    let partition = |at: Timestamp| Partitioning::Month.partition(at);
    let mut commit = writer.begin().unwrap();
    let mut people = People::default();
    for of_month in wanted.chunk_by(|one, next| partition(one.0) == partition(next.0)) {
        let (sender, threads) = sync_channel(AHEAD);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for (_, id) in of_month {
                    sender.send(json(workspace.conversation_json(*id, API, NOW))).unwrap();
                }
            });
            let threads = threads.into_iter().map(|json| moved(&json, apart));
            write(&mut commit, partition(of_month[0].0), threads, &mut people);
        });
    }
    directory(&mut commit, workspace, &people);
    commit.finish(|_| {}).unwrap();
}

fn json(object: Option<Value>) -> Vec<u8> {
    serde_json::to_vec(&object.unwrap()).unwrap()
}

/// A thread read as a sync reads it, under ids of its own.
fn moved(json: &[u8], apart: u64) -> Thread {
    let mut thread = Thread::parse(json, Timestamp::from_seconds(NOW)).unwrap();
    let moved = |id: &str| (id.parse::<u64>().unwrap() + apart).to_string();
    let id = ConversationId::parse(&moved(thread.conversation.conversation_id.as_str())).unwrap();
    for message in &mut thread.messages {
        message.message_id = MessageId::parse(&moved(message.message_id.as_str())).unwrap();
        message.conversation_id = id.clone();
    }
    thread.conversation.conversation_id = id;
    thread
}

/// Whom conversations are about.
#[derive(Default)]
struct People {
    contacts: HashSet<String>,
    companies: HashSet<String>,
}

fn write(
    commit: &mut Commit<'_>,
    partition: Partition,
    threads: impl Iterator<Item = Thread>,
    people: &mut People,
) {
    let file = DataFile::part(Conversation::TABLE, partition.clone());
    let mut conversations = commit.edit::<Conversation>(file, Arc::default()).unwrap();
    let file = DataFile::part(Message::TABLE, partition);
    let mut messages = commit.edit::<Message>(file, Arc::default()).unwrap();
    for thread in threads {
        conversations.push(&thread.conversation).unwrap();
        thread.messages.iter().for_each(|message| messages.push(message).unwrap());
        people.contacts.extend(thread.conversation.contact_ids.iter().map(ToString::to_string));
        people.companies.extend(thread.conversation.company_id.map(|id| id.to_string()));
    }
    commit.add(conversations).unwrap();
    commit.add(messages).unwrap();
}

/// Writes who and what the conversations name; teammates, teams and tags are the same in all workspaces.
fn directory(commit: &mut Commit<'_>, workspace: &Workspace, people: &People) {
    let at = Timestamp::from_seconds(NOW);
    let rows = workspace.admins_json(API).into_iter();
    let mut admins: Vec<Admin> = rows.map(|row| Admin::parse(&json(Some(row)), at).unwrap()).collect();
    commit.upsert(&mut admins, |row| row.admin_id.to_string()).unwrap();
    let rows = workspace.teams_json().into_iter();
    let mut teams: Vec<Team> = rows.map(|row| Team::parse(&json(Some(row)), at).unwrap()).collect();
    commit.upsert(&mut teams, |row| row.team_id.to_string()).unwrap();
    let rows = workspace.tags_json().into_iter();
    let mut tags: Vec<Tag> = rows.map(|row| Tag::parse(&json(Some(row)), at).unwrap()).collect();
    commit.upsert(&mut tags, |row| row.tag_id.to_string()).unwrap();
    let named = workspace.contacts().filter(|contact| people.contacts.contains(&contact.id.to_string()));
    let rows = named.map(|contact| json(workspace.contact_json(contact.id, API)));
    let mut contacts: Vec<Contact> = rows.map(|row| Contact::parse(&row, at).unwrap()).collect();
    commit.upsert(&mut contacts, |row| row.contact_id.to_string()).unwrap();
    let named =
        workspace.companies().iter().filter(|company| people.companies.contains(&company.id.to_string()));
    let rows = named.map(|company| json(workspace.company_json(company.id)));
    let mut companies: Vec<Company> = rows.map(|row| Company::parse(&row, at).unwrap()).collect();
    commit.upsert(&mut companies, |row| row.company_id.to_string()).unwrap();
}

/// Leaves the lake as a sync that completed does.
fn end(writer: &Writer) {
    let at = Timestamp::from_seconds(NOW);
    let mut commit = writer.begin().unwrap();
    let mut runs = [SyncRun {
        run_id: 1,
        kind: "full".to_owned(),
        outcome: "completed".to_owned(),
        started_at: at,
        finished_at: at,
        listed_count: 0,
        changed_count: 0,
        thread_count: 0,
        message_count: 0,
        contact_count: 0,
        deleted_count: 0,
        missing_count: 0,
        missing: None,
        request_count: 0,
        retry_count: 0,
        rate_limited_count: 0,
        written_bytes: 0,
        error: None,
    }];
    commit.upsert(&mut runs, |row| row.run_id.to_string()).unwrap();
    let mut sync = SyncState { updated_through: Some(NOW), ..SyncState::default() };
    sync.coverage.add(Span { from_seconds: i64::MIN, to_seconds: NOW, as_of_seconds: NOW });
    commit.finish(|state| state.sync = sync.to_value()).unwrap();
}
