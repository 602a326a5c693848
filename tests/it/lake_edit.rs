//! A new version of a data file is the old rows with some replaced, added and removed, and nothing else.
//!
//! The merge is compared with a map from keys to rows, over random edits and over sizes that cross its batches.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use fastintercom::lake::{DataFile, Error, Layout, Writer};
use fastintercom::model::{Conversation, Message, Row, SyncRun, Tag, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use crate::support::any_rows::{Dice, any_row};
use crate::support::crash_files::CrashFiles;
use crate::support::keys::key_of;
use crate::support::rows::{in_month, synced_at, thread};

type Key = (i64, String);
type Model<R> = BTreeMap<Key, Vec<R>>;

fn writer(files: &CrashFiles) -> Writer {
    Writer::open(files.shared_files(), Layout::new("/home".as_ref()), None).expect("no call fails")
}

fn january<R: Row>(writer: &Writer) -> DataFile {
    match R::TABLE.is_partitioned {
        true => {
            let partitioning = writer.state().expect("whole").partitioning;
            DataFile::part(R::TABLE, partitioning.partition(in_month(1, 0)))
        }
        false => DataFile::whole(R::TABLE),
    }
}

/// Makes one edit of a file in the lake and in the model; tells whether the lake took it for a change.
fn edit<R: Row>(writer: &Writer, model: &mut Model<R>, pushed: Vec<R>, removed: HashSet<String>) -> bool {
    let mut new = Model::new();
    pushed.into_iter().for_each(|row| new.entry(key_of(&row)).or_default().push(row));
    let mut commit = writer.begin().expect("whole");
    let mut edit = commit.edit::<R>(january::<R>(writer), Arc::new(removed.clone())).expect("no call fails");
    new.values().flatten().for_each(|row| edit.push(row).expect("rows come in order"));
    let is_changed = commit.add(edit).expect("rows come in order");
    commit.finish(|_| {}).expect("no call fails");
    model.retain(|(_, id), _| !removed.contains(id));
    model.extend(new);
    is_changed
}

/// What the file holds is what the model holds, in order, and its entry says so.
fn assert_same<R: Row>(writer: &Writer, model: &Model<R>) {
    let file = january::<R>(writer);
    let rows: Vec<R> = writer.reader().rows(&file).expect("the file is readable");
    let wanted: Vec<R> = model.values().flatten().cloned().collect();
    assert!(rows == wanted, "{} rows, {} wanted", rows.len(), wanted.len());
    assert_eq!(writer.state().expect("whole").files[&file.name()].rows, wanted.len() as u64);
}

/// A tag; its id is padded so that the order of numbers is that of texts.
fn tag(number: usize, name: &str) -> Tag {
    let json = json!({"type": "tag", "id": format!("{number:06}"), "name": name}).to_string();
    Tag::parse(json.as_bytes(), synced_at()).expect("the JSON above is a tag")
}

fn messages(number: i64, count: usize, note: &str) -> Vec<Message> {
    thread(number, in_month(1, number), count as i64, note).1
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_equals_the_same_edit_of_a_map(
        edits in prop::collection::vec(
            (prop::collection::btree_map(0..40_i64, 0..4_usize, 0..20), prop::collection::btree_set(0..50_i64, 0..12)),
            1..5,
        ),
    ) {
        let files = CrashFiles::default();
        let writer = writer(&files);
        let (mut conversations, mut parts) = (Model::<Conversation>::new(), Model::<Message>::new());
        for (index, (pushed, removed)) in edits.into_iter().enumerate() {
            let note = format!("edit {index}");
            let rows = pushed.keys().map(|id| thread(*id, in_month(1, id % 7), 0, &note).0).collect();
            let removed: HashSet<_> = removed.iter().map(ToString::to_string).collect();
            edit(&writer, &mut conversations, rows, removed.clone());
            assert_same(&writer, &conversations);
            let rows = pushed.iter().flat_map(|(id, count)| messages(*id, *count, &note)).collect();
            edit(&writer, &mut parts, rows, removed);
            assert_same(&writer, &parts);
        }
    }

    #[test]
    fn an_edit_of_many_rows_equals_the_same_edit_of_a_map(
        old in prop::collection::btree_set(0..9_000_usize, 0..5_000),
        new in prop::collection::btree_set(0..9_000_usize, 0..3_000),
        gone in prop::collection::btree_set(0..9_000_usize, 0..3_000),
        is_one_sided in any::<bool>(),
    ) {
        let files = CrashFiles::default();
        let writer = writer(&files);
        let mut model = Model::<Tag>::new();
        edit(&writer, &mut model, old.iter().map(|id| tag(*id, "old")).collect(), HashSet::new());
        assert_same(&writer, &model);
        // New rows among the old ones, or all of them behind.
        let shift = if is_one_sided { 10_000 } else { 0 };
        let new = new.iter().map(|id| tag(id + shift, "new")).collect();
        edit(&writer, &mut model, new, gone.iter().map(|id| format!("{id:06}")).collect());
        assert_same(&writer, &model);
    }
}

#[test]
fn messages_of_one_conversation_are_replaced_together_across_batches() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let mut model = Model::<Message>::new();
    let old = [messages(1, 3, "old"), messages(2, 5_000, "old"), messages(3, 3, "old")].concat();
    edit(&writer, &mut model, old, HashSet::new());
    assert_same(&writer, &model);
    edit(&writer, &mut model, messages(2, 3_000, "new"), HashSet::new());
    assert_same(&writer, &model);
    edit(&writer, &mut model, messages(2, 0, "fewer"), HashSet::from(["1".to_owned()]));
    assert_same(&writer, &model);
    assert_eq!(model.values().map(Vec::len).collect::<Vec<_>>(), [1, 4]);
}

#[test]
fn rows_are_stored_once_though_they_span_the_writers_batches() {
    for count in [1_023, 1_024, 1_025, 2_047, 2_048, 2_049, 4_096] {
        let files = CrashFiles::default();
        let writer = writer(&files);
        let mut model = Model::<Tag>::new();
        edit(&writer, &mut model, (0..count).map(|id| tag(id, "old")).collect(), HashSet::new());
        assert_same(&writer, &model);
        edit(&writer, &mut model, (0..count).map(|id| tag(id, "new")).collect(), HashSet::new());
        assert_same(&writer, &model);
    }
}

#[test]
fn a_file_too_long_to_be_read_at_once_is_merged_as_any_other() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let mut dice = Dice::new(3);
    let mut noise = || (0..40_000).map(|_| format!("{:016x}", dice.roll())).collect::<String>();
    let mut model = Model::new();
    for number in 1..=16 {
        let mut messages = messages(number, 1, "noise");
        messages[0].body_text = Some(noise());
        edit(&writer, &mut model, messages, HashSet::new());
    }
    let name = january::<Message>(&writer).name();
    assert!(writer.state().expect("whole").files[&name].bytes > 4 << 20);
    edit(&writer, &mut model, messages(3, 2, "short"), HashSet::from(["5".to_owned()]));
    assert_same(&writer, &model);
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let mut model = Model::<Tag>::new();
    assert!(edit(&writer, &mut model, vec![tag(1, "one"), tag(2, "two")], HashSet::new()));
    let before = writer.state().expect("whole");
    for removed in [HashSet::new(), HashSet::from(["000003".to_owned()])] {
        assert!(!edit(&writer, &mut model, Vec::new(), removed));
        let after = writer.state().expect("whole");
        assert_eq!((after.generation, &after.files), (before.generation, &before.files));
    }
    assert!(edit(&writer, &mut model, Vec::new(), HashSet::from(["000002".to_owned()])));
    assert_same(&writer, &model);
    let left = files.disk().files().filter(|(path, _)| path.extension().is_some_and(|e| e == "tmp")).count();
    assert_eq!(left, 0);
}

#[test]
fn an_edit_that_removes_every_row_leaves_a_readable_empty_file() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let mut model = Model::<Tag>::new();
    edit(&writer, &mut model, vec![tag(1, "one")], HashSet::new());
    assert!(edit(&writer, &mut model, Vec::new(), HashSet::from(["000001".to_owned()])));
    assert_same(&writer, &model);
    assert!(model.is_empty());
}

#[test]
fn runs_are_kept_in_the_order_of_their_numbers() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let run = |run_id| SyncRun { run_id, ..any_row(run_id as u64) };
    for numbers in [vec![10, 2], vec![9, 100], vec![2, 11]] {
        let mut commit = writer.begin().expect("whole");
        let mut rows: Vec<_> = numbers.into_iter().map(run).collect();
        commit.upsert(&mut rows, |row| row.run_id.to_string()).expect("no call fails");
        commit.finish(|_| {}).expect("no call fails");
    }
    let rows: Vec<SyncRun> = writer.reader().rows(&DataFile::whole(SyncRun::TABLE)).expect("readable");
    assert_eq!(rows.iter().map(|row| row.run_id).collect::<Vec<_>>(), [2, 9, 10, 11, 100]);
}

#[test]
fn of_rows_with_one_id_the_last_is_stored() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let mut commit = writer.begin().expect("whole");
    let mut rows = [tag(1, "first"), tag(2, "other"), tag(1, "last")];
    commit.upsert(&mut rows, |tag| tag.tag_id.to_string()).expect("no call fails");
    commit.finish(|_| {}).expect("no call fails");
    let rows: Vec<Tag> = writer.reader().rows(&DataFile::whole(Tag::TABLE)).expect("readable");
    assert_eq!(rows, [tag(1, "last"), tag(2, "other")]);
}

#[test]
fn rows_out_of_order_or_twice_are_refused() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    for ids in [[2, 1], [1, 1]] {
        let mut commit = writer.begin().expect("whole");
        let mut edit = commit.edit::<Tag>(january::<Tag>(&writer), Arc::default()).expect("no call fails");
        ids.iter().for_each(|id| edit.push(&tag(*id, "tag")).expect("refused when the edit is completed"));
        let error = commit.add(edit).expect_err("the file would be wrong");
        assert!(error.to_string().contains("out of order"), "{error}");
    }
    assert!(writer.state().expect("whole").files.is_empty());
}

#[test]
fn a_file_changed_twice_in_one_commit_is_refused() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let mut commit = writer.begin().expect("whole");
    commit.upsert(&mut [tag(1, "one")], |tag| tag.tag_id.to_string()).expect("no call fails");
    let error =
        commit.upsert(&mut [tag(2, "two")], |tag| tag.tag_id.to_string()).expect_err("it would be lost");
    assert!(error.to_string().contains("twice"), "{error}");
}

#[test]
fn of_two_commits_under_way_the_later_is_refused_and_loses_nothing() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let (first, second) = (writer.begin().expect("whole"), writer.begin().expect("whole"));
    first.finish(|state| state.sync = json!({"cursor": 1})).expect("no call fails");
    let error =
        second.finish(|state| state.sync = json!({"other": 2})).expect_err("the cursor would be lost");
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert_eq!(writer.state().expect("whole").sync, json!({"cursor": 1}));
}

#[test]
fn conversations_are_found_again_in_a_walk() {
    let files = CrashFiles::default();
    let writer = writer(&files);
    let mut model = Model::<Conversation>::new();
    let rows: Vec<_> = (0..50).map(|id| thread(id * 2, in_month(1, id % 7), 0, "note").0).collect();
    edit(&writer, &mut model, rows, HashSet::new());
    let mut walk = writer.reader().walk(&january::<Conversation>(&writer)).expect("readable");
    for (key, row) in &model {
        let missing = format!("{}0x", key.1);
        assert_eq!(walk.find(Timestamp::from_micros(key.0), &key.1).expect("readable").as_ref(), row.first());
        assert_eq!(walk.find(Timestamp::from_micros(key.0), &missing).expect("readable"), None);
    }
    assert_eq!(walk.find(in_month(2, 0), "1").expect("readable"), None);
}
