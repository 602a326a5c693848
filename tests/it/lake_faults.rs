//! A failing call, whichever it is and however it fails, never moves a cursor past rows that are not there, leaves
//! nothing half-made, and the same work done again gives the same lake.

use std::sync::Arc;

use fastintercom::lake::{Files, State, Writer, verify};

use crate::support::crash_check::{Checker, Run};
use crate::support::crash_files::CrashFiles;
use crate::support::faulty_files::{Fault, FaultyFiles, Hit, Plan};
use crate::support::lake_script::{A, A_WITH_MESSAGES, Change, Commits, Player, layout};

const COMMITS: &Commits = &[&[A_WITH_MESSAGES], &[A, Change::Tags], &[]];

fn play(files: Arc<dyn Files>, retries: bool) -> (Run, Result<(), fastintercom::lake::Error>) {
    let mut player = Player { files, remark: &|_| {}, retries, run: Run::default() };
    let result = player.play(COMMITS);
    (player.run, result)
}

/// The names and hashes of all files, and the cursor.
fn lake_of(state: &State) -> (Vec<(String, String)>, serde_json::Value) {
    let files = state.files.iter().map(|(name, entry)| (name.clone(), entry.sha256.clone())).collect();
    (files, state.sync.clone())
}

/// Plays with one fault, judges what it left, plays on without, and judges that. Tells what the fault hit.
fn play_with(plan: Plan, retries: bool, expected: &Run) -> Option<Hit> {
    let disk = CrashFiles::default();
    let faulty = FaultyFiles::new(disk.shared_files(), plan);
    let (run, result) = play(Arc::new(faulty.clone()), retries);
    let hit = faulty.hit()?;
    if let Err(error) = &result {
        let text = error.to_string();
        assert!(text.starts_with("cannot "), "{plan:?} at {hit:?}: {text}");
        let says_path = text.contains(&*hit.path.to_string_lossy());
        assert!(says_path || plan.is_lasting || retries, "{plan:?} at {hit:?}: {text}");
        let is_full = plan.fault == Fault::Enospc;
        assert!(is_reading(&hit) || error.is_disk_full() == is_full, "{plan:?} at {hit:?}: {error:?}");
    }
    let mut checker = Checker::new(expected, layout(), None);
    let judged = checker.judge(&disk.disk(), &run.remarks, !is_reading(&hit));
    assert_eq!(judged, Ok(()), "{plan:?} at {hit:?}: {result:?}");

    let (resumed, result) = play(disk.shared_files(), false);
    assert!(result.is_ok(), "{plan:?} at {hit:?}, then again: {result:?}");
    let (state, right) = (resumed.versions.last(), expected.versions.last());
    assert_eq!(state.map(lake_of), right.map(lake_of), "{plan:?} at {hit:?}");
    Some(hit)
}

/// Whether a call changes nothing on the disk.
fn is_reading(hit: &Hit) -> bool {
    matches!(hit.call, "open" | "read" | "seek" | "list" | "len")
}

/// Tries a fault at every call; tells how many calls there are.
fn play_all(fault: Fault, is_done: bool, is_lasting: bool, retries: bool) -> usize {
    let (expected, result) = play(CrashFiles::default().shared_files(), false);
    assert!(result.is_ok(), "{result:?}");
    (0..)
        .take_while(|at| {
            play_with(Plan { at: *at, fault, is_done, is_lasting }, retries, &expected).is_some()
        })
        .count()
}

#[test]
fn a_failing_call_leaves_the_old_lake_or_the_new_one() {
    for (fault, is_done) in [(Fault::Eio, false), (Fault::Eio, true), (Fault::Enospc, false)] {
        let calls = play_all(fault, is_done, false, false);
        assert!(calls > 150, "{calls}");
    }
}

#[test]
fn a_process_that_tries_again_after_a_failing_call_makes_the_same_lake() {
    assert!(play_all(Fault::Eio, false, false, true) > 150);
}

#[test]
fn a_disk_that_stays_full_leaves_the_old_lake_or_the_new_one() {
    assert!(play_all(Fault::Enospc, false, true, true) > 150);
}

#[test]
fn an_interrupted_or_short_call_loses_nothing() {
    assert!(play_all(Fault::Eintr, false, false, false) > 150);
    assert!(play_all(Fault::Short, false, false, false) > 150);
}

#[test]
fn after_all_of_it_every_file_is_as_recorded() {
    let disk = CrashFiles::default();
    let (_, result) = play(disk.shared_files(), false);
    assert!(result.is_ok(), "{result:?}");
    let writer = Writer::open(disk.shared_files(), layout(), None).expect("no call fails");
    let state = writer.state().expect("the writer is whole");
    let mut seen = Vec::new();
    let findings =
        verify(&disk, &layout(), &state, |name| seen.push(name.to_owned())).expect("no call fails");
    assert_eq!(findings, Vec::new());
    assert_eq!(seen, state.files.keys().cloned().collect::<Vec<_>>());
}
