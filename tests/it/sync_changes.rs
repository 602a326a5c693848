//! What happens to a lake when the company goes on living: changes, deletions, late news, and changes mid-sync.

use std::collections::BTreeSet;

use fastintercom::demo::{Scope as TokenScope, ServerOptions, WorkspaceParams};
use fastintercom::model::{Contact, Conversation, DeletedConversation, Message, SyncRun, Tag};
use fastintercom::sync::{ContactsMode, Outcome, Stop};

use crate::support::world::{EVERYTHING, World};

#[tokio::test(start_paused = true)]
async fn an_incremental_sync_stores_what_changed_and_retrieves_nothing_else() {
    let world = World::new(120);
    world.sync_to_equality().await;
    world.pass(600).await;
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    world.server.reply(ids[5], "<p>still broken</p>").unwrap();
    world.server.close(ids[9], 1, Some("<p>done</p>")).unwrap();
    world.server.note(ids[20], 2, "<p>check the ledger</p>").unwrap();
    world.server.reset_stats();
    world.pass(120).await;
    let report = world.sync_to_equality().await;
    assert_eq!(report.changed_count, 6, "three rows as listed, and the same three with their threads");
    assert_eq!(world.server.stats().conversation_gets.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_changes_while_its_page_is_read_is_complete_after_the_next_sync() {
    // Estuary 2600: the parent's `updated_at` jumps while the run is under way.
    let world = World::new(100);
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    let server = world.server.clone();
    let meddler = tokio::spawn(async move {
        for id in ids {
            tokio::time::sleep(std::time::Duration::from_millis(40)).await;
            let _ = server.reply(id, "<p>one more thing</p>");
        }
    });
    let mut slow = world;
    slow.latency = std::time::Duration::from_millis(50);
    slow.sync().await;
    meddler.await.unwrap();
    slow.pass(120).await;
    slow.sync_to_equality().await;
}

#[tokio::test(start_paused = true)]
async fn a_conversation_updated_exactly_at_the_edge_of_what_is_known_is_not_lost() {
    // Airbyte 75462: one second was lost at every edge because `<` stood for `<=`.
    for inclusive_gt in [true, false] {
        let options = ServerOptions { inclusive_gt, ..ServerOptions::default() };
        let world = World::with(WorkspaceParams { conversations: 60, ..WorkspaceParams::default() }, options);
        world.sync_to_equality().await;
        let ids = world.server.read(|workspace| workspace.conversation_ids());
        for round in 0..4 {
            // Two changes in the same second, one before and one after the sync of that second.
            world.server.reply(ids[round], "<p>before</p>").unwrap();
            world.sync().await;
            world.server.reply(ids[round], "<p>after, same second</p>").unwrap();
            world.server.reply(ids[round + 10], "<p>another, same second</p>").unwrap();
            world.pass(1).await;
            world.sync_to_equality().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_index_that_lags_loses_nothing() {
    let options = ServerOptions { index_lag_seconds: 45, ..ServerOptions::default() };
    let world = World::with(WorkspaceParams { conversations: 60, ..WorkspaceParams::default() }, options);
    world.sync_to_equality().await;
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    for id in &ids[..20] {
        world.server.reply(*id, "<p>hello?</p>").unwrap();
        world.pass(10).await;
        world.sync().await;
    }
    world.pass(90).await;
    world.sync_to_equality().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_in_intercom_is_removed_here_and_remembered_as_deleted() {
    let world = World::new(80);
    world.sync_to_equality().await;
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    world.server.change(|workspace, now| workspace.delete(ids[3], true, now)).unwrap();
    world.pass(60).await;
    let report = world.sync_to_equality().await;
    assert_eq!(report.deleted_count, 1);
    let held = world.held();
    let gone = ids[3].to_string();
    assert!(!held.rows::<Conversation>().iter().any(|row| row.conversation_id.as_str() == gone));
    assert!(!held.rows::<Message>().iter().any(|row| row.conversation_id.as_str() == gone));
    assert!(held.rows::<DeletedConversation>().iter().any(|row| row.conversation_id.as_str() == gone));
}

#[tokio::test(start_paused = true)]
async fn a_conversation_deleted_between_search_and_retrieval_is_not_kept_half() {
    let mut world = World::new(60);
    world.latency = std::time::Duration::from_millis(20);
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    let server = world.server.clone();
    let meddler = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(330)).await;
        for id in ids.iter().step_by(7) {
            let _ = server.change(|workspace, now| workspace.delete(*id, true, now));
        }
    });
    world.sync().await;
    meddler.await.unwrap();
    world.sync_to_equality().await;
}

#[tokio::test(start_paused = true)]
async fn a_tag_on_a_part_and_a_late_rating_are_found_by_the_daily_sweep() {
    // Airbyte 66292 and API section 5.1: neither moves `updated_at`.
    let world = World::new(200);
    world.sync_to_equality().await;
    let now = world.clock.now();
    let recent: Vec<u64> = world.server.read(|workspace| {
        let is_recent = |id: &u64| {
            let json = workspace.conversation_json(*id, Default::default(), now).unwrap();
            json["created_at"].as_i64().unwrap() > now - 5 * 86_400 && json["conversation_rating"].is_null()
        };
        workspace.conversation_ids().into_iter().filter(is_recent).collect()
    });
    world.server.change(|workspace, now| workspace.rate(recent[0], 2, Some("slow"), now)).unwrap();
    world.server.change(|workspace, now| workspace.tag_conversation(recent[1], 1, 0, now)).unwrap();
    world.pass(25 * 3_600).await;
    world.sync_to_equality().await;
}

#[tokio::test(start_paused = true)]
async fn contacts_merged_into_others_and_contacts_that_are_gone_are_not_asked_for_again_and_again() {
    let world = World::new(150);
    world.sync_to_equality().await;
    world.server.reset_stats();
    world.pass(60).await;
    world.sync_to_equality().await;
    assert_eq!(world.server.stats().calls("POST /contacts/search"), 0);
    assert_eq!(world.server.stats().calls("GET /contacts/{id}"), 0);
}

#[tokio::test(start_paused = true)]
async fn all_contacts_can_be_held_or_none() {
    for (mode, is_all) in [(ContactsMode::All, true), (ContactsMode::None, false)] {
        let mut world = World::new(80);
        world.options.contacts = mode;
        world.sync().await;
        let held: BTreeSet<String> =
            world.held().rows::<Contact>().iter().map(|row| row.contact_id.to_string()).collect();
        let all: BTreeSet<String> = world
            .server
            .read(|workspace| workspace.contacts().map(|contact| contact.id.to_string()).collect());
        match is_all {
            true => assert!(all.is_subset(&held), "{} of {}", held.len(), all.len()),
            false => assert!(held.is_empty()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_no_longer_listed_stays_and_says_so() {
    let world = World::new(40);
    world.sync_to_equality().await;
    let before = world.held().rows::<Tag>().len();
    assert!(before > 0);
    assert!(world.held().rows::<Tag>().iter().all(|tag| tag.is_listed));
}

#[tokio::test(start_paused = true)]
async fn a_token_without_some_permissions_syncs_the_rest_and_says_what_is_left_out() {
    let denied = vec![TokenScope::People, TokenScope::Tags, TokenScope::Me];
    let options = ServerOptions { denied, tickets_restricted: true, ..ServerOptions::default() };
    let world = World::with(WorkspaceParams { conversations: 40, ..WorkspaceParams::default() }, options);
    let report = world.sync().await;
    assert_eq!(report.outcome, Outcome::Completed);
    let left_out: BTreeSet<&str> = report.skipped.iter().map(|skipped| skipped.table).collect();
    assert!(
        left_out.is_superset(&BTreeSet::from(["contacts", "companies", "tags", "tickets"])),
        "{left_out:?}"
    );
    assert!(report.skipped.iter().all(|skipped| skipped.hint.is_some()));
    // Without tickets, Intercom does not list the conversation side of a customer's ticket either.
    let workspace = world.server.snapshot();
    let tickets: BTreeSet<String> = workspace.tickets().iter().map(|ticket| ticket.id.to_string()).collect();
    let mut differences = crate::support::truth::conversations(&world.held(), &workspace, world.clock.now());
    differences.retain(|difference| !tickets.iter().any(|id| difference.contains(id.as_str())));
    assert_eq!(differences, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_may_not_read_conversations_fails_and_says_which_permission_is_missing() {
    let options = ServerOptions { denied: vec![TokenScope::Conversations], ..ServerOptions::default() };
    let world = World::with(WorkspaceParams { conversations: 20, ..WorkspaceParams::default() }, options);
    let (report, error) = world.try_sync(&EVERYTHING).await.unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    let error = error.unwrap();
    let fastintercom::sync::Error::Intercom(error) = error else { panic!("{error:?}") };
    let said = format!("{error} {}", error.hint().unwrap());
    assert!(said.contains("read_conversations"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_lake_is_never_mixed_with_another_workspace() {
    let world = World::new(20);
    world.sync_to_equality().await;
    let mut state = world.held().state;
    state.sync["workspace"]["id"] = "other123".into();
    let path = world.home().join("state/state.json");
    std::fs::write(&path, serde_json::to_vec(&state).unwrap()).unwrap();
    let (_, error) = world.try_sync(&EVERYTHING).await.unwrap();
    assert!(error.unwrap().to_string().contains("other123"));
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_is_stopped_keeps_what_it_has_and_the_next_one_goes_on() {
    let mut world = World::new(400);
    world.latency = std::time::Duration::from_millis(100);
    let stop = Stop::default();
    let syncer = world.syncer_on(std::sync::Arc::new(fastintercom::lake::Disk::default()), stop.clone());
    let timer = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(1_900)).await;
        stop.stop();
    });
    let (report, error) = syncer.run(&EVERYTHING).await.unwrap();
    timer.await.unwrap();
    assert!(error.is_none());
    assert_eq!(report.outcome, Outcome::Stopped);
    let done = 400 - world.held().state.without_thread();
    assert!(done > 0 && done < 400, "{done} threads");
    world.server.reset_stats();
    world.sync_to_equality().await;
    let again = world.server.stats().conversation_gets.values().sum::<u32>();
    assert!(u64::from(again) <= 400 - done + 25, "{again} retrieved after {done} were held");
}

#[tokio::test(start_paused = true)]
async fn every_run_is_recorded() {
    let world = World::new(30);
    world.sync().await;
    world.sync().await;
    let runs = world.held().rows::<SyncRun>();
    let shown: Vec<(i64, &str, &str)> =
        runs.iter().map(|run| (run.run_id, run.kind.as_str(), run.outcome.as_str())).collect();
    assert_eq!(shown, [(1, "incremental", "completed"), (2, "incremental", "completed")]);
}
