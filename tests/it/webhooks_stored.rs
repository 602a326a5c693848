//! Hints on the disk: nobody is told that something is stored which is not, and none is lost or taken twice.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use fastintercom::intercom::webhook::parse_notification;
use fastintercom::lake::FileWriter;
use fastintercom::sync::hints::{Hint, HintLog, NotStored, is_waiting};
use serde_json::json;

use crate::support::hooks::{notification, wait};

fn hints(number: usize) -> Vec<Hint> {
    let item = json!({"id": format!("21547000000{number:04}")});
    let body = notification("conversation.user.replied", &format!("notif_{number}"), &item);
    Hint::of(&parse_notification(body.to_string().as_bytes()).unwrap(), 1)
}

/// All bytes that lie in a directory.
fn content(dir: &Path) -> String {
    let files = std::fs::read_dir(dir).unwrap().flatten();
    files.map(|file| String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).into_owned()).collect()
}

#[tokio::test]
async fn what_is_stored_is_there_and_known_and_can_be_taken_a_second_later() {
    let dir = tempfile::tempdir().unwrap();
    let closed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&closed);
    let log = HintLog::open(dir.path(), 0, move || {
        let _ = count.fetch_add(1, Ordering::SeqCst);
    })
    .unwrap();
    let stores = (0..500).map(|number| {
        let log = &log;
        async move { log.store(&hints(number)).await }
    });
    let stored = futures::future::join_all(stores).await;
    assert!(stored.iter().all(Result::is_ok));
    let there = content(dir.path());
    assert!((0..500).all(|number| there.contains(&format!("\"notif_{number}\""))));
    assert!((0..500).all(|number| log.has(&format!("notif_{number}"))) && !log.has("notif_500"));
    wait(|| closed.load(Ordering::SeqCst) > 0);
    assert!(is_waiting(dir.path()));
    let files = std::fs::read_dir(dir.path()).unwrap().count();
    assert!(files <= 30, "{files} files for one burst");
}

#[tokio::test]
async fn what_another_process_writes_is_not_taken_before_it_ends() {
    let dir = tempfile::tempdir().unwrap();
    let log = HintLog::open(dir.path(), 0, || {}).unwrap();
    log.store(&hints(1)).await.unwrap();
    let is_early = is_waiting(dir.path());
    let other = HintLog::open(dir.path(), 0, || {}).unwrap();
    drop(log);
    wait(|| is_waiting(dir.path()));
    assert!(!is_early || cfg!(not(unix)), "a second had not passed");
    assert!(!other.has("notif_1"), "it was not closed when this one began");
    drop(other);
    assert!(HintLog::open(dir.path(), 0, || {}).unwrap().has("notif_1"), "known after a restart");
}

/// A segment that fails when it is told to.
struct Failing {
    written: Vec<u8>,
    fails: Arc<AtomicBool>,
    syncs: Arc<AtomicUsize>,
}

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FileWriter for Failing {
    fn sync(&mut self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        match self.fails.load(Ordering::SeqCst) {
            true => Err(io::Error::new(io::ErrorKind::StorageFull, "no space left")),
            false => Ok(()),
        }
    }
}

#[tokio::test]
async fn a_sync_that_failed_acknowledges_nothing_and_is_never_repeated_on_the_same_file() {
    let dir = tempfile::tempdir().unwrap();
    let (fails, syncs, made) =
        (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (failing, synced, making) = (Arc::clone(&fails), Arc::clone(&syncs), Arc::clone(&made));
    let maker = Box::new(move || {
        making.fetch_add(1, Ordering::SeqCst);
        let (fails, syncs) = (Arc::clone(&failing), Arc::clone(&synced));
        Ok(Box::new(Failing { written: Vec::new(), fails, syncs }) as Box<dyn FileWriter>)
    });
    let log = HintLog::writing_to(dir.path(), maker).unwrap();
    for number in 1..=3 {
        let outcome = log.store(&hints(1)).await;
        assert_eq!(outcome, Err(NotStored::Disk("no space left".to_owned())));
        assert_eq!(made.load(Ordering::SeqCst), number, "a new file after each failure");
        assert!(!log.has("notif_1"), "it comes again");
    }
    fails.store(false, Ordering::SeqCst);
    assert_eq!(log.store(&hints(1)).await, Ok(()));
    assert!(log.has("notif_1"));
}

#[tokio::test]
async fn many_at_once_share_a_sync_and_one_alone_waits_for_none() {
    let dir = tempfile::tempdir().unwrap();
    let syncs = Arc::new(AtomicUsize::new(0));
    let synced = Arc::clone(&syncs);
    let maker = Box::new(move || {
        let (fails, syncs) = (Arc::default(), Arc::clone(&synced));
        Ok(Box::new(Failing { written: Vec::new(), fails, syncs }) as Box<dyn FileWriter>)
    });
    let log = HintLog::writing_to(dir.path(), maker).unwrap();
    let begun = std::time::Instant::now();
    let all = futures::future::join_all((0..2_000).map(|number| {
        let log = &log;
        async move { log.store(&hints(number)).await }
    }));
    assert!(all.await.iter().all(Result::is_ok));
    let most = 2 + begun.elapsed().as_millis() / 10;
    let count = syncs.load(Ordering::SeqCst);
    assert!((count as u128) <= most, "{count} syncs in {:?}", begun.elapsed());
    tokio::time::sleep(Duration::from_millis(20)).await;
    log.store(&hints(1)).await.unwrap();
    assert_eq!(syncs.load(Ordering::SeqCst), count + 1);
}
