//! `fi doctor`: one check after the other, each with what it found and what to do about it. Changes nothing.

mod api;
pub(super) mod check;
mod home;
mod lake;
mod system;

use serde::Serialize;

use super::{Setup, demo};
use crate::cli::DoctorArgs;
use crate::config::{self, Flags};
use crate::error::CommandError;
use crate::intercom::ApiVersion;
use crate::printer::{Paint, Printer};
use check::{Check, Level};

/// The document `fi doctor --json` prints.
#[derive(Debug, Serialize)]
struct Document {
    is_ok: bool,
    version: &'static str,
    api_version: String,
    checks: Vec<Check>,
}

/// Runs all checks.
pub(super) fn run(setup: &Setup, args: &DoctorArgs) -> Result<(), CommandError> {
    let clock = config::clock(&setup.environment)?;
    let home = setup.home()?;
    let mut checks = home::checks(&home);
    // Settings that cannot be read are a finding, and no reason to look at nothing else.
    let config = setup.config(&Flags::none());
    checks.extend(home::settings(&config));
    checks.extend(lake::checks(&home, clock));
    match &config {
        Ok(config) if demo::has_no_server(config) => {
            checks.push(Check::skipped(
                "token",
                "not asked: the demo's stand-in server runs only while `fi demo` syncs",
            ));
        }
        Ok(config) if !args.offline => checks.extend(api::checks(config, clock)?),
        Ok(_) => checks.push(Check::skipped("token", "not asked, because of --offline")),
        Err(_) => checks.push(Check::skipped("token", "not asked, because the settings cannot be read")),
    }
    checks.extend(system::checks());
    let failed = checks.iter().filter(|check| check.level == Level::Fail).count();
    let document = Document {
        is_ok: failed == 0,
        version: env!("CARGO_PKG_VERSION"),
        api_version: ApiVersion::PINNED.to_string(),
        checks,
    };
    shown(&setup.printer, &document)?;
    match failed {
        0 => Ok(()),
        1 => Err(CommandError::failed("one check failed")),
        failed => Err(CommandError::failed(format!("{failed} checks failed"))),
    }
}

fn shown(printer: &Printer, document: &Document) -> Result<(), CommandError> {
    if printer.is_json() {
        return Ok(printer.json(document)?);
    }
    listed(printer, &document.checks)?;
    Ok(printer.line(format!("\nfi {}, Intercom API {}", document.version, document.api_version))?)
}

/// Checks, one a line, with what to do about each.
pub(super) fn listed(printer: &Printer, checks: &[Check]) -> Result<(), CommandError> {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    for check in checks {
        let (word, paint) = match check.level {
            Level::Ok => ("ok  ", Paint::Green),
            Level::Warn => ("warn", Paint::Yellow),
            Level::Fail => ("FAIL", Paint::Red),
            Level::Skip => ("skip", Paint::Dim),
        };
        printer.line(format!("{} {:width$}  {}", printer.paint(paint, word), check.name, check.message))?;
        if let Some(hint) = &check.hint {
            printer.line(format!("     {:width$}  {}", "", printer.paint(Paint::Cyan, hint)))?;
        }
    }
    Ok(())
}
