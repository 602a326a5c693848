//! `fi sync` as it is run: against the stand-in over HTTP, into a home of its own.

use fastintercom::demo::{FaultKind, Faults, Latency, Scope, ServerOptions, When};
use std::time::Duration;

use crate::support::cli::{CANARY, TestEnv, files_below};
use crate::support::standin::StandIn;

#[test]
fn the_first_sync_says_what_it_did() {
    let standin = StandIn::new();
    insta::assert_snapshot!(standin.env().fi(&["sync"]).steady(), @"
    exit code: 0
    --- stdout ---
    --- stderr ---
    Listing conversations: 30 conversations
    Fetching messages: 30 conversations
    Fetching contacts: 13 contacts
    Fetching companies: 4 companies
    Fetching tickets: 2 tickets
    Synced Larkspur in # s
      fetched  30 conversations
      asked    47 requests
      holding  30 conversations, 277 messages, 13 contacts in # kB
    ");
}

#[test]
fn a_second_sync_finds_what_changed_and_nothing_else() {
    let standin = StandIn::new();
    let env = standin.env();
    assert_eq!(env.fi(&["sync", "-q"]).to_string(), "exit code: 0\n--- stdout ---\n--- stderr ---\n");
    let again = env.fi(&["sync", "--json"]).json();
    assert_eq!((again["outcome"].as_str(), again["thread_count"].as_u64()), (Some("completed"), Some(0)));
    let id = standin.server.read(|workspace| workspace.conversation_ids()[3]);
    standin.server.reply(id, "<p>One more thing</p>").unwrap();
    let third = env.fi(&["sync", "--json"]).json();
    assert_eq!((third["thread_count"].as_u64(), third["is_first"].as_bool()), (Some(1), Some(false)));
    assert_eq!(third["held"]["messages"].as_u64(), again["held"]["messages"].as_u64().map(|held| held + 1));
}

#[test]
fn with_json_there_is_one_document_of_a_known_shape() {
    let run = StandIn::new().env().fi(&["sync", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let document = run.json();
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "changed_count",
            "contact_count",
            "deleted_count",
            "erased",
            "error",
            "finished_at",
            "finished_at_seconds",
            "forgotten_count",
            "held",
            "is_first",
            "kind",
            "listed_count",
            "message_count",
            "missing",
            "outcome",
            "rate_limited_count",
            "request_count",
            "retry_count",
            "run_id",
            "seconds",
            "skipped",
            "started_at",
            "started_at_seconds",
            "thread_count",
            "written_bytes",
        ]
    );
    assert_eq!((&document["outcome"], &document["error"]), (&"completed".into(), &serde_json::Value::Null));
    assert_eq!(document["held"]["conversations"], 30);
    assert_eq!(document["held"]["workspace"]["name"], "Larkspur");
    assert_eq!(document["started_at"], "2026-11-21T12:00:00Z");
}

#[test]
fn single_conversations_are_fetched_by_id_or_address() {
    let standin = StandIn::new();
    let env = standin.env();
    let ids = standin.server.read(|workspace| workspace.conversation_ids());
    let address = format!("https://app.intercom.com/a/inbox/x/inbox/all/conversation/{}", ids[1]);
    let run = env.fi(&["sync", "--json", "--conversation", &ids[0].to_string(), "--conversation", &address]);
    let document = run.json();
    assert_eq!((run.code, &document["kind"]), (Some(0), &"conversations".into()), "{run}");
    assert_eq!((&document["thread_count"], &document["held"]["conversations"]), (&2.into(), &2.into()));

    let run = env.fi(&["sync", "--conversation", "999"]);
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stderr.contains("error: Intercom has no such conversation"), "{run}");
    insta::assert_snapshot!(env.fi(&["sync", "--conversation", "abc"]), @r#"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: "abc" is not the id of a conversation
      because: an id is a number such as 215470001234567
      hint: it is the last part of the conversation's address in the inbox
    "#);
}

#[test]
fn a_period_and_days_fetch_that_much() {
    let standin = StandIn::new();
    let env = standin.env();
    let week = env.fi(&["sync", "--json", "--since", "2026-11-01", "--until", "2026-11-07"]).json();
    let created = standin
        .server
        .read(|workspace| workspace.conversations().map(|one| one.created_at).collect::<Vec<_>>());
    // Lisbon, Berlin or UTC: the zone of a workspace that was never synced is not known, and UTC counts.
    let inside = created.iter().filter(|at| (1_793_491_200..1_794_096_000).contains(*at)).count();
    assert_eq!(
        (&week["kind"], week["held"]["conversations"].as_u64()),
        (&"range".into(), Some(inside as u64))
    );
    let days = env.fi(&["sync", "--json", "--days", "30"]).json();
    assert!(days["held"]["conversations"].as_u64() > week["held"]["conversations"].as_u64());
}

#[test]
fn a_wrong_token_is_an_auth_failure_and_leaves_nothing_behind() {
    let standin = StandIn::with(5, ServerOptions { token: Some("right".into()), ..ServerOptions::default() });
    let env = standin.env();
    let run = env.fi(&["sync"]);
    assert_eq!(run.code, Some(4), "{run}");
    assert!(
        run.stderr.starts_with("error: Intercom did not accept the access token: unauthorized on GET /me"),
        "{run}"
    );
    assert!(run.stderr.contains("hint: check the token (Developer Hub, your app, Authentication)"), "{run}");
    assert!(!env.home().exists());
    let json = env.fi(&["sync", "--json"]);
    assert_eq!((json.code, json.stdout.as_str(), &json.error()["kind"]), (Some(4), "", &"auth".into()));
    env.assert_no_canary(&[run, json]);
}

#[test]
fn no_token_says_where_one_comes_from() {
    insta::assert_snapshot!(TestEnv::new().fi(&["sync"]), @"
    exit code: 4
    --- stdout ---
    --- stderr ---
    error: there is no access token
      hint: connect your workspace with `fi init`, or set INTERCOM_ACCESS_TOKEN
      hint: to look around without an account: fi demo
    ");
}

#[test]
fn a_token_that_may_not_read_conversations_is_told_which_permission_is_missing() {
    let denied = vec![Scope::Conversations];
    let standin = StandIn::with(5, ServerOptions { denied, ..ServerOptions::default() });
    let env = standin.env();
    let run = env.fi(&["sync"]);
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("tick \"Read conversations\""), "{run}");
    assert!(!env.home().exists());
}

#[test]
fn a_token_without_a_smaller_permission_syncs_the_rest_and_says_so() {
    let denied = vec![Scope::Tags, Scope::Tickets];
    let standin = StandIn::with(20, ServerOptions { denied, ..ServerOptions::default() });
    let run = standin.env().fi(&["sync"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("warning: tags left out:"), "{run}");
    assert!(run.stderr.contains("\"Read tags\""), "{run}");
}

#[test]
fn an_unreachable_host_is_said_soon_and_leaves_nothing_behind() {
    let standin = StandIn::new();
    let url = standin.url();
    drop(standin);
    let env = TestEnv::new().with("FASTINTERCOM_API_URL", url).with("INTERCOM_ACCESS_TOKEN", CANARY);
    let run = env.fi(&["sync"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.starts_with("error: could not connect to 127.0.0.1:"), "{run}");
    assert!(run.stderr.contains("hint: check the network connection"), "{run}");
    assert!(!env.home().exists());
}

#[test]
fn a_home_that_cannot_be_made_and_settings_half_written_are_refused() {
    let standin = StandIn::new();
    let env = standin.env();
    env.write("file", "");
    let run = env.fi(&["sync", "--home", "file/home"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("file/home cannot be written to"), "{run}");

    env.write("home/config.toml", "region = \"eu");
    let run = env.fi(&["sync"]);
    assert_eq!((run.code, files_below(&env.home()).len()), (Some(2), 1), "{run}");
    assert!(run.stderr.contains("$DIR/home/config.toml:1:"), "{run}");
}

#[test]
fn another_workspace_is_kept_out_of_the_lake() {
    let standin = StandIn::new();
    let env = standin.env();
    assert_eq!(env.fi(&["sync", "-q"]).code, Some(0));
    let state = env.home().join("state/state.json");
    let other = std::fs::read_to_string(&state).unwrap().replace("w7k2q9xd", "another1");
    std::fs::write(&state, other).unwrap();
    let run = env.fi(&["sync"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("the lake holds workspace another1, the token belongs to w7k2q9xd"), "{run}");
}

#[test]
fn while_one_syncs_another_fails_at_once_or_waits() {
    let latency = Latency { fixed: Duration::from_millis(60), ..Latency::default() };
    let standin = StandIn::with(120, ServerOptions { latency, ..ServerOptions::default() });
    let env = standin.env();
    let first = env.start(&mut env.command(&["sync"]));
    wait_for(|| {
        std::fs::read_to_string(env.home().join("state/lock")).is_ok_and(|lock| lock.contains("fi sync"))
    });

    let begun = std::time::Instant::now();
    let second = env.fi(&["sync"]);
    assert_eq!(second.code, Some(1), "{second}");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(second.stderr.starts_with("error: the lake is being written by `fi sync` (process "), "{second}");
    assert!(second.stderr.contains("fi sync --wait"), "{second}");

    let waiting = env.fi(&["sync", "--wait"]);
    assert_eq!(waiting.code, Some(0), "{waiting}");
    assert!(waiting.stderr.starts_with("Waiting for `fi sync` (process "), "{waiting}");
    let first = env.finish(first);
    assert_eq!(first.code, Some(0), "{first}");
    let held = env.fi(&["status", "--json"]).json();
    assert_eq!(held["lake"]["conversations"], 120);
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_at_a_commit_and_the_next_sync_goes_on() {
    let latency = Latency { fixed: Duration::from_millis(60), ..Latency::default() };
    let standin = StandIn::with(150, ServerOptions { latency, ..ServerOptions::default() });
    let env = standin.env();
    let child = env.start(&mut env.command(&["sync", "--json"]));
    wait_for(|| standin.stats().conversation_gets.len() > 20);
    interrupt(&child);
    let run = env.finish(child);
    assert_eq!(run.code, Some(5), "{run}");
    assert_eq!(
        (&run.json()["outcome"], &run.error()["kind"]),
        (&"stopped".into(), &"incomplete".into()),
        "{run}"
    );
    let fetched = standin.stats().conversation_gets.len();
    assert!(fetched < 150, "it did not stop");

    let run = env.fi(&["sync", "--json"]);
    assert_eq!((run.code, &run.json()["outcome"]), (Some(0), &"completed".into()), "{run}");
    assert_eq!(run.json()["held"]["without_thread"], 0);
    // What was on its way when it stopped may be asked for again, and nothing else.
    let twice = standin.stats().conversation_gets.values().filter(|times| **times > 1).count();
    assert!(twice <= 24, "{twice} conversations were fetched twice");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_first_sync_of_init_at_a_commit_too() {
    let latency = Latency { fixed: Duration::from_millis(60), ..Latency::default() };
    let standin = StandIn::with(150, ServerOptions { latency, ..ServerOptions::default() });
    let env = standin.env();
    let child = env.start(&mut env.command(&["init", "--sync"]));
    wait_for(|| standin.stats().conversation_gets.len() > 20);
    interrupt(&child);
    let run = env.finish(child);
    assert_eq!(run.code, Some(5), "{run}");
    let status = env.fi(&["status", "--json"]).json();
    assert_eq!(status["runs"][0]["outcome"], "stopped", "{status}");
    assert!(status["lake"]["messages"].as_u64() > Some(0), "{status}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_waiting_for_another_sync() {
    let latency = Latency { fixed: Duration::from_millis(60), ..Latency::default() };
    let standin = StandIn::with(120, ServerOptions { latency, ..ServerOptions::default() });
    let env = standin.env();
    let first = env.start(&mut env.command(&["sync"]));
    wait_for(|| {
        std::fs::read_to_string(env.home().join("state/lock")).is_ok_and(|lock| lock.contains("fi sync"))
    });
    let waiting = env.start(&mut env.command(&["sync", "--wait"]));
    let asked = standin.stats().calls("GET /me");
    wait_for(|| standin.stats().calls("GET /me") >= asked);
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&waiting);
    let run = env.finish(waiting);
    assert_eq!(run.code, Some(5), "{run}");
    assert!(run.stderr.contains("error: stopped"), "{run}");
    assert_eq!(env.finish(first).code, Some(0));
}

#[test]
fn what_keeps_failing_makes_the_sync_incomplete_and_is_named() {
    let faults = Faults::only(FaultKind::MalformedItem, When::Every(1));
    let standin = StandIn::with(40, ServerOptions { faults, ..ServerOptions::default() });
    let env = standin.env();
    let run = env.fi(&["sync", "--json"]);
    assert_eq!((run.code, &run.json()["outcome"]), (Some(5), &"incomplete".into()), "{run}");
    assert!(!run.json()["missing"].as_array().unwrap().is_empty(), "{run}");
    assert_eq!(run.error()["kind"], "incomplete");
    let run = env.fi(&["sync"]);
    assert!(run.stderr.contains("warning: missing: "), "{run}");
    assert!(run.stderr.contains("error: the sync is not complete: "), "{run}");
}

#[test]
fn the_token_is_nowhere_but_where_it_belongs() {
    let faults = "http_500=0.05,http_502=0.05,truncated_json=0.05,reset=0.05,html_200=0.05,short_body=0.05";
    let faults: Faults = faults.parse().unwrap();
    let standin = StandIn::with(40, ServerOptions { faults, ..ServerOptions::default() });
    let env = standin.env().with("FASTINTERCOM_LOG_LEVEL", "trace");
    // A companies scroll that breaks stays open at Intercom for a minute, and is waited for.
    let env = env.with("FASTINTERCOM_COMPANIES", "false");
    let runs = [
        env.fi(&["sync", "-vvv", "--days", "20"]),
        env.fi(&["doctor"]),
        env.fi(&["doctor", "--json"]),
        env.fi(&["status", "--json"]),
        env.fi(&["init", "--store-token", "--yes", "--no-sync", "-vvv"]),
        env.fi(&["reset", "--yes"]),
    ];
    env.assert_no_canary(&runs);
}

/// Waits until something is so, for a while.
pub(crate) fn wait_for(mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it never came to be");
}

/// Presses Ctrl-C.
#[cfg(unix)]
pub(crate) fn interrupt(child: &std::process::Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}
