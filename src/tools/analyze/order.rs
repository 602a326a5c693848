//! The order of groups, and the stretches of time in which nothing happened.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, Days, NaiveDate, Offset, TimeZone, Timelike};
use chrono_tz::Tz;

use super::dimension::By;
use super::question::{OrderBy, Question};
use super::rows::Row;
use crate::tools::ToolError;
use crate::tools::timeframe::{Bucket, BucketSpan};

/// Groups of one answer at most, those without conversations included: each of them is held in memory.
const MOST_GROUPS: usize = 100_000;

/// All the groups that stretches of time and parts of the week can be, by the ids that queries give them.
pub(super) struct Grid {
    /// The stretches of time.
    spans: Vec<String>,
    /// For each dimension all its groups, if they are known without looking.
    domains: Vec<Option<Vec<String>>>,
}

impl Grid {
    pub(super) fn new(question: &Question, bucket: Option<Bucket>, spans: &[BucketSpan], zone: Tz) -> Self {
        let spans: Vec<String> = bucket
            .map(|bucket| spans.iter().map(|span| id(bucket, span, zone)).collect())
            .unwrap_or_default();
        let domain = |by: &By| if by.bucket().is_some() { Some(spans.clone()) } else { by.domain() };
        Self { domains: question.group_by.iter().map(domain).collect(), spans }
    }

    /// The ids of the stretches of time.
    pub(super) fn into_spans(self) -> Vec<String> {
        self.spans
    }

    /// The groups, with one for each time at which nothing happened.
    pub(super) fn filled(&self, question: &Question, mut groups: Vec<Row>) -> Result<Vec<Row>, ToolError> {
        if self.domains.iter().all(Option::is_none) {
            return Ok(groups);
        }
        // What the other dimensions say, each once.
        let rest = |ids: &[Option<String>]| -> Vec<Option<String>> {
            ids.iter()
                .zip(&self.domains)
                .filter(|(_, domain)| domain.is_none())
                .map(|(id, _)| id.clone())
                .collect()
        };
        let mut others: BTreeMap<Vec<Option<String>>, Vec<Option<String>>> = BTreeMap::new();
        for row in &groups {
            others.entry(rest(&row.ids)).or_insert_with(|| row.names.clone());
        }
        if others.is_empty() && self.domains.iter().all(Option::is_some) {
            others.insert(Vec::new(), vec![None; self.domains.len()]);
        }
        let times: usize = self.domains.iter().flatten().map(Vec::len).product();
        let count = times.saturating_mul(others.len());
        if count > MOST_GROUPS {
            return Err(ToolError::Refused(format!(
                "that is {count} groups, and at most {MOST_GROUPS} are counted: group by a longer stretch of time or \
                 by less, or choose a shorter timeframe"
            )));
        }
        let held: HashSet<Vec<Option<String>>> = groups.iter().map(|row| row.ids.clone()).collect();
        for (other, names) in others {
            for ids in self.combined(&other) {
                if !held.contains(&ids) {
                    groups.push(Row::empty(question, ids, names.clone()));
                }
            }
        }
        Ok(groups)
    }

    /// All combinations of times with these groups of the other dimensions.
    fn combined(&self, other: &[Option<String>]) -> Vec<Vec<Option<String>>> {
        let mut other = other.iter();
        self.domains.iter().fold(vec![Vec::new()], |all, domain| {
            let next: Vec<Option<String>> = match domain {
                Some(ids) => ids.iter().cloned().map(Some).collect(),
                None => vec![other.next().cloned().flatten()],
            };
            let with = |ids: &Vec<Option<String>>| {
                next.iter().map(|id| ids.iter().cloned().chain([id.clone()]).collect()).collect::<Vec<_>>()
            };
            all.iter().flat_map(with).collect()
        })
    }
}

/// Puts groups in the order asked for; those that are equal in that by their names.
pub(super) fn sort(question: &Question, groups: &mut [Row]) {
    let direction = |order: Ordering| if question.order.is_ascending { order } else { order.reverse() };
    groups.sort_by(|a, b| {
        let by_value = match question.order.by {
            OrderBy::Groups => return direction(a.ids.cmp(&b.ids)),
            OrderBy::Size => direction(a.size.cmp(&b.size)),
            OrderBy::Metric(place) => {
                let value = |row: &Row| row.figures[place].first(question.metrics[place].first());
                match (value(a), value(b)) {
                    (Some(a), Some(b)) => direction(a.total_cmp(&b)),
                    // What has no value comes last whatever the order.
                    (a, b) => b.is_some().cmp(&a.is_some()),
                }
            }
        };
        by_value.then_with(|| a.ids.cmp(&b.ids))
    });
}

/// What a query calls a stretch of time: its local first day, or the UTC moment its hour began.
fn id(bucket: Bucket, span: &BucketSpan, zone: Tz) -> String {
    let local = span.start.with_timezone(&zone);
    let day = local.date_naive();
    let first = match bucket {
        Bucket::Hour => {
            let local = local.naive_local();
            let began =
                local.with_minute(0).and_then(|at| at.with_second(0)).and_then(|at| at.with_nanosecond(0));
            let offset = zone.offset_from_utc_datetime(&span.start.naive_utc()).fix();
            let began = began.unwrap_or(local) - chrono::TimeDelta::seconds(offset.local_minus_utc().into());
            return began.format("%Y-%m-%d %H:%M:%S").to_string();
        }
        Bucket::Day => Some(day),
        Bucket::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
        Bucket::Month => day.with_day(1),
        Bucket::Quarter => NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1),
        Bucket::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    };
    first.unwrap_or(day).format("%Y-%m-%d").to_string()
}
