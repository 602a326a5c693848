//! The index follows the lake, and is mended where it does not: behind, missing, damaged, of another version, or kept
//! by another process.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use fastintercom::cancel::Cancel;
use fastintercom::index::{Error, Sort, Standing, TextIndex, Wait};
use fastintercom::lake::{DataFile, Holder, Partitioning, WriterLock};
use fastintercom::model::{Conversation, Message, Row};

use crate::support::indexed::{followed_writer, found, found_standing, index, page, silent};
use crate::support::little_lake::{LittleLake, put};
use crate::support::rows::{in_month, thread};

/// A lake of twenty conversations that say what number they have, and an index that followed.
fn lake() -> (LittleLake, Arc<TextIndex>) {
    let lake = LittleLake::empty(Partitioning::Month);
    let index = index(&lake.home());
    let writer = followed_writer(&lake.home(), &index);
    for month in 1..=2 {
        let rows: Vec<_> = (1..=10)
            .map(|n| thread(month * 100 + n, in_month(month, n * 3_600), 2, &format!("parcel number{n}")))
            .collect();
        put(&writer, &rows);
    }
    drop(writer);
    (lake, index)
}

/// Changes one conversation without telling the index: what a crash between the two commits leaves.
fn change_behind_its_back(lake: &LittleLake) {
    put(&lake.writer(), &[thread(101, in_month(1, 3_600), 3, "bicycle")]);
}

fn why(standing: &Standing) -> &'static str {
    match standing {
        Standing::Current => "current",
        Standing::Mended { why, .. } => why,
        Standing::Behind { .. } => "behind",
    }
}

#[test]
fn it_follows_every_commit() {
    let (lake, index) = lake();
    assert_eq!(
        found_standing(&index, "number3"),
        (vec!["103".to_owned(), "203".to_owned()], Standing::Current)
    );
    let writer = followed_writer(&lake.home(), &index);
    put(&writer, &[thread(103, in_month(1, 3 * 3_600), 1, "bicycle")]);
    drop(writer);
    assert_eq!(found_standing(&index, "bicycle"), (vec!["103".to_owned()], Standing::Current));
    assert_eq!(found(&index, "number3"), ["203"]);
    assert_eq!(found(&index, "parcel").len(), 19);
}

#[test]
fn what_is_removed_is_gone_with_the_commit_that_removes_it() {
    let (lake, index) = lake();
    let writer = followed_writer(&lake.home(), &index);
    let mut commit = writer.begin().unwrap();
    let (partition, ids) =
        (Partitioning::Month.partition(in_month(2, 0)), Arc::new(["205".to_owned()].into()));
    commit.remove::<Conversation>(DataFile::part(Conversation::TABLE, partition.clone()), &ids).unwrap();
    commit.remove::<Message>(DataFile::part(Message::TABLE, partition), &ids).unwrap();
    commit.finish(|_| {}).unwrap();
    drop(writer);
    assert_eq!(found_standing(&index, "number5"), (vec!["105".to_owned()], Standing::Current));
    assert_eq!(page(&index, "parcel", Sort::Newest, 50).total, 19);
}

#[test]
fn an_index_behind_the_lake_is_brought_up_to_date_by_the_next_question() {
    let (lake, index) = lake();
    change_behind_its_back(&lake);
    let (ids, standing) = found_standing(&index, "bicycle");
    assert_eq!(ids, ["101"]);
    let Standing::Mended { why, updated } = standing else { panic!("{standing:?}") };
    assert_eq!(
        (why, updated.partitions, updated.written, updated.removed),
        ("the search index was behind the data", 1, 1, 0)
    );
    assert_eq!(found_standing(&index, "number1"), (vec!["201".to_owned()], Standing::Current));
}

#[test]
fn a_missing_index_is_made_and_the_answer_is_the_same() {
    let (lake, first) = lake();
    let before = found(&first, "parcel -number4");
    fs::remove_dir_all(lake.home().join("index")).unwrap();
    let (after, standing) = found_standing(&index(&lake.home()), "parcel -number4");
    assert_eq!((after, why(&standing)), (before, "there was no search index"));
}

/// Every file of the index but the locks.
fn files(home: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(home.join("index")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_none_or(|extension| extension != "lock")).collect();
    files.sort();
    files
}

#[test]
fn each_file_missing_or_cut_short_is_noticed_and_mended() {
    let count = files(&lake().0.home()).len();
    assert!(count > 5, "{count}");
    for number in 0..count {
        for cut in [0, 1, 2] {
            let (lake, _) = lake();
            let file = files(&lake.home())[number].clone();
            let length = fs::metadata(&file).unwrap().len();
            match cut {
                0 => fs::remove_file(&file).unwrap(),
                1 => fs::File::options().write(true).open(&file).unwrap().set_len(length / 2).unwrap(),
                _ => fs::File::options().write(true).open(&file).unwrap().set_len(0).unwrap(),
            }
            let index = index(&lake.home());
            let context = format!("{}, {cut}", file.display());
            assert_eq!(found(&index, "number7"), ["107", "207"], "{context}");
            assert_eq!(page(&index, "parcel number7*", Sort::Relevance, 5).hits.len(), 2, "{context}");
            assert_eq!(found(&index, "parcel").len(), 20, "{context}");
        }
    }
}

/// Bytes at the end of a file that the library looks at whenever it opens it: whatever is wrong there, nothing else is read.
const FOOTER: usize = 200;
/// Parts of a hundred of a file before which a byte is changed.
const PLACES: [usize; 6] = [0, 17, 38, 61, 83, 99];

/// Changes a byte in each file of the index and each of some places, and asks what is left of it. `right` is what is found
/// when it is as it should be.
fn change_each(lake: &LittleLake, right: &[(&str, &[&str])]) {
    let kept: Vec<_> = files(&lake.home()).into_iter().map(|file| (fs::read(&file).unwrap(), file)).collect();
    assert!(kept.iter().filter(|(bytes, _)| bytes.len() > FOOTER).count() > 5);
    for (number, (before, file)) in kept.iter().enumerate().filter(|(_, (bytes, _))| bytes.len() > FOOTER) {
        for percent in PLACES {
            fs::remove_dir_all(lake.home().join("index")).unwrap();
            fs::create_dir(lake.home().join("index")).unwrap();
            kept.iter().for_each(|(bytes, file)| fs::write(file, bytes).unwrap());
            let mut bytes = before.clone();
            let place = (bytes.len() - FOOTER) * percent / 100;
            bytes[place] ^= 1 << ((percent + number) % 7);
            fs::write(file, bytes).unwrap();
            let context = format!("{}, {place}", file.display());
            // What it answers may be wrong: only `fi verify` reads every byte. It must answer, or say that it cannot.
            let asked = index(&lake.home());
            for query in ["number7", "\"parcel number7\"", "par*", "bicycle", "\"parcel num*\""] {
                let _ = asked.all(query, &silent());
            }
            drop(asked);
            let mended = index(&lake.home());
            let is_meta = file.extension().is_some_and(|extension| extension == "json");
            if is_meta || !mended.verify().unwrap().is_empty() {
                mended.rebuild(&silent()).unwrap();
            }
            for (query, ids) in right {
                assert_eq!(found(&mended, query), *ids, "{query}: {context}");
            }
            assert_eq!(mended.verify().unwrap(), Vec::<String>::new(), "{context}");
        }
    }
}

#[test]
fn a_byte_that_changed_does_not_end_the_process_and_is_found_by_verifying() {
    let (lake, _) = lake();
    change_each(
        &lake,
        &[("number7", &["107", "207"]), ("\"parcel number3\"", &["103", "203"]), ("bicycle", &[])],
    );
}

#[test]
fn a_byte_that_changed_does_not_end_the_process_that_brings_the_index_up_to_date() {
    let (lake, _) = lake();
    // So many that what is left of their segment is written anew.
    let changed = (1..=4).map(|n| thread(100 + n, in_month(1, n * 3_600), 3, "bicycle"));
    put(&lake.writer(), &changed.collect::<Vec<_>>());
    let right: &[(&str, &[&str])] = &[
        ("number7", &["107", "207"]),
        ("\"parcel number3\"", &["203"]),
        ("bicycle", &["101", "102", "103", "104"]),
    ];
    change_each(&lake, right);
}

#[test]
fn an_index_of_another_version_is_made_anew() {
    let (lake, _) = lake();
    let meta = lake.home().join("index/meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    fs::write(&meta, text.replace("\\\"version\\\":", "\\\"version\\\":9")).unwrap();
    let (ids, standing) = found_standing(&index(&lake.home()), "number9");
    assert_eq!((ids.len(), why(&standing)), (2, "the search index was of another version of fi"));
}

#[test]
fn an_index_whose_making_was_broken_off_is_gone_on_with() {
    let (lake, _) = lake();
    let stopped = Wait { cancel: Cancel::new(), progress: &|_| {} };
    stopped.cancel.cancel();
    let many: Vec<_> = (1..=600).map(|n| thread(3_000 + n, in_month(3, n), 0, "parcel")).collect();
    put(&lake.writer(), &many);
    let error = index(&lake.home()).rebuild(&stopped).unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
    // What is there is no index yet, whoever looks.
    let holder = Holder { pid: 1, purpose: "fi search".to_owned(), since_seconds: 0 };
    let lock = WriterLock::take(&lake.layout(), &holder).unwrap();
    let error = index(&lake.home()).all("parcel", &silent()).unwrap_err();
    assert!(matches!(error, Error::BeingMade { conversations: 620, .. }), "{error}");
    drop(lock);
    let (ids, standing) = found_standing(&index(&lake.home()), "parcel");
    assert_eq!((ids.len(), why(&standing)), (620, "the search index was behind the data"));
}

#[test]
fn while_another_process_writes_it_answers_from_what_it_has_and_says_so() {
    let (lake, index) = lake();
    change_behind_its_back(&lake);
    let holder = Holder { pid: 1, purpose: "fi sync".to_owned(), since_seconds: 0 };
    let lock = WriterLock::take(&lake.layout(), &holder).unwrap();
    let (ids, standing) = found_standing(&index, "parcel");
    assert_eq!(ids.len(), 20, "as before the change");
    assert_eq!(standing, Standing::Behind { holder: Some(holder), indexed: 20, conversations: 20 });
    drop(lock);
    assert_eq!(found(&index, "parcel").len(), 19);
}

#[test]
fn without_an_index_and_without_the_lock_there_is_no_answer_but_a_reason() {
    let (lake, _) = lake();
    fs::remove_dir_all(lake.home().join("index")).unwrap();
    let holder = Holder { pid: 1, purpose: "fi sync".to_owned(), since_seconds: 0 };
    let _lock = WriterLock::take(&lake.layout(), &holder).unwrap();
    let error = index(&lake.home()).all("parcel", &silent()).unwrap_err();
    assert!(matches!(error, Error::BeingMade { conversations: 20, .. }), "{error}");
}

#[test]
fn a_reader_sees_what_another_index_of_the_same_home_wrote() {
    let (lake, first) = lake();
    let second = index(&lake.home());
    assert_eq!(found(&second, "number2").len(), 2);
    let writer = followed_writer(&lake.home(), &first);
    put(&writer, &[thread(301, in_month(3, 0), 1, "bicycle")]);
    drop(writer);
    assert_eq!(found_standing(&second, "bicycle"), (vec!["301".to_owned()], Standing::Current));
}

#[test]
fn made_anew_it_is_the_same() {
    let (lake, index) = lake();
    change_behind_its_back(&lake);
    let updated = index.rebuild(&silent()).unwrap();
    assert_eq!((updated.written, updated.removed), (20, 0));
    assert_eq!(found(&index, "bicycle"), ["101"]);
    assert_eq!(found(&index, "number1*").len(), 3);
}

#[test]
fn a_home_without_a_lake_has_nothing_to_search() {
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(index(directory.path()).all("x", &silent()), Err(Error::NoLake(_))));
    assert!(!directory.path().join("index").exists());
}
