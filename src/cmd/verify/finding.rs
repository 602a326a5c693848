//! Something `fi verify` found: a file, rows, or a day that is not as it should be.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::cmd::words;
use crate::{lake, model, program};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Finding {
    /// About a file.
    File(lake::Finding),
    /// About rows that contradict each other.
    Rule(Rule),
    /// About a day that differs from Intercom's.
    Day(Day),
    /// About the search index.
    Index(Index),
}

/// Something wrong with the search index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename = "index")]
pub(super) struct Index {
    /// What.
    pub(super) what: String,
}

/// Rows that break a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename = "rule")]
pub(super) struct Rule {
    /// The name of the rule.
    pub(super) rule: &'static str,
    /// What should hold.
    pub(super) promise: &'static str,
    /// Rows that break it, as many as were counted.
    pub(super) rows: u64,
    /// What they mean, if that is how Intercom delivered them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) meaning: Option<&'static str>,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.rule, self.promise, words::many(self.rows, "row"))
    }
}

/// A day whose conversations differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename = "day")]
pub(super) struct Day {
    /// The day, in UTC.
    pub(super) day: String,
    /// Conversations created that day that are held.
    pub(super) here: u64,
    /// Conversations created that day that Intercom lists.
    pub(super) there: u64,
    /// Ids Intercom lists and that are not held, the first of them.
    pub(super) missing_here: Vec<String>,
    /// How many these are.
    pub(super) missing_here_count: u64,
    /// Ids that are held and that Intercom does not list, the first of them.
    pub(super) only_here: Vec<String>,
    /// How many these are.
    pub(super) only_here_count: u64,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(finding) => finding.fmt(f),
            Self::Rule(rule) => rule.fmt(f),
            Self::Day(day) => day.fmt(f),
            Self::Index(index) => write!(f, "search index: {}", index.what),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} held, Intercom lists {}",
            self.day,
            words::count(self.here),
            words::count(self.there)
        )?;
        for (what, count, ids) in [
            ("missing here", self.missing_here_count, &self.missing_here),
            ("only here", self.only_here_count, &self.only_here),
        ] {
            if count > 0 {
                let more = if count > ids.len() as u64 { ", …" } else { "" };
                write!(f, "; {what}: {}{more}", ids.join(", "))?;
            }
        }
        Ok(())
    }
}

/// What makes a table anew that is made of others; `None` for any other.
fn remake(table: &str) -> Option<Cow<'static, str>> {
    let table = model::table(table).filter(|table| table.is_derived())?.name;
    let hint =
        format!("remove lake/{table}/data.parquet: `fi sync` makes it again from the conversations held");
    Some(hint.into())
}

impl Finding {
    /// What to do about it.
    pub(super) fn hint(&self) -> String {
        let derived = match self {
            Self::File(lake::Finding::Foreign { .. }) => None,
            Self::File(finding) => remake(finding.file().split('/').next().unwrap_or_default()),
            Self::Rule(rule) => remake(rule.rule),
            _ => None,
        };
        program::typed(&derived.unwrap_or_else(|| self.other_hint().into())).into_owned()
    }

    fn other_hint(&self) -> &'static str {
        match self {
            Self::File(lake::Finding::Foreign { .. }) => "move files that are not from fi out of lake/",
            Self::File(_) => "fetch everything again with: fi reset --yes && fi sync",
            Self::Rule(_) => "this is a bug of fi; `fi reset --yes && fi sync` may help, and so may a report",
            Self::Day(day) if day.missing_here_count > 0 => "fetch what is missing with: fi sync --full",
            Self::Index(_) => "make the search index anew with: fi reindex",
            Self::Day(_) => "what is only here was perhaps deleted since: run `fi sync`, then verify again",
        }
    }
}
