//! `fi query` as it is typed: where SQL comes from, where rows go, what is said, and how it ends.

use crate::support::cli::TestEnv;
use crate::support::little_lake::put;
use crate::support::rows::{in_month, thread};
use fastintercom::lake::{Disk, Layout, Partitioning, Writer};

/// A world whose home holds three conversations.
fn world() -> TestEnv {
    let env = TestEnv::new();
    let layout = Layout::new(&env.home());
    let writer = Writer::open(std::sync::Arc::new(Disk::default()), layout, None).unwrap();
    writer.create_tables(Partitioning::Month).unwrap();
    let threads: Vec<_> = (1..=3).map(|id| thread(id, in_month(1, id * 60), 2, "Grüße")).collect();
    put(&writer, &threads);
    env
}

const SQL: &str = "SELECT conversation_id, created_at, title FROM conversations ORDER BY 1 LIMIT 2";

#[test]
fn rows_go_to_stdout_as_csv_when_nobody_watches() {
    let run = world().fi(&["query", SQL]);
    assert_eq!(
        run.stdout,
        "conversation_id,created_at,title\n1,2026-01-01 00:01:00,Grüße\n2,2026-01-01 00:02:00,Grüße\n"
    );
    assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
}

#[test]
fn every_format_can_be_asked_for() {
    let env = world();
    let out = |format: &str| env.fi(&["query", SQL, "--format", format]).stdout;
    assert!(out("table").starts_with("┌─────────────────┬"));
    assert!(
        out("markdown").starts_with("| conversation_id | created_at | title |\n| --- | --- | --- |\n| 1 |")
    );
    assert!(out("json").starts_with(
        "[\n{\"conversation_id\":\"1\",\"created_at\":\"2026-01-01T00:01:00\",\"title\":\"Grüße\"},\n"
    ));
    assert_eq!(env.fi(&["query", SQL, "--json"]).stdout, out("json"));
    assert_eq!(out("ndjson").lines().count(), 2);
    assert!(out("line").contains("\nconversation_id │ 1\ncreated_at      │ 2026-01-01 00:01:00\n"));
    assert!(out("html").contains("<tr><td>1</td><td>2026-01-01 00:01:00</td><td>Grüße</td></tr>\n"));
    assert_eq!((out("box"), out("expanded")), (out("table"), out("line")));
    assert!(out("parquet").starts_with("PAR1"));
    assert!(!out("arrow").is_empty());
}

#[test]
fn a_table_tells_types_rows_and_what_did_not_fit() {
    let env = world().with("COLUMNS", "60");
    let run = env.fi(&["query", SQL, "--format", "table"]);
    assert!(run.stdout.contains("│ VARCHAR         │ TIMESTAMP           │ VARCHAR │\n"), "{}", run.stdout);
    assert!(run.stderr.starts_with("2 rows in 0."), "{}", run.stderr);
    let run = env.fi(&["query", "FROM conversations", "--format", "table"]);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 60), "{}", run.stdout);
    assert!(run.stderr.contains("columns fit: name the ones you want"), "{}", run.stderr);
    let run = env.fi(&["query", "FROM range(5000)", "--format", "table"]);
    assert!(run.stderr.starts_with("The first 1,000 rows in "), "{}", run.stderr);
    assert!(run.stderr.contains("--format csv writes them all"), "{}", run.stderr);
    assert_eq!(env.fi(&["query", "FROM range(5000)", "-q", "--format", "table"]).stderr, "");
}

#[test]
fn sql_comes_from_stdin_or_a_file() {
    let env = world();
    assert_eq!(env.fi_with_stdin(&["query"], "SELECT 40 + 2 AS x").stdout, "x\n42\n");
    let file = env.write("a b.sql", "\u{feff}-- a comment\nSELECT count(*) AS n\nFROM messages;\n");
    let file = file.to_str().unwrap();
    assert_eq!(env.fi(&["query", "-f", file]).stdout, "n\n9\n");
    assert_eq!(env.fi_with_stdin(&["query", "-f", "-"], "SELECT 1 AS y").stdout, "y\n1\n");
    let run = env.fi(&["query", "-f", "nowhere.sql"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.starts_with("error: could not read nowhere.sql\n"), "{}", run.stderr);
}

#[test]
fn a_file_is_written_whole_and_its_name_tells_the_format() {
    let env = world();
    for name in [
        "rows.csv",
        "rows.json",
        "rows.ndjson",
        "rows.parquet",
        "rows.arrow",
        "rows.md",
        "rows.html",
        "rows.txt",
    ] {
        let run = env.fi(&["query", SQL, "-o", name]);
        assert_eq!((run.stdout.as_str(), run.code), ("", Some(0)), "{name}: {}", run.stderr);
        assert!(run.stderr.starts_with(&format!("2 rows written to {name} in ")), "{}", run.stderr);
    }
    assert_eq!(std::fs::read_to_string(env.path().join("rows.csv")).unwrap().lines().count(), 3);
    // What was there is replaced, but only by a whole answer.
    assert_eq!(env.fi(&["query", "SELECT 1 AS a", "-o", "rows.csv"]).code, Some(0));
    let failing = "SELECT CASE WHEN range > 400000 THEN error('late') ELSE 'text' END FROM range(500000)";
    assert_eq!(env.fi(&["query", failing, "-o", "rows.csv"]).code, Some(1));
    assert_eq!(std::fs::read_to_string(env.path().join("rows.csv")).unwrap(), "a\n1\n");
    let names: Vec<_> =
        std::fs::read_dir(env.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".tmp")), "{names:?}");
    let run = env.fi(&["query", SQL, "-o", "rows.xlsx"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("the name rows.xlsx does not tell the format"), "{}", run.stderr);
    assert_eq!(env.fi(&["query", SQL, "-o", "no/such/dir.csv"]).code, Some(1));
}

#[test]
fn wrong_sql_is_the_users_to_put_right() {
    let env = world();
    let run = env.fi(&["query", "SELECT titel\nFROM conversations"]);
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(2)));
    assert_eq!(
        run.stderr,
        "error: Referenced column \"titel\" not found in FROM clause!\n       line 1: SELECT titel\n                      ^^^^^\n  \
         hint: did you mean title, state or stat_time_to_last_close_seconds?\n"
    );
    // On stdin, since on the command line a comment at the beginning looks like a flag.
    for sql in ["", " ;", "-- nothing"] {
        let run = env.fi_with_stdin(&["query"], sql);
        assert_eq!(run.code, Some(2), "{sql}");
        assert_eq!(run.stderr.lines().next(), Some("error: there is no SQL to run"), "{sql}");
        assert!(run.stderr.contains("SELECT state, count(*) FROM conversations"), "{}", run.stderr);
    }
    let run = env.fi(&["query", "DELETE FROM conversations"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("DELETE FROM may not run") && run.stderr.contains("--unsafe"),
        "{}",
        run.stderr
    );
    let run = env.fi(&["query", "SELECT 1", "--tz", "Berlin"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("--tz Berlin is not an IANA time zone name such as Europe/Berlin"),
        "{}",
        run.stderr
    );
    let run = env.fi(&["--json", "query", "SELEC"]);
    assert!(run.stderr.starts_with("{\"error\":{"), "{}", run.stderr);
}

#[test]
fn limits_are_kept() {
    let env = world();
    let run = env.fi(&["query", "FROM range(10)", "--limit", "3"]);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("range\n0\n1\n2\n", "There are more rows than --limit allows\n")
    );
    assert_eq!(env.fi(&["query", "FROM range(3)", "-n", "3"]).stderr, "");
    let slow = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 7";
    let run = env.fi(&["query", slow, "--timeout", "1"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.starts_with("error: the query was stopped after 1 seconds"), "{}", run.stderr);
}

#[test]
fn no_rows_are_no_failure_but_no_lake_is() {
    let run = world().fi(&["query", "FROM tags"]);
    assert_eq!((run.stdout.as_str(), run.code), ("tag_id,name,is_listed,synced_at,extra\n", Some(0)));
    let run = TestEnv::new().fi(&["query", "FROM tags"]);
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(3)));
    assert_eq!(
        run.stderr,
        "error: there is no data in $DIR/home/lake yet\n  hint: `fi sync` fetches a workspace, `fi demo` makes one up\n"
    );
}

#[test]
fn the_present_and_the_zone_are_those_of_the_world() {
    let env = world();
    assert_eq!(
        env.fi(&["query", "SELECT now() AS now, current_date AS today"]).stdout,
        "now,today\n2026-11-21 12:00:00,2026-11-21\n"
    );
    let run = env.fi(&["query", "SELECT created_at FROM conversations LIMIT 1", "--tz", "europe/berlin"]);
    assert_eq!(run.stdout, "created_at\n2026-01-01 01:01:00+01:00\n");
}

/// What only happens once an answer is long: lines and row groups are made by several threads.
#[test]
fn a_long_answer_is_written_whole_and_in_order() {
    let env = world();
    let sql = "SELECT range AS n, CASE WHEN range % 3 = 0 THEN 'a \"b\"' END AS text FROM range(450000)";
    assert_eq!(env.fi(&["query", sql, "-o", "rows.csv"]).code, Some(0));
    let text = std::fs::read_to_string(env.path().join("rows.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("n,text"));
    for number in 0..450_000 {
        let text = if number % 3 == 0 { "\"a \"\"b\"\"\"" } else { "" };
        assert_eq!(lines.next(), Some(format!("{number},{text}").as_str()));
    }
    assert_eq!(lines.next(), None);
    assert_eq!(env.fi(&["query", sql, "-o", "rows.parquet"]).code, Some(0));
    let path = env.path().join("rows.parquet");
    let check = format!(
        "SELECT count(*) AS n, count(text) AS texts, sum(CASE WHEN n = file_row_number THEN 1 ELSE 0 END) AS in_place \
         FROM read_parquet('{}', file_row_number = true)",
        path.display()
    );
    assert_eq!(env.fi(&["query", "--unsafe", &check]).stdout, "n,texts,in_place\n450000,150000,450000\n");
    let groups =
        format!("SELECT count(DISTINCT row_group_id) AS n FROM parquet_metadata('{}')", path.display());
    assert_eq!(env.fi(&["query", "--unsafe", &groups]).stdout, "n\n5\n");
}

#[test]
fn the_readme_lists_the_commands_of_the_shell() {
    let readme = std::fs::read_to_string(crate::support::tree::in_tree("README.md")).unwrap();
    for command in fastintercom::shell::COMMANDS {
        let psql = command.psql.map_or_else(String::new, |psql| format!(", `{psql}`"));
        let usage = format!("{} {}", command.name, command.takes.replace('|', "\\|"));
        let row = format!("| `{}`{psql} | {} |", usage.trim_end(), command.summary);
        assert!(readme.contains(&row), "the README lacks\n{row}");
    }
}

#[test]
fn unsafe_writes_files_and_runs_several_statements() {
    let env = world();
    let sql = "COPY (SELECT count(*) AS n FROM conversations) TO 'n.csv'; SELECT * FROM 'n.csv'";
    assert_eq!(env.fi(&["query", sql]).code, Some(2));
    assert!(!env.path().join("n.csv").exists());
    assert_eq!(env.fi(&["query", "--unsafe", sql]).stdout, "n\n3\n");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let env = world();
    let mut child =
        env.start(&mut env.command(&["query", "SELECT range, repeat('x', 100) FROM range(2000000)"]));
    let mut stdout = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut stdout, &mut [0; 100]).unwrap();
    drop(stdout);
    let run = env.finish(child);
    assert_eq!((run.stderr.as_str(), run.code), ("", Some(0)));
}
