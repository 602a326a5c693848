//! Nonsense on the command line: random commands, flags and values, made from the definition that clap has. Whatever is
//! typed, `fi` ends with a documented exit code, says what was wrong, and never shows its insides.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use clap::{Arg, Command};
use fastintercom::cli::{self, DemoCommand};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::cli::{TestEnv, files_below};
use crate::support::commands::synced;
use crate::support::patience;
use crate::support::standin::StandIn;

/// Values of every kind that some flag takes, and some that none does. Numbers are small, or too large for all: a demo
/// of ten million conversations would be what was asked for. No path leads out of the test's directory.
const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "5",
    "-1",
    "9.5",
    "1e9",
    "NaN",
    "99999999999999999999",
    "yes",
    "no",
    "x",
    "open",
    "week",
    "conversations",
    "first_response_seconds:p50,p90",
    "csat:p50",
    "last 7 days",
    "last 0 days",
    "2026-02-30",
    "2026-11-01",
    "2026-11-01..",
    "previous",
    "Europe/Berlin",
    "Mars/Phobos",
    "refund -shipping",
    "\"unclosed",
    "from:",
    "((((",
    "a OR",
    "~*",
    "SELECT 1",
    "SELECT",
    "DROP TABLE conversations",
    "COPY (SELECT 1) TO 'x'",
    "a=b",
    "=",
    "a=",
    "Plan=Pro",
    "csv",
    "parquet",
    "duckdb",
    "json",
    "eu",
    "us",
    "bash",
    "cursor",
    "http://127.0.0.1:1",
    "ftp://x",
    "215470001234567",
    "https://app.intercom.com/a/inbox/abc/inbox/conversation/1",
    "somebody@harborline.example",
    "file",
    "out",
    "out.duckdb",
    "missing/file",
    "\u{1b}[2J",
    "\u{202e}x",
    "\u{0}x",
    "名前",
    "🦀",
    "--",
    "-",
    "--json",
    "-q",
    "sync",
    "timeframes",
    "error",
    "mixed=0.1",
    "http_500=2",
    "'; DROP",
    "%s%n",
    "$HOME",
    "*",
    "\n",
];
/// Flags that no command has.
const UNKNOWN: &[&str] =
    &["--nonsense", "--jsno", "-Z", "--=", "---", "-é", "--home=", "-n", "-vvvv", "--no-color"];

/// A word of a command line, by numbers that choose among what there is.
#[derive(Debug, Clone)]
enum Word {
    /// A flag or argument of the command, with a value in one of the ways to write it.
    Known(usize, OsString, u8),
    /// A flag that is not there.
    Unknown(&'static str),
    /// A value where none belongs.
    Value(OsString),
}

fn value() -> impl Strategy<Value = OsString> {
    let random = "[^/\\\\.~\\x00]{0,12}".prop_map(OsString::from);
    let listed = select(VALUES).prop_map(|value| OsString::from(value.replace('\0', "")));
    prop_oneof![12 => listed, 2 => random, 1 => Just(not_utf8()), 1 => Just("x".repeat(70_000).into())]
}

/// What is no text, where there is such a thing.
fn not_utf8() -> OsString {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        OsString::from_vec(vec![b'a', 0xff, 0xfe])
    }
    #[cfg(not(unix))]
    OsString::from("a")
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![
        8 => (any::<usize>(), value(), any::<u8>()).prop_map(|(which, value, how)| Word::Known(which, value, how)),
        1 => select(UNKNOWN).prop_map(Word::Unknown),
        1 => value().prop_map(Word::Value),
    ]
}

/// Which command, and its words.
fn line() -> impl Strategy<Value = Vec<OsString>> {
    (any::<usize>(), vec(word(), 0..6)).prop_map(|(which, words)| {
        let root = cli::built_command();
        let mut commands = Vec::new();
        collect(&root, &mut commands);
        let command = commands[which % commands.len()];
        let mut line: Vec<OsString> =
            command.get_bin_name().unwrap_or("fi").split(' ').map(OsString::from).collect();
        let arguments: Vec<&Arg> = command.get_arguments().collect();
        words.into_iter().for_each(|word| write(word, &arguments, &mut line));
        line
    })
}

fn collect<'a>(command: &'a Command, commands: &mut Vec<&'a Command>) {
    commands.push(command);
    command.get_subcommands().for_each(|command| collect(command, commands));
}

fn write(word: Word, arguments: &[&Arg], line: &mut Vec<OsString>) {
    let (which, value, how) = match word {
        Word::Unknown(flag) => return line.push(flag.into()),
        Word::Value(value) => return line.push(value),
        Word::Known(which, value, how) => (which, value, how),
    };
    let argument = arguments[which % arguments.len()];
    let joined = |flag: String| {
        let mut word = OsString::from(flag);
        word.push(&value);
        word
    };
    match (argument.get_long(), argument.get_short(), how % 8) {
        (Some(long), _, 0) => line.push(joined(format!("--{long}="))),
        (Some(long), _, 1) => line.push(format!("--{long}").into()),
        (_, Some(short), 2) => line.push(joined(format!("-{short}"))),
        (Some(long), ..) if argument.get_action().takes_values() => {
            line.extend([format!("--{long}").into(), value])
        }
        (Some(long), ..) => line.push(format!("--{long}").into()),
        _ => line.push(value),
    }
}

/// Whether it runs until it is stopped, as it should.
fn is_endless(line: &[OsString]) -> bool {
    match cli::parse(line) {
        Ok(cli::Cli { command: Some(cli::Command::Demo(args)), .. }) => {
            matches!(args.command, Some(DemoCommand::Serve(_)))
        }
        Ok(cli::Cli { command: Some(cli::Command::Logs(args)), .. }) => args.follow,
        Ok(cli::Cli { command: Some(cli::Command::Sync(args)), .. }) => args.daemon,
        Ok(cli::Cli { command: Some(cli::Command::Serve(_)), .. }) => true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_line_is_read_or_refused_with_a_reason(line in line()) {
        if let Err(error) = cli::parse(&line) {
            prop_assert!(error.is_help() || error.text(false).starts_with("error: "), "{line:?}\n{}", error.text(false));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_line_ends_with_an_exit_code_that_says_how_it_went(line in line(), world in 0..3_u8) {
        if is_endless(&line) {
            return Ok(());
        }
        let env = WORLDS.with(|worlds| worlds.of(world));
        check(&line, &env)?;
    }
}

/// How many lines are run; more with `FI_NONSENSE=1000`.
fn cases() -> u32 {
    std::env::var("FI_NONSENSE").ok().and_then(|cases| cases.parse().ok()).unwrap_or(120)
}

fn check(line: &[OsString], env: &TestEnv) -> Result<(), TestCaseError> {
    let mut command = env.command(&[]);
    command.args(&line[1..]);
    let Some(run) = patience::finished(env, env.start(&mut command)) else {
        return Err(TestCaseError::fail(format!("{line:?} does not end")));
    };
    let told = run.to_string();
    for inside in ["panicked at", "RUST_BACKTRACE", "stack backtrace", ".rs:"] {
        prop_assert!(!told.contains(inside), "{line:?}\n{told}");
    }
    let Some(code) = run.code else {
        return Err(TestCaseError::fail(format!("{line:?} was killed\n{told}")));
    };
    prop_assert!((0..=5).contains(&code), "{line:?}\n{told}");
    let options = match cli::parse(line) {
        Ok(parsed) => parsed.globals.output(),
        Err(error) => {
            prop_assert_eq!(code, if error.is_help() { 0 } else { 2 }, "{:?}\n{}", line, told);
            cli::output_asked_for(line)
        }
    };
    let last = run.stderr.lines().last().unwrap_or_default();
    let failed = match options.json {
        true => last.starts_with("{\"error\":{"),
        false => run.stderr.lines().any(|line| line.starts_with("error: ")),
    };
    prop_assert_eq!(failed, code != 0, "{:?}\n{}", line, told);
    if options.json && failed {
        prop_assert!(
            run.error()["message"].as_str().is_some_and(|message| !message.is_empty()),
            "{line:?}\n{told}"
        );
    }
    Ok(())
}

thread_local! {
    static WORLDS: Worlds = Worlds::new();
}

/// A world with nothing in it, one with settings that are wrong, and one with a lake. Nothing answers at the address
/// of the API.
struct Worlds {
    lake: TestEnv,
}

impl Worlds {
    fn new() -> Self {
        Self { lake: synced(&StandIn::new()) }
    }

    /// A fresh one, as whatever was typed before may have changed it.
    fn of(&self, which: u8) -> TestEnv {
        let env = TestEnv::new().with("FASTINTERCOM_API_URL", "http://127.0.0.1:1");
        env.write("file", "SELECT 1");
        match which {
            0 => {}
            1 => {
                env.write("home/config.toml", "regoin = \"eu\"\n");
            }
            _ => copy(&self.lake.home(), &env.home()),
        }
        env
    }
}

fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from).expect("a file below it"));
        fs::create_dir_all(target.parent().expect("a file has a directory")).expect("a directory");
        fs::copy(&file, &target).expect("a copy");
    }
}
