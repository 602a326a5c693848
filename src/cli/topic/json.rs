//! The topic of `--json`: what the help of each command says about its document.

use super::{JSON_BEGINNING, Part};

/// The shapes.
pub(super) fn parts() -> Vec<Part> {
    let mut shapes = Vec::new();
    collect(&super::super::built_command(), &mut shapes);
    vec![
        Part::text(
            "With --json stdout holds one document, indented, and nothing else. Names stay as they are; new ones may \
             come. Times are ISO 8601 in UTC unless a name says seconds, and what is not known is null. What failed is \
             on stderr, as the last line: {\"error\": {\"kind\", \"message\", \"causes\", \"hints\"}}.",
        ),
        Part::List(shapes),
        Part::Examples(&["fi status --json", "fi help --json"]),
    ]
}

/// Each command below this one whose help tells a document.
fn collect(command: &clap::Command, shapes: &mut Vec<(String, String)>) {
    for command in command.get_subcommands() {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        if let Some(shape) = after.split("\n\n").find(|paragraph| paragraph.starts_with(JSON_BEGINNING)) {
            let shape = shape.split_once(": ").map_or(shape, |(_, fields)| fields);
            let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
            shapes.push((name.to_owned(), shape.to_owned()));
        }
        collect(command, shapes);
    }
}
