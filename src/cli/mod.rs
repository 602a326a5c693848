//! What can be typed: commands, flags, help and examples. What was typed becomes what was meant in the `meaning`
//! methods of the arguments; nothing here runs, prints or reads settings.

mod analyze;
mod demo;
mod export;
mod forget;
mod init;
mod keep;
mod mcp;
mod query;
mod search;
mod selection;
mod serve;
mod show;
mod sync;
mod usage;
pub mod when;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use analyze::{AnalysisArg, AnalyzeArgs};
pub use demo::{DemoArgs, DemoCommand, DemoNumbers, DemoServeArgs, DemoWorkspaceArgs};
pub use export::{ExportArgs, ExportFormatArg, ExportLayoutArg, RedactArg};
pub use forget::ForgetArgs;
pub use init::InitArgs;
pub use keep::{CompletionsArgs, DoctorArgs, LogsArgs, ReindexArgs, ResetArgs, VerifyArgs};
pub use mcp::{McpArgs, McpClientArg, McpCommand, McpInstallArgs};
pub use query::{QueryArgs, QueryFormat, QuerySource};
pub use search::{SearchArgs, SearchClockArg, SortArg};
pub use selection::{ClockArg, DirectionArg, FilterArgs, PeriodArgs, WhenArgs};
pub use serve::{KeysArgs, KeysCommand, ServeArgs};
pub use show::ShowArgs;
pub use sync::{SyncArgs, SyncScope};
pub use usage::{ORIENTATION, UsageError};

use crate::config::Places;
use crate::printer;

/// Keep a copy of an Intercom workspace on this machine and answer questions about it with SQL
#[derive(Debug, Parser)]
#[command(name = "fi", bin_name = "fi", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// Flags every command has.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do; nothing shows an orientation.
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
    #[command(
        after_help = "With --json it prints one document: home, is_demo, workspace (id, name, region, timezone), lake \
                      (conversations, messages, contacts, rows of each table, bytes, files, partitions, \
                      partitioned_by, first_created_at, last_created_at, without_thread, generation), coverage (from, \
                      to, as_of), freshness (data_as_of, age_seconds, is_stale, last_run), runs, unfinished, \
                      failures, failure_count, forgotten_count, lock (pid, purpose, since).\n\nExamples:\n  fi status\n  \
                      fi status --json"
    )]
    Status,
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
}

/// Reads the command line. Help and version come back as a [`UsageError`] too.
pub fn parse(arguments: &[OsString]) -> Result<Cli, UsageError> {
    let matches = command().try_get_matches_from(arguments)?;
    Ok(Cli::from_arg_matches(&matches)?)
}

/// The command line as clap knows it, with the settings listed in the long help.
pub fn command() -> clap::Command {
    Cli::command().after_long_help(usage::settings_help())
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

    #[test]
    fn every_command_has_examples_and_a_first_line_without_a_period() {
        for command in command().get_subcommands() {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.ends_with('.'), "{}", command.get_name());
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("Examples:\n"), "{} has no examples", command.get_name());
        }
    }
}
