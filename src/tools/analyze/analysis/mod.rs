//! Whole analyses under one name, as the older specification has them: figures chosen for a purpose, and what figures
//! alone cannot tell.

mod satisfaction;
mod sentiment;
mod topics;

use arrow::array::{Array, TimestampMicrosecondArray};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use satisfaction::{RatingCount, Remark, Remarks};
pub use sentiment::{LanguageCount, Tones};
pub use topics::{DistinctiveWord, DistinctiveWords, Example};

use super::answer::Group;
use super::question::{AnalyzeParams, Question};
use super::sql::Sql;
use super::{Analyst, Subject};
use crate::tools::error::ToolError;
use topics::Compared;

/// What is to be looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisType {
    /// How quickly and how completely customers are answered.
    PerformanceMetrics,
    /// How customers rate, and what they write with it.
    CustomerSatisfaction,
    /// What customers write about, and how that changes.
    TopicAnalysis,
    /// The tone of what customers write, beside their ratings.
    SentimentTrends,
}

/// What an analysis tells beside the figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Analysis {
    /// How many conversations have each rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratings: Option<Vec<RatingCount>>,
    /// What customers wrote with their ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Remarks>,
    /// The same figures by the topics Intercom recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Group>>,
    /// Words customers used more in this period than else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distinctive_words: Option<DistinctiveWords>,
    /// How the tone was told, and of what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tones: Option<Tones>,
}

impl AnalysisType {
    /// The metrics it looks at.
    fn metrics(self) -> &'static [&'static str] {
        match self {
            Self::PerformanceMetrics => &[
                "conversations",
                "first_response_seconds:p50,p90",
                "response_rate",
                "median_reply_seconds",
                "resolution_seconds:p50,p90",
                "resolution_rate",
                "first_contact_resolution_rate",
                "reopen_rate",
                "unanswered_conversations",
            ],
            Self::CustomerSatisfaction => {
                &["csat", "rating:avg", "rating_response_rate", "rated_conversations"]
            }
            Self::TopicAnalysis => &[
                "conversations",
                "first_response_seconds:p50",
                "resolution_rate",
                "csat",
                "fin_resolution_rate",
            ],
            Self::SentimentTrends => &[
                "sentiment:avg",
                "negative_sentiment_rate",
                "positive_sentiment_rate",
                "sentiment_coverage_rate",
                "rating:avg",
                "csat",
            ],
        }
    }

    /// What it is grouped by if nobody says.
    fn group_by(self) -> &'static [&'static str] {
        match self {
            Self::PerformanceMetrics => &["team"],
            Self::CustomerSatisfaction => &["assignee"],
            Self::TopicAnalysis => &["tag"],
            Self::SentimentTrends => &["week"],
        }
    }

    /// Whether what changes is what it is looked at for.
    pub(super) fn compares(self) -> bool {
        self == Self::TopicAnalysis
    }

    /// The question it is, with whatever was said of it.
    pub(super) fn fill(self, params: &AnalyzeParams) -> AnalyzeParams {
        let mut params = params.clone();
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        if params.metrics.is_empty() {
            params.metrics = texts(self.metrics());
        }
        if params.group_by.is_empty() {
            params.group_by = texts(self.group_by());
        }
        params
    }
}

/// What an analysis tells beside the figures of its question.
pub(super) fn beside(
    analysis: AnalysisType,
    analyst: &Analyst<'_>,
    question: &Question,
    subject: &Subject<'_>,
) -> Result<Analysis, ToolError> {
    let (engine, options) = (analyst.engine, &analyst.options);
    let sql = subject.sql(question, &question.timeframe);
    let meant = sql.meant();
    let ratings = || satisfaction::ratings(engine, options, &meant);
    let remarks = || satisfaction::remarks(engine, options, &meant, subject.directory);
    let mut beside = Analysis::default();
    match analysis {
        AnalysisType::PerformanceMetrics => {}
        AnalysisType::CustomerSatisfaction => {
            beside.ratings = Some(ratings()?);
            beside.remarks = Some(remarks()?);
        }
        AnalysisType::SentimentTrends => {
            beside.tones = Some(sentiment::tones(engine, options, &meant, &sql.earliest_message())?);
            beside.ratings = Some(ratings()?);
            beside.remarks = Some(remarks()?);
        }
        AnalysisType::TopicAnalysis => {
            beside.topics = Some(analyst.groups_by("topic", question, subject)?);
            let rest = rest(question, subject, &sql);
            beside.distinctive_words = Some(match rest {
                Some((rest, rest_words)) => topics::distinctive_words(
                    engine,
                    options,
                    &Compared { meant: &meant, rest: &rest, rest_words: &rest_words },
                )?,
                None => topics::DistinctiveWords {
                    definition:
                        "Distinctive words compare a period with the rest: give a timeframe, such as last \
                                 30 days."
                            .to_owned(),
                    ..topics::DistinctiveWords::default()
                },
            });
        }
    }
    Ok(beside)
}

/// A time in a row of an answer.
fn moment(times: &TimestampMicrosecondArray, row: usize) -> Option<DateTime<Utc>> {
    (!times.is_null(row)).then(|| DateTime::from_timestamp_micros(times.value(row))).flatten()
}

/// The conversations a period is compared with, as a condition and in words: of the period asked for, else all others.
fn rest(question: &Question, subject: &Subject<'_>, sql: &Sql<'_>) -> Option<(String, String)> {
    if let Some(previous) = question.previous.as_ref().filter(|_| question.is_comparison_asked_for) {
        return Some((subject.sql(question, previous).meant(), previous.to_string()));
    }
    question.timeframe.start?;
    Some((sql.meant_at_other_times(), "all other conversations".to_owned()))
}
