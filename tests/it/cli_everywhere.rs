//! What holds of every command: it can be quiet, without colours, piped into something that ends early, kept in a home
//! that is named, and read as JSON.

use std::fs;

use serde_json::{Map, Value};

use crate::support::cli::{Run, TestEnv};
use crate::support::commands::{Line, forgotten, lines, synced};
use crate::support::standin::StandIn;
use crate::support::tree::in_tree;

/// Runs every command with these flags.
fn each(env: &TestEnv, lines: &[Line], flags: &[&str], mut check: impl FnMut(&str, &Line, Run)) {
    for line in lines {
        let words: Vec<&str> = line.words.iter().map(String::as_str).chain(flags.iter().copied()).collect();
        let run = env.fi(&words);
        let told = format!("fi {}", words.join(" "));
        assert_eq!(run.code, Some(0), "{told}\n{run}");
        check(&told, line, run);
    }
}

/// Lines of a text that tell to type `fi` and a command.
fn told_to_type_fi(text: &str) -> Vec<&str> {
    let commands = fastintercom::cli::command();
    let commands: Vec<&str> = commands.get_subcommands().map(|command| command.get_name()).collect();
    let is_command = |after: &str| {
        let word = after.split([' ', '`', '\n']).next().unwrap_or_default();
        commands.contains(&word) || word.starts_with("--") || word.starts_with('[')
    };
    let is_told = |line: &&str| {
        line.match_indices("fi ").any(|(at, _)| {
            let is_word = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '/');
            is_word && is_command(&line[at + 3..])
        })
    };
    text.lines().filter(is_told).collect()
}

#[test]
fn called_by_its_whole_name_it_tells_no_command_by_the_short_one() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let before = [
        &["sync", "--days", "0"][..],
        &["hepl"],
        &["help", "tiemframes"],
        &["--help"],
        &["status", "--json"],
    ];
    for words in before {
        let run = env.fastintercom(words);
        let printed = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(told_to_type_fi(&printed), Vec::<&str>::new(), "{words:?}");
    }
    for line in lines(&standin) {
        let words: Vec<&str> = line.words.iter().map(String::as_str).collect();
        let run = env.fastintercom(&words);
        let is_page = words.first() == Some(&"man");
        let printed = format!("{}{}", run.stdout, run.stderr);
        let told = told_to_type_fi(&printed);
        assert!(run.code == Some(0) && told.is_empty(), "{words:?}: {told:#?}\n{}", run.stderr);
        let help = env.fastintercom(&[words.first().copied().unwrap_or_default(), "--help"]);
        assert_eq!(told_to_type_fi(&help.stdout), Vec::<&str>::new(), "{words:?}");
        assert!(!is_page || words.len() < 2 || printed.contains("fastintercom"), "{words:?}: {printed}");
    }
    assert!(told_to_type_fi(&env.fi(&["--help"]).stdout).len() > 2, "the check sees them");
    let empty = TestEnv::new();
    let alone = empty.fastintercom(&[]);
    assert!(alone.stdout.contains("  fastintercom demo  try everything"), "{alone}");
    let refused = empty.fastintercom(&["query", "FROM conversations"]);
    assert_eq!(told_to_type_fi(&refused.stderr), Vec::<&str>::new());
    assert!(refused.stderr.contains("`fastintercom "), "{refused}");
}

#[test]
fn every_command_is_tried() {
    let standin = StandIn::new();
    assert_eq!(
        forgotten(&lines(&standin)),
        std::collections::BTreeSet::new(),
        "add them to support::commands"
    );
}

#[test]
fn quiet_commands_say_nothing_and_commands_without_colours_show_none() {
    let standin = StandIn::new();
    let env = synced(&standin).with("CLICOLOR_FORCE", "1");
    let mut coloured = 0;
    let without_reset: Vec<Line> =
        lines(&standin).into_iter().filter(|line| line.words != ["reset", "--yes"]).collect();
    each(&env, &without_reset, &[], |_, _, run| coloured += usize::from(run.to_string().contains('\x1b')));
    assert!(coloured > 8, "colours are forced, and only {coloured} commands have some");
    each(&env, &without_reset, &["--no-color"], |line, _, run| {
        assert!(!run.to_string().contains('\x1b'), "{line}\n{run}");
    });
    let env = env.with("NO_COLOR", "1");
    each(&env, &lines(&standin), &["--quiet"], |line, _, run| {
        assert!(run.stderr.is_empty() && !run.stdout.contains('\x1b'), "{line}\n{run}");
    });
}

#[test]
fn every_command_keeps_to_the_home_that_is_named() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let home = env.home();
    let named = ["--home", home.to_str().unwrap()];
    let env = env.with("FASTINTERCOM_HOME", "elsewhere");
    each(&env, &lines(&standin), &named, |line, _, run| {
        assert!(!env.path().join("elsewhere").exists(), "{line}\n{run}");
        assert!(!env.path().join("user/.fastintercom").exists(), "{line}\n{run}");
    });
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_a_success_of_every_command() {
    let standin = StandIn::new();
    let env = synced(&standin);
    for line in lines(&standin) {
        for flags in [&[][..], &["--json"]] {
            // Without the lake there is nothing to find, which is no question of who reads.
            if line.words == ["reset", "--yes"] {
                continue;
            }
            let words: Vec<&str> =
                line.words.iter().map(String::as_str).chain(flags.iter().copied()).collect();
            let mut child = env.start(&mut env.command(&words));
            drop(child.stdout.take());
            let run = env.finish(child);
            assert_eq!(run.code, Some(0), "fi {}\n{run}", words.join(" "));
            assert!(!run.stderr.contains("error"), "fi {}\n{run}", words.join(" "));
        }
    }
}

#[test]
fn every_json_document_has_the_shape_that_is_known() {
    let standin = StandIn::new();
    let env = synced(&standin);
    let mut shapes = Map::new();
    each(&env, &lines(&standin), &["--json"], |_, line, run| {
        assert_eq!(run.stderr, "", "fi {}", line.words.join(" "));
        let shape = match line.is_document {
            true => shape(&run.json()),
            false => merged(run.stdout.lines().map(|line| shape(&serde_json::from_str(line).unwrap()))),
        };
        // A number this large is the id of a conversation.
        let is_id = |word: &String| word.parse::<u64>().is_ok_and(|id| id > 1_000_000);
        let name: Vec<&str> = line.words.iter().map(|word| if is_id(word) { "ID" } else { word }).collect();
        shapes.insert(format!("fi {}", name.join(" ")).trim().to_owned(), shape);
    });
    let text = serde_json::to_string_pretty(&shapes).unwrap();
    insta::with_settings!({ snapshot_path => in_tree("tests/snapshots") }, {
        insta::assert_snapshot!("json_shapes", text);
    });
}

#[test]
fn help_names_what_the_documents_hold() {
    let standin = StandIn::new();
    let env = synced(&standin);
    each(&env, &lines(&standin), &["--json"], |told, line, run| {
        // Rows have the columns that were asked for, and `fi` alone has no help but its own.
        let Some(command) = line.words.first().filter(|word| *word != "query") else { return };
        let command: Vec<&str> = match command.as_str() {
            "mcp" => vec!["mcp", "install"],
            command => vec![command],
        };
        let help = env.fi(&[&command[..], &["--help"]].concat()).stdout;
        let words: Vec<&str> = help.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        let first: Value = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|_| serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap());
        for key in first.as_object().expect("one object").keys() {
            assert!(
                words.contains(&key.as_str()),
                "`fi {} --help` does not name {key} of {told}",
                command.join(" ")
            );
        }
    });
}

#[test]
fn a_directory_that_cannot_be_written_is_a_failure_with_a_reason() {
    let env = TestEnv::new();
    fs::write(env.path().join("file"), "").unwrap();
    let run = env.fi(&["man", "--out", "file/pages"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.starts_with("error: could not create file/pages/man1\n  because: "), "{run}");
}

/// A value with its kind in place of what it is; what several elements are is one.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "boolean".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "text".into(),
        Value::Array(values) if values.is_empty() => Value::Array(Vec::new()),
        Value::Array(values) => Value::Array(vec![merged(values.iter().map(shape))]),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect::<Map<_, _>>().into()
        }
    }
}

/// What all shapes are together: fields of any of them, and kinds beside each other where they differ.
fn merged(shapes: impl Iterator<Item = Value>) -> Value {
    shapes.reduce(both).unwrap_or(Value::Null)
}

fn both(one: Value, other: Value) -> Value {
    match (one, other) {
        (one, other) if one == other => one,
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, shape) in other {
                let shape = match one.remove(&name) {
                    Some(known) => both(known, shape),
                    None => shape,
                };
                one.insert(name, shape);
            }
            Value::Object(one)
        }
        (Value::Array(one), Value::Array(other)) => {
            Value::Array(one.into_iter().chain(other).reduce(both).into_iter().collect())
        }
        (Value::String(one), Value::String(other)) => {
            let mut kinds: Vec<&str> = one.split(" or ").chain(other.split(" or ")).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds.join(" or ").into()
        }
        // Something or nothing: what it is when it is there.
        (Value::String(kind), shape) | (shape, Value::String(kind)) if kind == "null" => shape,
        (one, other) => format!("{one} or {other}").into(),
    }
}
