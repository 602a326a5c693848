//! Why SQL may not run, told so that it can be put right.

use std::fmt;

use super::super::place::Place;
use super::super::views::VIEWS;
use crate::nearest::nearest;

/// SQL that may not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    reason: Reason,
    /// Where in the SQL.
    pub place: Option<Place>,
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    Empty,
    TooLong { bytes: usize, most: usize },
    SeveralStatements,
    NotAQuery(String),
    ExplainOptions,
    PivotWithoutIn,
    WritesInWith(String),
    UnknownView(String),
    OtherSchema(String),
    TableFunction(String),
    Function(String),
    Parameter,
    Construct(String),
}

impl Refusal {
    pub(super) fn new(reason: Reason, place: Option<Place>) -> Self {
        Self { reason, place }
    }

    /// What to do about it, on the command line.
    pub fn hint(&self) -> Option<String> {
        self.advice("`fi query --unsafe` runs any SQL with your own rights")
    }

    /// What to do about it, for whoever asks through a tool and has no other way.
    pub fn hint_for_tools(&self) -> Option<String> {
        self.advice("one SELECT over the views can be asked; describe_data lists them and their columns")
    }

    /// `otherwise` is said where nothing in the SQL would do.
    fn advice(&self, otherwise: &str) -> Option<String> {
        Some(match &self.reason {
            Reason::Empty => {
                "write a query, like: SELECT state, count(*) FROM conversations GROUP BY state".to_owned()
            }
            Reason::TooLong { .. } | Reason::Parameter | Reason::Construct(_) => return None,
            Reason::SeveralStatements => "send them one at a time".to_owned(),
            Reason::ExplainOptions => "write EXPLAIN SELECT …".to_owned(),
            Reason::PivotWithoutIn => {
                "list the values, like: PIVOT conversations ON state IN ('open', 'closed') USING count(*)"
                    .to_owned()
            }
            Reason::UnknownView(name) if is_file(name) => otherwise.to_owned(),
            Reason::UnknownView(name) => match nearest(&short(name), VIEWS.iter().map(|view| view.name)) {
                Some(close) => format!("did you mean {close}?"),
                None => {
                    format!("there are {}", VIEWS.iter().map(|view| view.name).collect::<Vec<_>>().join(", "))
                }
            },
            Reason::OtherSchema(_) => {
                "SHOW TABLES lists the views, DESCRIBE conversations one's columns".to_owned()
            }
            Reason::NotAQuery(_)
            | Reason::WritesInWith(_)
            | Reason::TableFunction(_)
            | Reason::Function(_) => otherwise.to_owned(),
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::Empty => write!(f, "there is no SQL to run"),
            Reason::TooLong { bytes, most } => {
                write!(f, "the SQL has {bytes} bytes; at most {most} are allowed")
            }
            Reason::SeveralStatements => write!(f, "only one statement at a time may run"),
            Reason::NotAQuery(words) => {
                write!(f, "{words} may not run: only queries may, which change nothing")
            }
            Reason::ExplainOptions => {
                write!(f, "EXPLAIN takes no options here, and ANALYZE would run the query")
            }
            Reason::PivotWithoutIn => write!(f, "PIVOT needs its values listed"),
            Reason::WritesInWith(what) => write!(f, "{what} inside WITH may not run: only queries may"),
            Reason::UnknownView(name) if is_file(name) => {
                write!(f, "the file '{}' may not be read", short(name))
            }
            Reason::UnknownView(name) => write!(f, "there is no view '{}'", short(name)),
            Reason::OtherSchema(name) => write!(f, "'{}' is outside the views", short(name)),
            Reason::TableFunction(name) => {
                write!(f, "the table function {}() may not be called", short(name))
            }
            Reason::Function(name) => write!(f, "the function {}() may not be called", short(name)),
            Reason::Parameter => write!(f, "the query has a parameter (? or $1), and no value for it"),
            Reason::Construct(what) => write!(f, "{what} is not allowed"),
        }?;
        match &self.place {
            Some(place) => write!(f, "\n{place}"),
            None => Ok(()),
        }
    }
}

/// Whether a name in FROM is one of a file, which DuckDB would read.
fn is_file(name: &str) -> bool {
    name.contains(['.', '/', '\\', ':', '*'])
}

fn short(name: &str) -> String {
    name.chars().take(60).collect()
}
