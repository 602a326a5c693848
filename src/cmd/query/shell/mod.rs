//! The shell of `fi query`: reads statements and dot-commands on a terminal until somebody has enough.
//!
//! What a line means is known by [`crate::shell`]; how it is run and shown is here.

mod answers;
mod banner;
mod child;
mod editor;
mod keyboard;
mod running;
mod screen;
mod settings;
mod statement;
mod watched;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{Access, Context, QueryArgs, Setup, assemble, auditing, failed, failure, named_zone};
use crate::config::Flags;
use crate::engine::{Engine, EngineOptions, examples};
use crate::error::{CommandError, Explain, Kind};
use crate::printer::{Paint, Printer};
use crate::shell::{Ask, Complaint, ends_statement, is_command, statements};
use banner::Seen;
use chrono_tz::Tz;
use running::Running;
use settings::Settings;

/// What goes on between the first prompt and the last.
struct Shell<'a> {
    setup: &'a Setup,
    context: Context,
    engine: Engine,
    running: Running,
    settings: Settings,
    zone: Option<Tz>,
    seen: Seen,
    /// The last query, for `.explain`.
    last: Option<String>,
}

/// Whether the shell goes on, or what is wrong with what was asked.
type Step = Result<ControlFlow<()>, CommandError>;

const ON: Step = Ok(ControlFlow::Continue(()));

/// Opens the shell.
pub(super) fn run(setup: &Setup, args: &QueryArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    let zone = args.tz.as_deref().map(named_zone).transpose()?;
    let settings = Settings::new(args, &context.printer)?;
    let running = Running::new(args.timeout);
    let engine = open(&context, args, &running)?;
    let seen = Seen::now(&engine)?;
    let partitioning = engine.partitioning().map_err(failed)?;
    let mut editor = editor::Editor::new(&context, args.private, partitioning, &running);
    let mut shell = Shell { setup, context, engine, running, settings, zone, seen, last: None };
    shell.running.listen();
    banner::greet(&shell)?;
    while let Some(line) = editor.read()? {
        let outcome = shell.enter(&line);
        if shell.printer().reader_is_gone() || matches!(outcome, Ok(ControlFlow::Break(()))) {
            break;
        }
        if let Err(error) = outcome {
            shell.printer().error(&error);
        }
    }
    Ok(())
}

fn open(context: &Context, args: &QueryArgs, running: &Running) -> Result<Engine, CommandError> {
    let clock = context.clock;
    let access = if args.allow_unsafe { Access::Everything } else { Access::ViewsOnly };
    let search = running.search(assemble::text_index(context));
    let options = EngineOptions {
        access,
        search: Some(std::sync::Arc::new(search)),
        beside: Some(auditing::table(context)),
        ..EngineOptions::new(super::Now::new(move || clock.now()))
    };
    Engine::open(&assemble::layout(&context.config.home), options).map_err(failure::of_query)
}

impl Shell<'_> {
    fn printer(&self) -> &Printer {
        &self.context.printer
    }

    /// Says something about what was done; not with `-q`.
    fn note(&self, text: &str) {
        self.printer().note(self.printer().paint_talk(Paint::Dim, text));
    }

    /// Does what a line says.
    fn enter(&mut self, line: &str) -> Step {
        if is_command(line) {
            let ask = Ask::parse(line).map_err(complaint)?;
            return self.answer(ask);
        }
        self.run_all(line)?;
        ON
    }

    /// Runs the statements of a text, until one fails.
    fn run_all(&mut self, text: &str) -> Result<(), CommandError> {
        statements(text).into_iter().try_for_each(|sql| self.run(sql))
    }

    /// Runs a file: statements, and commands on lines of their own.
    fn read(&mut self, path: &Path) -> Step {
        let path = self.at_home(path);
        let text = std::fs::read_to_string(&path)
            .explain(Kind::Usage, || format!("could not read {}", path.display()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut sql = String::new();
        for line in text.lines() {
            if statements(&sql).is_empty() && is_command(line) {
                match Ask::parse(line).map_err(complaint)? {
                    Ask::Read(_) => {
                        return Err(CommandError::usage(".read cannot stand in a file that is read"));
                    }
                    ask => {
                        if self.answer(ask)?.is_break() {
                            return Ok(ControlFlow::Break(()));
                        }
                    }
                }
                continue;
            }
            sql.push_str(line);
            sql.push('\n');
            // Each as soon as it is complete, so that commands between them come in order.
            if ends_statement(&sql) {
                self.run_all(&std::mem::take(&mut sql))?;
            }
        }
        self.run_all(&sql)?;
        ON
    }

    /// A path as a person means it: `~` is their own directory.
    fn at_home(&self, path: &Path) -> PathBuf {
        let home = ["HOME", "USERPROFILE"].into_iter().find_map(|name| self.setup.environment.get(name));
        match (path.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => Path::new(home).join(rest),
            _ => path.to_owned(),
        }
    }

    fn answer(&mut self, ask: Ask) -> Step {
        match ask {
            Ask::Quit => return Ok(ControlFlow::Break(())),
            Ask::Help => self.show(&answers::help(self.width()))?,
            Ask::Tables => {
                self.show(&answers::tables(&*self.engine.state().map_err(failed)?, self.width()))?;
            }
            Ask::Views => self.show(&answers::views(self.width()))?,
            Ask::Schema(view) => self.show(&answers::schema(view))?,
            Ask::Describe(view) => {
                let partitioning = self.engine.partitioning().map_err(failed)?;
                self.show(&answers::describe(view, partitioning, self.width(), self.printer()))?;
            }
            Ask::Examples(view) => self.show(&answers::examples(view, self.printer()))?,
            Ask::Example(number) => return self.example(number),
            Ask::Mode(_) | Ask::Output(_) | Ask::MaxRows(_) | Ask::Width(_) | Ask::Timer(_) => {
                self.set(ask)?;
            }
            Ask::Read(path) => return self.read(&path),
            Ask::Explain(sql) => return self.explain(sql),
            Ask::Sync(flags) => child::run(self.setup, "sync", &flags)?,
            Ask::Status => child::run(self.setup, "status", &[])?,
        }
        ON
    }

    /// Changes how things are shown, and says how that is now.
    fn set(&mut self, ask: Ask) -> Result<(), CommandError> {
        let said = match ask {
            Ask::Mode(mode) => self.settings.set_mode(mode),
            Ask::Output(path) => {
                let path = path.map(|path| self.at_home(&path));
                self.settings.set_output(path)?
            }
            Ask::MaxRows(rows) => self.settings.set_max_rows(rows),
            Ask::Width(width) => self.settings.set_width(width),
            Ask::Timer(is_on) => self.settings.set_timer(is_on),
            _ => return Ok(()),
        };
        self.note(&said);
        Ok(())
    }

    fn example(&mut self, number: usize) -> Step {
        let Some(example) = number.checked_sub(1).and_then(|index| examples().nth(index)) else {
            let last = examples().count();
            let error = CommandError::usage(format!("there is no example {number}"));
            return Err(error.hint(format!("there are 1 to {last}: .examples lists them")));
        };
        self.note(&format!("-- {}\n{};", example.question, example.sql));
        self.run(example.sql)?;
        ON
    }

    fn explain(&mut self, sql: Option<String>) -> Step {
        match sql.or_else(|| self.last.clone()) {
            Some(sql) => self.run(&format!("EXPLAIN {sql}"))?,
            None => {
                let error = CommandError::usage("there is no query yet to explain");
                return Err(error.hint("like: .explain SELECT count(*) FROM messages"));
            }
        }
        ON
    }
}

fn complaint(complaint: Complaint) -> CommandError {
    CommandError::usage(complaint.message).hint(complaint.hint)
}
