//! Figures of all that a search finds, through the same questions that `analyze` answers.

use super::params::{Aggregation, SearchParams};
use super::request::Request;
use crate::tools::analyze::AnalyzeParams;
use crate::tools::timeframe::{Bounds, TimeframeInput};
use crate::tools::{Clock, ToolError};

/// Older names of metrics.
const OLDER: &[(&str, &str)] =
    &[("count", "conversations"), ("avg_response_time", "first_response_seconds:avg")];

/// The question for the figures.
pub(super) fn question(
    params: &SearchParams,
    request: &Request,
    aggregation: &Aggregation,
) -> Result<AnalyzeParams, ToolError> {
    let by = match request.by.clock() {
        Some(clock) => clock,
        None if request.timeframe.is_none() => Clock::Created,
        None => {
            return Err(ToolError::Refused(
                "figures are of conversations created or closed in a period: aggregate by one of these, not updated"
                    .to_owned(),
            ));
        }
    };
    let newer = |name: &String| {
        let newer = OLDER.iter().find(|(older, _)| older == name);
        newer.map_or_else(|| name.clone(), |(_, newer)| (*newer).to_owned())
    };
    let mut filters = request.filters.clone();
    let words = [Some(request.query.clone()), filters.query.take()].into_iter().flatten();
    let words: Vec<String> = words.filter(|words| !words.trim().is_empty()).collect();
    filters.query = match &words[..] {
        [] => None,
        [words] => Some(words.clone()),
        both => Some(both.iter().map(|words| format!("({words})")).collect::<Vec<_>>().join(" ")),
    };
    // The moments of the period as understood, so that both answers are of the same.
    let timeframe = request.timeframe.as_ref().map(|timeframe| {
        TimeframeInput::Bounds(Bounds {
            start: timeframe.start.map(|start| start.to_rfc3339()),
            end: Some(timeframe.end.to_rfc3339()),
            ..Bounds::default()
        })
    });
    Ok(AnalyzeParams {
        metrics: aggregation.metrics.iter().map(newer).collect(),
        group_by: aggregation.group_by.clone(),
        filters,
        timeframe,
        by,
        timezone: params.timezone.clone(),
        ..AnalyzeParams::default()
    })
}
