//! The shell of `fi query`, on a terminal, as a person uses it.
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::cli::{CANARY, TestEnv};
use crate::support::little_lake::put;
use crate::support::rows::{in_month, thread};
use crate::support::terminal::{CTRL_C, CTRL_D, TAB, Terminal, UP};
use fastintercom::lake::{Disk, Layout, Partitioning, Writer};

/// A world whose home holds three conversations.
fn world() -> TestEnv {
    let env = TestEnv::new();
    add(&env, 1..=3);
    env
}

fn add(env: &TestEnv, ids: std::ops::RangeInclusive<u32>) {
    let layout = Layout::new(&env.home());
    let writer = Writer::open(Arc::new(Disk::default()), layout, None).unwrap();
    if ids.contains(&1) {
        writer.create_tables(Partitioning::Month).unwrap();
    }
    let threads: Vec<_> =
        ids.map(|id| thread(id.into(), in_month(1, i64::from(id) * 60), 2, "Grüße")).collect();
    put(&writer, &threads);
}

/// A shell that has greeted.
fn shell(env: &TestEnv) -> Terminal {
    let terminal = Terminal::open(env, &["query"], 40, 100);
    terminal.wait_for_prompt();
    terminal
}

/// Leaves, and tells how that went.
fn quit(terminal: Terminal) {
    terminal.clear();
    terminal.enter(".quit");
    assert_eq!(terminal.end(), Some(0));
}

/// A query that takes far longer than any test.
const ENDLESS: &str =
    "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7;";

#[test]
fn it_says_what_is_held_and_ends_in_good_order() {
    let env = world();
    let terminal = Terminal::open(&env, &["query"], 40, 100);
    let screen = terminal.wait_for_prompt();
    assert!(screen.contains("3 conversations, 9 messages"), "{screen}");
    assert!(screen.contains(", generation ") && screen.contains(".help lists commands"), "{screen}");
    terminal.press(CTRL_D);
    assert_eq!(terminal.end(), Some(0));
    for line in ["quit", "\\q", "EXIT;"] {
        let terminal = Terminal::open(&env, &["query", "-q"], 40, 100);
        assert_eq!(terminal.wait_for_prompt().trim(), "fi>");
        terminal.enter(line);
        assert_eq!(terminal.end(), Some(0), "{line}");
    }
}

#[test]
fn statements_go_on_until_a_semicolon() {
    let env = world();
    let terminal = shell(&env);
    terminal.enter("SELECT 40 +");
    terminal.wait_for("\n  >");
    terminal.enter("2 AS answer, ';' AS mark; SELECT 'sec' || 'ond' AS other;");
    let screen = terminal.wait_until("both are answered", |screen| {
        screen.contains("second") && screen.trim_end().ends_with("fi>")
    });
    assert!(screen.contains("│      42 │ ;       │"), "{screen}");
    assert_eq!(screen.matches("1 row in ").count(), 2, "{screen}");
    quit(terminal);
}

#[test]
fn what_was_typed_can_be_called_back_but_no_secret() {
    let env = world();
    let terminal = shell(&env);
    terminal.enter("SELECT 'first' AS");
    terminal.wait_for("\n  >");
    terminal.enter("x;");
    terminal.wait_until("it is answered", |screen| {
        screen.contains("1 row in") && screen.trim_end().ends_with("fi>")
    });
    terminal.ask(&format!("SELECT '{CANARY}' AS y;"), "1 row in");
    terminal.ask(" SELECT 'not kept' AS z;", "1 row in");
    quit(terminal);
    let file = env.home().join("query_history");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "SELECT 'first' AS<\\n>x;\n.quit\n");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    env.assert_no_canary(&[]);

    let terminal = shell(&env);
    terminal.press(UP);
    terminal.wait_for("fi> .quit");
    terminal.press(UP);
    terminal.wait_for("fi> SELECT 'first' AS\n  > x;");
    terminal.enter("");
    terminal.wait_until("it is answered", |screen| {
        screen.contains("1 row in") && screen.trim_end().ends_with("fi>")
    });
    quit(terminal);

    let terminal = Terminal::open(&env, &["query", "--private"], 40, 100);
    terminal.wait_for_prompt();
    // There is nothing to call back.
    terminal.press(UP);
    terminal.ask("SELECT 'private' AS x;", "1 row in");
    terminal.press(UP);
    terminal.wait_until("it is called back", |screen| screen.matches("fi> SELECT 'private'").count() == 2);
    terminal.take_back();
    quit(terminal);
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(!kept.contains("private") && kept.starts_with("SELECT 'first'"), "{kept}");
}

#[test]
fn tab_completes_views_columns_and_commands() {
    let env = world();
    let terminal = shell(&env);
    for (typed, completed) in [
        ("FROM conversation_m", "fi> FROM conversation_metrics"),
        ("FROM conversations c SELECT c.thread_customer_m", "SELECT c.thread_customer_message_count"),
        (".exam", "fi> .examples"),
        ("\\d csa", "fi> \\d csat"),
        ("sel", "fi> select"),
    ] {
        terminal.press(&format!("{typed}{TAB}"));
        terminal.wait_for(completed);
        terminal.take_back();
        terminal.clear();
    }
    // Several: a menu with what they mean, of which one is chosen.
    terminal.press(&format!("FROM ticket{TAB}"));
    terminal.wait_until("there is a menu", |screen| {
        screen.contains("ticket_types") && screen.contains("One row per ticket.")
    });
    terminal.press(TAB);
    terminal.wait_for("One row per ticket type.");
    terminal.press("\r");
    terminal.wait_for("fi> FROM ticket_types");
    terminal.take_back();
    quit(terminal);
}

#[test]
fn ctrl_c_stops_the_query_and_not_the_shell() {
    let env = world();
    let terminal = shell(&env);
    // Twice, since the first time could be the only one that works.
    for _ in 0..2 {
        terminal.clear();
        terminal.enter(ENDLESS);
        terminal.wait_for("Ctrl-C stops the query");
        let pressed = Instant::now();
        terminal.press(CTRL_C);
        let screen = terminal.wait_for("Stopped after");
        // Generous for a busy machine; `benches/shell` tells how soon it is.
        assert!(pressed.elapsed() < Duration::from_secs(20), "{screen}");
        assert!(!screen.contains("error") && !screen.contains("Ctrl-C stops"), "{screen}");
        terminal.wait_for_prompt();
    }
    // At the prompt it takes back what was typed.
    terminal.press("SELECT nonsense");
    terminal.wait_for("fi> SELECT nonsense");
    terminal.take_back();
    let screen = terminal.ask("SELECT 'still ' || 'there' AS x;", "still there");
    assert!(!screen.contains("error"), "{screen}");
    quit(terminal);
}

#[test]
fn what_is_typed_while_a_query_runs_is_run_after_it_and_not_shown_before() {
    let env = world();
    let terminal = shell(&env);
    terminal.enter("SELECT count(*) AS slow FROM range(3000000) WHERE md5(range::VARCHAR) > 'z';");
    terminal.enter("SELECT 'typed ' || 'ahead' AS x;");
    terminal.enter("SELECT 'and ' || 'more' AS x;");
    let screen = terminal.wait_for("and more");
    assert!(screen.contains("typed ahead"), "{screen}");
    assert_eq!(screen.matches("|| 'ahead'").count(), 1, "{screen}");
    terminal.wait_for_prompt();
    quit(terminal);
}

#[test]
fn long_answers_go_through_the_pager() {
    let env = world().with("PAGER", "sed s/^/paged:/");
    let terminal = shell(&env);
    let screen = terminal.ask("SELECT range AS n FROM range(60);", "60 rows in");
    assert!(screen.contains("paged:│     59 │"), "{screen}");
    let screen = terminal.ask("SELECT range AS n FROM range(6);", "6 rows in");
    assert!(screen.contains("\n│      5 │") && !screen.contains("paged:"), "{screen}");
    terminal.ask(".maxrows 2", "shown at most: 2");
    let screen = terminal.ask("SELECT range AS n FROM range(60);", "The first 2 rows in ");
    assert!(screen.contains("; .maxrows N shows more, .output FILE writes all"), "{screen}");
    quit(terminal);
}

#[test]
fn tables_fit_the_terminal_as_it_is_now() {
    let env = world();
    let terminal = shell(&env);
    let table = || -> Vec<String> {
        let screen = terminal.ask("FROM conversations;", " columns fit: \\x shows all");
        screen.lines().filter(|line| line.starts_with(['┌', '│', '└'])).map(str::to_owned).collect()
    };
    let widest = |table: &[String]| table.iter().map(|line| line.chars().count()).max();
    let wide = table();
    assert!(wide.len() >= 7 && (80..=100).contains(&widest(&wide).unwrap()), "{wide:?}");
    // Columns without any value give way to those with one.
    assert!(!wide.iter().any(|line| line.contains("NULL")), "{wide:?}");
    terminal.resize(40, 60);
    assert!((41..=60).contains(&widest(&table()).unwrap()));
    terminal.ask(".width 40", "Tables are 40 columns wide at most");
    assert!(widest(&table()).unwrap() <= 40);
    terminal.resize(40, 100);
    terminal.ask(".width auto", "Tables are as wide as the terminal");
    assert_eq!(table(), wide);
    quit(terminal);
}

#[test]
fn errors_show_the_place_the_nearest_name_and_one_line_of_help() {
    let env = world();
    let terminal = shell(&env);
    let screen = terminal.ask("SELECT titel FROM conversations;", "did you mean title");
    assert!(
        screen.contains("line 1: SELECT titel FROM conversations\n                      ^^^^^\n"),
        "{screen}"
    );
    terminal.ask("FROM conversation;", "hint: did you mean conversations?");
    terminal.ask(".tabels", "hint: did you mean .tables?");
    terminal.ask("DELETE FROM conversations;", "may not run: only queries may");
    // Of several statements none runs after one that failed.
    let screen =
        terminal.ask("SELECT 1 AS one; SELECT nothing; SELECT 3 AS three;", "Referenced column \"nothing\"");
    assert!(screen.contains("│     one │") && !screen.contains("│   three │"), "{screen}");
    quit(terminal);
}

#[test]
fn new_data_is_seen_between_statements_and_told_once() {
    let env = world();
    let terminal = shell(&env);
    let count = || terminal.ask("SELECT count(*) AS n FROM conversations;", "1 row in");
    let screen = count();
    assert!(screen.contains("│      3 │") && !screen.contains("New data"), "{screen}");
    add(&env, 4..=5);
    let screen = count();
    let news = "New data since the last statement: 2 conversations more, 6 messages more (generation ";
    assert!(screen.contains(news) && screen.contains("│      5 │"), "{screen}");
    let screen = count();
    assert!(!screen.contains("New data"), "{screen}");
    quit(terminal);
}

#[test]
fn rows_are_shown_as_one_likes_or_written_to_a_file() {
    let env = world();
    let terminal = shell(&env);
    let sql = "SELECT conversation_id, title, sla_name FROM conversations ORDER BY 1 LIMIT 1;";
    terminal.ask("\\x", "Rows are shown one column a line");
    let screen = terminal.ask(sql, "1 row in");
    assert!(
        screen.contains("conversation_id │ 1\ntitle           │ Grüße\nsla_name        │ NULL\n"),
        "{screen}"
    );
    terminal.ask("\\x", "Rows are shown as box");
    terminal.ask(".mode csv", "Rows are shown as csv");
    terminal.ask(sql, "1,Grüße,\n");
    terminal.ask(".maxrows 1", "shown at most: 1");
    terminal.ask(".output rows.json", "All rows of the next query go to rows.json");
    terminal.ask("SELECT range AS n FROM range(3);", "3 rows written to rows.json in");
    let written = std::fs::read_to_string(env.path().join("rows.json")).unwrap();
    assert_eq!(written, "[\n{\"n\":0},\n{\"n\":1},\n{\"n\":2}\n]\n");
    // Only of that one.
    terminal.ask("SELECT 'ba' || 'ck' AS here;", "\nback\n");
    terminal.ask(".output rows.xlsx", "the name rows.xlsx does not tell the format");
    quit(terminal);
}

#[test]
fn files_of_statements_and_commands_are_run() {
    let env = world();
    env.write(
        "a.sql",
        ".mode csv\nSELECT 1 AS one; -- then\n.mode box\nSELECT 2\n  AS two;\nSELECT 3 AS three",
    );
    env.write("b.sql", "SELECT 1 AS one;\n.read b.sql\n");
    let terminal = shell(&env);
    let screen = terminal.ask(".read a.sql", "│   three │");
    assert!(screen.contains("\none\n1\n") && screen.contains("│     two │"), "{screen}");
    terminal.ask(".read b.sql", ".read cannot stand in a file that is read");
    terminal.ask(".read nowhere.sql", "could not read nowhere.sql");
    quit(terminal);
}

#[test]
fn commands_answer() {
    let env = world();
    let terminal = Terminal::open(&env, &["query"], 60, 100);
    terminal.wait_for_prompt();
    for (line, expected) in [
        (".help", ["Leave; so does Ctrl-D", ".maxrows [N | all]", "\\x "]),
        (".tables", ["One row per tag", "conversations", "           9  "]),
        ("\\d", ["Figures made of them", "response_times", "One row per "]),
        ("\\d tags", ["tag_id ", "VARCHAR", "tags: One row per tag"]),
        (".schema tags", ["CREATE VIEW tags AS", "read_parquet('lake/tags", ";"]),
        (".examples csat", ["FROM csat", "-- ", ";"]),
        (".examples 1", ["-- How many conversations are open", "FROM conversations", "row"]),
        (".timer off", ["It is not said how long", "", ""]),
        ("SELECT 1 AS x;", ["\n1 row\n", "│       1 │", ""]),
        (".explain", ["Projection", "", ""]),
        (".sync", ["there is no access token", "fi init", ""]),
        (".status", ["onversations", "", ""]),
    ] {
        let screen = terminal.ask(line, expected[0]);
        for text in expected {
            assert!(screen.contains(text), "{line}: no {text:?} in\n{screen}");
        }
    }
    quit(terminal);
}

#[test]
fn times_are_those_of_the_zone_that_was_asked_for() {
    let env = world();
    let terminal = Terminal::open(&env, &["query", "--tz", "Europe/Berlin"], 40, 100);
    terminal.wait_for_prompt();
    terminal.ask("SELECT created_at FROM conversations ORDER BY 1 LIMIT 1;", "│ 2026-01-01 01:01:00+01:00 │");
    quit(terminal);
}

#[test]
fn what_ends_the_process_leaves_the_terminal_as_it_was() {
    let env = world();
    let terminal = shell(&env);
    terminal.enter(ENDLESS);
    terminal.wait_for("Ctrl-C stops the query");
    terminal.terminate();
    terminal.wait_for("Stopped after");
    assert_eq!(terminal.end(), Some(0));
}
