//! How fresh and how complete an answer is: said with every answer, from what is held rather than from what the last
//! sync happened to do.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::error::ToolError;
use super::timeframe::Timeframe;
use crate::lake::State;
use crate::sync::{Coverage, Span, SyncState};

/// How fresh and complete the data of a timeframe is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Freshness {
    /// The moment everything in the timeframe is known for (UTC); none if some of it never was.
    pub data_as_of: Option<DateTime<Utc>>,
    /// How much of the timeframe is held.
    pub coverage: Covered,
    /// How much of the timeframe, in seconds, has passed since then: what happened in it is not known.
    pub behind_seconds: i64,
    /// Conversations, of any time, whose messages are not held yet: their times come from Intercom's statistics.
    pub conversations_without_messages_count: u64,
}

/// The age of data that older clients took for fresh.
const BEHIND_SECONDS: i64 = 3_600;

/// How much of a timeframe is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Covered {
    /// Every conversation that began in it, up to the last sync.
    Complete,
    /// Some stretches of it were never listed.
    Partial,
    /// Nothing of it was ever listed.
    None,
}

impl Freshness {
    /// Of a timeframe, as of what the lake's state says.
    pub(crate) fn of(state: &State, timeframe: &Timeframe, now: DateTime<Utc>) -> Result<Self, ToolError> {
        let sync = SyncState::from_value(&state.sync).map_err(ToolError::State)?;
        let from = timeframe.start.map_or(i64::MIN, |start| start.timestamp());
        // What has not happened yet cannot be held: the last sync is as far as it goes.
        let last = sync.coverage.spans().iter().map(|span| span.as_of_seconds).max();
        let to = last.map_or(timeframe.end.timestamp(), |last| timeframe.end.timestamp().min(last));
        let coverage = covered(&sync.coverage, from, to);
        let as_of = sync.coverage.as_of(from, to);
        let behind = as_of.map_or(0, |as_of| timeframe.end.min(now).timestamp() - as_of);
        Ok(Self {
            behind_seconds: behind.max(0),
            data_as_of: as_of.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
            coverage,
            conversations_without_messages_count: state.without_thread(),
        })
    }

    /// Whether data that is so many seconds behind is spoken of as before, the number itself apart.
    pub(crate) fn is_told_alike(before: i64, behind_seconds: i64) -> bool {
        let told = |seconds: i64| (seconds > BEHIND_SECONDS, seconds / 3_600);
        told(before) == told(behind_seconds)
    }

    /// Whether so much of the timeframe is not known yet that whoever reads an answer has to be told.
    pub fn is_behind(&self) -> bool {
        self.behind_seconds > BEHIND_SECONDS
    }

    /// What to tell them.
    pub(super) fn note(&self) -> Option<String> {
        let as_of = self.data_as_of.filter(|_| self.is_behind())?.format("%Y-%m-%d %H:%M UTC");
        let hours = self.behind_seconds / 3_600;
        Some(format!(
            "The data is as of {as_of}: what happened in the last {hours} h of this period is not in it."
        ))
    }
}

/// How much of a stretch of seconds is covered.
fn covered(coverage: &Coverage, from: i64, to: i64) -> Covered {
    let is_touched =
        |span: &Span| span.to_seconds > from && span.from_seconds < to.max(from.saturating_add(1));
    match coverage.spans().iter().any(is_touched) {
        true if coverage.gaps(from, to).is_empty() => Covered::Complete,
        true => Covered::Partial,
        false => Covered::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_covered_in_whole_in_part_or_not_at_all() {
        let mut held = Coverage::default();
        for (from_seconds, to_seconds) in [(0, 20), (30, 40)] {
            held.add(Span { from_seconds, to_seconds, as_of_seconds: 100 });
        }
        let stretches = [(0, 20), (2, 8), (5, 5), (5, 35), (35, 45), (22, 28), (22, 22)];
        use Covered::{Complete, None, Partial};
        let expected = [Complete, Complete, Complete, Partial, Partial, None, None];
        assert_eq!(stretches.map(|(from, to)| covered(&held, from, to)), expected);
        assert_eq!(covered(&Coverage::default(), 0, 1), None);
    }
}
