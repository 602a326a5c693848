//! A question as SQL over `conversation_metrics`.
//!
//! One query gives the groups and the total: the conversations meant are selected once, with only the columns needed.
//! Texts from outside appear as literals only.

use chrono::{DateTime, Utc};

use super::dimension::By;
use super::metric::Asked;
use super::question::Question;
use super::zone::local;
use crate::engine::literal;
use crate::tools::Clock;
use crate::tools::clock::timestamp;
use crate::tools::timeframe::{Bucket, Timeframe};

/// Of one period: the groups and the total, with `is_total`, `g0 …` and `l0 …` before the figures of the metrics.
pub(super) struct Sql<'a> {
    pub(super) question: &'a Question,
    pub(super) conditions: &'a [String],
    /// The period, with a start.
    pub(super) timeframe: &'a Timeframe,
    pub(super) start: DateTime<Utc>,
}

impl Sql<'_> {
    /// The query for the groups of the answer and the total of all.
    pub(super) fn groups(&self) -> String {
        let keys = self.keys();
        let figures = self.figures();
        let mut sql = format!("WITH\n\n{},\n\n", self.selected());
        sql.push_str(&format!(
            "total AS (\n    SELECT true AS is_total{}, {figures}\n    FROM selected\n)",
            self.nothing()
        ));
        if keys.is_empty() {
            sql.push_str("\n\nFROM total\n");
            return sql;
        }
        sql.push_str(&format!(",\n\n{}\n\nFROM total UNION ALL FROM measured\n", self.measured(&figures)));
        sql
    }

    /// The query for all conversations outside of some groups.
    pub(super) fn other(&self, groups: &[Vec<Option<String>>]) -> String {
        let excluded: Vec<String> = groups
            .iter()
            .map(|group| {
                let keys = group.iter().enumerate().map(|(place, key)| {
                    let key = key.as_deref().map_or("NULL".to_owned(), literal);
                    format!("g{place}::VARCHAR IS NOT DISTINCT FROM {key}")
                });
                format!("({})", keys.collect::<Vec<_>>().join(" AND "))
            })
            .collect();
        format!(
            "WITH\n\n{},\n\ngrouped AS (\n    SELECT *, {}\n    FROM selected\n)\n\nSELECT true AS is_total{}, {}\nFROM grouped\nWHERE NOT ({})\n",
            self.selected(),
            self.keys().join(", "),
            self.nothing(),
            self.figures(),
            excluded.join(" OR ")
        )
    }

    /// The columns of groups and their names, without any.
    fn nothing(&self) -> String {
        let places = 0..self.question.group_by.len();
        places.map(|place| format!(", NULL::VARCHAR AS g{place}, NULL::VARCHAR AS l{place}")).collect()
    }

    fn keys(&self) -> Vec<String> {
        let keys = self.question.group_by.iter().enumerate();
        keys.map(|(place, by)| format!("({})::VARCHAR AS g{place}", by.expression())).collect()
    }

    fn figures(&self) -> String {
        let metrics = self.question.metrics.iter().enumerate();
        let columns: Vec<String> = metrics.flat_map(|(place, asked)| asked.columns(place)).collect();
        format!("count(*) AS size, {}", columns.join(", "))
    }

    /// Groups are named first and counted then, so that a list becomes several groups of one conversation.
    fn measured(&self, figures: &str) -> String {
        let places: Vec<usize> = (0..self.question.group_by.len()).collect();
        let shown: String = self
            .question
            .group_by
            .iter()
            .enumerate()
            .map(|(place, by)| {
                let label = by
                    .label()
                    .map_or("NULL::VARCHAR".to_owned(), |name| format!("arg_max({name}, created_at)"));
                format!(", g{place}, {label} AS l{place}")
            })
            .collect();
        let by = places.iter().map(|place| format!("g{place}")).collect::<Vec<_>>().join(", ");
        format!(
            "grouped AS (\n    SELECT *, {}\n    FROM selected\n),\n\nmeasured AS (\n    SELECT false AS is_total{shown}, {figures}\n    FROM grouped\n    GROUP BY {by}\n)",
            self.keys().join(", ")
        )
    }

    /// What holds for the conversations meant.
    pub(super) fn meant(&self) -> String {
        let mut conditions = self.question.clock.conditions(Some(self.start), self.timeframe.end);
        conditions.extend(self.conditions.iter().cloned());
        conditions.join("\n        AND ")
    }

    /// What holds for those of any other time.
    pub(super) fn meant_at_other_times(&self) -> String {
        let at = self.question.clock.column();
        let (start, end) = (timestamp(self.start), timestamp(self.timeframe.end));
        let mut conditions = vec![format!("({at} < {start} OR {at} >= {end})")];
        if self.question.clock == Clock::Closed {
            conditions.push("is_closed".to_owned());
        }
        conditions.extend(self.conditions.iter().cloned());
        conditions.join("\n        AND ")
    }

    /// What was written in the conversations meant cannot be older than they are: files of earlier months are left
    /// alone.
    pub(super) fn earliest_message(&self) -> String {
        match self.question.clock {
            Clock::Created => format!("created_at >= {}", timestamp(self.start)),
            Clock::Closed | Clock::FirstReplied => "true".to_owned(),
        }
    }

    fn selected(&self) -> String {
        let at = self.question.clock.column();
        let local_at = local(at, self.start, self.timeframe.end, self.timeframe.zone);
        let needs_local = self.question.group_by.iter().any(By::is_time);
        let mut columns = vec!["conversation_metrics.*".to_owned()];
        let mut before = String::new();
        let mut joins = String::new();
        if needs_local {
            columns.push(format!("{local_at} AS local_at"));
        }
        columns.extend(self.question.group_by.iter().find_map(By::bucket).map(|bucket| match bucket {
            // Hours come twice when clocks are set back: their moment tells them apart.
            Bucket::Hour => format!("date_trunc('hour', local_at) - (local_at - {at}) AS bucket"),
            bucket => format!("date_trunc('{bucket}', local_at)::DATE AS bucket"),
        }));
        if self.question.group_by.iter().any(By::needs_country) {
            joins.push_str("\n    LEFT JOIN (SELECT contact_id, country FROM contacts) USING (contact_id)");
            columns.push("country".to_owned());
        }
        if self.question.metrics.iter().any(Asked::needs_sentiment) {
            before = self.tones();
            joins.push_str("\n    LEFT JOIN tones USING (conversation_id)");
            columns.push("sentiment".to_owned());
        }
        format!(
            "{before}selected AS (\n    SELECT {}\n    FROM conversation_metrics{joins}\n    WHERE {}\n)",
            columns.join(", "),
            self.meant()
        )
    }

    /// The tone of each conversation meant.
    fn tones(&self) -> String {
        format!(
            "chosen AS (\n    SELECT conversation_id\n    FROM conversation_metrics\n    WHERE {}\n),\n\n\
             tones AS (\n    SELECT conversation_id, avg(sentiment(body_text)) AS sentiment\n    FROM messages\n    \
             WHERE author_class = 'customer' AND {} AND conversation_id IN (FROM chosen)\n    \
             GROUP BY conversation_id\n),\n\n",
            self.meant(),
            self.earliest_message()
        )
    }
}
