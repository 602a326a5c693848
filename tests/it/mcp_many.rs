//! Many clients of one server at once, while the lake grows under it: nobody gets an error, and every answer is one that
//! a quiet server would have given at some moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastintercom::lake::{Disk, Follower, Holder, Partitioning, Writer, WriterLock};
use fastintercom::server::Mcp;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::support::indexed::index;
use crate::support::little_lake::{LittleLake, put};
use crate::support::rows::in_month;
use crate::support::served::{Client, Era, Still, app};
use crate::support::told::told;

const SESSIONS: usize = 24;
const COMMITS: i64 = 25;

/// What one session heard: counts with the version of the lake they are of, where the answer says which.
type Heard = Vec<(&'static str, Option<u64>, i64)>;

fn count(answer: &Value, pointer: &str) -> i64 {
    answer.pointer(pointer).and_then(Value::as_i64).unwrap_or_else(|| panic!("{answer}"))
}

fn ask(client: &mut Client, is_over: &AtomicBool) -> Heard {
    let mut heard = Vec::new();
    while !is_over.load(Ordering::Relaxed) || heard.is_empty() {
        let answer = client.answer("query", json!({"sql": "SELECT count(*) FROM conversations"}));
        heard.push(("query", answer["generation"].as_u64(), count(&answer, "/rows/0/0")));
        let answer = client.answer("analyze_conversations", json!({"metrics": "conversations"}));
        heard.push(("analyze", None, count(&answer, "/total/values/conversations/value")));
        let answer = client.answer("search_conversations", json!({"query": "parcel", "limit": 1}));
        if answer["is_index_behind"] != json!(true) {
            heard.push(("search", None, count(&answer, "/total")));
        }
        let read = client.answer("get_conversation", json!({"conversation_id": "1"}));
        assert_eq!(read["message_count"], 2);
    }
    heard
}

#[test]
fn many_sessions_ask_while_the_lake_grows_and_every_answer_was_right_at_some_moment() {
    let lake = LittleLake::empty(Partitioning::Month);
    let home = lake.home();
    let index = index(&home);
    // As a sync does: with the lake's lock, which readers of a search may have for a moment.
    let add = |id: i64| {
        let me = Holder { pid: std::process::id(), purpose: "fi sync".to_owned(), since_seconds: 0 };
        let lock = WriterLock::wait(&lake.layout(), &me, |_| false).unwrap();
        let writer = Writer::open(Arc::new(Disk::default()), lake.layout(), Some(lock)).unwrap();
        let writer = writer.followed_by(Arc::clone(&index) as Arc<dyn Follower>);
        let story = "0 customer: Where is my parcel?\n60 teammate 7: On its way";
        put(&writer, &[told(id, in_month(3, id * 60), story, &json!({}))]);
        (writer.state().unwrap().generation, id)
    };
    let mut counts = BTreeMap::from([add(1)]);
    let runtime = Arc::new(Runtime::new().unwrap());
    let now = "2026-04-10T12:00:00Z".parse().unwrap();
    let app = Arc::new(app(&home, now, Arc::new(Still::default())));
    let is_over = AtomicBool::new(false);
    let heard: Vec<Heard> = std::thread::scope(|scope| {
        let sessions: Vec<_> = (0..SESSIONS)
            .map(|number| {
                let era = if number % 2 == 0 { Era::Legacy } else { Era::Modern };
                let mut client = Client::on(&runtime, Mcp::new(Arc::clone(&app)), era);
                let is_over = &is_over;
                scope.spawn(move || {
                    if era == Era::Legacy {
                        client.initialize();
                    }
                    ask(&mut client, is_over)
                })
            })
            .collect();
        counts.extend((2..=COMMITS).map(add));
        is_over.store(true, Ordering::Relaxed);
        sessions.into_iter().map(|session| session.join().unwrap()).collect()
    });
    let possible: BTreeSet<i64> = counts.values().copied().collect();
    for (kind, generation, count) in heard.iter().flatten() {
        assert!(possible.contains(count), "{kind}: {count}");
        if let Some(expected) = generation.and_then(|generation| counts.get(&generation)) {
            assert_eq!(count, expected, "{kind}, generation {generation:?}");
        }
    }
    assert!(heard.iter().all(|heard| heard.len() >= 3));
}
