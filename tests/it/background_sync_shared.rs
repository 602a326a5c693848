//! Several processes over one lake: one syncs at a time, all see what is new, nobody repeats what another did.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fastintercom::lake::{Holder, Layout, WriterLock};
use fastintercom::model::SyncRun;
use fastintercom::sync::service::{JobKind, JobState, RefreshOutcome, Service, SyncControl};
use tokio::time::sleep;

use crate::support::serviced::{Desk, came_to, run, service, service_with, settled, until};
use crate::support::world::World;

const MINUTE: Duration = Duration::from_secs(60);

fn run_count(world: &World) -> usize {
    world.held().rows::<SyncRun>().len()
}

fn others_lock(world: &World) -> WriterLock {
    let holder = Holder { pid: 77, purpose: "fi sync".to_owned(), since_seconds: world.clock.now() };
    WriterLock::take(&Layout::new(world.home()), &holder).unwrap()
}

#[tokio::test(start_paused = true)]
async fn of_several_services_one_syncs_at_a_time_and_all_see_it() {
    let mut world = World::new(80);
    world.latency = Duration::from_millis(100);
    let desk = Arc::new(Desk::new(&world));
    let services: Vec<Service> = (1..=4).map(|number| service(&world, &desk, number)).collect();
    for service in &services {
        run(service);
    }
    for service in &services {
        settled(&world, service).await;
    }
    assert_eq!(run_count(&world), 1, "one was enough");
    let ids = world.server.read(|workspace| workspace.conversation_ids());
    for id in ids.iter().take(3) {
        world.server.reply(*id, "<p>one more thing</p>").unwrap();
        sleep(45 * MINUTE).await;
    }
    for service in &services {
        settled(&world, service).await;
    }
    world.assert_equal();
    assert_eq!(desk.most_writing.load(Ordering::SeqCst), 1);
    assert!((4..=5).contains(&run_count(&world)), "{} runs", run_count(&world));
    let next: Vec<Option<i64>> = services.iter().map(|service| service.status().next_sync_at).collect();
    assert!(next.iter().all(|at| *at == next[0] && at.is_some()), "{next:?}");
}

#[tokio::test(start_paused = true)]
async fn each_waits_for_data_and_only_one_of_them_fetches_it() {
    let world = World::new(40);
    let desk = Arc::new(Desk::new(&world));
    let services: Vec<Service> = (1..=3)
        .map(|number| service_with(&world, &desk, number, |settings| settings.waits_for_fresh = true))
        .collect();
    for service in &services {
        run(service);
    }
    let waiting = services.iter().map(|service| service.refresh_if_stale(20 * MINUTE));
    let outcomes = futures::future::join_all(waiting).await;
    assert!(outcomes.iter().all(|outcome| *outcome == RefreshOutcome::Refreshed), "{outcomes:?}");
    for service in &services {
        settled(&world, service).await;
    }
    assert_eq!(run_count(&world), 1);
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_for_waits_for_another_process_and_says_for_whom() {
    let world = World::new(30);
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    let lock = others_lock(&world);
    run(&service);
    sleep(5 * MINUTE).await;
    let status = service.status();
    assert!(status.waiting.is_empty(), "nobody asked, so nobody waits");
    assert!(status.is_syncing() && status.current.is_none());
    let id = service.start(JobKind::New).unwrap().job.id;
    let waiting = until(&service, &id, |job| job.waits_for.is_some()).await;
    assert_eq!((waiting.state, waiting.waits_for.unwrap().purpose.as_str()), (JobState::Waiting, "fi sync"));
    drop(lock);
    assert_eq!(came_to(&service, &id).await, JobState::Completed);
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn what_another_process_did_meanwhile_is_not_done_again() {
    let world = World::new(30);
    world.sync_to_equality().await;
    let service = service(&world, &Arc::new(Desk::new(&world)), 1);
    let lock = others_lock(&world);
    run(&service);
    let id = service.start(JobKind::New).unwrap().job.id;
    until(&service, &id, |job| job.waits_for.is_some()).await;
    sleep(MINUTE).await;
    // The other process's own sync, under the lock that it has.
    world.sync_to_equality().await;
    drop(lock);
    assert_eq!(came_to(&service, &id).await, JobState::Completed);
    assert_eq!(run_count(&world), 2);
    assert!(service.job(&id).unwrap().summary.is_none());
}
