//! `fi reset`: deletes what was fetched, and nothing else. Settings and logs stay, and so does every file that is
//! not ours, and who was forgotten: the next sync must not bring them back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Setup, assemble, words};
use crate::cli::ResetArgs;
use crate::clock::Clock;
use crate::config::{Flags, Home};
use crate::error::{CommandError, Explain, Hint, Kind};
use crate::lake::{self, Disk, Holder, State, WriterLock, committed_state};
use crate::model::TABLES;
use crate::sync::SyncState;

/// What the lock's file says about this command.
const PURPOSE: &str = "fi reset";
/// Files of ours beside the tables.
const LAKE_FILES: &[&str] = &["catalog.sql"];
/// Files of ours in the state. The lock stays: who waits for it must not be left with one that nobody else sees.
const STATE_FILES: &[&str] = &["state.json", "state.tmp", "journal.json", "journal.tmp"];

/// What was deleted.
#[derive(Debug, Default, Serialize)]
pub(super) struct Cleared {
    /// Files.
    files: u64,
    /// Their size.
    bytes: u64,
    /// What lies there and is not ours.
    left: Vec<PathBuf>,
    /// Whether nobody can tell who was forgotten here.
    #[serde(skip)]
    is_memory_lost: bool,
}

/// Deletes what the home holds.
pub(super) fn run(setup: &Setup, args: &ResetArgs) -> Result<(), CommandError> {
    let context = setup.context(&Flags::none())?;
    let home = &context.config.home;
    check_ours(home)?;
    if !args.yes {
        ask(&context.printer, home)?;
    }
    let cleared = clear(home, PURPOSE, context.clock, Memory::Kept)?;
    tracing::info!(files = cleared.files, bytes = cleared.bytes, "reset");
    if cleared.is_memory_lost {
        context
            .printer
            .warn("the state could not be read: whoever was forgotten here must be forgotten again");
    }
    if context.printer.is_json() {
        return Ok(context.printer.json(&serde_json::json!({ "home": home.path(), "deleted": cleared }))?);
    }
    let (files, bytes) = (words::many(cleared.files, "file"), words::bytes(cleared.bytes));
    context.printer.note(format!("Deleted {files} ({bytes}) in {}", home.path().display()));
    for path in &cleared.left {
        context.printer.warn(format!("{} is not from fi and was left alone", path.display()));
    }
    context.printer.hint("the settings are kept: `fi sync` fetches everything again");
    Ok(())
}

/// Refuses directories in which nothing was ever fetched by us.
fn check_ours(home: &Home) -> Result<(), CommandError> {
    let is_ours = STATE_FILES.iter().any(|name| home.state_dir().join(name).is_file())
        || home.state_dir().join("spool").is_dir();
    if is_ours {
        return Ok(());
    }
    if home.lake_dir().exists() || home.state_dir().exists() && !is_only_lock(&home.state_dir()) {
        return Err(CommandError::failed(format!(
            "{} does not look like a home of fi",
            home.path().display()
        ))
        .because("it has no state/state.json")
        .hint("nothing was deleted; name the home with --home DIR"));
    }
    Err(CommandError::nothing_found(format!("nothing was fetched into {} yet", home.path().display())))
}

fn is_only_lock(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|entries| entries.flatten().all(|entry| entry.file_name() == "lock"))
}

fn ask(printer: &crate::printer::Printer, home: &Home) -> Result<(), CommandError> {
    if !printer.can_ask() {
        return Err(CommandError::usage(
            "this deletes everything that was fetched, and nobody is there to ask",
        )
        .hint("to do it without asking: fi reset --yes"));
    }
    let bytes =
        words::bytes(assemble::lake_state(home).ok().flatten().map_or(0, |(state, _)| state.lake_bytes()));
    let question = format!("Delete everything fetched into {} ({bytes})?", home.path().display());
    match printer.confirm(&question).explain(Kind::Failed, || "could not read the answer")? {
        true => Ok(()),
        false => Err(CommandError::failed("nothing was deleted")),
    }
}

/// What becomes of who was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    /// They stay forgotten.
    Kept,
    /// Nobody is forgotten any more.
    Dropped,
}

/// Deletes lake, state and index of a home, holding its lock.
pub(super) fn clear(
    home: &Home,
    purpose: &str,
    clock: Clock,
    memory: Memory,
) -> Result<Cleared, CommandError> {
    let since_seconds = clock.now().timestamp();
    let holder = Holder { pid: std::process::id(), purpose: purpose.to_owned(), since_seconds };
    let _lock = WriterLock::take(&assemble::layout(home), &holder)?;
    let mut cleared = Cleared::default();
    // The state goes first: without it the files are an unfinished sync, never a lake that lies about itself.
    let state = home.state_dir();
    match cleared.memory(home, memory) {
        Some(kept) => kept.store(&Disk::default(), &assemble::layout(home))?,
        None => cleared.file(&state.join(STATE_FILES[0]))?,
    }
    for name in &STATE_FILES[1..] {
        cleared.file(&state.join(name))?;
    }
    cleared.tree(&state.join("spool"), |_| true)?;
    cleared.tree(&assemble::layout(home).hints_dir(), |_| true)?;
    for table in TABLES {
        cleared.tree(&home.lake_dir().join(table.name), |name| {
            name == "data.parquet" || name.starts_with(".data.parquet.") && name.ends_with(".tmp")
        })?;
    }
    for name in LAKE_FILES {
        cleared.file(&home.lake_dir().join(name))?;
    }
    cleared.tree(&home.lake_dir(), |_| false)?;
    cleared.tree(&home.index_dir(), |_| true)?;
    Ok(cleared)
}

impl Cleared {
    /// The state that remembers who was forgotten, and nothing else; `None` where nobody was.
    fn memory(&mut self, home: &Home, memory: Memory) -> Option<State> {
        if memory == Memory::Dropped {
            return None;
        }
        let held = committed_state(&Disk::default(), &assemble::layout(home)).and_then(|state| {
            let Some(state) = state else { return Ok(None) };
            let sync = SyncState::from_value(&state.sync).map_err(|_| lake::Error::NeedsRecovery)?;
            Ok(Some((state, sync.forgotten)))
        });
        self.is_memory_lost = held.is_err();
        let (state, forgotten) = held.ok().flatten().filter(|(_, forgotten)| !forgotten.is_empty())?;
        let sync = SyncState { forgotten, ..SyncState::default() };
        // The number of the last transaction stays: a journal that is still there is not to be followed.
        let (last_txid, generation) = (state.last_txid, state.generation + 1);
        Some(State { last_txid, generation, sync: sync.to_value(), ..State::default() })
    }

    /// Deletes a file, if it is there.
    fn file(&mut self, path: &Path) -> Result<(), CommandError> {
        let size = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(error).explain(Kind::Failed, || format!("could not look at {}", path.display()));
            }
        };
        fs::remove_file(path)
            .explain(Kind::Failed, || format!("could not delete {}", path.display()))
            .hint("some of it is deleted already; run `fi reset` again when that is solved")?;
        self.files += 1;
        self.bytes += size;
        Ok(())
    }

    /// Deletes the files of ours below a directory, and every directory that is empty then. Links are not followed.
    fn tree(&mut self, directory: &Path, is_ours: fn(&str) -> bool) -> Result<(), CommandError> {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(error)
                    .explain(Kind::Failed, || format!("could not read {}", directory.display()));
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.tree(&path, is_ours)?;
            } else if is_ours(&entry.file_name().to_string_lossy()) {
                self.file(&path)?;
            } else if !self.left.contains(&path) {
                self.left.push(path);
            }
        }
        // It stays when something is left in it.
        let _ = fs::remove_dir(directory);
        Ok(())
    }
}
