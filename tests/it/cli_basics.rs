//! What every command shares: help, orientation, usage errors, exit codes, broken pipes.

use crate::support::cli::{CANARY, TestEnv};
use crate::support::tree::in_tree;

#[test]
fn fi_alone_says_where_to_start() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.fi(&[]), @"
    exit code: 0
    --- stdout ---
    fi keeps a copy of an Intercom workspace on this machine and answers questions about it with SQL.

      fi demo      try it on a made-up company, without an account
      fi init      connect your workspace
      fi sync      fetch what is new
      fi search    find conversations, for example: fi search 'refund -shipping' --team Support
      fi analyze   count and measure, for example: fi analyze --by week --metric first_response_seconds
      fi query     ask with SQL, for example: fi query 'SELECT count(*) FROM conversations'
      fi status    show what is there and how fresh it is

    `fi --help` lists everything, and `fi sync --help` what a command takes.
    --- stderr ---
    ");
    assert!(!env.home().exists());
}

#[test]
fn an_unknown_flag_is_a_usage_error_with_the_nearest_flag() {
    insta::assert_snapshot!(TestEnv::new().fi(&["sync", "--dyas", "7"]), @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: unexpected argument '--dyas' found

      tip: a similar argument exists: '--days'

    Usage: fi sync --days <N>

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_command_is_a_usage_error_with_the_nearest_command() {
    insta::assert_snapshot!(TestEnv::new().fi(&["snyc"]), @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: unrecognized subcommand 'snyc'

      tip: a similar subcommand exists: 'sync'

    Usage: fi [OPTIONS] [COMMAND]

    For more information, try '--help'.
    ");
}

#[test]
fn with_json_a_usage_error_is_an_object_and_stdout_stays_empty() {
    insta::assert_snapshot!(TestEnv::new().fi(&["sync", "--days", "0", "--json"]), @r#"
    exit code: 2
    --- stdout ---
    --- stderr ---
    {"error":{"causes":[],"hints":[],"kind":"usage","message":"invalid value '0' for '--days <N>': write a number of days from 1 to 36500, such as 7"}}
    "#);
}

#[test]
fn an_impossible_date_says_why_and_what_is_right() {
    insta::assert_snapshot!(TestEnv::new().fi(&["sync", "--since", "2026-02-30"]), @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: invalid value '2026-02-30' for '--since <DATE>': 2026-02 has 28 days; write a date such as 2026-11-01, or a time such as 2026-11-01T09:30:00Z

    For more information, try '--help'.
    ");
}

#[test]
fn the_version_is_the_crates() {
    let run = TestEnv::new().fi(&["--version"]);
    assert_eq!(run.stdout, format!("fi {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(run.code, Some(0));
}

#[test]
fn the_whole_help_is_known() {
    let env = TestEnv::new();
    let commands: &[&[&str]] = &[
        &["-h"],
        &["--help"],
        &["demo", "--help"],
        &["demo", "serve", "--help"],
        &["init", "--help"],
        &["analyze", "--help"],
        &["sync", "--help"],
        &["status", "--help"],
        &["show", "--help"],
        &["query", "--help"],
        &["export", "--help"],
        &["forget", "--help"],
        &["verify", "--help"],
        &["doctor", "--help"],
        &["logs", "--help"],
        &["reset", "--help"],
        &["completions", "--help"],
    ];
    let mut whole = String::new();
    for arguments in commands {
        let run = env.fi(arguments);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "fi {}", arguments.join(" "));
        whole += &format!("$ fi {}\n{}\n", arguments.join(" "), run.stdout);
    }
    insta::with_settings!({ snapshot_path => in_tree("tests/snapshots") }, {
        insta::assert_snapshot!("help", whole);
    });
}

#[test]
fn completions_are_scripts_for_each_shell() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = env.fi(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(run.stdout.contains("conversation") && run.stdout.contains("fi"), "{shell}");
    }
    assert_eq!(env.fi(&["completions", "tcsh"]).code, Some(2));
    assert!(!env.home().exists());
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_a_success() {
    let env = TestEnv::new();
    let mut child = env.start(&mut env.command(&["completions", "bash"]));
    drop(child.stdout.take());
    let run = env.finish(child);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn usage_errors_do_not_show_the_token() {
    let env = TestEnv::new().with("INTERCOM_ACCESS_TOKEN", CANARY);
    let runs = [
        env.fi(&["init", "--token", CANARY, "--nonsense"]),
        env.fi(&["init", "--token", CANARY, "--region", "mars"]),
        env.fi(&["init", "--token", CANARY, "--token-stdin", "--json"]),
        env.fi(&["--help"]),
    ];
    env.assert_no_canary(&runs);
}
