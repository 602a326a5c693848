//! What is made from the definition of the command line: the whole help, the README's table, manual pages,
//! completions.

use std::fs;

use fastintercom::cli::built_command;
use fastintercom::cli::topic::TOPICS;

use crate::support::cli::TestEnv;
use crate::support::tree::in_tree;

/// Says that the table of the README is to be written anew.
const UPDATE: &str = "FI_UPDATE_README";
/// What stands around the table.
const BEGIN: &str =
    "<!-- The commands, from `FI_UPDATE_README=1 cargo test --release --test it cli_docs` -->\n";
const END: &str = "<!-- The commands end here -->\n";

/// The words of every command, in the order of the help.
fn commands() -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    collect(&built_command(), &mut commands);
    commands
}

fn collect(command: &clap::Command, commands: &mut Vec<Vec<String>>) {
    for command in command.get_subcommands() {
        let name = command.get_bin_name().unwrap();
        commands.push(name.split(' ').skip(1).map(str::to_owned).collect());
        collect(command, commands);
    }
}

#[test]
fn the_whole_help_is_known() {
    let env = TestEnv::new();
    let mut asked: Vec<Vec<String>> = vec![vec!["-h".into()], vec!["--help".into()]];
    asked.extend(commands().into_iter().map(|words| [words, vec!["--help".into()]].concat()));
    asked.push(vec!["help".into(), "topics".into()]);
    asked.extend(TOPICS.iter().map(|topic| vec!["help".into(), topic.name.into()]));
    let mut whole = String::new();
    for words in asked {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = env.fi(&words);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "fi {}", words.join(" "));
        whole += &format!("$ fi {}\n{}\n", words.join(" "), run.stdout);
    }
    assert!(!env.home().exists());
    insta::with_settings!({ snapshot_path => in_tree("tests/snapshots") }, {
        insta::assert_snapshot!("help", whole);
    });
}

#[test]
fn help_of_a_command_is_the_help_it_gives_itself() {
    let env = TestEnv::new();
    for words in commands().into_iter().filter(|words| words != &["search"]) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let asked = env.fi(&[&["help"], &words[..]].concat());
        assert_eq!(asked.stdout, env.fi(&[&words[..], &["--help"]].concat()).stdout);
    }
    assert_eq!(env.fi(&["help"]).stdout, env.fi(&["--help"]).stdout);
}

#[test]
fn an_unknown_topic_is_a_usage_error_with_the_nearest() {
    insta::assert_snapshot!(TestEnv::new().fi(&["help", "timefarmes"]), @r#"
    exit code: 2
    --- stdout ---
    --- stderr ---
    error: there is no topic or command "timefarmes"
      hint: did you mean `fi help timeframes`?
      hint: `fi help topics` lists the topics, `fi help` the commands
    "#);
}

#[test]
fn the_readme_lists_every_command_as_the_help_does() {
    let path = in_tree("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the README has a place for the commands");
    let (table, after) = rest.split_once(END).expect("the README has an end of the commands");
    let mut made = String::from("| command | |\n|---|---|\n");
    for command in built_command().get_subcommands() {
        let about = command.get_about().unwrap().to_string();
        made += &format!("| `{}` | {about} |\n", command.get_bin_name().unwrap());
    }
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, format!("{before}{BEGIN}{made}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(table, made, "run it again with {UPDATE}=1");
}

#[test]
fn there_is_a_manual_page_for_each_command_and_topic() {
    let env = TestEnv::new();
    let run = env.fi(&["man", "--out", "pages", "--json"]);
    assert_eq!(run.code, Some(0), "{run}");
    let names: Vec<String> = run.json()["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap().replace('\\', "/").trim_start_matches("pages/").to_owned())
        .collect();
    let commands = commands().into_iter().map(|words| format!("man1/fi-{}.1", words.join("-")));
    let topics = TOPICS.iter().map(|topic| format!("man7/fi-{}.7", topic.name));
    let expected: Vec<String> =
        std::iter::once("man1/fi.1".to_owned()).chain(commands).chain(topics).collect();
    assert_eq!(names, expected);
    for name in names {
        let page = fs::read_to_string(env.path().join("pages").join(&name)).unwrap();
        assert!(page.contains("\n.TH ") && page.contains("\n.SH NAME\n"), "{name}\n{page}");
    }
    assert!(!env.home().exists());
}

#[test]
fn a_page_has_the_flags_and_examples_of_its_command() {
    let env = TestEnv::new();
    let page = env.fi(&["man", "sync"]).stdout;
    for text in [".TH fi-sync 1", "\\-\\-days", ".SH EXAMPLES", "\nfi sync \\-\\-days 7\n", ".SH NOTES"] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    assert_eq!(env.fi(&["man", "snyc"]).code, Some(2));
    assert!(env.fi(&["man", "timeframes"]).stdout.contains(".TP\n\\fBlast 7 days"));
}

#[test]
fn completions_are_scripts_for_each_shell() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = env.fi(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{shell}");
        for word in ["fi", "conversation", "reindex"] {
            assert!(run.stdout.contains(word), "{shell}: {word}");
        }
        // The scripts of the others know no values of arguments without a flag.
        let knows_topics = ["bash", "zsh"].contains(&shell);
        assert_eq!(run.stdout.contains("filters"), knows_topics, "{shell}");
        assert_eq!(env.fi(&["completions", shell, "--json"]).json()["script"], run.stdout, "{shell}");
    }
    assert_eq!(env.fi(&["completions", "tcsh"]).code, Some(2));
    assert!(!env.home().exists());
}
