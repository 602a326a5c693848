//! What DuckDB says about wrong SQL, with the place in it and the names that were probably meant.
//!
//! DuckDB answers in JSON (the setting `errors_as_json`), whose positions are those of the user's own text even
//! though it runs inside a wrapper.

use std::fmt;

use serde::Deserialize;

use super::place::Place;

/// Names that are worth suggesting.
const CANDIDATES: usize = 3;

/// What is wrong with the SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlErrorKind {
    /// It is no SQL.
    Syntax,
    /// It names something that is not there, or uses it in a way that does not fit.
    Meaning,
    /// It met a value it cannot work with.
    Value,
    /// It needs more memory or disk than there is.
    TooLarge,
    /// A file could not be read.
    File,
    /// It was interrupted.
    Interrupted,
    /// Something else.
    Other,
}

impl SqlErrorKind {
    /// Whether the SQL is wrong whatever the rows are.
    pub fn is_in_the_sql(self) -> bool {
        matches!(self, Self::Syntax | Self::Meaning)
    }

    fn of(exception: &str) -> Self {
        match exception.to_ascii_lowercase().as_str() {
            "parser" | "syntax" => Self::Syntax,
            "binder" | "catalog" | "not implemented" | "permission" | "parameter not allowed" => {
                Self::Meaning
            }
            "conversion" | "invalid input" | "out of range" | "constraint" | "mismatch type" => Self::Value,
            "out of memory" => Self::TooLarge,
            "io" => Self::File,
            "interrupt" => Self::Interrupted,
            _ => Self::Other,
        }
    }
}

/// An error of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlError {
    /// What kind of error it is.
    pub kind: SqlErrorKind,
    /// What DuckDB says, without place and candidates.
    pub message: String,
    /// Names that were probably meant, the most likely first.
    pub candidates: Vec<String>,
    /// Where.
    pub place: Option<Place>,
}

/// The JSON of an error; from `errors_as_json`, or from `json_serialize_sql`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Reported {
    #[serde(default, alias = "error_type")]
    pub(super) exception_type: String,
    #[serde(default, alias = "error_message")]
    pub(super) exception_message: String,
    #[serde(default)]
    position: String,
    #[serde(default)]
    location: String,
    #[serde(default)]
    candidates: String,
    #[serde(default)]
    error_subtype: String,
}

impl SqlError {
    /// From what the crate reports for a query.
    pub(super) fn new(error: &duckdb::Error, sql: &str) -> Self {
        let text = match error {
            duckdb::Error::DuckDBFailure(_, Some(message)) => message.clone(),
            error => error.to_string(),
        };
        let reported = text.find('{').and_then(|start| serde_json::from_str::<Reported>(&text[start..]).ok());
        match reported {
            Some(reported) => Self::from_report(reported, sql),
            None => Self::unstructured(text),
        }
    }

    pub(super) fn from_report(reported: Reported, sql: &str) -> Self {
        let named = matches!(reported.error_subtype.as_str(), "COLUMN_NOT_FOUND" | "MISSING_ENTRY");
        let candidates = reported.candidates.split(',').map(|name| name.trim().to_owned());
        Self {
            kind: SqlErrorKind::of(&reported.exception_type),
            message: shortened(&reported.exception_message, named),
            candidates: candidates.filter(|name| named && !name.is_empty()).take(CANDIDATES).collect(),
            place: reported.place(sql),
        }
    }

    fn unstructured(text: String) -> Self {
        let (kind, message) = if text.contains("INTERRUPT") {
            (SqlErrorKind::Interrupted, text)
        } else if text.contains("Variant columns") {
            (
                SqlErrorKind::Meaning,
                "a column of type VARIANT cannot be given out; cast it to VARCHAR".to_owned(),
            )
        } else {
            (SqlErrorKind::Other, text)
        };
        Self { kind, message, candidates: Vec::new(), place: None }
    }

    /// What was probably meant.
    pub fn hint(&self) -> Option<String> {
        let (last, others) = self.candidates.split_last()?;
        Some(match others {
            [] => format!("did you mean {last}?"),
            others => format!("did you mean {} or {last}?", others.join(", ")),
        })
    }
}

impl Reported {
    fn place(&self, sql: &str) -> Option<Place> {
        let mut location = self.location.trim_matches(['[', ']']).split(',').map(str::parse);
        match (location.next(), location.next()) {
            (Some(Ok(start)), Some(Ok(length))) => Place::new(sql, start, length),
            _ => Place::new(sql, self.position.parse().ok()?, 1),
        }
    }
}

/// The message without what is shown elsewhere: candidates as a hint, overloads not at all when there are many.
fn shortened(message: &str, has_candidates: bool) -> String {
    /// Overloads worth reading.
    const OVERLOADS: usize = 6;
    let (head, list) = match message.split_once("\n\tCandidate functions:\n") {
        Some((head, list)) => (head, Some(list)),
        None => (message, None),
    };
    if has_candidates {
        return head.lines().next().unwrap_or_default().to_owned();
    }
    let overloads: Vec<&str> = list.unwrap_or_default().lines().map(str::trim).collect();
    match overloads.len() {
        0 => head.trim_end().to_owned(),
        1..=OVERLOADS => format!("{head}\nit takes {}", overloads.join("\n      or ")),
        _ => head.to_owned(),
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.place {
            Some(place) => write!(f, "\n{place}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SqlError {}
