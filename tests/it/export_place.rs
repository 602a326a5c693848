//! Where exports appear: whole or not at all, of one version of the lake, and never in the place of anything else.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fastintercom::cancel::Cancel;
use fastintercom::engine::QueryOptions;
use fastintercom::export::{Error, ExportFormat, ExportParams, Observer, Target};
use fastintercom::lake::{Disk, Layout, Partitioning, Writer};

use crate::support::cli::{TestEnv, files_below};
use crate::support::exported::{FORMS, Opened, everything, export, try_export};
use crate::support::little_lake::{LittleLake, put};
use crate::support::rows::{in_month, thread};

/// What is in a directory, to see that it stays the same.
fn content(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = files_below(directory);
    files.into_iter().map(|file| (file.display().to_string(), fs::read(&file).unwrap())).collect()
}

/// Does something whenever a table is begun, and counts restarts.
struct AtTable<F: Fn(&str)> {
    act: F,
    restarts: Cell<u32>,
}

impl<F: Fn(&str)> AtTable<F> {
    fn new(act: F) -> Self {
        Self { act, restarts: Cell::new(0) }
    }
}

impl<F: Fn(&str)> Observer for AtTable<F> {
    fn table(&self, name: &'static str, _: usize, _: usize) {
        (self.act)(name);
    }
    fn rows(&self, _: u64) {}
    fn restarted(&self) {
        self.restarts.set(self.restarts.get() + 1);
    }
}

#[test]
fn an_export_that_is_stopped_leaves_nothing_and_the_earlier_one_as_it_was() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let place = tempfile::tempdir().unwrap();
    for (name, format, layout) in FORMS {
        let path = place.path().join(name);
        let tables = vec!["conversations".to_owned(), "message_timeline".to_owned()];
        let params = ExportParams { tables, format, layout, ..everything() };
        for table in ["conversations", "message_timeline"] {
            let before = content(place.path());
            let cancel = Cancel::new();
            let options = QueryOptions { cancel: cancel.clone(), ..QueryOptions::default() };
            let stop = AtTable::new(|begun: &str| {
                if begun == table {
                    cancel.cancel();
                }
            });
            let stopped = try_export(&engine, &params, &path, &stop, options);
            assert!(stopped.is_err(), "{name} {table}");
            assert_eq!(content(place.path()), before, "{name} {table}");
            export(&engine, &params, &path);
        }
    }
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), FORMS.len(), "{left:?}");
}

#[test]
fn an_export_begins_anew_when_a_sync_moves_the_lake() {
    for (name, format, layout) in FORMS {
        let lake = LittleLake::with_threads();
        let path = lake.path().join(name);
        let disturb = AtTable::new(|begun: &str| {
            let is_first = lake.engine().state().unwrap().rows_of("conversations") == 30;
            if begun == "messages" && is_first {
                put(&lake.writer(), &[thread(900, in_month(2, 9), 4, "Late")]);
            }
        });
        let tables = ["conversations", "messages", "conversation_metrics"].map(str::to_owned).to_vec();
        let params = ExportParams { tables, format, layout, ..everything() };
        let done = try_export(&lake.engine(), &params, &path, &disturb, QueryOptions::default()).unwrap();
        assert_eq!((done.restart_count, disturb.restarts.get()), (1, 1), "{name}");
        let exported = Opened::export(&path);
        for table in ["conversations", "conversation_metrics"] {
            assert_eq!(exported.rows(table).len(), 31, "{name} {table}");
        }
        assert_eq!(exported.rows("messages").len(), 95, "{name}");
    }
}

#[test]
fn an_export_gives_up_on_a_lake_that_never_rests() {
    let lake = LittleLake::with_threads();
    let path = lake.path().join("export");
    let version = Cell::new(0);
    let disturb = AtTable::new(|begun: &str| {
        if begun == "contacts" {
            version.set(version.get() + 1);
            put(&lake.writer(), &[thread(900, in_month(2, 9), version.get(), "Again")]);
        }
    });
    let params = ExportParams { tables: vec!["contacts".to_owned(), "tags".to_owned()], ..everything() };
    let ended = try_export(&lake.engine(), &params, &path, &disturb, QueryOptions::default());
    assert!(matches!(ended, Err(Error::Unsettled)), "{ended:?}");
    assert_eq!(disturb.restarts.get(), 4);
    let left = fs::read_dir(lake.path()).unwrap().count();
    assert_eq!(left, 1, "only the home is there");
}

#[test]
fn nothing_but_an_earlier_export_is_replaced() {
    let lake = LittleLake::with_threads();
    let engine = lake.engine();
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let target = |name: &str, format, is_forced| Target::new(&at(name), format, is_forced, &lake.layout());
    let refusal = |name: &str, format| target(name, format, true).unwrap_err().to_string();
    export(&engine, &everything(), &at("export"));
    export(&engine, &ExportParams { format: ExportFormat::Duckdb, ..everything() }, &at("export.duckdb"));
    assert!(matches!(target("export", ExportFormat::Csv, false), Err(Error::Exists(_))));
    assert!(matches!(target("export.duckdb", ExportFormat::Duckdb, false), Err(Error::Exists(_))));
    assert!(target("export", ExportFormat::Csv, true).is_ok());
    assert!(target("export.duckdb", ExportFormat::Duckdb, true).is_ok());
    assert!(target("new", ExportFormat::Csv, false).is_ok());

    fs::write(at("export").join("notes.txt"), "mine").unwrap();
    assert!(refusal("export", ExportFormat::Csv).contains("it also holds notes.txt"));
    fs::create_dir(at("empty")).unwrap();
    assert!(target("empty", ExportFormat::Csv, false).is_ok());
    assert!(refusal("empty", ExportFormat::Duckdb).contains("it is a directory"));
    fs::create_dir(at("other")).unwrap();
    fs::write(at("other").join("export.json"), r#"{"made_by": "me", "tables": []}"#).unwrap();
    assert!(refusal("other", ExportFormat::Csv).contains("it is no export of fi"));
    fs::write(at("file"), "mine").unwrap();
    assert!(refusal("file", ExportFormat::Csv).contains("it is no directory"));
    assert!(refusal("file", ExportFormat::Duckdb).contains("it is no DuckDB database of fi"));
    let foreign = duckdb::Connection::open(at("foreign.duckdb")).unwrap();
    foreign.execute_batch("CREATE TABLE mine (a INTEGER)").unwrap();
    drop(foreign);
    assert!(refusal("foreign.duckdb", ExportFormat::Duckdb).contains("no export of fi"));

    for inside in [lake.layout().lake_dir(), lake.layout().state_dir().join("export")] {
        let refused = Target::new(&inside, ExportFormat::Parquet, true, &lake.layout());
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    }
    let nowhere = target("no/such/export", ExportFormat::Parquet, false).unwrap_err().to_string();
    assert!(nowhere.contains("there is no directory"), "{nowhere}");
}

#[test]
fn what_appears_while_an_export_is_written_stays() {
    let lake = LittleLake::with_threads();
    let path = lake.path().join("export");
    let somebody = AtTable::new(|begun: &str| {
        if begun == "message_timeline" {
            fs::create_dir(&path).unwrap();
            fs::write(path.join("theirs"), "theirs").unwrap();
        }
    });
    let ended = try_export(&lake.engine(), &everything(), &path, &somebody, QueryOptions::default());
    assert!(matches!(ended, Err(Error::NotOurs { .. })), "{ended:?}");
    assert_eq!(fs::read_to_string(path.join("theirs")).unwrap(), "theirs");
    assert_eq!(fs::read_dir(lake.path()).unwrap().count(), 2, "the home and theirs");
}

#[cfg(unix)]
#[test]
fn exports_are_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = world();
    assert_eq!(env.fi(&["export", "out", "--layout", "hive", "-q"]).code, Some(0));
    assert_eq!(env.fi(&["export", "out.duckdb", "-q"]).code, Some(0));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&env.path().join("out.duckdb")), 0o600);
    for file in files_below(&env.path().join("out")) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        assert_eq!(mode(file.parent().unwrap()), 0o700, "{}", file.display());
    }
}

/// A world whose home holds twelve conversations of January 2026.
fn world() -> TestEnv {
    let env = TestEnv::new();
    let layout = Layout::new(&env.home());
    let writer = Writer::open(std::sync::Arc::new(Disk::default()), layout, None).unwrap();
    writer.create_tables(Partitioning::Month).unwrap();
    let threads: Vec<_> = (1..=12).map(|id| thread(id, in_month(1, id * 3_600), 9, "Hello there")).collect();
    put(&writer, &threads);
    env
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_ends_an_export_and_leaves_nothing() {
    let env = world();
    assert_eq!(env.fi(&["export", "out", "-q"]).code, Some(0));
    assert_eq!(env.fi(&["export", "out.duckdb", "-q"]).code, Some(0));
    let before = content(env.path());
    for target in ["out", "out.duckdb", "new", "new.duckdb"] {
        // Files longer than 8 kB or 4 kB, as the shell counts, fail like those on a full disk.
        let script = format!("trap '' XFSZ; ulimit -f 8; exec \"$FI\" export {target} --force");
        let command = env.command(&[]);
        let fi = command.get_program().to_owned();
        let mut limited = std::process::Command::new("sh");
        limited.args(["-c", &script]).current_dir(env.path()).env("FI", fi);
        limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let run = env.finish(
            env.start(limited.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped())),
        );
        assert_eq!(run.code, Some(1), "{run}");
        assert!(run.stderr.contains("error: cannot write $DIR/"), "{run}");
        let mut after = content(env.path());
        after.retain(|name, _| !name.contains("/logs/"));
        let mut before = before.clone();
        before.retain(|name, _| !name.contains("/logs/"));
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        assert!(after == before, "an earlier export changed");
    }
}

#[test]
fn people_are_told_what_was_written_and_programs_get_one_document() {
    let env = world();
    let run = env.fi(&["export", "out", "--table", "teams,messages", "--table", "conversations"]);
    insta::assert_snapshot!(run.steady(), @r"
    exit code: 0
    --- stdout ---
    --- stderr ---
      conversations            12    # kB
      messages                120    # kB
      teams                     0     # kB
    warning: none of this period was synced completely; run `fi sync`
    Exported 3 tables with 132 rows (# kB) to $DIR/out in # s
    ");
    let run = env.fi(&["export", "out.duckdb", "--timeframe", "2026-01", "--tz", "UTC", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let document = run.json();
    assert_eq!(document["path"], "$DIR/out.duckdb");
    assert_eq!(document["conversation_count"], 12);
    assert!(document["seconds"].is_number() && document["bytes"].is_number(), "{document}");
    let warning = "warning: none of this period was synced completely; run `fi sync`\n";
    let run = env.fi(&["export", "quiet", "-q"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), ("", warning, Some(0)));
}

#[test]
fn what_is_wrong_is_said_with_what_is_right() {
    let env = world();
    assert_eq!(env.fi(&["export", "out", "-q"]).code, Some(0));
    let cases: [(&[&str], i32, &str); 9] = [
        (&["out"], 2, "--force replaces an earlier export"),
        (&["home/lake/out"], 2, "belongs to the lake"),
        (&["x", "--table", "mesages"], 2, "did you mean messages?"),
        (&["x", "--layout", "hive", "--format", "ndjson"], 2, "--layout single for ndjson"),
        (&["x.csv"], 2, "fi query 'FROM conversations' --output x.csv"),
        (&["x", "--state", "closed"], 3, "no conversation matches"),
        (&["x", "--team", "Nobodies"], 2, "there is no team 'Nobodies'"),
        (&["x", "--timeframe", "03/04/2026"], 2, "03/04/2026"),
        (&["x", "--redact", "drop", "--salt-file", "y"], 2, "--redact hash"),
    ];
    for (arguments, code, said) in cases {
        let run = env.fi(&[&["export"], arguments].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run}");
        assert!(run.stderr.contains(said), "{arguments:?}: {run}");
    }
    env.write("short", "abc");
    let run = env.fi(&["export", "x", "--redact", "hash", "--salt-file", "short"]);
    assert!(run.code == Some(2) && run.stderr.contains("can be guessed"), "{run}");
    assert_eq!(TestEnv::new().fi(&["export", "x"]).code, Some(3));
    assert!(!env.path().join("x").exists());
}
