//! What is wrong with a command line, and how that is said.

use crate::support::cli::{CANARY, TestEnv};

#[test]
fn an_unknown_flag_is_a_usage_error_with_the_nearest_flag() {
    insta::assert_snapshot!(TestEnv::new().fi(&["sync", "--dyas", "7"]), @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: unexpected argument '--dyas' found

      tip: a similar argument exists: '--days'

    Usage: fi sync --days <N>

    For example: fi sync --days 7

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
    {"error":{"causes":[],"hints":["for example: fi sync --days 7"],"kind":"usage","message":"invalid value '0' for '--days <N>': write a number of days from 1 to 36500, such as 7"}}
    "#);
}

#[test]
fn an_impossible_date_says_why_and_what_is_right() {
    insta::assert_snapshot!(TestEnv::new().fi(&["sync", "--since", "2026-02-30"]), @"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: invalid value '2026-02-30' for '--since <DATE>': 2026-02 has 28 days; write a date such as 2026-11-01, or a time such as 2026-11-01T09:30:00Z

    For example: fi sync --since 2026-11-01 --until 2026-11-15

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

#[test]
fn the_whole_name_can_begin_a_line_of_a_shell_and_is_completed() {
    let env = TestEnv::new();
    let path = std::path::Path::new(env!("CARGO_BIN_EXE_fastintercom"));
    let line = "fastintercom completions fish && fastintercom --version";
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", line]).env_clear().env("PATH", path.parent().unwrap()).env("HOME", env.path());
    let said = String::from_utf8(shell.output().expect("a shell").stdout).unwrap();
    assert!(said.starts_with("# ") && said.contains("\ncomplete -c fastintercom -n "), "{said}");
    assert!(said.ends_with(&format!("\nfastintercom {}\n", env!("CARGO_PKG_VERSION"))), "{said}");
}
