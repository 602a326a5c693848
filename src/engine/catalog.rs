//! `lake/catalog.sql`: the views for DuckDB from anywhere else, so that nobody needs `fi` to read the lake.
//!
//! DuckDB does not tell a script where it lies, and relative globs would depend on the directory of each later query.
//! So the lake's path stands in a macro, which unlike a variable holds for all connections of a database; another
//! macro, which a reader of a copy defines beforehand, goes before it.

use crate::lake::{Layout, Partitioning};
use crate::model::{ConversationMetrics, Row};

use super::handle::LAST_SYNC_AT;
use super::views::{VIEWS, glob_literal};

const HEAD: &str = include_str!("sql/catalog_head.sql");

/// The text of `lake/catalog.sql`: all views over the files, with what they and their columns mean.
pub fn catalog_sql(layout: &Layout, partitioning: Partitioning) -> String {
    let lake = std::path::absolute(layout.lake_dir()).unwrap_or_else(|_| layout.lake_dir());
    let mut sql = HEAD.replace("{lake_dir}", &glob_literal(&lake));
    for view in VIEWS {
        if view.name == ConversationMetrics::TABLE.name {
            sql.push_str(&last_sync_at());
        }
        sql.push('\n');
        sql.push_str(&view.create_over("lake_dir() || '/"));
        sql.push_str(&view.comments(partitioning));
    }
    sql
}

/// The macro that tells when the last sync of everything began, for DuckDB to which nobody tells it; it reads a view
/// that has to be there.
pub fn last_sync_at() -> String {
    let (comment, query) = LAST_SYNC_AT.split_once('\n').unwrap_or(("", LAST_SYNC_AT));
    format!("\n{comment}\nCREATE OR REPLACE MACRO last_sync_at() AS (\n    {}\n);\n", query.trim())
}
