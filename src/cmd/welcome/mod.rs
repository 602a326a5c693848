//! `fi` alone: what is there, and what to do next. Reads only files, changes nothing, asks nobody, and is no failure
//! whatever it finds: it is where somebody looks who does not know what to do.

mod next;
mod situation;

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::wrap::wrap;
use super::{Setup, analyze, assemble, demo, help, sync, words};
use crate::cli::{AnalyzeArgs, PeriodArgs, WhenArgs};
use crate::config::{self, Config, Flags, Home};
use crate::error::CommandError;
use crate::lake::{Holder, State, WriterLock};
use crate::printer::{Paint, Printer};
use crate::program;
use crate::sync::SyncState;
use next::Next;
use situation::Situation;

/// What `fi` is, for who has never used it.
const WHAT_IT_IS: &str =
    "fi keeps a copy of an Intercom workspace on this machine and answers questions about it with SQL.";

/// The first question.
const FIRST_QUESTION: &str = "How long do customers wait for a first reply?";
/// What `fi analyze` is asked for it: the dimension, the metric, the period.
const FIRST_ANSWER: (&str, &str, &str) = ("week", "first_response_seconds", "last 8 weeks");

/// The document `fi --json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Welcome {
    version: &'static str,
    home: PathBuf,
    is_demo: bool,
    state: Situation,
    /// What there is to say about it, a sentence each.
    message: Vec<String>,
    workspace: Option<String>,
    conversations: u64,
    data_as_of: Option<String>,
    age_seconds: Option<i64>,
    next: Vec<Next>,
    /// How the program is called for this home.
    #[serde(skip)]
    program: String,
}

/// Says what to do next.
pub(super) fn run(setup: &Setup) -> Result<(), CommandError> {
    let welcome = Welcome::new(setup)?;
    if setup.printer.is_json() {
        return Ok(setup.printer.json(&welcome)?);
    }
    Ok(setup.printer.words(welcome.text(&setup.printer))?)
}

/// Answers a first question for whoever sits at the terminal after the first sync, and says how to ask the next.
pub(super) fn after_first_sync(setup: &Setup) -> Result<(), CommandError> {
    let printer = &setup.printer;
    if printer.is_json() || printer.is_quiet() || !printer.look().terminal {
        return Ok(());
    }
    let welcome = Welcome::new(setup)?;
    let (by, metric, since) = FIRST_ANSWER;
    let typed = format!("{} analyze --by {by} --metric {metric} --since \"{since}\"", welcome.program);
    printer.line(format!(
        "\n{}\n{}\n",
        printer.paint(Paint::Bold, FIRST_QUESTION),
        printer.paint(Paint::Dim, format!("$ {typed}"))
    ))?;
    let when = WhenArgs { since: Some(since.to_owned()), ..WhenArgs::default() };
    let question = AnalyzeArgs {
        by: vec![by.to_owned()],
        metrics: vec![metric.to_owned()],
        period: PeriodArgs { when, ..PeriodArgs::default() },
        ..AnalyzeArgs::default()
    };
    // The sync is done, whatever becomes of the question.
    if let Err(error) = analyze::run(setup, &question) {
        printer.warn(error);
    }
    let next = printer.paint(Paint::Bold, "What to ask next");
    Ok(printer.line(format!("\n{next}\n{}", welcome.commands(printer)))?)
}

/// What is held.
struct Held {
    state: State,
    sync: SyncState,
    holder: Option<Holder>,
    missing_files: u64,
}

impl Welcome {
    fn new(setup: &Setup) -> Result<Self, CommandError> {
        let home = setup.home()?;
        let config = setup.config(&Flags::none());
        let now = config::clock(&setup.environment).unwrap_or_default().now().timestamp();
        let held = held(&home);
        let (state, mut message) = situation::of(config.as_ref(), held.as_ref(), now);
        let called = program::name();
        let program = match (&setup.globals.home, &setup.globals.config) {
            (None, None) => called.to_owned(),
            (_, Some(file)) => format!("{called} --config {}", shell_word(file)),
            (Some(home), None) => format!("{called} --home {}", shell_word(home)),
        };
        let is_demo = demo::is_demo(&home);
        let held = held.ok().flatten();
        let held = held.as_ref();
        let as_of = held.and_then(|held| sync::data_as_of(&held.sync));
        if is_demo && held.is_some() {
            message.push(program::typed("This is the made-up company of `fi demo`.").into_owned());
        }
        let can_sync = config.as_ref().is_ok_and(can_sync);
        let mut next = next::of(state, is_demo, can_sync, &program);
        if state == Situation::NotConnected && demo::is_demo(&home.demo()) {
            let demo = format!("{called} --home {}", shell_word(home.demo().path()));
            next.push(Next::new(demo, "go on with the demo that is here"));
        }
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            is_demo,
            state,
            message,
            workspace: held.and_then(|held| Some(held.sync.workspace.as_ref()?.name.clone())),
            conversations: held.map_or(0, |held| held.state.rows_of("conversations")),
            data_as_of: as_of.map(words::moment),
            age_seconds: as_of.map(|as_of| (now - as_of).max(0)),
            next,
            program,
            home: home.path().to_owned(),
        })
    }

    fn text(&self, printer: &Printer) -> String {
        let is_new = self.state == Situation::NotConnected;
        let introduction = is_new.then_some(WHAT_IT_IS);
        let sentences = introduction.into_iter().chain(self.message.iter().map(String::as_str));
        let lines = sentences.enumerate().flat_map(|(index, sentence)| {
            let lines = wrap(sentence, help::width(printer.look()));
            lines.into_iter().map(move |line| match index {
                0 if !is_new => printer.paint(Paint::Bold, line),
                _ => line,
            })
        });
        let told: String = lines.map(|line| line + "\n").collect();
        format!("{told}\n{}\n\n`fi help` lists everything.\n", self.commands(printer))
    }

    fn commands(&self, printer: &Printer) -> String {
        let next: Vec<(String, String)> =
            self.next.iter().map(|next| (next.command.clone(), next.about.to_owned())).collect();
        help::list(&next, printer, help::width(printer.look()))
    }
}

fn can_sync(config: &Config) -> bool {
    config.token.is_some() && !demo::has_no_server(config)
}

/// What is recorded of the lake of a home, and whether its files are there.
fn held(home: &Home) -> Result<Option<Held>, CommandError> {
    let holder = WriterLock::holder(&assemble::layout(home));
    let Some((state, sync)) = assemble::lake_state(home)? else { return Ok(None) };
    // Who writes may be about to replace files.
    let is_there = |name: &String| holder.is_some() || home.lake_dir().join(name).is_file();
    let missing_files = state.files.keys().filter(|name| !is_there(name)).count() as u64;
    Ok(Some(Held { state, sync, holder, missing_files }))
}

/// A path as a shell takes it.
fn shell_word(path: &Path) -> String {
    demo::shell_word(&path.display().to_string())
}
