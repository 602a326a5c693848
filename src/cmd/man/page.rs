//! One manual page in roff: of a command with its flags, or of a topic.

use std::io;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::topic::{Part, Topic};
use crate::program;

/// The section of commands.
const COMMANDS: u8 = 1;
/// The section of everything else.
const TOPICS: u8 = 7;

/// One page.
pub(super) struct Page {
    /// Its name: fi, fi-sync, fi-demo-serve, fi-timeframes.
    pub(super) name: String,
    /// The section of the manual.
    pub(super) section: u8,
    /// Its text.
    pub(super) text: String,
}

impl Page {
    /// The page of a command.
    pub(super) fn of_command(command: clap::Command) -> Option<Self> {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let has_commands = command.has_subcommands();
        let man = Man::new(command).title(name.clone()).source(source());
        let mut bytes = Vec::new();
        let mut render = || -> io::Result<()> {
            man.render_title(&mut bytes)?;
            man.render_name_section(&mut bytes)?;
            man.render_synopsis_section(&mut bytes)?;
            man.render_description_section(&mut bytes)?;
            man.render_options_section(&mut bytes)?;
            if has_commands {
                man.render_subcommands_section(&mut bytes)?;
            }
            let mut roff = Roff::new();
            below(&mut roff, &after);
            roff.to_writer(&mut bytes)
        };
        // Writing into memory cannot fail.
        render().ok()?;
        Some(Self { name, section: COMMANDS, text: String::from_utf8(bytes).ok()? })
    }

    /// The page of a topic.
    pub(super) fn of_topic(topic: &Topic) -> Self {
        let name = format!("{}-{}", program::name(), topic.name);
        let mut roff = Roff::new();
        roff.control("TH", [name.as_str(), "7", "", source().as_str()]);
        roff.control("SH", ["NAME"]);
        roff.text([roman(format!("{name} - {}", topic.told_about()))]);
        roff.control("SH", ["DESCRIPTION"]);
        for part in topic.told() {
            put(&mut roff, &part);
        }
        Self { name, section: TOPICS, text: roff.render() }
    }

    /// The name of its file.
    pub(super) fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.section)
    }
}

fn source() -> String {
    format!("fi {}", env!("CARGO_PKG_VERSION"))
}

fn put(roff: &mut Roff, part: &Part) {
    match part {
        Part::Heading(title) => {
            roff.control("SH", [title.to_uppercase().as_str()]);
        }
        Part::Text(text) => paragraph(roff, text),
        Part::List(entries) => {
            for (name, about) in entries {
                roff.control("TP", []);
                roff.text([bold(name.as_str())]);
                roff.text([roman(about.as_str())]);
            }
        }
        Part::Examples(lines) => examples(roff, lines.iter().copied()),
    }
}

/// What the help says below the flags: its examples as such, the rest as it is.
fn below(roff: &mut Roff, text: &str) {
    let mut is_begun = false;
    for text in text.split("\n\n").filter(|text| !text.is_empty()) {
        if let Some(lines) = text.strip_prefix("Examples:\n") {
            examples(roff, lines.lines().map(str::trim));
            continue;
        }
        if !is_begun {
            roff.control("SH", ["NOTES"]);
            is_begun = true;
        }
        match text.contains("\n  ") {
            true => verbatim(roff, text.lines()),
            false => paragraph(roff, text),
        }
    }
}

fn paragraph(roff: &mut Roff, text: &str) {
    roff.control("PP", []);
    roff.text([roman(text)]);
}

fn examples<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    roff.control("SH", ["EXAMPLES"]);
    verbatim(roff, lines);
}

/// Lines as they are.
fn verbatim<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    roff.control("PP", []);
    roff.control("nf", []);
    for line in lines {
        roff.text([roman(program::typed(line))]);
    }
    roff.control("fi", []);
}
