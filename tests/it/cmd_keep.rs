//! The commands that keep things in order: `status`, `verify`, `reset`, `doctor`.

use std::fs;

use fastintercom::demo::ServerOptions;

use crate::support::cli::{CANARY, TestEnv, files_below, set_mode};
use crate::support::standin::StandIn;

fn synced(standin: &StandIn) -> TestEnv {
    let env = standin.env();
    let run = env.fi(&["sync", "-q"]);
    assert_eq!(run.code, Some(0), "{run}");
    env
}

#[test]
fn status_shows_what_is_held_in_eighty_columns() {
    let standin = StandIn::new();
    let run = synced(&standin).fi(&["status"]);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{run}");
    insta::assert_snapshot!(run.steady(), @"
    exit code: 0
    --- stdout ---
    Workspace   Larkspur (w7k2q9xd, EU, Europe/Berlin)
    Home        $DIR/home
    Held        30 conversations, 277 messages, 13 contacts
                13 admins, 4 companies, 8 conversation attributes
                1 deleted conversation, 6 segments, 34 tags, 5 teams, 4 ticket types
                2 tickets
                begun from 2026-10-12 to 2026-11-21
    Size        # kB in 22 files, 2 months, search index # kB, log # bytes
    Fresh       as of 2026-11-21 12:00 UTC, # s ago
    Next sync   by itself from 12:10 UTC on if `fi mcp` runs, at once with: fi sync
    Complete    from the beginning to 2026-11-21 12:00 UTC

    Months      complete      conversations
                JFMAMJJASOND  JFMAMJJASOND
      2026               ██            ██   30

    Days        ▃█▁▃▆▁▁▃▁▃▆▁▁▁▁▃▁▃▆▁▆▁▆▃▃▁▁▁▁▁▃▆▃▁▁▁▃▃▁▃▆
                █████████████████████████████████████████
                12 Oct              Nov
                █ complete  ▒ in part  · not held  at most 3 a day

    Runs        2026-11-21 12:00  incremental completed: 30 fetched in # s
    --- stderr ---
    ");
}

#[test]
fn status_as_json_has_a_known_shape() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let run = env.fi(&["status", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let mut document = run.json();
    for size in ["bytes", "generation"] {
        assert!(document["lake"][size].as_u64().unwrap() > 0);
        document["lake"][size] = "#".into();
    }
    for run in document["runs"].as_array_mut().unwrap() {
        run["seconds"] = "#".into();
    }
    for size in document["sizes"].as_object_mut().unwrap().values_mut() {
        *size = "#".into();
    }
    let days = document["days"].as_array_mut().unwrap();
    assert_eq!(days.len(), 41, "the days since the first conversation");
    days.drain(..39);
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r##"
    {
      "coverage": [
        {
          "as_of": "2026-11-21T12:00:00Z",
          "from": null,
          "to": "2026-11-21T12:00:00Z"
        }
      ],
      "days": [
        {
          "conversations": 1,
          "coverage": "complete",
          "starts_on": "2026-11-20"
        },
        {
          "conversations": 2,
          "coverage": "complete",
          "starts_on": "2026-11-21"
        }
      ],
      "failure_count": 0,
      "failures": [],
      "forgotten_count": 0,
      "freshness": {
        "age_seconds": 0,
        "data_as_of": "2026-11-21T12:00:00Z",
        "is_stale": false,
        "last_run": {
          "finished_at": "2026-11-21T12:00:00Z",
          "outcome": "completed",
          "run_id": 1,
          "started_at": "2026-11-21T12:00:00Z"
        }
      },
      "home": "$DIR/home",
      "is_demo": false,
      "lake": {
        "bytes": "#",
        "contacts": 13,
        "conversations": 30,
        "files": 22,
        "first_created_at": "2026-10-12T16:35:27Z",
        "generation": "#",
        "last_created_at": "2026-11-21T08:30:07Z",
        "messages": 277,
        "partitioned_by": "month",
        "partitions": 2,
        "rows": {
          "admins": 13,
          "companies": 4,
          "company_activity": 3,
          "contact_activity": 13,
          "contacts": 13,
          "conversation_attributes": 8,
          "conversation_metrics": 30,
          "conversations": 30,
          "deleted_conversations": 1,
          "messages": 277,
          "segments": 6,
          "sync_runs": 1,
          "tags": 34,
          "teams": 5,
          "ticket_types": 4,
          "tickets": 2
        },
        "without_thread": 0
      },
      "lock": null,
      "months": [
        {
          "conversations": 15,
          "coverage": "complete",
          "starts_on": "2026-10-01"
        },
        {
          "conversations": 15,
          "coverage": "complete",
          "starts_on": "2026-11-01"
        }
      ],
      "next_sync": {
        "command": "fi sync",
        "due_at": "2026-11-21T12:10:00Z",
        "every_minutes": 10,
        "is_due": false
      },
      "runs": [
        {
          "deleted_count": 0,
          "error": null,
          "kind": "incremental",
          "message_count": 307,
          "missing_count": 0,
          "outcome": "completed",
          "request_count": 47,
          "run_id": 1,
          "seconds": "#",
          "started_at": "2026-11-21T12:00:00Z",
          "thread_count": 30
        }
      ],
      "sizes": {
        "index_bytes": "#",
        "lake_bytes": "#",
        "log_bytes": "#",
        "spool_bytes": "#"
      },
      "timezone": "Europe/Berlin",
      "unfinished": [],
      "workspace": {
        "id": "w7k2q9xd",
        "name": "Larkspur",
        "region": "EU",
        "timezone": "Europe/Berlin"
      }
    }
    "##);
}

#[test]
fn status_without_a_lake_finds_nothing_and_says_what_to_do() {
    insta::assert_snapshot!(TestEnv::new().fi(&["status"]), @"
    exit code: 3
    --- stdout ---
    --- stderr ---
    error: nothing was synced into $DIR/home yet
      hint: connect your workspace with `fi init`, or try `fi demo` without an account
    ");
    let run = TestEnv::new().fi(&["status", "--json"]);
    assert_eq!((run.code, &run.json()["freshness"]["last_run"]), (Some(3), &serde_json::Value::Null));
}

#[test]
fn verify_finds_nothing_in_a_lake_as_it_was_written() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let run = env.fi(&["verify", "--remote"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("all is as it should be"), "{run}");
    let document = env.fi(&["verify", "--remote", "--json"]).json();
    assert_eq!((&document["is_ok"], &document["findings"]), (&true.into(), &serde_json::json!([])));
    assert!(document["checked"]["days"].as_u64().unwrap() >= 38, "{document}");
}

#[test]
fn verify_names_a_file_with_a_flipped_byte() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let file = env.home().join("lake/contacts/data.parquet");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    fs::copy(&file, env.home().join("lake/contacts/mine.parquet")).unwrap();
    let run = env.fi(&["verify", "--json"]);
    assert_eq!((run.code, &run.error()["kind"]), (Some(5), &"incomplete".into()), "{run}");
    assert_eq!(
        run.json()["findings"],
        serde_json::json!([
            { "finding": "changed", "file": "contacts/data.parquet" },
            { "finding": "foreign", "file": "contacts/mine.parquet" },
        ])
    );
    let run = env.fi(&["verify"]);
    assert!(run.stdout.contains("differs contacts/data.parquet is not what fi wrote"), "{run}");
    assert!(run.stderr.contains("hint: fetch everything again with: fi reset --yes && fi sync"), "{run}");
}

#[test]
fn damaged_metrics_are_made_again_from_the_conversations() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let file = env.home().join("lake/conversation_metrics/data.parquet");
    let mut bytes = fs::read(&file).unwrap();
    // Near the end: before that there are bytes kept for readers of the version before.
    let at = bytes.len() - 300;
    bytes[at] ^= 1;
    fs::write(&file, bytes).unwrap();
    let run = env.fi(&["verify"]);
    assert_eq!(run.code, Some(5), "{run}");
    assert!(run.stderr.contains("hint: remove lake/conversation_metrics/data.parquet: `fi sync`"), "{run}");
    fs::remove_file(&file).unwrap();
    assert_eq!(env.fi(&["sync"]).code, Some(0));
    assert_eq!(env.fi(&["verify"]).code, Some(0));
}

#[test]
fn verify_remote_names_the_ids_that_differ() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let id = standin.server.read(|workspace| workspace.conversation_ids()[4]);
    standin.server.delete(id).unwrap();
    let run = env.fi(&["verify", "--remote", "--json"]);
    assert_eq!(run.code, Some(5), "{run}");
    let findings = run.json()["findings"].clone();
    assert_eq!(
        (&findings[0]["finding"], &findings[0]["only_here"]),
        (&"day".into(), &serde_json::json!([id.to_string()]))
    );
    assert!(env.fi(&["verify"]).code == Some(0), "the files themselves are fine");
}

#[test]
fn verify_without_a_lake_finds_nothing() {
    assert_eq!(TestEnv::new().fi(&["verify"]).code, Some(3));
}

#[test]
fn reset_asks_and_nobody_there_means_no() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let before = files_below(&env.home()).len();
    insta::assert_snapshot!(env.fi(&["reset"]), @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: this deletes everything that was fetched, and nobody is there to ask
      hint: to do it without asking: fi reset --yes
    ");
    assert_eq!(files_below(&env.home()).len(), before);
}

#[test]
fn reset_deletes_what_was_fetched_and_nothing_else() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let config = env.write("home/config.toml", "region = \"eu\"\n");
    let mine = env.write("home/lake/contacts/notes.txt", "mine");
    let run = env.fi(&["reset", "--yes"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("notes.txt is not from fi and was left alone"), "{run}");
    let left = files_below(&env.home());
    let known = [config, mine, env.home().join("state/lock"), env.home().join("logs/fi.log")];
    assert!(left.iter().all(|file| known.contains(file)), "{left:?}");
    assert_eq!(env.fi(&["status"]).code, Some(3));
    assert_eq!(env.fi(&["sync", "--json"]).json()["held"]["conversations"], 30);
}

#[test]
fn reset_refuses_a_directory_that_is_not_ours() {
    let env = TestEnv::new();
    env.write("home/lake/paper.txt", "a lake of somebody else's");
    let run = env.fi(&["reset", "--yes"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("does not look like a home of fi"), "{run}");
    assert!(env.home().join("lake/paper.txt").exists());
}

#[test]
fn doctor_finds_nothing_wrong_after_a_sync() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let run = env.fi(&["doctor"]);
    assert_eq!(run.code, Some(0), "{run}");
    for line in [
        "ok   token",
        "ok   permission  Read tickets",
        "ok   lake        30 conversations",
        "ok   lock        free",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{run}");
    }
    let document = env.fi(&["doctor", "--json"]).json();
    assert_eq!((&document["is_ok"], &document["api_version"]), (&true.into(), &"2.16".into()));
    assert!(document["checks"].as_array().unwrap().iter().all(|check| check["level"] != "fail"));
}

#[test]
fn doctor_says_what_is_wrong_and_what_to_do() {
    let denied = vec![fastintercom::demo::Scope::Conversations, fastintercom::demo::Scope::Tags];
    let standin = StandIn::with(5, ServerOptions { denied, ..ServerOptions::default() });
    let env = standin.env();
    env.write("home/config.toml", "");
    #[cfg(unix)]
    set_mode(&env.home(), 0o755);
    let run = env.fi(&["doctor"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(
        run.stdout.contains("FAIL permission  Read conversations is missing: nothing can be synced"),
        "{run}"
    );
    assert!(run.stdout.contains("warn permission  Read tags is missing"), "{run}");
    #[cfg(unix)]
    assert!(run.stdout.contains("chmod 700 $DIR/home"), "{run}");
    assert!(run.stderr.contains("error: one check failed"), "{run}");
}

#[test]
fn doctor_works_with_settings_that_do_not() {
    let env = TestEnv::new().with("INTERCOM_ACCESS_TOKEN", CANARY);
    env.write("home/config.toml", "regoin = \"eu\"\n");
    let run = env.fi(&["doctor"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stdout.contains("FAIL settings"), "{run}");
    assert!(run.stdout.contains("did you mean region?"), "{run}");
}

#[test]
fn doctor_offline_asks_nobody() {
    let standin = StandIn::new();
    let run = standin.env().fi(&["doctor", "--offline"]);
    assert_eq!((run.code, standin.stats().requests), (Some(0), 0), "{run}");
}
