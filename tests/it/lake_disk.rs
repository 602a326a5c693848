//! The lake on a real disk: tables from the start, private files, damage found, foreign files spared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastintercom::lake::{
    DataFile, Disk, Error, Files, Finding, Holder, LastState, Layout, Partitioning, Reader, Snapshot, Spool,
    State, Writer, WriterLock, verify,
};
use fastintercom::model::{Conversation, Message, Row, TABLES};
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use crate::support::any_rows::Dice;
use crate::support::rows::{in_month, thread};

fn home() -> (TempDir, Layout) {
    let home = tempfile::tempdir().expect("there is room for a directory");
    let layout = Layout::new(&home.path().join("home"));
    (home, layout)
}

fn open(layout: &Layout) -> Writer {
    Writer::open(Arc::new(Disk::default()), layout.clone(), None).expect("the disk works")
}

fn january(table: &'static fastintercom::model::TableSpec) -> DataFile {
    DataFile::part(table, Partitioning::Month.partition(in_month(1, 0)))
}

/// Replaces January by `count` conversations, all with this note.
fn write(writer: &Writer, count: i64, note: &str) {
    let mut commit = writer.begin().expect("whole");
    let mut conversations =
        commit.edit::<Conversation>(january(Conversation::TABLE), Arc::default()).expect("works");
    let mut messages = commit.edit::<Message>(january(Message::TABLE), Arc::default()).expect("works");
    for id in 0..count {
        let (conversation, parts) = thread(1_000 + id, in_month(1, id), 2, note);
        conversations.push(&conversation).expect("in order");
        parts.iter().for_each(|message| messages.push(message).expect("in order"));
    }
    commit.add(conversations).expect("works");
    commit.add(messages).expect("works");
    commit.finish(|_| {}).expect("works");
}

fn findings(layout: &Layout, state: &State) -> Vec<Finding> {
    verify(&Disk::default(), layout, state, |_| {}).expect("the disk works")
}

/// Every file below a directory, with its content.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("it is a directory").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(tree(&path)),
            false => drop(found.insert(path.clone(), fs::read(&path).expect("it is readable"))),
        }
    }
    found
}

#[test]
fn every_table_has_an_empty_file_from_the_start() {
    for partitioning in [Partitioning::Month, Partitioning::Day] {
        let (_home, layout) = home();
        let writer = open(&layout);
        writer.create_tables(partitioning).expect("works");
        let state = writer.state().expect("whole");
        assert_eq!((state.files.len(), state.partitioning), (TABLES.len(), partitioning));
        for spec in TABLES {
            let (file, entry) = state.files_of(spec.name).next().expect("each table has a file");
            assert_eq!((entry.rows, file.table()), (0, spec.name));
            assert!(layout.data_file(&file).is_file());
        }
        let first = DataFile::part(Conversation::TABLE, partitioning.first());
        let reader = writer.reader();
        assert_eq!(reader.rows::<Conversation>(&first).expect("readable"), []);
        // A second time nothing is done, also with another partitioning.
        writer.create_tables(Partitioning::Month).expect("works");
        assert_eq!(writer.state().expect("whole"), state);
        assert_eq!(findings(&layout, &state), []);
    }
}

#[test]
fn a_lake_opened_again_is_the_same() {
    let (_home, layout) = home();
    let writer = open(&layout);
    writer.create_tables(Partitioning::Month).expect("works");
    write(&writer, 3, "first");
    let (state, before) = (writer.state().expect("whole"), tree(&layout.lake_dir()));
    drop(writer);
    assert_eq!(open(&layout).state().expect("whole"), state);
    assert_eq!(tree(&layout.lake_dir()), before);
    assert_eq!(State::load(&Disk::default(), &layout).expect("readable"), Some(state));
}

#[test]
fn a_state_of_a_newer_fi_is_refused_and_a_damaged_one_too() {
    let (_home, layout) = home();
    drop(open(&layout));
    let path = layout.state_dir().join("state.json");
    for (content, is_newer) in
        [("{\"format\": 2, \"anything\": []}", true), ("{\"format\": 1", false), ("", false)]
    {
        fs::write(&path, content).expect("works");
        let error =
            Writer::open(Arc::new(Disk::default()), layout.clone(), None).map(drop).expect_err(content);
        assert_eq!(matches!(error, Error::Newer { .. }), is_newer, "{error}");
        assert!(error.to_string().contains("state.json"), "{error}");
        assert_eq!(fs::read_to_string(&path).expect("works"), content);
    }
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let (_home, layout) = home();
    let writer = open(&layout);
    write(&writer, 40, "some text to fill a few pages with");
    let state = writer.state().expect("whole");
    for name in state.files.keys() {
        let path = layout.lake_dir().join(name);
        let content = fs::read(&path).expect("readable");
        assert!(content.len() > 1_536, "{name}: {}", content.len());
        for block in 0..content.len().div_ceil(1_024) {
            let mut flipped = content.clone();
            let at = (block * 1_024 + block * 37 % 1_024).min(content.len() - 1);
            flipped[at] ^= 1 << (block % 8);
            fs::write(&path, &flipped).expect("works");
            assert_eq!(findings(&layout, &state), [Finding::Changed { file: name.clone() }], "byte {at}");
        }
        fs::write(&path, &content[..content.len() - 1]).expect("works");
        assert_eq!(findings(&layout, &state), [Finding::Changed { file: name.clone() }]);
        fs::write(&path, &content).expect("works");
    }
    assert_eq!(findings(&layout, &state), []);
}

#[test]
fn a_missing_and_a_foreign_file_are_found_and_left_alone() {
    let (_home, layout) = home();
    let writer = open(&layout);
    write(&writer, 2, "note");
    let state = writer.state().expect("whole");
    let lake = layout.lake_dir();
    let foreign =
        ["conversations/month=2026-01/copy.parquet", "conversations/x/y/data.parquet", "mine/a.parquet"];
    for name in foreign {
        fs::create_dir_all(lake.join(name).parent().expect("it has one")).expect("works");
        fs::write(lake.join(name), b"PAR1").expect("works");
    }
    fs::write(lake.join("catalog.sql"), b"-- ours").expect("works");
    fs::remove_file(lake.join("messages/month=2026-01/data.parquet")).expect("works");
    let missing = Finding::Missing { file: "messages/month=2026-01/data.parquet".to_owned() };
    let mut wanted = vec![missing];
    wanted.extend(foreign.map(|file| Finding::Foreign { file: file.to_owned() }));
    assert_eq!(findings(&layout, &state), wanted);
    drop(writer);
    open(&layout);
    assert!(foreign.iter().all(|name| lake.join(name).is_file()));
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let (_home, layout) = home();
    let writer = open(&layout);
    write(&writer, 2, "note");
    let mut state = writer.state().expect("whole");
    let path = layout.data_file(&january(Conversation::TABLE));
    let text = b"no Parquet at all".to_vec();
    fs::write(&path, &text).expect("works");
    let entry = state.files.get_mut("conversations/month=2026-01/data.parquet").expect("it is recorded");
    entry.bytes = text.len() as u64;
    entry.sha256 = "a7".to_owned();
    let changed = findings(&layout, &state);
    assert!(matches!(changed.as_slice(), [Finding::Changed { .. }]), "{changed:?}");
    state.files.get_mut("messages/month=2026-01/data.parquet").expect("it is recorded").rows += 1;
    let both = findings(&layout, &state);
    assert!(matches!(both.as_slice(), [Finding::Changed { .. }, Finding::RowCount { .. }]), "{both:?}");
    assert!(both.iter().all(|finding| finding.to_string().contains("data.parquet")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_fi_staged_is_cleaned_up(seed in any::<u64>()) {
        let (_home, layout) = home();
        write(&open(&layout), 1, "note");
        let mut dice = Dice::new(seed);
        let dirs = [
            "lake/conversations/month=2026-01", "lake/conversations", "lake/conversations/backup", "lake/contacts",
            "lake/mine", "lake", "lake/conversations/month=2026-01/deep", "lake/contacts/month=2026-01", "state",
            "lake/messages/month=old", "lake/tickets/day=2026-01-05",
        ];
        let names = [
            ".data.parquet.12.tmp", ".data.parquet.12x.tmp", ".data.parquet..tmp", ".data.parquet.012.tmp", "notes.txt",
            ".data.parquet.tmp", ".xdata.parquet.1.tmp", ".data.parquet.1.tmp.bak", "data.parquet.1.tmp",
            "data.csv", ".data.parquet.99999999999999999999.tmp", ".data.parquet.+1.tmp", "journal.json.bak", "state.tmp.1",
        ];
        let ours = ["lake/conversations/month=2026-01", "lake/contacts", "lake/tickets/day=2026-01-05"];
        let root = layout.lake_dir().parent().expect("it has one").to_owned();
        let mut kept = tree(&root);
        for _ in 0..dice.below(25) {
            let (dir, name) = (dice.pick(&dirs), dice.pick(&names));
            fs::create_dir_all(root.join(dir)).expect("works");
            fs::write(root.join(dir).join(name), name).expect("works");
            if !(name == ".data.parquet.12.tmp" && ours.contains(&dir)) {
                kept.insert(root.join(dir).join(name), name.as_bytes().to_vec());
            }
        }
        drop(open(&layout));
        prop_assert_eq!(tree(&root), kept);
    }
}

#[cfg(unix)]
#[test]
fn everything_is_for_the_owner_only_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let old = rustix::process::umask(rustix::fs::Mode::empty());
    let (_home, layout) = home();
    let holder = Holder { pid: std::process::id(), purpose: "fi sync".to_owned(), since_seconds: 0 };
    let lock = WriterLock::take(&layout, &holder).expect("nobody has it");
    let writer = Writer::open(Arc::new(Disk::default()), layout.clone(), Some(lock)).expect("the disk works");
    write(&writer, 1, "note");
    let mut spool = Spool::open(writer.files().clone(), &layout, 1).expect("the disk works");
    let record = fastintercom::lake::SpoolRecord {
        kind: fastintercom::lake::SpoolKind::Thread,
        id: "1".to_owned(),
        created_at: in_month(1, 0),
        updated_at: in_month(1, 0),
        synced_at: in_month(1, 0),
        json: b"{}".to_vec(),
    };
    spool.push(&record).and_then(|()| spool.sync()).expect("the disk works");
    rustix::process::umask(old);
    let root = layout.lake_dir().parent().expect("it has one").to_owned();
    let mut dirs = vec![root];
    let mut count = 0;
    while let Some(dir) = dirs.pop() {
        assert_eq!(
            fs::metadata(&dir).expect("readable").permissions().mode() & 0o777,
            0o700,
            "{}",
            dir.display()
        );
        for path in Disk::default().list(&dir).expect("readable") {
            count += 1;
            match path.is_dir() {
                true => dirs.push(path),
                false => {
                    let mode = fs::metadata(&path).expect("readable").permissions().mode() & 0o777;
                    assert_eq!(mode, 0o600, "{}", path.display());
                }
            }
        }
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn what_is_read_between_two_equal_snapshots_is_one_version() {
    let (_home, layout) = home();
    let writer = open(&layout);
    write(&writer, 20, "version 0");
    let is_over = AtomicBool::new(false);
    let (mut stable, mut unstable) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in 1..60 {
                write(&writer, 20, &format!("version {version}"));
            }
            is_over.store(true, Ordering::Relaxed);
        });
        let disk = Disk::default();
        while !is_over.load(Ordering::Relaxed) {
            let before = Snapshot::now(&disk, &layout).expect("readable");
            let reader = Reader::new(&disk, &layout);
            let conversations: Vec<Conversation> =
                reader.rows(&january(Conversation::TABLE)).expect("readable");
            let messages: Vec<Message> = reader.rows(&january(Message::TABLE)).expect("readable");
            let after = Snapshot::now(&disk, &layout).expect("readable");
            let title = conversations[0].title.clone().unwrap_or_default();
            assert!(
                conversations.iter().all(|row| row.title.as_deref() == Some(title.as_str())),
                "a torn file"
            );
            if Snapshot::is_stable(before, after) {
                stable += 1;
                let is_same =
                    |row: &Message| row.body_text.as_deref().is_some_and(|text| text.starts_with(&title));
                assert!(messages.iter().all(is_same), "two versions between equal snapshots");
            } else {
                unstable += 1;
            }
        }
    });
    assert!(stable + unstable > 5, "{stable} stable, {unstable} not");
    let (before, state) =
        (Snapshot::now(&Disk::default(), &layout).expect("readable"), writer.state().expect("whole"));
    assert_eq!((before.generation, before.is_moving), (state.generation, false));
    fs::write(layout.state_dir().join("journal.json"), b"x").expect("works");
    let moving = Snapshot::now(&Disk::default(), &layout).expect("readable");
    assert!(moving.is_moving && !Snapshot::is_stable(before, moving));
}

#[test]
fn a_change_of_the_state_alone_is_no_new_generation() {
    let (_home, layout) = home();
    let writer = open(&layout);
    write(&writer, 1, "note");
    let before = writer.state().expect("whole");
    writer.begin().expect("whole").finish(|state| state.sync = json!({"cursor": 5})).expect("works");
    let after = writer.state().expect("whole");
    assert_eq!((after.generation, &after.sync), (before.generation, &json!({"cursor": 5})));
    assert!(after.last_txid > before.last_txid);
    drop(writer);
    assert_eq!(open(&layout).state().expect("whole"), after);
}

#[test]
fn the_last_state_is_read_again_when_it_has_changed_and_only_then() {
    let (_home, layout) = home();
    let last = LastState::default();
    let load = || last.load(&Disk::default(), &layout).expect("readable");
    assert_eq!(load(), None);
    let writer = open(&layout);
    write(&writer, 1, "note");
    let first = load().expect("a state");
    assert_eq!(*first, writer.state().expect("whole"));
    assert!(Arc::ptr_eq(&first, &load().expect("a state")), "nothing has changed");
    // The new document is exactly as long as the old one, and written at once.
    for cursor in 1..9 {
        writer.begin().expect("whole").finish(|state| state.sync = json!(cursor)).expect("works");
        assert_eq!(load().expect("a state").sync, json!(cursor));
    }
}
