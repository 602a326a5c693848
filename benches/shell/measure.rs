//! What is measured, each printed as one line.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::cli::TestEnv;
use crate::support::terminal::{CTRL_C, Terminal};

/// Runs of which the middle one counts.
const RUNS: usize = 7;
/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");
/// Queries without an end, each in a part of DuckDB of its own.
const ENDLESS: [(&str, &str); 4] = [
    ("a join", "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7;"),
    ("texts", "SELECT max(regexp_replace(body_text, '(a+)+b', 'x')) FROM messages, range(100000);"),
    (
        "a sort",
        "SELECT * FROM messages a, range(1000) ORDER BY md5(body_text || range::VARCHAR) LIMIT 1 OFFSET 500000;",
    ),
    (
        "groups",
        "SELECT body_text || range::VARCHAR AS g, count(*) FROM messages, range(10000) GROUP BY g ORDER BY 2;",
    ),
];
/// What is written: many short columns, and few of which one is long.
const ROWS: [(&str, &str); 2] = [
    (
        "conversations, 16 columns",
        "SELECT conversation_id, created_at, updated_at, state, is_open, priority, title, source_type, contact_id, \
         contact_name, contact_email, admin_assignee_id, team_assignee_id, rating, thread_note_count, \
         first_contact_reply_at FROM conversations LIMIT 1000000",
    ),
    (
        "messages, 5 columns",
        "SELECT message_id, conversation_id, created_at, author_name, body_text FROM messages LIMIT 1000000",
    ),
];
/// `COPY` as anybody would write it, timed inside Python; around it, the command is timed as ours is.
const COPY: &str = "
import duckdb, sys, time
lake, format, out, sql = sys.argv[1:]
con = duckdb.connect()
for table in ('conversations', 'messages'):
    con.execute(f\"CREATE VIEW {table} AS FROM read_parquet('{lake}/{table}/*/*.parquet')\")
start = time.perf_counter()
con.execute(f\"COPY ({sql}) TO '{out}' (FORMAT {format})\")
print(time.perf_counter() - start)
";

/// How long it takes from the start of the program until something can be typed.
pub(crate) fn prompt(home: &Path) {
    let env = TestEnv::new();
    let times = (0..RUNS).map(|_| {
        let start = Instant::now();
        let shell = open(&env, home);
        let took = start.elapsed();
        drop(shell);
        took
    });
    println!("{:44} {:>8.0} ms (at most 100)", "start to prompt, terminal included", middle(times.collect()));
}

/// How long it takes from Ctrl-C until the shell says that the query is stopped.
pub(crate) fn interrupts(home: &Path) {
    let env = TestEnv::new();
    for (name, sql) in ENDLESS {
        let times = (0..RUNS).map(|_| {
            let shell = open(&env, home);
            shell.enter(sql);
            shell.wait_for("Ctrl-C stops the query");
            std::thread::sleep(Duration::from_millis(500));
            let pressed = Instant::now();
            shell.press(CTRL_C);
            shell.wait_for("Stopped after");
            pressed.elapsed()
        });
        println!("{:44} {:>8.0} ms (at most 200)", format!("Ctrl-C in {name}"), middle(times.collect()));
    }
}

fn open(env: &TestEnv, home: &Path) -> Terminal {
    let shell = Terminal::open(env, &["--home", home.to_str().unwrap(), "query", "--private"], 40, 100);
    shell.wait_for_prompt();
    shell
}

/// How fast rows are written, and how much memory that takes.
pub(crate) fn rows(home: &Path) {
    let python = std::env::var_os("FI_TEST_PYTHON");
    if python.is_none() {
        eprintln!("FI_TEST_PYTHON names no Python with duckdb: there is nothing to compare with");
    }
    let directory = tempfile::tempdir().unwrap();
    for (name, sql) in ROWS {
        for format in ["csv", "parquet"] {
            let out = directory.path().join(format!("rows.{format}"));
            let (mut ours, mut copy_alone, mut theirs, mut memory) = (Vec::new(), Vec::new(), Vec::new(), 0);
            // In turns, so that both meet the same machine.
            for _ in 0..RUNS {
                let (took, peak) = written(home, sql, &out);
                ours.push(took);
                memory = memory.max(peak);
                if let Some(python) = &python {
                    let mut copy = Command::new(python);
                    copy.args(["-c", COPY]).arg(home.join("lake")).arg(format).arg(&out).arg(sql);
                    let start = Instant::now();
                    let output = copy.output().unwrap();
                    theirs.push(start.elapsed());
                    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                    let seconds: f64 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
                    copy_alone.push(Duration::from_secs_f64(seconds));
                }
            }
            let ours = middle(ours);
            let beside = match theirs.is_empty() {
                true => String::new(),
                false => {
                    let (alone, theirs) = (middle(copy_alone), middle(theirs));
                    format!(
                        "; COPY {alone:.0} ms, {:.2} of its speed, in a command of its own {theirs:.0} ms, {:.2} (at least 0.8)",
                        alone / ours,
                        theirs / ours
                    )
                }
            };
            println!("{:44} {ours:>8.0} ms, {} MB{beside}", format!("{name} to {format}"), memory >> 10);
        }
    }
}

/// Writes rows with the program; the time from its start to its end, and the most memory it had, in kB.
fn written(home: &Path, sql: &str, out: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let mut command = Command::new(FI);
    command.arg("--home").arg(home).args(["-q", "query", sql, "-o"]).arg(out).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return (start.elapsed(), peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The one in the middle, in milliseconds.
fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
