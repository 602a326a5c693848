//! Figures as people read them.

use crate::format::chart;
use crate::tools::analyze::{Answer, Figure, Group, Value};

/// One column of figures.
pub(super) struct Column {
    pub(super) metric: String,
    /// Of a spread.
    pub(super) aggregate: Option<String>,
    pub(super) unit: &'static str,
}

impl Column {
    /// The columns of an answer: one for each metric, of a spread one for each figure told of it.
    pub(super) fn of(answer: &Answer) -> Vec<Self> {
        let mut columns = Vec::new();
        for definition in &answer.metrics {
            let (metric, unit) = (&definition.name, definition.unit.unwrap_or_default());
            match answer.total.values.get(metric.as_str()).map(|value| &value.now) {
                Some(Figure::Spread { values, .. }) => columns.extend(values.iter().map(|(name, _)| Self {
                    metric: metric.clone(),
                    aggregate: Some((*name).to_owned()),
                    unit,
                })),
                _ => columns.push(Self { metric: metric.clone(), aggregate: None, unit }),
            }
        }
        columns
    }

    /// What stands above it.
    pub(super) fn title(&self) -> String {
        let name = self.metric.trim_end_matches("_seconds").replace('_', " ");
        match &self.aggregate {
            Some(aggregate) => format!("{name} {aggregate}"),
            None => name,
        }
    }

    pub(super) fn value<'a>(&self, group: &'a Group) -> Option<&'a Value> {
        group.values.get(self.metric.as_str())
    }

    /// The number of a group.
    pub(super) fn number(&self, group: &Group) -> Option<f64> {
        self.value(group)?.now.first(self.aggregate.as_deref())
    }

    /// A number with its unit.
    pub(super) fn shown(&self, number: f64) -> String {
        match self.unit {
            "seconds" => chart::duration_seconds(number),
            "share" => chart::percent(number),
            "score" => score(number),
            "conversations" | "messages" => chart::count(number as i64),
            "stars" => format!("{number:.1}"),
            _ => chart::number(number),
        }
    }

    /// The figure of a group, with what it is of.
    pub(super) fn cell(&self, group: &Group, dash: &str) -> String {
        let Some(value) = self.value(group) else { return dash.to_owned() };
        let number = self.number(group).map_or_else(|| dash.to_owned(), |number| self.shown(number));
        match &value.now {
            Figure::Rate { numerator, denominator, .. } => {
                format!("{number} ({} of {})", chart::count(*numerator), chart::count(*denominator))
            }
            _ => number,
        }
    }

    /// How the figure changed.
    pub(super) fn change(&self, group: &Group, style: chart::Style) -> Option<String> {
        let value = self.value(group)?;
        let before = value.before.as_ref()?.first(self.aggregate.as_deref());
        let (now, before) = (self.number(group)?, before?);
        Some(match self.unit {
            "share" => points(now - before, style.unicode),
            "score" => score(now - before),
            _ => chart::delta(now, before, style),
        })
    }

    /// How many values a spread is of.
    pub(super) fn n(&self, group: &Group) -> Option<i64> {
        match self.value(group)?.now {
            Figure::Spread { n, .. } => Some(n),
            _ => None,
        }
    }
}

/// A score from -1 to 1, or a difference of two.
fn score(number: f64) -> String {
    format!("{number:+.2}")
}

/// A difference of shares in percentage points.
fn points(difference: f64, unicode: bool) -> String {
    let minus = if unicode { "−" } else { "-" };
    let sign = if difference < 0.0 { minus } else { "+" };
    format!("{sign}{:.1} points", difference.abs() * 100.0)
}
