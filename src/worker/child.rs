//! What the child does: confine itself, open the engine, answer one query after the other, end with its parent.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::cells::{self, Cells};
use super::confine;
use super::error::{Failed, FailedKind};
use super::frame::{FromChild, SqlAnswer, Start, ToChild, receive};
use super::options::Limits;
use super::replies::{AskParent, Current, Found, Out, tell};
use crate::audit;
use crate::config::private;
use crate::engine::{Access, Engine, EngineOptions, Now, QueryOptions, WordSearch};
use crate::lake::Layout;

/// The argument that makes this program a worker.
pub const ARGUMENT: &str = "__worker";

/// Bytes of memory that the rows of an answer may take before they are cut and made into JSON.
const ROW_BYTES: u64 = 64 << 20;

/// A query as the parent sends it.
struct Query {
    id: u64,
    sql: String,
    now: DateTime<Utc>,
    limits: Limits,
}

/// Works for the parent on the other side of stdin and stdout until it is gone. Nothing may have been started before:
/// a thread that is there already would not be confined.
pub fn run_child() -> ExitCode {
    private::restrict_process();
    confine::with_large_stacks();
    confine::limit_resources();
    let out: Out = match own_output() {
        Ok(out) => Arc::new(Mutex::new(out)),
        Err(_) => return ExitCode::FAILURE,
    };
    let mut input = io::stdin().lock();
    let Ok(Some(ToChild::Start(start))) = receive(&mut input, usize::MAX) else {
        return ExitCode::FAILURE;
    };
    if let Err(failed) = work(&mut input, &out, &start) {
        tell(&out, &FromChild::Unable(failed));
    }
    clear_away(&start);
    end()
}

/// Answers queries until there will be no more.
fn work(input: &mut impl Read, out: &Out, start: &Start) -> Result<(), Failed> {
    if start.is_confined {
        let confined =
            confine::forbid_files_and_network(&start.home, start.audit.as_deref(), &start.private_dir);
        confined.map_err(|error| Failed {
            kind: FailedKind::Other,
            message: format!("it cannot be confined: {error}"),
            hint: None,
        })?;
    }
    // Half a worker is of no use: whoever fails in one of its threads ends it.
    std::panic::set_hook(Box::new(|_| {
        end();
    }));
    let now = Arc::new(Mutex::new(DateTime::UNIX_EPOCH));
    let current = Arc::new(Current::default());
    let (search, found) = AskParent::new(Arc::clone(out), Arc::clone(&current));
    let engine = open(start, &now, start.has_search.then(|| Arc::new(search) as Arc<dyn WordSearch>))?;
    let (queries, waiting) = channel();
    let runner = Runner { engine, now, current: Arc::clone(&current), out: Arc::clone(out) };
    let runner = thread::Builder::new().name("runner".to_owned()).spawn(move || runner.run(&waiting));
    runner.map_err(|error| Failed { kind: FailedKind::Other, message: error.to_string(), hint: None })?;
    tell(out, &FromChild::Ready);
    listen(input, &current, &found, &queries);
    Ok(())
}

/// Hands on what the parent says, until it says no more.
fn listen(input: &mut impl Read, current: &Current, found: &Sender<(u64, Found)>, queries: &Sender<Query>) {
    while let Ok(Some(message)) = receive(input, usize::MAX) {
        // Who does not listen any more has ended, and the process with it.
        match message {
            ToChild::Start(_) => return,
            ToChild::Query { id, sql, now, limits } => drop(queries.send(Query { id, sql, now, limits })),
            ToChild::Cancel { id } => current.cancel(id),
            ToChild::Found { number, found: answer } => drop(found.send((number, answer))),
        }
    }
}

fn open(
    start: &Start,
    now: &Arc<Mutex<DateTime<Utc>>>,
    search: Option<Arc<dyn WordSearch>>,
) -> Result<Engine, Failed> {
    let now = Arc::clone(now);
    let now = Now::new(move || *now.lock().unwrap_or_else(PoisonError::into_inner));
    let options = EngineOptions {
        access: Access::ViewsOnly,
        memory_bytes: Some(start.memory_bytes),
        threads: Some(start.threads),
        spill_dir: Some(start.private_dir.clone()),
        spill_bytes: Some(256 << 20),
        // Later than the limit of the query itself, which tells why it ended.
        longest: Some(start.longest + Duration::from_secs(1)),
        search,
        // What is pending was gathered by the parent, who may write.
        beside: start.audit.clone().map(|directory| audit::table(directory, || Ok(()))),
        layers: start.layers,
        ..EngineOptions::new(now)
    };
    Engine::open(&Layout::new(&start.home), options).map_err(Failed::from)
}

/// Runs queries, one at a time.
struct Runner {
    engine: Engine,
    now: Arc<Mutex<DateTime<Utc>>>,
    current: Arc<Current>,
    out: Out,
}

impl Runner {
    fn run(&self, queries: &Receiver<Query>) {
        for query in queries {
            let message = match self.answer(&query) {
                Ok(answer) => FromChild::Answer { id: query.id, answer },
                Err(failed) => FromChild::Failed { id: query.id, failed },
            };
            tell(&self.out, &message);
        }
    }

    fn answer(&self, query: &Query) -> Result<SqlAnswer, Failed> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = query.now;
        let options = QueryOptions {
            timeout: query.limits.timeout,
            max_rows: Some(query.limits.max_rows),
            max_bytes: Some(ROW_BYTES),
            cancel: self.current.begin(query.id, query.limits.timeout),
        };
        let table = self.engine.query(&query.sql, &options)?;
        let columns = cells::columns(&table)?;
        let Cells { rows, cut, cut_cells } = Cells::of(&table, &query.limits);
        Ok(SqlAnswer {
            columns,
            rows,
            cut,
            cut_cells,
            elapsed_ms: u64::try_from(table.summary.elapsed.as_millis()).unwrap_or(u64::MAX),
            generation: self.engine.state()?.generation,
            lake_changed: table.summary.lake_changed,
        })
    }
}

/// A way to the parent that is not stdout: whatever else writes there must not look like a message.
#[cfg(unix)]
fn own_output() -> io::Result<Box<dyn Write + Send>> {
    use std::os::fd::AsFd;
    let out = io::stdout().as_fd().try_clone_to_owned()?;
    let nowhere = std::fs::File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nowhere)?;
    Ok(Box::new(std::fs::File::from(out)))
}

#[cfg(not(unix))]
fn own_output() -> io::Result<Box<dyn Write + Send>> {
    Ok(Box::new(io::stdout()))
}

/// Removes what a query put aside: the parent may have died before it could.
fn clear_away(start: &Start) {
    let entries = std::fs::read_dir(&start.private_dir).into_iter().flatten().flatten();
    for entry in entries {
        let _ = std::fs::remove_file(entry.path());
    }
}

/// Ends the process at once: a query that does not stop must not hold it up.
fn end() -> ExitCode {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        let _ = kill_process(getpid(), Signal::KILL);
    }
    #[expect(clippy::exit, reason = "where there is no such signal")]
    std::process::exit(1)
}
