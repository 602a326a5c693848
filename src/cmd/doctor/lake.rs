//! The lake and its state: readable, whole, and how fresh.

use std::fs;

use super::check::{Check, Level};
use crate::clock::Clock;
use crate::cmd::{assemble, sync, words};
use crate::config::Home;
use crate::lake::{State, WriterLock};
use crate::sync::SyncState;

/// The lake of a home.
pub(super) fn checks(home: &Home, clock: Clock) -> Vec<Check> {
    let (state, remembered) = match assemble::lake_state(home) {
        Ok(Some(found)) => found,
        Ok(None) => return vec![Check::ok("lake", "nothing was synced yet")],
        Err(error) => return vec![Check::of_error("lake", Level::Fail, &error)],
    };
    let mut checks = vec![files(home, &state), fresh(&remembered, clock)];
    checks.extend(open_ends(&state, &remembered));
    checks.extend(left_over(home));
    checks
}

fn files(home: &Home, state: &State) -> Check {
    let missing = state.files.keys().filter(|name| !home.lake_dir().join(name).is_file()).count() as u64;
    if missing > 0 {
        let message = format!("{} missing", words::many(missing, "file"));
        return Check::fail(
            "lake",
            message,
            "`fi verify` names them; `fi reset` and `fi sync` fetch everything again",
        );
    }
    let rows = words::many(state.rows_of("conversations"), "conversation");
    let (bytes, generation) = (words::bytes(state.lake_bytes()), state.generation);
    Check::ok("lake", format!("{rows}, {bytes}, generation {generation}"))
}

fn fresh(remembered: &SyncState, clock: Clock) -> Check {
    let Some(run) = &remembered.last_run else {
        return Check::warn("last sync", "none ended yet", "run `fi sync`");
    };
    let age = words::whole_span(clock.now().timestamp() - run.finished_at);
    let told = format!("{} {age} ago", run.outcome);
    let as_of =
        sync::data_as_of(remembered).map(|as_of| format!(", data as of {} UTC", words::minute(as_of)));
    match run.outcome.as_str() {
        "completed" => Check::ok("last sync", told + &as_of.unwrap_or_default()),
        _ => Check::warn("last sync", told, "run `fi sync` again: it goes on where that one ended"),
    }
}

/// What is still to be fetched.
fn open_ends(state: &State, remembered: &SyncState) -> Option<Check> {
    let waiting = state.without_thread();
    let failed = remembered.failures.len() as u64;
    let windows = remembered.windows.len() as u64;
    if waiting + failed + windows == 0 {
        return None;
    }
    let told = [
        (waiting, "conversation without messages", "conversations without messages"),
        (failed, "conversation that failed", "conversations that failed"),
        (windows, "stretch of time to list", "stretches of time to list"),
    ];
    let told = told.iter().filter(|(count, ..)| *count > 0);
    let told = told.map(|(count, one, more)| {
        format!("{} {}", words::count(*count), if *count == 1 { one } else { more })
    });
    Some(Check::warn(
        "completeness",
        told.collect::<Vec<_>>().join(", "),
        "run `fi sync`: it fetches what is missing",
    ))
}

/// What an interrupted run left on disk, and who works right now.
fn left_over(home: &Home) -> Vec<Check> {
    if let Some(holder) = WriterLock::holder(&assemble::layout(home)) {
        return vec![Check::ok("lock", format!("held by {holder}"))];
    }
    let mut checks = vec![Check::ok("lock", "free")];
    if home.state_dir().join("journal.json").exists() {
        let hint = "nothing is lost: the next `fi sync` finishes it";
        checks.push(Check::warn("journal", "a change was interrupted half-way", hint));
    }
    let spool = fs::read_dir(home.state_dir().join("spool")).map(|entries| {
        entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
    });
    if let Ok(bytes @ 1..) = spool {
        let message = format!("{} fetched and not in the lake yet", words::bytes(bytes));
        checks.push(Check::warn("spool", message, "nothing is lost: the next `fi sync` takes it up"));
    }
    checks
}
