//! The error of the command layer: what failed, on what, why, and what to do next, with the exit code that tells
//! scripts which kind of failure it was.
//!
//! Modules below have small error enums of their own; each is turned into a [`CommandError`] where it reaches a
//! command. This file knows none of them, prints nothing and never sees a secret.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use serde::Serialize;

/// What kind of failure it was; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The command could not do its work.
    Failed,
    /// The command line, an environment variable or a setting is wrong.
    Usage,
    /// The command worked, and there is nothing to show.
    NothingFound,
    /// Intercom refuses the token, or there is none.
    Auth,
    /// The answer or the sync is not complete.
    Incomplete,
}

impl Kind {
    /// All kinds with their exit codes, in order.
    pub const ALL: [Self; 5] = [Self::Failed, Self::Usage, Self::NothingFound, Self::Auth, Self::Incomplete];

    /// What it means, in the words of the help.
    pub fn about(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage or settings",
            Self::NothingFound => "nothing found",
            Self::Auth => "token",
            Self::Incomplete => "incomplete data",
        }
    }

    /// The process exit code of this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NothingFound => 3,
            Self::Auth => 4,
            Self::Incomplete => 5,
        }
    }
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        Self::from(kind.exit_code())
    }
}

/// A failure as the user sees it.
#[derive(Debug)]
pub struct CommandError {
    kind: Kind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    hints: Vec<String>,
}

impl CommandError {
    /// An error of this kind; the message says what failed, and on what.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None, hints: Vec::new() }
    }

    /// The command could not do its work (exit code 1).
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// Something the user typed or set is wrong (exit code 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Nothing matches (exit code 3).
    pub fn nothing_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NothingFound, message)
    }

    /// The token is missing or refused (exit code 4).
    pub fn auth(message: impl Into<String>) -> Self {
        Self::new(Kind::Auth, message)
    }

    /// What was asked for is there only in part (exit code 5).
    pub fn incomplete(message: impl Into<String>) -> Self {
        Self::new(Kind::Incomplete, message)
    }

    /// Adds why: an error with its own chain of causes, or a plain sentence.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Which kind of failure it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What failed.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Why, outermost first. A cause that only repeats the line above it is left out.
    pub fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut next = self.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            let said = causes.last().map_or(self.message.as_str(), String::as_str);
            if !text.is_empty() && !said.contains(&text) {
                causes.push(text);
            }
            next = cause.source();
        }
        causes
    }

    /// The error as `--json` shows it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "error": {
            "kind": self.kind,
            "message": self.message,
            "causes": self.causes(),
            "hints": self.hints,
        }})
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Turns any error into a [`CommandError`] by saying what was being done.
pub trait Explain<T> {
    /// Says what failed; the error itself becomes the cause.
    fn explain<M: Into<String>>(self, kind: Kind, what_failed: impl FnOnce() -> M)
    -> Result<T, CommandError>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Explain<T> for Result<T, E> {
    fn explain<M: Into<String>>(
        self,
        kind: Kind,
        what_failed: impl FnOnce() -> M,
    ) -> Result<T, CommandError> {
        self.map_err(|error| CommandError::new(kind, what_failed()).because(error))
    }
}

/// Adds a hint to a result that already carries a [`CommandError`].
pub trait Hint {
    /// Adds what to do next.
    #[must_use]
    fn hint(self, hint: impl Into<String>) -> Self;
}

impl<T> Hint for Result<T, CommandError> {
    fn hint(self, hint: impl Into<String>) -> Self {
        self.map_err(|error| error.hint(hint))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn exit_codes_are_the_documented_ones() {
        let codes: Vec<u8> = Kind::ALL.into_iter().map(Kind::exit_code).collect();
        assert_eq!(codes, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn the_chain_of_causes_is_kept_without_repetition() {
        let inner = CommandError::failed("could not read /x").because(io::Error::other("disk on fire"));
        let outer = CommandError::failed("sync failed").because(inner);
        assert_eq!(outer.causes(), ["could not read /x", "disk on fire"]);

        let repeating = CommandError::failed("open: disk on fire").because(io::Error::other("disk on fire"));
        assert_eq!(repeating.causes(), Vec::<String>::new());
    }

    #[test]
    fn explain_keeps_the_error_as_the_cause() {
        let result: Result<(), _> = Err(io::Error::other("no space left"));
        let error =
            result.explain(Kind::Failed, || "could not write the lake").hint("free some space").unwrap_err();
        insta::assert_json_snapshot!(error.to_json(), @r#"
        {
          "error": {
            "causes": [
              "no space left"
            ],
            "hints": [
              "free some space"
            ],
            "kind": "failed",
            "message": "could not write the lake"
          }
        }
        "#);
    }
}
