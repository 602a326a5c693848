//! `lake/catalog.sql`: the views for DuckDB from anywhere else, so that nobody needs `fi` to read the lake.

use crate::lake::{Layout, Partitioning};

use super::views::VIEWS;

const HEAD: &str = include_str!("sql/catalog_head.sql");

/// The text of `lake/catalog.sql`: all views over the files, with what they and their columns mean.
pub fn catalog_sql(layout: &Layout, partitioning: Partitioning) -> String {
    let lake = std::path::absolute(layout.lake_dir()).unwrap_or_else(|_| layout.lake_dir());
    let mut sql = HEAD.to_owned();
    for view in VIEWS {
        sql.push('\n');
        sql.push_str(&view.create(&lake));
        sql.push_str(&view.comments(partitioning));
    }
    sql
}
