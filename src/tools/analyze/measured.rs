//! What one period comes to, and how two of them are set beside each other.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::Analyst;
use super::answer::{Group, Key};
use super::dimension::By;
use super::order::{self, Grid};
use super::question::Question;
use super::rows::{self, Row};
use super::sql::Sql;
use crate::lake::State;
use crate::model::{Conversation, Row as _};
use crate::tools::directory::Directory;
use crate::tools::error::ToolError;
use crate::tools::timeframe::{BucketSpan, Timeframe};
use crate::tools::untrusted::{Untrusted, clean};

/// Which conversations a question is about, in one version of the lake.
pub(super) struct Subject<'a> {
    /// What its filters demand.
    pub(super) conditions: &'a [String],
    pub(super) directory: &'a Directory,
    pub(super) state: &'a State,
}

impl Subject<'_> {
    /// The queries about a period.
    pub(super) fn sql<'b>(&'b self, question: &'b Question, timeframe: &'b Timeframe) -> Sql<'b> {
        Sql { question, conditions: self.conditions, timeframe, start: self.start(timeframe) }
    }

    /// When the period starts: that of all time, with the oldest conversation.
    fn start(&self, timeframe: &Timeframe) -> DateTime<Utc> {
        let beginning = || {
            let files = self.state.files_of(Conversation::TABLE.name);
            files
                .filter_map(|(_, entry)| entry.first_created_at)
                .min()
                .and_then(DateTime::from_timestamp_micros)
        };
        timeframe.start.or_else(beginning).unwrap_or(timeframe.end).min(timeframe.end)
    }
}

/// What one period comes to.
pub(super) struct Measured {
    pub(super) total: Row,
    pub(super) groups: Vec<Row>,
    spans: Vec<BucketSpan>,
    /// The id of each span, and the place of each id.
    ids: Vec<String>,
    places: HashMap<String, usize>,
    timeframe: Timeframe,
}

impl Measured {
    /// The total and the groups, in order, stretches of time without conversations included.
    pub(super) fn of(
        analyst: &Analyst<'_>,
        question: &Question,
        subject: &Subject<'_>,
        timeframe: &Timeframe,
    ) -> Result<Self, ToolError> {
        let sql = subject.sql(question, timeframe);
        let bucket = question.group_by.iter().find_map(By::bucket);
        let spans = match bucket {
            Some(bucket) => bucket.boundaries(sql.start, timeframe.end, timeframe.zone)?,
            None => Vec::new(),
        };
        let table = analyst.engine.ask(&sql.groups(), &analyst.options)?;
        let (totals, groups): (Vec<Row>, Vec<Row>) =
            rows::rows(&table, question).into_iter().partition(|row| row.is_total);
        let total = totals.into_iter().next().unwrap_or_else(|| Row::empty(question, Vec::new(), Vec::new()));
        let grid = Grid::new(question, bucket, &spans, timeframe.zone);
        let mut groups = grid.filled(question, groups)?;
        order::sort(question, &mut groups);
        let ids = grid.into_spans();
        let places = ids.iter().enumerate().map(|(place, id)| (id.clone(), place)).collect();
        Ok(Self { total, groups, spans, ids, places, timeframe: timeframe.clone() })
    }

    /// All conversations outside of the first groups together.
    pub(super) fn other(
        &self,
        analyst: &Analyst<'_>,
        question: &Question,
        subject: &Subject<'_>,
        shown: usize,
    ) -> Result<Row, ToolError> {
        let groups: Vec<Vec<Option<String>>> =
            self.groups[..shown].iter().map(|row| row.ids.clone()).collect();
        let sql = subject.sql(question, &self.timeframe).other(&groups);
        let table = analyst.engine.ask(&sql, &analyst.options)?;
        let row = rows::rows(&table, question).into_iter().next();
        Ok(row.unwrap_or_else(|| Row::empty(question, Vec::new(), Vec::new())))
    }

    /// Adds what was there in another period and is not in this one, with nothing in it.
    pub(super) fn add_groups_of(&mut self, before: &Self, question: &Question) {
        let held = self.by_ids();
        let gone: Vec<Row> = before
            .groups
            .iter()
            .filter_map(|row| {
                Some(Row::empty(question, self.ids_like(question, before, row)?, row.names.clone()))
            })
            .filter(|row| !held.contains_key(row.ids.as_slice()))
            .collect();
        if !gone.is_empty() {
            self.groups.extend(gone);
            order::sort(question, &mut self.groups);
        }
    }

    /// The first groups, beside the same ones of another period.
    pub(super) fn compared(
        &self,
        question: &Question,
        directory: &Directory,
        before: Option<&Self>,
        shown: usize,
    ) -> Vec<Group> {
        let earlier = before.map(|before| (before, before.by_ids()));
        let groups = self.groups[..shown].iter().map(|row| {
            let earlier = earlier.as_ref().map(|(before, by_ids)| {
                let held =
                    before.ids_like(question, self, row).and_then(|ids| by_ids.get(ids.as_slice()).copied());
                held.cloned().unwrap_or_else(|| Row::empty(question, Vec::new(), Vec::new()))
            });
            self.group(question, directory, row, earlier.as_ref())
        });
        groups.collect()
    }

    /// A group as it is told.
    pub(super) fn group(
        &self,
        question: &Question,
        directory: &Directory,
        row: &Row,
        before: Option<&Row>,
    ) -> Group {
        let keys = question.group_by.iter().zip(row.ids.iter().zip(&row.names)).map(|(by, (id, name))| {
            let span = by.bucket().and_then(|_| self.spans.get(*self.places.get(id.as_ref()?)?));
            match span {
                Some(span) => Key {
                    id: id.clone(),
                    name: span.label.clone(),
                    is_partial: span.is_partial,
                    is_untrusted: false,
                },
                None => {
                    let name = by.shown(id.as_deref(), name.as_deref(), directory);
                    Key {
                        id: id.as_deref().map(short),
                        name: Untrusted::new(&name, KEY_CHARS).as_str().to_owned(),
                        is_partial: false,
                        is_untrusted: by.is_untrusted(),
                    }
                }
            }
        });
        Group { keys: keys.collect(), conversation_count: row.size, values: row.values(question, before) }
    }

    /// The groups by what they are.
    fn by_ids(&self) -> HashMap<&[Option<String>], &Row> {
        self.groups.iter().map(|row| (row.ids.as_slice(), row)).collect()
    }

    /// What a group of another period is compared with here: the same, but for its stretch of time, which is the one
    /// in the same place; none if there is none.
    fn ids_like(&self, question: &Question, other: &Self, row: &Row) -> Option<Vec<Option<String>>> {
        let mut ids = row.ids.clone();
        if let Some(time) = question.group_by.iter().position(|by| by.bucket().is_some()) {
            let place = other.places.get(ids[time].as_ref()?)?;
            ids[time] = Some(self.ids.get(*place)?.clone());
        }
        Some(ids)
    }
}

/// Characters of a key at most: a value of a custom attribute may be as long as a letter.
const KEY_CHARS: usize = 200;

/// An id as it is, but for what cannot be seen, and what is too much of it.
fn short(id: &str) -> String {
    let mut id = clean(id);
    if let Some((end, _)) = id.char_indices().nth(KEY_CHARS) {
        id.truncate(end);
        id.push('…');
    }
    id
}
