//! The dot-commands: one table, of which help, completion, README and the parser are made.

use super::ask::{
    Ask, Complaint, complain, named_mode, named_view, nothing, on_or_off, optional, path, row_count, width,
};

/// A command for the shell itself.
#[derive(Debug)]
pub struct DotCommand {
    /// Its name, with the dot.
    pub name: &'static str,
    /// What psql calls it.
    pub psql: Option<&'static str>,
    /// What follows the name, as help shows it.
    pub takes: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What may stand behind it.
    pub(super) argument: Argument,
    pub(super) read: fn(&str) -> Result<Ask, Complaint>,
}

/// What a command's argument is, for completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    None,
    View,
    Mode,
    File,
    OnOff,
    Sql,
}

/// Every command, in the order of the help.
pub const COMMANDS: &[DotCommand] = &[
    DotCommand {
        name: ".help",
        psql: Some("\\?"),
        takes: "",
        summary: "List these commands",
        argument: Argument::None,
        read: |rest| nothing(".help", rest, Ask::Help),
    },
    DotCommand {
        name: ".tables",
        psql: Some("\\dt"),
        takes: "",
        summary: "List the stored tables and their rows",
        argument: Argument::None,
        read: |rest| nothing(".tables", rest, Ask::Tables),
    },
    DotCommand {
        name: ".views",
        psql: Some("\\d"),
        takes: "",
        summary: "List everything that can be asked, and what a row of it is",
        argument: Argument::None,
        read: |rest| nothing(".views", rest, Ask::Views),
    },
    DotCommand {
        name: ".schema",
        psql: None,
        takes: "[VIEW]",
        summary: "Show the SQL a view is made of",
        argument: Argument::View,
        read: |rest| Ok(Ask::Schema(optional(rest, named_view)?)),
    },
    DotCommand {
        name: ".describe",
        psql: Some("\\d VIEW"),
        takes: "VIEW",
        summary: "Say what the columns of a view mean",
        argument: Argument::View,
        read: |rest| match optional(rest, named_view)? {
            Some(view) => Ok(Ask::Describe(view)),
            None => complain(".describe needs a view", "like: .describe conversations"),
        },
    },
    DotCommand {
        name: ".examples",
        psql: None,
        takes: "[VIEW | N]",
        summary: "Show questions with their SQL, of a view or of all; a number runs that one",
        argument: Argument::View,
        read: |rest| match rest.parse() {
            Ok(number) => Ok(Ask::Example(number)),
            Err(_) => Ok(Ask::Examples(optional(rest, named_view)?)),
        },
    },
    DotCommand {
        name: ".mode",
        psql: None,
        takes: "[FORMAT]",
        summary: "Show rows as box, line, markdown, csv, json, ndjson or html",
        argument: Argument::Mode,
        read: |rest| Ok(Ask::Mode(optional(rest, named_mode)?)),
    },
    DotCommand {
        name: ".output",
        psql: None,
        takes: "[FILE]",
        summary: "Write the rows of the next query to a file, all of them; its name tells the format",
        argument: Argument::File,
        read: |rest| Ok(Ask::Output(optional(rest, path)?)),
    },
    DotCommand {
        name: ".maxrows",
        psql: None,
        takes: "[N | all]",
        summary: "Show at most N rows",
        argument: Argument::None,
        read: |rest| Ok(Ask::MaxRows(optional(rest, row_count)?)),
    },
    DotCommand {
        name: ".width",
        psql: None,
        takes: "[N | auto]",
        summary: "Draw tables N columns wide, or as wide as the terminal",
        argument: Argument::None,
        read: |rest| Ok(Ask::Width(optional(rest, width)?)),
    },
    DotCommand {
        name: ".timer",
        psql: None,
        takes: "[on | off]",
        summary: "Say how long a query took",
        argument: Argument::OnOff,
        read: |rest| Ok(Ask::Timer(optional(rest, on_or_off)?)),
    },
    DotCommand {
        name: ".read",
        psql: None,
        takes: "FILE",
        summary: "Run the statements in a file",
        argument: Argument::File,
        read: |rest| match optional(rest, path)? {
            Some(path) => Ok(Ask::Read(path)),
            None => complain(".read needs a file", "like: .read report.sql"),
        },
    },
    DotCommand {
        name: ".explain",
        psql: None,
        takes: "[SQL]",
        summary: "Show how DuckDB would answer a query, or the last one",
        argument: Argument::Sql,
        read: |rest| {
            let sql = rest.trim_end_matches(';').trim();
            Ok(Ask::Explain((!sql.is_empty()).then(|| sql.to_owned())))
        },
    },
    DotCommand {
        name: ".sync",
        psql: None,
        takes: "[FLAGS]",
        summary: "Fetch what is new, as `fi sync` does",
        argument: Argument::None,
        read: |rest| Ok(Ask::Sync(rest.split_whitespace().map(str::to_owned).collect())),
    },
    DotCommand {
        name: ".status",
        psql: None,
        takes: "",
        summary: "Say what is held and how fresh it is, as `fi status` does",
        argument: Argument::None,
        read: |rest| nothing(".status", rest, Ask::Status),
    },
    DotCommand {
        name: ".quit",
        psql: Some("\\q"),
        takes: "",
        summary: "Leave; so does Ctrl-D",
        argument: Argument::None,
        read: |rest| nothing(".quit", rest, Ask::Quit),
    },
];

impl DotCommand {
    /// The command of that name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_those_that_were_promised() {
        let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(
            names.join(" "),
            ".help .tables .views .schema .describe .examples .mode .output .maxrows .width .timer .read \
             .explain .sync .status .quit"
        );
        for command in COMMANDS {
            assert!(!command.summary.ends_with('.') && command.summary.len() < 90, "{command:?}");
        }
    }
}
