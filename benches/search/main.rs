//! How fast conversations are found and read, on a generated lake: the index beside SQLite's FTS5 and a scan by DuckDB,
//! over the same texts in one run.
//!
//! `cargo bench --bench search` asks 40,000 conversations; `-- --conversations 1000000` a million, in the lake that the
//! bench of queries makes. Figures are printed, never asserted: they depend on the machine. FTS5 does not part words of
//! scripts without spaces, so its totals are not always ours: it is told how often they are.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints and may fail"
)]

#[path = "../query/figures.rs"]
#[allow(dead_code, reason = "shared with the bench of queries")]
mod figures;
mod fts5;
#[path = "../query/lake.rs"]
mod lake;
mod questions;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use chrono::DateTime;
use chrono_tz::Tz;
use fastintercom::cancel::Cancel;
use fastintercom::engine::{Engine, EngineOptions, Now, QueryOptions};
use fastintercom::index::{TextIndex, Wait};
use fastintercom::lake::{Holder, Layout};
use fastintercom::tools::EngineSearch;
use fastintercom::tools::conversation::{Conversations, GetConversationParams, Reading};
use fastintercom::tools::search::{Finder, Room, SearchParams};

use figures::{Times, texts};
use questions::{Kind, Sample};

/// The program's own, with its usual options.
#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");
/// Conversations that are read.
const READ: usize = 300;
/// Questions of a kind that FTS5 is asked too: frequent words take it a second each in a large lake.
const COMPARED: usize = 50;
/// Words that are scanned for, which takes long.
const SCANNED: usize = 5;

fn main() {
    let home = lake::asked_for();
    let index = index(&home);
    let options = EngineOptions {
        search: Some(Arc::new(EngineSearch::new(index.clone(), Cancel::new()))),
        ..EngineOptions::new(Now::fixed(DateTime::from_timestamp(lake::NOW, 0).unwrap()))
    };
    let engine = Engine::open(&Layout::new(&home), options).unwrap();
    if std::env::args().any(|argument| argument == "--make-index") {
        return make(&home, &engine, &index);
    }
    build(&home, &engine, lake::conversations());
    let sample = Sample::of(&engine);
    search(&home, &engine, &index, &sample);
    read(&home, &engine);
    fresh(&home, &sample);
}

fn index(home: &Path) -> Arc<TextIndex> {
    let who = || Holder { pid: std::process::id(), purpose: "bench".to_owned(), since_seconds: 0 };
    Arc::new(TextIndex::new(Layout::new(home), Arc::new(who)))
}

fn silent() -> Wait<'static> {
    Wait { cancel: Cancel::new(), progress: &|_| {} }
}

/// Makes the index in this process, and tells how long that took and how much memory.
fn make(home: &Path, engine: &Engine, index: &TextIndex) {
    let start = Instant::now();
    let updated = index.rebuild(&silent()).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("?").trim().to_owned();
    let bytes: u64 = std::fs::read_dir(home.join("index"))
        .unwrap()
        .flatten()
        .map(|file| file.metadata().unwrap().len())
        .sum();
    let sql = "SELECT sum(strlen(body_text))::VARCHAR FROM messages WHERE is_visible OR is_note";
    let text: u64 =
        texts(&engine.query(sql, &QueryOptions::default()).unwrap().batches)[0][0].parse().unwrap();
    println!(
        "index: {} conversations in {seconds:.1} s, {:.0} a second; {:.1} MB, {:.0} % of the {:.1} MB of text; peak memory {peak}",
        updated.written,
        updated.written as f64 / seconds,
        bytes as f64 / 1e6,
        bytes as f64 / text as f64 * 100.0,
        text as f64 / 1e6,
    );
}

/// Makes the index in a process of its own, whose memory is measured.
fn build(home: &Path, engine: &Engine, conversations: u64) {
    let state = engine.state().unwrap();
    println!("{} conversations, {} messages", state.rows_of("conversations"), state.rows_of("messages"));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--make-index", "--conversations", &conversations.to_string()]);
    assert!(command.status().unwrap().success(), "the index of {} was not made", home.display());
}

fn finder<'a>(engine: &'a Engine, index: &'a TextIndex, conversations: &'a Conversations) -> Finder<'a> {
    Finder {
        engine,
        index,
        conversations,
        zone: Tz::Europe__Berlin,
        now: DateTime::from_timestamp(lake::NOW, 0).unwrap(),
        options: QueryOptions::default(),
        wait: silent(),
        room: Room::MODEL,
    }
}

/// A page of 20 with excerpts, for each kind of question.
fn search(home: &Path, engine: &Engine, index: &TextIndex, sample: &Sample) {
    let conversations = Conversations::new(&Layout::new(home));
    let finder = finder(engine, index, &conversations);
    let sqlite = fts5::open(home, engine);
    println!(
        "{:28} {:>8} {:>8} {:>6} {:>22} {:>22} {:>6}",
        "a page of 20", "p50 ms", "p95 ms", "asked", "FTS5 p50, p95", "ILIKE scan p50", "same"
    );
    for kind in Kind::ALL {
        let (mut ours, mut theirs, mut scans) = (Times::default(), Times::default(), Times::default());
        let mut same = 0;
        for (number, question) in sample.questions(kind).into_iter().enumerate() {
            let params = SearchParams { query: question.query.clone(), ..SearchParams::default() };
            drop(finder.answer(&params).unwrap());
            ours.run(|| finder.answer(&params).unwrap());
            if let Some(fts5) = question.fts5.as_ref().filter(|_| number < COMPARED) {
                let found = fts5::ask(&sqlite, fts5);
                theirs.run(|| fts5::ask(&sqlite, fts5));
                same += u64::from(finder.answer(&params).unwrap().total == found);
            }
            if let Some(like) = question.like.as_ref().filter(|_| number < SCANNED) {
                let sql = format!(
                    "SELECT conversation_id, max(created_at) AS latest_at FROM messages WHERE body_text ILIKE '%{like}%'
                     GROUP BY conversation_id ORDER BY latest_at DESC LIMIT 20"
                );
                scans.run(|| engine.query(&sql, &QueryOptions::default()).unwrap());
            }
        }
        println!(
            "{:28} {:8.1} {:8.1} {:6} {:>22} {:>22} {same:6}",
            kind.name(),
            ours.percentile(50),
            ours.percentile(95),
            ours.count(),
            beside(&theirs, &ours, true),
            beside(&scans, &ours, false),
        );
    }
}

/// Times beside ours.
fn beside(other: &Times, ours: &Times, has_p95: bool) -> String {
    if other.count() == 0 {
        return "–".to_owned();
    }
    let times = other.percentile(50) / ours.percentile(50);
    match has_p95 {
        true => format!("{:.1}, {:.1} ({times:.1}x)", other.percentile(50), other.percentile(95)),
        false => format!("{:.1} ({times:.1}x)", other.percentile(50)),
    }
}

/// Conversations read one by one, from a process that is warm.
fn read(home: &Path, engine: &Engine) {
    let sql = format!(
        "SELECT conversation_id FROM conversation_metrics ORDER BY hash(conversation_id) LIMIT {READ}"
    );
    let ids = texts(&engine.query(&sql, &QueryOptions::default()).unwrap().batches);
    let conversations = Conversations::new(&Layout::new(home));
    let mut times = Times::default();
    for round in 0..2 {
        for id in &ids {
            let params = GetConversationParams::of(&id[0]);
            let get = || conversations.get(&params, &Reading::default()).unwrap();
            match round {
                0 => drop(get()),
                _ => times.run(|| drop(get())),
            }
        }
    }
    println!(
        "{:28} {:8.1} {:8.1} {:6}",
        "get_conversation",
        times.percentile(50),
        times.percentile(95),
        times.count()
    );
}

/// The first answer of a process.
fn fresh(home: &Path, sample: &Sample) {
    let word = &sample.questions(Kind::Word)[0].query;
    let id = sample.conversation();
    for arguments in [["search", word.as_str()], ["show", id]] {
        let mut times = Times::default();
        for _ in 0..12 {
            times.run(|| {
                let mut command = Command::new(FI);
                command.arg("--home").arg(home).args(arguments).arg("--json");
                let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
                assert!(status.success(), "fi {} failed", arguments[0]);
            });
        }
        println!(
            "{:28} {:8.1} {:8.1}",
            format!("a process: fi {}", arguments[0]),
            times.percentile(50),
            times.percentile(95)
        );
    }
}
