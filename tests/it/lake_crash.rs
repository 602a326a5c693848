//! No crash loses what was acknowledged, at any call, in any way the disk allows, also in a recovery; and every
//! sync of the protocol is needed for that.
//!
//! Runs of 1 to 3 data files, new and replaced, with the spool in use, are crashed at every call. Each moment's disks
//! are looked at exhaustively up to 65,536 (which these runs never exceed), else that many picked by a fixed seed.

use crate::support::crash_check::{Checker, Run};
use crate::support::crash_disk::Disk;
use crate::support::crash_files::CrashFiles;
use crate::support::crash_sync::{REQUIRED, SyncKind};
use crate::support::lake_script::{A, A_WITH_MESSAGES, B, Change, Commits, Player, layout};

const RUNS: &[(&str, &Commits)] = &[
    ("one file, made and replaced", &[&[Change::Tags], &[Change::Tags]]),
    ("conversations and what is made of them, made and replaced", &[&[A], &[A]]),
    ("two files, then only the state", &[&[A], &[]]),
    ("three files, two of them replaced", &[&[A], &[A_WITH_MESSAGES]]),
    ("a table without partitions, and one with", &[&[Change::Tags], &[Change::Tags, B]]),
];

/// A run on an empty disk.
fn play(commits: &Commits, skipped: Option<SyncKind>) -> Run {
    let files = CrashFiles::on(Disk::default(), skipped);
    files.record();
    let remark = |number| files.remark(number);
    let mut player =
        Player { files: files.shared_files(), remark: &remark, retries: false, run: Run::default() };
    player.play(commits).expect("no call fails");
    let mut run = player.run;
    run.steps = files.recorded();
    run
}

/// What the checker says of a run and its recoveries when syncs of one kind are left out.
fn without(kind: SyncKind, commits: &Commits) -> Option<String> {
    Checker::new(&play(commits, Some(kind)), layout(), Some(kind)).check().err()
}

#[test]
fn no_crash_at_any_call_loses_what_was_acknowledged() {
    let (mut crashes, mut distinct) = (0, 0);
    for (name, commits) in RUNS {
        let run = play(commits, None);
        let mut checker = Checker::new(&run, layout(), None);
        assert_eq!(checker.check(), Ok(()), "{name}");
        let counts = checker.counts;
        // What is made of conversations goes with them: a few moments leave more disks than can be looked at.
        assert!(
            counts.sampled * 500 < counts.moments,
            "nearly every disk is looked at: {name}, {} calls, {counts:?}",
            run.steps.len()
        );
        distinct += counts.crashes + counts.crashes_in_recovery;
        crashes += counts.crashes + counts.crashes_in_recovery + counts.repeated;
    }
    assert!(crashes > 100_000 && distinct > 5_000, "{crashes} crashes left {distinct} different disks");
}

#[test]
fn every_sync_of_the_protocol_is_needed() {
    for kind in REQUIRED {
        let noticed = RUNS.iter().find_map(|(_, commits)| without(*kind, commits));
        assert!(noticed.is_some(), "without {kind:?} nothing is noticed");
    }
}

#[test]
fn a_sync_of_a_directory_that_only_lost_names_is_not_needed() {
    let (name, commits) = RUNS[0];
    assert_eq!(without(SyncKind::Nothing, commits), None, "{name}");
}
