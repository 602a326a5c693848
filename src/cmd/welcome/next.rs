//! What to do in each situation: commands that can be pasted, the most useful first.

use serde::Serialize;

use super::Situation;
use crate::program;

/// A command, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Next {
    pub(super) command: String,
    pub(super) about: &'static str,
}

impl Next {
    pub(super) fn new(command: impl Into<String>, about: &'static str) -> Self {
        Self { command: command.into(), about }
    }
}

/// What to ask, once something is held.
const ASK: &[(&str, &str)] = &[
    ("search 'refund -shipping'", "find conversations"),
    ("analyze --by week", "count and measure"),
    ("query", "ask with SQL"),
    ("status", "what is held, and how fresh it is"),
    ("mcp install --client claude-desktop", "let Claude ask"),
];

/// The commands, of a program that is called so.
pub(super) fn of(situation: Situation, is_demo: bool, can_sync: bool, program: &str) -> Vec<Next> {
    let command = |(words, about): (&str, &'static str)| match words {
        // The demo finds its own home, below the one that it is told of.
        "demo" | "init" if is_demo => Next::new(format!("{} {words}", program::name()), about),
        _ => Next::new(format!("{program} {words}"), about),
    };
    let fetch = |about: &'static str| match (is_demo, can_sync) {
        (true, _) => ("demo", "let the company go on, and fetch it"),
        (false, true) => ("sync", about),
        (false, false) => ("init", "connect the workspace, to fetch what is new"),
    };
    let mut words: Vec<(&str, &'static str)> = Vec::new();
    match situation {
        Situation::NotConnected => words.extend([
            ("demo", "try everything on a made-up company, without an account"),
            ("init", "connect your workspace; it asks for an access token"),
        ]),
        Situation::SettingsWrong => words.push(("doctor", "what is wrong, and what is right")),
        Situation::Damaged => words.extend([
            ("verify", "which files are damaged"),
            ("doctor", "what else is wrong"),
            ("reset", "delete what was fetched; `fi sync` fetches it again"),
        ]),
        Situation::NothingFetched => words.extend([
            fetch("fetch everything; it can be stopped at any time, and goes on where it was"),
            ("doctor", "check token, permissions and connection"),
        ]),
        Situation::Syncing => words.push(("status", "how far it is")),
        Situation::Unfinished => words.push(fetch("go on where the last sync ended")),
        Situation::Stale => words.push(fetch("fetch what is new")),
        Situation::Fresh => {}
    }
    if matches!(situation, Situation::Unfinished | Situation::Stale | Situation::Fresh) {
        words.extend_from_slice(ASK);
    }
    if is_demo && situation == Situation::Fresh {
        words.push(fetch(""));
        words.push(("init", "connect your own workspace"));
    }
    words.into_iter().map(command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;

    #[test]
    fn every_command_told_of_is_one_that_can_be_typed() {
        for situation in Situation::ALL {
            for (is_demo, can_sync) in [(true, false), (false, true), (false, false)] {
                let next = of(situation, is_demo, can_sync, "fi --home /x");
                assert!(!next.is_empty(), "{situation:?}");
                for Next { command, .. } in next {
                    let words = command.replace('\'', "");
                    let typed: Vec<_> = words.split(' ').map(Into::into).collect();
                    // A word that begins with a minus is one of the search.
                    let typed: Vec<_> = typed.into_iter().filter(|word| word != "-shipping").collect();
                    assert!(cli::parse(&typed).is_ok(), "{command}");
                }
            }
        }
    }

    #[test]
    fn only_who_can_sync_is_told_to() {
        let first = |is_demo, can_sync| of(Situation::Stale, is_demo, can_sync, "fi")[0].command.clone();
        assert_eq!(first(false, true), "fi sync");
        assert_eq!(first(false, false), "fi init");
        assert_eq!(first(true, false), "fi demo");
    }
}
