//! What there is to ask with SQL: the views, what a row and a column of them is, and questions to begin with.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::freshness::Freshness;
use super::lenient::one_or_more;
use super::timeframe::Timeframe;
use crate::engine::{Engine, Example, VIEWS, View, examples, view};
use crate::lake::State;
use crate::model::Class;

/// Views whose columns are told at once.
const MOST_VIEWS: usize = 5;

/// What is to be described.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DescribeParams {
    /// Views whose columns are wanted, at most 5; none lists all views.
    #[serde(alias = "view", deserialize_with = "one_or_more")]
    pub views: Vec<String>,
}

/// What there is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DescribeAnswer {
    /// The views; with columns if they were asked for by name.
    pub views: Vec<DescribedView>,
    /// Questions in SQL.
    pub examples: Vec<DescribedExample>,
    /// How this SQL differs from what one may expect.
    pub dialect: Vec<&'static str>,
    /// How fresh and complete the data is.
    pub freshness: Freshness,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DescribedView {
    /// Its name.
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// Rows of it, if it is a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_count: Option<u64>,
    /// Questions it answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<&'static str>,
    /// Its columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<DescribedColumn>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DescribedColumn {
    /// Its name.
    pub name: String,
    /// Its DuckDB type.
    #[serde(rename = "type")]
    pub sql_type: String,
    /// What it means.
    pub description: String,
    /// Whether it says something about a person.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_personal: bool,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DescribedExample {
    /// In words.
    pub question: &'static str,
    /// In SQL.
    pub sql: &'static str,
}

/// What is worth knowing before writing SQL here.
const DIALECT: &[&str] = &[
    "DuckDB SQL, one SELECT at a time; WITH, window functions, QUALIFY, GROUP BY ALL and unnest work. Nothing can be \
     written, and no files can be read.",
    "Times are TIMESTAMP in UTC. now() and current_date are UTC; to_local(created_at, 'Europe/Berlin') gives local \
     time, created_at AT TIME ZONE works too.",
    "search('refund -shipping') is a table of conversation_id and score: JOIN it USING (conversation_id).",
    "tags is a list of structs: FROM conversations, unnest(tags) AS tagged(tag) gives a row for each, with tag.name.",
    "custom_attributes is JSON text: json_extract_string(custom_attributes, '$.Plan').",
    "conversation_metrics has a row for each conversation with response times, closes, ratings and flags; for counts \
     and medians by day, team or tag start there.",
];

/// Describes what can be asked.
///
/// # Errors
/// When a view is named that is not there: the error says which are.
pub fn describe(
    engine: &Engine,
    params: &DescribeParams,
    now: DateTime<Utc>,
) -> Result<DescribeAnswer, ToolError> {
    let state = engine.state()?;
    if params.views.len() > MOST_VIEWS {
        return Err(ToolError::Refused(format!(
            "at most {MOST_VIEWS} views can be described at once, not {}",
            params.views.len()
        )));
    }
    let views = params.views.iter().map(|name| named(name)).collect::<Result<Vec<_>, _>>()?;
    let is_meant = |example: &Example| views.iter().any(|view| view.name == example.view);
    let (shown, examples): (Vec<_>, Vec<_>) = match views.is_empty() {
        true => (
            VIEWS.iter().map(|view| outline(view, &state)).collect(),
            examples().filter(|example| example.view == "conversation_metrics").collect(),
        ),
        false => {
            (views.iter().map(|view| whole(view, &state)).collect(), examples().filter(is_meant).collect())
        }
    };
    Ok(DescribeAnswer {
        views: shown,
        examples: examples
            .into_iter()
            .map(|example| DescribedExample { question: example.question, sql: example.sql })
            .collect(),
        dialect: DIALECT.to_vec(),
        freshness: Freshness::of(&state, &Timeframe::parse("all time", Tz::UTC, now)?, now)?,
    })
}

fn named(name: &str) -> Result<&'static View, ToolError> {
    view(name.trim()).ok_or_else(|| ToolError::unknown("view", name, VIEWS.iter().map(|view| view.name)))
}

fn outline(view: &'static View, state: &State) -> DescribedView {
    DescribedView {
        name: view.name,
        row: view.grain(),
        row_count: view.table().map(|table| state.rows_of(table.name)),
        questions: view.questions().collect(),
        columns: Vec::new(),
    }
}

fn whole(view: &'static View, state: &State) -> DescribedView {
    let columns = view.columns(state.partitioning).into_iter().map(|column| DescribedColumn {
        name: column.name,
        sql_type: column.sql_type,
        description: column.description,
        is_personal: column.class != Class::Public,
    });
    DescribedView { columns: columns.collect(), ..outline(view, state) }
}
