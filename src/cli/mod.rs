//! What can be typed: commands, flags, help and examples. What was typed becomes what was meant in the `meaning`
//! methods of the arguments; nothing here runs, prints or reads settings.

mod analyze;
mod demo;
mod export;
mod forget;
mod help;
mod init;
mod keep;
mod mcp;
mod query;
mod search;
mod selection;
mod serve;
mod show;
mod status;
mod sync;
pub mod topic;
mod usage;
pub mod when;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use analyze::{AnalysisArg, AnalyzeArgs};
pub use demo::{DemoArgs, DemoCommand, DemoNumbers, DemoServeArgs, DemoWorkspaceArgs};
pub use export::{ExportArgs, ExportFormatArg, ExportLayoutArg, RedactArg};
pub use forget::ForgetArgs;
pub use help::{HelpArgs, Subject};
pub use init::InitArgs;
pub use keep::{CompletionsArgs, DoctorArgs, LogsArgs, ManArgs, ReindexArgs, ResetArgs, VerifyArgs};
pub use mcp::{McpArgs, McpClientArg, McpCommand, McpInstallArgs};
pub use query::{QueryArgs, QueryFormat, QuerySource};
pub use search::{SearchArgs, SearchClockArg, SortArg};
pub use selection::{ClockArg, DirectionArg, FilterArgs, PeriodArgs, WhenArgs};
pub use serve::{KeysArgs, KeysCommand, ServeArgs};
pub use show::ShowArgs;
pub use status::StatusArgs;
pub use sync::{SyncArgs, SyncScope};
pub use usage::UsageError;

use crate::config::Places;
use crate::printer;
use crate::program;

/// Keep a copy of an Intercom workspace on this machine and answer questions about it with SQL
#[derive(Debug, Parser)]
#[command(name = "fi", bin_name = "fi", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// Flags every command has.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do; nothing says what to do next.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags every command has
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Keep everything in this directory [default: ~/.fastintercom]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Read settings from this file instead of config.toml in the home
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Write data, and errors, as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log to the terminal as well: -v what is done, -vv how, -vvv everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Show no colours
    #[arg(long, global = true)]
    pub no_color: bool,
}

impl Globals {
    /// Where the command line says settings are.
    pub fn places(&self) -> Places {
        Places { home: self.home.clone(), file: self.config.clone() }
    }

    /// What the command line says about output.
    pub fn output(&self) -> printer::Options {
        printer::Options {
            json: self.json,
            quiet: self.quiet,
            verbose: self.verbose,
            no_color: self.no_color,
        }
    }
}

/// Everything `fi` can do, in the order of its help.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try everything on a made-up company, without an account
    Demo(DemoArgs),
    /// Connect a workspace: check the token and write the settings
    Init(InitArgs),
    /// Fetch what is new from Intercom
    Sync(SyncArgs),
    /// Show what is there and how fresh it is
    Status(StatusArgs),
    /// Find conversations by words, people, tags, states and times
    Search(Box<SearchArgs>),
    /// Show one conversation: what it is about, who wrote what, and what happened
    Show(ShowArgs),
    /// Count and measure over all conversations of a period
    Analyze(Box<AnalyzeArgs>),
    /// Ask with SQL, once or in a shell
    Query(QueryArgs),
    /// Write tables and marts to files for others: Parquet, CSV, NDJSON or a DuckDB database
    Export(Box<ExportArgs>),
    /// Serve Claude and other MCP clients over stdin and stdout
    #[command(visible_alias = "start")]
    Mcp(McpArgs),
    /// Serve MCP clients and programs over HTTP
    Serve(ServeArgs),
    /// Make, list and revoke the keys of `fi serve`
    Keys(KeysArgs),
    /// Remove people and everything of theirs, and keep them out of later syncs
    Forget(ForgetArgs),
    /// Check the files of the lake against what was recorded when they were written
    Verify(VerifyArgs),
    /// Check settings, token, connection and files, and say what to do about each problem
    Doctor(DoctorArgs),
    /// Show the log
    Logs(LogsArgs),
    /// Make the search index anew
    Reindex(ReindexArgs),
    /// Delete the fetched data, keeping the settings
    Reset(ResetArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them
    Man(ManArgs),
    /// Explain a command or a topic, such as timeframes
    Help(HelpArgs),
}

/// Reads the command line. Help and version come back as a [`UsageError`] too.
pub fn parse(arguments: &[OsString]) -> Result<Cli, UsageError> {
    let matches = command().try_get_matches_from(arguments);
    matches
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(|error| UsageError::new(error, arguments))
}

/// The command line as clap knows it.
pub fn command() -> clap::Command {
    let command = Cli::command().after_help(usage::below());
    match program::name() {
        program::NAME => command,
        name => told(command.name(name).bin_name(name)),
    }
}

/// A command whose help tells commands as they can be typed here.
fn told(mut command: clap::Command) -> clap::Command {
    let typed = |help: &clap::builder::StyledStr| program::typed(&help.to_string()).into_owned();
    if let Some(about) = command.get_about().map(typed) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(typed) {
        command = command.long_about(about);
    }
    if let Some(after) = command.get_after_help().map(typed) {
        command = command.after_help(after);
    }
    let command = command.mut_args(|mut arg| {
        if let Some(help) = arg.get_help().map(typed) {
            arg = arg.help(help);
        }
        if let Some(help) = arg.get_long_help().map(typed) {
            arg = arg.long_help(help);
        }
        arg
    });
    command.mut_subcommands(told)
}

/// The same with what clap works out by itself: how each sub-command is called, and which flags it has.
pub fn built_command() -> clap::Command {
    let mut command = command();
    command.build();
    command
}

/// What a command line that may be wrong says about output, so that errors about it look as asked for.
pub fn output_asked_for(arguments: &[OsString]) -> printer::Options {
    let flags = || arguments.iter().skip(1).take_while(|argument| *argument != "--");
    let given = |names: &[&str]| flags().any(|argument| names.iter().any(|name| argument == name));
    printer::Options {
        json: given(&["--json"]),
        quiet: given(&["-q", "--quiet"]),
        verbose: 0,
        no_color: given(&["--no-color"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses a line of words.
    pub(super) fn typed(line: &str) -> Result<Cli, UsageError> {
        parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn clap_finds_nothing_wrong_with_the_definition() {
        command().debug_assert();
    }

    #[test]
    fn global_flags_work_on_both_sides_of_the_command() {
        for line in ["fi --home /x --json status", "fi status --home /x --json"] {
            let cli = typed(line).unwrap();
            assert_eq!(cli.globals.home.as_deref(), Some("/x".as_ref()), "{line}");
            assert!(cli.globals.output().json, "{line}");
        }
        assert_eq!(typed("fi -vv sync").unwrap().globals.verbose, 2);
        assert!(typed("fi -q -v sync").is_err());
    }

    #[test]
    fn output_flags_are_known_before_the_rest_is_understood() {
        let asked = |line: &str| output_asked_for(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert!(asked("fi nonsense --json").json);
        assert!(asked("fi --no-color nonsense").no_color);
        assert!(!asked("fi query -- --json").json);
    }

    /// Parses a line as a shell would: quotes hold words together, and what goes into other programs is left out.
    pub(super) fn parsed(line: &str) -> Result<Cli, UsageError> {
        parse(&words(line))
    }

    fn words(line: &str) -> Vec<OsString> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for character in line.chars() {
            match (quote, character) {
                (None, '|' | '>') => break,
                (None, ' ') => words.extend(word.take().map(OsString::from)),
                (None, '\'' | '"') => {
                    quote = Some(character);
                    word.get_or_insert_default();
                }
                (Some(open), close) if open == close => quote = None,
                (_, character) => word.get_or_insert_default().push(character),
            }
        }
        words.extend(word.map(OsString::from));
        words
    }

    /// Every command with its commands.
    fn all(command: &clap::Command) -> Vec<&clap::Command> {
        command.get_subcommands().flat_map(|command| [vec![command], all(command)].concat()).collect()
    }

    #[test]
    fn every_command_has_examples_and_a_first_line_without_a_period() {
        for command in all(&built_command()) {
            let name = command.get_bin_name().unwrap();
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.ends_with('.'), "{name}");
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples =
                after.split_once("Examples:\n").unwrap_or_else(|| panic!("{name} has no examples")).1;
            let typed: Vec<&str> =
                examples.lines().map(str::trim).filter(|line| line.starts_with("fi ")).collect();
            assert!(!typed.is_empty(), "{name} has no example of its own");
            for line in typed {
                assert!(parsed(line).is_ok(), "{name}: {line}");
            }
        }
    }

    #[test]
    fn every_command_tells_what_json_prints() {
        // The rows of a query are what was asked for, and the server speaks a protocol.
        let others = ["fi query", "fi mcp"];
        for command in all(&built_command()) {
            let name = command.get_bin_name().unwrap();
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let is_told = after.split("\n\n").any(|paragraph| paragraph.starts_with(topic::JSON_BEGINNING));
            assert!(is_told || others.contains(&name), "{name}");
        }
    }
}
