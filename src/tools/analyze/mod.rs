//! Figures over all conversations of a period: several metrics by several dimensions at once.
//!
//! Reads a question, turns it into one query over `conversation_metrics`, and tells with the figures what they are,
//! of how many conversations, over which period, by which clock, and how fresh and complete the data is.

mod answer;
mod dimension;
mod metric;
mod order;
mod question;
mod rows;
mod sql;
mod zone;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub use answer::{Answer, Definition, Figure, Group, Key, Period, Value};
pub use dimension::{DIMENSIONS, Dimension};
pub use metric::{METRICS, Metric};
pub use question::AnalyzeParams;

use super::directory::Directory;
use super::timeframe::{BucketSpan, Timeframe};
use super::{Clock, Freshness, ToolError};
use crate::engine::{Engine, QueryOptions};
use crate::lake::State;
use crate::model::{Conversation, Row as _};
use order::Grid;
use question::Question;
use rows::Row;
use sql::Sql;

/// What a question is answered with.
pub struct Analyst<'a> {
    /// SQL over the lake.
    pub engine: &'a Engine,
    /// The zone of days and hours unless the question names one: the workspace's.
    pub zone: Tz,
    /// The present.
    pub now: DateTime<Utc>,
    /// The limits of each query.
    pub options: QueryOptions,
}

impl Analyst<'_> {
    /// Answers a question.
    ///
    /// # Errors
    /// When a parameter names nothing there is, or the question makes no sense: the error says what would.
    pub fn answer(&self, params: &AnalyzeParams) -> Result<Answer, ToolError> {
        let question = Question::read(params, self.zone, self.now)?;
        let directory = Directory::load(self.engine, &self.options)?;
        let conditions = question.filters.conditions(&directory)?;
        let state = self.engine.state()?;
        let now = self.measure(&question, &conditions, &question.timeframe, &state)?;
        let before = question.previous.as_ref();
        let before =
            before.map(|timeframe| self.measure(&question, &conditions, timeframe, &state)).transpose()?;
        let shown = now.groups.len().min(question.limit);
        let is_truncated = now.groups.len() > shown;
        let other = match is_truncated {
            true => Some(self.other(&question, &conditions, &now, shown)?),
            false => None,
        };
        let total =
            group(&question, &directory, &now, &now.total, before.as_ref().map(|before| &before.total));
        let earlier = before.as_ref().map(|before| (before, before.by_ids()));
        let groups = now.groups[..shown].iter().map(|row| {
            let earlier = earlier.as_ref().map(|(before, by_ids)| {
                let ids = before.ids_like(&question, &now, row);
                let held = by_ids.get(ids.as_slice()).map(|row| (*row).clone());
                held.unwrap_or_else(|| Row::empty(&question, ids, row.names.clone()))
            });
            group(&question, &directory, &now, row, earlier.as_ref())
        });
        Ok(Answer {
            total: Group { keys: Vec::new(), ..total },
            groups: groups.collect(),
            other: other
                .map(|row| Group { keys: Vec::new(), ..group(&question, &directory, &now, &row, None) }),
            group_count: now.groups.len() as u64,
            is_truncated,
            freshness: Freshness::of(&state, &question.timeframe)?,
            notes: notes(&question),
            period: period(&question.timeframe, question.clock),
            compared_with: question.previous.as_ref().map(|timeframe| period(timeframe, question.clock)),
            metrics: question
                .metrics
                .iter()
                .map(|asked| Definition {
                    name: asked.metric.name.to_owned(),
                    definition: asked.metric.definition.to_owned(),
                    unit: Some(asked.unit()),
                })
                .collect(),
            group_by: question
                .group_by
                .iter()
                .map(|by| Definition { name: by.name.clone(), definition: by.definition.clone(), unit: None })
                .collect(),
        })
    }

    /// The total and the groups of one period, in order, stretches of time without conversations included.
    fn measure(
        &self,
        question: &Question,
        conditions: &[String],
        timeframe: &Timeframe,
        state: &State,
    ) -> Result<Measured, ToolError> {
        let start = timeframe.start.or_else(|| beginning(state)).unwrap_or(timeframe.end).min(timeframe.end);
        let bucket = question.group_by.iter().find_map(dimension::By::bucket);
        let spans = match bucket {
            Some(bucket) => bucket.boundaries(start, timeframe.end, timeframe.zone)?,
            None => Vec::new(),
        };
        let sql = Sql { question, conditions, timeframe, start }.groups();
        let table = self.engine.ask(&sql, &self.options)?;
        let (totals, groups): (Vec<Row>, Vec<Row>) =
            rows::rows(&table, question).into_iter().partition(|row| row.is_total);
        let total = totals.into_iter().next().unwrap_or_else(|| Row::empty(question, Vec::new(), Vec::new()));
        let grid = Grid::new(question, bucket, &spans, timeframe.zone);
        let mut groups = grid.filled(question, groups)?;
        order::sort(question, &mut groups);
        let ids = grid.into_spans();
        let places = ids.iter().enumerate().map(|(place, id)| (id.clone(), place)).collect();
        Ok(Measured { total, groups, spans, ids, places, start, timeframe: timeframe.clone() })
    }

    fn other(
        &self,
        question: &Question,
        conditions: &[String],
        now: &Measured,
        shown: usize,
    ) -> Result<Row, ToolError> {
        let groups: Vec<Vec<Option<String>>> =
            now.groups[..shown].iter().map(|row| row.ids.clone()).collect();
        let sql = Sql { question, conditions, timeframe: &now.timeframe, start: now.start }.other(&groups);
        let table = self.engine.ask(&sql, &self.options)?;
        let row = rows::rows(&table, question).into_iter().next();
        Ok(row.unwrap_or_else(|| Row::empty(question, Vec::new(), Vec::new())))
    }
}

/// What one period comes to.
struct Measured {
    total: Row,
    groups: Vec<Row>,
    spans: Vec<BucketSpan>,
    /// The id of each span, and the place of each id.
    ids: Vec<String>,
    places: HashMap<String, usize>,
    start: DateTime<Utc>,
    timeframe: Timeframe,
}

impl Measured {
    /// The groups by what they are.
    fn by_ids(&self) -> HashMap<&[Option<String>], &Row> {
        self.groups.iter().map(|row| (row.ids.as_slice(), row)).collect()
    }

    /// What a group of a later period is compared with here: the same, but for its stretch of time, which is the one
    /// in the same place.
    fn ids_like(&self, question: &Question, later: &Self, row: &Row) -> Vec<Option<String>> {
        let mut ids = row.ids.clone();
        if let Some(time) = question.group_by.iter().position(|by| by.bucket().is_some()) {
            let place = ids[time].as_ref().and_then(|id| later.places.get(id));
            ids[time] = place.and_then(|place| self.ids.get(*place).cloned());
        }
        ids
    }
}

fn group(
    question: &Question,
    directory: &Directory,
    measured: &Measured,
    row: &Row,
    before: Option<&Row>,
) -> Group {
    let keys = question.group_by.iter().zip(row.ids.iter().zip(&row.names)).map(|(by, (id, name))| {
        let span = by.bucket().and_then(|_| measured.spans.get(*measured.places.get(id.as_ref()?)?));
        match span {
            Some(span) => Key { id: id.clone(), name: span.label.clone(), is_partial: span.is_partial },
            None => {
                let name = by.shown(id.as_deref(), name.as_deref(), directory);
                Key { id: id.clone(), name, is_partial: false }
            }
        }
    });
    Group { keys: keys.collect(), conversation_count: row.size, values: row.values(question, before) }
}

/// When the oldest conversation held began.
fn beginning(state: &State) -> Option<DateTime<Utc>> {
    let files = state.files_of(Conversation::TABLE.name);
    files.filter_map(|(_, entry)| entry.first_created_at).min().and_then(DateTime::from_timestamp_micros)
}

fn period(timeframe: &Timeframe, by: Clock) -> Period {
    let iso = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Period {
        start: timeframe.start.map(iso),
        end: iso(timeframe.end),
        timezone: timeframe.zone.name().to_owned(),
        words: timeframe.words().to_owned(),
        shown: timeframe.to_string(),
        by,
    }
}

fn notes(question: &Question) -> Vec<String> {
    let mut notes = Vec::new();
    for by in question.group_by.iter().filter(|by| by.is_many()) {
        notes.push(format!(
            "A conversation counts once for each {}: the sum over groups can exceed the total.",
            by.name
        ));
    }
    if question.clock == Clock::Closed {
        notes.push("Conversations closed in the period and not opened again since.".to_owned());
    }
    notes
}
