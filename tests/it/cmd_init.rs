//! `fi init`: whose token it is, what it writes, and that it leaves nothing behind when it fails.

use std::fs;

use fastintercom::demo::{Scope, ServerOptions};

use crate::support::cli::{CANARY, TestEnv, files_below};
use crate::support::standin::StandIn;

fn settings(env: &TestEnv) -> String {
    let text = fs::read_to_string(env.home().join("config.toml")).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

/// A world that knows neither token nor address.
fn bare() -> TestEnv {
    TestEnv::new()
}

#[test]
fn a_token_from_stdin_is_checked_and_written_with_what_belongs_to_it() {
    let standin = StandIn::new();
    let env = bare();
    let run =
        env.fi_with_stdin(&["init", "--token-stdin", "--api-url", &standin.url()], &format!("{CANARY}\n"));
    insta::assert_snapshot!(run, @"
    exit code: 0
    --- stdout ---
    --- stderr ---
    Connected to Larkspur (w7k2q9xd, EU, Europe/Berlin) as Jonas Weiß
    Settings are in $DIR/home/config.toml
    hint: fetch the data with: fi sync
    ");
    let written = settings(&env).replace(&standin.url(), "URL").replace(CANARY, "TOKEN");
    insta::assert_snapshot!(written, @r#"
    token = "TOKEN"
    region = "eu"
    api_url = "URL/"
    workspace_id = "w7k2q9xd"
    timezone = "Europe/Berlin"
    "#);
    env.assert_no_canary(&[run]);
    let status = env.fi(&["status"]);
    assert_eq!(status.code, Some(3), "{status}");
    assert!(env.home().join("lake/catalog.sql").is_file());
}

#[cfg(unix)]
#[test]
fn what_is_written_is_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let standin = StandIn::new();
    let env = bare();
    env.fi_with_stdin(&["init", "--token-stdin", "--api-url", &standin.url()], CANARY);
    for file in files_below(&env.home()) {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0, "{}", file.display());
    }
    assert_eq!(fs::metadata(env.home()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_token_of_the_environment_stays_there_unless_asked_for() {
    let standin = StandIn::new();
    let env = standin.env();
    let run = env.fi(&["init", "--no-sync"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(!settings(&env).contains("token"), "{}", settings(&env));
    let run = env.fi(&["init", "--no-sync", "--yes", "--store-token"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(settings(&env).contains(&format!("token = \"{CANARY}\"")));
}

#[test]
fn with_sync_it_fetches_at_once() {
    let standin = StandIn::new();
    let run = standin.env().fi(&["init", "--json", "--sync", "--timezone", "Europe/Lisbon"]);
    let document = run.json();
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(
        (&document["sync"]["outcome"], &document["timezone"]),
        (&"completed".into(), &"Europe/Lisbon".into())
    );
    assert_eq!(
        (&document["workspace"]["id"], &document["token_stored"]),
        (&"w7k2q9xd".into(), &false.into())
    );
    assert_eq!(document["sync"]["held"]["conversations"], 30);
}

#[test]
fn a_refused_token_leaves_nothing_behind() {
    let standin = StandIn::with(5, ServerOptions { token: Some("right".into()), ..ServerOptions::default() });
    let env = bare();
    let run = env.fi_with_stdin(&["init", "--token-stdin", "--api-url", &standin.url()], CANARY);
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.starts_with("error: Intercom did not accept the access token"), "{run}");
    assert!(!env.home().exists());
    env.assert_no_canary(&[run]);
}

#[test]
fn what_is_no_token_is_refused_without_showing_it() {
    let env = bare();
    let run = env.fi_with_stdin(&["init", "--token-stdin"], &format!("Bearer {CANARY}"));
    insta::assert_snapshot!(run, @"
    exit code: 4
    --- stdout ---
    --- stderr ---
    error: that is not an access token
      because: it takes the token alone, without the word Bearer
    ");
    env.assert_no_canary(&[run]);
}

#[test]
fn without_a_token_and_without_a_person_it_says_how_to_pass_one() {
    insta::assert_snapshot!(bare().fi(&["init"]), @"
    exit code: 4
    --- stdout ---
    --- stderr ---
    error: there is no access token, and nobody is there to ask for one
      hint: pass it with --token-stdin, or set INTERCOM_ACCESS_TOKEN
      hint: a token is in Intercom's Developer Hub: your app, Authentication
    ");
}

#[test]
fn settings_that_are_there_are_not_replaced_unasked() {
    let standin = StandIn::new();
    let env = bare();
    env.write("home/config.toml", "# mine\ntoken = \"old\"\nrate_share = 0.5\n");
    let arguments = ["init", "--token-stdin", "--no-sync", "--api-url", &standin.url()];
    let run = env.fi_with_stdin(&arguments, CANARY);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("connects a workspace already"), "{run}");
    assert!(settings(&env).contains("\"old\""));
    let run = env.fi_with_stdin(&[&arguments[..], &["--yes"]].concat(), CANARY);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(settings(&env).contains(CANARY) && settings(&env).contains("rate_share = 0.5"));
    assert!(fs::read_to_string(env.home().join("config.toml")).unwrap().starts_with("# mine\n"));
}

#[test]
fn half_written_settings_are_left_alone() {
    let standin = StandIn::new();
    let env = standin.env();
    env.write("home/config.toml", "token = \"ab");
    let run = env.fi(&["init", "--yes"]);
    assert_eq!((run.code, files_below(&env.home()).len()), (Some(2), 1), "{run}");
}

#[test]
fn a_token_that_may_not_ask_whose_it_is_connects_all_the_same() {
    let standin = StandIn::with(5, ServerOptions { denied: vec![Scope::Me], ..ServerOptions::default() });
    let env = standin.env();
    let run = env.fi(&["init", "--no-sync"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("may not ask which workspace it belongs to"), "{run}");
    assert_eq!(settings(&env), "region = \"us\"\n");
}

#[test]
fn a_home_that_holds_another_workspace_is_refused() {
    let standin = StandIn::new();
    let env = standin.env();
    assert_eq!(env.fi(&["sync", "-q"]).code, Some(0));
    let state = env.home().join("state/state.json");
    fs::write(&state, fs::read_to_string(&state).unwrap().replace("w7k2q9xd", "another1")).unwrap();
    let run = env.fi(&["init", "--no-sync"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(!env.home().join("config.toml").exists());
}
