//! The program: read the command line, run it, say what failed, end with the exit code that tells how.

use std::ffi::OsString;
use std::process::ExitCode;

use fastintercom::cli::{self, Cli, UsageError};
use fastintercom::cmd::{self, Setup};
use fastintercom::config::{Environment, private};
use fastintercom::error::Kind;
use fastintercom::printer::Printer;

fn main() -> ExitCode {
    private::restrict_process();
    let environment = Environment::from_process();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match cli::parse(&arguments) {
        Ok(cli) => run(cli, environment),
        Err(error) => explain(error, &Printer::new(cli::output_asked_for(&arguments), &environment)),
    }
}

fn run(cli: Cli, environment: Environment) -> ExitCode {
    let setup = Setup::new(&cli, environment);
    match cmd::run(&setup, cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if setup.printer.reader_is_gone() => ExitCode::SUCCESS,
        Err(error) => {
            setup.printer.error(&error);
            error.kind().into()
        }
    }
}

/// Shows help, or what is wrong with the command line.
fn explain(error: UsageError, printer: &Printer) -> ExitCode {
    if error.is_help() {
        // Whoever asked for help and does not read it is no failure.
        let _ = printer.data(error.text(printer.look().colour));
        return ExitCode::SUCCESS;
    }
    if printer.is_json() {
        printer.error(&error.into());
    } else {
        printer.talk(error.text(printer.talk_look().colour));
    }
    Kind::Usage.into()
}
