//! The checks that need nothing but the files: checksums and counts, and the rules rows must follow.

use super::finding::{Finding, Index, Rule};
use crate::cmd::{Context, assemble, failure};
use crate::engine::{CHECKS, QueryOptions};
use crate::error::CommandError;
use crate::lake::{self, Disk, Snapshot, State, WriterLock};

/// How often files are read again when a sync changes them meanwhile.
const TRIES: u32 = 3;
/// Rows that are counted for one broken rule.
const COUNTED: u64 = 1_000;

/// Compares every file with what was recorded when it was written.
pub(super) fn files(context: &Context) -> Result<Vec<Finding>, CommandError> {
    let (disk, layout) = (Disk::default(), assemble::layout(&context.config.home));
    for _ in 0..TRIES {
        let before = Snapshot::now(&disk, &layout)?;
        let Some(state) = State::load(&disk, &layout)? else { return Ok(Vec::new()) };
        let bar = context.printer.progress(Some(state.files.len() as u64), "Reading files");
        let found = lake::verify(&disk, &layout, &state, |_| bar.inc(1));
        bar.finish_and_clear();
        let found = found?;
        if context.cancel.is_cancelled() {
            return Err(stopped());
        }
        if found.is_empty() || Snapshot::is_stable(before, Snapshot::now(&disk, &layout)?) {
            return Ok(found.into_iter().map(Finding::File).collect());
        }
    }
    let who = WriterLock::holder(&layout).map(|holder| format!(" by {holder}")).unwrap_or_default();
    Err(CommandError::failed(format!("the lake is being changed{who}"))
        .hint("verify again when that is done"))
}

/// Compares every file of the search index with its checksum.
pub(super) fn index(context: &Context) -> Result<Vec<Finding>, CommandError> {
    let wrong = assemble::text_index(context).verify().map_err(failure::of_index)?;
    Ok(wrong.into_iter().map(|what| Finding::Index(Index { what })).collect())
}

/// Runs the rules: what breaks one of the lake's own, and what is odd as Intercom delivered it.
pub(super) fn rules(context: &Context) -> Result<(Vec<Rule>, Vec<Rule>), CommandError> {
    let engine = assemble::engine(context)?;
    let options =
        QueryOptions { max_rows: Some(COUNTED), cancel: context.cancel.clone(), ..QueryOptions::default() };
    let bar = context.printer.progress(Some(CHECKS.len() as u64), "Checking rules");
    let broken = engine.run_checks(&options, |_| bar.inc(1));
    bar.finish_and_clear();
    let found = broken.map_err(failure::of_query)?.into_iter().map(|offence| Rule {
        rule: offence.check.name,
        promise: offence.check.promise(),
        rows: offence.rows.summary.rows,
        meaning: offence.check.meaning(),
    });
    Ok(found.partition(|rule| rule.meaning.is_none()))
}

/// Ctrl-C.
pub(super) fn stopped() -> CommandError {
    CommandError::incomplete("stopped before everything was verified")
}
