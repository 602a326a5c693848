//! The engine: a DuckDB database with the views of one lake, and how a query on it gets one version of the data.
//!
//! DuckDB opens a file more than once in a query, by its name: first for its footer, then for its columns. If a sync
//! replaces the file in between, the query fails or, worse, gives rows that never were. So an answer counts only if
//! the lake's version was the same before and after; else the query runs again.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::{Array, AsArray};
use arrow::datatypes::TimestampMicrosecondType;
use chrono::{DateTime, Utc};
use duckdb::{Config, Connection};

use super::error::Error;
use super::held::Held;
use super::options::{Access, EngineOptions, QueryOptions};
use super::prelude::{self, Times};
use super::run::{Job, Run, Text};
use super::settings;
use super::sql_error::SqlError;
use super::table::{Collected, Output, Summary, Table};
use super::views::{VIEWS, View, views_in};
use crate::lake::{self, Disk, LastState, Layout, Partitioning, Snapshot, State};
use crate::model::{Conversation, ConversationMetrics, Row, TableSpec};
use crate::private_dir::PrivateDir;

/// Tells when the last sync of everything began.
pub(super) const LAST_SYNC_AT: &str = include_str!("sql/last_sync_at.sql");
/// How often a query is run at most when the lake changes under it each time.
const MOST_RUNS: usize = 6;
/// How long a query may have run to be run a third time or more.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers SQL about one lake. Cheap to share; queries run at the same time on connections of their own.
pub struct Engine {
    layout: Layout,
    options: EngineOptions,
    database: Mutex<Database>,
    last_state: LastState,
    /// Answers to queries of this program's own, and the version of the lake they are of.
    remembered: Mutex<HashMap<&'static str, (Snapshot, Arc<Table>)>>,
    /// Where queries of a replica put what does not fit into memory.
    _private_dir: Option<PrivateDir>,
}

struct Database {
    connection: Connection,
    /// The views that were made: each takes DuckDB milliseconds, and few queries need many.
    made: HashSet<&'static str>,
    /// The generation in which some tables of them had no files yet, if they still have none.
    waits_for_files: Option<u64>,
}

impl Engine {
    /// Opens the lake below a home. Nothing is written there.
    ///
    /// # Errors
    /// [`Error::NoLake`] when nothing was ever synced.
    pub fn open(layout: &Layout, options: EngineOptions) -> Result<Self, Error> {
        let layout = absolute(layout);
        let last_state = LastState::default();
        let state = state(&last_state, &layout)?;
        let connection = connect(&options)?;
        prelude::install(&connection, options.search.as_ref())?;
        let mut database = Database { connection, made: HashSet::new(), waits_for_files: None };
        if options.access == Access::Everything {
            // What can be asked there says not always which views it needs.
            database.make(VIEWS.iter().collect(), &layout, &state)?;
            // Only there can queries see what is said about views.
            let comments: String = VIEWS.iter().map(|view| view.comments(state.partitioning)).collect();
            database.connection.execute_batch(&comments).map_err(Error::duckdb("describe the views"))?;
        }
        let needs_dir = options.spill_dir.is_none() && lake::is_read_only(&layout);
        let private_dir =
            needs_dir.then(|| PrivateDir::create("spill")).transpose().map_err(Error::NoPrivateDir)?;
        let private_path = private_dir.as_ref().map(|dir| dir.path().to_owned());
        let spill_dir = options.spill_dir.clone().or(private_path);
        let spill_dir = spill_dir.unwrap_or_else(|| layout.state_dir().join("spill"));
        settings::apply(&database.connection, &options, &layout.lake_dir(), &spill_dir)?;
        let database = Mutex::new(database);
        let remembered = Mutex::default();
        Ok(Self { layout, options, database, last_state, remembered, _private_dir: private_dir })
    }

    /// Answers a query with all its rows.
    pub fn query(&self, sql: &str, options: &QueryOptions) -> Result<Table, Error> {
        let mut collected = Collected::default();
        let summary = self.stream(sql, options, &mut collected)?;
        Ok(Table { columns: collected.columns, batches: collected.batches, summary })
    }

    /// Answers a query, handing out rows as they come; memory stays bounded.
    ///
    /// A short answer is only handed out once it is known to be of one version of the lake; a long one is handed out
    /// as it comes, and its summary tells if a sync got in between.
    pub fn stream(
        &self,
        sql: &str,
        options: &QueryOptions,
        output: &mut dyn Output,
    ) -> Result<Summary, Error> {
        let text = match self.options.access {
            Access::ViewsOnly => Text::Gated(sql.to_owned()),
            Access::Everything => Text::Any(sql.to_owned()),
        };
        self.answer(text, options, output)
    }

    /// What is recorded of the lake's files and of the sync, as of now.
    ///
    /// # Errors
    /// [`Error::NoLake`] when nothing was ever synced.
    pub fn state(&self) -> Result<Arc<State>, Error> {
        state(&self.last_state, &self.layout)
    }

    /// Answers a query of this program's own, which passes no gate: texts from outside are literals in it.
    pub(crate) fn ask(&self, sql: &str, options: &QueryOptions) -> Result<Table, Error> {
        let mut collected = Collected::default();
        let summary = self.answer(Text::Own(sql.to_owned()), options, &mut collected)?;
        Ok(Table { columns: collected.columns, batches: collected.batches, summary })
    }

    /// Like [`Engine::stream`], for a query of this program's own.
    pub(crate) fn ask_stream(
        &self,
        sql: &str,
        options: &QueryOptions,
        output: &mut dyn Output,
    ) -> Result<Summary, Error> {
        self.answer(Text::Own(sql.to_owned()), options, output)
    }

    /// Like [`Engine::ask`], remembered while the lake stays as it is: for small answers that many questions need and
    /// that do not depend on the time.
    pub(crate) fn ask_once(&self, sql: &'static str, options: &QueryOptions) -> Result<Arc<Table>, Error> {
        let before = self.snapshot()?;
        let held = |snapshot: Snapshot| {
            let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            let (of, table) = remembered.get(sql)?;
            Snapshot::is_stable(*of, snapshot).then(|| Arc::clone(table))
        };
        if let Some(table) = held(before) {
            return Ok(table);
        }
        let table = Arc::new(self.ask(sql, options)?);
        if Snapshot::is_stable(before, self.snapshot()?) && table.summary.cut.is_none() {
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            remembered.insert(sql, (before, Arc::clone(&table)));
        }
        Ok(table)
    }

    fn answer(&self, text: Text, options: &QueryOptions, output: &mut dyn Output) -> Result<Summary, Error> {
        // What changes something must not run twice.
        let most_runs = if matches!(text, Text::Any(_)) { 1 } else { MOST_RUNS };
        let times = Times { now: self.options.now.get(), last_sync_at: None };
        let beside = self.options.beside.as_ref().map(|beside| beside.name);
        let mut job = Job { text, times, max_rows: options.max_rows, layers: self.options.layers, beside };
        let mut held = Held::new(output);
        let start = Instant::now();
        for run in 1.. {
            let before = Snapshot::settled(&self.last_state, &Disk::default(), &self.layout)?;
            job.times.last_sync_at = self.last_sync_at(job.text.sql())?;
            let outcome = self
                .connection(before, job.text.sql())
                .and_then(|connection| Run::start(connection, job.clone())?.pump(options, &mut held));
            let lake_changed = !Snapshot::is_stable(before, self.snapshot()?);
            let has_patience = run == 1 || start.elapsed() < PATIENCE;
            let is_final = outcome.as_ref().is_err_and(Error::is_final) || held.is_released();
            if lake_changed && !is_final && has_patience && run < most_runs {
                held.forget();
                continue;
            }
            let counted =
                outcome.map_err(|error| if lake_changed { error.while_changing() } else { error })?;
            held.end().map_err(Error::Output)?;
            return Ok(Summary { lake_changed, ..counted });
        }
        Err(Error::BrokeOff)
    }

    /// When the last sync of everything began, if something that the SQL may read tells times until then.
    fn last_sync_at(&self, sql: &str) -> Result<Option<DateTime<Utc>>, Error> {
        let is_named = |sql: &str| {
            sql.to_ascii_lowercase().contains("last_sync_at")
                || views_in(sql).iter().any(|view| view.name == ConversationMetrics::TABLE.name)
        };
        // Who may do anything may have made views of their own, whose names tell nothing.
        if sql == LAST_SYNC_AT || (self.options.access == Access::ViewsOnly && !is_named(sql)) {
            return Ok(None);
        }
        let table = self.ask_once(LAST_SYNC_AT, &QueryOptions::default())?;
        let column = table.batches.iter().find(|batch| batch.num_rows() > 0).map(|batch| batch.column(0));
        let times = column.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
        let at = times.filter(|times| times.is_valid(0)).map(|times| times.value(0));
        Ok(at.and_then(DateTime::from_timestamp_micros))
    }

    fn snapshot(&self) -> Result<Snapshot, Error> {
        Ok(Snapshot::by(&self.last_state, &Disk::default(), &self.layout)?)
    }

    /// A connection of its own for one query, with the views it may need.
    fn connection(&self, snapshot: Snapshot, sql: &str) -> Result<Connection, Error> {
        let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let mut needed = views_in(sql);
        if database.waits_for_files.is_some_and(|generation| generation != snapshot.generation) {
            // Whatever stands on a table that may have files now is made anew, too.
            let names: Vec<&str> = needed.iter().map(|view| view.name).collect();
            let is_needed = |view: &&View| database.made.contains(view.name) || names.contains(&view.name);
            needed = VIEWS.iter().filter(is_needed).collect();
            database.made.clear();
            database.waits_for_files = None;
        }
        needed.retain(|view| !database.made.contains(view.name));
        if !needed.is_empty() {
            let state = self.state()?;
            database.make(needed, &self.layout, &state)?;
        }
        if let Some(beside) = self.options.beside.as_ref().filter(|beside| beside.is_named_in(sql)) {
            let failed = |reason| Error::Beside { table: beside.name, reason };
            let create = (beside.create)().map_err(failed)?;
            database.connection.execute_batch(&create).map_err(|error| failed(error.to_string()))?;
        }
        database.connection.try_clone().map_err(Error::duckdb("open a connection"))
    }
}

impl Database {
    /// Makes views, in the order they stand on each other.
    fn make(&mut self, views: Vec<&'static View>, layout: &Layout, state: &State) -> Result<(), Error> {
        for view in views {
            create_view(&self.connection, view, layout, state)?;
            self.made.insert(view.name);
            if !has_files(view, state) {
                self.waits_for_files = Some(state.generation);
            }
        }
        Ok(())
    }
}

/// DuckDB is told absolute paths, so that a change of the working directory changes nothing.
fn absolute(layout: &Layout) -> Layout {
    let lake = std::path::absolute(layout.lake_dir());
    lake.ok().as_deref().and_then(Path::parent).map_or_else(|| layout.clone(), Layout::new)
}

fn state(last: &LastState, layout: &Layout) -> Result<Arc<State>, Error> {
    let state = last.load(&Disk::default(), layout)?;
    // After a reset the state may remain, to remember who was forgotten.
    state.filter(|state| !state.files.is_empty()).ok_or_else(|| Error::NoLake(layout.lake_dir()))
}

fn connect(options: &EngineOptions) -> Result<Connection, Error> {
    let config = Config::default().enable_autoload_extension(options.access == Access::Everything);
    config.and_then(Connection::open_in_memory_with_flags).map_err(Error::duckdb("open a database in memory"))
}

fn create_view(
    connection: &Connection,
    view: &'static View,
    layout: &Layout,
    state: &State,
) -> Result<(), Error> {
    if is_made_later(view, state) {
        return Err(Error::WithoutDerived(view.name));
    }
    let sql = match has_files(view, state) {
        true => view.create(&layout.lake_dir()),
        false => view.create_empty(state.partitioning),
    };
    let failed = |error| Error::View { view: view.name, source: SqlError::new(&error, &sql) };
    connection.execute_batch(&sql).map_err(failed)
}

/// Whether the rows of a view are made of others by whoever writes them, and those are there and they are not.
fn is_made_later(view: &View, state: &State) -> bool {
    view.table().is_some_and(TableSpec::is_derived)
        && !has_files(view, state)
        && state.rows_of(Conversation::TABLE.name) > 0
}

fn has_files(view: &View, state: &State) -> bool {
    view.table().is_none_or(|table| state.files_of(table.name).next().is_some())
}

impl Engine {
    /// How the lake is split.
    pub fn partitioning(&self) -> Result<Partitioning, Error> {
        Ok(self.state()?.partitioning)
    }
}

/// Engines are shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<Engine>>();
};
