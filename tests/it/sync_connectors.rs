//! What other connectors lost, each as a regression test: the seven of `reliability.md` 3.3 and those of the fact
//! sheet's section 8 that concern a sync and are not in `intercom_*`.
//!
//! Three more are elsewhere: the lost second at every edge and the update between two windows in `sync_changes`, the
//! kill after the first sync in `tests/killed`.

use std::time::Duration;

use fastintercom::demo::{FaultKind, Faults, ServerOptions, When, WorkspaceParams};
use fastintercom::model::{Conversation, Message};
use fastintercom::sync::{Missing, Outcome};

use crate::support::world::{EVERYTHING, World};

fn serving(faults: Faults) -> ServerOptions {
    ServerOptions { faults, ..ServerOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn when_threads_fail_and_lists_succeed_the_next_run_retrieves_the_threads() {
    // Airbyte 39463 and 46658: the child stream used its parent's state, and the parts never came.
    let every_thread = Faults::only(FaultKind::Transient404, When::Every(1));
    let mut world = World::with(
        WorkspaceParams { conversations: 50, ..WorkspaceParams::default() },
        serving(every_thread),
    );
    let report = world.sync().await;
    assert_eq!(report.outcome, Outcome::Incomplete);
    let named =
        report.missing.iter().filter(|missing| matches!(missing, Missing::Conversation { .. })).count();
    assert_eq!(named, 50, "each is named");
    assert_eq!(world.held().rows::<Conversation>().len(), 50, "as listed, they are held");
    world.serve_with(ServerOptions::default());
    world.sync_to_equality().await;
}

#[tokio::test(start_paused = true)]
async fn pages_that_come_unsorted_lose_nothing() {
    // Airbyte 8475 and 8579.
    let world = World::with(
        WorkspaceParams { conversations: 400, ..WorkspaceParams::default() },
        serving(Faults::only(FaultKind::UnsortedPage, When::Every(1))),
    );
    world.sync_to_equality().await;
}

#[tokio::test(start_paused = true)]
async fn after_the_first_sync_there_is_a_state_and_the_count_is_right() {
    // Airbyte 52106: 60,000 of 150,000 were missing, and no state was saved.
    let world = World::new(700);
    world.sync().await;
    assert!(world.state().updated_through.is_some());
    assert_eq!(world.held().rows::<Conversation>().len(), 700);
    assert!(world.state().coverage.gaps(i64::MIN, world.clock.now()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_long_sync_stores_something_at_least_every_thirty_seconds() {
    // Airbyte 67104: hours of work with nothing to show for it.
    let world = World::with(
        WorkspaceParams { conversations: 900, ..WorkspaceParams::default() },
        ServerOptions { rate_limit: Some(83), ..ServerOptions::default() },
    );
    let stored = || -> Vec<(std::path::PathBuf, u64)> {
        let spool = std::fs::read_dir(world.home().join("state/spool")).into_iter().flatten().flatten();
        let mut files: Vec<_> = spool.map(|entry| entry.path()).collect();
        files.push(world.home().join("state/state.json"));
        files.extend(
            ["conversations", "messages"]
                .map(|table| world.lake().join(table).join("month=2026-11/data.parquet")),
        );
        files.push(world.lake().join("contacts/data.parquet"));
        files
            .into_iter()
            .map(|path| (path.clone(), std::fs::metadata(&path).map_or(0, |file| file.len())))
            .collect()
    };
    let started = tokio::time::Instant::now();
    let sync = world.try_sync(&EVERYTHING);
    let mut sync = std::pin::pin!(sync);
    let mut last = stored();
    let report = loop {
        tokio::select! {
            ended = &mut sync => break ended.unwrap().0,
            () = tokio::time::sleep(Duration::from_secs(30)) => {
                let mut now = stored();
                // Paused time may run ahead of a commit that a blocking thread is busy with.
                for _ in 0..250 {
                    if now != last {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(20));
                    now = stored();
                }
                assert_ne!(now, last, "{:?} after the start", started.elapsed());
                last = now;
            }
        }
    };
    assert!(started.elapsed() > Duration::from_secs(90), "the limit makes it long");
    assert_eq!(report.outcome, Outcome::Completed);
}

#[tokio::test(start_paused = true)]
async fn outbound_conversations_nobody_answered_are_held_like_any_other() {
    // Airbyte 8475: `delivered_as: automated` was missing.
    let world = World::new(400);
    world.sync_to_equality().await;
    let rows = world.held().rows::<Conversation>();
    let is_unanswered = |row: &Conversation| row.first_contact_reply_at.is_none();
    assert!(
        rows.iter().any(|row| is_unanswered(row) && row.source_delivered_as.as_deref() == Some("automated"))
    );
}

#[tokio::test(start_paused = true)]
async fn every_part_knows_its_conversation_and_is_held_whatever_its_count_says() {
    // Airbyte 9572 and 39463: `count_conversation_parts` counts the opening message and may lag.
    let world = World::new(200);
    world.sync_to_equality().await;
    let ids: std::collections::BTreeSet<String> =
        world.held().rows::<Conversation>().iter().map(|row| row.conversation_id.to_string()).collect();
    assert!(world.held().rows::<Message>().iter().all(|row| ids.contains(row.conversation_id.as_str())));
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_counts_more_than_it_lists_is_reported_and_not_called_complete() {
    // Airbyte 26301: up to 95 % of the rows were dropped in silence.
    let world = World::with(
        WorkspaceParams { conversations: 120, ..WorkspaceParams::default() },
        serving(Faults::only(FaultKind::MalformedItem, When::Every(1))),
    );
    let report = world.sync().await;
    assert_eq!(report.outcome, Outcome::Incomplete);
    assert!(
        report.missing.iter().any(|missing| matches!(missing, Missing::Listed { .. })),
        "{:?}",
        report.missing
    );
    assert!(!world.state().coverage.gaps(i64::MIN, world.clock.now()).is_empty(), "and the gap shows");
}

#[tokio::test(start_paused = true)]
async fn assignees_and_owners_are_text_whether_they_came_as_numbers_or_not() {
    // PostHog: Arrow types clashed between versions that write 0, null, "0" and "7300101".
    let world = World::new(60);
    world.sync_to_equality().await;
    let rows = world.held().rows::<Conversation>();
    assert!(rows.iter().any(|row| row.admin_assignee_id.is_none()));
    assert!(!rows.iter().any(|row| row.admin_assignee_id.as_ref().is_some_and(|id| id.as_str() == "0")));
}
