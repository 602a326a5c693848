//! Which SQL may run: one query over the views, nothing else.
//!
//! "The statement is a SELECT" is no such check in DuckDB 2.0: a WITH may hold COPY or DELETE. So DuckDB's own parser
//! gives the syntax tree, and every node of it must be on a list of harmless ones. What is not known is refused.

mod lists;
mod refusal;
mod tree;
mod walk;

use duckdb::Connection;
use serde_json::Value;

pub use refusal::Refusal;

use super::error::Error;
use super::views::View;
use refusal::Reason;

/// The longest SQL that is looked at, in bytes.
pub const LONGEST_SQL: usize = 100_000;

/// What may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Admitted<'a> {
    /// A query, to be run inside a wrapper.
    Query(&'a str),
    /// The plan of a query.
    Explain(&'a str),
    /// The columns of a view.
    Describe(&'static str),
    /// The views.
    ShowViews,
}

/// Looks at SQL from outside. Beside the views it may read one more table, if there is one.
pub(super) fn admit<'a>(
    connection: &Connection,
    sql: &'a str,
    beside: Option<&'static str>,
) -> Result<Admitted<'a>, Error> {
    if sql.len() > LONGEST_SQL {
        return Err(refused(Reason::TooLong { bytes: sql.len(), most: LONGEST_SQL }));
    }
    if sql.contains('\0') {
        return Err(refused(Reason::Construct("a NUL character".to_owned())));
    }
    let words = tree::leading_words(sql);
    if words.is_empty() {
        return Err(refused(Reason::Empty));
    }
    let (query, is_explain) = match tree::explained(sql) {
        Some(query) => (query, true),
        None => (sql, false),
    };
    if is_explain
        && matches!(tree::leading_words(query).first().map(String::as_str), Some("ANALYZE" | "ANALYSE" | "("))
    {
        return Err(refused(Reason::ExplainOptions));
    }
    let statement = tree::parse(connection, query)?;
    walk::check(&statement, query, beside).map_err(|refusal| Error::Refused(*refusal))?;
    Ok(match (is_explain, special(&statement)) {
        (true, _) => Admitted::Explain(query),
        (false, Some(admitted)) => admitted,
        (false, None) => Admitted::Query(query),
    })
}

fn refused(reason: Reason) -> Error {
    Error::Refused(Refusal::new(reason, None))
}

/// `SHOW TABLES` and `DESCRIBE view`, which are answered from the catalogue of views.
fn special(statement: &Value) -> Option<Admitted<'static>> {
    let shown = &statement["node"]["from_table"];
    if shown["type"] != "SHOW_REF" {
        return None;
    }
    match shown["show_type"].as_str()? {
        "SHOW_SPECIAL" => Some(Admitted::ShowViews),
        "SHOW" => walk::view_of(shown).map(|view| Admitted::Describe(view.name)),
        "DESCRIBE" => whole_view(&shown["query"]).map(|view| Admitted::Describe(view.name)),
        _ => None,
    }
}

/// The view of which a query asks all columns.
fn whole_view(query: &Value) -> Option<&'static View> {
    let is_plain = |key: &str| query[key].as_array().is_some_and(Vec::is_empty);
    let star = query["select_list"].as_array().filter(|list| list.len() == 1)?.first()?;
    let is_all = star["class"] == "STAR"
        && ["exclude_list", "replace_list", "rename_list", "qualified_exclude_list"]
            .iter()
            .all(|key| star[*key].as_array().is_some_and(Vec::is_empty))
        && star["columns"] == false;
    let has_no_ctes = query["cte_map"]["map"].as_array().is_some_and(Vec::is_empty);
    if !is_all || !has_no_ctes || !is_plain("modifiers") || query["from_table"]["type"] != "BASE_TABLE" {
        return None;
    }
    walk::view_of(&query["from_table"])
}
