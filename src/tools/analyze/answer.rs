//! What a question is answered with. Every figure says what it is of, and how many conversations stand behind it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::analysis::Analysis;
use crate::tools::Freshness;

/// The answer to a question for figures.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AnalyzeAnswer")]
pub struct Answer {
    /// The period, as it was understood.
    pub period: Period,
    /// The period compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<Period>,
    /// What each metric is.
    pub metrics: Vec<Definition>,
    /// What each dimension is.
    pub group_by: Vec<Definition>,
    /// All conversations together, each counted once.
    pub total: Group,
    /// The groups, in order.
    pub groups: Vec<Group>,
    /// All conversations outside of these groups, if there are more groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Group>,
    /// How many groups there are.
    pub group_count: u64,
    /// Whether `groups` are not all of them.
    pub is_truncated: bool,
    /// What the analysis asked for tells beside the figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Analysis>,
    /// How fresh and complete the data is.
    pub freshness: Freshness,
    /// What to keep in mind when reading the figures.
    pub notes: Vec<String>,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Period {
    /// Its first moment (UTC); none is the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The first moment after it (UTC).
    pub end: String,
    /// The time zone of its days.
    pub timezone: String,
    /// How the words given were understood.
    pub words: String,
    /// From when to when, in the zone.
    pub shown: String,
    /// What places a conversation in it: created, closed or first_replied.
    pub by: super::Clock,
}

/// A name and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Definition {
    /// The name.
    pub name: String,
    /// What it is.
    pub definition: String,
    /// The unit of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
}

/// A set of conversations and its figures.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Group {
    /// Which set, a key for each dimension; none for the total.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// How many conversations it is.
    pub conversation_count: i64,
    /// The figures by metric.
    pub values: BTreeMap<&'static str, Value>,
}

/// What a group has in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Key {
    /// The id or value; none for conversations without one.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// Whether the period starts or ends within this stretch of time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_partial: bool,
    /// Whether customers may have written it: a name they chose, or the value of an attribute.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_untrusted: bool,
}

/// A figure, and the same of the period compared with.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Value {
    /// The figure.
    #[serde(flatten)]
    pub now: Figure,
    /// The same of the period compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Figure>,
    /// The change of its first value: of rates and scores the difference, else as a share of the value before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Figure {
    /// How many.
    Count {
        /// The number.
        value: i64,
    },
    /// Which part.
    Rate {
        /// Numerator divided by denominator; none of nothing.
        value: Option<f64>,
        /// How many.
        numerator: i64,
        /// Of how many.
        denominator: i64,
    },
    /// How values are spread.
    Spread {
        /// How many values.
        n: i64,
        /// What is told of them by name, in the order asked for; none of nothing.
        #[serde(flatten, serialize_with = "as_map")]
        values: Vec<(&'static str, Option<f64>)>,
    },
}

fn as_map<S: serde::Serializer>(
    values: &[(&'static str, Option<f64>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().copied())
}

impl Figure {
    /// The value that orders and compares.
    pub fn first(&self, aggregate: Option<&str>) -> Option<f64> {
        match self {
            Self::Count { value } => Some(*value as f64),
            Self::Rate { value, .. } => *value,
            Self::Spread { values, .. } => values.iter().find(|(name, _)| Some(*name) == aggregate)?.1,
        }
    }

    /// The change from another: the difference, or it as a share of the other.
    pub(super) fn change_from(
        &self,
        before: &Self,
        aggregate: Option<&str>,
        is_difference: bool,
    ) -> Option<f64> {
        let (now, then) = (self.first(aggregate)?, before.first(aggregate)?);
        match is_difference {
            true => Some(now - then),
            false => (then != 0.0).then(|| (now - then) / then),
        }
    }
}
