//! What a line that begins with a dot or a backslash asks of the shell.

use std::path::PathBuf;

use super::commands::{Argument, COMMANDS, DotCommand};
use super::plain_word;
use crate::engine::{VIEWS, View, view};
use crate::format::Format;
use crate::nearest::nearest;

/// What was asked of the shell.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// The list of commands.
    Help,
    /// The stored tables, with their rows.
    Tables,
    /// Everything that can be asked of.
    Views,
    /// The SQL of a view, or of all.
    Schema(Option<&'static View>),
    /// The columns of a view.
    Describe(&'static View),
    /// Questions with their SQL, of a view or of all.
    Examples(Option<&'static View>),
    /// One of these questions, to be run.
    Example(usize),
    /// How rows are shown; none asks how they are now.
    Mode(Option<Mode>),
    /// Where the rows of the next query go; none for back to the terminal.
    Output(Option<PathBuf>),
    /// How many rows are shown; none asks.
    MaxRows(Option<u64>),
    /// How wide tables may be; none asks.
    Width(Option<Width>),
    /// Whether it is said how long a query took; none asks.
    Timer(Option<bool>),
    /// Statements in a file.
    Read(PathBuf),
    /// How a query would be answered; none for the last one.
    Explain(Option<String>),
    /// Fetch what is new, with these flags.
    Sync(Vec<String>),
    /// What is held.
    Status,
    /// The end.
    Quit,
}

/// How rows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In this format.
    Format(Format),
    /// One column a line, or back to what it was.
    Expanded,
}

/// How wide tables may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// As wide as the terminal.
    Auto,
    /// So many columns.
    Columns(usize),
}

/// Why a line is no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Complaint {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: String,
}

impl Ask {
    /// What a line asks of the shell.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn parse(line: &str) -> Result<Self, Complaint> {
        let line = line.trim();
        let line = plain_word(line).unwrap_or(line);
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        if name.starts_with('\\') {
            return psql(name.trim_end_matches(';'), rest.trim_end_matches(';').trim_end());
        }
        // Who is used to end everything so gets away with it.
        let name = name.trim_end_matches(';');
        match DotCommand::named(name) {
            Some(command) if command.argument == Argument::Sql => (command.read)(rest),
            Some(command) => (command.read)(rest.trim_end_matches(';').trim_end()),
            None => Err(unknown(name)),
        }
    }
}

/// What psql understands by it.
fn psql(name: &str, rest: &str) -> Result<Ask, Complaint> {
    match name {
        "\\d" => Ok(optional(rest, named_view)?.map_or(Ask::Views, Ask::Describe)),
        "\\dt" => nothing(name, rest, Ask::Tables),
        "\\x" => nothing(name, rest, Ask::Mode(Some(Mode::Expanded))),
        "\\q" => nothing(name, rest, Ask::Quit),
        "\\?" => nothing(name, rest, Ask::Help),
        _ => complain(
            format!("there is no command {name}"),
            "of psql's there are \\d, \\d VIEW, \\dt, \\x, \\q and \\?; .help lists the others",
        ),
    }
}

fn unknown(name: &str) -> Complaint {
    let hint = match nearest(name, COMMANDS.iter().map(|command| command.name)) {
        Some(close) => format!("did you mean {close}?"),
        None => String::from(".help lists the commands"),
    };
    Complaint { message: format!("there is no command {name}"), hint }
}

pub(super) fn complain<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, Complaint> {
    Err(Complaint { message: message.into(), hint: hint.into() })
}

pub(super) fn nothing(name: &str, rest: &str, ask: Ask) -> Result<Ask, Complaint> {
    if rest.is_empty() {
        return Ok(ask);
    }
    complain(format!("{name} takes nothing, not {rest}"), format!("write only {name}"))
}

pub(super) fn optional<T>(
    rest: &str,
    read: impl FnOnce(&str) -> Result<T, Complaint>,
) -> Result<Option<T>, Complaint> {
    (!rest.is_empty()).then(|| read(rest)).transpose()
}

pub(super) fn named_view(name: &str) -> Result<&'static View, Complaint> {
    let name = name.trim_matches('"');
    let found = view(name);
    found.ok_or_else(|| Complaint {
        message: format!("there is no view {name}"),
        hint: match nearest(name, VIEWS.iter().map(|view| view.name)) {
            Some(close) => format!("did you mean {close}?"),
            None => String::from(".views lists what there is"),
        },
    })
}

pub(super) fn named_mode(name: &str) -> Result<Mode, Complaint> {
    match Format::named(name) {
        Some(format) if format.is_binary() => complain(
            format!("{name} is not for a terminal"),
            format!("write it to a file: .output rows.{name}"),
        ),
        Some(format) => Ok(Mode::Format(format)),
        None => {
            let close = nearest(name, modes());
            let known = || format!("there are {}", modes().collect::<Vec<_>>().join(", "));
            complain(
                format!("there is no format {name}"),
                close.map_or_else(known, |close| format!("did you mean {close}?")),
            )
        }
    }
}

/// The formats a terminal can show, by name.
pub(super) fn modes() -> impl Iterator<Item = &'static str> {
    Format::NAMES.iter().filter(|(_, format)| !format.is_binary()).map(|(name, _)| *name)
}

pub(super) fn path(text: &str) -> Result<PathBuf, Complaint> {
    let is_quoted = |mark: char| text.len() > 1 && text.starts_with(mark) && text.ends_with(mark);
    let text = if is_quoted('\'') || is_quoted('"') { &text[1..text.len() - 1] } else { text };
    Ok(PathBuf::from(text))
}

pub(super) fn row_count(text: &str) -> Result<u64, Complaint> {
    let number = || text.replace(['_', ','], "").parse().ok().filter(|rows| *rows > 0);
    match text.eq_ignore_ascii_case("all").then_some(u64::MAX).or_else(number) {
        Some(rows) => Ok(rows),
        None => complain(format!("{text} is no number of rows"), "like: .maxrows 100, or .maxrows all"),
    }
}

pub(super) fn width(text: &str) -> Result<Width, Complaint> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(Width::Auto);
    }
    match text.parse() {
        Ok(columns @ 20..=1000) => Ok(Width::Columns(columns)),
        _ => complain(format!("{text} is no width from 20 to 1000"), "like: .width 120, or .width auto"),
    }
}

pub(super) fn on_or_off(text: &str) -> Result<bool, Complaint> {
    match text.to_ascii_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => complain(format!("{text} is neither on nor off"), "like: .timer off"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_meant() {
        let read = |line: &str| Ask::parse(line).unwrap();
        assert_eq!(read(" .Describe \"Conversations\"; "), Ask::Describe(view("conversations").unwrap()));
        assert_eq!(read("\\d messages"), Ask::Describe(view("messages").unwrap()));
        assert_eq!([read("\\d"), read("\\dt;"), read("\\?")], [Ask::Views, Ask::Tables, Ask::Help]);
        assert_eq!([read("exit;"), read("QUIT"), read("\\q")], [Ask::Quit, Ask::Quit, Ask::Quit]);
        assert_eq!(read("\\x"), Ask::Mode(Some(Mode::Expanded)));
        assert_eq!(read(".mode box"), Ask::Mode(Some(Mode::Format(Format::Table))));
        assert_eq!(read(".mode"), Ask::Mode(None));
        assert_eq!(read(".output 'a b.csv'"), Ask::Output(Some(PathBuf::from("a b.csv"))));
        assert_eq!(
            [read(".maxrows 1_000"), read(".maxrows ALL")],
            [1_000, u64::MAX].map(|n| Ask::MaxRows(Some(n)))
        );
        assert_eq!(read(".explain SELECT ';' ;"), Ask::Explain(Some("SELECT ';'".to_owned())));
        assert_eq!(read(".examples 3"), Ask::Example(3));
        assert_eq!(read(".sync --days 3"), Ask::Sync(vec!["--days".to_owned(), "3".to_owned()]));
    }

    #[test]
    fn what_is_wrong_comes_with_what_is_right() {
        let wrong = |line: &str| {
            let complaint = Ask::parse(line).unwrap_err();
            format!("{}: {}", complaint.message, complaint.hint)
        };
        assert_eq!(wrong(".tabels"), "there is no command .tabels: did you mean .tables?");
        assert_eq!(wrong(".xyzzy"), "there is no command .xyzzy: .help lists the commands");
        assert_eq!(wrong(".schema mesages"), "there is no view mesages: did you mean messages?");
        assert_eq!(wrong(".describe"), ".describe needs a view: like: .describe conversations");
        assert_eq!(
            wrong(".mode parquet"),
            "parquet is not for a terminal: write it to a file: .output rows.parquet"
        );
        assert_eq!(wrong(".mode jsn"), "there is no format jsn: did you mean json?");
        assert_eq!(wrong(".quit now"), ".quit takes nothing, not now: write only .quit");
        assert!(wrong("\\copy").starts_with("there is no command \\copy: of psql's there are"));
        for line in [".maxrows 0", ".width 3", ".timer maybe", ".read"] {
            assert!(wrong(line).contains("like: "), "{line}");
        }
    }
}
