//! `check_coverage`: whether all conversations of a period are held, told from what is covered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::gap::{Gap, Why, gaps};
use super::holdings::{Held, Holdings};
use super::moment::Moment;
use super::timeframe::{Timeframe, TimeframeInput};

/// A period: `timeframe`, or `start_date` and `end_date`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoverageParams {
    /// Text such as "last 7 days", or an object with start and end.
    #[serde(alias = "time_filter")]
    pub timeframe: Option<TimeframeInput>,
    /// Where it starts: 2026-03-01, or 2026-03-01T09:30:00Z.
    pub start_date: Option<String>,
    /// Where it ends: a date is included, a time is not; until now without it.
    pub end_date: Option<String>,
}

/// How much of a period is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CoverageAnswer {
    /// Whether all conversations that began in it are, up to the last sync.
    pub has_coverage: bool,
    /// Whether some are, and not all.
    pub partial_coverage: bool,
    /// What is missing, as pairs of start and end (UTC).
    pub coverage_gaps: Vec<(Option<Moment>, Moment)>,
    /// The same with the reasons.
    pub gaps: Vec<Gap>,
    /// Everything in the period is known as of then (UTC); none where something is missing.
    pub data_as_of: Option<Moment>,
    /// From when to when anything is held (UTC).
    pub cached_range: Option<CachedRange>,
    /// Minutes since the last sync.
    pub data_age_minutes: Option<i64>,
    /// In words.
    pub reason: String,
    /// The period, as it was understood.
    pub period: String,
}

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CachedRange {
    /// The first moment (UTC).
    pub start: Option<Moment>,
    /// The first moment after it (UTC).
    pub end: Option<Moment>,
}

impl Holdings<'_> {
    /// Whether a period is held.
    ///
    /// # Errors
    /// When the period makes no sense, or the lake's state cannot be read.
    pub fn coverage(&self, params: &CoverageParams) -> Result<CoverageAnswer, ToolError> {
        let period = self.period(params)?;
        let held = self.held()?;
        let known_at = held.sync.coverage.known_at();
        let (from, to) = self.bounds(&period, &held);
        let missing = gaps(&held.sync, from, to);
        let has_coverage = missing.is_empty() && known_at.is_some();
        let touched = held.sync.coverage.spans().iter();
        let is_touched = touched.clone().any(|span| span.from_seconds < to && span.to_seconds > from);
        let as_of = held.sync.coverage.as_of(from, to).or(known_at).filter(|_| has_coverage);
        Ok(CoverageAnswer {
            has_coverage,
            partial_coverage: !has_coverage && is_touched,
            coverage_gaps: missing.iter().map(|gap| (gap.start, gap.end)).collect(),
            data_as_of: as_of.and_then(Moment::from_seconds),
            cached_range: cached_range(&held),
            data_age_minutes: known_at.map(|at| self.minutes_since(at)),
            reason: reason(&missing, as_of, &held),
            gaps: missing,
            period: period.words().to_owned(),
        })
    }

    fn period(&self, params: &CoverageParams) -> Result<Timeframe, ToolError> {
        let CoverageParams { timeframe, start_date, end_date } = params;
        match (timeframe, start_date.as_deref(), end_date.as_deref()) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(ToolError::Refused("give timeframe, or start_date and end_date, and not both".to_owned()))
            }
            (Some(timeframe), None, None) => Ok(timeframe.resolve(self.zone, self.now)?),
            (None, None, None) => Err(ToolError::Refused(
                "which period? Give timeframe, such as \"last 7 days\", or start_date and end_date, such as 2026-03-01 \
                 and 2026-03-31"
                    .to_owned(),
            )),
            (None, start, end) => Ok(Timeframe::between(start, end, self.zone, self.now)?),
        }
    }

    /// The seconds that matter: what has not happened yet cannot be missing, and what happened since a sync that is
    /// recent enough is not counted as missing.
    fn bounds(&self, period: &Timeframe, held: &Held) -> (i64, i64) {
        let from = period.start.map_or(i64::MIN, |start| start.timestamp());
        let now = self.now.timestamp();
        let to = period.end.timestamp().min(now);
        let last = held.sync.coverage.spans().last().map(|span| span.to_seconds);
        let is_recent = |last: &i64| now - last <= self.staleness_seconds();
        let to = last.filter(is_recent).map_or(to, |last| to.min(last));
        (from, to.max(from))
    }
}

fn cached_range(held: &Held) -> Option<CachedRange> {
    let (start, end) = (held.coverage_start(), held.coverage_end());
    end.is_some().then_some(CachedRange { start, end })
}

fn reason(missing: &[Gap], as_of: Option<i64>, held: &Held) -> String {
    if held.sync.coverage.is_empty() {
        return "Nothing was synced yet.".to_owned();
    }
    let as_of = as_of.and_then(Moment::from_seconds);
    let Some(first) = missing.first() else {
        return as_of.map_or_else(String::new, |at| format!("Full coverage, as of {at}."));
    };
    let start = first.start.map_or_else(|| "the beginning".to_owned(), |start| start.to_string());
    let more = match missing.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let why: Why = first.why;
    format!("Missing: {start} to {}, {}{more}.", first.end, why.words())
}
