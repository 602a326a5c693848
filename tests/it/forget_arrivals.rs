//! What arrives after somebody was forgotten, and what lay in the spool before: it is dropped, and what others have is
//! left as it is.

use std::sync::Arc;

use fastintercom::demo::ApiVersion;
use fastintercom::demo::workspace::HexId;
use fastintercom::lake::{Disk, Layout, SpoolKind, State, Writer, verify};
use fastintercom::model::{Conversation, Json, SyncRun};
use fastintercom::sync::{ContactsMode, Failure, Outcome, SyncState};
use serde_json::{Value, json};

use crate::support::faulty_files::{Fault, FaultyFiles, Plan};
use crate::support::forgetting::*;
use crate::support::somebody::{Somebody, is_shared};
use crate::support::truth;
use crate::support::world::World;

#[tokio::test(start_paused = true)]
async fn a_thread_that_lay_in_the_spool_is_removed_with_the_rest() {
    let (world, somebody) = with_somebody().await;
    let id = somebody.conversations.first().unwrap();
    world.pass(600).await;
    world.server.reply(id.parse().unwrap(), "<p>from the spool</p>").unwrap();
    let thread = answer(&world.server.snapshot(), id, world.clock.now());
    spool(&world, &[(SpoolKind::Thread, &thread)]);
    let trace = forget(&world, &somebody.email);
    assert_eq!(trace.conversations, somebody.conversations.len() as u64);
    assert_eq!(std::fs::read_dir(world.home().join("state/spool")).unwrap().count(), 0);
    world.sync().await;
    assert_gone(&world, &[somebody.texts.clone(), vec!["from the spool".to_owned()]].concat());
    assert_rest_is_held(&world, &Vec::from_iter(somebody.conversations));
}

#[tokio::test(start_paused = true)]
async fn what_an_older_run_left_in_the_spool_is_dropped_on_its_way_and_counted() {
    let (world, somebody) = with_somebody().await;
    let workspace = world.server.snapshot();
    let id = somebody.conversations.first().unwrap();
    let thread = answer(&workspace, id, world.clock.now());
    let contact = workspace.contact_json(somebody.hex_id, ApiVersion::default()).unwrap();
    // One that nobody knew of when they were forgotten, as a list shows it and as a ticket.
    let mut header = thread.clone();
    header["id"] = json!("215480000099999");
    header.as_object_mut().unwrap().remove("conversation_parts");
    let ticket = json!({"type": "ticket", "id": "215480000088888", "created_at": thread["created_at"],
        "updated_at": thread["updated_at"], "contacts": thread["contacts"]});
    forget(&world, &somebody.id);
    let late = [
        (SpoolKind::Header, &header),
        (SpoolKind::Thread, &thread),
        (SpoolKind::Contact, &contact),
        (SpoolKind::Ticket, &ticket),
    ];
    spool(&world, &late);
    let report = world.sync().await;
    // These four, and the conversation that is listed again because it is so new.
    assert_eq!((report.outcome, report.forgotten_count), (Outcome::Completed, 5), "{report:?}");
    assert_eq!(report.missing, []);
    let new = ["215480000099999".to_owned(), "215480000088888".to_owned()];
    assert_gone(&world, &[&somebody.texts[..], &new].concat());
    let memory = world.state().forgotten;
    assert!(new.iter().chain(&somebody.conversations).all(|id| memory.has_conversation(id)));
    assert_rest_is_held(&world, &Vec::from_iter(somebody.conversations));
}

#[tokio::test(start_paused = true)]
async fn a_new_contact_with_the_same_address_is_the_same_person() {
    let (world, somebody) = with_somebody().await;
    forget(&world, &somebody.email);
    // Another id, and a conversation that a teammate began: only the contact tells the address.
    let new = HexId::new(world.clock.now(), 7);
    let known = world.server.read(|workspace| workspace.contact(somebody.hex_id).unwrap().as_ref().clone());
    let email = known.email.as_ref().map(|email| email.to_uppercase().into());
    world.server.create_contact(fastintercom::demo::workspace::Contact {
        id: new,
        external_id: None,
        email,
        ..known
    });
    let workspace = world.server.snapshot();
    let mut outbound = answer(&workspace, somebody.conversations.first().unwrap(), world.clock.now());
    outbound["id"] = json!("215480000077777");
    outbound["contacts"]["contacts"] =
        json!([{"type": "contact", "id": new.to_string(), "external_id": null}]);
    outbound["conversation_parts"] =
        json!({"type": "conversation_part.list", "conversation_parts": [], "total_count": 0});
    outbound["conversation_rating"] = Value::Null;
    outbound["source"]["author"] =
        json!({"type": "admin", "id": "7300101", "name": "Ada", "email": "ada@fi.example"});
    spool(&world, &[(SpoolKind::Thread, &outbound)]);
    fastintercom::sync::forget::take_up(&on_disk(&world)).unwrap();
    assert!(rows(&world).contains("215480000077777"), "nobody can know yet");
    let begun = world.server.create_conversation(new, "<p>Me again</p>").unwrap().conversation.to_string();
    world.pass(60).await;
    let report = world.sync().await;
    assert_eq!(report.outcome, Outcome::Completed);
    let ids = [new.to_string(), begun, "215480000077777".to_owned()];
    assert_gone(&world, &[&somebody.texts[..], &ids].concat());
    assert_eq!(world.state().forgotten.contact_count(), 2);
    assert_rest_is_held(&world, &[Vec::from_iter(somebody.conversations), ids.to_vec()].concat());
}

#[tokio::test(start_paused = true)]
async fn who_wrote_one_message_or_had_a_copy_of_one_took_part() {
    let (world, somebody) = with_somebody().await;
    let [mut wrote, mut copied, other] =
        ["215480000066661", "215480000066662", "215480000066663"].map(|id| of_nobody(&world, id, &somebody));
    wrote["conversation_parts"] = part(
        &json!({"type": "user", "id": "68e1a7c2d9f04b3a5c6e7f99", "email": somebody.email}),
        &Value::Null,
    );
    let address = format!("{} <{}>", somebody.name, somebody.email.to_uppercase());
    let headers = json!({"email_address_headers": [{"type": "cc", "email_address": address, "name": "x"}]});
    copied["conversation_parts"] = part(&json!({"type": "admin", "id": "7300101"}), &headers);
    let threads = [&wrote, &copied, &other].map(|json| (SpoolKind::Thread, json));
    spool(&world, &threads);
    let trace = forget(&world, &somebody.id);
    assert_eq!(trace.conversations, somebody.conversations.len() as u64 + 2);
    assert_gone(&world, &["215480000066661".to_owned(), "215480000066662".to_owned()]);
    assert_gone(&world, &somebody.texts);
    assert!(rows(&world).contains("215480000066663"));
}

#[tokio::test(start_paused = true)]
async fn whoever_writes_from_their_address_is_them_under_any_id() {
    let mut world = World::new(400);
    world.options.contacts = ContactsMode::None;
    let somebody = Somebody::of(&world.server, is_shared);
    world.sync().await;
    forget(&world, &somebody.email);
    // The first one names an id of which only the second tells whose it is.
    let [mut outbound, mut begun] =
        ["215480000066661", "215480000066662"].map(|id| of_nobody(&world, id, &somebody));
    outbound["contacts"]["contacts"] = json!([{"type": "contact", "id": "68e1a7c2d9f04b3a5c6e7f99"}]);
    begun["source"]["author"] =
        json!({"type": "lead", "id": "68e1a7c2d9f04b3a5c6e7f99", "email": somebody.email.to_uppercase()});
    spool(&world, &[(SpoolKind::Thread, &outbound), (SpoolKind::Thread, &begun)]);
    let report = world.sync().await;
    assert!(report.forgotten_count >= 2, "{report:?}");
    assert_gone(
        &world,
        &["215480000066661", "215480000066662", "68e1a7c2d9f04b3a5c6e7f99"].map(String::from),
    );
    assert_gone(&world, &somebody.texts);
}

#[tokio::test(start_paused = true)]
async fn what_is_remembered_of_runs_and_failures_names_nobody() {
    let (world, somebody) = with_somebody().await;
    let id = somebody.conversations.first().unwrap().clone();
    let writer = on_disk(&world);
    let mut runs = world.held().rows::<SyncRun>();
    let missing = json!([
        {"missing": "conversation", "conversation_id": id, "reason": "no answer"},
        {"missing": "conversation", "conversation_id": "1", "reason": "no answer"},
        {"missing": "unreadable", "table": "contacts", "id": somebody.id, "reason": "odd"},
        {"missing": "table", "table": "contacts", "reason": format!("odd: <{}>", somebody.email)},
    ]);
    (runs[0].missing, runs[0].missing_count) = (Some(Json::from_value(&missing)), 4);
    runs[0].error = Some(format!("no answer for /contacts/{}: 500", somebody.id));
    let mut commit = writer.begin().unwrap();
    commit.upsert(&mut runs, |row| row.run_id.to_string()).unwrap();
    let failure = Failure { reason: "no answer".to_owned(), attempts: 1, first_failed_at: 0 };
    let mut state = world.state();
    state.failures.extend([(id.clone(), failure.clone()), ("1".to_owned(), failure)]);
    commit.finish(|lake| lake.sync = state.to_value()).unwrap();
    drop(writer);
    forget(&world, &somebody.external_id);
    assert_gone(&world, &somebody.texts);
    let run = world.held().rows::<SyncRun>().remove(0);
    let left = json!([{"missing": "conversation", "conversation_id": "1", "reason": "no answer"}]);
    assert_eq!((run.missing.map(|json| json.to_value()), run.missing_count), (Some(left), 4));
    assert_eq!(run.error.as_deref(), Some("removed by fi forget"));
    assert_eq!(world.state().failures.keys().collect::<Vec<_>>(), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn somebody_is_found_where_no_contacts_are_held() {
    let mut world = World::new(400);
    world.options.contacts = ContactsMode::None;
    let somebody = Somebody::of(&world.server, is_shared);
    world.sync().await;
    let trace = forget(&world, &somebody.email);
    assert_eq!((trace.people.len(), trace.conversations), (0, somebody.conversations.len() as u64));
    world.sync().await;
    assert_gone(&world, &somebody.texts);
    assert_rest_is_held(&world, &Vec::from_iter(somebody.conversations));
}

#[tokio::test(start_paused = true)]
async fn a_failing_call_forgets_wholly_or_not_at_all() {
    let world = World::new(60);
    let somebody = Somebody::of(&world.server, |_| true);
    world.sync_to_equality().await;
    let mut came_through = 0;
    for at in (0..).step_by(9) {
        let home = tempfile::tempdir().unwrap();
        copy(world.home(), home.path());
        let plan = Plan { at, fault: Fault::Eio, is_done: at % 2 == 0, is_lasting: false };
        let faulty = FaultyFiles::new(Arc::new(Disk::default()), plan);
        let result = Writer::open(Arc::new(faulty.clone()), Layout::new(home.path()), None)
            .map_err(Into::into)
            .and_then(|writer| forget_with(&writer, &somebody.email));
        if faulty.hit().is_none() {
            result.unwrap();
            break;
        }
        drop(writer(home.path(), Arc::new(Disk::default())));
        let state = State::load(&Disk::default(), &Layout::new(home.path())).unwrap().unwrap();
        let is_remembered = !SyncState::from_value(&state.sync).unwrap().forgotten.is_empty();
        let held = truth::Held::at(home.path()).rows::<Conversation>();
        let count =
            held.iter().filter(|row| somebody.conversations.contains(row.conversation_id.as_str())).count();
        let expected = if is_remembered { 0 } else { somebody.conversations.len() };
        assert_eq!(count, expected, "at {:?}: {:?}", faulty.hit(), result.map(|_| ()));
        assert_eq!(verify(&Disk::default(), &Layout::new(home.path()), &state, |_| {}).unwrap(), []);
        came_through += u32::from(is_remembered);
    }
    assert!(came_through > 0, "no call failed behind the commit point");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for file in crate::support::cli::files_below(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(file, copy).unwrap();
    }
}
