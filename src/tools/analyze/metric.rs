//! What can be measured: one ordered list, from which help, schemas, definitions in answers and SQL all come.
//!
//! Definitions are those of `conversation_metrics`; conditions and values here are expressions over its columns.

use crate::tools::ToolError;

/// A figure over a set of conversations.
#[derive(Debug)]
pub struct Metric {
    /// Its name, as in parameters and answers.
    pub name: &'static str,
    /// What it is, in one sentence that names what is counted, of what, and the clock.
    pub definition: &'static str,
    pub(super) measure: Measure,
}

/// How it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// How many conversations meet a condition.
    Count(&'static str),
    /// The sum of a column.
    Sum(&'static str),
    /// How many meet both conditions, of those that meet the second.
    Rate(&'static str, &'static str),
    /// How the values of a column are spread, those that are NULL left out.
    Spread(&'static str, Unit),
}

/// What the values of a spread are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Stars,
    Parts,
    Score,
}

impl Metric {
    /// What its values are: conversations, messages, share, seconds, stars, parts or score.
    pub fn unit(&self) -> &'static str {
        match self.measure {
            Count(_) => "conversations",
            Sum(_) => "messages",
            Rate(..) => "share",
            Spread(_, Unit::Seconds) => "seconds",
            Spread(_, Unit::Stars) => "stars",
            Spread(_, Unit::Parts) => "parts",
            Spread(_, Unit::Score) => "score",
        }
    }

    /// What can be told of it, such as p50; nothing where it is one figure.
    pub fn aggregates(&self) -> impl Iterator<Item = &'static str> {
        let told = if matches!(self.measure, Spread(..)) { AGGREGATES } else { &[] };
        told.iter().map(|aggregate| aggregate.name)
    }
}

macro_rules! metrics {
    ($($name:literal = $measure:expr, $definition:literal;)+) => {
        &[$(Metric { name: $name, definition: $definition, measure: $measure }),+]
    };
}

use Measure::{Count, Rate, Spread, Sum};

/// Every metric, in the order listings show them.
pub const METRICS: &[Metric] = metrics![
    "conversations" = Count("true"), "Conversations in the period.";
    "inbound_conversations" = Count("is_inbound"), "Conversations in which a customer wrote before any teammate did.";
    "outbound_conversations" = Count("NOT is_inbound"), "Conversations no customer began, or answered before a teammate wrote.";
    "open_conversations" = Count("NOT is_closed"), "Conversations that are open or snoozed now.";
    "closed_conversations" = Count("is_closed"), "Conversations that are closed now.";
    "replied_conversations" = Count("is_inbound AND first_teammate_reply_at IS NOT NULL"), "Inbound conversations with a teammate's reply; bots and notes do not count.";
    "unanswered_conversations" = Count("is_unanswered"), "Inbound conversations not closed now in which neither teammate nor bot replied after the customer's last message.";
    "reopened_conversations" = Count("was_reopened"), "Conversations a customer or teammate opened again after a close.";
    "rated_conversations" = Count("rating IS NOT NULL"), "Conversations with a rating.";
    "customer_messages" = Sum("customer_message_count"), "Messages by customers, opening messages included.";
    "teammate_replies" = Sum("teammate_reply_count"), "Messages to customers by teammates; notes do not count.";
    "bot_replies" = Sum("bot_reply_count"), "Messages to customers by bots.";
    "first_response_seconds" = Spread("CASE WHEN is_inbound THEN first_response_seconds END", Unit::Seconds), "Calendar time from the first customer message to the first teammate's reply, of inbound conversations; those without one are left out, so read response_rate beside it.";
    "first_any_response_seconds" = Spread("CASE WHEN is_inbound THEN first_any_response_seconds END", Unit::Seconds), "Calendar time from the first customer message to the first reply by a teammate or bot, of inbound conversations.";
    "first_response_office_hours_seconds" = Spread("CASE WHEN is_inbound THEN first_response_office_hours_seconds END", Unit::Seconds), "Intercom's time to the first teammate's reply, in the workspace's office hours, of inbound conversations.";
    "median_reply_seconds" = Spread("median_reply_seconds", Unit::Seconds), "Of each conversation, the median calendar time from the first unanswered customer message to the teammate's reply.";
    "time_to_first_close_seconds" = Spread("time_to_first_close_seconds", Unit::Seconds), "Calendar time from the first customer message (or the beginning) to the first close, snoozed time included.";
    "time_to_last_close_seconds" = Spread("time_to_last_close_seconds", Unit::Seconds), "Calendar time from the first customer message (or the beginning) to the last close, of conversations ever closed.";
    "resolution_seconds" = Spread("CASE WHEN is_inbound THEN resolution_seconds END", Unit::Seconds), "Calendar time from the first customer message to the last close, of inbound conversations closed now; read resolution_rate beside it.";
    "waiting_seconds" = Spread("CASE WHEN NOT is_closed THEN waiting_seconds END", Unit::Seconds), "How long customers of conversations not closed had been waiting for a teammate at the last sync.";
    "parts" = Spread("part_count", Unit::Parts), "Parts of each conversation, the opening message excluded.";
    "rating" = Spread("rating", Unit::Stars), "The customers' ratings, 1 to 5.";
    "response_rate" = Rate("first_teammate_reply_at IS NOT NULL", "is_inbound"), "Inbound conversations with a teammate's reply, of all inbound ones.";
    "resolution_rate" = Rate("is_closed", "is_inbound"), "Inbound conversations closed now, of all inbound ones.";
    "first_contact_resolution_rate" = Rate("is_resolved_on_first_contact", "is_closed AND is_resolved_on_first_contact IS NOT NULL"), "Conversations closed now, never reopened and with replies of at most one teammate, of those closed now whose messages are all held.";
    "reopen_rate" = Rate("was_reopened", "first_close_at IS NOT NULL"), "Conversations a customer or teammate opened again, of those ever closed.";
    "csat" = Rate("rating >= 4", "rating IS NOT NULL"), "Conversations rated 4 or 5, of those rated.";
    "rating_response_rate" = Rate("rating IS NOT NULL", "rating_requested_at IS NOT NULL"), "Conversations with a rating, of those in which one was asked for.";
    "fin_involvement_rate" = Rate("fin_involved", "true"), "Conversations Fin took part in, of all.";
    "fin_resolution_rate" = Rate("fin_resolved", "fin_involved"), "Conversations with an assumed or confirmed resolution by Fin, of those it took part in.";
    "automation_rate" = Rate("fin_involved AND fin_resolved", "true"), "Conversations with an assumed or confirmed resolution by Fin, of all.";
    "sentiment" = Spread("sentiment", Unit::Score), "Tone of what customers wrote, -1 (negative) to 1 (positive), by word lists: of each conversation the mean of its customer messages; conversations without a scored message are left out.";
    "negative_sentiment_rate" = Rate("sentiment <= -0.05", "sentiment IS NOT NULL"), "Conversations of negative tone (sentiment of -0.05 or less), of those with a scored message.";
    "positive_sentiment_rate" = Rate("sentiment >= 0.05", "sentiment IS NOT NULL"), "Conversations of positive tone (sentiment of 0.05 or more), of those with a scored message.";
    "sentiment_coverage_rate" = Rate("sentiment IS NOT NULL", "customer_message_count > 0"), "Conversations with a scored message, of those with messages by customers: the rest is too short, or in a language without a word list.";
    "sla_hit_rate" = Rate("sla_status = 'hit'", "sla_status IN ('hit', 'missed')"), "Conversations that kept their service level agreement, of those that kept or missed it; a miss shows only when a teammate next replies.";
];

/// Names that other tools and the older specification use.
const ALIASES: &[(&str, &str)] = &[
    ("count", "conversations"),
    ("volume", "conversations"),
    ("avg_response_time", "first_response_seconds:avg"),
    ("median_response_time", "first_response_seconds:p50"),
    ("first_response_time", "first_response_seconds"),
    ("resolution_time", "resolution_seconds"),
];

/// What is told of a spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Aggregate {
    pub(super) name: &'static str,
    sql: &'static str,
}

/// Everything that can be told of a spread; percentiles interpolate linearly.
pub(super) const AGGREGATES: &[Aggregate] = &[
    Aggregate { name: "p50", sql: "quantile_cont({}, 0.5)" },
    Aggregate { name: "p90", sql: "quantile_cont({}, 0.9)" },
    Aggregate { name: "avg", sql: "avg({})" },
    Aggregate { name: "min", sql: "min({})::DOUBLE" },
    Aggregate { name: "max", sql: "max({})::DOUBLE" },
    Aggregate { name: "p10", sql: "quantile_cont({}, 0.1)" },
    Aggregate { name: "p25", sql: "quantile_cont({}, 0.25)" },
    Aggregate { name: "p75", sql: "quantile_cont({}, 0.75)" },
    Aggregate { name: "p95", sql: "quantile_cont({}, 0.95)" },
    Aggregate { name: "p99", sql: "quantile_cont({}, 0.99)" },
];

/// A metric with what is to be told of it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) metric: &'static Metric,
    /// Of a spread: at least one; of others: none.
    pub(super) aggregates: Vec<&'static Aggregate>,
}

impl Asked {
    /// From texts, each of which may also be several metrics with commas between them: `csat,rating:avg,min`.
    pub(super) fn parse_all(texts: &[String]) -> Result<Vec<Self>, ToolError> {
        let mut all: Vec<String> = Vec::new();
        for text in texts {
            for (place, piece) in text.split(',').map(str::trim).enumerate() {
                let is_aggregate = AGGREGATES.iter().any(|aggregate| aggregate.name == piece);
                match all.last_mut() {
                    // No metric is called like an aggregate.
                    Some(metric)
                        if place > 0 && (is_aggregate || metric.contains(':') && !is_metric(piece)) =>
                    {
                        metric.push(',');
                        metric.push_str(piece);
                    }
                    _ => all.push(piece.to_owned()),
                }
            }
        }
        all.iter().map(|text| Self::parse(text)).collect()
    }

    /// From `name` or `name:p50,p90`.
    pub(super) fn parse(text: &str) -> Result<Self, ToolError> {
        let text = text.trim();
        let text = ALIASES.iter().find(|(alias, _)| *alias == text).map_or(text, |(_, name)| name);
        let (name, wanted) = text.split_once(':').unwrap_or((text, ""));
        let metric = METRICS
            .iter()
            .find(|metric| metric.name == name)
            .ok_or_else(|| ToolError::unknown("metric", name, METRICS.iter().map(|metric| metric.name)))?;
        let wanted: Vec<&str> = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let aggregates = wanted.iter().map(|name| aggregate(name)).collect::<Result<Vec<_>, _>>()?;
        match (metric.measure, aggregates.is_empty()) {
            (Spread(_, unit), true) => {
                let default = if matches!(unit, Unit::Stars | Unit::Score) { "avg" } else { "p50" };
                Ok(Self { metric, aggregates: vec![aggregate(default)?] })
            }
            (Spread(..), false) | (_, true) => Ok(Self { metric, aggregates }),
            (_, false) => Err(ToolError::Refused(format!(
                "{name} is one figure and has no {}; only spreads do, such as first_response_seconds:p50,p90",
                wanted.join(", ")
            ))),
        }
    }

    /// The columns that compute it, named after its place in the question.
    pub(super) fn columns(&self, place: usize) -> Vec<String> {
        match self.metric.measure {
            Count(condition) => vec![format!("count(*) FILTER ({condition}) AS m{place}_0")],
            Sum(column) => vec![format!("coalesce(sum({column}), 0)::BIGINT AS m{place}_0")],
            Rate(numerator, denominator) => vec![
                format!("count(*) FILTER (({numerator}) AND ({denominator})) AS m{place}_0"),
                format!("count(*) FILTER ({denominator}) AS m{place}_1"),
            ],
            Spread(value, _) => {
                let n = format!("count({value}) AS m{place}_0");
                let of = |(index, aggregate): (usize, &&Aggregate)| {
                    format!("{} AS m{place}_{}", aggregate.sql.replace("{}", value), index + 1)
                };
                std::iter::once(n).chain(self.aggregates.iter().enumerate().map(of)).collect()
            }
        }
    }

    /// Whether a change is told as a difference: a share of a share, or of a score that can be zero, misleads.
    pub(super) fn changes_by_difference(&self) -> bool {
        matches!(self.metric.measure, Rate(..) | Spread(_, Unit::Score))
    }

    /// Whether what customers wrote has to be read for it.
    pub(super) fn needs_sentiment(&self) -> bool {
        let reads = |sql: &str| sql.contains("sentiment");
        match self.metric.measure {
            Count(sql) | Sum(sql) | Spread(sql, _) => reads(sql),
            Rate(numerator, denominator) => reads(numerator) || reads(denominator),
        }
    }

    /// The aggregate that orders and compares; of a spread only.
    pub(super) fn first(&self) -> Option<&'static str> {
        self.aggregates.first().map(|aggregate| aggregate.name)
    }

    /// The unit of its values.
    pub(super) fn unit(&self) -> &'static str {
        self.metric.unit()
    }
}

/// Whether a text begins as a metric does.
fn is_metric(text: &str) -> bool {
    let name = text.split_once(':').map_or(text, |(name, _)| name);
    METRICS.iter().any(|metric| metric.name == name) || ALIASES.iter().any(|(alias, _)| *alias == name)
}

fn aggregate(name: &str) -> Result<&'static Aggregate, ToolError> {
    let found = AGGREGATES.iter().find(|aggregate| aggregate.name == name);
    found.ok_or_else(|| ToolError::unknown("aggregate", name, AGGREGATES.iter().map(|one| one.name)))
}
