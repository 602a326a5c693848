//! `fi demo` and `fi demo serve`: the product without an account, in a home of its own.

use std::fs;
use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::cmd_sync::wait_for;
use crate::support::cli::{CANARY, TestEnv, files_below};

const SMALL: &[&str] = &["demo", "--conversations", "60", "--days", "30"];

fn demo(env: &TestEnv, more: &[&str]) -> Value {
    let run = env.fi(&[SMALL, more, &["--json"]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run}");
    run.json()
}

#[test]
fn the_demo_shows_a_company_with_real_answers() {
    let env = TestEnv::new();
    let run = env.fi(SMALL);
    insta::assert_snapshot!(run.steady(), @r#"
    exit code: 0
    --- stdout ---
    Conversations a week, by the week's Monday
      2026-10-19   9 ████████████████████████████████▊
      2026-10-26  14 ███████████████████████████████████████████████████
      2026-11-02  10 ████████████████████████████████████▍
      2026-11-09  13 ███████████████████████████████████████████████▍
      2026-11-16  14 ███████████████████████████████████████████████████

    Busiest tags
      login            4 ███████████████████████████████████████████████
      api              3 ███████████████████████████████████▎
      delivery         2 ███████████████████████▌
      feature request  2 ███████████████████████▌
      import           2 ███████████████████████▌

    Median time to a teammate's first reply, of inbound conversations
      # min # s over 51 conversations

    Next
      fi --home $DIR/home/demo status
      fi --home $DIR/home/demo search 'refund -invoice'
      fi --home $DIR/home/demo query "SELECT state, count(*) FROM conversations GROUP BY state"
      fi --home $DIR/home/demo query "SELECT author_class, count(*) FROM messages GROUP BY author_class ORDER BY 2 DESC"
      fi demo
      fi init
    --- stderr ---
    Making up a company with 60 conversations and syncing it over HTTP
    Listing conversations: 60 conversations
    Fetching messages: 60 conversations
    Fetching contacts: 23 contacts
    Fetching companies: 6 companies
    Fetching tickets: 3 tickets
    Synced Larkspur in # s
      fetched  60 conversations
      asked    77 requests
      holding  60 conversations, 556 messages, 23 contacts in # kB
    "#);
}

#[test]
fn as_json_it_has_the_documented_shape() {
    let env = TestEnv::new();
    let document = demo(&env, &[]);
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "answers",
            "api_url",
            "changed_count",
            "contacts",
            "conversations",
            "deleted_count",
            "home",
            "is_first",
            "lake_bytes",
            "messages",
            "new_count",
            "next",
            "outcome",
            "requests",
            "seconds",
        ]
    );
    assert_eq!((&document["conversations"], &document["is_first"]), (&60.into(), &true.into()));
    assert!(document["messages"].as_u64().unwrap() > 200);
    assert!(document["requests"].as_u64().unwrap() > 60);
    let weeks = document["answers"]["weekly_volume"].as_array().unwrap();
    let begun: u64 = weeks.iter().map(|week| week["value"].as_u64().unwrap()).sum();
    assert_eq!(begun, 60);
    assert!(document["answers"]["median_first_response_seconds"].as_u64().unwrap() > 0);
}

#[test]
fn a_second_run_finds_what_happened_since_and_fresh_starts_over() {
    let env = TestEnv::new();
    let first = demo(&env, &[]);
    let second = demo(&env, &[]);
    assert_eq!(
        (&second["is_first"], &second["new_count"], &second["deleted_count"]),
        (&false.into(), &6.into(), &1.into())
    );
    assert_eq!(second["conversations"], 65);
    assert!(second["requests"].as_u64() < first["requests"].as_u64());
    let told = env.fi(&["demo"]);
    assert!(told.stderr.contains("went on since the last run"), "{told}");
    assert!(told.stderr.contains("since the last run: 6 conversations new"), "{told}");
    let fresh = demo(&env, &["--fresh"]);
    assert_eq!((&fresh["is_first"], &fresh["conversations"]), (&true.into(), &60.into()));
    let again = demo(&TestEnv::new(), &[]);
    assert_eq!((&again["answers"], &again["messages"]), (&fresh["answers"], &fresh["messages"]));
}

#[test]
fn another_company_needs_a_fresh_start() {
    let env = TestEnv::new();
    demo(&env, &[]);
    let run = env.fi(&["demo", "--conversations", "61"]);
    insta::assert_snapshot!(run, @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: the demo that is there is of another company
      because: it was made with --conversations 60 --days 30 --seed 7
      hint: go on with it: fi demo
      hint: or start over with a new one: add --fresh
    ");
    assert_eq!(demo(&env, &["--fresh", "--seed", "8"])["conversations"], 60);
}

#[test]
fn the_demo_touches_nothing_of_the_real_home() {
    let env = TestEnv::new().with("INTERCOM_ACCESS_TOKEN", CANARY).with("FASTINTERCOM_REGION", "nonsense");
    env.write("home/config.toml", "half = \"wri");
    demo(&env, &[]);
    let outside: Vec<_> = files_below(&env.home())
        .into_iter()
        .filter(|file| !file.starts_with(env.home().join("demo")))
        .collect();
    assert_eq!(outside, [env.home().join("config.toml")]);
    assert_eq!(fs::read_to_string(&outside[0]).unwrap(), "half = \"wri");
    env.assert_no_canary(&[]);
}

#[test]
fn other_commands_work_on_the_demos_home() {
    let env = TestEnv::new();
    demo(&env, &[]);
    let home = env.home().join("demo");
    let at_home = |command: &[&str]| env.fi(&[&["--home", home.to_str().unwrap()], command].concat());
    let status = at_home(&["status", "--json"]);
    assert_eq!((&status.json()["is_demo"], status.code), (&true.into(), Some(0)), "{status}");
    assert_eq!(at_home(&["verify"]).code, Some(0));
    assert_eq!(at_home(&["doctor"]).code, Some(0));
    let sync = at_home(&["sync"]);
    assert_eq!(sync.code, Some(1), "{sync}");
    assert!(sync.stderr.contains("hint: sync it with: fi demo"), "{sync}");
    assert_eq!(env.fi(&["status"]).code, Some(3), "the real home holds nothing");
}

#[cfg(unix)]
#[test]
fn serve_answers_until_it_is_interrupted() {
    let env = TestEnv::new();
    let mut child =
        env.start(&mut env.command(&["demo", "serve", "--port", "0", "--conversations", "12", "--json"]));
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while serde_json::from_str::<Value>(&text).is_err() {
        assert!(stdout.read_line(&mut text).unwrap() > 0, "{text}");
    }
    let announced: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&announced["conversations"], &announced["any_token"]), (&12.into(), &true.into()));
    let url = announced["api_url"].as_str().unwrap();
    let other = TestEnv::new().with("FASTINTERCOM_API_URL", url).with("INTERCOM_ACCESS_TOKEN", "anything");
    assert_eq!(other.fi(&["sync", "--json"]).json()["held"]["conversations"], 12);
    super::cmd_sync::interrupt(&child);
    let run = env.finish(child);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run}");
    wait_for(|| !env.home().exists());
}

#[test]
fn serve_refuses_faults_it_does_not_know_and_ports_that_are_taken() {
    let env = TestEnv::new();
    let run = env.fi(&["demo", "serve", "--port", "0", "--faults", "gremlins"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("there is no fault named `gremlins`"), "{run}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = env.fi(&["demo", "serve", "--port", &port, "--conversations", "1"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("--port 0 picks a free port"), "{run}");
}
