//! The spool gives back what was stored in it, record by record, whatever happened to its files since.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fastintercom::lake::{Error, Files, Layout, Pending, Spool, SpoolKind, SpoolRecord};
use fastintercom::model::Timestamp;
use proptest::prelude::*;

use crate::support::crash_files::CrashFiles;
use crate::support::faulty_files::{Fault, FaultyFiles, Plan};

const KINDS: [SpoolKind; 6] = [
    SpoolKind::Header,
    SpoolKind::Thread,
    SpoolKind::Contact,
    SpoolKind::Company,
    SpoolKind::Ticket,
    SpoolKind::Progress,
];

fn layout() -> Layout {
    Layout::new(Path::new("/home"))
}

fn open(files: &CrashFiles, first_segment: u64) -> Spool {
    Spool::open(files.shared_files(), &layout(), first_segment).expect("no call fails")
}

fn record(id: &str, json: &[u8]) -> SpoolRecord {
    let time = Timestamp::from_seconds;
    let (created_at, updated_at, synced_at) = (time(-1), time(1_790_000_000), time(i64::MAX));
    SpoolRecord {
        kind: SpoolKind::Thread,
        id: id.to_owned(),
        created_at,
        updated_at,
        synced_at,
        json: json.to_vec(),
    }
}

fn records_of(pending: &Pending, files: &CrashFiles) -> Vec<SpoolRecord> {
    let mut reader = pending.open(files).expect("no call fails");
    let read = |entry: &fastintercom::lake::SpoolEntry| SpoolRecord {
        kind: entry.kind,
        id: entry.id.to_string(),
        created_at: entry.created_at,
        updated_at: entry.updated_at,
        synced_at: entry.synced_at,
        json: reader.json(entry).expect("the record is whole"),
    };
    pending.entries.iter().map(read).collect()
}

fn segments(files: &CrashFiles) -> Vec<PathBuf> {
    files.list(&layout().spool_dir()).expect("no call fails")
}

fn any_record() -> impl Strategy<Value = SpoolRecord> {
    let json = prop_oneof![
        "\\PC{0,60}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..200),
        (0..200_000_usize).prop_map(|len| b"the same words again. ".repeat(len / 22)),
    ];
    let times = (any::<i64>(), any::<i64>(), any::<i64>());
    (0..6_usize, "\\PC{0,300}", times, json).prop_map(|(kind, id, (created, updated, synced), json)| {
        SpoolRecord {
            kind: KINDS[kind],
            id,
            created_at: Timestamp::from_micros(created),
            updated_at: Timestamp::from_micros(updated),
            synced_at: Timestamp::from_micros(synced),
            json,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_come_back_as_they_were(
        batches in prop::collection::vec(prop::collection::vec(any_record(), 0..8), 1..4),
    ) {
        let files = CrashFiles::default();
        // Each batch by a process of its own, so each in a segment of its own.
        for batch in &batches {
            let mut spool = open(&files, 1);
            for record in batch {
                spool.push(record).expect("no call fails");
            }
            spool.sync().expect("no call fails");
        }
        let all: Vec<_> = batches.concat();
        let mut spool = open(&files, 1);
        let bytes = spool.bytes();
        prop_assert_eq!(spool.entries().len(), all.len());
        let pending = spool.take().expect("no call fails");
        prop_assert!(records_of(&pending, &files) == all);
        prop_assert_eq!(spool.bytes(), 0);
        // Taken, and not in the lake yet: the next process finds them.
        prop_assert_eq!(open(&files, 1).bytes(), bytes);
        prop_assert!(open(&files, pending.next_segment).entries().is_empty());
        prop_assert!(segments(&files).is_empty());
    }
}

/// A small segment of four records.
fn small_segment() -> (Vec<SpoolRecord>, PathBuf, Vec<u8>) {
    let files = CrashFiles::default();
    let records: Vec<_> =
        (0..4).map(|n| record(&format!("r{n}"), format!("{{\"body\":{n}}}").as_bytes())).collect();
    let mut spool = open(&files, 1);
    for record in &records {
        spool.push(record).expect("no call fails");
        spool.sync().expect("no call fails");
    }
    let path = segments(&files).remove(0);
    let content = files.read(&path).expect("no call fails").expect("it is there");
    (records, path, content.to_vec())
}

/// How many of the records a spool with this segment still gives; the ones it gives must be the first ones.
fn prefix_of(records: &[SpoolRecord], path: &Path, content: &[u8]) -> usize {
    let files = CrashFiles::default();
    files.create_dir(&layout().spool_dir()).expect("no call fails");
    files.write(path, content).expect("no call fails");
    let mut spool = open(&files, 1);
    // What comes next is not harmed by it.
    let next = record("next", b"{}");
    spool.push(&next).expect("no call fails");
    let mut found = records_of(&spool.take().expect("no call fails"), &files);
    assert_eq!(found.pop(), Some(next));
    assert_eq!(found, records[..found.len()]);
    found.len()
}

#[test]
fn a_segment_cut_anywhere_gives_its_first_records() {
    let (records, path, content) = small_segment();
    let found: Vec<_> = (0..=content.len()).map(|len| prefix_of(&records, &path, &content[..len])).collect();
    assert!(found.is_sorted(), "{found:?}");
    assert_eq!((found.first(), found.last()), (Some(&0), Some(&4)));
    let zeroed = [content.as_slice(), &[0; 4096]].concat();
    assert_eq!(prefix_of(&records, &path, &zeroed), 4);
}

#[test]
fn a_segment_with_any_bit_flipped_gives_the_records_before_it() {
    let (records, path, content) = small_segment();
    let mut most = 0;
    for bit in 0..content.len() * 8 {
        let mut flipped = content.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let found = prefix_of(&records, &path, &flipped);
        assert!(found < 4, "bit {bit} is in nobody's checksum");
        assert!(found >= most, "bit {bit} harmed an earlier record");
        most = found;
    }
    assert_eq!(most, 3);
}

#[test]
fn a_damaged_segment_does_not_shift_those_around_it() {
    let files = CrashFiles::default();
    for id in ["a", "b", "c"] {
        let mut spool = open(&files, 1);
        spool.push(&record(id, id.repeat(100).as_bytes())).expect("no call fails");
        spool.sync().expect("no call fails");
    }
    let paths = segments(&files);
    for torn in [b"".as_slice(), b"fi spo", b"fi spool 1\r\n\x05\0\0\0"] {
        files.write(&paths[1], torn).expect("no call fails");
        let pending = open(&files, 1).take().expect("no call fails");
        let found = records_of(&pending, &files);
        assert_eq!(found, [record("a", &b"a".repeat(100)), record("c", &b"c".repeat(100))]);
    }
}

#[test]
fn after_an_error_the_spool_forgets_what_was_not_stored_and_takes_no_more() {
    for at in 0.. {
        let files = CrashFiles::default();
        open(&files, 1);
        let plan = Plan { at, fault: Fault::Eio, is_done: true, is_lasting: false };
        let faulty = FaultyFiles::new(files.shared_files(), plan);
        let Ok(mut spool) = Spool::open(Arc::new(faulty.clone()), &layout(), 1) else { continue };
        let mut stored = 0;
        let mut store = |spool: &mut Spool, id: &str| -> Result<(), Error> {
            spool.push(&record(id, &b"long enough to be written at once ".repeat(3_000)))?;
            spool.push(&record("second", b"{}"))?;
            spool.sync()?;
            stored += 2;
            Ok(())
        };
        let result = store(&mut spool, "one").and_then(|()| store(&mut spool, "two"));
        if faulty.hit().is_none() {
            assert!(at > 8, "there were only {at} calls");
            return;
        }
        let error = result.expect_err("a call failed");
        assert!(error.to_string().contains("/home/state/spool"), "{error}");
        assert_eq!(spool.entries().len(), stored);
        assert!(matches!(spool.push(&record("three", b"{}")), Err(Error::NeedsRecovery)));
        assert!(matches!(spool.sync(), Err(Error::NeedsRecovery)));
        assert!(matches!(spool.take(), Err(Error::NeedsRecovery)));
        assert!(open(&files, 1).entries().len() >= stored);
    }
}

#[test]
fn an_object_too_large_to_be_read_again_is_refused_and_the_rest_goes_on() {
    let files = CrashFiles::default();
    let mut spool = open(&files, 1);
    let error = spool.push(&record("huge", &vec![b' '; 256 * 1024 * 1024 + 1])).expect_err("it is too large");
    assert!(error.to_string().contains("/home/state/spool"), "{error}");
    spool.push(&record("small", b"{}")).expect("the spool is whole");
    assert_eq!(records_of(&spool.take().expect("no call fails"), &files), [record("small", b"{}")]);
}

#[test]
fn files_that_the_spool_did_not_name_are_left_alone() {
    let files = CrashFiles::default();
    open(&files, 1);
    let foreign =
        ["+000000005.spool", "00000000001.spool", "1.spool", "0000000001.spool.bak", "notes.txt", "x.tmp"];
    for name in foreign {
        files.write(&layout().spool_dir().join(name), b"mine").expect("no call fails");
    }
    files.write(&layout().spool_dir().join("0000000003.tmp"), b"ours").expect("no call fails");
    files.write(&layout().spool_dir().join("0000000004.spool"), b"ours").expect("no call fails");
    let mut spool = open(&files, 5);
    spool.push(&record("a", b"{}")).expect("no call fails");
    let pending = spool.take().expect("no call fails");
    assert_eq!(pending.next_segment, 6);
    pending.delete(&files).expect("no call fails");
    let mut left: Vec<_> =
        segments(&files).iter().filter_map(|path| path.file_name()).map(ToOwned::to_owned).collect();
    left.sort();
    let mut wanted = foreign.map(std::ffi::OsString::from);
    wanted.sort();
    assert_eq!(left, wanted);
}
