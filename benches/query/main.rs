//! How fast questions are answered: the shipped views on a generated lake, against the same SQL on native DuckDB
//! tables, and against SQLite with the tables of the earlier tool where those can tell the answer.
//!
//! `cargo bench --bench query` asks 40,000 conversations; `-- --conversations 1000000` a million, whose making takes
//! a quarter of an hour and 6 GB of disk once, in the target directory. `--only TEXT` asks what has that in its name.
//! Figures are printed, never asserted: they depend on the machine. Answers that differ are an error.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints and may fail"
)]

mod duck;
mod figures;
mod lake;
mod questions;
mod sqlite;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::DateTime;
use chrono_tz::Tz;
use duckdb::Connection;
use fastintercom::engine::{Engine, EngineOptions, Now, QueryOptions};
use fastintercom::lake::Layout;
use fastintercom::tools::analyze::{Analyst, AnalyzeParams};
use fastintercom::tools::timeframe::TimeframeInput;

use figures::{Times, texts};
use questions::{ANALYSES, Analysis, CONVERSATION, QUESTIONS, Question};

/// The program's own, with its usual options.
#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Runs of a question that count, after some that do not.
const RUNS: usize = 25;
const WARMING: usize = 2;
/// Runs that count at least, of what takes longer than there is patience.
const LEAST: usize = 5;
/// After so long the same is not asked again.
const PATIENCE: Duration = Duration::from_secs(6);
/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");

fn main() {
    let only = lake::after("--only").unwrap_or_default();
    let home = lake::asked_for();
    let bench = Bench::new(&home);
    bench.facts();
    for question in QUESTIONS.iter().filter(|question| question.name.contains(&only)) {
        bench.ask(question);
    }
    for analysis in ANALYSES.iter().filter(|analysis| analysis.name.contains(&only)) {
        bench.analyze(analysis);
    }
    fresh(&home);
}

/// Everything that is asked.
struct Bench {
    engine: Engine,
    files: Connection,
    tables: Connection,
    sqlite: rusqlite::Connection,
    conversation: String,
    /// What a typical question may take, in milliseconds.
    budget: f64,
}

impl Bench {
    fn new(home: &Path) -> Self {
        let options = EngineOptions::new(Now::fixed(DateTime::from_timestamp(lake::NOW, 0).unwrap()));
        let engine = Engine::open(&Layout::new(home), options).unwrap();
        let sqlite = sqlite::open(home, &engine);
        let tables = duck::on_tables(home);
        let middle = "SELECT conversation_id FROM conversations ORDER BY created_at, conversation_id
            LIMIT 1 OFFSET (SELECT count(*) // 2 FROM conversations)";
        let conversation = texts(&duck::ask(&tables, middle))[0][0].clone();
        let count = engine.state().unwrap().rows_of("conversations");
        let budget = if count <= 40_000 { 20.0 } else { 150.0 };
        Self { engine, files: duck::on_files(home), tables, sqlite, conversation, budget }
    }

    /// What is asked, and on what.
    fn facts(&self) {
        let state = self.engine.state().unwrap();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        println!(
            "{} conversations, {} messages, {} contacts in {:.1} MB and {} files",
            state.rows_of("conversations"),
            state.rows_of("messages"),
            state.rows_of("contacts"),
            state.lake_bytes() as f64 / 1e6,
            state.files.len(),
        );
        let version = texts(&duck::ask(&self.tables, "SELECT version()"))[0][0].clone();
        println!(
            "{} processors ({}), DuckDB {version}, SQLite {}, {RUNS} warm runs each, or as many as {} s allow",
            cores,
            cpu.map_or("unknown", |(_, name)| name),
            rusqlite::version(),
            PATIENCE.as_secs()
        );
        println!(
            "{:38} {:>8} {:>8} {:>8} {:>5} {:>10} {:>16} {:>18}",
            "question", "p50 ms", "p95 ms", "CPU ms", "runs", "SQL alone", "native tables", "SQLite"
        );
    }

    fn ask(&self, question: &Question) {
        let sql = question.sql.replace(CONVERSATION, &self.conversation);
        let options = QueryOptions::default();
        let ours = || self.engine.query(&sql, &options).unwrap().batches;
        let native = duck::ask(&self.tables, &sql);
        assert_eq!(texts(&ours()), texts(&native), "{}: native tables tell another story", question.name);
        let [ours, alone, native] =
            rounds([&|| drop(ours()), &|| drop(duck::ask(&self.files, &sql)), &|| {
                drop(duck::ask(&self.tables, &sql));
            }]);
        let verdict = match question.is_typical {
            true if ours.percentile(50) > self.budget => "  OVER",
            true => "  ok",
            false => "",
        };
        println!(
            "{:38} {} {:10.1} {:>16} {:>18}{verdict}",
            question.name,
            row(&ours),
            alone.percentile(50),
            beside(&native, &ours),
            self.ask_sqlite(question, &ours),
        );
    }

    /// The same to SQLite; its answer has to be ours.
    fn ask_sqlite(&self, question: &Question, ours: &Times) -> String {
        let Some(nearest) = &question.sqlite else { return String::new() };
        let [sql, same] =
            [nearest.sql, nearest.ours].map(|sql| sql.replace(CONVERSATION, &self.conversation));
        let expected = texts(&self.engine.query(&same, &QueryOptions::default()).unwrap().batches);
        let found = sqlite::ask(&self.sqlite, &sql);
        let differ = expected.iter().zip(&found).filter(|(one, other)| one != other).take(3);
        let differ: Vec<_> = differ.collect();
        assert!(
            differ.is_empty() && expected.len() == found.len(),
            "{}: SQLite tells another story, {} and {} rows, such as {differ:?}",
            question.name,
            expected.len(),
            found.len()
        );
        let (start, mut times) = (Instant::now(), Times::default());
        while times.count() == 0 || (times.count() < RUNS && start.elapsed() < PATIENCE) {
            times.run(|| sqlite::ask(&self.sqlite, &sql));
        }
        beside(&times, ours)
    }

    /// A question to the tool, beside its SQL alone.
    fn analyze(&self, analysis: &Analysis) {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        let params = AnalyzeParams {
            metrics: texts(analysis.metrics),
            group_by: texts(analysis.group_by),
            timeframe: Some(TimeframeInput::Text(analysis.timeframe.to_owned())),
            compare_to: analysis.compare_to.map(|text| TimeframeInput::Text(text.to_owned())),
            ..AnalyzeParams::default()
        };
        let analyst = Analyst {
            engine: &self.engine,
            zone: Tz::Europe__Berlin,
            now: DateTime::from_timestamp(lake::NOW, 0).unwrap(),
            options: QueryOptions::default(),
        };
        let statements = analyst.sql(&params).unwrap();
        let alone = |connection: &Connection| {
            statements.iter().for_each(|sql| drop(duck::ask(connection, sql)));
        };
        let [ours, alone, native] =
            rounds([&|| drop(analyst.answer(&params).unwrap()), &|| alone(&self.files), &|| {
                alone(&self.tables);
            }]);
        let verdict = if ours.percentile(50) > self.budget { "OVER" } else { "ok" };
        println!(
            "{:38} {} {:10.1} {:>16}  the tool itself {:+.1} ms  {verdict}",
            analysis.name,
            row(&ours),
            alone.percentile(50),
            beside(&native, &ours),
            // Of the least times: those nothing else got in the way of.
            ours.percentile(0) - alone.percentile(0),
        );
    }
}

/// Runs each in turn, so that all meet the same machine.
fn rounds<const N: usize>(runs: [&dyn Fn(); N]) -> [Times; N] {
    let mut times = [(); N].map(|()| Times::default());
    (0..WARMING).for_each(|_| runs.iter().for_each(|run| run()));
    let start = Instant::now();
    while times[0].count() < LEAST || (times[0].count() < RUNS && start.elapsed() < PATIENCE) {
        times.iter_mut().zip(runs).for_each(|(times, run)| times.run(run));
    }
    times
}

/// Our times as columns.
fn row(times: &Times) -> String {
    let (p50, p95) = (times.percentile(50), times.percentile(95));
    format!("{p50:8.1} {p95:8.1} {:8.1} {:5}", times.processors(), times.count())
}

/// A time, and how many times ours it is.
fn beside(other: &Times, ours: &Times) -> String {
    format!("{:.1} ({:.1}x)", other.percentile(50), other.percentile(50) / ours.percentile(50))
}

/// The first question of a process: starting, opening the lake, asking, printing.
fn fresh(home: &Path) {
    let commands: [&[&str]; 2] = [
        &["query", "SELECT * FROM daily_volume WHERE day >= DATE '2026-08-23' ORDER BY day"],
        &["analyze", "--by", "week", "--metric", "conversations", "--since", "2026-08-23", "--no-chart"],
    ];
    for arguments in commands {
        let run = || {
            let mut command = Command::new(FI);
            command.arg("--home").arg(home).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
            assert!(command.status().unwrap().success(), "fi {} failed", arguments[0]);
        };
        let mut times = Times::default();
        (0..10).for_each(|_| times.run(run));
        println!(
            "a process of its own: fi {:12} {:8.1} {:8.1}",
            arguments[0],
            times.percentile(50),
            times.percentile(95)
        );
    }
}
