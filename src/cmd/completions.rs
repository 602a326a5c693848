//! `fi completions`: the completion script of a shell, from the same definition as the help.

use serde_json::json;

use crate::cli::{self, CompletionsArgs};
use crate::error::CommandError;
use crate::printer::Printer;
use crate::program;

/// Prints the script.
pub(super) fn run(printer: &Printer, args: &CompletionsArgs) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), program::name(), &mut script);
    let script = String::from_utf8_lossy(&script);
    match printer.is_json() {
        true => Ok(printer.json(&json!({ "shell": args.shell.to_string(), "script": script }))?),
        false => Ok(printer.data(script)?),
    }
}
