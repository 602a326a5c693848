//! A sync service by itself: when it syncs, what triggers it, what its handles tell, and how it stops.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fastintercom::lake::{Disk, Holder, Layout, Writer, WriterLock};
use fastintercom::model::SyncRun;
use fastintercom::sync::Phase;
use fastintercom::sync::service::{JobKind, JobState, Pace, RefreshOutcome, SyncControl, Trigger};
use tokio::time::sleep;

use crate::support::serviced::{Desk, Net, came_to, over, run, service, service_with, settled, until};
use crate::support::world::World;

const MINUTE: Duration = Duration::from_secs(60);

fn runs(world: &World) -> Vec<SyncRun> {
    let mut runs = world.held().rows::<SyncRun>();
    runs.sort_by_key(|run| run.run_id);
    runs
}

fn now(world: &World) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(world.clock.now_ms()).unwrap()
}

fn reply(world: &World, number: usize) {
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    world.server.reply(ids[number], "<p>one more thing</p>").unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_empty_lake_is_filled_and_followed() {
    let world = World::new(60);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    let running = run(&service);
    settled(&world, &service).await;
    world.assert_equal();
    reply(&world, 3);
    // Nobody asks, so syncs are rare: four times ten minutes.
    sleep(30 * MINUTE).await;
    assert_eq!(runs(&world).len(), 1);
    sleep(11 * MINUTE).await;
    settled(&world, &service).await;
    assert_eq!(runs(&world).len(), 2);
    world.assert_equal();
    service.stop();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn syncs_are_frequent_while_questions_come() {
    let world = World::new(20);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    run(&service);
    settled(&world, &service).await;
    for _ in 0..10 {
        service.note_question(now(&world));
        sleep(2 * MINUTE).await;
    }
    settled(&world, &service).await;
    let count = runs(&world).len();
    assert!((8..=11).contains(&count), "{count} runs in 20 minutes");
    let kinds: Vec<Trigger> =
        (1..=count).filter_map(|n| service.job(&format!("sync-1-{n}"))).map(|job| job.trigger).collect();
    assert!(!kinds.contains(&Trigger::Request), "{kinds:?}");
}

#[tokio::test(start_paused = true)]
async fn a_question_beyond_what_is_held_starts_a_sync_at_once() {
    let world = World::new(20);
    let desk = Arc::new(Desk::new(&world));
    let service = service_with(&world, &desk, 1, |settings| {
        // Of itself it would not sync within this test.
        settings.pace = Pace::steady(Duration::from_secs(86_400));
    });
    run(&service);
    settled(&world, &service).await;
    sleep(50 * MINUTE).await;
    service.note_question(now(&world));
    sleep(MINUTE).await;
    assert_eq!(runs(&world).len(), 1, "50 minutes are not too old");
    sleep(20 * MINUTE).await;
    service.note_question(now(&world) - TimeDelta::hours(1));
    sleep(MINUTE).await;
    assert_eq!(runs(&world).len(), 1, "what was asked for is held");
    reply(&world, 3);
    service.note_question(now(&world) + TimeDelta::days(3));
    sleep(MINUTE).await;
    assert_eq!(runs(&world).len(), 2);
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn a_job_tells_how_far_it_is_and_is_remembered_for_an_hour() {
    let mut world = World::new(200);
    world.latency = Duration::from_millis(400);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    let asked = service.start(JobKind::New).unwrap();
    assert!(asked.is_new && asked.job.state == JobState::Waiting && asked.job.id == "sync-1-1");
    let again = service.start(JobKind::New).unwrap();
    assert!(!again.is_new && again.job.id == asked.job.id);
    run(&service);
    let midway = until(&service, "sync-1-1", |job| job.progress.phase == Some(Phase::Threads)).await;
    assert_eq!((midway.state, midway.progress.total), (JobState::Running, Some(200)));
    assert!(service.status().is_syncing() && service.status().next_sync_at.is_none());
    let holder = service.status().lock_holder.unwrap();
    assert_eq!(holder.purpose, "fi mcp (background sync)");
    let during = service.start(JobKind::New).unwrap();
    assert!(!during.is_new && during.job.state == JobState::Running);
    let done = over(&service, "sync-1-1").await;
    assert_eq!((done.state, done.error), (JobState::Completed, None));
    assert_eq!(done.summary.unwrap().thread_count, 200);
    assert!(done.started_at >= Some(done.asked_at) && done.finished_at > done.started_at);
    assert_eq!(service.status().lock_holder, None);
    sleep(59 * MINUTE).await;
    assert!(service.job("sync-1-1").is_some());
    sleep(2 * MINUTE).await;
    assert!(service.job("sync-1-1").is_none() && service.job("no such job").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_period_that_is_asked_for_is_fetched_again_behind_what_is_under_way() {
    let world = World::new(80);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    let first = service.start(JobKind::New).unwrap().job.id;
    let week = service.start(JobKind::Days(7)).unwrap();
    assert!(week.is_new, "what changed is not a week");
    assert!(!service.start(JobKind::Days(3)).unwrap().is_new, "a week has three days");
    run(&service);
    assert_eq!(came_to(&service, &first).await, JobState::Completed);
    assert_eq!(came_to(&service, &week.job.id).await, JobState::Completed);
    let kinds: Vec<String> = runs(&world).into_iter().map(|run| run.kind).collect();
    assert_eq!(kinds, ["incremental", "range"]);
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn a_period_of_an_empty_lake_becomes_its_first_sync() {
    let world = World::new(80);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    let id = service.start(JobKind::Days(1)).unwrap().job.id;
    run(&service);
    assert_eq!(came_to(&service, &id).await, JobState::Completed);
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_is_stopped_leaves_a_sound_lake_and_a_free_lock() {
    let mut world = World::new(300);
    world.latency = Duration::from_millis(500);
    let desk = Arc::new(Desk::new(&world));
    let service = service(&world, &desk, 1);
    let id = service.start(JobKind::New).unwrap().job.id;
    let later = service.start(JobKind::Full).unwrap().job.id;
    let running = run(&service);
    until(&service, &id, |job| job.progress.phase == Some(Phase::Threads) && job.progress.done > 20).await;
    service.stop();
    running.await.unwrap();
    assert_eq!(service.job(&id).unwrap().state, JobState::Stopped);
    assert_eq!(service.job(&later).unwrap().state, JobState::Stopped);
    let layout = Layout::new(world.home());
    assert_eq!(WriterLock::holder(&layout), None);
    let holder = Holder { pid: 1, purpose: "fi sync".to_owned(), since_seconds: 0 };
    let lock = WriterLock::take(&layout, &holder).unwrap();
    drop(Writer::open(Arc::new(Disk::default()), layout, Some(lock)).unwrap());
    // The next one goes on.
    desk.set(Net::Up(world.server.router(), Duration::ZERO));
    let next = service_with(&world, &desk, 2, |_| {});
    let id = next.start(JobKind::New).unwrap().job.id;
    run(&next);
    assert_eq!(came_to(&next, &id).await, JobState::Completed);
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn a_sync_that_hangs_is_left_when_its_time_to_stop_is_up() {
    let mut world = World::new(30);
    // Each request takes longer than anybody waits at the end.
    world.latency = Duration::from_secs(25);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    let id = service.start(JobKind::New).unwrap().job.id;
    let running = run(&service);
    until(&service, &id, |job| job.state == JobState::Running).await;
    let asked_at = tokio::time::Instant::now();
    service.stop();
    running.await.unwrap();
    assert!(asked_at.elapsed() <= Duration::from_secs(11));
    assert_eq!(service.job(&id).unwrap().state, JobState::Stopped);
}

#[tokio::test(start_paused = true)]
async fn who_set_a_bound_waits_for_data_that_is_fresh_enough() {
    let world = World::new(40);
    let desk = Arc::new(Desk::new(&world));
    let service = service_with(&world, &desk, 1, |settings| {
        settings.waits_for_fresh = true;
        settings.max_staleness = 5 * MINUTE;
    });
    run(&service);
    settled(&world, &service).await;
    assert_eq!(service.refresh_if_stale(20 * MINUTE).await, RefreshOutcome::Fresh);
    sleep(6 * MINUTE).await;
    reply(&world, 3);
    assert_eq!(service.refresh_if_stale(Duration::from_secs(20)).await, RefreshOutcome::Refreshed);
    world.assert_equal();
    // A slow Intercom holds nobody up for longer than that.
    sleep(6 * MINUTE).await;
    desk.set(Net::Up(world.server.router(), Duration::from_secs(9)));
    let asked_at = tokio::time::Instant::now();
    assert_eq!(service.refresh_if_stale(Duration::from_secs(20)).await, RefreshOutcome::StillRunning);
    assert_eq!(asked_at.elapsed().as_secs(), 20);
    // Nor does the same sync hold up the next one.
    assert_eq!(service.refresh_if_stale(20 * MINUTE).await, RefreshOutcome::StillRunning);
    assert_eq!(asked_at.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn who_set_no_bound_waits_for_nothing() {
    let world = World::new(20);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    assert_eq!(service.refresh_if_stale(20 * MINUTE).await, RefreshOutcome::NotWanted);
}
