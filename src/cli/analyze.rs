//! The arguments of `fi analyze`, and the question they mean.

use clap::{Args, ValueEnum};

use super::selection::{FilterArgs, PeriodArgs};
use crate::tools::analyze::{AnalysisType, AnalyzeParams};
use crate::tools::timeframe::TimeframeInput;

/// Count and measure over all conversations of a period
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "`fi help metrics` shows every metric and dimension with its definition.\n\nWith --json it prints one document: period, compared_with, metrics, group_by, total, groups, other, \
                        group_count, is_truncated, analysis, freshness, notes; with --list metrics (name, unit, \
                        aggregates, definition) and dimensions.\n\nExamples:\n  fi analyze --by week --since \"last 90 days\"\n  \
                        fi analyze --by team --metric first_response_seconds:p50,p90 --metric response_rate\n  \
                        fi analyze --by weekday --by hour_of_day --tz Europe/Berlin\n  \
                        fi analyze --metric csat --by assignee --timeframe \"last month\" --compare previous\n  \
                        fi analyze --analysis topics --since \"last 30 days\"\n  \
                        fi analyze --by tag --team Support --csv"
)]
pub struct AnalyzeArgs {
    /// A whole analysis: it chooses metrics and groups unless told, and tells more than figures
    #[arg(short, long, value_enum, value_name = "TYPE")]
    pub analysis: Option<AnalysisArg>,
    /// Measure this; can be given several times, such as first_response_seconds:p50,p90 [default: conversations]
    #[arg(short, long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,
    /// Group by this; up to three times, such as week, team, tag, attribute:Plan
    #[arg(short, long = "by", value_name = "DIMENSION")]
    pub by: Vec<String>,
    /// Which period.
    #[command(flatten)]
    pub period: PeriodArgs,
    /// Compare with the period before (previous) or with another one
    #[arg(long, value_name = "TIMEFRAME")]
    pub compare: Option<String>,
    /// Order groups by this metric or dimension
    #[arg(long, value_name = "NAME")]
    pub order: Option<String>,
    /// From least to most
    #[arg(long)]
    pub ascending: bool,
    /// Show at most N groups, and the rest as one [default: 50]
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
    /// Which conversations count.
    #[command(flatten)]
    pub filters: FilterArgs,
    /// Write comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Draw no chart
    #[arg(long)]
    pub no_chart: bool,
    /// Show what can be measured and grouped by
    #[arg(long)]
    pub list: bool,
}

/// What is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnalysisArg {
    /// How quickly and completely customers are answered.
    #[value(alias = "performance_metrics")]
    Performance,
    /// How customers rate, and what they write with it.
    #[value(alias = "customer_satisfaction")]
    Satisfaction,
    /// What customers write about, and how that changes.
    #[value(alias = "topic_analysis")]
    Topics,
    /// The tone of what customers write, beside their ratings.
    #[value(alias = "sentiment_trends")]
    Sentiment,
}

impl AnalysisArg {
    fn meaning(self) -> AnalysisType {
        match self {
            Self::Performance => AnalysisType::PerformanceMetrics,
            Self::Satisfaction => AnalysisType::CustomerSatisfaction,
            Self::Topics => AnalysisType::TopicAnalysis,
            Self::Sentiment => AnalysisType::SentimentTrends,
        }
    }
}

impl AnalyzeArgs {
    /// The question.
    pub fn question(&self) -> AnalyzeParams {
        AnalyzeParams {
            analysis_type: self.analysis.map(AnalysisArg::meaning),
            metrics: self.metrics.clone(),
            group_by: self.by.clone(),
            filters: self.filters.meaning(),
            timeframe: self.period.when.timeframe(),
            by: self.period.clock(),
            timezone: self.period.when.tz.clone(),
            compare_to: self.compare.clone().map(TimeframeInput::Text),
            order_by: self.order.clone(),
            ascending: self.ascending.then_some(true),
            limit: self.limit,
        }
    }
}
