//! A topic laid out for a terminal: paragraphs in lines that fit, lists in two columns.

use unicode_width::UnicodeWidthStr;

use super::super::wrap::wrap;
use crate::cli::topic::{Part, Topic};
use crate::printer::{Paint, Printer};
use crate::program;

/// Columns of a name at most beside what it is; if one is longer, each has a line of its own.
const WIDEST_NAME: usize = 40;
/// What stands before each entry of a list.
const INDENT: &str = "  ";
/// Columns before what stands below a name.
const BELOW: usize = 6;

/// The whole explanation.
pub(super) fn explained(topic: &Topic, printer: &Printer, width: usize) -> String {
    let parts = topic.told();
    let mut paragraphs = vec![printer.paint(Paint::Bold, topic.told_about())];
    let mut is_headed = false;
    for part in &parts {
        let text = match part {
            Part::Heading(title) => printer.paint(Paint::Bold, title),
            Part::Text(text) => wrap(text, width).join("\n"),
            Part::List(entries) => list(entries, printer, width),
            Part::Examples(examples) => {
                let lines: Vec<String> =
                    examples.iter().map(|line| format!("{INDENT}{}", program::typed(line))).collect();
                format!("{}\n{}", printer.paint(Paint::Bold, "Examples"), lines.join("\n"))
            }
        };
        match paragraphs.last_mut() {
            // What has a heading follows it closely.
            Some(heading) if is_headed => *heading += &format!("\n{text}"),
            _ => paragraphs.push(text),
        }
        is_headed = matches!(part, Part::Heading(_));
    }
    paragraphs.join("\n\n") + "\n"
}

/// Topics by name.
pub(super) fn listed(topics: &[(String, String)], printer: &Printer, width: usize) -> String {
    let title = printer.paint(Paint::Bold, "Topics");
    let about = program::typed("`fi help TOPIC` explains one, `fi help COMMAND` a command");
    format!("{title}\n{}\n\n{about}\n", list(topics, printer, width))
}

/// Names, and what each of them is: in two columns, or below each other where a name is too long for that.
pub(in crate::cmd) fn list(entries: &[(String, String)], printer: &Printer, width: usize) -> String {
    let widest = entries.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let is_beside = widest <= WIDEST_NAME;
    let further = if is_beside { INDENT.len() + widest + 2 } else { BELOW };
    let mut lines = Vec::new();
    for (name, about) in entries {
        let padding = " ".repeat(widest.saturating_sub(name.width()) + 2);
        let name = format!("{INDENT}{}", printer.paint(Paint::Cyan, name));
        let mut about = wrap(about, width.saturating_sub(further)).into_iter();
        match is_beside {
            true => lines.push(format!("{name}{padding}{}", about.next().unwrap_or_default())),
            false => lines.push(name),
        }
        lines.extend(about.map(|line| format!("{}{line}", " ".repeat(further))));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::topic::TOPICS;
    use crate::printer::Options;

    fn entries(names: [&str; 2]) -> Vec<(String, String)> {
        names.map(|name| (name.to_owned(), String::from("seven days ago"))).to_vec()
    }

    #[test]
    fn a_name_that_is_too_long_puts_all_of_the_list_below_each_other() {
        let (printer, _) = Printer::captured(Options::default());
        let short = list(&entries(["7d", "P7D"]), &printer, 17);
        assert_eq!(short, "  7d   seven days\n       ago\n  P7D  seven days\n       ago");
        let long = "a name that is much longer than any other name";
        let text = list(&entries(["7d", long]), &printer, 17);
        assert_eq!(text, format!("  7d\n      seven days\n      ago\n  {long}\n      seven days\n      ago"));
    }

    #[test]
    fn explanations_fit_into_eighty_columns_but_for_examples_and_what_is_written_in_a_row() {
        let (printer, _) = Printer::captured(Options::default());
        for topic in TOPICS {
            let text = explained(topic, &printer, 80);
            let explanation = text.split("\nExamples\n").next().unwrap_or_default();
            let widest = explanation.lines().max_by_key(|line| line.width()).unwrap_or_default();
            assert!(widest.width() <= 80 || widest.contains(" - "), "{}: {widest}", topic.name);
        }
    }
}
