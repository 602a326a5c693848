//! The arguments of `fi analyze`, and the question they mean.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use crate::tools::analyze::{AnalyzeParams, Clock, Direction, Filters};
use crate::tools::timeframe::{Bounds, TimeframeInput};

/// Count and measure over all conversations of a period
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Examples:\n  fi analyze --by week --since \"last 90 days\"\n  \
                        fi analyze --by team --metric first_response_seconds:p50,p90 --metric response_rate\n  \
                        fi analyze --by weekday --by hour_of_day --tz Europe/Berlin\n  \
                        fi analyze --metric csat --by assignee --timeframe \"last month\" --compare previous\n  \
                        fi analyze --by tag --team Support --csv\n\n\
                        `fi analyze --list` shows every metric and dimension with its definition.")]
pub struct AnalyzeArgs {
    /// Measure this; can be given several times, such as first_response_seconds:p50,p90 [default: conversations]
    #[arg(short, long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,
    /// Group by this; up to three times, such as week, team, tag, attribute:Plan
    #[arg(short, long = "by", value_name = "DIMENSION")]
    pub by: Vec<String>,
    /// Only of this period, such as "last 90 days", "2026-03", "last month" [default: all that is held]
    #[arg(short, long, value_name = "TIMEFRAME", conflicts_with_all = ["since", "until"])]
    pub timeframe: Option<String>,
    /// Only from this date, time or timeframe on
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Only up to this date, which is included, or time
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Place conversations in the period by when they were created, last closed or first replied to
    #[arg(long, value_enum, value_name = "CLOCK", default_value_t)]
    pub clock: ClockArg,
    /// Days and hours of this time zone [default: the workspace's]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
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

/// Which conversations count; several values of one are alternatives
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which conversations")]
pub struct FilterArgs {
    /// open, closed or snoozed
    #[arg(long, value_name = "STATE")]
    pub state: Vec<String>,
    /// Assigned to this teammate (id, name or e-mail), or unassigned
    #[arg(long, value_name = "TEAMMATE")]
    pub assignee: Vec<String>,
    /// Assigned to this team (id or name), or unassigned
    #[arg(long, value_name = "TEAM")]
    pub team: Vec<String>,
    /// With this tag, or another one given
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// With this tag, and all others given so
    #[arg(long, value_name = "TAG")]
    pub tag_all: Vec<String>,
    /// Without this tag
    #[arg(long, value_name = "TAG")]
    pub tag_none: Vec<String>,
    /// none, low, medium, high or urgent
    #[arg(long, value_name = "PRIORITY")]
    pub priority: Vec<String>,
    /// Begun in this channel, such as email
    #[arg(long, value_name = "CHANNEL")]
    pub source: Vec<String>,
    /// Rated so, 1 to 5
    #[arg(long, value_name = "STARS")]
    pub rating: Vec<i64>,
    /// With this first contact
    #[arg(long, value_name = "CONTACT_ID")]
    pub contact: Vec<String>,
    /// With a first contact of this e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub email: Vec<String>,
    /// With a first contact of this e-mail domain
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// Of this company (id or name)
    #[arg(long, value_name = "COMPANY")]
    pub company: Vec<String>,
    /// With this custom attribute
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub attribute: Vec<(String, String)>,
    /// With at least N parts
    #[arg(long, value_name = "N")]
    pub min_parts: Option<i64>,
    /// Begun by a customer, or not
    #[arg(long, value_enum, value_name = "DIRECTION")]
    pub direction: Option<DirectionArg>,
    /// With Fin (yes) or without (no)
    #[arg(long, value_name = "YES_OR_NO", value_parser = yes_or_no)]
    pub fin: Option<bool>,
}

/// Which time of a conversation counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ClockArg {
    /// When it began.
    #[default]
    Created,
    /// When it was last closed.
    Closed,
    /// When a teammate first replied.
    FirstReplied,
}

/// Who wrote first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DirectionArg {
    /// A customer.
    Inbound,
    /// Somebody else.
    Outbound,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err(String::from("write NAME=VALUE, such as Plan=Pro")),
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(String::from("write yes or no")),
    }
}

impl AnalyzeArgs {
    /// The question.
    pub fn question(&self) -> AnalyzeParams {
        AnalyzeParams {
            metrics: self.metrics.clone(),
            group_by: self.by.clone(),
            filters: self.filters.meaning(),
            timeframe: self.period(),
            by: match self.clock {
                ClockArg::Created => Clock::Created,
                ClockArg::Closed => Clock::Closed,
                ClockArg::FirstReplied => Clock::FirstReplied,
            },
            timezone: self.tz.clone(),
            compare_to: self.compare.clone().map(TimeframeInput::Text),
            order_by: self.order.clone(),
            ascending: self.ascending.then_some(true),
            limit: self.limit,
        }
    }

    /// `--since "last 90 days"` is what people type: without `--until`, a timeframe is as good as a date.
    fn period(&self) -> Option<TimeframeInput> {
        match (&self.timeframe, &self.since, &self.until) {
            (Some(text), ..) => Some(TimeframeInput::Text(text.clone())),
            (None, None, None) => None,
            (None, Some(since), None)
                if since.trim().starts_with(|first: char| first.is_ascii_alphabetic()) =>
            {
                let is_period =
                    ["last ", "past ", "this "].iter().any(|word| since.to_lowercase().starts_with(word));
                let text = if is_period { since.clone() } else { format!("since {since}") };
                Some(TimeframeInput::Text(text))
            }
            (None, since, until) => Some(TimeframeInput::Bounds(Bounds {
                start: since.clone(),
                end: until.clone(),
                ..Bounds::default()
            })),
        }
    }
}

impl FilterArgs {
    fn meaning(&self) -> Filters {
        Filters {
            state: self.state.clone(),
            assignee: self.assignee.clone(),
            team: self.team.clone(),
            tags: self.tag.clone(),
            tags_all: self.tag_all.clone(),
            tags_none: self.tag_none.clone(),
            priority: self.priority.clone(),
            source: self.source.clone(),
            rating: self.rating.clone(),
            contact: self.contact.clone(),
            email: self.email.clone(),
            domain: self.domain.clone(),
            company: self.company.clone(),
            attributes: self.attribute.iter().cloned().collect::<BTreeMap<_, _>>(),
            minimum_parts: self.min_parts,
            direction: self.direction.map(|direction| match direction {
                DirectionArg::Inbound => Direction::Inbound,
                DirectionArg::Outbound => Direction::Outbound,
            }),
            has_fin: self.fin,
        }
    }
}
