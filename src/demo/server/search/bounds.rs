//! Finds the range of a date in a query, so that an index can answer without looking at every document.

use super::field::Document;
use super::query::{Filter, Op, Operand, Query, Target};

/// A range of the sort field that every match lies in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bounds {
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// Whether the range is the whole query: nothing else is left to test.
    pub(crate) exact: bool,
}

impl Bounds {
    /// The range a query puts on a field. `AND`s are narrowed; everything else is left to evaluation.
    pub(crate) fn of<D: Document>(query: &Query<D>, field: &str) -> Self {
        let mut bounds = Self { low: i64::MIN, high: i64::MAX, exact: true };
        bounds.narrow(query, field);
        bounds
    }

    fn narrow<D: Document>(&mut self, query: &Query<D>, field: &str) {
        match query {
            Query::All(children) => children.iter().for_each(|child| self.narrow(child, field)),
            Query::Test(Filter { target: Target::Known(known), op }) if known.name == field => match op {
                Op::Between(low, high) => self.cut(*low, *high),
                Op::Equal(Operand::Int(value)) => self.cut(*value, *value),
                _ => self.exact = false,
            },
            _ => self.exact = false,
        }
    }

    fn cut(&mut self, low: i64, high: i64) {
        self.low = self.low.max(low);
        self.high = self.high.min(high);
    }
}
