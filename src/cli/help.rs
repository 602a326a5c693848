//! The arguments of `fi help`, and what is to be explained.

use std::ffi::OsStr;

use clap::Args;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use super::topic::{TOPICS, Topic};
use super::{UsageError, command, parse};
use crate::error::CommandError;
use crate::nearest::nearest;
use crate::program;

/// The word that asks for the list of topics.
const ALL_TOPICS: &str = "topics";

/// Explain a command or a topic, such as timeframes
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "`fi help topics` lists the topics; `fi help sync` says the same as `fi sync --help`.\n\n\
                  With --json it prints one document: name, about, text; without a topic it prints commands and \
                  topics (each with name, about).\n\nExamples:\n  fi help timeframes\n  fi help demo serve\n  fi help topics"
)]
pub struct HelpArgs {
    /// A topic, or the words of a command
    #[arg(value_name = "TOPIC", value_parser = Known, hide_possible_values = true)]
    pub words: Vec<String>,
}

/// What is to be explained.
#[derive(Debug)]
pub enum Subject {
    /// What there is.
    Everything(UsageError),
    /// The topics.
    Topics,
    /// One of them.
    Topic(&'static Topic),
    /// A command.
    Command {
        /// Its words, without the program's name.
        name: String,
        /// Its help.
        help: UsageError,
    },
}

impl HelpArgs {
    /// What is to be explained.
    pub fn meaning(&self) -> Result<Subject, CommandError> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let unknown = || unknown(&words);
        match words[..] {
            [] => help_of(&[]).map(Subject::Everything).ok_or_else(unknown),
            [ALL_TOPICS] => Ok(Subject::Topics),
            [name] if let Some(topic) = Topic::named(name) => Ok(Subject::Topic(topic)),
            _ => help_of(&words)
                .map(|help| Subject::Command { name: words.join(" "), help })
                .ok_or_else(unknown),
        }
    }
}

/// The long help of a command that there is.
pub(super) fn help_of(words: &[&str]) -> Option<UsageError> {
    let root = command();
    words.iter().try_fold(&root, |command, word| command.find_subcommand(word))?;
    let line = [program::name()].into_iter().chain(words.iter().copied()).chain(["--help"]);
    parse(&line.map(Into::into).collect::<Vec<_>>()).err().filter(UsageError::is_help)
}

fn unknown(words: &[&str]) -> CommandError {
    let asked = words.join(" ");
    let root = command();
    let commands = root.get_subcommands().map(clap::Command::get_name);
    let known: Vec<&str> =
        TOPICS.iter().map(|topic| topic.name).chain(commands).chain([ALL_TOPICS]).collect();
    let error = CommandError::usage(format!("there is no topic or command {asked:?}"));
    let near = nearest(words.first().copied().unwrap_or_default(), known.iter().copied());
    let error = match near.filter(|near| *near != asked) {
        Some(near) => error.hint(format!("did you mean `fi help {near}`?")),
        None => error,
    };
    error.hint("`fi help topics` lists the topics, `fi help` the commands")
}

/// Takes any text, and offers the topics and commands to whoever completes it.
#[derive(Debug, Clone)]
struct Known;

impl TypedValueParser for Known {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let topics = TOPICS.iter().map(|topic| PossibleValue::new(topic.name).help(topic.about));
        let commands: Vec<PossibleValue> = command()
            .get_subcommands()
            .filter(|command| Topic::named(command.get_name()).is_none())
            .map(|command| PossibleValue::new(command.get_name().to_owned()))
            .collect();
        Some(Box::new(topics.chain([PossibleValue::new(ALL_TOPICS)]).chain(commands)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(words: &[&str]) -> Result<Subject, CommandError> {
        HelpArgs { words: words.iter().map(|word| (*word).to_owned()).collect() }.meaning()
    }

    #[test]
    fn topics_commands_and_their_commands_are_told_apart() {
        assert!(matches!(meaning(&[]), Ok(Subject::Everything(_))));
        assert!(matches!(meaning(&["topics"]), Ok(Subject::Topics)));
        assert!(matches!(meaning(&["search"]), Ok(Subject::Topic(topic)) if topic.name == "search"));
        let Ok(Subject::Command { name, help }) = meaning(&["demo", "serve"]) else { panic!("no command") };
        assert!(name == "demo serve" && help.text(false).contains("Usage: fi demo serve"), "{name}");
        assert!(matches!(meaning(&["start"]), Ok(Subject::Command { .. })));
    }

    #[test]
    fn what_is_unknown_names_the_nearest() {
        let error = meaning(&["tiemframes"]).unwrap_err();
        assert_eq!(error.message(), "there is no topic or command \"tiemframes\"");
        assert_eq!(error.hints()[0], "did you mean `fi help timeframes`?");
        assert_eq!(meaning(&["colour", "of", "magic"]).unwrap_err().hints().len(), 1);
        assert!(meaning(&["sync", "serve"]).is_err());
    }
}
