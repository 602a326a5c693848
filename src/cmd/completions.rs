//! `fi completions`: the completion script of a shell, from the same definition as the help.

use crate::cli::{self, CompletionsArgs};
use crate::error::CommandError;
use crate::printer::Printer;

/// Prints the script; the data is the script itself, with `--json` too.
pub(super) fn run(printer: &Printer, args: &CompletionsArgs) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "fi", &mut script);
    Ok(printer.data(String::from_utf8_lossy(&script))?)
}
