//! Every command of `fi` as it is typed over a small lake, for what has to hold of all of them.

use std::collections::BTreeSet;

use super::cli::TestEnv;
use super::standin::StandIn;

/// A command line, and whether another one may come after it as if it had not been.
pub(crate) struct Line {
    /// Its words, without `fi`.
    pub(crate) words: Vec<String>,
    /// Whether its data can be read as JSON with `--json`.
    pub(crate) is_document: bool,
}

/// Commands that run until they are stopped, are a protocol, or ask a server that runs.
const OTHERS: &[&str] =
    &["demo serve", "keys", "keys add", "keys revoke", "mcp", "serve", "webhooks", "webhooks check"];

/// A synced lake.
pub(crate) fn synced(standin: &StandIn) -> TestEnv {
    let env = standin.env();
    let run = env.fi(&["sync", "-q"]);
    assert_eq!(run.code, Some(0), "{run}");
    env
}

/// Each command at least once, in an order in which all of them succeed; the last deletes the lake.
pub(crate) fn lines(standin: &StandIn) -> Vec<Line> {
    let id = standin.server.read(|workspace| workspace.conversation_ids()[4]).to_string();
    let texts = [
        "",
        "help",
        "help timeframes",
        "help search",
        "help filters",
        "help metrics",
        "help settings",
        "help output",
        "help json",
        "help demo serve",
        "man",
        "man sync",
        "man --out pages",
        "completions zsh",
        "status",
        "search",
        "search --count",
        "show ID",
        "show ID --details",
        "show ID --open",
        "analyze --by week",
        "analyze --analysis topics",
        "analyze --list",
        "query FROM_TAGS",
        "export out --force",
        "verify",
        "doctor",
        "logs -n 3",
        "reindex",
        "keys list",
        "mcp install --client cursor --print",
        "sync",
        "sync --conversation ID",
        "forget SOMEBODY --dry-run",
        "init --no-sync --yes",
        "demo --conversations 12 --days 9",
        "reset --yes",
    ];
    let line = |text: &str| {
        let word = |word: &str| match word {
            "ID" => id.clone(),
            "FROM_TAGS" => "FROM tags ORDER BY tag_id LIMIT 2".to_owned(),
            "SOMEBODY" => somebody(standin),
            _ => word.to_owned(),
        };
        let words = text.split(' ').filter(|word| !word.is_empty()).map(word).collect();
        Line { words, is_document: !text.starts_with("logs") }
    };
    texts.map(line).into_iter().collect()
}

/// An address of somebody in the company.
fn somebody(standin: &StandIn) -> String {
    standin.server.read(|workspace| {
        let mut contacts = workspace.contacts().filter_map(|contact| contact.email.clone());
        contacts.next().expect("somebody has an address").into_string()
    })
}

/// The names of commands that no line runs.
pub(crate) fn forgotten(lines: &[Line]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect(&fastintercom::cli::built_command(), &mut names);
    names.retain(|name| {
        let is_run = lines.iter().any(|line| line.words.join(" ").starts_with(name.as_str()));
        !is_run && !OTHERS.contains(&name.as_str())
    });
    names
}

fn collect(command: &clap::Command, names: &mut BTreeSet<String>) {
    for command in command.get_subcommands() {
        let name = command.get_bin_name().expect("a built command has a name");
        names.insert(name.trim_start_matches("fi ").to_owned());
        collect(command, names);
    }
}
