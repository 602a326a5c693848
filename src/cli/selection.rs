//! Which conversations are meant, and of which period: arguments that several commands share.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use crate::tools::timeframe::{Bounds, TimeframeInput};
use crate::tools::{Clock, Direction, Filters};

/// When
#[derive(Debug, Clone, Default, Args)]
pub struct WhenArgs {
    /// Only of this period, such as "last 90 days", "2026-03", "last month" [default: all that is held]
    #[arg(short, long, value_name = "TIMEFRAME", conflicts_with_all = ["since", "until"])]
    pub timeframe: Option<String>,
    /// Only from this date, time or timeframe on
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// Only up to this date, which is included, or time
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    /// Days and hours of this time zone [default: the workspace's]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
}

/// Which period conversations are of
#[derive(Debug, Clone, Default, Args)]
pub struct PeriodArgs {
    /// When.
    #[command(flatten)]
    pub when: WhenArgs,
    /// Place conversations in the period by when they were created, last closed or first replied to
    #[arg(long, value_enum, value_name = "CLOCK", default_value_t)]
    pub clock: ClockArg,
}

/// Which conversations count; several values of one are alternatives
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which conversations")]
pub struct FilterArgs {
    /// Found by these words, as `fi search` finds them
    #[arg(long, value_name = "WORDS")]
    pub query: Option<String>,
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
    /// With a first contact of this name, or a part of it
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// Unanswered (yes) or not (no)
    #[arg(long, value_name = "YES_OR_NO", value_parser = yes_or_no, num_args = 0..=1, default_missing_value = "yes", require_equals = true)]
    pub unanswered: Option<bool>,
    /// With a file (yes) or without (no)
    #[arg(long, value_name = "YES_OR_NO", value_parser = yes_or_no, num_args = 0..=1, default_missing_value = "yes", require_equals = true)]
    pub has_attachment: Option<bool>,
    /// With an internal note (yes) or without (no)
    #[arg(long, value_name = "YES_OR_NO", value_parser = yes_or_no, num_args = 0..=1, default_missing_value = "yes", require_equals = true)]
    pub has_note: Option<bool>,
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

impl PeriodArgs {
    /// Which of a conversation's times counts.
    pub fn clock(&self) -> Clock {
        match self.clock {
            ClockArg::Created => Clock::Created,
            ClockArg::Closed => Clock::Closed,
            ClockArg::FirstReplied => Clock::FirstReplied,
        }
    }
}

impl WhenArgs {
    /// The period; none for all that is held.
    ///
    /// `--since "last 90 days"` is what people type: without `--until`, a timeframe is as good as a date.
    pub fn timeframe(&self) -> Option<TimeframeInput> {
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
    /// The filters.
    pub fn meaning(&self) -> Filters {
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
            query: self.query.clone(),
            name: self.name.clone(),
            unanswered: self.unanswered,
            has_attachment: self.has_attachment,
            has_note: self.has_note,
        }
    }
}
