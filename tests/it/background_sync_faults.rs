//! A sync service that cannot sync: it says why, tries again as often as makes sense, and comes back by itself where
//! that is possible.

use std::sync::Arc;
use std::time::Duration;

use fastintercom::sync::service::{JobKind, JobState, RefreshOutcome, SyncAvailability, SyncControl};
use tokio::time::sleep;

use crate::support::serviced::{Desk, Net, came_to, over, run, service, service_with, settled};
use crate::support::world::World;

const HOUR: Duration = Duration::from_secs(3_600);

fn up(world: &World) -> Net {
    Net::Up(world.server.router(), Duration::ZERO)
}

#[tokio::test(start_paused = true)]
async fn without_a_token_nothing_is_tried_and_everybody_is_told() {
    let world = World::new(10);
    let desk = Arc::new(Desk::barred(&world, SyncAvailability::NoToken));
    let service = service_with(&world, &desk, 1, |settings| settings.waits_for_fresh = true);
    let running = run(&service);
    sleep(24 * HOUR).await;
    service.note_question(chrono::DateTime::UNIX_EPOCH);
    sleep(HOUR).await;
    assert_eq!(service.start(JobKind::New).unwrap_err(), SyncAvailability::NoToken);
    let outcome = service.refresh_if_stale(HOUR).await;
    assert_eq!(outcome, RefreshOutcome::Unavailable(SyncAvailability::NoToken));
    let status = service.status();
    assert_eq!((status.next_sync_at, status.failures), (None, 0));
    assert!(status.availability.to_string().starts_with("nothing new can arrive: there is no access token"));
    assert_eq!((desk.probes(), world.server.stats().requests), (0, 0));
    assert!(!world.home().join("state").exists(), "nothing is left behind");
    service.stop();
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stand_in_that_is_gone_is_told_apart_and_looked_for_ever_more_rarely() {
    let world = World::new(20);
    world.sync_to_equality().await;
    let desk = Arc::new(Desk::new(&world));
    desk.set(Net::Gone);
    let service = service(&world, &desk, 1);
    run(&service);
    sleep(HOUR).await;
    let status = service.status();
    let address = "127.0.0.1:1".to_owned();
    assert_eq!(status.availability, SyncAvailability::NoServer { address });
    assert!(status.last_error.unwrap().contains("the stand-in server at 127.0.0.1:1 does not run"));
    let first_hour = desk.probes();
    assert!((1..=8).contains(&first_hour), "{first_hour} tries in an hour");
    sleep(10 * HOUR).await;
    let later = desk.probes() - first_hour;
    assert!((10..=45).contains(&later), "{later} tries in ten hours");
    assert_eq!(world.held().rows::<fastintercom::model::SyncRun>().len(), 1, "they are no runs");
    // It comes back.
    desk.set(up(&world));
    sleep(HOUR).await;
    settled(&world, &service).await;
    let status = service.status();
    assert_eq!((status.availability, status.failures), (SyncAvailability::Ready, 0));
    assert_eq!(status.last_error, None);
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_is_not_tried_again_unless_somebody_asks() {
    let world = World::new(20);
    let desk = Arc::new(Desk::new(&world));
    desk.set(Net::Answers(401, "token_revoked"));
    let service = service_with(&world, &desk, 1, |settings| settings.waits_for_fresh = true);
    run(&service);
    sleep(24 * HOUR).await;
    service.note_question(chrono::DateTime::from_timestamp(world.clock.now(), 0).unwrap());
    sleep(HOUR).await;
    assert_eq!(desk.probes(), 1);
    let status = service.status();
    assert!(matches!(status.availability, SyncAvailability::Refused { .. }) && status.next_sync_at.is_none());
    let words = status.availability.to_string();
    assert!(words.contains("until the server is restarted") && words.contains("token_revoked"), "{words}");
    assert!(matches!(service.refresh_if_stale(HOUR).await, RefreshOutcome::Unavailable(_)));
    let id = service.start(JobKind::New).unwrap().job.id;
    let job = over(&service, &id).await;
    assert_eq!((job.state, desk.probes()), (JobState::Failed, 2));
    // The token was given its rights back.
    desk.set(up(&world));
    let id = service.start(JobKind::New).unwrap().job.id;
    assert_eq!(came_to(&service, &id).await, JobState::Completed);
    assert!(service.status().availability.is_ready() && service.status().next_sync_at.is_some());
    world.assert_equal();
}

#[tokio::test(start_paused = true)]
async fn failures_are_told_and_tried_again_at_growing_pauses() {
    let world = World::new(20);
    let desk = Arc::new(Desk::new(&world));
    desk.set(Net::Answers(500, "server_error"));
    let service = service_with(&world, &desk, 1, |settings| settings.waits_for_fresh = true);
    run(&service);
    sleep(HOUR).await;
    let status = service.status();
    // The first at once; then pauses from half of 30 s to all of it, twice as long each time, up to 32 minutes.
    assert!((6..=9).contains(&status.failures), "{} failures in an hour", status.failures);
    assert!(status.availability.is_ready(), "it may come back");
    assert!(status.last_error.as_ref().is_some_and(|error| error.contains("500")), "{status:?}");
    assert_eq!(desk.probes(), status.failures as usize);
    // Questions do not hurry it, and are not held up by it.
    for _ in 0..50 {
        service.note_question(chrono::DateTime::from_timestamp(world.clock.now(), 0).unwrap());
        assert!(matches!(service.refresh_if_stale(HOUR).await, RefreshOutcome::Failed(_)));
        sleep(Duration::from_millis(100)).await;
    }
    assert!(desk.probes() <= status.failures as usize + 1);
    desk.set(up(&world));
    sleep(HOUR).await;
    settled(&world, &service).await;
    assert_eq!((service.status().failures, service.status().last_error), (0, None));
    world.assert_equal();
}
