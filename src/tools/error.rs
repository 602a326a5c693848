//! Why a tool has no answer.

use crate::index::{self, SyntaxError};
use crate::nearest::nearest;
use crate::{engine, lake, worker};

use super::conversation::NotHeld;
use super::timeframe::{TimeframeError, TooMany};

/// Why a tool has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// A parameter names something that is not there.
    #[error("there is no {kind} '{name}'{}", hint(.meant.as_deref(), .known))]
    Unknown {
        /// What it should be: metric, dimension, teammate, …
        kind: &'static str,
        /// What was given.
        name: String,
        /// What was probably meant.
        meant: Option<String>,
        /// What there is.
        known: Vec<String>,
    },
    /// Words to search for that cannot be read.
    #[error("the query cannot be read: {0}")]
    Query(#[source] SyntaxError),
    /// Parameters that cannot be what is wanted.
    #[error("{0}")]
    Refused(String),
    /// The timeframe was not understood.
    #[error(transparent)]
    Timeframe(#[from] TimeframeError),
    /// The timeframe has too many buckets.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// There is no search index to ask.
    #[error(transparent)]
    Index(index::Error),
    /// A file of the lake could not be read.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// The query failed.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// SQL of whoever asks has no answer.
    #[error("{}", with_hint(.0))]
    Sql(#[from] worker::Error),
    /// A conversation cannot be read.
    #[error(transparent)]
    NotHeld(#[from] NotHeld),
    /// What the sync remembers could not be read.
    #[error("what the last sync left behind cannot be read")]
    State(#[source] serde_json::Error),
}

/// How many names are told to whoever gave a wrong one.
const NAMED: usize = 40;

fn hint(meant: Option<&str>, known: &[String]) -> String {
    match meant {
        Some(meant) => format!("; did you mean {meant}?"),
        None if known.is_empty() => String::new(),
        None => {
            let rest = known.len().saturating_sub(NAMED);
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("; there are {}{more}", known[..known.len().min(NAMED)].join(", "))
        }
    }
}

fn with_hint(error: &worker::Error) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    }
}

impl From<index::Error> for ToolError {
    fn from(error: index::Error) -> Self {
        match error {
            index::Error::Syntax(error) => Self::Query(error),
            error => Self::Index(error),
        }
    }
}

impl ToolError {
    /// For a name that is none of those there are.
    pub(super) fn unknown<'a>(
        kind: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let meant = nearest(name, known.iter().copied()).map(str::to_owned);
        Self::Unknown {
            kind,
            name: name.to_owned(),
            meant,
            known: known.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Whether the parameters have to change.
    pub fn is_in_the_parameters(&self) -> bool {
        use ToolError::{Engine, Index, Lake, NotHeld, Sql, State};
        match self {
            Sql(error) => error.is_in_the_sql(),
            Engine(_) | Index(_) | Lake(_) | NotHeld(_) | State(_) => false,
            _ => true,
        }
    }
}
