//! How fresh and how complete an answer is: said with every answer, from what is held rather than from what the last
//! sync happened to do.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::error::ToolError;
use super::timeframe::Timeframe;
use crate::lake::State;
use crate::sync::{Span, SyncState};

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
        let (covered, as_of) = covered(sync.coverage.spans(), from, to);
        let behind = as_of.map_or(0, |as_of| timeframe.end.min(now).timestamp() - as_of);
        Ok(Self {
            behind_seconds: behind.max(0),
            data_as_of: as_of.and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
            coverage: covered,
            conversations_without_messages_count: state.without_thread(),
        })
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

/// How much of a stretch of seconds the spans cover, and the oldest knowledge among them if it is all.
fn covered(spans: &[Span], from: i64, to: i64) -> (Covered, Option<i64>) {
    let mut at = from;
    let mut as_of: Option<i64> = None;
    let mut touched = false;
    for span in spans.iter().filter(|span| span.to_seconds > from && span.from_seconds < to.max(from + 1)) {
        touched = true;
        if span.from_seconds > at {
            return (Covered::Partial, None);
        }
        at = span.to_seconds;
        as_of = Some(as_of.map_or(span.as_of_seconds, |oldest| oldest.min(span.as_of_seconds)));
    }
    match (touched, at >= to) {
        (true, true) => (Covered::Complete, as_of),
        (true, false) => (Covered::Partial, None),
        (false, _) => (Covered::None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from_seconds: i64, to_seconds: i64, as_of_seconds: i64) -> Span {
        Span { from_seconds, to_seconds, as_of_seconds }
    }

    #[test]
    fn a_stretch_is_as_fresh_as_its_oldest_part() {
        let spans = [span(0, 10, 100), span(10, 20, 50), span(30, 40, 100)];
        assert_eq!(covered(&spans, 0, 20), (Covered::Complete, Some(50)));
        assert_eq!(covered(&spans, 2, 8), (Covered::Complete, Some(100)));
        assert_eq!(covered(&spans, 5, 35), (Covered::Partial, None));
        assert_eq!(covered(&spans, 35, 45), (Covered::Partial, None));
        assert_eq!(covered(&spans, 22, 28), (Covered::None, None));
        assert_eq!(covered(&[], 0, 1), (Covered::None, None));
    }
}
