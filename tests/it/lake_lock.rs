//! One writer at a time: who has the lock, who waits for it, and when it ends.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastintercom::lake::{Disk, Error, Holder, Layout, Writer, WriterLock};
use tempfile::TempDir;

fn home() -> (TempDir, Layout) {
    let home = tempfile::tempdir().expect("there is room for a directory");
    let layout = Layout::new(&home.path().join("home"));
    (home, layout)
}

fn open(layout: &Layout) -> Writer {
    Writer::open(Arc::new(Disk::default()), layout.clone(), None).expect("the disk works")
}

fn holder(purpose: &str) -> Holder {
    Holder { pid: std::process::id(), purpose: purpose.to_owned(), since_seconds: 1_789_984_800 }
}

#[test]
fn a_second_writer_is_told_who_writes() {
    let (_home, layout) = home();
    assert_eq!(WriterLock::holder(&layout), None);
    let lock = WriterLock::take(&layout, &holder("fi sync")).expect("nobody has it");
    let error = WriterLock::take(&layout, &holder("fi mcp")).expect_err("it is taken");
    assert!(matches!(&error, Error::Locked { holder: other } if *other == holder("fi sync")), "{error}");
    let text = error.to_string();
    assert!(text.contains("fi sync") && text.contains(&std::process::id().to_string()), "{text}");
    assert!(text.contains("2026-09-21T10:00:00Z"), "{text}");
    assert_eq!(WriterLock::holder(&layout), Some(holder("fi sync")));
    drop(lock);
    assert_eq!(WriterLock::holder(&layout), None);
    let writer = Writer::open(
        Arc::new(Disk::default()),
        layout.clone(),
        Some(WriterLock::take(&layout, &holder("fi mcp")).expect("it is free again")),
    );
    assert_eq!(WriterLock::holder(&layout), Some(holder("fi mcp")));
    drop(writer);
    assert_eq!(WriterLock::holder(&layout), None);
}

#[test]
fn who_waits_for_the_lock_gets_it_or_gives_up() {
    let (_home, layout) = home();
    let lock = WriterLock::take(&layout, &holder("fi sync")).expect("nobody has it");
    let mut asked = 0;
    let error = WriterLock::wait(&layout, &holder("fi mcp"), |other| {
        asked += 1;
        assert_eq!(other.purpose, "fi sync");
        asked == 2
    });
    assert!(matches!(error, Err(Error::Locked { .. })) && asked == 2);
    let mut lock = Some(lock);
    let taken = WriterLock::wait(&layout, &holder("fi mcp"), |_| {
        lock = None;
        false
    });
    assert!(taken.is_ok());
}

#[test]
fn asking_who_writes_never_keeps_a_writer_out() {
    let (_home, layout) = home();
    drop(open(&layout));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                WriterLock::holder(&layout);
            }
        });
        let results: Vec<_> =
            (0..300).map(|_| WriterLock::take(&layout, &holder("fi sync")).map(drop)).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(results.iter().all(Result::is_ok), "{:?}", results.iter().find(|result| result.is_err()));
    });
}

#[test]
fn of_many_starters_one_gets_the_lock() {
    for _ in 0..20 {
        let (_home, layout) = home();
        let barrier = std::sync::Barrier::new(8);
        let taken: Vec<_> = std::thread::scope(|scope| {
            let start = || {
                barrier.wait();
                WriterLock::take(&layout, &holder("fi sync"))
            };
            let starters: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            starters.into_iter().map(|starter| starter.join().expect("no starter panics")).collect()
        });
        assert_eq!(taken.iter().filter(|lock| lock.is_ok()).count(), 1);
    }
}

#[cfg(unix)]
#[test]
fn a_lock_ends_with_the_process_that_held_it() {
    use std::io::{BufRead, BufReader};
    let (_home, layout) = home();
    drop(open(&layout));
    let path = layout.state_dir().join("lock");
    fs::write(&path, serde_json::to_vec(&holder("fi sync")).expect("it is JSON")).expect("works");
    // Another program takes the same kind of lock; where there is none to do so, there is nothing to see.
    let child = std::process::Command::new("flock")
        .args(["--exclusive", "--no-fork"])
        .arg(&path)
        .args(["sh", "-c", "echo held; exec sleep 60"])
        .stdout(std::process::Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return };
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it speaks");
    assert_eq!(line.trim(), "held");
    assert_eq!(WriterLock::holder(&layout), Some(holder("fi sync")));
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    let lock = WriterLock::take(&layout, &holder("fi mcp"));
    assert!(lock.is_ok(), "{lock:?}");
}
