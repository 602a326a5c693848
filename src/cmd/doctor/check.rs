//! What a check says.

use serde::Serialize;

use crate::error::CommandError;
use crate::program;

/// How serious it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// As it should be.
    Ok,
    /// Something will not work, or not as well as it could.
    Warn,
    /// Nothing will work before this is solved.
    Fail,
    /// Not looked at.
    Skip,
}

/// One check and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// What was looked at.
    pub(super) name: &'static str,
    /// How serious it is.
    pub(super) level: Level,
    /// What was found.
    pub(super) message: String,
    /// What to do about it.
    pub(super) hint: Option<String>,
}

/// Words of ours, with commands as they can be typed here.
fn told(words: impl Into<String>) -> String {
    program::typed(&words.into()).into_owned()
}

impl Check {
    fn new(name: &'static str, level: Level, message: impl Into<String>) -> Self {
        Self { name, level, message: told(message), hint: None }
    }

    /// As it should be.
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Level::Ok, message)
    }

    /// Not looked at.
    pub(super) fn skipped(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Level::Skip, message)
    }

    /// Odd.
    pub(super) fn warn(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(told(hint)), ..Self::new(name, Level::Warn, message) }
    }

    /// Broken.
    pub(super) fn fail(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(told(hint)), ..Self::new(name, Level::Fail, message) }
    }

    /// Broken, in the words of an error.
    pub(super) fn of_error(name: &'static str, level: Level, error: &CommandError) -> Self {
        let because = error.causes().last().map(|cause| format!(": {cause}")).unwrap_or_default();
        let hint = (!error.hints().is_empty()).then(|| told(error.hints().join("; ")));
        Self { hint, ..Self::new(name, level, format!("{}{because}", error.message())) }
    }
}
