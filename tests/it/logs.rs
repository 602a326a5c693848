//! `fi logs`: the end of the log across rotated files, by level, and following it.

use std::fs;
use std::io::Write;

use crate::support::cli::TestEnv;

const OLDER: &str = "2026-11-20T08:00:00.000Z ERROR sync: could not fetch page=7
2026-11-20T08:00:01.000Z INFO sync: committed batch rows=150
";

const NEWER: &str = "2026-11-21T08:00:00.000Z INFO sync: committed batch rows=12
2026-11-21T08:00:01.000Z WARN sync: rate limited seconds=3
";

fn with_log() -> TestEnv {
    let env = TestEnv::new();
    env.write("home/logs/fi.log.1", OLDER);
    env.write("home/logs/fi.log", NEWER);
    env
}

#[test]
fn nothing_logged_yet_is_not_found() {
    let env = TestEnv::new();
    insta::assert_snapshot!(env.fi(&["logs"]), @"
    exit code: 3
    --- stdout ---
    --- stderr ---
    error: nothing logged yet in $DIR/home/logs
      hint: `fi sync` writes the first lines; another home is named with --home DIR
    ");
    assert!(!env.home().exists());
}

#[test]
fn lines_come_oldest_first_across_files() {
    let env = with_log();
    insta::assert_snapshot!(env.fi(&["logs", "-n", "3"]), @"
    exit code: 0
    --- stdout ---
    2026-11-20T08:00:01.000Z INFO sync: committed batch rows=150
    2026-11-21T08:00:00.000Z INFO sync: committed batch rows=12
    2026-11-21T08:00:01.000Z WARN sync: rate limited seconds=3
    --- stderr ---
    ");
    assert_eq!(env.fi(&["logs"]).stdout, format!("{OLDER}{NEWER}"));
}

#[test]
fn a_level_keeps_what_is_at_least_as_serious() {
    let env = with_log();
    insta::assert_snapshot!(env.fi(&["logs", "--level", "warn"]), @"
    exit code: 0
    --- stdout ---
    2026-11-20T08:00:00.000Z ERROR sync: could not fetch page=7
    2026-11-21T08:00:01.000Z WARN sync: rate limited seconds=3
    --- stderr ---
    ");
    env.write("home/logs/fi.log.1", NEWER);
    insta::assert_snapshot!(env.fi(&["logs", "--level", "error"]), @"
    exit code: 3
    --- stdout ---
    --- stderr ---
    error: no line of the log is of level error or more serious
      hint: leave --level out to see everything
    ");
}

#[test]
fn with_json_each_line_is_an_object() {
    insta::assert_snapshot!(with_log().fi(&["logs", "-n", "1", "--json"]), @r#"
    exit code: 0
    --- stdout ---
    {"level":"WARN","message":"rate limited seconds=3","target":"sync","time":"2026-11-21T08:00:01.000Z"}
    --- stderr ---
    "#);
}

#[test]
fn it_works_with_settings_that_do_not() {
    let env = with_log();
    env.write("home/config.toml", "region = ");
    assert_eq!(env.fi(&["logs"]).code, Some(0));
}

#[test]
fn an_unknown_level_is_a_usage_error() {
    let run = with_log().fi(&["logs", "--level", "loud"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("error, warn, info, debug, trace"), "{run}");
}

#[cfg(unix)]
#[test]
fn following_goes_on_through_a_rotation_until_interrupted() {
    use std::io::{BufRead, BufReader};

    let env = with_log();
    let mut child = env.start(&mut env.command(&["logs", "-n", "1", "--follow", "--level", "info"]));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().contains("rate limited"));

    let current = env.home().join("logs/fi.log");
    let line = |number: u32| format!("2026-11-21T09:00:0{number}.000Z INFO sync: line={number}\n");
    fs::OpenOptions::new().append(true).open(&current).unwrap().write_all(line(1).as_bytes()).unwrap();
    assert!(lines.next().unwrap().ends_with("line=1"));
    fs::rename(&current, env.home().join("logs/fi.log.1")).unwrap();
    fs::write(&current, line(2)).unwrap();
    assert!(lines.next().unwrap().ends_with("line=2"));

    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    assert_eq!(lines.next(), None);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn no_lines_asked_for_is_no_error() {
    let run = with_log().fi(&["logs", "-n", "0"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
}
