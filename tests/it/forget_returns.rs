//! Somebody forgotten who comes back in another way: with another address, under another id, by joining what others
//! began, or as a deletion that Intercom tells of.

use std::sync::Arc;

use fastintercom::demo::ApiVersion;
use fastintercom::demo::workspace::{Contact, HexId};
use fastintercom::index::Standing;
use fastintercom::lake::SpoolKind;
use fastintercom::model::Admin;
use fastintercom::sync::forget::take_up;
use fastintercom::sync::{Erased, Outcome, Stop};
use serde_json::json;

use crate::support::forgetting::*;
use crate::support::indexed::{followed_writer, found, found_standing, index, segments};
use crate::support::somebody::{Somebody, conversations_of};
use crate::support::world::{EVERYTHING, World};

const NEW_ID: &str = "68e1a7c2d9f04b3a5c6e7f99";

/// Another customer with two conversations.
fn another(world: &World, somebody: &Somebody) -> HexId {
    world.server.read(|workspace| {
        let mut others = workspace.contacts().filter(|contact| contact.id != somebody.hex_id);
        let has_two = |id: HexId| conversations_of(workspace, &id.to_string()).count() == 2;
        others.find(|contact| has_two(contact.id)).unwrap().id
    })
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_somebody_forgotten_joins_is_removed_from_lake_and_index() {
    let (world, somebody) = with_somebody().await;
    forget(&world, &somebody.email);
    let joined = world.server.merge_contacts(another(&world, &somebody), somebody.hex_id).unwrap();
    assert!(!joined.is_empty());
    // Held before it can be known who they are now.
    let index = index(world.home());
    let ids: Vec<String> = joined.iter().map(ToString::to_string).collect();
    let held = world.held().rows::<fastintercom::model::Message>();
    let messages = held.iter().filter(|row| ids.contains(&row.conversation_id.to_string())).count() as u64;
    assert!(!found(&index, "the").is_empty());
    let (before, _) = segments(world.home());
    world.pass(600).await;
    for id in &joined {
        world.server.reply(*id, "<p>walrus parliament</p>").unwrap();
    }
    world.pass(60).await;
    let writer = Arc::new(followed_writer(world.home(), &index));
    let (report, error) = world.syncer_with(writer, Stop::default()).run(&EVERYTHING).await.unwrap();
    assert!(
        error.is_none() && report.outcome == Outcome::Completed && report.missing.is_empty(),
        "{report:?}"
    );
    assert!(report.forgotten_count >= joined.len() as u64, "{report:?}");
    assert_eq!((report.erased.conversations, report.erased.messages), (joined.len() as u64, messages));
    assert_gone(&world, &[somebody.texts, ids.clone()].concat());
    assert_rest_is_held(&world, &[Vec::from_iter(somebody.conversations), ids].concat());
    // No file of the index is one of before, and none keeps what is deleted.
    let (after, deleted) = segments(world.home());
    assert!(before.is_disjoint(&after) && !after.is_empty(), "{before:?} {after:?}");
    assert_eq!(deleted, 0);
    assert_eq!(found_standing(&index, "walrus"), (Vec::new(), Standing::Current));
}

#[tokio::test(start_paused = true)]
async fn a_new_address_is_known_from_the_contact_that_comes_with_it() {
    let (world, somebody) = with_somebody().await;
    let teammate = world.held().rows::<Admin>().into_iter().find_map(|admin| admin.email).unwrap();
    forget(&world, &somebody.email);
    let contact = |email: &str| {
        let workspace = world.server.snapshot();
        let mut contact = workspace.contact_json(somebody.hex_id, ApiVersion::default()).unwrap();
        contact["email"] = json!(email);
        contact
    };
    let (moved, borrowed) = (contact("moved.away@elsewhere.example"), contact(&teammate));
    spool(&world, &[(SpoolKind::Contact, &moved)]);
    take_up(&on_disk(&world)).unwrap();
    spool(&world, &[(SpoolKind::Contact, &borrowed)]);
    take_up(&on_disk(&world)).unwrap();
    let memory = world.state().forgotten;
    assert!(memory.has_email("Moved.Away@elsewhere.example") && !memory.has_email(&teammate));
    let mut begun = of_nobody(&world, "215480000066661", &somebody);
    begun["source"]["author"] =
        json!({"type": "user", "id": NEW_ID, "email": "moved.away@elsewhere.example"});
    let other = of_nobody(&world, "215480000066662", &somebody);
    spool(&world, &[(SpoolKind::Thread, &begun), (SpoolKind::Thread, &other)]);
    take_up(&on_disk(&world)).unwrap();
    assert_gone(&world, &["215480000066661", NEW_ID, "moved.away"].map(String::from));
    assert!(rows(&world).contains("215480000066662"), "somebody else's");
    assert!(world.state().forgotten.has_contact(NEW_ID));
}

#[tokio::test(start_paused = true)]
async fn whoever_has_their_id_in_the_customers_own_system_is_them() {
    let (world, somebody) = with_somebody().await;
    forget(&world, &somebody.email);
    let [mut first, mut second] =
        ["215480000066661", "215480000066662"].map(|id| of_nobody(&world, id, &somebody));
    for (thread, external_id) in [(&mut first, None), (&mut second, Some(&somebody.external_id))] {
        thread["contacts"]["contacts"] =
            json!([{"type": "contact", "id": NEW_ID, "external_id": external_id}]);
    }
    spool(&world, &[(SpoolKind::Thread, &first), (SpoolKind::Thread, &second)]);
    take_up(&on_disk(&world)).unwrap();
    assert_gone(&world, &["215480000066661", "215480000066662", NEW_ID].map(String::from));
}

#[tokio::test(start_paused = true)]
async fn an_apostrophe_is_found_however_it_is_written() {
    let world = World::new(60);
    let known = world.server.read(|workspace| workspace.contacts().next().unwrap().as_ref().clone());
    let id = world.server.create_contact(Contact {
        id: HexId::new(world.clock.now(), 7),
        external_id: None,
        name: Some("Sean O'Neill".into()),
        email: Some("Sean.O'Neill@h.example".into()),
        ..known
    });
    let begun = world.server.create_conversation(id, "<p>It's me</p>").unwrap().conversation.to_string();
    world.pass(60).await;
    world.sync_to_equality().await;
    assert!(rows(&world).contains("Sean O'Neill"));
    let trace = forget(&world, "sean.o\u{2019}neill@h.example");
    assert_eq!((trace.people.len(), trace.conversations), (1, 1));
    assert_gone(&world, &["Neill@h.example", "Sean O", &id.to_string(), &begun].map(String::from));
    assert_rest_is_held(&world, &[begun]);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_of_what_is_forgotten_is_not_recorded() {
    let (world, somebody) = with_somebody().await;
    let other = conversations_of(&world.server.snapshot(), &another(&world, &somebody).to_string()).next();
    let (other, _) = other.unwrap();
    forget(&world, &somebody.email);
    world.pass(60).await;
    for id in somebody.conversations.iter().chain([&other]) {
        world.server.delete(id.parse().unwrap()).unwrap();
    }
    world.pass(60).await;
    let report = world.sync().await;
    assert_eq!((report.outcome, report.deleted_count), (Outcome::Completed, 1), "{report:?}");
    assert_eq!((&report.missing[..], report.erased), (&[][..], Erased::default()));
    assert_gone(&world, &somebody.texts);
    assert!(rows(&world).contains(&other), "the other one is recorded");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_out_while_nobody_is_forgotten() {
    let world = World::new(60);
    let report = world.sync_to_equality().await;
    assert_eq!((report.forgotten_count, report.erased), (0, Erased::default()));
    assert!(world.state().forgotten.is_empty());
}
