//! The arguments of `fi export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::selection::{FilterArgs, PeriodArgs};
use crate::export::{ExportFormat, ExportLayout};
use crate::tools::Selection;

/// Write tables and marts to files for others: Parquet, CSV, NDJSON or a DuckDB database
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "An export is of one version of the lake, also while a sync runs, and appears when it is complete. A period or \
                  filters choose conversations; messages, tickets, contacts and companies follow them, and marts are \
                  computed over them alone. Beside the files stand export.json (what it is, how fresh, what was left out) \
                  and catalog.sql (views for DuckDB); a database holds the same in the table fi_export.\n\n\
                  --redact drop leaves out every personal column. --redact hash keeps those that name somebody (names, \
                  addresses, phone numbers, ids of your own) as HMAC-SHA-256, equal where they were equal, so tables still \
                  join; the key is random and not kept, unless --salt-file gives it. Titles, bodies, remarks, custom \
                  attributes and other JSON are left out either way, since hashing free text is of no use; Intercom's own \
                  ids stay.\n\n\
                  With --json it prints one document: path, rows, bytes, seconds, restart_count, and what export.json \
                  says: made_by, fi_version, exported_at, generation, format, layout, workspace, selection, \
                  conversation_count, redaction, data_as_of, coverage, behind_seconds, \
                  conversations_without_messages_count, notes, tables.\n\nExamples:\n  fi export ./intercom\n  \
                  fi export intercom.duckdb --since \"last 12 months\"\n  \
                  fi export ./for-analysts --redact hash --layout hive\n  \
                  fi export ./messages --table conversations,messages --format csv --team Support --timeframe 2026-10"
)]
pub struct ExportArgs {
    /// The directory to write, or a file ending in .duckdb
    #[arg(value_name = "DIR_OR_FILE")]
    pub target: PathBuf,
    /// Write parquet, csv, ndjson or duckdb [default: by the target's name, else parquet]
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<ExportFormatArg>,
    /// One file a table (single), or a directory for each month (hive, Parquet only)
    #[arg(long, value_enum, value_name = "LAYOUT", default_value_t, hide_possible_values = true)]
    pub layout: ExportLayoutArg,
    /// Only these tables and marts; repeat it or separate names by commas [default: all]
    #[arg(long = "table", value_name = "NAME", value_delimiter = ',')]
    pub tables: Vec<String>,
    /// Leave out what is personal (drop), or replace names by hashes and leave out free text (hash)
    #[arg(long, value_enum, value_name = "HOW", hide_possible_values = true)]
    pub redact: Option<RedactArg>,
    /// Hash with the content of this file as key, so that later exports have the same hashes
    #[arg(long, value_name = "FILE", requires = "redact")]
    pub salt_file: Option<PathBuf>,
    /// Replace an earlier export; nothing else is ever replaced
    #[arg(long)]
    pub force: bool,
    /// Which period.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// Which conversations.
    #[command(flatten)]
    pub filters: FilterArgs,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormatArg {
    /// Parquet files.
    Parquet,
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// One DuckDB database.
    Duckdb,
}

/// How a table becomes files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ExportLayoutArg {
    /// One file a table.
    #[default]
    Single,
    /// A directory for each month.
    Hive,
}

/// What becomes of what is personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RedactArg {
    /// It is left out.
    Drop,
    /// Names are hashed, free text is left out.
    Hash,
}

impl ExportArgs {
    /// How it is written: as is said, else as the target's name says. A name that is of one table's file is none.
    pub fn format(&self) -> Result<ExportFormat, String> {
        let extension = self.target.extension().and_then(|extension| extension.to_str());
        let extension = extension.unwrap_or_default().to_ascii_lowercase();
        let is_database = matches!(extension.as_str(), "duckdb" | "db");
        let target = self.target.display();
        match self.format {
            None if is_database => Ok(ExportFormat::Duckdb),
            Some(ExportFormatArg::Duckdb) if !is_database => {
                Err(format!("--format duckdb writes one file: name it {target}.duckdb"))
            }
            Some(format) if is_database && format != ExportFormatArg::Duckdb => Err(format!(
                "{target} is the name of a DuckDB database: name a directory, or leave out --format"
            )),
            _ if matches!(extension.as_str(), "parquet" | "csv" | "ndjson" | "jsonl" | "json") => {
                Err(format!(
                    "{target} is the name of a file, and an export is a directory; for one table write \
                 fi query 'FROM conversations' --output {target}"
                ))
            }
            format => Ok(match format {
                None | Some(ExportFormatArg::Parquet) => ExportFormat::Parquet,
                Some(ExportFormatArg::Csv) => ExportFormat::Csv,
                Some(ExportFormatArg::Ndjson) => ExportFormat::Ndjson,
                Some(ExportFormatArg::Duckdb) => ExportFormat::Duckdb,
            }),
        }
    }

    /// How a table becomes files.
    pub fn layout(&self) -> ExportLayout {
        match self.layout {
            ExportLayoutArg::Single => ExportLayout::Single,
            ExportLayoutArg::Hive => ExportLayout::Hive,
        }
    }

    /// Which conversations.
    pub fn selection(&self) -> Selection {
        Selection {
            filters: self.filters.meaning(),
            timeframe: self.period.when.timeframe(),
            clock: self.period.clock(),
            timezone: self.period.when.tz.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed;
    use super::super::{Cli, Command};
    use super::*;

    fn format(line: &str) -> Result<ExportFormat, String> {
        match typed(line).unwrap() {
            Cli { command: Some(Command::Export(args)), .. } => args.format(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_name_tells_a_database_from_a_directory() {
        assert_eq!(format("fi export out"), Ok(ExportFormat::Parquet));
        assert_eq!(format("fi export out.v2 --format csv"), Ok(ExportFormat::Csv));
        assert_eq!(format("fi export a/x.DuckDB"), Ok(ExportFormat::Duckdb));
        assert!(format("fi export out --format duckdb").unwrap_err().contains("name it out.duckdb"));
        assert!(format("fi export x.duckdb --format csv").unwrap_err().contains("name a directory"));
        assert!(format("fi export x.csv").unwrap_err().contains("fi query"));
    }

    #[test]
    fn tables_are_repeated_or_separated_by_commas() {
        let Cli { command: Some(Command::Export(args)), .. } =
            typed("fi export o --table a,b --table c").unwrap()
        else {
            panic!("it is an export");
        };
        assert_eq!(args.tables, ["a", "b", "c"]);
        assert!(typed("fi export o --salt-file x").is_err());
        assert!(typed("fi export").is_err());
    }
}
