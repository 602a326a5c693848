//! `fi` alone: what is there, and what to do next.

use std::fs;

use fastintercom::demo::{FaultKind, Faults, ServerOptions, When};

use crate::support::cli::{CANARY, TestEnv, files_below};
use crate::support::commands::synced;
use crate::support::standin::StandIn;

#[test]
fn where_nothing_is_it_says_how_to_begin_and_leaves_nothing_behind() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.fi(&[]), @"
    exit code: 0
    --- stdout ---
    fi keeps a copy of an Intercom workspace on this machine and answers questions about it with SQL.
    Nothing is connected yet.

      fi demo  try everything on a made-up company, without an account
      fi init  connect your workspace; it asks for an access token

    `fi help` lists everything.
    --- stderr ---
    ");
    assert!(!env.home().exists());
}

#[test]
fn with_a_token_it_leads_to_the_first_sync() {
    let standin = StandIn::new();
    let env = standin.env();
    insta::assert_snapshot!(env.fi(&[]), @"
    exit code: 0
    --- stdout ---
    There is an access token; nothing is fetched yet.

      fi sync    fetch everything; it can be stopped at any time, and goes on where it was
      fi doctor  check token, permissions and connection

    `fi help` lists everything.
    --- stderr ---
    ");
    assert_eq!(env.fi(&["init", "--no-sync", "-q"]).code, Some(0));
    let run = env.fi(&[]);
    assert!(run.stdout.starts_with("Connected to workspace w7k2q9xd; nothing is fetched yet.\n"), "{run}");
}

#[test]
fn after_a_sync_it_says_what_is_held_and_what_can_be_asked() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let files = files_below(&env.home());
    insta::assert_snapshot!(env.fi(&[]), @"
    exit code: 0
    --- stdout ---
    Larkspur: 30 conversations, from 2026-10-12 to 2026-11-21
    As of 2026-11-21 12:00 UTC, 0 s ago.

      fi search 'refund -shipping'            find conversations
      fi analyze --by week                    count and measure
      fi query                                ask with SQL
      fi status                               what is held, and how fresh it is
      fi mcp install --client claude-desktop  let Claude ask

    `fi help` lists everything.
    --- stderr ---
    ");
    assert_eq!(files_below(&env.home()), files, "it wrote something");
}

#[test]
fn what_is_old_leads_to_a_sync_or_to_who_can_do_one() {
    let standin = StandIn::new();
    let env = synced(&standin).with("FASTINTERCOM_NOW", "2026-11-24T13:00:00Z");
    insta::assert_snapshot!(env.fi(&[]), @"
    exit code: 0
    --- stdout ---
    Larkspur: 30 conversations, from 2026-10-12 to 2026-11-21
    As of 2026-11-21 12:00 UTC, 3 days ago: older than it should be.

      fi sync                                 fetch what is new
      fi search 'refund -shipping'            find conversations
      fi analyze --by week                    count and measure
      fi query                                ask with SQL
      fi status                               what is held, and how fresh it is
      fi mcp install --client claude-desktop  let Claude ask

    `fi help` lists everything.
    --- stderr ---
    ");
    let env = env.with("INTERCOM_ACCESS_TOKEN", "");
    let next = env.fi(&["--json"]).json()["next"][0]["command"].clone();
    assert_eq!(next, "fi init", "without a token nothing new can come");
}

#[test]
fn a_sync_that_could_not_get_everything_is_told() {
    let faults = Faults::only(FaultKind::MalformedItem, When::Every(1));
    let standin = StandIn::with(40, ServerOptions { faults, ..ServerOptions::default() });
    let env = standin.env();
    assert_eq!(env.fi(&["sync", "-q"]).code, Some(5));
    let run = env.fi(&[]);
    assert!(run.stdout.contains("could not get everything; the next one tries again."), "{run}");
    assert_eq!((run.code, &env.fi(&["--json"]).json()["state"]), (Some(0), &"unfinished".into()));
}

#[test]
fn damage_leads_to_what_tells_and_mends_it() {
    let standin = StandIn::new();
    let env = synced(&standin);
    fs::remove_file(env.home().join("lake/contacts/data.parquet")).unwrap();
    insta::assert_snapshot!(env.fi(&[]), @"
    exit code: 0
    --- stdout ---
    The lake is damaged: 1 file missing.

      fi verify  which files are damaged
      fi doctor  what else is wrong
      fi reset   delete what was fetched; `fi sync` fetches it again

    `fi help` lists everything.
    --- stderr ---
    ");
    fs::write(env.home().join("state/state.json"), "{\"format\"").unwrap();
    let run = env.fi(&[]);
    assert!(run.stdout.starts_with("The lake cannot be read: "), "{run}");
    assert_eq!((run.code, &env.fi(&["--json"]).json()["state"]), (Some(0), &"damaged".into()));
}

#[test]
fn settings_that_cannot_be_read_lead_to_the_doctor() {
    let env = TestEnv::new().with("INTERCOM_ACCESS_TOKEN", CANARY);
    env.write("home/config.toml", "regoin = \"eu\"\n");
    let run = env.fi(&[]);
    insta::assert_snapshot!(run, @r#"
    exit code: 0
    --- stdout ---
    The settings cannot be read: $DIR/home/config.toml:1: there is no setting "regoin" in
    this file
    did you mean region?

      fi doctor  what is wrong, and what is right

    `fi help` lists everything.
    --- stderr ---
    "#);
    env.assert_no_canary(&[run]);
}

#[test]
fn the_demo_is_found_and_told_apart() {
    let env = TestEnv::new();
    assert_eq!(env.fi(&["demo", "--conversations", "20", "--days", "9", "-q"]).code, Some(0));
    let run = env.fi(&[]);
    assert!(run.stdout.contains("fi --home $DIR/home/demo  go on with the demo that is here"), "{run}");
    let home = env.home().join("demo");
    let run = env.fi(&["--home", home.to_str().unwrap()]);
    insta::assert_snapshot!(run, @"
    exit code: 0
    --- stdout ---
    Larkspur: 20 conversations, from 2026-11-12 to 2026-11-20
    As of 2026-11-21 12:00 UTC, 0 s ago.
    This is the made-up company of `fi demo`.

      fi --home $DIR/home/demo search 'refund -shipping'
          find conversations
      fi --home $DIR/home/demo analyze --by week
          count and measure
      fi --home $DIR/home/demo query
          ask with SQL
      fi --home $DIR/home/demo status
          what is held, and how fresh it is
      fi --home $DIR/home/demo mcp install --client claude-desktop
          let Claude ask
      fi demo
          let the company go on, and fetch it
      fi init
          connect your own workspace

    `fi help` lists everything.
    --- stderr ---
    ");
}

#[test]
fn as_json_it_is_one_document() {
    let standin = StandIn::new();
    let document = synced(&standin).fi(&["--json"]).json();
    assert_eq!((&document["state"], &document["conversations"]), (&"fresh".into(), &30.into()), "{document}");
    assert_eq!(document["data_as_of"], "2026-11-21T12:00:00Z");
    assert_eq!(document["next"][0]["command"], "fi search 'refund -shipping'");
}
