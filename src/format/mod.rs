//! How rows are written: for people as a table, line by line, as Markdown or HTML, for programs as CSV, JSON, Parquet or Arrow.
//!
//! Knows Arrow batches and bytes; nothing of SQL, of files' names or of the terminal but its width. Every format
//! takes rows as they come, so memory stays bounded; only the table, which measures its columns first, keeps them.
//!
//! Values are written the same way everywhere: times without zone as they are (columns named `*_at` are UTC), times
//! with zone with their offset, nested values as JSON.

mod arrow_ipc;
mod cell;
pub mod chart;
mod csv;
mod cut;
mod html;
mod in_order;
mod json;
mod line;
mod markdown;
mod parquet_file;
mod plain;
mod table;
mod time;
mod visible;
mod zone;

use std::io::Write;

pub(crate) use csv::csv_line;
pub use cut::cut;
pub(crate) use json::json_of;
pub use line::LineOutput;
pub use parquet_file::ParquetDetails;
pub use table::{TableLook, TableNotes, TableOutput};
pub(crate) use visible::is_hidden;
pub use visible::visible;
pub use zone::InZone;

use crate::engine::Output;

/// A way to write rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Columns in a frame, fitted to a width.
    Table,
    /// One column a line.
    Line,
    /// A Markdown table.
    Markdown,
    /// An HTML page with a table.
    Html,
    /// Comma-separated values as in RFC 4180, with a header; no value is an empty field, an empty text is `""`.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A Parquet file.
    Parquet,
    /// An Arrow IPC file.
    ArrowFile,
    /// An Arrow IPC stream.
    ArrowStream,
}

impl Format {
    /// The formats by the names the shell knows them by, each the first of its format.
    pub const NAMES: &[(&str, Self)] = &[
        ("box", Self::Table),
        ("line", Self::Line),
        ("markdown", Self::Markdown),
        ("csv", Self::Csv),
        ("json", Self::Json),
        ("ndjson", Self::Ndjson),
        ("html", Self::Html),
        ("parquet", Self::Parquet),
        ("arrow", Self::ArrowFile),
    ];

    /// The format of a name, or of what others call it.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = match name.as_str() {
            "table" | "duckbox" => "box",
            "expanded" => "line",
            "md" => "markdown",
            "jsonlines" | "jsonl" => "ndjson",
            name => name,
        };
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, format)| *format == self).map_or("arrow", |(name, _)| name)
    }

    /// Whether it is unreadable on a terminal.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::ArrowFile | Self::ArrowStream)
    }

    /// The format a file's extension stands for.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "txt" => Self::Table,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" => Self::Html,
            "csv" => Self::Csv,
            "json" => Self::Json,
            "ndjson" | "jsonl" => Self::Ndjson,
            "parquet" => Self::Parquet,
            "arrow" | "feather" | "ipc" => Self::ArrowFile,
            "arrows" => Self::ArrowStream,
            _ => return None,
        })
    }

    /// Something that writes rows in this format; tables get their default look.
    pub fn writer<'a>(self, out: &'a mut dyn Write) -> Box<dyn Output + 'a> {
        match self {
            Self::Table => Box::new(TableOutput::new(out, TableLook::default())),
            Self::Line => Box::new(LineOutput::new(out, TableLook::default())),
            Self::Html => Box::new(html::HtmlOutput::new(out)),
            Self::Markdown => Box::new(markdown::MarkdownOutput::new(out)),
            Self::Csv => Box::new(csv::CsvOutput::new(out)),
            Self::Json => Box::new(json::JsonOutput::array(out)),
            Self::Ndjson => Box::new(json::JsonOutput::lines(out)),
            Self::Parquet => parquet_writer(out, ParquetDetails::default()),
            Self::ArrowFile => Box::new(arrow_ipc::ArrowOutput::file(out)),
            Self::ArrowStream => Box::new(arrow_ipc::ArrowOutput::stream(out)),
        }
    }
}

/// Something that writes rows as a Parquet file with more than rows in it.
pub fn parquet_writer<'a>(out: &'a mut dyn Write, details: ParquetDetails) -> Box<dyn Output + 'a> {
    Box::new(parquet_file::ParquetOutput::new(out, details))
}
