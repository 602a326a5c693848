//! `fi status`: what is held, how complete and how fresh it is, and who works on it. Reads only files and asks nobody, but for
//! a running server that is named.

mod calendar;
mod facts;
mod remote;
mod sizes;
mod strip;
mod text;

use super::Setup;
use crate::cli::StatusArgs;
use crate::config::Flags;
use crate::error::CommandError;
use facts::Facts;

/// Shows what is there.
pub(super) fn run(setup: &Setup, args: &StatusArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    if let Some(url) = &args.url {
        return remote::run(&context, url, args.key_stdin);
    }
    let facts = Facts::gather(&context)?;
    if context.printer.is_json() {
        context.printer.json(&facts)?;
    } else if !facts.is_empty() {
        context.printer.line(text::lines(&facts, &context.printer).join("\n"))?;
    }
    if facts.is_empty() {
        let error =
            CommandError::nothing_found(format!("nothing was synced into {} yet", facts.home.display()));
        return Err(match &context.config.token {
            Some(_) => error.hint("fetch it with: fi sync"),
            None => error.hint("connect your workspace with `fi init`, or try `fi demo` without an account"),
        });
    }
    Ok(())
}
