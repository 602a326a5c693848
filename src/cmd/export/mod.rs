//! `fi export`: tables and marts as files for others.

mod progress;
mod summary;

use std::path::Path;
use std::time::{Duration, Instant};

use rand::RngExt;

use super::{Setup, assemble, failure, zone};
use crate::cli::{ExportArgs, RedactArg};
use crate::config::Flags;
use crate::engine::QueryOptions;
use crate::error::{CommandError, Explain, Kind};
use crate::export::{Error, ExportParams, Exporter, Redaction, Target};
use crate::tools::ToolError;
use progress::Progress;

/// How long one query may compute: an export is as long as it must be, Ctrl-C ends it.
const TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);
/// Bytes of a random key.
const KEY_BYTES: usize = 32;
/// A key that is shorter can be guessed.
const SHORTEST_SALT: usize = 16;

/// Makes an export.
pub(super) fn run(setup: &Setup, args: &ExportArgs) -> Result<(), CommandError> {
    let begun = Instant::now();
    let context = setup.context(&Flags::none())?;
    let format = args.format().map_err(CommandError::usage)?;
    let params = ExportParams {
        tables: args.tables.clone(),
        format,
        layout: args.layout(),
        selection: args.selection(),
        redaction: redaction(args)?,
    };
    let engine = assemble::engine(&context)?;
    let layout = assemble::layout(&context.config.home);
    let target = Target::new(&args.target, format, args.force, &layout).map_err(failed)?;
    context.stop_on_interrupt();
    let progress = Progress::new(&context.printer);
    let exporter = Exporter {
        engine: &engine,
        zone: zone(&context.config)?,
        now: context.clock.now(),
        options: QueryOptions { timeout: TIMEOUT, cancel: context.cancel.clone(), ..QueryOptions::default() },
        observer: &progress,
    };
    let done = exporter.export(&params, &target);
    progress.end();
    summary::show(&context.printer, &done.map_err(failed)?, begun.elapsed().as_secs_f64())
}

fn redaction(args: &ExportArgs) -> Result<Option<Redaction>, CommandError> {
    match (args.redact, &args.salt_file) {
        (None, _) => Ok(None),
        (Some(RedactArg::Drop), None) => Ok(Some(Redaction::Drop)),
        (Some(RedactArg::Drop), Some(_)) => {
            Err(CommandError::usage("--salt-file is the key of hashes, and --redact drop makes none")
                .hint("leave it out, or write --redact hash"))
        }
        (Some(RedactArg::Hash), None) => Ok(Some(Redaction::Hash {
            key: rand::rng().random::<[u8; KEY_BYTES]>().to_vec(),
            is_given: false,
        })),
        (Some(RedactArg::Hash), Some(file)) => Ok(Some(Redaction::Hash { key: salt(file)?, is_given: true })),
    }
}

fn salt(file: &Path) -> Result<Vec<u8>, CommandError> {
    let key = std::fs::read(file).explain(Kind::Usage, || format!("could not read {}", file.display()))?;
    if key.len() < SHORTEST_SALT {
        let size = key.len();
        return Err(CommandError::usage(format!(
            "{} has {size} bytes; a key of fewer than {SHORTEST_SALT} can be guessed",
            file.display()
        ))
        .hint(format!("make one: openssl rand -hex 32 > {}", file.display())));
    }
    Ok(key)
}

fn failed(error: Error) -> CommandError {
    let hint = error.hint();
    let explained = match error {
        Error::Tool(ToolError::Engine(error)) => return stopped_or(error),
        Error::Refused(_) | Error::Exists(_) | Error::NotOurs { .. } => {
            CommandError::usage(error.to_string())
        }
        Error::Tool(error) => failure::of_tool(error),
        Error::NothingFound => CommandError::nothing_found(error.to_string()),
        Error::Unsettled | Error::Count { .. } => CommandError::incomplete(error.to_string()),
        Error::Write { .. } => CommandError::failed(error.to_string()).because(error),
    };
    hint.into_iter().fold(explained, CommandError::hint)
}

fn stopped_or(error: crate::engine::Error) -> CommandError {
    match error {
        crate::engine::Error::Cancelled => CommandError::incomplete("stopped; nothing was left behind"),
        error => failure::of_query(error),
    }
}
