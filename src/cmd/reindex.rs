//! `fi reindex`: the search index made anew from the lake.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::{Setup, assemble, disk, failure, mending, words};
use crate::config::Flags;
use crate::error::CommandError;
use crate::index::Wait;

/// The document `fi reindex --json` prints.
#[derive(Debug, Serialize)]
struct Document<'a> {
    home: &'a Path,
    /// Conversations in the index.
    written: u64,
    seconds: f64,
    index_bytes: u64,
}

/// Makes the index anew.
pub(super) fn run(setup: &Setup) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    context.stop_on_interrupt();
    let begun = Instant::now();
    let index = assemble::text_index(&context);
    let mending = mending::Shown::new(&context.printer);
    let wait = Wait { cancel: context.cancel.clone(), progress: &|event| mending.hear(event) };
    let updated = index.rebuild(&wait).map_err(failure::of_index)?;
    let home = context.config.home.path();
    let (seconds, index_bytes) =
        (begun.elapsed().as_secs_f64(), disk::bytes_below(&context.config.home.index_dir()));
    if context.printer.is_json() {
        return Ok(context.printer.json(&Document {
            home,
            written: updated.written,
            seconds,
            index_bytes,
        })?);
    }
    let (count, took) = (words::many(updated.written, "conversation"), words::span(seconds));
    context
        .printer
        .note(format!("{count} in the search index ({}), made in {took}", words::bytes(index_bytes)));
    Ok(())
}
