//! What an export comes to: which tables, which of their columns, and what is left out of it for which reason.
//!
//! Pure: it asks neither the lake nor the disk.

use super::error::Error;
use super::params::{ExportFormat, ExportLayout, ExportParams, Redaction};
use super::redact::{Treatment, treatment};
use super::select::{Scope, scope};
use crate::engine::{VIEWS, View, ViewColumn, sql_type_of, view};
use crate::lake::Partitioning;
use crate::model;
use crate::nearest::nearest;

/// A table or mart to be exported.
pub(super) struct Planned {
    /// What it is in the lake.
    pub(super) view: &'static View,
    /// The columns it will have.
    pub(super) columns: Vec<PlannedColumn>,
    /// The columns it will not have, and why.
    pub(super) dropped: Vec<(String, &'static str)>,
    /// Whether it is written month by month.
    pub(super) is_by_month: bool,
}

/// A column to be exported.
pub(super) struct PlannedColumn {
    /// What it is in the lake.
    pub(super) column: ViewColumn,
    /// What becomes of it; never [`Treatment::Drop`].
    pub(super) treatment: Treatment,
}

/// What is to be exported.
pub(super) struct Plan {
    /// Tables and marts, in the order listings show them.
    pub(super) tables: Vec<Planned>,
    /// What whoever reads the export must know.
    pub(super) notes: Vec<String>,
}

impl Planned {
    /// The names of columns whose values are hashed.
    pub(super) fn hashed(&self) -> Vec<&str> {
        let hashed = self.columns.iter().filter(|column| column.treatment == Treatment::Hash);
        hashed.map(|column| column.column.name.as_str()).collect()
    }
}

/// Plans an export; `is_limited` says whether it leaves conversations out.
pub(super) fn plan(
    params: &ExportParams,
    partitioning: Partitioning,
    is_limited: bool,
) -> Result<Plan, Error> {
    check_shape(params)?;
    let mut notes = Vec::new();
    let mut tables = Vec::new();
    for view in chosen(&params.tables)? {
        if let Err(why) = can_follow(view, is_limited) {
            if !params.tables.is_empty() {
                return Err(Error::Refused(format!(
                    "{} cannot be exported for some conversations only: {why}; export it without period and filters",
                    view.name
                )));
            }
            notes.push(format!("{} is left out: {why}.", view.name));
            continue;
        }
        tables.push(planned(view, params, partitioning));
    }
    if is_limited {
        notes.push(
            "Every figure is computed over the exported conversations alone, also counts by day that a period cuts."
                .to_owned(),
        );
    }
    Ok(Plan { tables, notes })
}

fn check_shape(params: &ExportParams) -> Result<(), Error> {
    match (params.layout, params.format) {
        (ExportLayout::Single, _) | (ExportLayout::Hive, ExportFormat::Parquet) => Ok(()),
        (ExportLayout::Hive, format) => Err(Error::Refused(format!(
            "the layout hive is for parquet, not for {0}: write --layout single for {0}, or --format parquet",
            format.extension()
        ))),
    }
}

fn chosen(names: &[String]) -> Result<Vec<&'static View>, Error> {
    if names.is_empty() {
        return Ok(VIEWS.iter().collect());
    }
    for name in names {
        if view(name.trim()).is_none() {
            let known = VIEWS.iter().map(|view| view.name);
            let hint = match nearest(name, known.clone()) {
                Some(meant) => format!("did you mean {meant}?"),
                None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
            };
            return Err(Error::Refused(format!("there is no table '{name}'; {hint}")));
        }
    }
    let is_named = |view: &&View| names.iter().any(|name| name.trim().eq_ignore_ascii_case(view.name));
    Ok(VIEWS.iter().filter(is_named).collect())
}

/// Whether a table can be told apart by conversation; if not, why.
fn can_follow(view: &View, is_limited: bool) -> Result<(), String> {
    match scope(view) {
        Scope::Untold(why) if is_limited => Err(why),
        _ => Ok(()),
    }
}

fn planned(view: &'static View, params: &ExportParams, partitioning: Partitioning) -> Planned {
    let is_by_month = scope(view).began_at().is_some();
    let is_hive = params.layout == ExportLayout::Hive && is_by_month;
    let mut columns = Vec::new();
    let mut dropped = Vec::new();
    for mut column in view.columns(partitioning) {
        // The month is in the names of directories there.
        if is_hive && column.name == partitioning.column() {
            continue;
        }
        match treatment(view, &column, params.redaction.as_ref()) {
            Treatment::Drop(why) => dropped.push((column.name, why)),
            Treatment::Fields(fields) => {
                column.sql_type = sql_type_of_fields(&fields);
                columns.push(PlannedColumn { column, treatment: Treatment::Fields(fields) });
            }
            treatment => columns.push(PlannedColumn { column, treatment }),
        }
    }
    Planned { view, columns, dropped, is_by_month }
}

fn sql_type_of_fields(fields: &[&model::Column]) -> String {
    let fields = fields.iter().map(|field| format!("{} {}", field.name, sql_type_of(field.kind)));
    format!("STRUCT({})[]", fields.collect::<Vec<_>>().join(", "))
}

impl Redaction {
    /// Its name.
    pub(super) fn mode(&self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Hash { .. } => "hash",
        }
    }

    /// What it does, in words.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Drop => "Columns that say something about a person are left out.",
            Self::Hash { .. } => {
                "Names, addresses and ids of the customer's own are replaced by HMAC-SHA-256 (hexadecimal), the same \
                 value by the same hash in every table; free text and JSON are left out."
            }
        }
    }

    /// What the key of the hashes is.
    pub(super) fn key(&self) -> Option<&'static str> {
        match self {
            Self::Drop => None,
            Self::Hash { is_given: true, .. } => Some("given by whoever made the export"),
            Self::Hash { is_given: false, .. } => Some("random, of this export only, not kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::Selection;

    fn params() -> ExportParams {
        ExportParams {
            tables: Vec::new(),
            format: ExportFormat::Parquet,
            layout: ExportLayout::Single,
            selection: Selection::default(),
            redaction: None,
        }
    }

    fn refusal(params: &ExportParams, is_limited: bool) -> String {
        plan(params, Partitioning::Month, is_limited).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn everything_is_exported_unless_tables_are_named() {
        let all = plan(&params(), Partitioning::Month, false).unwrap();
        assert_eq!(all.tables.len(), VIEWS.len());
        assert!(all.notes.is_empty() && all.tables.iter().all(|table| table.dropped.is_empty()));
        let tables = vec!["Teams".to_owned(), "conversations".to_owned(), "teams".to_owned()];
        let some = plan(&ExportParams { tables, ..params() }, Partitioning::Month, false).unwrap();
        let names: Vec<_> = some.tables.iter().map(|table| table.view.name).collect();
        assert_eq!(names, ["conversations", "teams"]);
    }

    #[test]
    fn every_table_and_mart_but_the_deleted_can_be_told_apart_by_conversation() {
        let untold: Vec<&str> = VIEWS
            .iter()
            .filter(|view| matches!(scope(view), Scope::Untold(_)))
            .map(|view| view.name)
            .collect();
        assert_eq!(untold, ["deleted_conversations"]);
        let some = plan(&params(), Partitioning::Month, true).unwrap();
        assert_eq!(some.tables.len(), VIEWS.len() - 1);
        assert!(some.notes[0].starts_with("deleted_conversations is left out: "), "{:?}", some.notes);
    }

    #[test]
    fn what_is_not_possible_is_refused_with_what_is() {
        let hive = ExportParams { format: ExportFormat::Csv, layout: ExportLayout::Hive, ..params() };
        assert!(refusal(&hive, false).contains("--layout single for csv"));
        let unknown = ExportParams { tables: vec!["mesages".to_owned()], ..params() };
        assert_eq!(refusal(&unknown, false), "there is no table 'mesages'; did you mean messages?");
        let deleted = ExportParams { tables: vec!["deleted_conversations".to_owned()], ..params() };
        assert!(refusal(&deleted, true).contains("without period and filters"));
        assert_eq!(refusal(&deleted, false), "");
    }
}
