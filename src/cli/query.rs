//! The arguments of `fi query`, and where its SQL comes from.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Ask with SQL, once or in a shell
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Without SQL it reads a query from stdin, or opens a shell on a terminal.\n\nExamples:\n  fi query 'SELECT state, count(*) FROM conversations GROUP BY state'\n  \
                  fi query -f report.sql --format csv --output report.csv\n  \
                  echo 'SELECT count(*) FROM messages' | fi query --json\n  fi query"
)]
pub struct QueryArgs {
    /// The query
    #[arg(value_name = "SQL", conflicts_with = "file")]
    pub sql: Option<String>,
    /// Read the query from this file; - is stdin
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Write the rows as table, line (one column a line), markdown, csv, json, ndjson, html, parquet or arrow [default:
    /// table on a terminal, csv elsewhere, json with --json]
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<QueryFormat>,
    /// Write the rows to this file; its name decides the format if --format does not
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Return at most N rows [default: all; a table shows 1000]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Stop the query after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    /// Show times in this time zone [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Remember nothing that is typed into the shell
    #[arg(long)]
    pub private: bool,
    /// Run any SQL, also what writes files
    #[arg(long = "unsafe")]
    pub allow_unsafe: bool,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// Columns in a frame.
    #[value(alias = "box")]
    Table,
    /// One column a line.
    #[value(alias = "expanded")]
    Line,
    /// A Markdown table.
    Markdown,
    /// Comma-separated values.
    Csv,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// An HTML page with a table.
    Html,
    /// A Parquet file.
    Parquet,
    /// An Arrow IPC file.
    Arrow,
}

/// Where the SQL comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuerySource {
    /// The command line.
    Text(String),
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A person at the terminal.
    Shell,
}

impl QueryArgs {
    /// Where the SQL comes from, given whether a person sits at stdin.
    pub fn source(&self, stdin_is_terminal: bool) -> QuerySource {
        match (&self.sql, &self.file) {
            (Some(sql), _) => QuerySource::Text(sql.clone()),
            (None, Some(file)) if file.as_os_str() == "-" => QuerySource::Stdin,
            (None, Some(file)) => QuerySource::File(file.clone()),
            (None, None) if stdin_is_terminal => QuerySource::Shell,
            (None, None) => QuerySource::Stdin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed;
    use super::super::{Cli, Command};
    use super::*;

    fn source(line: &str, stdin_is_terminal: bool) -> QuerySource {
        match typed(line).unwrap() {
            Cli { command: Some(Command::Query(args)), .. } => args.source(stdin_is_terminal),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_sql_comes_from_where_it_was_given() {
        assert_eq!(source("fi query FROM%20x", true), QuerySource::Text(String::from("FROM%20x")));
        assert_eq!(source("fi query -f a.sql", true), QuerySource::File(PathBuf::from("a.sql")));
        assert_eq!(source("fi query -f -", true), QuerySource::Stdin);
        assert_eq!(source("fi query", false), QuerySource::Stdin);
        assert_eq!(source("fi query", true), QuerySource::Shell);
    }

    #[test]
    fn limits_start_at_one() {
        assert!(typed("fi query --limit 0").is_err());
        assert!(typed("fi query --timeout 0").is_err());
        assert!(typed("fi query --format xml").is_err());
        assert!(typed("fi query x -f y").is_err());
    }
}
