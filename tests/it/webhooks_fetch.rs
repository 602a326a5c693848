//! What webhooks tell of is fetched again, each object by its id, whatever the notification says and in whatever order.

use std::sync::Arc;
use std::time::Duration;

use fastintercom::demo::{Scope, ServerOptions};
use fastintercom::lake::{Holder, Layout, WriterLock};
use fastintercom::model::{Company, Contact, Conversation, DeletedConversation, SyncRun};
use fastintercom::sync::hints::{self, is_waiting};
use fastintercom::sync::service::SyncControl;
use fastintercom::sync::{Outcome, Report, SyncState};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::forgetting::{self, assert_gone, with_somebody};
use crate::support::hooks::{about, hint, hinted, notification};
use crate::support::serviced::{Desk, Net, run, service, settled};
use crate::support::world::World;

/// A company that was synced, and some time later.
async fn synced(conversations: usize) -> (World, Vec<u64>) {
    let world = World::new(conversations);
    world.sync_to_equality().await;
    world.pass(600).await;
    world.sync_to_equality().await;
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    world.server.reset_stats();
    (world, ids)
}

/// Follows the hints there are.
async fn follow(world: &World) -> Report {
    let (report, error) = world.syncer().hinted().await.unwrap();
    assert!(error.is_none(), "{error:?}");
    report
}

fn retrieved(world: &World) -> usize {
    world.server.stats().conversation_gets.values().map(|count| *count as usize).sum()
}

#[tokio::test(start_paused = true)]
async fn a_change_that_moves_no_time_is_fetched_because_a_webhook_told_of_it() {
    let (world, ids) = synced(40).await;
    let part = world.server.read(|workspace| workspace.conversation(ids[3]).unwrap().parts[0].id);
    world.server.tag_part(ids[3], part, 1).unwrap();
    world.server.set_attribute_silently(ids[4], "CX Score rating", json!(5)).unwrap();
    world.sync().await;
    assert!(!world.differences().is_empty(), "no time moved, so no sync sees it");
    hint(
        world.home(),
        &[about("conversation_part.tag.created", 1, ids[3]), about("conversation.rating.added", 2, ids[4])],
    );
    let runs = world.held().rows::<SyncRun>().len();
    let report = follow(&world).await;
    assert_eq!((report.outcome, report.thread_count), (Outcome::Completed, 2));
    world.assert_equal();
    assert_eq!(hinted(world.home()), Vec::<String>::new(), "done with");
    assert_eq!(world.held().rows::<SyncRun>().len(), runs, "no run a second in the list of runs");
}

#[tokio::test(start_paused = true)]
async fn replayed_and_reordered_notifications_cost_one_request_and_change_nothing() {
    let (world, ids) = synced(30).await;
    world.server.reply(ids[2], "<p>the latest</p>").unwrap();
    let told: Vec<Value> =
        (0..300).rev().map(|number| about("conversation.user.replied", number, ids[2])).collect();
    hint(world.home(), &told);
    follow(&world).await;
    world.assert_equal();
    assert_eq!(retrieved(&world), 1);
    // What they say is not believed, only what they are about.
    let lie = json!({"id": ids[2].to_string(), "state": "closed", "title": "forged", "updated_at": 1});
    hint(world.home(), &[notification("conversation.admin.closed", "notif_lie", &lie)]);
    follow(&world).await;
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn a_new_conversation_comes_with_whom_it_is_with() {
    let (world, _) = synced(20).await;
    let before = world.held().rows::<Contact>().len();
    let stranger = world.server.read(|workspace| {
        let held: Vec<String> =
            world.held().rows::<Contact>().iter().map(|row| row.contact_id.to_string()).collect();
        workspace.contacts().find(|contact| !held.contains(&contact.id.to_string())).map(|contact| contact.id)
    });
    let stranger = stranger.expect("somebody has not written yet");
    let change = world.server.create_conversation(stranger, "<p>hello</p>").unwrap();
    hint(world.home(), &[about("conversation.user.created", 1, change.conversation)]);
    follow(&world).await;
    world.assert_equal();
    assert_eq!(world.held().rows::<Contact>().len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_conversation_is_removed_and_one_never_held_is_no_trouble() {
    let (world, ids) = synced(30).await;
    world.server.delete(ids[5]).unwrap();
    let deleted = json!({"type": "conversation", "conversation_id": ids[5].to_string()});
    let never = json!({"type": "conversation", "conversation_id": "215479999999999"});
    hint(
        world.home(),
        &[
            notification("conversation.deleted", "notif_1", &deleted),
            notification("conversation.deleted", "notif_2", &never),
            about("conversation.user.replied", 3, ids[5]),
        ],
    );
    assert_eq!(follow(&world).await.deleted_count, 1);
    let held = world.held();
    let id = ids[5].to_string();
    assert!(held.rows::<Conversation>().iter().all(|row| row.conversation_id.as_str() != id));
    assert!(held.rows::<DeletedConversation>().iter().any(|row| row.conversation_id.as_str() == id));
    assert_eq!(hinted(world.home()), Vec::<String>::new());
    world.sync_to_equality().await;
}

#[tokio::test(start_paused = true)]
async fn contacts_that_were_merged_and_companies_are_looked_up_and_strangers_are_not() {
    let (world, _) = synced(60).await;
    let held: Vec<String> =
        world.held().rows::<Contact>().iter().map(|row| row.contact_id.to_string()).collect();
    let (stranger, pair) = world.server.read(|workspace| {
        let ids = || workspace.contacts().map(|contact| contact.id);
        let stranger = ids().find(|id| !held.contains(&id.to_string())).map(|id| id.to_string());
        let pair: Vec<_> = ids().filter(|id| held.contains(&id.to_string())).take(2).collect();
        (stranger, pair)
    });
    world.server.merge_contacts(pair[0], pair[1]).unwrap();
    let merged =
        json!({"type": "contact", "id": pair[1].to_string(), "merged_from": {"id": pair[0].to_string()}});
    let company = world.held().rows::<Company>()[0].company_id.to_string();
    hint(
        world.home(),
        &[
            notification("contact.merged", "notif_1", &merged),
            about("contact.user.updated", 2, stranger.as_deref().unwrap_or("000000000000000000000000")),
            about("company.updated", 3, company),
        ],
    );
    follow(&world).await;
    let rows = world.held().rows::<Contact>();
    let from = rows.iter().find(|row| row.contact_id.as_str() == pair[0].to_string()).unwrap();
    assert_eq!(from.merged_into_id.as_ref().map(|id| id.to_string()), Some(pair[1].to_string()));
    assert_eq!(rows.len(), held.len(), "who is in no conversation is not held");
}

#[tokio::test(start_paused = true)]
async fn somebody_forgotten_does_not_come_back_by_a_hint() {
    let (world, somebody) = with_somebody().await;
    forgetting::forget(&world, &somebody.email);
    world.server.reset_stats();
    let mut told: Vec<Value> = vec![about("contact.user.updated", 0, &somebody.id)];
    for (number, id) in somebody.conversations.iter().enumerate() {
        world.server.reply(id.parse().unwrap(), "<p>I am back</p>").unwrap();
        told.push(about("conversation.user.replied", number + 1, id));
    }
    let new = world.server.create_conversation(somebody.hex_id, "<p>I am new</p>").unwrap();
    told.push(about("conversation.user.created", 99, new.conversation));
    hint(world.home(), &told);
    follow(&world).await;
    assert_eq!(retrieved(&world), 1, "only what was not known to be theirs is asked for");
    assert_gone(
        &world,
        &[somebody.texts.clone(), vec!["I am back".to_owned(), "I am new".to_owned()]].concat(),
    );
    assert_eq!(hinted(world.home()), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn forgetting_somebody_removes_the_hints_at_them_and_leaves_the_others() {
    let (world, somebody) = with_somebody().await;
    let theirs = somebody.conversations.first().unwrap();
    hint(
        world.home(),
        &[about("contact.user.updated", 1, &somebody.id), about("conversation.read", 2, theirs)],
    );
    hint(world.home(), &[about("contact.user.updated", 3, "68e1a7c2d9f04b3a5c6e7f81")]);
    forgetting::forget(&world, &somebody.email);
    let forgotten = SyncState::from_value(&world.held().state.sync).unwrap().forgotten;
    hints::erase(&Layout::new(world.home()).hints_dir(), &forgotten).unwrap();
    let left = hinted(world.home()).concat();
    assert!(!left.contains(&somebody.id) && !left.contains(theirs), "{left}");
    assert!(left.contains("68e1a7c2d9f04b3a5c6e7f81"), "{left}");
}

#[tokio::test(start_paused = true)]
async fn hints_at_another_workspace_are_dropped_unasked() {
    let (world, ids) = synced(20).await;
    let mut elsewhere = about("conversation.user.replied", 1, ids[0]);
    elsewhere["app_id"] = json!("another1");
    let mut here = about("conversation.user.replied", 2, ids[1]);
    here["app_id"] = json!(world.state().workspace.unwrap().id);
    hint(world.home(), &[elsewhere, here]);
    follow(&world).await;
    let asked: Vec<u64> = world.server.stats().conversation_gets.keys().copied().collect();
    assert_eq!(asked, [ids[1]]);
    assert_eq!(hinted(world.home()), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_intercom_refuses_is_tried_again_and_not_for_ever() {
    let (mut world, ids) = synced(20).await;
    world.serve_with(ServerOptions { denied: vec![Scope::Conversations], ..ServerOptions::default() });
    let told: Vec<Value> =
        ids.iter().take(12).enumerate().map(|(number, id)| about("conversation.read", number, id)).collect();
    hint(world.home(), &told);
    for round in 1..5 {
        let report = follow(&world).await;
        assert!(report.missing.is_empty() || report.outcome == Outcome::Incomplete);
        let left = hinted(world.home()).concat();
        assert_eq!(left.matches(&format!("\"failures\":{round}")).count(), 12, "{left}");
    }
    follow(&world).await;
    assert_eq!(hinted(world.home()), Vec::<String>::new(), "the daily look at recent days is left");
}

#[tokio::test(start_paused = true)]
async fn an_ordinary_sync_follows_hints_too_even_those_of_a_server_that_died() {
    let (world, ids) = synced(30).await;
    world.server.set_attribute_silently(ids[7], "CX Score rating", json!(2)).unwrap();
    hint(world.home(), &[about("conversation.rating.added", 1, ids[7])]);
    world.sync_to_equality().await;
    assert_eq!(hinted(world.home()), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_service_follows_hints_at_once_and_its_list_of_jobs_stays_as_it_is() {
    let world = World::new(40);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    run(&service);
    settled(&world, &service).await;
    sleep(Duration::from_secs(120)).await;
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    let next = service.status().next_sync_at;
    for (round, id) in ids.iter().take(3).enumerate() {
        world.server.set_attribute_silently(*id, "CX Score rating", json!(3)).unwrap();
        hint(world.home(), &[about("conversation.rating.added", round, id)]);
        service.note_hints();
        for _ in 0..200 {
            sleep(Duration::from_millis(50)).await;
            if hinted(world.home()).is_empty() && service.status().current.is_none() {
                break;
            }
        }
        world.assert_equal();
    }
    let status = service.status();
    assert_eq!((status.next_sync_at, status.failures, status.waiting.len()), (next, 0, 0));
    assert_eq!(world.held().rows::<SyncRun>().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn hints_wait_while_another_process_writes_and_while_intercom_is_away() {
    let world = World::new(40);
    let desk = Arc::new(Desk::new(&world));
    let service = service(&world, &desk, 1);
    run(&service);
    settled(&world, &service).await;
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    let dir = Layout::new(world.home()).hints_dir();
    let holder = Holder { pid: 77, purpose: "fi verify".to_owned(), since_seconds: world.clock.now() };
    let lock = WriterLock::take(&Layout::new(world.home()), &holder).unwrap();
    world.server.set_attribute_silently(ids[0], "CX Score rating", json!(1)).unwrap();
    hint(world.home(), &[about("conversation.rating.added", 1, ids[0])]);
    service.note_hints();
    sleep(Duration::from_secs(20)).await;
    assert!(is_waiting(&dir), "somebody else has the lock");
    drop(lock);
    sleep(Duration::from_secs(5)).await;
    world.assert_equal();
    desk.set(Net::Gone);
    world.server.set_attribute_silently(ids[1], "CX Score rating", json!(1)).unwrap();
    hint(world.home(), &[about("conversation.rating.added", 2, ids[1])]);
    service.note_hints();
    sleep(Duration::from_secs(600)).await;
    assert!(is_waiting(&dir) && service.status().failures > 0, "{:?}", service.status());
    desk.set(Net::Up(world.server.router(), Duration::ZERO));
    sleep(Duration::from_secs(2_400)).await;
    world.assert_equal();
    assert!(!is_waiting(&dir));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_when_the_disk_cannot_be_read_for_hints() {
    let (world, ids) = synced(20).await;
    std::fs::write(world.home().join("state/hints"), "no directory").unwrap();
    world.server.reply(ids[0], "<p>once more</p>").unwrap();
    world.sync_to_equality().await;
}
