//! `fi help`: a command or a topic, explained.

mod page;

pub(super) use page::list;

use serde_json::{Value, json};

use super::Setup;
use crate::cli::topic::{TOPICS, Topic};
use crate::cli::{self, HelpArgs, Subject};
use crate::error::CommandError;
use crate::printer::Look;

/// Lines of explanations are not longer, as those of the help of commands are not.
const WIDEST: usize = 100;

/// Explains what was asked for.
pub(super) fn run(setup: &Setup, args: &HelpArgs) -> Result<(), CommandError> {
    let subject = args.meaning()?;
    if setup.printer.is_json() {
        return Ok(setup.printer.json(&document(&subject))?);
    }
    let look = setup.printer.look();
    let text = match subject {
        Subject::Everything(help) | Subject::Command { help, .. } => help.text(look.colour),
        Subject::Topics => page::listed(&topics(), &setup.printer, width(look)),
        Subject::Topic(topic) => page::explained(topic, &setup.printer, width(look)),
    };
    Ok(setup.printer.paged(text, &setup.environment)?)
}

/// Explains a topic that there is.
pub(super) fn topic(setup: &Setup, name: &str) -> Result<(), CommandError> {
    run(setup, &HelpArgs { words: vec![name.to_owned()] })
}

/// Columns of an explanation.
pub(super) fn width(look: Look) -> usize {
    look.width.min(WIDEST)
}

fn topics() -> Vec<(String, String)> {
    TOPICS.iter().map(|topic| (topic.name.to_owned(), topic.told_about())).collect()
}

fn document(subject: &Subject) -> Value {
    match subject {
        Subject::Everything(_) | Subject::Topics => {
            let command = cli::command();
            let commands = command.get_subcommands().map(|command| {
                json!({ "name": command.get_name(), "about": command.get_about().map(ToString::to_string) })
            });
            let topics =
                TOPICS.iter().map(|topic| json!({ "name": topic.name, "about": topic.told_about() }));
            json!({ "commands": commands.collect::<Vec<_>>(), "topics": topics.collect::<Vec<_>>() })
        }
        Subject::Topic(topic) => {
            json!({ "name": topic.name, "about": topic.told_about(), "text": plain(topic) })
        }
        Subject::Command { name, help } => {
            let text = help.text(false);
            let about = text.lines().next().unwrap_or_default();
            json!({ "name": name, "about": about, "text": text })
        }
    }
}

/// A topic without colours, in lines of the usual length.
fn plain(topic: &Topic) -> String {
    let (printer, _) = crate::printer::Printer::captured(crate::printer::Options::default());
    page::explained(topic, &printer, WIDEST)
}
