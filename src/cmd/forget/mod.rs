//! `fi forget`: removes people and everything of theirs from the home, and keeps them out of later syncs.
//!
//! The order is for crashes: the search index first, which can be made again, and the log, while it is known what to look
//! for there; then the lake and what is remembered, in one commit; what is left then is erased by whoever opens the lake
//! next. The index is made again before that is waited for, since searches wait for it.

mod log;
mod show;

use std::sync::Arc;
use std::time::{Duration, Instant};

use log::Needles;

use super::{Context, Setup, assemble, failure, mending};
use crate::cli::ForgetArgs;
use crate::config::Flags;
use crate::error::{CommandError, Explain, Kind};
use crate::index::{TextIndex, Wait};
use crate::lake::{Disk, Reader, State, Writer};
use crate::sync::forget::{self, Forgotten, Person, Trace};
use crate::sync::{Error, SyncState, hints};

/// What the lock's file says about this command.
const PURPOSE: &str = "fi forget";
/// How long readers of the files before may take; they are done long before, unless the clock was set back.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);
/// How often it is looked whether they are.
const PAUSE: Duration = Duration::from_millis(200);

/// Who is meant, what is held of them, and what is to be remembered.
struct Found {
    person: Person,
    trace: Trace,
    memory: Forgotten,
}

/// Forgets whom it is asked to.
pub(super) fn run(setup: &Setup, args: &ForgetArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    let Some((state, sync)) = assemble::lake_state(&context.config.home)? else {
        let home = context.config.home.path().display();
        return Err(CommandError::nothing_found(format!("nothing was synced into {home} yet")));
    };
    let asked: Vec<String> = args.contacts.iter().map(|one| one.trim().to_owned()).collect();
    if args.dry_run {
        let (disk, layout) = (Disk::default(), assemble::layout(&context.config.home));
        let found = find(Reader::new(&disk, &layout), &state, &sync, &asked)?;
        let log_lines = Needles::of(&found.person, &found.trace).count(&context.config.home.log_dir())?;
        return show::dry_run(&context, &found, log_lines);
    }
    if !args.yes && !context.printer.can_ask() {
        return Err(CommandError::usage("this removes people for good, and nobody is there to ask")
            .hint("to see what it would remove: add --dry-run")
            .hint("to do it without asking: add --yes"));
    }
    let lock = assemble::lock(&context, PURPOSE, args.wait)?;
    let index = assemble::text_index(&context);
    let had_index = context.config.home.index_dir().exists();
    let writer = assemble::open_unfollowed(&context, lock, Arc::clone(&index))?;
    forget::take_up(&writer)?;
    let state = writer.state()?;
    let sync = SyncState::from_value(&state.sync).map_err(Error::State)?;
    let found = find(writer.reader(), &state, &sync, &asked)?;
    show::found(&context.printer, &found);
    if !args.yes && !found.trace.is_empty() {
        ask(&context)?;
    }
    // Also when nothing is held: what was deleted from it earlier stays in its files until they are merged.
    index.remove().map_err(failure::of_index)?;
    let needles = Needles::of(&found.person, &found.trace);
    let log_lines = needles.erase(&context.config.home.log_dir())?;
    needles.erase_typed(&context.config.home.query_history())?;
    if !found.trace.is_empty() || found.memory != sync.forgotten {
        forget::erase(&writer, &found.trace, found.memory.clone())?;
    }
    let hints = writer.layout().hints_dir();
    hints::erase(&hints, &found.memory)
        .explain(Kind::Failed, || format!("could not clean {}", hints.display()))?;
    let indexed = if had_index { remake(&context, &index, &writer) } else { Ok(()) };
    settle(&context, &writer, !found.trace.is_empty()).and(indexed)?;
    show::done(&context, &found, log_lines)
}

/// Makes the search index again.
fn remake(context: &Context, index: &TextIndex, writer: &Writer) -> Result<(), CommandError> {
    let mending = mending::Shown::new(&context.printer);
    let wait = Wait { cancel: context.cancel.clone(), progress: &|event| mending.hear(event) };
    let made = index.make(writer, &wait).map(drop).map_err(failure::of_index);
    made.map_err(|error| error.hint("who was to be forgotten is removed; the next search makes the index"))
}

/// Finds those who are meant, and what is held of them. Who was forgotten before is known, and nothing is held.
fn find(
    reader: Reader<'_>,
    state: &State,
    sync: &SyncState,
    asked: &[String],
) -> Result<Found, CommandError> {
    let (person, unknown) = forget::find(reader, state, asked)?;
    let mut memory = sync.forgotten.clone();
    let unknown: Vec<String> = unknown.into_iter().filter(|one| !memory.has(one)).collect();
    if !unknown.is_empty() {
        return Err(CommandError::nothing_found(format!("nobody here is {}", unknown.join(" or ")))
            .because(
                "it is no contact's id, no contact's id in your own system, and no e-mail address of one",
            )
            .hint("nobody was forgotten; `fi query \"FROM contacts\"` shows who is here"));
    }
    memory.add(&person);
    let trace = forget::trace(reader, state, &memory)?;
    Ok(Found { person, trace, memory })
}

fn ask(context: &Context) -> Result<(), CommandError> {
    let question = "Remove all of this for good, and keep it out of later syncs?";
    match context.printer.confirm(question).explain(Kind::Failed, || "could not read the answer")? {
        true => Ok(()),
        false => Err(CommandError::failed("nothing was removed")),
    }
}

/// Waits for those who read the files of before, and erases what was kept for them.
fn settle(context: &Context, writer: &Writer, has_removed: bool) -> Result<(), CommandError> {
    let begun = Instant::now();
    let mut left = writer.settle();
    if left > 0 && has_removed && !context.printer.is_json() {
        context.printer.note("Removed. Waiting for queries under way, to erase what is kept for them");
    }
    while left > 0 && begun.elapsed() < SETTLED_WITHIN {
        std::thread::sleep(PAUSE);
        left = writer.settle();
    }
    if left > 0 {
        let files = super::words::many(left as u64, "file");
        return Err(CommandError::incomplete(format!("bytes of the version before are still in {files}"))
            .because("their age cannot be told, or they could not be written")
            .hint("they are removed from all answers; the next `fi sync` or `fi forget` erases them"));
    }
    // That nothing is kept any more is part of the state too.
    Ok(writer.begin()?.finish(|_| {})?)
}
