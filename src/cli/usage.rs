//! Help and usage errors: what clap has to say, as text for people or as the error object for `--json`.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};

use super::command;
use super::topic::TOPICS;
use crate::error::{CommandError, Kind};
use crate::program;

/// What clap says before the last line of an error.
const LAST_LINE: &str = "For more information";

/// The command line was not understood, or it asked for help.
#[derive(Debug)]
pub struct UsageError {
    error: clap::Error,
    /// A line of the command that is right.
    example: Option<String>,
}

impl UsageError {
    /// About the words of a command line.
    pub(super) fn new(error: clap::Error, arguments: &[OsString]) -> Self {
        let example = if error.use_stderr() { example(&error, arguments) } else { None };
        Self { error, example }
    }

    /// Whether it only asked for help or the version.
    pub fn is_help(&self) -> bool {
        !self.error.use_stderr()
    }

    /// The text for people.
    pub fn text(&self, colour: bool) -> String {
        let rendered = self.error.render();
        let text = if colour { rendered.ansi().to_string() } else { rendered.to_string() };
        match (&self.example, text.rfind(LAST_LINE)) {
            (Some(example), Some(at)) => format!("{}For example: {example}\n\n{}", &text[..at], &text[at..]),
            _ => text,
        }
    }
}

/// The example of a command's help that has the flag the error is about, or the first.
fn example(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let mut command = command();
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        command = command.find_subcommand(word).cloned().unwrap_or(command);
    }
    let after = command.get_after_help()?.to_string();
    let examples = after.split_once("Examples:\n")?.1;
    // Of a flag that is not there the one that was probably meant.
    let flag = match error.get(ContextKind::SuggestedArg).or_else(|| error.get(ContextKind::InvalidArg)) {
        Some(ContextValue::String(flag)) => flag.split([' ', '=', '[']).next().unwrap_or_default(),
        _ => "",
    };
    let begins = format!("{} ", program::name());
    let lines = || examples.lines().map(str::trim).filter(|line| line.starts_with(&begins));
    let has_flag = |line: &&str| flag.starts_with('-') && line.split(' ').any(|word| word == flag);
    lines().find(has_flag).or_else(|| lines().next()).map(str::to_owned)
}

impl From<UsageError> for CommandError {
    fn from(error: UsageError) -> Self {
        let text = error.text(false);
        let (message, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let message = message.strip_prefix("error: ").unwrap_or(message).trim().to_owned();
        let hints = rest.lines().map(str::trim).filter_map(|line| match line.split_once(": ") {
            Some(("tip", tip)) => Some(tip.to_owned()),
            Some(("Usage", usage)) => Some(format!("usage: {usage}")),
            Some(("For example", example)) => Some(format!("for example: {example}")),
            _ => None,
        });
        hints.fold(Self::usage(message), Self::hint)
    }
}

/// What stands below the commands: topics, and how a command ends.
pub(super) fn below() -> String {
    let topics = TOPICS.iter().map(|topic| format!("  {:<11}  {}\n", topic.name, topic.about));
    let codes = Kind::ALL.map(|kind| format!("{} {}", kind.exit_code(), kind.about()));
    format!(
        "Topics, explained by `fi help TOPIC`:\n{}\nExit codes: 0 done, {}",
        topics.collect::<String>(),
        codes.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> CommandError {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        super::super::parse(&words).unwrap_err().into()
    }

    #[test]
    fn an_unknown_flag_names_the_nearest() {
        let error = error("fi sync --dyas 7");
        assert_eq!(error.message(), "unexpected argument '--dyas' found");
        assert_eq!(error.hints()[0], "a similar argument exists: '--days'");
        assert!(error.hints()[1].starts_with("usage: fi sync"), "{:?}", error.hints());
    }

    #[test]
    fn an_error_shows_the_example_that_has_its_flag() {
        let last = |line| error(line).hints().last().cloned().unwrap_or_default();
        let since = "for example: fi sync --since 2026-11-01 --until 2026-11-15";
        assert_eq!(last("fi sync --since yesterday"), since);
        assert_eq!(last("fi show"), "for example: fi show 215470001234567");
        assert_eq!(last("fi sync --contacts some"), "for example: fi sync");
        assert_eq!(last("fi sync --dyas 7"), "for example: fi sync --days 7");
    }

    #[test]
    fn the_help_names_every_topic_and_exit_code() {
        let help = below();
        assert!(TOPICS.iter().all(|topic| help.contains(topic.name) && help.contains(topic.about)));
        assert!(help.ends_with(
            "Exit codes: 0 done, 1 failed, 2 usage or settings, 3 nothing found, 4 token, 5 incomplete data"
        ));
    }
}
