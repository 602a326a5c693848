//! `fi serve` over a home that can only be read: it answers what the writer's server answers, follows what is committed
//! elsewhere, and leaves nothing anywhere.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::support::cli::{CANARY, TestEnv, files_below};
use crate::support::read_only::read_only;
use crate::support::serving::{Reply, Request, Serving};
use crate::support::standin::StandIn;

/// A world with nothing in it but an empty home.
fn world() -> (StandIn, TestEnv) {
    let standin = StandIn::new();
    let env = standin.env_with_token(CANARY);
    std::fs::create_dir(env.home()).unwrap();
    (standin, env)
}

fn sync(env: &TestEnv) {
    let run = env.fi(&["sync"]);
    assert!(run.code == Some(0), "{run}");
}

/// A server that may not write; `None` where that cannot be tried.
fn replica(env: &TestEnv) -> Option<Serving> {
    let mut command = read_only(env, &["serve", "--port", "0", "--json"])?;
    Some(Serving::of(env.start(&mut command)))
}

fn ask(server: &Serving, tool: &str, arguments: &Value) -> Reply {
    server.send(&Request::post(&format!("/tools/{tool}"), arguments))
}

fn answer(server: &Serving, tool: &str, arguments: &Value) -> Value {
    let reply = ask(server, tool, arguments);
    assert_eq!(reply.status, 200, "{tool}: {reply:?}");
    reply.json()
}

/// Ids of the conversations with a word.
fn found(server: &Serving, word: &str) -> Vec<String> {
    let answer = answer(server, "search_conversations", &json!({"query": word, "limit": 50}));
    let conversations = answer["conversations"].as_array().unwrap();
    conversations.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Every file of the home, and when it was last changed.
fn home_of(env: &TestEnv) -> BTreeMap<PathBuf, SystemTime> {
    let files = files_below(&env.home()).into_iter();
    files.map(|file| (file.clone(), std::fs::metadata(&file).unwrap().modified().unwrap())).collect()
}

fn assert_leaves_nothing(env: &TestEnv) {
    assert_eq!(std::fs::read_dir(env.path().join("tmp")).unwrap().count(), 0);
}

#[test]
fn a_replica_answers_as_the_writer_does() {
    let (_standin, env) = world();
    sync(&env);
    let before = home_of(&env);
    let Some(replica) = replica(&env) else { return };
    let any = found(&replica, "the OR a OR de OR la");
    assert!(any.len() > 1);
    assert_eq!(replica.send(&Request::get("/ready")).status, 200);
    let id = any[0].clone();
    let questions = [
        ("search_conversations", json!({"query": "the"})),
        ("search_conversations", json!({"state": "open", "limit": 3})),
        ("get_conversation", json!({"conversation_id": id})),
        ("analyze_conversations", json!({"metrics": ["conversations"], "group_by": ["month"]})),
        ("query", json!({"sql": "SELECT count(*) AS n, sum(message_id::HUGEINT % 7) AS s FROM messages"})),
        ("describe_data", json!({})),
        ("check_coverage", json!({"timeframe": "last 7 days"})),
    ];
    let asked =
        |server: &Serving| questions.clone().map(|(tool, arguments)| known(answer(server, tool, &arguments)));
    let answers = asked(&replica);
    assert_eq!(home_of(&env), before, "a replica wrote");
    assert_eq!(replica.end().0.code(), Some(0));
    assert_leaves_nothing(&env);
    // One without a token would sync no more than the replica does.
    let env = env.with("INTERCOM_ACCESS_TOKEN", "");
    let writer = Serving::start(&env, &[]);
    for (ours, theirs) in answers.iter().zip(asked(&writer)) {
        assert_eq!(*ours, theirs);
    }
    assert!(writer.end().0.success());
}

/// An answer without what is of the server rather than of the lake.
fn known(mut answer: Value) -> Value {
    for name in ["notes", "elapsed_ms", "freshness", "message"] {
        answer.as_object_mut().unwrap().remove(name);
    }
    answer
}

#[test]
fn a_replica_says_that_it_is_one_and_refuses_to_sync() {
    let (_standin, env) = world();
    sync(&env);
    let Some(replica) = replica(&env) else { return };
    let status = answer(&replica, "get_server_status", &json!({}));
    assert_eq!((&status["status"], &status["index"]), (&json!("active"), &json!("current")), "{status}");
    assert!(status["message"].as_str().unwrap().contains("it is a replica"), "{status}");
    let sync = answer(&replica, "get_sync_status", &json!({}));
    assert_eq!((&sync["availability"], &sync["next_sync_at"]), (&json!("replica"), &Value::Null), "{sync}");
    for tool in ["sync_conversations", "force_sync"] {
        let refused = answer(&replica, tool, &json!({}));
        assert_eq!(refused["success"], json!(false), "{refused}");
        assert!(refused["message"].as_str().unwrap().contains("it is a replica"), "{refused}");
    }
    assert!(replica.end().0.success());
    let run = env.finish(env.start(&mut read_only(&env, &["sync"]).unwrap()));
    assert!(run.code == Some(1) && run.stderr.contains("Read-only file system"), "{run}");
    let run = env.finish(env.start(&mut read_only(&env, &["search", "the", "--json"]).unwrap()));
    assert!(run.code == Some(0) && run.json()["total_count"].as_u64() > Some(0), "{run}");
    assert_leaves_nothing(&env);
}

#[test]
fn a_replica_is_there_before_the_first_sync_and_follows_each() {
    let (standin, env) = world();
    let Some(replica) = replica(&env) else { return };
    assert_eq!(replica.send(&Request::get("/health")).status, 200);
    assert!(replica.is_soon(503));
    assert_eq!(ask(&replica, "search_conversations", &json!({"query": "the"})).code(), "no_data");
    sync(&env);
    assert!(replica.is_soon(200));
    assert!(!found(&replica, "the OR a OR de OR la").is_empty());
    let messages = "SELECT count(*) FROM messages WHERE contains(body_text, 'periwinkle')";
    for (step, id) in standin
        .server
        .read(|all| all.conversations().map(|one| one.id).take(4).collect::<Vec<_>>())
        .into_iter()
        .enumerate()
    {
        standin.pass(60);
        standin.server.reply(id, "<p>a periwinkle walrus</p>").unwrap();
        sync(&env);
        assert_eq!(found(&replica, "periwinkle").len(), step + 1);
        assert_eq!(answer(&replica, "query", &json!({"sql": messages}))["rows"], json!([[step + 1]]));
    }
    assert!(replica.end().0.success());
    assert_leaves_nothing(&env);
}

#[test]
fn a_replica_waits_a_moment_for_an_index_and_then_says_that_it_is_not_there() {
    let (_standin, env) = world();
    sync(&env);
    std::fs::remove_dir_all(env.home().join("index")).unwrap();
    let Some(replica) = replica(&env) else { return };
    let begun = Instant::now();
    let refused = ask(&replica, "search_conversations", &json!({"query": "the"}));
    assert_eq!((refused.status, refused.code().as_str()), (503, "index_being_made"), "{refused:?}");
    assert!(refused.body.contains("the server that may write this home"), "{refused:?}");
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert!(!env.home().join("index").exists());
    let run = env.fi(&["reindex"]);
    assert!(run.code == Some(0), "{run}");
    assert!(!found(&replica, "the OR a OR de OR la").is_empty());
    assert!(replica.end().0.success());
}
