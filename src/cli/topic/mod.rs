//! What `fi help` explains beside commands: one ordered list of topics. A topic's words are made from the thing it is
//! about (the forms a parser reads, the metrics there are, the flags of clap), so that they cannot fall behind it.

mod filters;
mod json;
mod metrics;
mod settings;
mod syntax;

use std::borrow::Cow;

use crate::program;

/// How the paragraph of a command's help begins that tells what it prints with `--json`.
pub(super) const JSON_BEGINNING: &str = "With --json";

/// Something to explain.
#[derive(Debug)]
pub struct Topic {
    /// Its name, as it is typed.
    pub name: &'static str,
    /// What it explains, in one line.
    pub about: &'static str,
    /// The explanation.
    pub parts: fn() -> Vec<Part>,
}

/// A piece of an explanation; how it is laid out is up to whoever shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Text(Cow<'static, str>),
    /// What stands above a piece.
    Heading(&'static str),
    /// Things, and what each of them is.
    List(Vec<(String, String)>),
    /// Commands to try.
    Examples(&'static [&'static str]),
}

/// Every topic, in the order they are listed.
pub const TOPICS: &[Topic] = &[
    Topic { name: "timeframes", about: "How to write a period", parts: syntax::timeframes },
    Topic { name: "search", about: "What `fi search` and --query can be asked", parts: syntax::search },
    Topic { name: "filters", about: "How to choose conversations", parts: filters::parts },
    Topic { name: "metrics", about: "What can be measured, and grouped by", parts: metrics::parts },
    Topic { name: "settings", about: "config.toml and environment variables", parts: settings::settings },
    Topic { name: "output", about: "Data, talk, colours and exit codes", parts: settings::output },
    Topic { name: "json", about: "What each command prints with --json", parts: json::parts },
];

impl Topic {
    /// The topic of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name == name)
    }

    /// What it explains, with commands as they can be typed here.
    pub fn told_about(&self) -> String {
        program::typed(self.about).into_owned()
    }

    /// The explanation, with commands as they can be typed here; examples are as they are.
    pub fn told(&self) -> Vec<Part> {
        let typed = |text: &str| program::typed(text).into_owned();
        let told = |part| match part {
            Part::Text(text) => Part::text(typed(&text)),
            Part::List(entries) => {
                Part::List(entries.into_iter().map(|(name, about)| (typed(&name), typed(&about))).collect())
            }
            part => part,
        };
        (self.parts)().into_iter().map(told).collect()
    }
}

impl Part {
    fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Text(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parsed;
    use super::*;

    #[test]
    fn examples_of_topics_are_command_lines_of_fi() {
        for topic in TOPICS {
            for part in (topic.parts)() {
                let Part::Examples(examples) = part else { continue };
                for example in examples {
                    assert!(parsed(example).is_ok(), "fi help {}: {example}", topic.name);
                }
            }
        }
    }

    #[test]
    fn no_topic_is_called_like_a_command_that_says_something_else() {
        for topic in TOPICS.iter().filter(|topic| topic.name != "search") {
            assert!(super::super::command().find_subcommand(topic.name).is_none(), "{}", topic.name);
        }
        // Of the two things called search the words are the topic, and `fi search --help` has them too.
        let help = super::super::help::help_of(&["search"]).unwrap().text(false);
        assert!(
            crate::index::SYNTAX.iter().all(|(form, meaning)| help.contains(form) && help.contains(meaning))
        );
    }
}
