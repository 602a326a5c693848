//! One query on a thread of its own, watched from the caller's: deadline, cancellation, limits.
//!
//! The thread has a large stack, since DuckDB parses and plans recursively. Rows come through a short channel, so the
//! query waits while its rows are not taken.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::datatypes::FieldRef;
use duckdb::{Connection, InterruptHandle};

use super::error::Error;
use super::gate::{Admitted, admit};
use super::held::Held;
use super::options::{Layers, QueryOptions};
use super::prelude::Times;
use super::sql_error::{SqlError, SqlErrorKind};
use super::table::{Column, Cut, Summary};
use super::types::sql_type;
use super::views::{VIEWS, literal, view};
use crate::lake::Partitioning;

const STACK_BYTES: usize = 64 << 20;
/// How often deadline and cancellation are looked at.
const TICK: Duration = Duration::from_millis(20);
/// How long an interrupted query may take to stop before it is left behind.
const GRACE: Duration = Duration::from_secs(5);

/// SQL, by who wrote it.
#[derive(Debug, Clone)]
pub(super) enum Text {
    /// Whoever asks: it has to pass the gate.
    Gated(String),
    /// This program.
    Own(String),
    /// Someone who may do anything, also what must not be done twice.
    Any(String),
}

impl Text {
    /// The SQL.
    pub(super) fn sql(&self) -> &str {
        match self {
            Self::Gated(sql) | Self::Own(sql) | Self::Any(sql) => sql,
        }
    }
}

/// What is to be run.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) text: Text,
    pub(super) times: Times,
    pub(super) max_rows: Option<u64>,
    pub(super) layers: Layers,
    /// A table that may be read beside the views.
    pub(super) beside: Option<&'static str>,
}

enum Event {
    Columns(Vec<Column>),
    Rows(RecordBatch),
    End(Result<(), Error>),
}

/// A query under way.
pub(super) struct Run {
    events: Receiver<Event>,
    interrupt: Arc<InterruptHandle>,
}

impl Run {
    pub(super) fn start(connection: Connection, job: Job) -> Result<Self, Error> {
        let interrupt = connection.interrupt_handle();
        let (sender, events) = sync_channel(2);
        thread::Builder::new()
            .name("query".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let outcome = execute(&connection, &job, &sender);
                // Nobody listens any more when the answer was cut.
                let _ = sender.send(Event::End(outcome));
            })
            .map_err(Error::Thread)?;
        Ok(Self { events, interrupt })
    }

    /// Takes all rows, until the end, a limit or a request to stop.
    pub(super) fn pump(self, options: &QueryOptions, held: &mut Held<'_>) -> Result<Summary, Error> {
        let mut count = Count { rows: 0, bytes: 0, cut: None };
        let mut waited = Duration::ZERO;
        let mut stopped: Option<(Error, Duration)> = None;
        loop {
            let start = Instant::now();
            let event = self.events.recv_timeout(TICK);
            waited += start.elapsed();
            match event {
                Ok(Event::Columns(columns)) => held.columns(columns),
                Ok(Event::Rows(batch)) if stopped.is_none() => {
                    let batch = count.admit(batch, options);
                    held.rows(batch).map_err(Error::Output)?;
                    if count.cut.is_some() {
                        return Ok(count.summary(waited));
                    }
                }
                Ok(Event::Rows(_)) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Event::End(outcome)) => {
                    return match (stopped, outcome) {
                        (Some((why, _)), _) => Err(why),
                        (None, outcome) => outcome.map(|()| count.summary(waited)),
                    };
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Error::BrokeOff),
            }
            if stopped.is_none() {
                stopped = why_stop(options, waited).map(|why| (why, waited));
            }
            match stopped.take() {
                // A few operators never look at the interrupt; the thread ends with the process.
                Some((why, since)) if waited > since + GRACE => return Err(why),
                Some(stop) => {
                    self.interrupt.interrupt();
                    stopped = Some(stop);
                }
                None => {}
            }
        }
    }
}

impl Drop for Run {
    /// A query nobody waits for any more is not worth finishing.
    fn drop(&mut self) {
        self.interrupt.interrupt();
    }
}

fn why_stop(options: &QueryOptions, waited: Duration) -> Option<Error> {
    if options.cancel.is_cancelled() {
        return Some(Error::Cancelled);
    }
    (waited >= options.timeout).then_some(Error::TimedOut(options.timeout))
}

/// What was taken so far.
struct Count {
    rows: u64,
    bytes: u64,
    cut: Option<Cut>,
}

impl Count {
    /// As much of a batch as the limits allow.
    fn admit(&mut self, batch: RecordBatch, options: &QueryOptions) -> RecordBatch {
        let room = options.max_rows.map_or(u64::MAX, |most| most - self.rows);
        let rows = batch.num_rows() as u64;
        let batch = match rows > room {
            true => {
                self.cut = Some(Cut::Rows);
                batch.slice(0, usize::try_from(room).unwrap_or(usize::MAX))
            }
            false => batch,
        };
        self.rows += batch.num_rows() as u64;
        self.bytes += batch.get_array_memory_size() as u64;
        if self.cut.is_none() && options.max_bytes.is_some_and(|most| self.bytes > most) {
            self.cut = Some(Cut::Bytes);
        }
        batch
    }

    fn summary(&self, elapsed: Duration) -> Summary {
        Summary { rows: self.rows, cut: self.cut, elapsed, lake_changed: false }
    }
}

/// Runs on the query's own thread.
fn execute(connection: &Connection, job: &Job, events: &SyncSender<Event>) -> Result<(), Error> {
    job.times.set(connection)?;
    let limit = job.max_rows.map_or(String::new(), |rows| format!(" LIMIT {}", rows.saturating_add(1)));
    match &job.text {
        Text::Own(sql) | Text::Any(sql) => give(connection, sql, None, events),
        Text::Gated(sql) => match admitted(connection, sql, job)? {
            Admitted::Query(sql) if !job.layers.wrapper => give(connection, sql, None, events),
            Admitted::Query(sql) => {
                give(connection, &format!("SELECT * FROM query(?){limit}"), Some(sql), events)
            }
            Admitted::Explain(sql) => give(connection, "EXPLAIN SELECT * FROM query(?)", Some(sql), events),
            Admitted::Describe(name) => give(connection, &describe(connection, name), None, events),
            Admitted::ShowViews => give(connection, &show_views(), None, events),
        },
    }
}

fn admitted<'a>(connection: &Connection, sql: &'a str, job: &Job) -> Result<Admitted<'a>, Error> {
    if job.layers.gate { admit(connection, sql, job.beside) } else { Ok(Admitted::Query(sql)) }
}

/// Runs a statement and sends its rows. The user's text is only ever the value of a parameter.
fn give(
    connection: &Connection,
    statement: &str,
    query: Option<&str>,
    events: &SyncSender<Event>,
) -> Result<(), Error> {
    let failed = |error: duckdb::Error| sql_failed(&error, query.unwrap_or(statement));
    let mut statement = connection.prepare(statement).map_err(failed)?;
    let rows = match query {
        Some(query) => statement.stream_arrow([query]),
        None => statement.stream_arrow([]),
    };
    rows.map(drop).map_err(failed)?;
    let columns = columns(&statement);
    if events.send(Event::Columns(columns)).is_err() {
        return Ok(());
    }
    while let Some(rows) = statement.step().map_err(failed)? {
        if events.send(Event::Rows(RecordBatch::from(&rows))).is_err() {
            break;
        }
    }
    Ok(())
}

fn sql_failed(error: &duckdb::Error, sql: &str) -> Error {
    let error = SqlError::new(error, sql);
    if error.kind == SqlErrorKind::Interrupted { Error::Cancelled } else { Error::Sql(error) }
}

fn columns(statement: &duckdb::Statement<'_>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (index, field) in statement.schema().fields().iter().enumerate() {
        let name = free_name(field.name(), &columns);
        let sql_type = sql_type(&statement.column_logical_type(index), field.data_type());
        columns.push(Column { field: renamed(field, &name), name, sql_type });
    }
    columns
}

/// The name, or the name with a number if a column before it has it.
fn free_name(name: &str, taken: &[Column]) -> String {
    let is_free = |name: &str| taken.iter().all(|column| column.name != name);
    let numbered = (1..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| is_free(name)).unwrap_or_default()
}

fn renamed(field: &FieldRef, name: &str) -> FieldRef {
    if field.name() == name { Arc::clone(field) } else { Arc::new(field.as_ref().clone().with_name(name)) }
}

/// What DESCRIBE of a view runs: its columns with what they mean.
fn describe(connection: &Connection, name: &str) -> String {
    let has_days = connection.prepare(&format!("SELECT day FROM {name} LIMIT 0")).is_ok();
    let partitioning = if has_days { Partitioning::Day } else { Partitioning::Month };
    let columns = view(name).map(|view| view.columns(partitioning)).unwrap_or_default();
    let rows = columns.iter().map(|column| {
        let (name, sql_type) = (literal(&column.name), literal(&column.sql_type));
        format!("({name}, {sql_type}, {})", literal(&column.description))
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    format!("FROM (VALUES {rows}) AS columns(column_name, column_type, description)")
}

/// What SHOW TABLES runs: the views with what a row of them is.
fn show_views() -> String {
    let rows = VIEWS.iter().map(|view| format!("({}, {})", literal(view.name), literal(view.grain())));
    let rows = rows.collect::<Vec<_>>().join(", ");
    format!("FROM (VALUES {rows}) AS views(name, description)")
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field};

    use super::*;

    #[test]
    fn columns_of_the_same_name_are_numbered() {
        let field: FieldRef = Arc::new(Field::new("a", DataType::Int64, true));
        let column =
            |name: &str| Column { name: name.to_owned(), sql_type: String::new(), field: Arc::clone(&field) };
        assert_eq!(free_name("a", &[]), "a");
        assert_eq!(free_name("a", &[column("a")]), "a_1");
        assert_eq!(free_name("a", &[column("a"), column("a_1")]), "a_2");
    }
}
