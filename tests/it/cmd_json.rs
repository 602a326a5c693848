//! With `--json` stdout holds one document, and the help of the command names everything in it.

use serde_json::Value;

use crate::support::cli::{Run, TestEnv};
use crate::support::standin::StandIn;

/// Fails unless the help of the command names every key of the document it printed.
fn assert_described(env: &TestEnv, command: &[&str], run: &Run) {
    let help = env.fi(&[command, &["--help"]].concat()).stdout;
    let words: Vec<&str> = help.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let document = run.json();
    let mut keys: Vec<&String> = document.as_object().expect("one object").keys().collect();
    for part in ["lake", "freshness", "held", "checked", "answers", "deleted"] {
        keys.extend(document[part].as_object().into_iter().flat_map(serde_json::Map::keys));
    }
    for key in keys {
        assert!(words.contains(&key.as_str()), "`fi {} --help` does not name {key}", command.join(" "));
    }
}

#[test]
fn every_document_is_described_in_the_help_of_its_command() {
    let standin = StandIn::new();
    let env = standin.env();
    let steps: &[(&[&str], &[&str])] = &[
        (&["init"], &["--no-sync"]),
        (&["sync"], &[]),
        (&["status"], &[]),
        (&["verify"], &[]),
        (&["doctor"], &[]),
        (&["reset"], &["--yes"]),
        (&["demo"], &["--conversations", "20", "--days", "9"]),
    ];
    for (command, flags) in steps {
        let run = env.fi(&[command, *flags, &["--json"]].concat());
        assert_eq!(run.code, Some(0), "fi {}\n{run}", command.join(" "));
        assert_described(&env, command, &run);
    }
}

#[test]
fn a_failure_leaves_stdout_empty_and_puts_one_object_on_stderr() {
    let env = TestEnv::new();
    for command in [&["sync"][..], &["verify"], &["reset", "--yes"], &["init"], &["query", "SELECT 1"]] {
        let run = env.fi(&[command, &["--json"]].concat());
        assert_eq!(run.stdout, "", "fi {}\n{run}", command.join(" "));
        let error: Value = serde_json::from_str(&run.stderr).unwrap_or_else(|error| panic!("{error}\n{run}"));
        assert!(error["error"]["message"].is_string() && error["error"]["kind"].is_string(), "{run}");
    }
}
