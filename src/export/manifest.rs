//! `export.json`: what an export is, for whoever finds it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::params::{ExportFormat, ExportLayout, ExportParams};
use super::plan::{Plan, Planned};
use super::redact::Treatment;
use super::write::Written;
use crate::tools::{Clock, Filters, Freshness, Selected};

/// The name of this document beside files.
pub(super) const MANIFEST: &str = "export.json";
/// The name of the views over them.
pub(super) const CATALOG: &str = "catalog.sql";
/// What only an export of ours says of itself.
const MADE_BY: &str = "fi export";

/// Filters whose values may name a person or a company.
const PERSONAL_FILTERS: &[&str] = &["assignee", "contact", "email", "domain", "company", "attributes"];

/// What an export is.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// Always `fi export`: by this an earlier export is known.
    pub made_by: &'static str,
    /// The version of the program.
    pub fi_version: &'static str,
    /// When it was made (UTC).
    pub exported_at: String,
    /// The version of the lake all of it is of.
    pub generation: u64,
    /// How it is written.
    pub format: ExportFormat,
    /// How a table becomes files.
    pub layout: ExportLayout,
    /// The period its conversations are of; none for all that is held.
    pub timeframe: Option<Period>,
    /// What its conversations have in common.
    pub filters: serde_json::Map<String, Value>,
    /// Conversations that are meant; none when all are.
    pub conversation_count: Option<u64>,
    /// What became of what is personal; none if it was kept.
    pub redaction: Option<Redaction>,
    /// How fresh and complete the period is.
    #[serde(flatten)]
    pub freshness: Freshness,
    /// What else must be known.
    pub notes: Vec<String>,
    /// Tables and marts.
    pub tables: Vec<TableEntry>,
}

/// A period, and by which of their times conversations are placed in it.
#[derive(Debug, Clone, Serialize)]
pub struct Period {
    /// Its first moment (UTC); none from the beginning.
    pub start: Option<String>,
    /// The first moment after it (UTC).
    pub end: String,
    /// The zone its days are of.
    pub timezone: String,
    /// What was asked for, in words.
    pub words: String,
    /// Which time counts.
    pub clock: Clock,
}

/// What became of what is personal.
#[derive(Debug, Clone, Serialize)]
pub struct Redaction {
    /// drop or hash.
    pub mode: &'static str,
    /// What that means.
    pub means: &'static str,
    /// Where the key of hashes came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<&'static str>,
}

/// A table or mart of an export.
#[derive(Debug, Clone, Serialize)]
pub struct TableEntry {
    /// Its name.
    pub name: &'static str,
    /// What a row stands for.
    pub grain: &'static str,
    /// Its rows.
    pub rows: u64,
    /// The size of its files; none in a database.
    pub bytes: Option<u64>,
    /// Its files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileEntry>,
    /// Columns that are not as they are in the lake.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<RedactedColumn>,
}

/// A column that is not as it is in the lake.
#[derive(Debug, Clone, Serialize)]
pub struct RedactedColumn {
    /// Its name.
    pub column: String,
    /// dropped, hashed or reduced.
    pub done: &'static str,
    /// Why, or to what.
    pub why: String,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its path below the export, with `/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// An export that was made.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// Where it is.
    pub path: String,
    /// The size of all files.
    pub bytes: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// How often it was begun anew because a sync moved the lake.
    pub restart_count: u32,
    /// What it is.
    #[serde(flatten)]
    pub manifest: Manifest,
}

/// What is known besides the parameters.
pub(super) struct Circumstances<'a> {
    pub(super) now: DateTime<Utc>,
    pub(super) generation: u64,
    pub(super) selected: &'a Selected,
    pub(super) conversation_count: Option<u64>,
    pub(super) freshness: Freshness,
}

impl Manifest {
    /// Of an export that is about to be written; tables are added as they are.
    pub(super) fn new(params: &ExportParams, plan: &Plan, known: Circumstances<'_>) -> Self {
        let redaction = params.redaction.as_ref();
        Self {
            made_by: MADE_BY,
            fi_version: env!("CARGO_PKG_VERSION"),
            exported_at: iso(known.now),
            generation: known.generation,
            format: params.format,
            layout: params.layout,
            timeframe: params
                .selection
                .timeframe
                .as_ref()
                .map(|_| period(known.selected, params.selection.clock)),
            filters: filters(&params.selection.filters, redaction.is_some()),
            conversation_count: known.conversation_count,
            redaction: redaction.map(|redaction| Redaction {
                mode: redaction.mode(),
                means: redaction.words(),
                key: redaction.key(),
            }),
            freshness: known.freshness,
            notes: plan.notes.clone(),
            tables: Vec::new(),
        }
    }

    /// Adds a table that was written.
    pub(super) fn add(&mut self, table: &Planned, written: Written) {
        let bytes: u64 = written.files.iter().map(|file| file.bytes).sum();
        self.tables.push(TableEntry {
            name: table.view.name,
            grain: table.view.grain(),
            rows: written.rows,
            bytes: (!written.files.is_empty()).then_some(bytes),
            files: written.files,
            redacted: redacted(table),
        });
    }

    /// As text.
    pub(super) fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a manifest has nothing JSON lacks");
        text + "\n"
    }
}

fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn period(selected: &Selected, clock: Clock) -> Period {
    let timeframe = &selected.timeframe;
    Period {
        start: timeframe.start.map(iso),
        end: iso(timeframe.end),
        timezone: timeframe.zone.name().to_owned(),
        words: timeframe.words().to_owned(),
        clock,
    }
}

/// The filters that were given. What they name is not told where nothing personal may be.
fn filters(filters: &Filters, is_redacted: bool) -> serde_json::Map<String, Value> {
    let Ok(Value::Object(all)) = serde_json::to_value(filters) else { return serde_json::Map::new() };
    let is_given = |value: &Value| match value {
        Value::Null => false,
        Value::Array(values) => !values.is_empty(),
        Value::Object(values) => !values.is_empty(),
        _ => true,
    };
    let shown =
        |(name, value): (String, Value)| match is_redacted && PERSONAL_FILTERS.contains(&name.as_str()) {
            true => (name, Value::from("not told")),
            false => (name, value),
        };
    all.into_iter().filter(|(_, value)| is_given(value)).map(shown).collect()
}

fn redacted(table: &Planned) -> Vec<RedactedColumn> {
    let changed = table.columns.iter().filter_map(|column| {
        let (done, why) = match &column.treatment {
            Treatment::Hash => ("hashed", "names somebody or something".to_owned()),
            Treatment::Fields(fields) => {
                let kept: Vec<&str> = fields.iter().map(|field| field.name).collect();
                ("reduced", format!("of each item only {} is kept", kept.join(", ")))
            }
            Treatment::Keep | Treatment::Drop(_) => return None,
        };
        Some(RedactedColumn { column: column.column.name.clone(), done, why })
    });
    let dropped = table.dropped.iter().map(|(column, why)| RedactedColumn {
        column: column.clone(),
        done: "dropped",
        why: (*why).to_owned(),
    });
    changed.chain(dropped).collect()
}

/// The files of an earlier export, from its document; none if it is of something else.
pub(super) fn files_of(document: &str) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Earlier {
        made_by: String,
        tables: Vec<EarlierTable>,
    }
    #[derive(Deserialize)]
    struct EarlierTable {
        #[serde(default)]
        files: Vec<FileEntry>,
    }
    let earlier: Earlier = serde_json::from_str(document).ok()?;
    let files = earlier.tables.into_iter().flat_map(|table| table.files).map(|file| file.path);
    (earlier.made_by == MADE_BY).then(|| files.chain([MANIFEST.to_owned(), CATALOG.to_owned()]).collect())
}
