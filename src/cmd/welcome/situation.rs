//! The situation somebody is in: a pure function of the settings, of what is held and of the time.

use serde::Serialize;

use super::{Held, can_sync};
use crate::cmd::{sync, words};
use crate::config::Config;
use crate::error::CommandError;

/// What is the case, the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Situation {
    /// The settings cannot be read.
    SettingsWrong,
    /// The lake cannot be read, or files of it are missing.
    Damaged,
    /// There is no token, and nothing is held.
    NotConnected,
    /// Somebody fetches right now.
    Syncing,
    /// There is a token, and nothing is held.
    NothingFetched,
    /// The last sync did not come to its end.
    Unfinished,
    /// What is held is older than the setting `max_staleness_minutes` allows.
    Stale,
    /// All is well.
    Fresh,
}

impl Situation {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 8] = [
        Self::SettingsWrong,
        Self::Damaged,
        Self::NotConnected,
        Self::Syncing,
        Self::NothingFetched,
        Self::Unfinished,
        Self::Stale,
        Self::Fresh,
    ];
}

/// The situation, and what there is to say about it.
pub(super) fn of(
    config: Result<&Config, &CommandError>,
    held: Result<&Option<Held>, &CommandError>,
    now: i64,
) -> (Situation, Vec<String>) {
    let (config, held) = match (config, held) {
        (Err(error), _) => return (Situation::SettingsWrong, told("The settings cannot be read", error)),
        (_, Err(error)) => return (Situation::Damaged, told("The lake cannot be read", error)),
        (Ok(config), Ok(held)) => (config, held.as_ref()),
    };
    let Some(held) = held else {
        return match can_sync(config) {
            true => (Situation::NothingFetched, vec![connected(config)]),
            false => (Situation::NotConnected, vec![String::from("Nothing is connected yet.")]),
        };
    };
    if held.missing_files > 0 {
        let missing = words::many(held.missing_files, "file");
        return (Situation::Damaged, vec![format!("The lake is damaged: {missing} missing.")]);
    }
    let conversations = held.state.rows_of("conversations");
    if let Some(holder) = &held.holder {
        let since = words::minute(holder.since_seconds);
        let working = format!("`{}` (process {}) is at work since {since} UTC.", holder.purpose, holder.pid);
        return (Situation::Syncing, vec![summary(held), working]);
    }
    let ended = held.sync.last_run.as_ref();
    if conversations == 0 && ended.is_none() {
        return (Situation::NothingFetched, vec![connected(config)]);
    }
    let bound = i64::try_from(config.max_staleness.as_secs()).unwrap_or(i64::MAX);
    let as_of = sync::data_as_of(&held.sync);
    let age = as_of.map(|as_of| (now - as_of).max(0));
    let is_whole = ended.is_some_and(|run| run.outcome == "completed") && held.sync.windows.is_empty();
    let fresh = as_of
        .zip(age)
        .map(|(as_of, age)| format!("As of {} UTC, {} ago", words::minute(as_of), words::whole_span(age)));
    match (is_whole, fresh) {
        (true, Some(fresh)) if age <= Some(bound) => (Situation::Fresh, vec![summary(held), fresh + "."]),
        (true, Some(fresh)) => (Situation::Stale, vec![summary(held), fresh + ": older than it should be."]),
        _ => (Situation::Unfinished, vec![summary(held), unfinished(held)]),
    }
}

/// What failed, why, and what to do about it.
fn told(what: &str, error: &CommandError) -> Vec<String> {
    let mut sentences = vec![format!("{what}: {}", error.message())];
    sentences.extend(error.causes());
    sentences.extend_from_slice(error.hints());
    sentences
}

fn connected(config: &Config) -> String {
    match &config.workspace_id {
        Some(id) => format!("Connected to workspace {id}; nothing is fetched yet."),
        None => String::from("There is an access token; nothing is fetched yet."),
    }
}

/// Whose conversations are held, how many, and from when.
fn summary(held: &Held) -> String {
    let name =
        held.sync.workspace.as_ref().map(|workspace| workspace.name.as_str()).filter(|name| !name.is_empty());
    let count = words::many(held.state.rows_of("conversations"), "conversation");
    let entries =
        || held.state.files_of("conversations").map(|(_, entry)| entry).filter(|entry| entry.rows > 0);
    let day = |micros: i64| words::day(micros.div_euclid(1_000_000));
    let first = entries().filter_map(|entry| entry.first_created_at).min();
    let last = entries().filter_map(|entry| entry.last_created_at).max();
    let period = first.zip(last).map(|(first, last)| format!(", from {} to {}", day(first), day(last)));
    format!("{}: {count}{}", name.unwrap_or("This workspace"), period.unwrap_or_default())
}

/// Why what is held is not all of it.
fn unfinished(held: &Held) -> String {
    match &held.sync.last_run {
        Some(run) if run.outcome == "failed" => match &run.error {
            Some(error) => format!("The last sync failed: {error}"),
            None => String::from("The last sync failed."),
        },
        Some(run) if run.outcome == "incomplete" => {
            String::from("The last sync could not get everything; the next one tries again.")
        }
        _ => String::from("The last sync was stopped before its end; what it fetched is kept."),
    }
}
