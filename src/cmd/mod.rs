//! One file per command, and what they share: settings, printer, clock and the flag that stops them.
//!
//! Commands turn arguments into calls of the modules below and results into output. They are the only place that
//! knows both.

mod analyze;
mod answering;
mod assemble;
mod auditing;
pub mod background;
mod completions;
mod demo;
mod disk;
mod doctor;
mod export;
mod failure;
mod forget;
mod help;
mod init;
mod keys;
mod logs;
mod man;
mod mcp;
mod mending;
mod next_sync;
mod progress;
mod query;
mod reindex;
mod reset;
mod search;
mod serve;
mod server_url;
mod show;
mod status;
mod sync;
mod verify;
mod webhooks;
mod welcome;
mod words;
mod wrap;

use chrono_tz::Tz;

use crate::cancel::Cancel;
use crate::cli::{Cli, Command, Globals};
use crate::clock::Clock;
use crate::config::{self, Config, Environment, Flags, Home};
use crate::error::CommandError;
use crate::logging;
use crate::printer::Printer;

/// What is known before any settings are read.
pub struct Setup {
    /// Flags every command has.
    pub globals: Globals,
    /// The environment variables.
    pub environment: Environment,
    /// Where output goes.
    pub printer: Printer,
}

/// Everything a command needs.
#[derive(Clone)]
pub struct Context {
    /// All settings.
    pub config: Config,
    /// Where output goes.
    pub printer: Printer,
    /// What time it is.
    pub clock: Clock,
    /// Raised when the work is to stop.
    pub cancel: Cancel,
}

/// Runs what was asked for.
pub fn run(setup: &Setup, command: Option<Command>) -> Result<(), CommandError> {
    match command {
        None => welcome::run(setup),
        Some(Command::Demo(args)) => demo::run(setup, &args),
        Some(Command::Init(args)) => init::run(setup, &args),
        Some(Command::Status(args)) => status::run(setup, &args),
        Some(Command::Sync(args)) => sync::run(setup, &args),
        Some(Command::Reindex(_)) => reindex::run(setup),
        Some(Command::Search(args)) => search::run(setup, &args),
        Some(Command::Mcp(args)) => mcp::run(setup, &args),
        Some(Command::Serve(args)) => serve::run(setup, &args),
        Some(Command::Keys(args)) => keys::run(setup, &args),
        Some(Command::Webhooks(args)) => webhooks::run(setup, &args),
        Some(Command::Forget(args)) => forget::run(setup, &args),
        Some(Command::Reset(args)) => reset::run(setup, &args),
        Some(Command::Verify(args)) => verify::run(setup, &args),
        Some(Command::Doctor(args)) => doctor::run(setup, &args),
        Some(Command::Logs(args)) => logs::run(setup, &args),
        Some(Command::Completions(args)) => completions::run(&setup.printer, &args),
        Some(Command::Man(args)) => man::run(setup, &args),
        Some(Command::Help(args)) => help::run(setup, &args),
        Some(Command::Show(args)) => show::run(setup, &args),
        Some(Command::Analyze(args)) => analyze::run(setup, &args),
        Some(Command::Query(args)) => query::run(setup, &args),
        Some(Command::Export(args)) => export::run(setup, &args),
    }
}

impl Setup {
    /// What is needed to run a command line.
    pub fn new(cli: &Cli, environment: Environment) -> Self {
        let printer = Printer::new(cli.globals.output(), &environment);
        Self { globals: cli.globals.clone(), environment, printer }
    }

    /// Where the home is; works with settings that do not.
    pub fn home(&self) -> Result<Home, CommandError> {
        Ok(config::home(&self.globals.places(), &self.environment)?)
    }

    /// The settings alone, for commands that must not log or warn.
    pub fn config(&self, flags: &Flags) -> Result<Config, CommandError> {
        Ok(Config::load(&self.globals.places(), flags, &self.environment)?)
    }

    /// Reads the settings, starts logging and says what is odd about them.
    pub fn context(&self, flags: &Flags) -> Result<Context, CommandError> {
        let config = self.config(flags)?;
        let clock = config::clock(&self.environment)?;
        logging::start(&config, &self.printer, clock);
        for notice in &config.notices {
            tracing::warn!("{}", notice.text);
            if notice.loud {
                self.printer.warn(&notice.text);
            }
        }
        Ok(Context { config, printer: self.printer.clone(), clock, cancel: Cancel::new() })
    }
}

impl Context {
    /// Lets the first Ctrl-C raise the flag, so that work in progress ends in good order; the second ends the process.
    pub fn stop_on_interrupt(&self) {
        stop_on_interrupt(&self.cancel, &self.printer);
    }
}

/// The time zone that `--tz` names, else the one of the settings.
fn zone_or(config: &Config, name: Option<&str>) -> Result<Tz, CommandError> {
    name.map_or_else(|| zone(config), named_zone)
}

/// The time zone that `--tz` names.
fn named_zone(name: &str) -> Result<Tz, CommandError> {
    config::values::timezone(name).map_err(|error| CommandError::usage(format!("--tz {name} is not {error}")))
}

/// The time zone of days and hours: the user's choice, else the workspace's, else UTC.
fn zone(config: &Config) -> Result<Tz, CommandError> {
    if let Some(zone) = config.timezone {
        return Ok(zone);
    }
    let workspace = assemble::lake_state(&config.home)?.and_then(|(_, sync)| sync.workspace);
    Ok(workspace.and_then(|workspace| workspace.timezone?.parse().ok()).unwrap_or(Tz::UTC))
}

fn stop_on_interrupt(cancel: &Cancel, printer: &Printer) {
    let printer = printer.clone();
    cancel.on_interrupt(move || {
        printer.warn("stopped at once; what was committed is kept");
        #[expect(clippy::exit, reason = "the second Ctrl-C must not wait for anything")]
        std::process::exit(130);
    });
}
