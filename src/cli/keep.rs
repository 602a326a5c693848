//! The arguments of the commands that keep things in order: `verify`, `doctor`, `logs`, `reindex`, `reset`,
//! `completions`, `man`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use crate::config::LogLevel;

/// Check the files of the lake against what was recorded when they were written
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "With --json it prints one document: home, is_ok, checked (files, rows, bytes, rules, days), findings \
                  (each with its finding: missing, changed, unreadable, row_count, foreign, rule, day, index), \
                  not_compared, oddities.\n\nExamples:\n  fi verify\n  fi verify --remote --json"
)]
pub struct VerifyArgs {
    /// Compare ids and counts of each day with Intercom too
    #[arg(long)]
    pub remote: bool,
}

/// Check settings, token, connection and files, and say what to do about each problem
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "With --json it prints one document: is_ok, version, api_version, checks (each with name, level: ok, \
                  warn, fail or skip, message, hint).\n\nExamples:\n  fi doctor\n  fi doctor --offline --json"
)]
pub struct DoctorArgs {
    /// Ask Intercom nothing
    #[arg(long)]
    pub offline: bool,
}

/// Show the log
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "With --json it prints one document a line: time, level, target, message, and the line's fields if it \
                  has some.\n\nExamples:\n  fi logs\n  fi logs -n 200 --level warn\n  fi logs --follow --level error\n  \
                        fi logs --json -n 1000 > log.ndjson"
)]
pub struct LogsArgs {
    /// Show the last N lines
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    pub lines: usize,
    /// Go on showing lines as they are written, until interrupted
    #[arg(short, long)]
    pub follow: bool,
    /// Show lines at least as serious as this [default: everything]
    #[arg(short, long, value_name = "LEVEL", value_parser = PossibleValuesParser::new(&LogLevel::NAMES[1..]))]
    pub level: Option<String>,
}

/// Make the search index anew
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "The index is made by itself: this is for when you do not trust it.\n\nWith --json it prints one \
                        document: home, written, seconds, index_bytes.\n\nExamples:\n  fi reindex"
)]
pub struct ReindexArgs {}

/// Delete the fetched data, keeping the settings
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "Who was forgotten with `fi forget` stays forgotten.\n\nWith --json it prints one document: home, \
                  deleted (files, bytes, left).\n\n\
                  Examples:\n  fi reset\n  fi reset --yes"
)]
pub struct ResetArgs {
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
}

/// Print a completion script for a shell
#[derive(Debug, Clone, Args)]
#[command(after_help = "With --json it prints one document: shell, script.\n\nExamples:\n  \
                  fi completions bash > ~/.local/share/bash-completion/completions/fi\n  \
                  fi completions zsh > ~/.zfunc/_fi\n  \
                  fi completions fish > ~/.config/fish/completions/fi.fish\n  \
                  fi completions powershell >> $PROFILE")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// Print a manual page, or write all of them
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "There is a page for each command (fi-sync.1) and each topic of `fi help` (fi-timeframes.7).\n\n\
                  With --json it prints one document: name, page; with --out directory, files.\n\nExamples:\n  \
                  fi man sync | man -l -\n  fi man --out ~/.local/share/man"
)]
pub struct ManArgs {
    /// The command or topic [default: fi itself]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    pub words: Vec<String>,
    /// Write all pages into man1 and man7 of this directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
