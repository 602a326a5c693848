//! What can be searched: typed fields of documents.

use crate::demo::version::ApiVersion;
use crate::demo::workspace::Workspace;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Display;

/// The type of a field, which decides the operators it has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Text,
    /// Found by single words only.
    Words,
    Integer,
    /// An integer, or 0 for nobody.
    Assignee,
    Date,
    Bool,
    /// Text that only knows `=` and `!=`.
    Exact,
}

impl Kind {
    pub(crate) fn wanted(self) -> &'static str {
        match self {
            Self::Text | Self::Words | Self::Exact => "a string",
            Self::Integer | Self::Assignee => "an integer",
            Self::Date => "a date (unix timestamp)",
            Self::Bool => "a boolean",
        }
    }
}

/// The value of a field in a document.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Datum<'a> {
    Null,
    Int(i64),
    Bool(bool),
    Text(Cow<'a, str>),
    /// Several texts: a filter matches if one of them does.
    Many(Vec<String>),
}

impl<'a> Datum<'a> {
    pub(crate) fn int(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Int)
    }

    pub(crate) fn text(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, |text| Self::Text(Cow::Borrowed(text)))
    }

    pub(crate) fn id(value: impl Display) -> Self {
        Self::Text(Cow::Owned(value.to_string()))
    }

    pub(crate) fn ids<T: Display>(values: impl Iterator<Item = T>) -> Self {
        Self::Many(values.map(|value| value.to_string()).collect())
    }
}

/// What fields refer to besides the document.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) version: ApiVersion,
}

/// A searchable field.
pub(crate) struct Field<D> {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) get: for<'a> fn(&Context<'a>, &'a D) -> Datum<'a>,
}

/// Something that can be searched.
pub(crate) trait Document: Sized + 'static {
    /// Orders documents with equal sort keys, and names one in a cursor.
    type Id: Ord + Clone + Display;

    /// All its fields.
    const FIELDS: &'static [Field<Self>];
    /// The prefix of fields that are named by the workspace.
    const CUSTOM_PREFIX: &'static str;

    fn id(&self) -> Self::Id;
    /// Reads an id out of a cursor.
    fn parse_id(text: &str) -> Option<Self::Id>;
    /// The value of a field the workspace named.
    fn custom(&self, name: &str) -> Option<&Value>;
}
