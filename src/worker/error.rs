//! Why a query of a worker has no answer.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::{self, LONGEST_SQL, SqlErrorKind};
use crate::format::is_hidden;

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The SQL is longer than any that is looked at.
    #[error("the SQL has {0} bytes; at most {LONGEST_SQL} are allowed")]
    TooLong(usize),
    /// The worker said why.
    #[error("{0}")]
    Failed(Failed),
    /// It took longer than allowed.
    #[error("the query was stopped after {} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// Whoever asked does not want to know any more.
    #[error("the query was stopped")]
    Cancelled,
    /// The worker died of it.
    #[error("the query crashed the SQL worker; nothing else is affected, and the next query gets a new one")]
    Crashed,
    /// Other queries took all the time.
    #[error("all SQL workers were busy for {} seconds", .0.as_secs_f64())]
    Busy(Duration),
    /// A worker could not be started.
    #[error("cannot start a SQL worker")]
    Start(#[source] io::Error),
    /// A worker was started and did not get ready.
    #[error("the SQL worker did not get ready: {0}")]
    NotReady(String),
    /// What is known of the lake could not be read.
    #[error(transparent)]
    Lake(#[from] crate::lake::Error),
}

/// What a worker says of a query that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// What kind of failure it is.
    pub kind: FailedKind,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Characters of what is said of a failure.
const MOST_CHARS: usize = 2_000;

impl Failed {
    /// The same as it may be shown: values that customers wrote stand in some messages.
    pub(super) fn shown(self) -> Self {
        let clean = |text: String| -> String {
            let visible = text.chars().filter(|character| *character == '\n' || !is_hidden(*character));
            visible.take(MOST_CHARS).collect()
        };
        Self { kind: self.kind, message: clean(self.message), hint: self.hint.map(clean) }
    }
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedKind {
    /// The SQL may not run, or is wrong.
    InTheSql,
    /// The SQL met a value it cannot work with.
    Value,
    /// It needs more memory or disk than there is.
    TooLarge,
    /// It took too long.
    TimedOut,
    /// It was stopped.
    Cancelled,
    /// Nothing was ever synced.
    NoLake,
    /// Files or DuckDB failed: another worker may fare better.
    Other,
}

impl FailedKind {
    /// Whether the worker is as good as before.
    pub(super) fn leaves_worker_well(self) -> bool {
        matches!(self, Self::InTheSql | Self::Value | Self::TimedOut | Self::Cancelled)
    }

    /// Whether a worker that began to work just now may know better: one that is older may have lost sight of a lake
    /// that was removed and made anew.
    pub(super) fn is_worth_another_try(self) -> bool {
        matches!(self, Self::NoLake | Self::Other)
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<engine::Error> for Failed {
    fn from(error: engine::Error) -> Self {
        let kind = match &error {
            engine::Error::Refused(_) => FailedKind::InTheSql,
            engine::Error::Sql(error) => match error.kind {
                SqlErrorKind::Syntax | SqlErrorKind::Meaning => FailedKind::InTheSql,
                SqlErrorKind::Value => FailedKind::Value,
                SqlErrorKind::TooLarge => FailedKind::TooLarge,
                SqlErrorKind::Interrupted => FailedKind::TimedOut,
                SqlErrorKind::File | SqlErrorKind::Other => FailedKind::Other,
            },
            engine::Error::TimedOut(_) => FailedKind::TimedOut,
            engine::Error::Cancelled => FailedKind::Cancelled,
            engine::Error::NoLake(_) => FailedKind::NoLake,
            _ => FailedKind::Other,
        };
        let hint = match &error {
            engine::Error::Refused(refusal) => refusal.hint_for_tools(),
            engine::Error::Sql(error) => error.hint(),
            engine::Error::NoLake(_) | engine::Error::Unsettled(_) => error.hint(),
            _ => None,
        };
        Self { kind, message: message(&error), hint }
    }
}

/// What DuckDB says, without its advice to change settings that nobody can change here.
fn message(error: &engine::Error) -> String {
    match error {
        engine::Error::Sql(error) if error.message.starts_with("Max expression depth") => {
            "the SQL nests too deeply".to_owned()
        }
        engine::Error::Sql(error) if error.kind == SqlErrorKind::TooLarge => {
            let what = error.message.lines().next().unwrap_or_default();
            format!("the query needs too much memory: {what}")
        }
        error => crate::sync::chain(error),
    }
}

impl Error {
    /// Whether the SQL has to change, rather than the data or the machine.
    pub fn is_in_the_sql(&self) -> bool {
        match self {
            Self::TooLong(_) | Self::TimedOut(_) | Self::Crashed => true,
            Self::Failed(failed) => !matches!(failed.kind, FailedKind::NoLake | FailedKind::Other),
            _ => false,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        const LESS: &str =
            "aggregate in SQL, ask for fewer columns and rows at once, or cut texts with left(x, 2000)";
        Some(match self {
            Self::Failed(Failed { hint: Some(hint), .. }) => hint.clone(),
            Self::Failed(Failed { kind: FailedKind::TooLarge, .. }) | Self::Crashed => LESS.to_owned(),
            Self::TimedOut(_) => {
                "narrow it by created_at, aggregate before joining, or allow more time".to_owned()
            }
            Self::Busy(_) => "ask again in a moment".to_owned(),
            _ => return None,
        })
    }
}
