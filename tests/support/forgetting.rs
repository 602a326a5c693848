//! Forgets people in a world, puts what arrives later into the spool, and looks for what is left.

use std::path::Path;
use std::sync::Arc;

use fastintercom::demo::{ApiVersion, Workspace};
use fastintercom::lake::{Disk, Files, Layout, Spool, SpoolKind, SpoolRecord, Writer, verify};
use fastintercom::model::{Contact, Conversation, DeletedConversation, Message, SyncRun, Ticket, Timestamp};
use fastintercom::sync::SyncState;
use fastintercom::sync::forget::{self, Trace};
use serde_json::{Value, json};

use super::rows::part_json;
use super::somebody::{Somebody, is_shared};
use super::truth;
use super::world::World;

/// Writes the lake of a home, on these files.
pub(crate) fn writer(home: &Path, files: Arc<dyn Files>) -> Writer {
    Writer::open(files, Layout::new(home), None).unwrap()
}

/// Writes the lake of a world.
pub(crate) fn on_disk(world: &World) -> Writer {
    writer(world.home(), Arc::new(Disk::default()))
}

/// Forgets somebody as the command does, and tells what was held of them.
pub(crate) fn forget_with(writer: &Writer, asked: &str) -> Result<Trace, fastintercom::sync::Error> {
    forget::take_up(writer)?;
    let state = writer.state()?;
    let (person, unknown) = forget::find(writer.reader(), &state, &[asked.to_owned()])?;
    assert_eq!(unknown, Vec::<String>::new());
    let mut memory = SyncState::from_value(&state.sync).unwrap().forgotten;
    memory.add(&person);
    let trace = forget::trace(writer.reader(), &state, &memory)?;
    forget::erase(writer, &trace, memory)?;
    Ok(trace)
}

/// The same with the lake of a world.
pub(crate) fn forget(world: &World, asked: &str) -> Trace {
    forget_with(&on_disk(world), asked).unwrap()
}

/// Puts objects into the spool, as a run that was killed left them.
pub(crate) fn spool(world: &World, objects: &[(SpoolKind, &Value)]) {
    let writer = on_disk(world);
    let first = writer.state().unwrap().first_spool_segment;
    let mut spool = Spool::open(writer.files().clone(), writer.layout(), first).unwrap();
    for (kind, json) in objects {
        let time = |name: &str| Timestamp::from_seconds(json[name].as_i64().unwrap_or(world.clock.now()));
        let record = SpoolRecord {
            kind: *kind,
            id: json["id"].as_str().unwrap().to_owned(),
            created_at: time("created_at"),
            updated_at: time("updated_at"),
            synced_at: Timestamp::from_seconds(world.clock.now()),
            json: json.to_string().into_bytes(),
        };
        spool.push(&record).unwrap();
    }
    spool.sync().unwrap();
}

/// A conversation as Intercom answers.
pub(crate) fn answer(workspace: &Workspace, id: &str, now: i64) -> Value {
    workspace.conversation_json(id.parse().unwrap(), ApiVersion::default(), now).unwrap()
}

/// All rows as one text.
pub(crate) fn rows(world: &World) -> String {
    let held = world.held();
    let (contacts, conversations) = (held.rows::<Contact>(), held.rows::<Conversation>());
    let (messages, tickets) = (held.rows::<Message>(), held.rows::<Ticket>());
    let (runs, deleted) = (held.rows::<SyncRun>(), held.rows::<DeletedConversation>());
    format!("{contacts:?} {conversations:?} {messages:?} {tickets:?} {runs:?} {deleted:?}")
}

/// Fails if one of these texts is in a row or in what is remembered.
pub(crate) fn assert_gone(world: &World, texts: &[String]) {
    let rows = rows(world);
    let state = std::fs::read_to_string(world.home().join("state/state.json")).unwrap();
    for text in texts {
        assert!(!rows.contains(text) && !state.contains(text), "{text} is there");
    }
}

/// Fails unless everything of others is held.
pub(crate) fn assert_rest_is_held(world: &World, forgotten: &[String]) {
    let mut differences = truth::conversations(&world.held(), &world.server.snapshot(), world.clock.now());
    differences.retain(|line| !forgotten.iter().any(|id| line.contains(id)));
    assert_eq!(differences, Vec::<String>::new());
    let found = verify(&Disk::default(), &Layout::new(world.home()), &world.held().state, |_| {}).unwrap();
    assert_eq!(found, []);
}

/// A company synced, and somebody in it to forget.
pub(crate) async fn with_somebody() -> (World, Somebody) {
    let world = World::new(400);
    world.sync_to_equality().await;
    let somebody = Somebody::of(&world.server, is_shared);
    world.pass(60).await;
    world.sync_to_equality().await;
    (world, somebody)
}

/// A conversation of somebody else, by a teammate, in which nothing tells of anybody in particular.
pub(crate) fn of_nobody(world: &World, id: &str, somebody: &Somebody) -> Value {
    let mut json =
        answer(&world.server.snapshot(), somebody.conversations.first().unwrap(), world.clock.now());
    json["id"] = json!(id);
    json["contacts"]["contacts"] = json!([{"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f81"}]);
    json["conversation_parts"] =
        json!({"type": "conversation_part.list", "conversation_parts": [], "total_count": 0});
    json["conversation_rating"] = Value::Null;
    json["source"]["author"] = json!({"type": "admin", "id": "7300101", "name": "Ada"});
    json
}

/// The parts of a conversation: one message.
pub(crate) fn part(author: &Value, metadata: &Value) -> Value {
    let mut part = part_json(5, "comment", author, Some("<p>so be it</p>"), 1_795_000_000);
    part["email_message_metadata"] = metadata.clone();
    json!({"type": "conversation_part.list", "conversation_parts": [part], "total_count": 1})
}
