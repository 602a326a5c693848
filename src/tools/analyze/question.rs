//! What is asked: parameters as they come, and what they mean.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::analysis::AnalysisType;
use super::dimension::By;
use super::metric::Asked;
use crate::tools::clock::Clock;
use crate::tools::error::ToolError;
use crate::tools::filter::Filters;
use crate::tools::lenient::one_or_more;
use crate::tools::timeframe::{Timeframe, TimeframeInput};
use crate::tools::zone::named_zone;

/// Groups returned if nobody says how many: of people and things, and of stretches of time, which nobody wants cut.
const GROUPS: usize = 50;
const TIME_GROUPS: usize = 1_000;
/// Groups returned at most.
const MOST_GROUPS: usize = 10_000;
/// Metrics and dimensions of one question at most.
const MOST_METRICS: usize = 20;
const MOST_DIMENSIONS: usize = 3;

/// A question for figures over all conversations of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnalyzeParams {
    /// A ready analysis: it chooses metrics and groups where none are given, and tells more than figures.
    pub analysis_type: Option<AnalysisType>,
    /// What to measure, such as conversations, first_response_seconds:p50,p90, resolution_rate, csat.
    #[serde(deserialize_with = "one_or_more")]
    pub metrics: Vec<String>,
    /// What to group by, such as week, team, assignee, tag, attribute:Plan; none gives the total alone.
    #[serde(alias = "dimensions", deserialize_with = "one_or_more")]
    pub group_by: Vec<String>,
    /// Which conversations count.
    pub filters: Filters,
    /// Of which period; without it all that is held.
    pub timeframe: Option<TimeframeInput>,
    /// Which of their times lies in the period; closed is the last close.
    pub by: Clock,
    /// The time zone of days and hours, such as Europe/Berlin; without it the workspace's.
    pub timezone: Option<String>,
    /// Also measure another period: `previous`, or a timeframe.
    pub compare_to: Option<TimeframeInput>,
    /// A metric or dimension to order groups by; else time forward, others by size.
    pub order_by: Option<String>,
    /// Whether the order is from least to most.
    pub ascending: Option<bool>,
    /// Groups at most, 50 without it (1,000 of stretches of time); the rest comes as one group, other.
    pub limit: Option<usize>,
}

/// What the parameters mean.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) analysis_type: Option<AnalysisType>,
    pub(super) metrics: Vec<Asked>,
    pub(super) group_by: Vec<By>,
    pub(super) filters: Filters,
    pub(super) timeframe: Timeframe,
    pub(super) previous: Option<Timeframe>,
    /// Whether that period was named, rather than chosen by the analysis.
    pub(super) is_comparison_asked_for: bool,
    pub(super) clock: Clock,
    pub(super) order: Order,
    pub(super) limit: usize,
}

/// How groups are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) by: OrderBy,
    pub(super) is_ascending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderBy {
    /// Stretches of time and other groups by their names.
    Groups,
    /// The conversations of a group.
    Size,
    /// The first value of the metric in this place.
    Metric(usize),
}

impl Question {
    pub(super) fn read(params: &AnalyzeParams, zone: Tz, now: DateTime<Utc>) -> Result<Self, ToolError> {
        let filled = params.analysis_type.map(|analysis| analysis.fill(params));
        let params = filled.as_ref().unwrap_or(params);
        let zone = match params.timezone.as_deref() {
            Some(name) => named_zone(name)?,
            None => zone,
        };
        let metrics = match params.metrics.is_empty() {
            true => vec![Asked::parse("conversations")?],
            false => Asked::parse_all(&params.metrics)?,
        };
        let group_by = By::parse_all(&params.group_by)?;
        check(&metrics, &group_by)?;
        let all = TimeframeInput::Text("all time".to_owned());
        let timeframe = params.timeframe.as_ref().unwrap_or(&all).resolve(zone, now)?;
        let previous = match &params.compare_to {
            Some(TimeframeInput::Text(text)) if text.trim().eq_ignore_ascii_case("previous") => {
                Some(timeframe.previous().ok_or_else(|| {
                    ToolError::Refused(
                        "nothing comes before all time: give a timeframe with a start, such as last 30 days"
                            .to_owned(),
                    )
                })?)
            }
            Some(other) => Some(other.resolve(zone, now)?),
            None if params.analysis_type.is_some_and(AnalysisType::compares) => timeframe.previous(),
            None => None,
        };
        let order = order(params, &metrics, &group_by)?;
        let limit = match params.limit {
            Some(limit) if !(1..=MOST_GROUPS).contains(&limit) => {
                return Err(ToolError::Refused(format!("limit is from 1 to {MOST_GROUPS}, not {limit}")));
            }
            limit => limit.unwrap_or(match group_by.iter().all(By::is_time) {
                true => TIME_GROUPS,
                false => GROUPS,
            }),
        };
        Ok(Self {
            analysis_type: params.analysis_type,
            metrics,
            group_by,
            filters: params.filters.clone(),
            timeframe,
            previous,
            is_comparison_asked_for: params.compare_to.is_some(),
            clock: params.by,
            order,
            limit,
        })
    }

    /// The same question by one other dimension, the largest groups first.
    pub(super) fn by(&self, dimension: &str) -> Result<Self, ToolError> {
        let order = Order { by: OrderBy::Size, is_ascending: false };
        Ok(Self { group_by: vec![By::parse(dimension)?], order, ..self.clone() })
    }
}

fn check(metrics: &[Asked], group_by: &[By]) -> Result<(), ToolError> {
    let refused = |text: String| Err(ToolError::Refused(text));
    if metrics.len() > MOST_METRICS {
        return refused(format!(
            "{} metrics are too many; ask for at most {MOST_METRICS} at once",
            metrics.len()
        ));
    }
    if group_by.len() > MOST_DIMENSIONS {
        return refused(format!("group by at most {MOST_DIMENSIONS} things at once, not {}", group_by.len()));
    }
    if group_by.iter().filter(|by| by.bucket().is_some()).count() > 1 {
        return refused(
            "group by one stretch of time only: hour, day, week, month, quarter or year".to_owned(),
        );
    }
    for (place, by) in group_by.iter().enumerate() {
        if group_by[..place].iter().any(|other| other.name == by.name) {
            return refused(format!("{} is there twice in group_by", by.name));
        }
    }
    for (place, asked) in metrics.iter().enumerate() {
        if metrics[..place].iter().any(|other| other.metric.name == asked.metric.name) {
            let name = asked.metric.name;
            return refused(format!(
                "{name} is there twice; several figures of it go together: {name}:p50,p90"
            ));
        }
    }
    Ok(())
}

fn order(params: &AnalyzeParams, metrics: &[Asked], group_by: &[By]) -> Result<Order, ToolError> {
    let by = match params.order_by.as_deref().map(str::trim) {
        None if group_by.first().is_some_and(By::is_time) => OrderBy::Groups,
        None => OrderBy::Size,
        Some(name) => match metrics.iter().position(|asked| asked.metric.name == name) {
            Some(place) => OrderBy::Metric(place),
            None if group_by.iter().any(|by| by.name == name) => OrderBy::Groups,
            None => {
                let known = metrics.iter().map(|asked| asked.metric.name);
                let known = known.chain(group_by.iter().map(|by| by.name.as_str()));
                return Err(ToolError::unknown(
                    "metric or dimension of this question to order by",
                    name,
                    known,
                ));
            }
        },
    };
    Ok(Order { by, is_ascending: params.ascending.unwrap_or(by == OrderBy::Groups) })
}
