//! Other commands of `fi` from inside the shell: a process of their own, so that Ctrl-C ends them as it always does
//! and not the shell.

use std::process::Command;

use crate::cmd::Setup;
use crate::error::{CommandError, Explain, Kind};

/// Runs a command on the same home, with the terminal.
pub(super) fn run(setup: &Setup, name: &str, flags: &[String]) -> Result<(), CommandError> {
    let what_failed = || format!("could not run `fi {name}`");
    let program = std::env::current_exe().explain(Kind::Failed, what_failed)?;
    let globals = &setup.globals;
    let mut command = Command::new(program);
    for (flag, value) in [("--home", &globals.home), ("--config", &globals.config)] {
        if let Some(value) = value {
            command.arg(flag).arg(value);
        }
    }
    if globals.no_color {
        command.arg("--no-color");
    }
    // It says itself how it ended; for the shell nothing depends on it.
    command.arg(name).args(flags).status().explain(Kind::Failed, what_failed)?;
    Ok(())
}
