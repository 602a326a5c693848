//! What the index finds is what reading everything finds, for words, phrases and the like taken from the lake.

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

use crate::support::indexed::{found, index};
use crate::support::scan::Scan;
use crate::support::world::World;

/// Questions of each run.
const QUESTIONS: usize = 1_000;

/// A question made of words that stand somewhere in the lake.
fn question(random: &mut ChaCha8Rng, scan: &Scan) -> String {
    let texts = scan.texts();
    let words = *texts.choose(random).unwrap();
    let at = random.random_range(0..words.len());
    let length = random.random_range(2..=4).min(words.len() - at);
    let one = words[at].clone();
    let other = (*scan.words().choose(random).unwrap()).to_owned();
    let chars: Vec<char> = one.chars().collect();
    let stem = |count: usize| chars.iter().take(count).collect::<String>();
    match random.random_range(0..14) {
        0..3 => one,
        3..5 => format!("\"{}\"", words[at..at + length].join(" ")),
        5 => format!("{one} {other}"),
        6 => format!("{one} OR {other}"),
        7 => format!("{other} -{one}"),
        8 => format!("-{one} -\"{}\"", words[at..at + length].join(" ")),
        9 => format!("{}*", stem(random.random_range(1..=4))),
        10 if one.is_ascii() && chars.len() > 3 => format!("{}{}~", stem(2), &one[3..]),
        11 => format!("({one} {other}) OR -({other} OR \"{}\")", words[at..at + length].join(" ")),
        12 => format!("note:{one} OR title:{other}"),
        13 => format!("from:{one} has:attachment"),
        _ => other,
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_questions_are_answered_as_by_reading_everything() {
    let world = World::new(900);
    world.sync_to_equality().await;
    let (index, scan) = (index(world.home()), Scan::of(world.home()));
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut hits = 0;
    for number in 0..QUESTIONS {
        let question = question(&mut random, &scan);
        let expected = scan.found(&question);
        assert_eq!(found(&index, &question), expected, "question {number}: {question}");
        hits += usize::from(!expected.is_empty());
    }
    assert!(hits > QUESTIONS / 2, "only {hits} questions found anything");
}

#[tokio::test(start_paused = true)]
async fn people_tags_and_assignees_are_found_as_by_reading_everything() {
    let world = World::new(300);
    world.sync_to_equality().await;
    let (index, scan) = (index(world.home()), Scan::of(world.home()));
    let workspace = world.server.snapshot();
    let mut asked = 0;
    for contact in workspace.contacts().take(40) {
        let texts = [contact.email.as_deref(), contact.name.as_deref()].into_iter().flatten();
        for query in texts.filter(|text| !text.is_empty()) {
            let query = format!("from:\"{query}\"");
            assert_eq!(found(&index, &query), scan.found(&query), "{query}");
            asked += 1;
        }
    }
    for admin in workspace.admins() {
        let query = format!("assignee:\"{}\"", admin.name);
        assert_eq!(found(&index, &query), scan.found(&query), "{query}");
        asked += 1;
    }
    for tag in workspace.tags() {
        let query = format!("tag:\"{}\" -has:note", tag.name);
        assert_eq!(found(&index, &query), scan.found(&query), "{query}");
        asked += 1;
    }
    assert!(asked > 50, "{asked}");
    let assigned = found(&index, "assignee:nobody").len() + found(&index, "-assignee:nobody").len();
    assert_eq!(assigned, found(&index, "").len());
}
