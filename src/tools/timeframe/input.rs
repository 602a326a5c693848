//! A timeframe as a parameter: text, or an object with a start and an end.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::error::TimeframeError;
use super::{Context, Timeframe, parse};

/// When: text such as "last 7 days", "yesterday", "this month", "2026-W46", "since 1 June" or
/// "2026-03-01 to 2026-03-31", or an object with `start` and `end`.
///
/// Days begin at midnight in the time zone in use; an end that is a day or longer is included. "last 7 days" is the 7
/// full days before today, plus today until now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TimeframeInput {
    /// Text such as "last 7 days", "this month", "2026-03", "since 1 June", "2026-03-01 to 2026-03-31" or an
    /// ISO 8601 interval.
    Text(String),
    /// A start, an end, or both.
    Bounds(Bounds),
}

/// A start, an end, or both: a date (2026-03-01), a month (2026-03), or a time (2026-03-01T09:30:00Z; without offset
/// it is local). Without start: from the beginning; without end: until now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Where it starts: 2026-03-01, 2026-03, or 2026-03-01T09:30:00Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Where it ends: a date or month is included, a time is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Older name of `start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<String>,
    /// Older name of `end`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// Instead of the others, text such as today, yesterday, last_7_days, last_30_days, last_90_days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<String>,
}

/// Short, since it is an argument of many tools, and without the older names, which are understood all the same.
impl JsonSchema for TimeframeInput {
    fn schema_name() -> Cow<'static, str> {
        "Timeframe".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string" },
                { "type": "object", "properties": { "start": { "type": "string" }, "end": { "type": "string" } } }
            ],
        "examples": ["last 7 days", { "start": "2026-03" }]
        })
    }
}

impl TimeframeInput {
    /// What is meant, in a zone and at a time.
    pub fn resolve(&self, zone: Tz, now: DateTime<Utc>) -> Result<Timeframe, TimeframeError> {
        match self {
            Self::Text(text) => Timeframe::parse(text, zone, now),
            Self::Bounds(bounds) => bounds.resolve(Context { zone, now }),
        }
    }
}

impl Bounds {
    fn resolve(&self, context: Context) -> Result<Timeframe, TimeframeError> {
        let start = one_of(("start", &self.start), ("start_date", &self.start_date))?;
        let end = one_of(("end", &self.end), ("end_date", &self.end_date))?;
        match (self.relative.as_deref(), start.or(end)) {
            (Some(_), Some((other, _))) => Err(TimeframeError::Conflict { one: "relative", other }),
            (Some(text), None) => parse::text(text, context),
            (None, _) => parse::bounds(start.map(|(_, text)| text), end.map(|(_, text)| text), context),
        }
    }
}

type Field<'a> = (&'static str, &'a Option<String>);

fn one_of<'a>(new: Field<'a>, old: Field<'a>) -> Result<Option<(&'static str, &'a str)>, TimeframeError> {
    let given = |(name, text): Field<'a>| text.as_deref().map(|text| (name, text));
    match (given(new), given(old)) {
        (Some((one, _)), Some((other, _))) => Err(TimeframeError::Conflict { one, other }),
        (new, old) => Ok(new.or(old)),
    }
}

impl<'de> Deserialize<'de> for TimeframeInput {
    /// By hand, since an error within the object would otherwise only say that neither form fits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrObject)
    }
}

struct TextOrObject;

impl<'de> Visitor<'de> for TextOrObject {
    type Value = TimeframeInput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a timeframe: text such as \"last 7 days\", or an object with start and end")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<TimeframeInput, E> {
        Ok(TimeframeInput::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TimeframeInput, A::Error> {
        Bounds::deserialize(MapAccessDeserializer::new(map)).map(TimeframeInput::Bounds)
    }
}
