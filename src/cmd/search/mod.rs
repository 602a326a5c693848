//! `fi search`: conversations by words and filters, as a list for people or as data.

mod text;

use serde::Serialize;

use super::{Setup, assemble, failure, mending, zone_or};
use crate::cli::SearchArgs;
use crate::config::Flags;
use crate::engine::QueryOptions;
use crate::error::CommandError;
use crate::index::Wait;
use crate::tools::conversation::Conversations;
use crate::tools::search::{Finder, Room};

/// The document `fi search --count --json` prints.
#[derive(Debug, Serialize)]
struct Count {
    total: u64,
}

/// Answers a search.
pub(super) fn run(setup: &Setup, args: &SearchArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    context.stop_on_interrupt();
    let zone = zone_or(&context.config, args.when.tz.as_deref())?;
    let engine = assemble::engine(&context)?;
    let index = assemble::text_index(&context);
    let mending = mending::Shown::new(&context.printer);
    let finder = Finder {
        engine: &engine,
        index: &index,
        conversations: &Conversations::new(&assemble::layout(&context.config.home)),
        zone,
        now: context.clock.now(),
        options: QueryOptions { cancel: context.cancel.clone(), ..QueryOptions::default() },
        wait: Wait { cancel: context.cancel.clone(), progress: &|event| mending.hear(event) },
        room: Room::ALL,
    };
    let answer = finder.answer(&args.params()).map_err(failure::of_tool)?;
    let printer = &context.printer;
    match (args.count, printer.is_json()) {
        (true, true) => printer.json(&Count { total: answer.total })?,
        (true, false) => printer.line(answer.total)?,
        (false, true) => printer.json(&answer)?,
        (false, false) => {
            printer.data(text::hits(&answer, zone, printer))?;
            text::about(&answer, args, printer);
        }
    }
    if answer.total > 0 {
        return Ok(());
    }
    let nothing = CommandError::nothing_found("no conversation was found");
    Err(answer.notes.iter().cloned().fold(nothing, CommandError::hint))
}
