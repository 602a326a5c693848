//! Checks of the lake against itself: each is a query for rows that contradict others, and should find none.
//!
//! What breaks a rule of the lake is a fault of ours. What is odd in the data as it was delivered is not, and its file
//! says in a second line, after `Otherwise:`, what such rows mean for figures.
//!
//! A contact or admin that is named but not held is no contradiction: not everything is always fetched.

use super::error::Error;
use super::handle::Engine;
use super::options::QueryOptions;
use super::table::Table;
use super::views::view;

/// A query for rows that should not be there.
#[derive(Debug)]
pub struct Check {
    /// Its name: what such a row is.
    pub name: &'static str,
    /// The text of its file; the first line says what should hold. `{definition}` stands for the text of the view of the
    /// same name.
    pub sql: &'static str,
}

/// What a check found.
#[derive(Debug)]
pub struct Offence {
    /// The check.
    pub check: &'static Check,
    /// The rows, as many as were asked for.
    pub rows: Table,
}

macro_rules! checks {
    ($($name:literal),+ $(,)?) => {
        &[$(Check { name: $name, sql: include_str!(concat!("../../sql/check/", $name, ".sql")) }),+]
    };
}

/// Every check.
pub const CHECKS: &[Check] = checks![
    "conversation_once",
    "message_once",
    "row_once",
    "row_in_wrong_partition",
    "message_without_conversation",
    "message_apart_from_conversation",
    "position_gap",
    "message_out_of_order",
    "thread_without_messages",
    "thread_shorter_than_said",
    "deleted_but_held",
    "author_class_unknown",
    "thread_facts",
    "conversation_metrics",
    "contact_activity",
    "company_activity",
    "negative_duration",
    "reply_before_message",
    "statistics_contradict_messages",
];

impl Check {
    /// What rows that break it mean, if they come from Intercom so: the second line of its file.
    pub fn meaning(&self) -> Option<&'static str> {
        self.sql.lines().nth(1)?.strip_prefix("-- Otherwise: ")
    }

    /// What should hold: the first line of its file.
    pub fn promise(&self) -> &'static str {
        self.sql.lines().next().unwrap_or_default().trim_start_matches("--").trim()
    }
}

impl Engine {
    /// Runs all checks; `done` is called after each. What holds is not in the answer.
    pub fn run_checks(
        &self,
        options: &QueryOptions,
        mut done: impl FnMut(&'static Check),
    ) -> Result<Vec<Offence>, Error> {
        let mut offences = Vec::new();
        for check in CHECKS {
            let definition = view(check.name).map_or("", |view| view.sql);
            let rows = self.ask(&check.sql.replace("{definition}", definition), options)?;
            if rows.summary.rows > 0 {
                offences.push(Offence { check, rows });
            }
            done(check);
        }
        Ok(offences)
    }
}
