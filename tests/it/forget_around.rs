//! `fi forget` and what stands around the lake: the search index is made anew without a byte of before, and
//! `fi verify --remote` still sees what is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fastintercom::model::Conversation;

use crate::support::indexed::segments;
use crate::support::scene::Scene;
use crate::support::somebody::{WORDS, is_shared};
use crate::support::truth::Held;

/// Fails if a file of the index is one of before, or keeps what was deleted.
fn assert_index_is_new(home: &Path, before: &BTreeSet<String>) {
    let (after, deleted) = segments(home);
    assert!(before.is_disjoint(&after) && !after.is_empty(), "{before:?} {after:?}");
    assert_eq!(deleted, 0, "deleted documents are in its files");
}

#[test]
fn the_index_is_made_anew_also_when_nothing_is_held_any_more() {
    let scene = Scene::new(is_shared);
    let (env, home) = (&scene.env, scene.env.home());
    let total = || env.fi(&["search", WORDS, "--json"]).json()["total"].as_u64();
    assert_eq!(total(), Some(1));
    let (before, _) = segments(&home);
    assert_eq!(scene.forget(&["--yes"]).code, Some(0));
    assert_index_is_new(&home, &before);
    assert_eq!(total(), Some(0));
    // What others delete stays in the files of the index until it is made anew.
    let other = Held::at(&home).rows::<Conversation>()[0].conversation_id.to_string();
    scene.standin.pass(60);
    scene.standin.server.delete(other.parse().unwrap()).unwrap();
    assert_eq!(env.fi(&["sync", "-q"]).code, Some(0));
    let (before, deleted) = segments(&home);
    assert!(deleted > 0, "nothing to be purged");
    let again = scene.forget(&["--yes"]);
    assert!(again.code == Some(0) && again.stderr.contains("Forgotten already"), "{again}");
    assert_index_is_new(&home, &before);
}

#[test]
fn an_index_that_was_not_there_is_not_made() {
    let scene = Scene::new(is_shared);
    let index = scene.env.home().join("index");
    fs::remove_dir_all(&index).unwrap();
    assert_eq!(scene.forget(&["--yes"]).code, Some(0));
    assert!(!index.exists(), "nobody asked for it");
    scene.assert_gone();
}

#[test]
fn verify_sees_what_is_gone_at_intercom_on_a_day_with_somebody_forgotten() {
    let scene = Scene::new(is_shared);
    let day = |row: &Conversation| row.created_at.seconds().div_euclid(86_400);
    let held = Held::at(&scene.env.home()).rows::<Conversation>();
    let is_theirs = |row: &&Conversation| scene.somebody.conversations.contains(row.conversation_id.as_str());
    // As many are gone there as are forgotten here: the counts of the day are equal.
    let same_day = held.iter().filter(is_theirs).find_map(|theirs| {
        let others = held.iter().filter(|row| !is_theirs(row) && day(row) == day(theirs));
        let count = held.iter().filter(is_theirs).filter(|row| day(row) == day(theirs)).count();
        let others: Vec<String> = others.take(count).map(|row| row.conversation_id.to_string()).collect();
        (others.len() == count).then_some(others)
    });
    let same_day = same_day.expect("a day with others");
    assert_eq!(scene.forget(&["--yes"]).code, Some(0));
    for id in &same_day {
        scene.standin.server.delete(id.parse().unwrap()).unwrap();
    }
    let run = scene.env.fi(&["verify", "--remote", "--json"]);
    assert_eq!(run.json()["is_ok"], false, "{run}");
    assert!(same_day.iter().all(|id| run.stdout.contains(id)), "{run}");
}
