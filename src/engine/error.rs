//! What can go wrong with a query, by outcome.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::gate::Refusal;
use super::sql_error::{SqlError, SqlErrorKind};

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing was ever written there.
    #[error("there is no data in {} yet", .0.display())]
    NoLake(PathBuf),
    /// A version of `fi` wrote the lake that did not keep this table.
    #[error("the lake was last written by an older fi, which kept no {0}; `fi sync` adds it")]
    WithoutDerived(&'static str),
    /// The SQL may not run.
    #[error("{0}")]
    Refused(Refusal),
    /// The SQL is wrong, or failed on the rows it met.
    #[error("{0}")]
    Sql(SqlError),
    /// It took longer than allowed.
    #[error("the query was stopped after {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// Someone stopped it.
    #[error("the query was stopped")]
    Cancelled,
    /// Its rows could not be handed out.
    #[error("could not write the rows")]
    Output(#[source] io::Error),
    /// The state of the lake could not be read.
    #[error(transparent)]
    Lake(#[from] crate::lake::Error),
    /// Files could not be read because a sync kept replacing them.
    #[error("the lake kept changing while it was read")]
    Unsettled(#[source] SqlError),
    /// DuckDB failed outside of any query.
    #[error("DuckDB cannot {doing}")]
    Duckdb {
        /// What was tried, as a verb.
        doing: &'static str,
        /// Why.
        #[source]
        source: duckdb::Error,
    },
    /// DuckDB refused a view over the lake's files.
    #[error("the view '{view}' cannot be made")]
    View {
        /// Its name.
        view: &'static str,
        /// Why.
        #[source]
        source: SqlError,
    },
    /// A replica has nowhere to put what does not fit into memory.
    #[error("cannot make a directory where the system keeps what is temporary")]
    NoPrivateDir(#[source] io::Error),
    /// A table beside the lake cannot be read.
    #[error("the table '{table}' cannot be read: {reason}")]
    Beside {
        /// Its name.
        table: &'static str,
        /// Why.
        reason: String,
    },
    /// The thread of a query could not be started.
    #[error("cannot start a thread")]
    Thread(#[source] io::Error),
    /// The thread of a query ended without a word.
    #[error("the query broke off unexpectedly")]
    BrokeOff,
}

impl Error {
    /// For `map_err` after a call of DuckDB that no query caused.
    pub(super) fn duckdb(doing: &'static str) -> impl FnOnce(duckdb::Error) -> Self {
        move |source| Self::Duckdb { doing, source }
    }

    /// Whether the SQL has to change, rather than the data or the limits.
    pub fn is_in_the_sql(&self) -> bool {
        match self {
            Self::Refused(_) => true,
            Self::Sql(error) => error.kind.is_in_the_sql(),
            _ => false,
        }
    }

    /// Whether it would come again, however often the query is run.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Cancelled | Self::TimedOut(_) | Self::Refused(_) | Self::Output(_) => true,
            Self::Sql(error) => matches!(error.kind, SqlErrorKind::Syntax | SqlErrorKind::Meaning),
            _ => false,
        }
    }

    /// The same error when the lake changed meanwhile, which explains why a file could not be read.
    pub(super) fn while_changing(self) -> Self {
        match self {
            Self::Sql(error) if matches!(error.kind, SqlErrorKind::File | SqlErrorKind::Other) => {
                Self::Unsettled(error)
            }
            error => error,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoLake(_) => Some("`fi sync` fetches a workspace, `fi demo` makes one up".to_owned()),
            Self::Refused(refusal) => refusal.hint(),
            Self::Sql(error) => error.hint(),
            Self::View { .. } => Some("`fi verify` tells which files are missing or damaged".to_owned()),
            Self::Unsettled(_) => Some("run it again, or when the sync is done".to_owned()),
            Self::TimedOut(_) => {
                Some("allow more time with --timeout SECONDS, or narrow the query by created_at".to_owned())
            }
            _ => None,
        }
    }
}
