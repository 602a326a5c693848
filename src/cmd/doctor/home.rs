//! The home, the settings and the disk they are on.

use std::path::Path;

use super::check::{Check, Level};
use crate::cmd::{assemble, words};
use crate::config::{Config, Home, Source, private};
use crate::error::CommandError;
use crate::free_space::free_bytes;
use crate::lake;

/// Less free space than this is worth a warning.
const LITTLE: u64 = 1_000_000_000;
/// With less than this a sync will hardly end.
const NOTHING: u64 = 50_000_000;

/// The home and the disk.
pub(super) fn checks(home: &Home) -> Vec<Check> {
    vec![directory(home), disk(home.path())]
}

fn directory(home: &Home) -> Check {
    let path = home.path().display();
    if !home.exists() {
        return Check::ok("home", format!("{path} is not there yet; `fi init` creates it"));
    }
    let hint = "give yourself the right to write there, or name another home: --home DIR";
    if lake::is_read_only(&assemble::layout(home)) {
        return Check::warn("home", format!("{path} can only be read: servers over it are replicas"), hint);
    }
    if let Err(error) = private::probe(home.path()) {
        return Check::fail("home", format!("{path} cannot be written to: {error}"), hint);
    }
    match home.open_to_others() {
        Some(mode) => Check::warn(
            "home",
            format!("others may look into {path} (mode {mode:o}), where conversations are kept"),
            format!("make it private: chmod 700 {path}"),
        ),
        None => Check::ok("home", format!("{path}, private to you")),
    }
}

/// The settings and where they come from.
pub(super) fn settings(config: &Result<Config, CommandError>) -> Vec<Check> {
    let config = match config {
        Ok(config) => config,
        Err(error) => return vec![Check::of_error("settings", Level::Fail, error)],
    };
    let set = config.settings.iter().filter(|setting| setting.source != Source::Default);
    let set: Vec<String> = set
        .filter(|setting| setting.name != "home")
        .map(|setting| match &setting.source {
            Source::File { line, .. } => format!("{} (line {line})", setting.name),
            source => format!("{} ({source})", setting.name),
        })
        .collect();
    let file = if config.file.exists() { config.file.display().to_string() } else { String::from("no file") };
    let told = if set.is_empty() { String::from("all by default") } else { set.join(", ") };
    let notices = config.notices.iter().map(|notice| {
        Check::warn("settings", &notice.text, "correct it, or remove it if it is of no use any more")
    });
    std::iter::once(Check::ok("settings", format!("{file}: {told}"))).chain(notices).collect()
}

fn disk(path: &Path) -> Check {
    // Where the home is not there yet, what counts is where it will be.
    let there = path.ancestors().find(|path| path.exists()).unwrap_or(path);
    match free_bytes(there) {
        Some(free) if free < NOTHING => {
            Check::fail("disk", format!("{} free", words::bytes(free)), "free some space: a sync needs it")
        }
        Some(free) if free < LITTLE => {
            Check::warn("disk", format!("{} free", words::bytes(free)), "a large workspace may need more")
        }
        Some(free) => Check::ok("disk", format!("{} free", words::bytes(free))),
        None => Check::skipped("disk", "the free space cannot be told here"),
    }
}
