//! What can be queried: one view per lake table, and marts on top of them, each in a file whose first line says what
//! a row stands for.
//!
//! The files of tables name the lake as `lake/`, so they run as they are in the home directory; here that becomes a
//! path. The columns of a table are described in the model; those of a mart at the head of its file, which is the
//! one source for DuckDB's comments, the docs and `describe`, and says which of them are personal.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use crate::lake::Partitioning;
use crate::model::{Class, TableSpec, table};

use super::types::sql_type_of;

/// A view.
#[derive(Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// The text of its file.
    pub sql: &'static str,
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewColumn {
    /// Its name.
    pub name: String,
    /// Its DuckDB type.
    pub sql_type: String,
    /// What it means.
    pub description: String,
    /// Who may see it.
    pub class: Class,
}

macro_rules! views {
    ($($directory:literal: [$($name:literal),+ $(,)?]),+ $(,)?) => {
        &[$($(View {
            name: $name,
            sql: include_str!(concat!("../../views/", $directory, "/", $name, ".sql")),
        }),+),+]
    };
}

/// Every view, in the order listings show them; each stands behind those it reads.
pub const VIEWS: &[View] = views![
    "base": [
        "conversations",
        "messages",
        "contacts",
        "companies",
        "admins",
        "teams",
        "tags",
        "segments",
        "conversation_attributes",
        "tickets",
        "ticket_types",
        "deleted_conversations",
        "sync_runs",
    ],
    "marts": [
        "conversation_metrics",
        "daily_volume",
        "response_times",
        "resolution",
        "assignee_performance",
        "team_performance",
        "tag_volume",
        "csat",
        "sla",
        "fin_performance",
        "backlog",
        "busy_hours",
        "contact_activity",
        "company_activity",
        "message_timeline",
    ],
];

/// The view of that name; SQL does not tell upper from lower case.
pub fn view(name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name.eq_ignore_ascii_case(name))
}

/// The views that SQL may read, and those they stand on, in order: every one whose name is a word of it. A name in a
/// text or comment brings a view too many, which does no harm.
pub(super) fn views_in(sql: &str) -> Vec<&'static View> {
    let mut names: HashSet<String> = words(sql).collect();
    let mut views: Vec<&View> = Vec::new();
    for view in VIEWS.iter().rev() {
        if names.contains(view.name) {
            names.extend(view.reads().filter(|_| !view.is_kept()).map(str::to_owned));
            views.push(view);
        }
    }
    views.reverse();
    views
}

/// The words of SQL, in lower case.
pub(super) fn words(sql: &str) -> impl Iterator<Item = String> {
    let words = sql.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase)
}

impl View {
    /// What one row stands for: the first line of its file.
    pub fn grain(&self) -> &'static str {
        self.sql.lines().next().unwrap_or_default().trim_start_matches("--").trim()
    }

    /// Its columns, in order.
    pub fn columns(&self, partitioning: Partitioning) -> Vec<ViewColumn> {
        let Some(table) = self.table() else { return described(self.sql).collect() };
        let own = table.columns.iter().map(|column| ViewColumn {
            name: column.name.to_owned(),
            sql_type: sql_type_of(column.kind),
            description: match column.unit {
                Some(unit) => format!("{} Unit: {unit}.", column.description()),
                None => column.description(),
            },
            class: column.class,
        });
        let partition = table.is_partitioned.then(|| partition_column(partitioning));
        own.chain(partition).chain(described(self.sql)).collect()
    }

    /// Questions it answers, in words.
    pub fn questions(&self) -> impl Iterator<Item = &'static str> {
        self.sql.lines().filter_map(|line| line.strip_prefix("-- ? "))
    }

    /// The lake table it shows; none for a mart that is computed when it is asked.
    pub fn table(&self) -> Option<&'static TableSpec> {
        table(self.name)
    }

    /// Whether the lake keeps what its text gives.
    pub fn is_kept(&self) -> bool {
        self.table().is_some() && !self.sql.contains("read_parquet('lake/")
    }

    /// The views its text stands on: what is behind FROM and JOIN.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &'static str> {
        let code = self.sql.lines().filter(|line| !line.trim_start().starts_with("--"));
        let words: Vec<&str> =
            code.flat_map(|line| line.split([' ', '(', ')', ','])).filter(|word| !word.is_empty()).collect();
        let sources: Vec<&str> = words
            .windows(2)
            .filter(|pair| matches!(pair[0].to_ascii_uppercase().as_str(), "FROM" | "JOIN"))
            .map(|pair| pair[1])
            .collect();
        VIEWS.iter().map(|view| view.name).filter(move |name| sources.contains(name))
    }

    /// The statement that makes it over the files of a lake.
    pub(super) fn create(&self, lake_dir: &Path) -> String {
        self.create_over(&format!("'{}/", glob_literal(lake_dir)))
    }

    /// The same, with the lake's directory as SQL that ends inside a literal, such as `'/home/me/lake/`.
    pub(super) fn create_over(&self, lake_dir: &str) -> String {
        let body = self.over_files().replace("read_parquet('lake/", &format!("read_parquet({lake_dir}"));
        format!("CREATE OR REPLACE VIEW {} AS\n{body};\n", self.name)
    }

    /// Its text over the files of a lake in `lake/`.
    pub fn over_files(&self) -> Cow<'static, str> {
        let Some(table) = self.table().filter(|_| self.is_kept()) else { return self.sql.trim_end().into() };
        let columns = table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        format!("SELECT {columns}\nFROM read_parquet('lake/{0}/data.parquet')", self.name).into()
    }

    /// The statement that makes the view of a table without any files: right columns, no rows.
    pub(super) fn create_empty(&self, partitioning: Partitioning) -> String {
        let columns = self.columns(partitioning);
        let columns = columns.iter().map(|column| format!("NULL::{} AS {}", column.sql_type, column.name));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("CREATE OR REPLACE VIEW {} AS SELECT {columns} WHERE false;\n", self.name)
    }

    /// The statements that tell DuckDB what it means.
    pub(super) fn comments(&self, partitioning: Partitioning) -> String {
        let mut sql = format!("COMMENT ON VIEW {} IS {};\n", self.name, literal(self.grain()));
        for column in self.columns(partitioning) {
            let (name, description) = (column.name, literal(&column.description));
            sql.push_str(&format!("COMMENT ON COLUMN {}.{name} IS {description};\n", self.name));
        }
        sql
    }
}

/// The columns described at the head of a mart's file, as `-- name TYPE: What it means.`; what says something about a
/// person as `-- name TYPE, personal: What it means.`
fn described(sql: &'static str) -> impl Iterator<Item = ViewColumn> {
    let head = sql.lines().map_while(|line| line.strip_prefix("--"));
    head.filter_map(|line| {
        let (column, description) = line.split_once(": ")?;
        let (column, class) = match column.strip_suffix(", personal") {
            Some(column) => (column, Class::Personal),
            None => (column, Class::Public),
        };
        let (name, sql_type) = column.strip_prefix(' ')?.split_once(' ')?;
        let is_name =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let is_type = sql_type.starts_with(|first: char| first.is_ascii_uppercase());
        (is_name && is_type).then(|| ViewColumn {
            name: name.to_owned(),
            sql_type: sql_type.to_owned(),
            description: description.to_owned(),
            class,
        })
    })
}

fn partition_column(partitioning: Partitioning) -> ViewColumn {
    let (sql_type, description) = match partitioning {
        Partitioning::Month => {
            ("VARCHAR", "The month its conversation or ticket began in (UTC), like 2026-11.")
        }
        Partitioning::Day => ("DATE", "The day its conversation or ticket began on (UTC)."),
    };
    ViewColumn {
        name: partitioning.column().to_owned(),
        sql_type: sql_type.to_owned(),
        description: description.to_owned(),
        class: Class::Public,
    }
}

/// A text as an SQL literal.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A path as the start of a glob inside a literal: what globs would take for wildcards stands for itself.
pub(crate) fn glob_literal(path: &Path) -> String {
    let mut pattern = String::new();
    for character in path.to_string_lossy().chars() {
        match character {
            '*' | '?' | '[' => pattern.extend(['[', character, ']']),
            '\'' => pattern.push_str("''"),
            character => pattern.push(character),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mart_tells_what_it_reads() {
        let read = |name| view(name).map(|view| view.reads().collect::<Vec<_>>()).unwrap_or_default();
        assert_eq!(read("backlog"), ["admins", "teams", "conversation_metrics"]);
        assert_eq!(read("conversation_metrics"), Vec::<&str>::new());
        assert_eq!(read("message_timeline"), ["messages"]);
        assert_eq!(read("messages"), Vec::<&str>::new());
        assert_eq!(read("contact_activity"), ["conversation_metrics"]);
    }

    #[test]
    fn sql_needs_the_views_it_names_and_those_they_stand_on() {
        let names = |sql: &str| views_in(sql).iter().map(|view| view.name).collect::<Vec<_>>();
        assert_eq!(names("SELECT 1"), Vec::<&str>::new());
        assert_eq!(names("FROM \"Contacts\""), ["contacts"]);
        assert_eq!(
            names("SELECT * FROM main.BACKLOG"),
            ["admins", "teams", "conversation_metrics", "backlog"]
        );
        assert_eq!(names("FROM contact_activity"), ["contact_activity"]);
        let all: Vec<&str> = VIEWS.iter().map(|view| view.name).collect();
        assert_eq!(names(&all.join(" ")), all);
    }
}
