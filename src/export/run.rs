//! An export from beginning to end: of one version of the lake, into a place of its own.

use arrow::array::AsArray;
use arrow::datatypes::{Date32Type, Int64Type};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::catalog::catalog;
use super::error::Error;
use super::manifest::{Circumstances, Done, Manifest};
use super::params::{ExportParams, Redaction};
use super::place::{Stage, Target};
use super::plan::{Planned, plan};
use super::redact::{Hashed, Hasher};
use super::select::{self, Month};
use super::write::sink;
use crate::engine::{self, Column, Engine, Output, QueryOptions, Table};
use crate::lake::State;
use crate::tools::{Freshness, Selected, ToolError};

/// How often an export is begun at most when a sync moves the lake under it each time.
const MOST_RUNS: u32 = 5;

/// Is told how an export goes.
pub trait Observer {
    /// A table is begun: its name, and which of how many it is.
    fn table(&self, name: &'static str, number: usize, count: usize);
    /// So many more rows of it are written.
    fn rows(&self, count: u64);
    /// A sync moved the lake: everything is written anew.
    fn restarted(&self);
}

/// What exports are made with.
pub struct Exporter<'a> {
    /// SQL over the lake.
    pub engine: &'a Engine,
    /// The zone of days and hours unless the period names one: the workspace's.
    pub zone: Tz,
    /// The present.
    pub now: DateTime<Utc>,
    /// The limits of each query.
    pub options: QueryOptions,
    /// Is told how it goes.
    pub observer: &'a dyn Observer,
}

impl Exporter<'_> {
    /// Makes an export.
    ///
    /// # Errors
    /// When it cannot be as it is asked for, when no conversation is meant, when it cannot be written. Nothing is left
    /// behind then, and what was there before is untouched.
    pub fn export(&self, params: &ExportParams, target: &Target) -> Result<Done, Error> {
        let mut restart_count = 0;
        loop {
            let stage = target.stage()?;
            match self.write(params, &stage, target) {
                Err(error) if error.is_of_a_moving_lake() && restart_count + 1 < MOST_RUNS => {
                    restart_count += 1;
                    self.observer.restarted();
                }
                Err(error) => return Err(error),
                Ok(manifest) => {
                    let bytes = size_of(stage.path()).map_err(Error::write(stage.path()))?;
                    stage.commit(target)?;
                    let rows = manifest.tables.iter().map(|table| table.rows).sum();
                    let path = target.path().display().to_string();
                    return Ok(Done { path, bytes, rows, restart_count, manifest });
                }
            }
        }
    }

    /// Writes everything once; fails if the lake moved meanwhile.
    fn write(&self, params: &ExportParams, stage: &Stage, target: &Target) -> Result<Manifest, Error> {
        let state = self.engine.state()?;
        let selected = params.selection.resolve(self.engine, self.zone, self.now, &self.options)?;
        let is_limited = selected.is_limited();
        let plan = plan(params, state.partitioning, is_limited)?;
        let conversation_count = is_limited.then(|| self.count(&selected)).transpose()?;
        if conversation_count == Some(0) {
            return Err(Error::NothingFound);
        }
        let freshness = Freshness::of(&state, &selected.timeframe, self.now)?;
        let generation = state.generation;
        let known =
            Circumstances { now: self.now, generation, selected: &selected, conversation_count, freshness };
        let mut manifest = Manifest::new(params, &plan, known);
        let mut hasher = match &params.redaction {
            Some(Redaction::Hash { key, .. }) => Some(Hasher::new(key)),
            _ => None,
        };
        let mut sink = sink(params, stage.path(), target.name())?;
        for (place, table) in plan.tables.iter().enumerate() {
            self.observer.table(table.view.name, place + 1, plan.tables.len());
            let parts = self.parts(table, &selected)?;
            let written = sink.table(table, &parts, &mut |month, output| {
                self.fill(table, &selected, month, &mut hasher, output)
            })?;
            self.settled(generation)?;
            check_count(table, &selected, written.rows, &state)?;
            manifest.add(table, written);
        }
        sink.finish(&catalog(&plan, params), &manifest.to_json())?;
        Ok(manifest)
    }

    /// The months a table is written by; a month without rows if it has none, since readers need its columns.
    fn parts(&self, table: &Planned, selected: &Selected) -> Result<Vec<Option<Month>>, Error> {
        let Some(sql) = select::months(table.view, &selected.conditions) else { return Ok(vec![None]) };
        let answer = self.ask(&sql)?;
        let days =
            answer.batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Date32Type>().iter());
        let months: Vec<_> = days
            .flatten()
            .filter_map(Date32Type::to_naive_date_opt)
            .map(|day| Some(Month::of(day)))
            .collect();
        Ok(if months.is_empty() { vec![Some(Month::first())] } else { months })
    }

    /// Gives the rows of a table to an output.
    fn fill(
        &self,
        table: &Planned,
        selected: &Selected,
        month: Option<Month>,
        hasher: &mut Option<Hasher>,
        output: &mut dyn Output,
    ) -> Result<u64, Error> {
        let sql = select::rows(table, &selected.conditions, month);
        let mut counted = Counted { inner: output, observer: self.observer };
        let hashed = table.hashed();
        let summary = match hasher {
            Some(hasher) if !hashed.is_empty() => {
                let mut output = Hashed::new(&mut counted, hasher, &hashed);
                self.engine.ask_stream(&sql, &self.options, &mut output)?
            }
            _ => self.engine.ask_stream(&sql, &self.options, &mut counted)?,
        };
        if summary.lake_changed { Err(Error::Unsettled) } else { Ok(summary.rows) }
    }

    fn count(&self, selected: &Selected) -> Result<u64, Error> {
        let answer = self.ask(&select::count_of(&selected.conditions))?;
        let count = answer.batches.first().map(|batch| batch.column(0).as_primitive::<Int64Type>().value(0));
        Ok(count.unwrap_or_default().unsigned_abs())
    }

    fn ask(&self, sql: &str) -> Result<Table, Error> {
        let answer = self.engine.ask(sql, &self.options)?;
        if answer.summary.lake_changed { Err(Error::Unsettled) } else { Ok(answer) }
    }

    /// Each answer is of one version; that the version still is the first one makes all answers of that.
    fn settled(&self, generation: u64) -> Result<(), Error> {
        if self.options.cancel.is_cancelled() {
            return Err(ToolError::Engine(engine::Error::Cancelled).into());
        }
        if self.engine.state()?.generation == generation { Ok(()) } else { Err(Error::Unsettled) }
    }
}

/// A whole table has the rows that were recorded when it was written.
fn check_count(table: &Planned, selected: &Selected, found: u64, state: &State) -> Result<(), Error> {
    let recorded =
        table.view.table().filter(|_| !selected.is_limited()).map(|table| state.rows_of(table.name));
    match recorded {
        Some(expected) if expected != found => Err(Error::Count { table: table.view.name, expected, found }),
        _ => Ok(()),
    }
}

fn size_of(directory: &std::path::Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { size_of(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

/// Passes rows on and tells how many.
struct Counted<'a> {
    inner: &'a mut dyn Output,
    observer: &'a dyn Observer,
}

impl Output for Counted<'_> {
    fn columns(&mut self, columns: &[Column]) -> std::io::Result<()> {
        self.inner.columns(columns)
    }

    fn rows(&mut self, batch: &arrow::array::RecordBatch) -> std::io::Result<()> {
        self.observer.rows(batch.num_rows() as u64);
        self.inner.rows(batch)
    }

    fn end(&mut self) -> std::io::Result<()> {
        self.inner.end()
    }
}
