//! Whole syncs against the stand-in API: what arrives equals the company, row by row and field by field.

use fastintercom::demo::{Shape, WorkspaceParams};
use fastintercom::lake::DataFile;
use fastintercom::model::{Conversation, Row, SyncRun};
use fastintercom::sync::{Outcome, Scope};

use crate::support::world::World;

#[tokio::test(start_paused = true)]
async fn a_first_sync_holds_every_conversation_and_every_part_field_by_field() {
    let world = World::new(600);
    let report = world.sync_to_equality().await;
    assert_eq!(report.thread_count, 600);
    let held = world.held();
    assert_eq!(held.state.without_thread(), 0);
    assert!(
        held.rows::<Conversation>().iter().any(|row| row.parts_truncated),
        "one thread has over 500 parts"
    );
}

#[tokio::test(start_paused = true)]
async fn syncing_twice_is_syncing_once() {
    let world = World::new(150);
    world.sync_to_equality().await;
    let before = world.held();
    let files = |held: &crate::support::truth::Held| -> Vec<(String, String)> {
        let of_runs = |name: &str| DataFile::parse(name).is_some_and(|file| file.table() == "sync_runs");
        let entries = held.state.files.iter().filter(|(name, _)| !of_runs(name));
        entries.map(|(name, entry)| (name.clone(), entry.sha256.clone())).collect()
    };
    world.pass(3_600).await;
    let report = world.sync_to_equality().await;
    assert_eq!(report.thread_count, 0, "nothing changed, so nothing is retrieved again");
    assert_eq!(files(&world.held()), files(&before), "and no file is written again");
}

#[tokio::test(start_paused = true)]
async fn an_empty_workspace_gives_an_empty_lake_that_can_be_read() {
    let world = World::new(0);
    world.sync_to_equality().await;
    assert_eq!(world.held().state.rows_of(Conversation::TABLE.name), 0);
}

#[tokio::test(start_paused = true)]
async fn any_split_into_ranges_is_one_full_sync() {
    let world = World::new(200);
    let now = world.clock.now();
    let day = 86_400;
    for (from, to) in [(now - 50 * day, now - 20 * day), (now - 20 * day, now + 1), (0, now - 50 * day)] {
        world.sync_scope(&Scope::Range { from, to }).await;
    }
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn the_last_days_hold_what_was_created_or_changed_in_them_and_nothing_else() {
    let world = World::new(300);
    let since = world.clock.now() - 30 * 86_400;
    world.sync_scope(&Scope::Days(30)).await;
    let held: Vec<u64> = world
        .held()
        .rows::<Conversation>()
        .iter()
        .map(|row| row.conversation_id.as_str().parse().unwrap())
        .collect();
    let workspace = world.server.snapshot();
    let expected: Vec<u64> = workspace
        .conversation_ids()
        .into_iter()
        .filter(|id| {
            let json = workspace.conversation_json(*id, Default::default(), world.clock.now()).unwrap();
            json["updated_at"].as_i64().unwrap() >= since
        })
        .collect();
    let sorted = |mut ids: Vec<u64>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(sorted(held), sorted(expected));
}

#[tokio::test(start_paused = true)]
async fn headers_come_in_as_few_pages_as_possible_and_before_any_thread() {
    let params = WorkspaceParams { conversations: 1_500, shape: Shape::Plain, ..WorkspaceParams::default() };
    let world = World::with(params, Default::default());
    world.sync_to_equality().await;
    let stats = world.server.stats();
    let months = world.held().state.files_of(Conversation::TABLE.name).count() as u64;
    let searches = stats.calls("POST /conversations/search");
    // Ten pages of 150; a page cut short by each month's end; two questions before the plan.
    assert!(searches <= 10 + months + 2, "{searches} searches for {months} months");
}

#[tokio::test(start_paused = true)]
async fn a_full_sync_again_changes_nothing() {
    let world = World::new(100);
    world.sync_to_equality().await;
    world.pass(600).await;
    let report = world.sync_scope(&Scope::Full).await;
    assert_eq!((report.outcome, report.thread_count), (Outcome::Completed, 0));
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn the_latest_5_000_runs_are_remembered() {
    let world = World::new(5);
    world.sync_to_equality().await;
    let writer = world.syncer().writer;
    let commit = writer.begin().unwrap();
    let mut state = world.state();
    state.next_run_id = 5_001;
    commit.finish(|lake| lake.sync = state.to_value()).unwrap();
    drop(writer);
    world.sync_to_equality().await;
    let runs = || world.held().rows::<SyncRun>().iter().map(|run| run.run_id).collect::<Vec<_>>();
    assert_eq!(runs(), [1, 5_001]);
    world.sync_to_equality().await;
    assert_eq!(runs(), [5_001, 5_002]);
}
