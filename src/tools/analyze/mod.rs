//! Figures over all conversations of a period: several metrics by several dimensions at once.
//!
//! Reads a question, turns it into one query over `conversation_metrics`, and tells with the figures what they are,
//! of how many conversations, over which period, by which clock, and how fresh and complete the data is. An analysis
//! is such a question with a name, and with more to tell than figures.

mod analysis;
mod answer;
mod dimension;
mod measured;
mod metric;
mod notes;
mod order;
mod question;
mod rows;
mod sql;
mod zone;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub use analysis::{
    Analysis, AnalysisType, DistinctiveWord, DistinctiveWords, Example, LanguageCount, RatingCount, Remark,
    Remarks, Tones,
};
pub use answer::{Answer, Definition, Figure, Group, Key, Period, Value};
pub use dimension::{DIMENSIONS, Dimension};
pub use metric::{METRICS, Metric};
pub use question::AnalyzeParams;

use super::directory::Directory;
use super::timeframe::Timeframe;
use super::{Clock, Freshness, ToolError};
use crate::engine::{Engine, QueryOptions};
use measured::{Measured, Subject};
use question::Question;
use rows::Row;

/// How often a question is answered anew when a sync changes the lake under it.
const MOST_RUNS: usize = 3;

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
    /// All its figures are of one version of the lake, as far as syncs leave time for it: an answer during which a
    /// sync put something in place is made again, a few times, and says so if that did not help.
    ///
    /// # Errors
    /// When a parameter names nothing there is, or the question makes no sense: the error says what would.
    pub fn answer(&self, params: &AnalyzeParams) -> Result<Answer, ToolError> {
        let question = Question::read(params, self.zone, self.now)?;
        for _ in 1..MOST_RUNS {
            let (answer, generation) = self.answered(&question)?;
            if self.engine.state()?.generation == generation {
                return Ok(answer);
            }
        }
        let (mut answer, generation) = self.answered(&question)?;
        if self.engine.state()?.generation != generation {
            answer.notes.push(
                "A sync changed the data while this was answered: figures may be of neighbouring versions."
                    .to_owned(),
            );
        }
        Ok(answer)
    }

    /// The answer as of a generation of the lake.
    fn answered(&self, question: &Question) -> Result<(Answer, u64), ToolError> {
        let state = self.engine.state()?;
        let directory = Directory::load(self.engine, &self.options)?;
        let conditions = question.filters.conditions(&directory)?;
        let subject = Subject { conditions: &conditions, directory: &directory, state: &state };
        let mut now = Measured::of(self, question, &subject, &question.timeframe)?;
        let before = question.previous.as_ref();
        let before = before.map(|timeframe| Measured::of(self, question, &subject, timeframe)).transpose()?;
        if let Some(before) = &before {
            now.add_groups_of(before, question);
        }
        let shown = now.groups.len().min(question.limit);
        let other = match now.groups.len() > shown {
            true => Some(now.other(self, question, &subject, shown)?),
            false => None,
        };
        let earlier = before.as_ref().map(|before| &before.total);
        let alone =
            |row: &Row, before| Group { keys: Vec::new(), ..now.group(question, &directory, row, before) };
        let freshness = Freshness::of(&state, &question.timeframe, self.now)?;
        let answer = Answer {
            total: alone(&now.total, earlier),
            groups: now.compared(question, &directory, before.as_ref(), shown),
            other: other.map(|row| alone(&row, None)),
            group_count: now.groups.len() as u64,
            is_truncated: now.groups.len() > shown,
            analysis: question
                .analysis_type
                .map(|analysis| analysis::beside(analysis, self, question, &subject))
                .transpose()?,
            notes: freshness.note().into_iter().chain(notes::notes(question, &now)).collect(),
            freshness,
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
        };
        Ok((answer, state.generation))
    }

    /// The SQL that a question is answered with, for those who want to see or change it: one query for each period.
    ///
    /// # Errors
    /// As for [`answer`](Self::answer).
    pub fn sql(&self, params: &AnalyzeParams) -> Result<Vec<String>, ToolError> {
        let question = Question::read(params, self.zone, self.now)?;
        let directory = Directory::load(self.engine, &self.options)?;
        let conditions = question.filters.conditions(&directory)?;
        let state = self.engine.state()?;
        let subject = Subject { conditions: &conditions, directory: &directory, state: &state };
        let periods = std::iter::once(&question.timeframe).chain(&question.previous);
        Ok(periods.map(|timeframe| subject.sql(&question, timeframe).groups()).collect())
    }

    /// The groups of the same question by something else.
    fn groups_by(
        &self,
        dimension: &str,
        question: &Question,
        subject: &Subject<'_>,
    ) -> Result<Vec<Group>, ToolError> {
        let question = question.by(dimension)?;
        let now = Measured::of(self, &question, subject, &question.timeframe)?;
        let before = question.previous.as_ref();
        let before = before.map(|timeframe| Measured::of(self, &question, subject, timeframe)).transpose()?;
        let shown = now.groups.len().min(question.limit);
        Ok(now.compared(&question, subject.directory, before.as_ref(), shown))
    }
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
