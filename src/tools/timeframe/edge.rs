//! What a timeframe can start or end at.

use chrono::{DateTime, Utc};

use super::calendar::{Unit, Whole, shown};
use super::error::TimeframeError;
use super::{Context, Shape, Timeframe};

/// A unit or a moment, fixed in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Whole units.
    Whole(Whole),
    /// A unit as far as it has gone.
    ToDate(Whole),
    /// A moment.
    Moment(DateTime<Utc>),
    /// The moment of asking.
    Now,
}

impl Edge {
    pub(super) fn start(self, context: Context) -> DateTime<Utc> {
        match self {
            Self::Whole(whole) | Self::ToDate(whole) => whole.start(context.zone),
            Self::Moment(moment) => moment,
            Self::Now => context.now,
        }
    }

    pub(super) fn end(self, context: Context) -> DateTime<Utc> {
        match self {
            Self::Whole(whole) => whole.end(context.zone),
            Self::Moment(moment) => moment,
            Self::ToDate(_) | Self::Now => context.now,
        }
    }

    /// Whether it ends now.
    pub(super) fn is_now(self) -> bool {
        matches!(self, Self::ToDate(_) | Self::Now)
    }

    /// Whether it includes itself as an end.
    pub(super) fn has_length(self) -> bool {
        matches!(self, Self::Whole(_))
    }

    pub(super) fn label(self, context: Context) -> String {
        match self {
            Self::Whole(whole) | Self::ToDate(whole) => whole.label(),
            Self::Moment(moment) => shown(moment, context.zone),
            Self::Now => String::from("now"),
        }
    }

    /// From its start until now.
    pub(super) fn until_now(self, words: String, context: Context) -> Result<Timeframe, TimeframeError> {
        let shape = match self {
            Self::Whole(whole) | Self::ToDate(whole) => Shape::FromDay(whole.first),
            Self::Moment(_) | Self::Now => Shape::Exact,
        };
        Timeframe::until_now(self.start(context), shape, words, context)
    }

    /// From its start to the end of another.
    pub(super) fn to(self, end: Self, context: Context) -> Result<Timeframe, TimeframeError> {
        let (from, to) = (self.label(context), end.label(context));
        match (self, end) {
            (_, Self::ToDate(_) | Self::Now) => self.until_now(format!("since {from}, until now"), context),
            (Self::Whole(one) | Self::ToDate(one), Self::Whole(other)) => {
                Timeframe::whole(span(one, other), format!("{from} to {to}, both included"), context)
            }
            _ => {
                let included = if end.has_length() { "included" } else { "not included" };
                let words = format!("from {from} to {to}, the end {included}");
                Timeframe::closed(self.start(context), end.end(context), Shape::Exact, words, context)
            }
        }
    }
}

/// From the first day of one to the last of another, in units of both if they have the same.
fn span(one: Whole, other: Whole) -> Whole {
    if one.unit == other.unit {
        let count = one.unit.between(one.first, other.first).saturating_add(other.count);
        return Whole { count, ..one };
    }
    Whole { unit: Unit::Day, first: one.first, count: Unit::Day.between(one.first, other.after()) }
}
